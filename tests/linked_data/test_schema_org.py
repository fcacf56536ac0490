"""The block that search engines read in a record's page."""

from __future__ import annotations

import json
import re

import apsw
import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from linked_data.linked import LinkedData
from linked_data.schema_org import MOST

SCHEMA = "https://schema.org/"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.mark.parametrize(
    "path",
    ["alliance/orchid-alliance", "organization/jade-university", "official/o-l00001", "concept/membership_role.chair"],
)
def test_every_page_has_one_block(client: TestClient, path: str) -> None:
    answer = client.get(f"/doc/{path}.html")
    (text,) = BLOCK.findall(answer.text)
    block = json.loads(text)
    assert block["@id"] == f"http://localhost:8000/id/{path}"
    assert block["name"]
    assert not re.search("[<>&]", text)


def test_the_block_says_what_the_document_says(linked: LinkedData, connection: apsw.Connection) -> None:
    block = json.loads(linked.schema_org(connection, "organization", "jade-university") or "")
    assert block["@type"] == "Organization"
    assert block["name"] == {"@value": "Jade University", "@language": "en"}
    assert "https://ror.org/02jade174" in block["sameAs"]
    assert block["address"]["@type"] == "PostalAddress"
    assert block["address"]["addressCountry"]["name"] == {"@value": "China", "@language": "en"}
    assert block["memberOf"]["name"]["@value"] == "Orchid River Universities Alliance"
    assert {value["@type"] for value in block["identifier"]} == {"PropertyValue"}


def test_it_is_read_without_fetching_anything(linked: LinkedData, connection: apsw.Connection) -> None:
    body = linked.schema_org(connection, "alliance", "orchid-alliance") or ""
    quads = list(ox.parse(body, format=ox.RdfFormat.JSON_LD))
    assert len(quads) > 20
    assert all(quad.predicate.value.startswith(SCHEMA) or quad.predicate.value.endswith("#type") for quad in quads)


def test_nothing_of_what_is_said_can_end_the_block(linked: LinkedData, connection: apsw.Connection) -> None:
    for entity in linked.shapes.entities:
        for (id_,) in connection.execute(f"SELECT id FROM {entity.plural} ORDER BY id LIMIT 20"):
            body = linked.schema_org(connection, entity.name, str(id_))
            assert body is not None
            assert not set(body) & set("<>&\u2028\u2029")
            for values in json.loads(body).values():
                assert not isinstance(values, list) or len(values) <= MOST
    assert linked.schema_org(connection, "alliance", "nothing") is None
    assert linked.schema_org(connection, "planet", "mars") is None
