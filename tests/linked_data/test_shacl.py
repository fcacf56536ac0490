"""SHACL: the small world keeps to its shapes, and each planted error is caught."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

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
def lines(release: Release, linked: LinkedData) -> str:
    connection = release.connect()
    found = "".join(sample(connection, linked.writers, release.date))
    connection.close()
    return found


def test_the_small_world_keeps_to_the_shapes(lines: str, shapes: ShapesGraph) -> None:
    assert violations(lines, shapes) == []


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
    found = violations(
        "\n".join(line for line in lines.replace(old, new).splitlines() if "orchid-alliance" in line), shapes
    )
    assert column in {violation.column for violation in found}
    assert {violation.rule for violation in found} == {"shacl"}


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
