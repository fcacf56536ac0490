"""Three releases: what each changed in the records and in the schema, and what is told of the chain."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import GraphQLObjectType

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.intake.facts import read
from datasets.release.build import publish
from datasets.release.chain import chain
from datasets.release.open import Release
from datasets.shapes import SHAPES, Column, Kind, Shapes
from graph_schema.endpoint import Endpoint
from graph_schema.engine import Engine
from graph_schema.opening import open_engine
from tests.graphql.tools import Ask, request

DATES = ("2026-01-31", "2026-02-28", "2026-03-31")
DEPRECATED = "2026-03-31: use `website`."


def _rename(facts: Path, old: str, new: str) -> None:
    path = facts / "alliances.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _with(shapes: Shapes, *more: Column, deprecated: str = "") -> Shapes:
    alliance = shapes.entity("alliance")
    columns = [replace(c, deprecated=deprecated) if c.name == "scope" else c for c in alliance.columns]
    changed = replace(alliance, columns=(*columns, *more))
    return replace(shapes, entities=tuple(changed if e is alliance else e for e in shapes.entities))


@pytest.fixture(scope="module")
def releases(world: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Release]:
    """The small world; the same with a name mended; with a new column and an old one on its way out."""
    scratch = tmp_path_factory.mktemp("chain")
    facts = scratch / "facts"
    shutil.copytree(world, facts)
    database = open_database(f"sqlite:///{scratch / 'canonical.sqlite'}")
    motto = Column(name="motto", kind=Kind.TEXT, doc="Its motto, only for this test.")
    states: list[tuple[Shapes, str]] = [
        (SHAPES, "Ficus Ring"),
        (SHAPES, "Ficus Ring of Universities"),
        (_with(SHAPES, motto, deprecated=DEPRECATED), "Ficus Ring of Universities"),
    ]
    found = []
    for date, (shapes, name) in zip(DATES, states, strict=True):
        _rename(facts, "Ficus Ring,", f"{name},")
        if shapes is not SHAPES:
            _add_motto(facts / "alliances.csv")
        load(database, facts, shapes)
        said = read(facts, shapes).release or {}
        done = publish(
            database,
            scratch / "releases",
            shapes,
            expectations=(),
            base_iri="http://world.example",
            date=date,
            title=str(said["title"]),
            licence=str(said["licence"]),
        )
        found.append(Release.open(done.path))
    database.dispose()
    return found


def _add_motto(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*rows[0], "motto"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "motto": ""} for row in rows)


@pytest.fixture(scope="module")
def newest(releases: list[Release]) -> Iterator[Engine]:
    opened = open_engine(releases[-1])
    yield opened
    opened.database.close()


def test_releases_are_listed_newest_first(newest: Engine, releases: list[Release]) -> None:
    found = Ask(newest)("{ release { id } releases { totalCount nodes { id date counts { type records } } } }")
    assert found["release"]["id"] == releases[-1].id
    assert [node["id"] for node in found["releases"]["nodes"]] == [one.id for one in reversed(releases)]
    counts = {count["type"]: count["records"] for count in found["releases"]["nodes"][-1]["counts"]}
    assert counts["ALLIANCE"] == releases[0].manifest["counts"]["alliances"]  # type: ignore[index]


def test_an_older_release_knows_nothing_of_later_ones(releases: list[Release]) -> None:
    assert [past.id for past in chain(releases[1])] == [releases[1].id, releases[0].id]


def test_changes_come_newest_first_and_by_time(newest: Engine, releases: list[Release]) -> None:
    query = """query ($since: PartialDate, $first: Int, $after: String) {
      changes(since: $since, first: $first, after: $after) {
        totalCount nodes { kind type id release date movedTo } pageInfo { hasNextPage endCursor }
      }
    }"""
    ask = Ask(newest)
    later = ask(query, {"since": "2026-02"})["changes"]
    changed = [(node["kind"], node["type"], node["id"], node["date"]) for node in later["nodes"]]
    assert ("MOD", "ALLIANCE", "ficus-ring", DATES[1]) in changed
    assert later["totalCount"] == len(changed)
    assert ask(query, {"since": "2027"})["changes"]["nodes"] == []
    seen: list[tuple[str, str]] = []
    after = None
    while True:
        page = ask(query, {"first": 7, "after": after})["changes"]
        seen += [(node["type"], node["id"]) for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    everything = sum(past.changed for past in chain(releases[-1]))
    assert len(seen) == page["totalCount"] == everything > 100


@pytest.mark.parametrize("cursor", ["ay01", "a00", "zz", "", "azF4"])
def test_an_invented_cursor_is_refused(newest: Engine, cursor: str) -> None:
    error = Ask(newest).refused("query ($c: String) { changes(after: $c) { totalCount } }", {"c": cursor})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_deprecated_column_says_so_in_the_schema(newest: Engine) -> None:
    alliance = newest.built.schema.type_map["Alliance"]
    assert isinstance(alliance, GraphQLObjectType)
    assert alliance.fields["scope"].deprecation_reason == DEPRECATED
    assert f'@deprecated(reason: "{DEPRECATED}")' in newest.built.sdl


def test_the_changelog_of_the_schema_is_generated(newest: Engine, releases: list[Release]) -> None:
    reply = request(Endpoint(newest), path="/graphql/changelog")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    head, *sections = reply.body.decode().split("\n## ")
    assert "@deprecated" in head
    assert [section.splitlines()[0] for section in sections] == [release.id for release in reversed(releases)]
    assert "- Safe: Field Alliance.motto was added." in sections[0]
    assert f"- Deprecated: Alliance.scope: {DEPRECATED}" in sections[0]
    assert "No change." in sections[1]
    assert "first release" in sections[2]
