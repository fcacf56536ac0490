"""Records as they are read: in order, with chosen values and every claim once, from one state, memory flat."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from datasets.canonical.load import Contents, load, load_contents
from datasets.canonical.read import Statement, attached, records, redirects
from datasets.canonical.store import reading
from datasets.intake.claim import Claim, Evidence
from datasets.shapes import SHAPES
from tests.canonical.tools import Row, source, write

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

FILES: dict[str, list[Row]] = {
    "sources.csv": [source("official"), source("press", "press")],
    "alliances.csv": [
        {"id": "b", "name": "Bund", "language": "de", "objectives": "y|x", "sources": "press"},
        {"id": "b", "name": "Bond", "language": "en", "sources": "official#p-1"},
        {"id": "Z", "name": "Z", "sources": "press|official"},
        {"id": "é", "name": "É", "sources": "press"},
    ],
    "names.csv": [{"subject": "b", "name": "Band", "language": "", "kind": "alias", "sources": "press"}],
    "pins.csv": [{"type": "alliance", "id": "b", "column": "objectives", "value": "x", "reason": "why not"}],
}


def test_a_record_carries_values_sets_and_claims(engine: Engine, tmp_path: Path) -> None:
    load(engine, write(tmp_path / "facts", FILES), SHAPES)
    found = [record for record in records(engine, SHAPES) if record.type == "alliance"]
    assert [record.id for record in found] == ["Z", "b", "é"]  # by code point, whatever the database
    bund = found[1]
    assert bund.values == {"name": "Bond", "language": "en"}
    assert bund.sets == {"objectives": ("y",), "names": ('{"kind":"alias","text":"Band"}',)}
    assert [(s.column, s.value, s.source, s.locator, s.evidence, s.chosen, s.reason) for s in bund.claims] == sorted(
        [
            ("language", "de", "press", "", "value", False, "beside"),
            ("language", "en", "official", "p-1", "value", True, "beside"),
            ("name", "Bond", "official", "p-1", "value", True, "source_kind"),
            ("name", "Bund", "press", "", "value", False, "source_kind"),
            ("names", '{"kind":"alias","text":"Band"}', "press", "", "value", True, "every_value"),
            ("objectives", "x", "press", "", "value", False, "pinned"),
            ("objectives", "y", "press", "", "value", True, "every_value"),
        ],
        key=lambda row: (row[0], Claim("alliance", "b", row[0], row[1], row[2], row[3], Evidence(row[4])).id),
    )
    assert [s.evidence for s in found[0].claims] == ["record", "record"]
    assert all(s.chosen for s in found[0].claims)


def test_what_belongs_to_a_rival_alone_is_not_chosen_and_says_why(engine: Engine, tmp_path: Path) -> None:
    rows: list[Row] = [
        {"id": "a", "name": "A", "sources": "official"},
        {"id": "a", "name": "B", "language": "en", "sources": "press"},
    ]
    load(engine, write(tmp_path / "facts", {**FILES, "alliances.csv": rows, "names.csv": [], "pins.csv": []}), SHAPES)
    (record,) = (r for r in records(engine, SHAPES) if r.type == "alliance")
    assert record.values == {"name": "A"}
    assert [s[1:] for s in record.claims if s.column == "language"] == [
        Statement("", "language", "en", "press", "", "value", False, "beside")[1:]
    ]


def test_entities_come_in_the_order_of_the_shapes(engine: Engine, world: Path) -> None:
    load(engine, world, SHAPES)
    keys = [(record.type, record.id) for record in records(engine, SHAPES)]
    order = [entity.name for entity in SHAPES.entities]
    assert keys == sorted(keys, key=lambda key: (order.index(key[0]), key[1]))
    assert len(keys) == len(set(keys))


def test_an_empty_database_has_no_records(engine: Engine) -> None:
    assert list(records(engine, SHAPES)) == []
    assert list(redirects(engine)) == []
    assert attached(engine, "release.toml") is None


def test_a_load_meanwhile_does_not_show(engine: Engine, world: Path, tmp_path: Path) -> None:
    load(engine, world, SHAPES)
    with reading(engine) as connection:
        stream = records(connection, SHAPES)
        first = next(stream)
        other = write(
            tmp_path / "more", {"figures.csv": [{"id": "f-new000", "subject": "x", "value": "7", "sources": "s"}]}
        )
        gone = [{"type": "figure", "id": r.id, "target": ""} for r in records(engine, SHAPES) if r.type == "figure"]
        load(engine, write(other, {"redirects.csv": [*gone, *_rows(world)]}), SHAPES)
        rest = [first, *stream]
        assert "f-new000" not in {record.id for record in rest}
        assert len(list(redirects(connection))) == len(_rows(world))
    assert "f-new000" in {record.id for record in records(engine, SHAPES)}


def _rows(world: Path) -> list[Row]:
    lines = (world / "redirects.csv").read_text().splitlines()[1:]
    return [dict(zip(("type", "id", "target"), line.split(","), strict=True)) for line in lines]


@pytest.mark.slow
def test_memory_stays_flat(engine: Engine) -> None:
    count = 15_000
    claims = (
        Claim("alliance", f"a-{n:07}", column, f"{column} {n}", "s", "", Evidence.VALUE, "alliances.csv", n)
        for n in range(count)
        for column in ("name", "acronym", "scope")
    )
    load_contents(engine, Contents(frozenset({"alliances.csv"}), claims), SHAPES, origin="facts")
    tracemalloc.start()
    try:
        assert sum(1 for record in records(engine, SHAPES) if record.type == "alliance") == count
        streamed = tracemalloc.get_traced_memory()[1]
        everything = list(records(engine, SHAPES))
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(everything) > count
    assert streamed < held / 3
