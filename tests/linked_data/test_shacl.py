"""SHACL: the small world keeps to its shapes, and each planted error is caught."""

from __future__ import annotations

from pathlib import Path

import apsw
import pyshacl
import pytest
from rdflib import RDF, Graph
from rdflib.namespace import SH
from rdflib.term import Node

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.intake.facts import read
from datasets.release.build import publish
from datasets.release.errors import RejectedError
from datasets.release.open import Release
from datasets.shapes import SHAPES
from linked_data import validation
from linked_data.linked import LinkedData
from linked_data.ontology import serialized
from linked_data.shacl import ShapesGraph
from linked_data.validation import SHAPES_FILE, ShaclShapes, sample, violations
from service.work import imprint

BASE = "http://localhost:8000"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def shapes() -> ShapesGraph:
    return ShapesGraph(SHAPES, BASE)


@pytest.fixture(scope="module")
def records(release: Release, linked: LinkedData) -> list[str]:
    connection = release.connect()
    found = list(sample(connection, linked.writers, release.date))
    connection.close()
    return found


@pytest.fixture(scope="module")
def lines(records: list[str]) -> str:
    return "".join(records)


def test_the_small_world_keeps_to_the_shapes(records: list[str], shapes: ShapesGraph) -> None:
    assert violations(records, shapes) == []


def test_everything_is_read_up_to_the_limit(records: list[str], release: Release, linked: LinkedData) -> None:
    connection = release.connect()
    count = sum(connection.execute(f"SELECT count(*) FROM {e.plural}").get for e in linked.shapes.entities)
    claims = connection.execute("SELECT count(*) FROM claims").get
    connection.close()
    assert len(records) == count - claims


def test_the_shapes_are_a_file_of_the_release(release: Release, shapes: ShapesGraph) -> None:
    assert (release.path / SHAPES_FILE.name).read_bytes() == serialized(shapes.graph, "turtle", {})


ALLIANCE = f"<{BASE}/id/alliance/orchid-alliance>"


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        (f'{ALLIANCE} <http://purl.org/dc/terms/identifier> "orchid-alliance" .\n', "", "dct:identifier"),
        (
            f'{ALLIANCE} <https://schema.org/foundingDate> "2017-04-29"^^<{XSD}date>',
            f'{ALLIANCE} <https://schema.org/foundingDate> "2017-04-29"',
            "schema:foundingDate",
        ),
        (
            f'{ALLIANCE} <https://schema.org/foundingDate> "2017-04-29"^^<{XSD}date>',
            f'{ALLIANCE} <https://schema.org/foundingDate> "2017-04-31"^^<{XSD}date>',
            "schema:foundingDate",
        ),
        (
            f'{ALLIANCE} <{BASE}/ns#foundedLatest> "2017-04-29"',
            f'{ALLIANCE} <{BASE}/ns#foundedLatest> "2016-04-29"',
            "ua:foundedEarliest",
        ),
        (
            f"{ALLIANCE} <{BASE}/ns#status> <{BASE}/id/concept/alliance_status.active>",
            f"{ALLIANCE} <{BASE}/ns#status> <{BASE}/id/concept/alliance_kind.university_network>",
            "ua:status",
        ),
        (
            f"{ALLIANCE} <{BASE}/ns#status> <{BASE}/id/concept/alliance_status.active>",
            f'{ALLIANCE} <{BASE}/ns#status> "active"',
            "ua:status",
        ),
        (
            f"{ALLIANCE} <{BASE}/ns#secretariat> <{BASE}/id/organization/",
            f"{ALLIANCE} <{BASE}/ns#secretariat> <{BASE}/id/alliance/",
            "ua:secretariat",
        ),
        (
            f'{ALLIANCE} <{BASE}/ns#scope> "Orchid River" .\n',
            f'{ALLIANCE} <{BASE}/ns#scope> "One" .\n{ALLIANCE} <{BASE}/ns#scope> "Two" .\n',
            "ua:scope",
        ),
        (
            f'{ALLIANCE} <http://www.w3.org/2004/02/skos/core#prefLabel> "Orchid River Universities Alliance"@en .\n',
            "".join(f'{ALLIANCE} <http://www.w3.org/2004/02/skos/core#prefLabel> "{name}"@en .\n' for name in ("One", "Two")),
            "skos:prefLabel",
        ),
    ],
)  # fmt: skip
def test_a_planted_error_is_caught(lines: str, shapes: ShapesGraph, old: str, new: str, column: str) -> None:
    assert old in lines
    found = violations([_about_orchid(lines.replace(old, new))], shapes)
    assert column in {violation.column for violation in found}
    assert {violation.rule for violation in found} == {"shacl"}


def _about_orchid(lines: str) -> str:
    return "".join(f"{line}\n" for line in lines.splitlines() if "orchid-alliance" in line)


def test_shapes_aimed_at_nodes_find_what_hanging_ones_find(lines: str, shapes: ShapesGraph) -> None:
    broken = _about_orchid(
        lines.replace(f'{ALLIANCE} <http://purl.org/dc/terms/identifier> "orchid-alliance" .\n', "")
        .replace(f"{ALLIANCE} <{BASE}/ns#status> <{BASE}/id/concept/alliance_status.", f"{ALLIANCE} <{BASE}/ns#status> <x:")
        .replace(f'"2017-04-29"^^<{XSD}date>', f'"2017-04-31"^^<{XSD}date>')
    )  # fmt: skip
    found = []
    for constraints in (shapes.graph, shapes.aimed):
        copy = Graph()
        copy += constraints
        _, report, _ = pyshacl.validate(Graph().parse(data=broken, format="nt"), shacl_graph=copy)
        assert isinstance(report, Graph)
        results = report.subjects(RDF.type, SH.ValidationResult)
        found.append(sorted(_told(report, result) for result in results))
    assert len(found[0]) > 3
    assert found[0] == found[1]


def _told(report: Graph, result: Node) -> list[str]:
    told = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape, SH.sourceConstraintComponent)
    return [str(report.value(result, property_)) for property_ in told]


def test_batches_find_what_one_reading_finds(
    records: list[str], shapes: ShapesGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = [record.replace(" <http://purl.org/dc/terms/identifier> ", " <x:identifier> ") for record in records]
    whole = violations(planted[::7], shapes)
    assert len(whole) == len(planted[::7])
    monkeypatch.setattr(validation, "_BATCH", 300)
    assert violations(planted[::7], shapes) == whole


def test_a_release_that_breaks_the_shapes_is_not_published(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[str]:
        return [f"<{BASE}/id/alliance/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}/ns#Agreement> .\n"]

    monkeypatch.setattr(validation, "sample", broken)
    engine = open_database(f"sqlite:///{tmp_path / 'canonical.sqlite'}")
    load(engine, world, SHAPES)
    with pytest.raises(RejectedError, match="alliance/x"):
        publish(engine, tmp_path / "releases", SHAPES, exporters=(ShaclShapes,), **imprint(read(world, SHAPES), BASE))
    engine.dispose()
    assert not [path for path in (tmp_path / "releases").iterdir() if not path.name.startswith(".")]


def test_a_sample_is_the_same_each_time_and_of_every_type(
    linked: LinkedData, connection: apsw.Connection, release: Release
) -> None:
    one = list(sample(connection, linked.writers, release.date, limit=500))
    assert one == list(sample(connection, linked.writers, release.date, limit=500))
    assert sum(text.count("\n") for text in one) < 1500
    for type_ in linked.types():
        assert type_ == "claim" or any(text.startswith(f"<{BASE}/id/{type_}/") for text in one)
