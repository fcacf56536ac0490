"""Documents say the same in every format, to two parsers that know nothing of each other."""

from __future__ import annotations

import json
from collections.abc import Iterator

import apsw
import pyoxigraph as ox
import pytest
import rdflib

from datasets.release.open import Release
from linked_data.formats import FORMATS, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from linked_data.linked import Gone, LinkedData, Missing, Moved, Part

PLAIN = (JSON_LD, TURTLE, N_TRIPLES, RDF_XML)
READERS = {
    "jsonld": (ox.RdfFormat.JSON_LD, "json-ld"),
    "ttl": (ox.RdfFormat.TURTLE, "turtle"),
    "nt": (ox.RdfFormat.N_TRIPLES, "nt"),
    "rdf": (ox.RdfFormat.RDF_XML, "xml"),
    "trig": (ox.RdfFormat.TRIG, "trig"),
    "nq": (ox.RdfFormat.N_QUADS, "nquads"),
}


MOST = 25
"""Of types with more records than this, a part is read."""


def addresses(linked: LinkedData, connection: apsw.Connection) -> Iterator[tuple[str, str]]:
    for entity in linked.shapes.entities:
        ids = [str(id_) for (id_,) in connection.execute(f"SELECT id FROM {entity.plural} ORDER BY id")]
        for id_ in ids[:: max(1, len(ids) // MOST)]:
            yield entity.name, id_
    for scheme in linked.shapes.schemes:
        yield "concept", scheme.name


def inlined(linked: LinkedData, body: bytes) -> bytes:
    """A JSON-LD document with its context in it, so that no parser has to fetch one."""
    document = json.loads(body)
    assert document["@context"] == linked.context.path
    document["@context"] = json.loads(linked.context.document)["@context"]
    return json.dumps(document).encode()


def body_of(linked: LinkedData, connection: apsw.Connection, type_: str, id_: str, format_: Format) -> bytes:
    body = linked.document(connection, type_, id_, format_)
    assert body is not None
    return inlined(linked, body) if format_ is JSON_LD else body


def quads(body: bytes, format_: Format) -> set[str]:
    return {str(quad) for quad in ox.parse(body, format=READERS[format_.suffix][0])}


@pytest.fixture(scope="session")
def every(linked: LinkedData, release: Release) -> list[tuple[str, str]]:
    connection = release.connect()
    found = list(addresses(linked, connection))
    connection.close()
    return found


@pytest.mark.parametrize("format_", [f for f in PLAIN if f is not N_TRIPLES], ids=lambda f: f.suffix)
def test_pyoxigraph_reads_the_same_triples_in_every_format(
    linked: LinkedData, connection: apsw.Connection, every: list[tuple[str, str]], format_: Format
) -> None:
    for type_, id_ in every:
        expected = quads(body_of(linked, connection, type_, id_, N_TRIPLES), N_TRIPLES)
        assert len(expected) > 1
        assert quads(body_of(linked, connection, type_, id_, format_), format_) == expected, (type_, id_)


@pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)  # inside rdflib's JSON-LD parser
@pytest.mark.parametrize("format_", PLAIN, ids=lambda f: f.suffix)
def test_rdflib_reads_what_pyoxigraph_reads(
    linked: LinkedData, connection: apsw.Connection, every: list[tuple[str, str]], format_: Format
) -> None:
    per_type: dict[str, str] = {}
    for type_, id_ in every:
        per_type.setdefault(type_, id_)
    for type_, id_ in (*per_type.items(), ("concept", "theme"), ("organization", "jade-university")):
        body = body_of(linked, connection, type_, id_, format_)
        graph = rdflib.Graph().parse(data=body, format=READERS[format_.suffix][1])
        again = ox.parse(graph.serialize(format="nt", encoding="utf-8"), format=ox.RdfFormat.N_TRIPLES)
        expected = {str(t).casefold() for t in quads(body_of(linked, connection, type_, id_, N_TRIPLES), N_TRIPLES)}
        assert {str(quad).casefold() for quad in again} == expected


def test_graphs_are_the_same_in_both_formats_that_hold_them(
    linked: LinkedData, connection: apsw.Connection, every: list[tuple[str, str]]
) -> None:
    for type_, id_ in every:
        one = quads(body_of(linked, connection, type_, id_, N_QUADS), N_QUADS)
        other = quads(body_of(linked, connection, type_, id_, TRIG), TRIG)
        plain = quads(body_of(linked, connection, type_, id_, N_TRIPLES), N_TRIPLES)
        assert one == other
        assert plain <= one


def test_one_document_is_the_same_bytes_again(
    linked: LinkedData, connection: apsw.Connection, release: Release
) -> None:
    again = LinkedData.of(release)
    for format_ in FORMATS:
        one = linked.document(connection, "organization", "jade-university", format_)
        assert one == again.document(connection, "organization", "jade-university", format_)


def test_where_a_record_stands(linked: LinkedData, connection: apsw.Connection) -> None:
    assert linked.place(connection, "alliance", "orchid-alliance") is None
    assert linked.place(connection, "concept", "membership_role") is None
    assert linked.place(connection, "organization", "qinghe-college") == Moved("jade-university")
    assert linked.place(connection, "alliance", "tamarind-club") == Gone()
    assert linked.place(connection, "alliance", "nothing") == Missing()
    assert linked.place(connection, "planet", "mars") == Missing()
    assert linked.place(connection, "organization", "jade-university-point") == Part("jade-university")
    assert linked.place(connection, "organization", "jade-university-identifier-ror-02jade174") == Part(
        "jade-university"
    )


def test_every_address_of_ours_in_a_document_stands_somewhere(
    linked: LinkedData, connection: apsw.Connection, every: list[tuple[str, str]]
) -> None:
    start = linked.names.things
    seen: set[str] = set()
    for type_, id_ in every:
        for quad in ox.parse(body_of(linked, connection, type_, id_, N_QUADS), format=ox.RdfFormat.N_QUADS):
            seen.update(t.value for t in (quad.subject, quad.object) if isinstance(t, ox.NamedNode))
    ours = sorted(iri for iri in seen if iri.startswith(start))
    assert len(ours) > 100
    for iri in ours:
        type_, _, id_ = iri.removeprefix(start).partition("/")
        assert linked.place(connection, type_, id_) is None or isinstance(linked.place(connection, type_, id_), Part), (
            iri
        )
