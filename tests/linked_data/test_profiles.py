"""Profiles of JSON-LD, and what real clients are given."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from datasets.release.open import Release
from linked_data.addresses import Resources
from linked_data.formats import COMPACTED, EXPANDED, EXPANDED_JSON_LD, N_TRIPLES
from linked_data.linked import LinkedData
from service.documents import ALL

DOC = "/doc/alliance/orchid-alliance"
LD = "application/ld+json"

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SAFARI = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
GOOGLEBOT = "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = (
    "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.9, text/n3;q=0.8, "
    "application/trig;q=0.8, application/ld+json;q=0.8, */*;q=0.1"
)
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,"
    "application/trig;q=0.5,application/n-quads;q=0.5,*/*;q=0.3"
)
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,application/json;q=0.45,text/n3;q=0.35,application/xml;q=0.3,"
    "image/svg+xml;q=0.3,text/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18"
)
JSONLD_JS = "application/ld+json, application/json"
RAPPER = (
    "application/rdf+xml, text/rdf;q=0.6, application/n-triples, text/plain;q=0.1, text/turtle, "
    "application/x-turtle, application/turtle, text/n3;q=0.3, */*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (CHROME, "text/html; charset=utf-8"),
        (FIREFOX, "text/html; charset=utf-8"),
        (SAFARI, "text/html; charset=utf-8"),
        (GOOGLEBOT, "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),  # curl, wget, requests
        (RDFLIB, "text/turtle; charset=utf-8"),
        (JENA, "text/turtle; charset=utf-8"),
        (COMUNICA, "application/n-quads"),
        (JSONLD_JS, "application/json"),
        (RAPPER, "text/turtle; charset=utf-8"),
        (LD, LD),
        (f'{LD};profile="{COMPACTED}"', f'{LD};profile="{COMPACTED}"'),
        (f'{LD};profile="{EXPANDED}"', f'{LD};profile="{EXPANDED}"'),
        (f'{LD};profile="{EXPANDED}";q=0.5, {LD};q=0.9', LD),
        (f'text/html;q=0.5, {LD};profile="{EXPANDED}"', f'{LD};profile="{EXPANDED}"'),
        ("application/linkset+json", "application/linkset+json"),
    ],
)
def test_real_clients(client: TestClient, accept: str, content_type: str) -> None:
    answer = client.get(DOC, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["content-location"].startswith(f"{DOC}.")
    assert {"Accept", "Accept-Encoding"} <= set(answer.headers["vary"].split(", "))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"Link", "Content-Location", "ETag"} <= set(answer.headers["access-control-expose-headers"].split(", "))


@pytest.mark.parametrize(
    "accept",
    ["image/png", f'{LD};profile="http://www.w3.org/ns/json-ld#framed"', f'{LD};profile="{COMPACTED} {EXPANDED}"'],
)
def test_what_there_is_not_is_refused_with_a_list(client: TestClient, accept: str) -> None:
    answer = client.get(DOC, headers={"Accept": accept})
    assert answer.status_code == 406
    listed = answer.json()["formats"]
    assert {f"{DOC}.{f.suffix}" for f in ALL} == {entry["href"] for entry in listed}
    assert f'{LD};profile="{EXPANDED}"' in {entry["type"] for entry in listed}
    for entry in listed:
        assert client.get(entry["href"]).headers["content-type"].startswith(entry["type"].partition(";")[0])


def test_profiles_have_their_own_addresses_and_tags(client: TestClient) -> None:
    compacted = client.get(DOC, headers={"Accept": f'{LD};profile="{COMPACTED}"'})
    expanded = client.get(DOC, headers={"Accept": f'{LD};profile="{EXPANDED}"'})
    assert compacted.headers["content-location"] == f"{DOC}.jsonld"
    assert expanded.headers["content-location"] == f"{DOC}.expanded.jsonld"
    assert compacted.headers["etag"] != expanded.headers["etag"]
    assert f'<{COMPACTED}>; rel="profile"' in compacted.headers["link"]
    assert f'<{EXPANDED}>; rel="profile"' in expanded.headers["link"]
    assert compacted.content == client.get(f"{DOC}.jsonld").content
    by_suffix = client.get(f"{DOC}.expanded.jsonld")
    assert by_suffix.content == expanded.content
    assert by_suffix.headers["content-type"] == f'{LD};profile="{EXPANDED}"'
    again = client.get(DOC, headers={"Accept": f'{LD};profile="{EXPANDED}"', "If-None-Match": expanded.headers["etag"]})
    assert again.status_code == 304


def test_expanded_documents_say_the_same_without_a_context(linked: LinkedData, connection: apsw.Connection) -> None:
    for entity in linked.shapes.entities:
        id_ = connection.execute(f"SELECT id FROM {entity.plural} ORDER BY id LIMIT 1").get
        body = linked.document(connection, entity.name, str(id_), EXPANDED_JSON_LD)
        lines = linked.document(connection, entity.name, str(id_), N_TRIPLES)
        assert body is not None
        assert lines is not None
        nodes = json.loads(body)
        assert isinstance(nodes, list)
        assert "@context" not in nodes[0]
        assert nodes[0]["@type"]
        assert all(key.startswith(("@", "http")) for node in nodes for key in node)
        told = {str(quad) for quad in ox.parse(body, format=ox.RdfFormat.JSON_LD)}
        assert told == {str(quad) for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)}


def test_no_record_is_named_like_a_format(linked: LinkedData, connection: apsw.Connection) -> None:
    for entity in linked.shapes.entities:
        ids = [str(id_) for (id_,) in connection.execute(f"SELECT id FROM {entity.plural}")]
        assert not [id_ for id_ in ids if id_.endswith(tuple(f".{f.suffix}" for f in ALL))]


def test_the_context_of_a_kept_release_is_served(release: Release, tmp_path: Path) -> None:
    for name, base in (("one", release.base_iri), ("other", "http://elsewhere.example")):
        folder = tmp_path / name
        folder.mkdir()
        for path in release.path.iterdir():
            if path.is_file() and path.name != "manifest.json":
                (folder / path.name).hardlink_to(path)
        (folder / "manifest.json").write_text(json.dumps({**release.manifest, "base_iri": base}), encoding="utf-8")
    (tmp_path / "damaged").mkdir()
    one, other = (Release.open(tmp_path / name) for name in ("one", "other"))
    asked = LinkedData.of(other).context
    resources = Resources(one)
    assert asked.hash != resources.linked.context.hash
    for _ in range(2):
        assert resources.context(asked.hash) == asked.document
    assert resources.context("0" * 16) is None
