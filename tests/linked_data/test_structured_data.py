"""Other people's tools over the metadata in pages: extruct, the structured data testing tool, the shapes of schema.org."""

from __future__ import annotations

import importlib
import json
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import apsw
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, Literal, Namespace, URIRef
from starlette.testclient import TestClient

from linked_data.linked import LinkedData

CLIENTS = Path(__file__).resolve().parents[1] / "clients"
SUITE = Path(__file__).resolve().parents[3] / "shared" / "suites" / "schema.org"
SDO = Namespace("http://schema.org/")
VALID = Namespace("http://schema.org/validation#")
SH = Namespace("http://www.w3.org/ns/shacl#")
DATATYPES = ("Text", "Date", "DateTime", "Time", "Number", "Integer", "Float", "Boolean")
PAGES = {
    "alliance/orchid-alliance": "Consortium",
    "organization/jade-university": "Organization",
    "event/lotus-forum-2016": "Event",
    "agreement/delta-declaration-2013": "CreativeWork",
    "source/jade-history": "CreativeWork",
    "membership/m-b00001": "OrganizationRole",
}
"""Pages and what they are about, for schema.org."""


def pages(client: TestClient) -> Iterator[tuple[str, str, str]]:
    """Address, text and class of each page."""
    for path, class_ in PAGES.items():
        address = f"http://localhost:8000/doc/{path}.html"
        answer = client.get(address)
        assert answer.status_code == 200
        yield address, answer.text, class_


def extracted(html: str, address: str) -> Mapping[str, list[Any]]:
    """What extruct finds in a page, by syntax. Raises JSONDecodeError and the like for what it cannot read."""
    extruct: Any = importlib.import_module("extruct")
    found: dict[str, list[Any]] = extruct.extract(html, base_url=address, errors="strict", uniform=False)
    return found


def test_extruct_reads_what_we_embed(client: TestClient) -> None:
    for address, html, class_ in pages(client):
        found = extracted(html, address)
        (block,) = found["json-ld"]
        assert class_ in (block["@type"] if isinstance(block["@type"], list) else [block["@type"]])
        assert block["@id"] == address.replace("/doc/", "/id/").removesuffix(".html")
        (graph,) = found["opengraph"]
        told = dict(graph["properties"])
        assert told["og:title"]
        assert told["og:url"]


def test_extruct_catches_a_planted_error(client: TestClient) -> None:
    address, html, _ = next(pages(client))
    with pytest.raises(json.JSONDecodeError):
        extracted(html.replace('"@context":{', '"@context":{{{', 1), address)


def faults(asked: list[dict[str, str]]) -> list[list[str]]:
    """What the structured data testing tool finds wrong with pages."""
    done = subprocess.run(
        ["node", str(CLIENTS / "structured.mjs")],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: list[list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.needs("node", "nodejs")
@pytest.mark.skipif(
    not (CLIENTS / "node_modules" / "structured-data-testing-tool").is_dir(),
    reason="structured-data-testing-tool is missing; run npm ci in tests/clients",
)
def test_the_structured_data_testing_tool(client: TestClient) -> None:
    # It cannot read a node of two classes, such as that of an alliance.
    asked = [
        {"html": html, "schema": f"jsonld:{class_}"} for _, html, class_ in pages(client) if class_ != "Consortium"
    ]
    planted = [
        {**asked[0], "schema": "jsonld:Person"},
        {**asked[0], "html": asked[0]["html"].replace("application/ld+json", "text/plain")},
    ]
    found = faults([*asked, *planted])
    assert found[: len(asked)] == [[] for _ in asked]
    assert all(found[len(asked) :])


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    """The shapes of schema.org, its datatypes mended: as published they demand that every text is a node."""
    graph = rdflib.Graph().parse(SUITE / "schemaorg-shapes.ttl")
    kinds = {**dict.fromkeys(DATATYPES, SH.Literal), "URL": SH.IRIOrLiteral}
    for name, kind in kinds.items():
        shape = VALID[f"ValidSchema{name}"]
        graph.remove((shape, None, None))
        graph.add((shape, RDF.type, SH.NodeShape))
        graph.add((shape, SH.nodeKind, kind))
    return graph


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    """The classes and properties of schema.org: without it nothing is an instance of anything."""
    return rdflib.Graph().parse(SUITE / "schemaorg-http.nt")


def embedded(linked: LinkedData, connection: apsw.Connection, type_: str) -> rdflib.Graph:
    """What the page of a type's first record says in terms of schema.org, with the IRIs that its shapes know."""
    plural = linked.shapes.entity(type_).plural
    id_ = connection.execute(f"SELECT id FROM {plural} ORDER BY id LIMIT 1").get
    body = linked.schema_org(connection, type_, str(id_)) or ""
    triples = ox.parse(body.replace("https://schema.org/", str(SDO)), format=ox.RdfFormat.JSON_LD)
    return rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"", format="nt")


def findings(graph: rdflib.Graph, shapes: rdflib.Graph, ontology: rdflib.Graph) -> list[str]:
    """What is wrong with it."""
    import pyshacl
    from pyshacl.errors import ShapeRecursionWarning

    with warnings.catch_warnings():
        # The shapes of schema.org point at each other in circles, which are backed out of.
        warnings.simplefilter("ignore", ShapeRecursionWarning)
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=ontology, max_validation_depth=40)
    assert isinstance(report, rdflib.Graph)
    results = report.objects(None, SH.result)
    return sorted(f"{report.value(r, SH.focusNode)} {report.value(r, SH.resultPath)}" for r in results)


suite = pytest.mark.skipif(not SUITE.is_dir(), reason="../shared/suites is missing: shapes of schema.org")


@suite
@pytest.mark.parametrize(
    "types", [("alliance", "organization", "membership", "event"), ("agreement", "figure", "party")]
)
def test_what_we_embed_is_valid_schema_org(
    linked: LinkedData,
    connection: apsw.Connection,
    shapes: rdflib.Graph,
    ontology: rdflib.Graph,
    types: tuple[str, ...],
) -> None:
    for type_ in types:
        graph = embedded(linked, connection, type_)
        assert (None, RDF.type, None) in graph
        assert findings(graph, shapes, ontology) == [], type_


@suite
@pytest.mark.parametrize(
    ("property_", "value"),
    [
        ("memberOf", Literal("a text where an organization stands")),
        ("name", URIRef("http://example.org/no-text")),
        ("foundingDate", URIRef("http://example.org/no-date")),
    ],
)
def test_the_shapes_of_schema_org_catch_planted_errors(
    linked: LinkedData,
    connection: apsw.Connection,
    shapes: rdflib.Graph,
    ontology: rdflib.Graph,
    property_: str,
    value: Literal | URIRef,
) -> None:
    graph = embedded(linked, connection, "organization")
    (subject,) = set(graph.subjects(SDO.mainEntityOfPage, None))
    graph.add((subject, SDO[property_], value))
    assert f"{subject} {SDO[property_]}" in findings(graph, shapes, ontology)
