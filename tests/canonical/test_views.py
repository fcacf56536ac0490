"""The views for people with SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, inspect, text

from datasets.canonical.errors import UnusableDatabase
from datasets.canonical.load import load
from datasets.release.layout import tables
from datasets.shapes import SHAPES

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.shapes import Shapes


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_every_entity_set_and_compound_value_has_a_view_named_as_in_a_release(engine: Engine, world: Path) -> None:
    load(engine, world, SHAPES)
    views = set(inspect(engine).get_view_names())
    assert {entity.plural for entity in SHAPES.entities} <= views
    assert {"alliance_objectives", "alliance_predecessors", "agreement_themes", "names", "identifiers"} <= views
    released = {table.name: {field.name for field in table.fields} for table in tables(SHAPES)}
    for view in views:
        columns = {column["name"] for column in inspect(engine).get_columns(view)}
        assert {name for name in columns if name != "subject_type"} <= released[view]


def test_values_are_typed_by_their_kind(engine: Engine, world: Path) -> None:
    load(engine, world, SHAPES)
    query = (
        "SELECT id, name, founded, founded_earliest, founded_latest, ended FROM alliances WHERE id = 'lotus-network'"
    )
    assert rows(engine, query) == [
        ("lotus-network", "Lotus Network of Universities", "2009~", "2009-01-01", "2009-12-31", None)
    ]
    assert rows(engine, "SELECT sum(value) > 0, max(value) = max(value + 0) FROM figures") == [(True, True)]
    assert rows(engine, "SELECT count(*) FROM organizations WHERE latitude > 0 AND longitude > 0")[0] > (0,)
    ended = rows(engine, "SELECT count(*) FROM memberships WHERE ended")[0][0]
    with engine.connect() as connection:
        said = connection.execute(
            text("SELECT count(*) FROM choice WHERE type = 'membership' AND \"column\" = 'ended'")
        )
        assert ended == said.scalar()
    assert rows(engine, "SELECT value FROM alliance_objectives WHERE alliance = 'ficus-ring' ORDER BY value") == [
        ("joint campus",),
        ("shared library",),
    ]
    assert rows(engine, "SELECT subject_type, value FROM identifiers WHERE scheme = 'ror' ORDER BY value LIMIT 1")
    assert rows(engine, "SELECT text FROM names WHERE kind = 'native' LIMIT 1")


def test_claims_can_be_asked_for_rivals(engine: Engine, world: Path) -> None:
    load(engine, world, SHAPES)
    query = (
        "SELECT value FROM claims WHERE record_type = 'agreement' AND record = 'river-charter-2018'"
        " AND \"column\" = 'signed' AND NOT chosen ORDER BY value"
    )
    assert rows(engine, query) == [("2018-10",), ("2018-10-05",)]


def test_views_follow_the_shapes(engine: Engine, world: Path) -> None:
    load(engine, world, SHAPES)
    fewer = _renamed(SHAPES, "networks")
    load(engine, world, fewer)
    views = set(inspect(engine).get_view_names())
    assert "networks" in views
    assert "alliances" not in views


def test_views_of_others_are_left_alone(engine: Engine, world: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE VIEW mine AS SELECT 1 AS one"))
    load(engine, world, SHAPES)
    load(engine, world, _renamed(SHAPES, "networks"))
    assert rows(engine, "SELECT one FROM mine") == [(1,)]


def test_a_name_that_is_taken_is_told(engine: Engine, world: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alliances (id TEXT)"))
    with pytest.raises(UnusableDatabase, match="the view alliances cannot be made: the database has something else"):
        load(engine, world, SHAPES)
    assert rows(engine, "SELECT count(*) FROM claim") == [(0,)]


def test_views_that_others_build_on_are_told(engine: Engine, world: Path) -> None:
    load(engine, world, SHAPES)
    with engine.begin() as connection:
        connection.execute(text("CREATE VIEW mine AS SELECT name FROM alliances"))
    if engine.dialect.name == "postgresql":
        with pytest.raises(
            UnusableDatabase, match=r"views of yours .* use ours, which must change: .*drop yours first"
        ):
            load(engine, world, _renamed(SHAPES, "networks"))
        assert rows(engine, "SELECT count(*) > 0 FROM mine") == [(True,)]
    else:  # SQLite binds names late: the view comes back to life with its namesake
        load(engine, world, _renamed(SHAPES, "networks"))
        load(engine, world, SHAPES)
        assert rows(engine, "SELECT count(*) > 0 FROM mine") == [(1,)]


def _renamed(shapes: Shapes, plural: str) -> Shapes:
    entities = (replace(e, plural=plural) if e.name == "alliance" else e for e in shapes.entities)
    return replace(shapes, entities=tuple(entities))
