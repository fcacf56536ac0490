"""The catalogue: every file and service, real numbers, and clean under DCAT-AP."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, VOID

from datasets.release.open import Release
from linked_data.catalogue import SERVICES, SPDX, Catalogue
from linked_data.dump import TRIPLES_FILE

SUITE = Path(__file__).resolve().parents[3] / "shared" / "suites" / "dcat-ap-3.0.1"
suite = pytest.mark.skipif(not SUITE.is_dir(), reason="../shared/suites is missing: DCAT-AP shapes")


@pytest.fixture(scope="module")
def graph(release: Release) -> Graph:
    return Catalogue(release).graph


def test_every_file_is_a_distribution_with_size_and_checksum(release: Release, graph: Graph) -> None:
    files = release.manifest["files"]
    assert isinstance(files, list)
    assert len(set(graph.subjects(RDF.type, DCAT.Distribution))) == len(files)
    for file in files:
        (node,) = [n for n in graph.subjects(RDF.type, DCAT.Distribution) if str(n).endswith(f"#{file['name']}")]
        content = (release.path / file["name"]).read_bytes()
        size, checksum = graph.value(node, DCAT.byteSize), graph.value(node, SPDX.checksum)
        assert isinstance(size, Literal)
        assert int(size) == len(content)
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()


def test_every_face_is_a_service(graph: Graph) -> None:
    assert len(set(graph.subjects(RDF.type, DCAT.DataService))) == len(SERVICES)


def test_statistics_are_counted(release: Release, graph: Graph) -> None:
    lines = gzip.decompress((release.path / TRIPLES_FILE.name).read_bytes()).count(b"\n")
    dataset = URIRef(f"{release.base_iri}/catalog#dataset")
    assert graph.value(dataset, VOID.triples) == Literal(lines)
    parts = [graph.value(part, VOID.triples) for part in graph.objects(dataset, VOID.propertyPartition)]
    assert sum(int(str(part)) for part in parts) == lines


def test_it_says_what_places_and_time_it_is_about(release: Release, graph: Graph) -> None:
    dataset = URIRef(f"{release.base_iri}/catalog#dataset")
    connection = release.connect()
    countries = {
        str(c) for (c,) in connection.execute("SELECT country FROM organizations UNION SELECT country FROM events") if c
    }
    first = connection.execute("SELECT min(from_earliest) FROM member_spans WHERE from_earliest > '0000-01-01'").get
    connection.close()
    assert set(graph.objects(dataset, DCTERMS.spatial)) == {
        URIRef(f"{release.base_iri}/id/country/{c}") for c in countries
    }
    (period,) = graph.objects(dataset, DCTERMS.temporal)
    assert [str(graph.value(period, DCAT[end])) for end in ("startDate", "endDate")] == [first, release.date]


@suite
@pytest.mark.parametrize("name", ["shapes.ttl", "shapes_recommended.ttl"])
def test_dcat_ap(graph: Graph, name: str) -> None:
    found = results(graph, name)
    assert found == [], "\n".join(found)


@suite
def test_a_planted_error_is_caught(graph: Graph) -> None:
    broken = Graph()
    broken += graph
    broken.remove((None, DCTERMS.title, None))
    assert results(broken, "shapes.ttl")


def results(graph: Graph, name: str) -> list[str]:
    import pyshacl

    copy = Graph()
    copy += graph
    shapes = Graph().parse(SUITE / name)
    shapes.remove((None, URIRef("http://www.w3.org/2002/07/owl#imports"), None))
    _, report, _ = pyshacl.validate(copy, shacl_graph=shapes)
    assert isinstance(report, Graph)
    sh = "http://www.w3.org/ns/shacl#"
    return sorted(
        f"{report.value(r, URIRef(sh + 'focusNode'))} {report.value(r, URIRef(sh + 'resultPath'))} "
        f"{report.value(r, URIRef(sh + 'resultMessage'))}"
        for r in report.subjects(RDF.type, URIRef(sh + "ValidationResult"))
    )
