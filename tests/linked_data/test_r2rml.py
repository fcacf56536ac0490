"""The mapping that the benchmark hands to morph-kgc: it can be read, its queries run, and it says all properties."""

from __future__ import annotations

import gzip

import apsw
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import Namespace, URIRef

from datasets.release.open import Release
from linked_data.dump import QUADS_FILE
from linked_data.linked import LinkedData
from tests.benchmarks.linked_data.dumps import statements
from tests.benchmarks.linked_data.r2rml import Mapping

RR = Namespace("http://www.w3.org/ns/r2rml#")


@pytest.fixture(scope="module")
def mapping(release: Release, linked: LinkedData) -> rdflib.Graph:
    connection = release.connect()
    text = Mapping(linked.writers, connection, release.date).turtle()
    connection.close()
    return rdflib.Graph().parse(data=text, format="turtle", publicID="http://mapping.example/")


def test_every_query_gives_the_columns_that_are_used(mapping: rdflib.Graph, connection: apsw.Connection) -> None:
    queries = {str(text) for text in mapping.objects(None, RR.sqlQuery)}
    assert len(queries) > 40
    for query in queries:
        cursor = connection.execute(f"SELECT * FROM ({query}) LIMIT 1")
        given = {name for name, _ in cursor.get_description()} if cursor.fetchone() else None
        if given is None:
            continue
        for table in mapping.subjects(RR.sqlQuery, rdflib.Literal(query)):
            for map_ in mapping.subjects(RR.logicalTable, table):
                used = {
                    str(name)
                    for said in mapping.objects(map_, RR.predicateObjectMap)
                    for object_ in mapping.objects(said, RR.objectMap)
                    for name in mapping.objects(object_, RR.column)
                }
                assert used <= given, query


def test_every_property_of_the_dump_is_said(mapping: rdflib.Graph, release: Release) -> None:
    quads = ox.parse(gzip.decompress((release.path / QUADS_FILE.name).read_bytes()), format=ox.RdfFormat.N_QUADS)
    sources = f"{release.base_iri}/graph/source/"
    used = {
        q.predicate.value
        for q in quads
        if not (isinstance(q.graph_name, ox.NamedNode) and q.graph_name.value.startswith(sources))
    }
    assert used <= {str(term) for term in mapping.objects(None, RR.predicate) if isinstance(term, URIRef)}


def test_what_is_compared_is_the_dump_without_the_graphs_of_sources(
    release: Release, linked: LinkedData, connection: apsw.Connection
) -> None:
    ours = {line for text in statements(connection, linked.writers, release.date) for line in text.splitlines()}
    whole = gzip.decompress((release.path / QUADS_FILE.name).read_bytes()).decode().splitlines()
    graphs = f" <{release.base_iri}/graph/source/"
    assert ours == {line for line in whole if graphs not in line.rpartition(" <")[1] + line.rpartition(" <")[2]}
