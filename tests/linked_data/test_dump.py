"""The dumps: complete, deterministic, and the same as all documents together."""

from __future__ import annotations

import gzip
import json
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import apsw
import pyoxigraph as ox
import pytest

from datasets.release.open import Release
from linked_data.catalogue import Catalogue
from linked_data.dump import LINES_FILE, PACKED, QUADS_FILE, TRIPLES_FILE, TURTLE_FILE, Compressed, dump, lines
from linked_data.formats import N_QUADS, N_TRIPLES
from linked_data.linked import LinkedData


def quads_of(path: Path, format_: ox.RdfFormat) -> frozenset[ox.Quad]:
    """The quads of a dump. A store would write its numbers anew, so they are kept as they are read."""
    return frozenset(ox.parse(gzip.decompress(path.read_bytes()), format=format_))


@pytest.fixture(scope="module")
def store(release: Release) -> frozenset[ox.Quad]:
    return quads_of(release.path / QUADS_FILE.name, ox.RdfFormat.N_QUADS)


def default_graph(store: frozenset[ox.Quad]) -> Iterator[ox.Quad]:
    return (quad for quad in store if isinstance(quad.graph_name, ox.DefaultGraph))


def test_the_plain_dump_is_the_default_graph(release: Release, store: frozenset[ox.Quad]) -> None:
    assert quads_of(release.path / TRIPLES_FILE.name, ox.RdfFormat.N_TRIPLES) == set(default_graph(store))


def test_turtle_says_the_same(release: Release) -> None:
    expected = quads_of(release.path / TRIPLES_FILE.name, ox.RdfFormat.N_TRIPLES)
    assert quads_of(release.path / TURTLE_FILE.name, ox.RdfFormat.TURTLE) == expected


def test_json_ld_lines_say_the_same_each_by_itself(release: Release, linked: LinkedData) -> None:
    found: set[ox.Quad] = set()
    inline = json.loads(linked.context.document)["@context"]
    for line in gzip.decompress((release.path / LINES_FILE.name).read_bytes()).splitlines():
        document = json.loads(line)
        assert document["@context"] == f"{release.base_iri}{linked.context.path}"
        document["@context"] = inline
        found.update(ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD))
    assert found == quads_of(release.path / TRIPLES_FILE.name, ox.RdfFormat.N_TRIPLES)


@pytest.mark.needs("serdi", "serdi")
@pytest.mark.parametrize(
    ("name", "syntax"), [(QUADS_FILE.name, "nquads"), (TRIPLES_FILE.name, "ntriples"), (TURTLE_FILE.name, "turtle")]
)
def test_serdi_reads_the_dumps(release: Release, store: frozenset[ox.Quad], name: str, syntax: str) -> None:
    data = gzip.decompress((release.path / name).read_bytes())
    done = subprocess.run(
        ["serdi", "-i", syntax, "-o", "nquads", "-"], input=data, capture_output=True, check=True, timeout=60
    )
    assert not done.stderr, done.stderr.decode()
    expected = store if syntax == "nquads" else set(default_graph(store))
    assert len(set(done.stdout.splitlines())) == len(expected)


@pytest.mark.needs("rapper", "raptor2-utils")
@pytest.mark.parametrize(
    ("name", "syntax"), [(QUADS_FILE.name, "nquads"), (TRIPLES_FILE.name, "ntriples"), (TURTLE_FILE.name, "turtle")]
)
def test_rapper_reads_the_dumps(release: Release, store: frozenset[ox.Quad], name: str, syntax: str) -> None:
    data = gzip.decompress((release.path / name).read_bytes())
    done = subprocess.run(
        ["rapper", "-q", "-i", syntax, "-o", "nquads", "-", "http://localhost:8000/"],
        input=data,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert not done.stderr, done.stderr.decode()
    expected = store if syntax == "nquads" else set(default_graph(store))
    assert len(set(done.stdout.splitlines())) == len(expected)


@pytest.mark.needs("serdi", "serdi")
@pytest.mark.needs("rapper", "raptor2-utils")
@pytest.mark.parametrize(
    "planted",
    ["<http://a.example/b c> ", '"no end ', "<relative> ", '_:b "5"^^ ', "<http://a.example/> <http://b.example/> . "],
)
def test_both_catch_a_planted_error(release: Release, planted: str) -> None:
    lines = gzip.decompress((release.path / TRIPLES_FILE.name).read_bytes()).splitlines(keepends=True)[:50]
    data = b"".join([*lines, planted.encode() + lines[0]])
    for command in (
        ["serdi", "-i", "ntriples", "-"],
        ["rapper", "-q", "-i", "ntriples", "-", "http://localhost:8000/"],
    ):
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=60)
        assert done.returncode or done.stderr, (command[0], done.stdout[-300:])


def test_manifest_and_catalogue_list_every_dump(release: Release) -> None:
    files = release.manifest["files"]
    assert isinstance(files, list)
    assert set(PACKED) <= {file["name"] for file in files}
    catalogue = Catalogue(release).graph.serialize(format="nt")
    for name in PACKED:
        assert f"#dataDump> <{release.base_iri}/releases/{release.id}/files/{name}>" in catalogue


def test_every_document_is_in_the_dump(
    release: Release, linked: LinkedData, connection: apsw.Connection, store: frozenset[ox.Quad]
) -> None:
    for entity in linked.shapes.entities:
        if entity.name == "claim":
            continue
        for (id_,) in connection.execute(f"SELECT id FROM {entity.plural}"):
            body = linked.document(connection, entity.name, str(id_), N_QUADS)
            assert body is not None
            for quad in ox.parse(body, format=ox.RdfFormat.N_QUADS):
                assert quad in store, (id_, str(quad))


def test_the_dump_holds_nothing_that_no_document_holds(
    release: Release, linked: LinkedData, connection: apsw.Connection, store: frozenset[ox.Quad]
) -> None:
    told: set[str] = set()
    ids = [
        (e.name, str(i)) for e in linked.shapes.entities for (i,) in connection.execute(f"SELECT id FROM {e.plural}")
    ]
    for type_, id_ in (*ids, *(("concept", scheme.name) for scheme in linked.shapes.schemes)):
        body = linked.document(connection, type_, id_, N_TRIPLES)
        assert body is not None
        told.update(str(triple) for triple in ox.parse(body, format=ox.RdfFormat.N_TRIPLES))
    replaced = linked.names.expand("dct:isReplacedBy")
    for quad in default_graph(store):
        assert str(quad) in told or quad.predicate.value == replaced


def test_every_claim_is_a_node_of_the_claims_graph(
    release: Release, linked: LinkedData, connection: apsw.Connection, store: frozenset[ox.Quad]
) -> None:
    (count,) = connection.execute("SELECT count(*) FROM claims").fetchone() or (0,)
    claims = ox.NamedNode(linked.names.claims_graph)
    kind = ox.NamedNode(linked.names.expand("rdf:type"))
    assert sum(quad.predicate == kind and quad.graph_name == claims for quad in store) == count


def test_rivals_stand_in_the_graphs_of_their_sources(linked: LinkedData, store: frozenset[ox.Quad]) -> None:
    founded = ox.NamedNode(linked.names.expand("ua:foundedEdtf"))
    ring = ox.NamedNode(linked.names.thing("alliance", "ficus-ring"))
    said = {
        (quad.graph_name.value.rpartition("/")[2], quad.object.value)
        for quad in store
        if (quad.subject, quad.predicate) == (ring, founded)
        if isinstance(quad.graph_name, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    }
    assert said == {("bangkok-herald-2013", "2012-03"), ("bangkok-herald-2014", "2012-04")}
    chosen = [q.object for q in default_graph(store) if (q.subject, q.predicate) == (ring, founded)]
    assert len(chosen) == 1


def test_no_helper_node_stands_in_the_graph_of_a_source(linked: LinkedData, store: frozenset[ox.Quad]) -> None:
    identifier = ox.NamedNode(linked.names.expand("dct:identifier"))
    records = {quad.subject for quad in store if quad.predicate == identifier}
    said = [quad for quad in store if "/graph/source/" in str(quad.graph_name)]
    assert len(said) > 50
    assert {quad.subject for quad in said} <= records


def test_the_same_release_gives_the_same_bytes(
    release: Release, linked: LinkedData, connection: apsw.Connection, tmp_path: Path
) -> None:
    with Compressed(tmp_path / "again.nq.gz") as again:
        for facts, evidence in dump(connection, linked.writers, release.date):
            again.write(facts)
            again.write(evidence)
    assert (tmp_path / "again.nq.gz").read_bytes() == (release.path / QUADS_FILE.name).read_bytes()


def test_memory_does_not_grow_with_the_dump(release: Release, linked: LinkedData, connection: apsw.Connection) -> None:
    for _ in dump(connection, linked.writers, release.date):
        pass
    tracemalloc.start()
    size = 0
    for facts, evidence in dump(connection, linked.writers, release.date):
        size += len(facts) + len(evidence)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 100_000
    assert peak < size


def test_memory_does_not_grow_with_the_lines(release: Release, linked: LinkedData, connection: apsw.Connection) -> None:
    size = sum(len(line) for line in lines(connection, linked.writers, release.date))
    tracemalloc.start()
    again = sum(len(line) for line in lines(connection, linked.writers, release.date))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert again == size > 100_000
    assert peak < 4_000_000
