"""Loading: the database becomes equal to the folder, writes what differs, and refuses what would lose something."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import Engine, text

from datasets.canonical.errors import UnusableFacts
from datasets.canonical.load import Contents, load, load_contents
from datasets.canonical.read import attached, records, redirects
from datasets.canonical.store import open_database
from datasets.canonical.summary import Change
from datasets.intake.claim import Claim, Evidence
from datasets.intake.claims import claims, country_claims
from datasets.intake.facts import Pin, read
from datasets.intake.finding import BadFacts
from datasets.shapes import SHAPES, Column, Entity, Kind, Ranking, Shapes
from tests.canonical.generated import folders
from tests.canonical.tools import Row, chosen, dump, source, write

if TYPE_CHECKING:
    from pathlib import Path

ALLIANCES = [
    {"id": "a", "name": "Aula", "language": "la", "founded": "2016", "sources": "press"},
    {"id": "a", "founded": "2017", "sources": "official"},
    {"id": "b", "name": "Bund", "sources": "press|official#p-1"},
]
FILES: dict[str, list[Row]] = {
    "sources.csv": [source("official"), source("press", "press"), source("mirror", "mirror")],
    "alliances.csv": ALLIANCES,
}


@pytest.fixture
def loaded(engine: Engine, tmp_path: Path) -> Engine:
    load(engine, write(tmp_path / "facts", FILES), SHAPES)
    return engine


def change(entity: str, **numbers: int) -> Change:
    return Change(entity=entity, **numbers)


def test_the_small_world_is_loaded_whole(engine: Engine, world: Path) -> None:
    summary = load(engine, world, SHAPES)
    found = {record.type: record for record in records(engine, SHAPES)}
    assert summary.changed
    assert {c.entity for c in summary.entities} == {e.name for e in SHAPES.entities if e.name != "claim"} == set(found)
    assert summary.claims == sum(c.claims_added for c in summary.entities if c.entity != "country")
    assert sorted(redirects(engine)) == [
        ("alliance", "tamarind-club", ""),
        ("membership", "m-o0000z", "m-o00005"),
        ("organization", "qinghe-college", "jade-university"),
    ]
    assert attached(engine, "release.toml") == (world / "release.toml").read_text()
    assert chosen(engine, "agreement", "river-charter-2018", "signed") == [("2018-10-04", "pinned")]


def test_loading_twice_changes_nothing_and_writes_nothing(url: str, world: Path, tmp_path: Path) -> None:
    engine = open_database(url)
    load(engine, world, SHAPES)
    before = dump(engine, history=True)
    stamp = _stamp(engine, tmp_path)
    summary = load(engine, world, SHAPES)
    assert not summary.changed
    assert str(summary) == f"{summary.claims:,} claims, as before: nothing changed"
    assert dump(engine, history=True) == before
    assert _stamp(engine, tmp_path) == stamp
    engine.dispose()


def _stamp(engine: Engine, folder: Path) -> object:
    """What any write would change: the bytes of file and log; the row versions of every table."""
    if engine.dialect.name == "sqlite":
        return [
            (path.name, path.read_bytes())
            for path in sorted(folder.glob("canonical.sqlite*"))
            if path.suffix != ".sqlite-shm"
        ]
    with engine.connect() as connection:
        tables = ("claim", "choice", "pin", "redirect", "load", "file", "state")
        return [connection.execute(text(f"SELECT ctid::text, xmin::text FROM {t} ORDER BY 1")).all() for t in tables]


def test_a_dry_run_tells_and_writes_nothing(loaded: Engine, tmp_path: Path) -> None:
    before = dump(loaded, history=True)
    folder = write(tmp_path / "other", {"alliances.csv": [*ALLIANCES, {"id": "c", "name": "C", "sources": "press"}]})
    told = load(loaded, folder, SHAPES, dry_run=True)
    assert told.changed
    assert "dry run: nothing was written" in str(told)
    assert dump(loaded, history=True) == before
    done = load(loaded, folder, SHAPES)
    assert replace(told, dry_run=False) == done


def test_the_summary_counts_by_entity(loaded: Engine, tmp_path: Path) -> None:
    rows: list[Row] = [
        {"id": "a", "name": "Aula", "language": "la", "founded": "2016-05", "sources": "press"},
        {"id": "a", "founded": "2017", "sources": "official"},
        {"id": "c", "name": "Campus", "acronym": "C", "sources": "press"},
    ]
    folder = write(
        tmp_path / "next", {"alliances.csv": rows, "redirects.csv": [{"type": "alliance", "id": "b", "target": "c"}]}
    )
    summary = load(loaded, folder, SHAPES)
    assert summary.entities == (
        change("alliance", records_added=1, records_removed=1, records_changed=1, claims_added=3, claims_removed=3),
    )
    assert (summary.redirects, summary.pins, summary.files, summary.moved) == (1, 0, 1, 0)
    assert summary.choices == 3  # the name of b, and name and acronym of c: founded of a stays 2017
    assert "alliance: records +1 -1 ~1, claims +3 -3" in str(summary)
    assert json.loads(summary.as_json())["changed"] is True
    with loaded.connect() as connection:
        log = [
            json.loads(row) for row in connection.execute(text("SELECT summary FROM load ORDER BY number")).scalars()
        ]
    assert log[1] == json.loads(summary.as_json())
    assert len(log) == 2


def test_a_file_that_is_missing_leaves_its_claims_alone(loaded: Engine, tmp_path: Path) -> None:
    summary = load(loaded, write(tmp_path / "part", {"sources.csv": FILES["sources.csv"]}), SHAPES)
    assert not summary.changed
    assert chosen(loaded, "alliance", "a", "founded") == [("2017", "source_kind")]


def test_a_file_without_rows_takes_its_claims_away(loaded: Engine, tmp_path: Path) -> None:
    gone = [{"type": "alliance", "id": id, "target": ""} for id in ("a", "b")]
    load(loaded, write(tmp_path / "empty", {"alliances.csv": [], "redirects.csv": gone}), SHAPES)
    assert [r.id for r in records(loaded, SHAPES) if r.type == "alliance"] == []
    assert dump(loaded)["choice"] != []


def test_lines_that_shift_are_noted_but_change_no_record(loaded: Engine, tmp_path: Path) -> None:
    before = dump(loaded, lines=False)
    summary = load(loaded, write(tmp_path / "shifted", {"alliances.csv": [ALLIANCES[2], *ALLIANCES[:2]]}), SHAPES)
    assert (summary.entities, summary.moved, summary.choices) == ((), 6, 0)
    assert summary.changed
    assert dump(loaded, lines=False) == before


def test_a_claim_said_in_two_rows_is_one_claim(loaded: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "twice", {"alliances.csv": [*ALLIANCES, ALLIANCES[1]]})
    summary = load(loaded, folder, SHAPES)
    assert summary.entities == ()
    (record,) = (r for r in records(loaded, SHAPES) if (r.type, r.id) == ("alliance", "a"))
    assert [s.value for s in record.claims if s.column == "founded"].count("2017") == 1
    load(loaded, write(tmp_path / "facts", FILES), SHAPES)
    assert len([row for row in dump(loaded)["claim"] if row[1] == "a"]) == 4


def test_names_and_identifiers_find_their_subject_in_the_database(loaded: Engine, tmp_path: Path) -> None:
    rows = [{"subject": "a", "name": "Hall", "language": "en", "kind": "alias", "sources": "press"}]
    summary = load(loaded, write(tmp_path / "names", {"names.csv": rows}), SHAPES)
    assert summary.entities == (change("alliance", records_changed=1, claims_added=1),)
    assert chosen(loaded, "alliance", "a", "names") == [
        ('{"kind":"alias","language":"en","text":"Hall"}', "every_value")
    ]


class TestIdsThatGo:
    def test_need_a_line_in_redirects(self, loaded: Engine, tmp_path: Path) -> None:
        before = dump(loaded, history=True)
        folder = write(tmp_path / "lost", {"alliances.csv": []})
        with pytest.raises(
            UnusableFacts, match=r"alliance/a, alliance/b would go without a trace: add a line to redirects\.csv"
        ):
            load(loaded, folder, SHAPES)
        assert dump(loaded, history=True) == before

    def test_are_counted_when_they_are_many(self, engine: Engine, tmp_path: Path) -> None:
        rows = [{"id": f"a{n:02}", "name": "A", "sources": "s"} for n in range(25)]
        load(engine, write(tmp_path / "many", {"alliances.csv": rows}), SHAPES)
        with pytest.raises(UnusableFacts, match=r"alliance/a00, .*alliance/a19 and 5 more would go without a trace"):
            load(engine, write(tmp_path / "none", {"alliances.csv": []}), SHAPES)

    def test_cannot_lose_their_line_again(self, loaded: Engine, tmp_path: Path) -> None:
        rows = [{"type": "alliance", "id": "b", "target": "a"}]
        folder = write(tmp_path / "next", {"alliances.csv": ALLIANCES[:2], "redirects.csv": rows})
        load(loaded, folder, SHAPES)
        write(folder, {"redirects.csv": []})
        with pytest.raises(UnusableFacts, match="alliance/b would go without a trace"):
            load(loaded, folder, SHAPES)
        write(folder, {"alliances.csv": ALLIANCES})
        load(loaded, folder, SHAPES)
        assert list(redirects(loaded)) == []

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([("b", "x")], "alliance/b leads to alliance/x, which is not there: mend its line"),
            ([("b", "a"), ("a", "b")], "alliance/a is redirected and still described: remove its rows, or its line"),
            ([("b", "x"), ("x", "y"), ("y", "b")], "alliance/b leads round in a circle: mend its line"),
            ([("b", "b")], "alliance/b leads round in a circle"),
        ],
    )
    def test_must_lead_somewhere(
        self, loaded: Engine, tmp_path: Path, rows: list[tuple[str, str]], message: str
    ) -> None:
        lines = [{"type": "alliance", "id": id, "target": target} for id, target in rows]
        with pytest.raises(UnusableFacts, match=message):
            load(loaded, write(tmp_path / "x", {"alliances.csv": ALLIANCES[:2], "redirects.csv": lines}), SHAPES)

    def test_may_lead_on_over_another(self, loaded: Engine, tmp_path: Path) -> None:
        lines = [{"type": "alliance", "id": "b", "target": "z"}, {"type": "alliance", "id": "z", "target": "a"}]
        load(loaded, write(tmp_path / "x", {"alliances.csv": ALLIANCES[:2], "redirects.csv": lines}), SHAPES)
        assert list(redirects(loaded)) == [("alliance", "b", "z"), ("alliance", "z", "a")]

    def test_may_not_lead_to_two_places(self, loaded: Engine, tmp_path: Path) -> None:
        for origin, target, fails in (("facts", "a", False), ("importer", "", True)):
            lines = [{"type": "alliance", "id": "z", "target": target}]
            folder = write(tmp_path / origin, {"redirects.csv": lines})
            if fails:
                with pytest.raises(UnusableFacts, match=r"alliance/z leads to .*: keep one of the lines"):
                    load(loaded, folder, SHAPES, origin=origin)
            else:
                load(loaded, folder, SHAPES, origin=origin)


class TestPins:
    def test_override_the_rule_and_come_and_go(self, loaded: Engine, tmp_path: Path) -> None:
        pin = {"type": "alliance", "id": "a", "column": "founded", "value": "2016", "reason": "seen on the charter"}
        folder = write(tmp_path / "pins", {"pins.csv": [pin]})
        summary = load(loaded, folder, SHAPES)
        assert (summary.pins, summary.choices, summary.entities) == (1, 1, ())
        assert chosen(loaded, "alliance", "a", "founded") == [("2016", "pinned")]
        load(loaded, write(folder, {"pins.csv": []}), SHAPES)
        assert chosen(loaded, "alliance", "a", "founded") == [("2017", "source_kind")]

    @pytest.mark.parametrize(
        ("type", "id", "column", "message"),
        [
            ("alliance", "a", "founded", "no source says that founded of alliance/a is 'x' .they say '2016', '2017'."),
            ("alliance", "q", "founded", "there is no alliance/q: mend or remove line 2 of pins.csv"),
            ("alliance", "a", "motto", "there is no alliance.motto: mend or remove line 2 of pins.csv"),
            ("ship", "a", "motto", "there is no ship.motto"),
        ],
    )  # fmt: skip
    def test_must_be_about_what_is_said(
        self, loaded: Engine, tmp_path: Path, type: str, id: str, column: str, message: str
    ) -> None:
        row = {"type": type, "id": id, "column": column, "value": "x", "reason": "because"}
        before = dump(loaded, history=True)
        with pytest.raises(UnusableFacts, match=message):
            load(loaded, write(tmp_path / "pins", {"pins.csv": [row]}), SHAPES)
        assert dump(loaded, history=True) == before

    def test_cannot_outlive_the_value(self, loaded: Engine, tmp_path: Path) -> None:
        pin = {"type": "alliance", "id": "a", "column": "founded", "value": "2016", "reason": "seen on the charter"}
        load(loaded, write(tmp_path / "pins", {"pins.csv": [pin]}), SHAPES)
        with pytest.raises(UnusableFacts, match="no source says that founded of alliance/a is '2016'"):
            load(loaded, write(tmp_path / "next", {"alliances.csv": ALLIANCES[1:]}), SHAPES)


class TestOrigins:
    def test_keep_their_own_claims(self, loaded: Engine, tmp_path: Path) -> None:
        extra: list[Row] = [{"id": "a", "founded": "2015", "sources": "official"}, ALLIANCES[0]]
        load(loaded, write(tmp_path / "import", {"alliances.csv": extra}), SHAPES, origin="importer")
        assert chosen(loaded, "alliance", "a", "founded") == [("2015", "source_id")]
        assert not load(loaded, write(tmp_path / "facts", FILES), SHAPES).changed
        gone = load(loaded, write(tmp_path / "import", {"alliances.csv": []}), SHAPES, origin="importer")
        assert gone.entities == (change("alliance", records_changed=1, claims_removed=1),)
        assert chosen(loaded, "alliance", "a", "founded") == [("2017", "source_kind")]

    def test_can_be_loaded_without_a_folder(self, loaded: Engine) -> None:
        claim = Claim("alliance", "a", "website", "https://a.example.org/", "press", "", Evidence.VALUE, "dump", 1)
        contents = Contents(frozenset({"dump"}), [claim], pins=[Pin("alliance", "a", "name", "Aula", "so", 1)])
        for changed in (True, False):
            assert load_contents(loaded, contents, SHAPES, origin="importer").changed is changed
        assert chosen(loaded, "alliance", "a", "name") == [("Aula", "pinned")]

    def test_can_load_file_by_file(self, loaded: Engine) -> None:
        for name in ("one", "two", "one"):
            claim = Claim("alliance", "a", "objectives", name, "press", "", Evidence.VALUE, name, 1)
            load_contents(loaded, Contents(frozenset({name}), [claim]), SHAPES, origin="importer")
        assert chosen(loaded, "alliance", "a", "objectives") == [("one", "every_value"), ("two", "every_value")]


def test_a_source_of_another_kind_changes_the_choice_wherever_it_speaks(loaded: Engine, tmp_path: Path) -> None:
    sources = [source("official", "mirror"), source("press", "press"), source("mirror", "mirror")]
    summary = load(loaded, write(tmp_path / "next", {"sources.csv": sources}), SHAPES)
    assert chosen(loaded, "alliance", "a", "founded") == [("2016", "source_kind")]
    assert summary.entities == (change("source", records_changed=1, claims_added=1, claims_removed=1),)


def test_shapes_that_rank_otherwise_choose_anew(loaded: Engine, tmp_path: Path) -> None:
    sources = [source("official", "registry"), source("press", "press"), source("mirror", "mirror")]
    folder = write(tmp_path / "facts", {"sources.csv": sources})
    load(loaded, folder, SHAPES)
    assert chosen(loaded, "alliance", "a", "founded") == [("2016", "source_kind")]
    other = _with_column(
        SHAPES, "alliance", replace(SHAPES.entity("alliance").column("founded"), ranking=Ranking.REGISTRY)
    )
    summary = load(loaded, folder, other)
    assert summary.rechosen
    assert "all choices and views were made anew" in str(summary)
    assert chosen(loaded, "alliance", "a", "founded") == [("2017", "source_kind")]
    assert not load(loaded, folder, other).changed


def _with_column(shapes: Shapes, name: str, column: Column) -> Shapes:
    """The shapes with a column of an entity added, or put in the place of its namesake."""

    def changed(entity: Entity) -> Entity:
        if entity.name != name:
            return entity
        return replace(entity, columns=(*(c for c in entity.columns if c.name != column.name), column))

    return replace(shapes, entities=tuple(map(changed, shapes.entities)))


def test_a_column_and_an_entity_need_nothing_but_their_shape(engine: Engine, tmp_path: Path) -> None:
    motto = Column(name="motto", kind=Kind.TEXT, doc="Motto.")
    ship = Entity(
        name="ship", plural="ships", doc="A ship.", classes=(), label="name", orders=("name",), file="ships.csv",
        columns=(Column(name="name", kind=Kind.NAME, doc="Name."), Column(name="launched", kind=Kind.DATE, doc="When.")),
    )  # fmt: skip
    shapes = _with_column(SHAPES, "alliance", motto)
    shapes = replace(shapes, entities=(*shapes.entities, ship))
    files: dict[str, list[Row]] = {
        "alliances.csv": [{"id": "a", "name": "A", "motto": "Sapere aude", "sources": "s"}],
        "ships.csv": [{"id": "fram", "name": "Fram", "launched": "1892-10", "sources": "s"}],
    }
    load(engine, write(tmp_path / "facts", files, shapes), shapes)
    assert chosen(engine, "alliance", "a", "motto") == [("Sapere aude", "only_value")]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT motto FROM alliances")).scalar() == "Sapere aude"
        assert connection.execute(text("SELECT * FROM ships")).all() == [
            ("fram", "Fram", "1892-10", "1892-10-01", "1892-10-31")
        ]
    assert [r.id for r in records(engine, shapes) if r.type == "ship"] == ["fram"]
    # and they go when the shape goes, if their ids lead on
    redirect = [{"type": "ship", "id": "fram", "target": ""}]
    rows = [{"id": "a", "name": "A", "sources": "s"}]
    left = write(tmp_path / "left", {"alliances.csv": rows})
    with pytest.raises(UnusableFacts, match="ship/fram would go without a trace"):
        load(engine, left, SHAPES)
    write(left, {"redirects.csv": redirect})
    load(engine, left, SHAPES)
    assert chosen(engine, "ship", "fram", "name") == []
    with pytest.raises(Exception, match="ships"), engine.connect() as connection:
        connection.execute(text("SELECT * FROM ships"))


def test_what_cannot_be_read_changes_nothing(loaded: Engine, tmp_path: Path) -> None:
    before = dump(loaded, history=True)
    folder = write(tmp_path / "bad", {"alliances.csv": [*ALLIANCES, {"id": "c", "name": "C"}]})
    with pytest.raises(BadFacts, match=r"alliances.csv:5:\d+ .*the row names no source"):
        load(loaded, folder, SHAPES)
    write(folder, {"alliances.csv": [{"id": "a", "founded": "soon", "sources": "press"}, ALLIANCES[2]]})
    with pytest.raises(UnusableFacts, match=r"founded of alliance/a \(alliances.csv, line 2\): 'soon' is not a date"):
        load(loaded, folder, SHAPES)
    shutil.rmtree(folder)
    write(folder, {})
    (folder / "release.toml").write_bytes(b"title = \xff")
    with pytest.raises(BadFacts, match=r"release\.toml:1:1"):
        load(loaded, folder, SHAPES)
    with pytest.raises(NotADirectoryError, match="there is no facts folder"):
        load(loaded, tmp_path / "nowhere", SHAPES)
    assert dump(loaded, history=True) == before


def test_a_character_that_postgresql_cannot_keep_is_told(engine: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "facts", {"alliances.csv": [{"id": "a", "name": "A\0", "sources": "s"}]})
    if engine.dialect.name == "postgresql":
        with pytest.raises(UnusableFacts, match="a value holds the character NUL, which PostgreSQL cannot keep"):
            load(engine, folder, SHAPES)
    else:
        load(engine, folder, SHAPES)
        assert chosen(engine, "alliance", "a", "name") == [("A\0", "only_value")]


def test_progress_is_told(engine: Engine, world: Path) -> None:
    told: list[tuple[str, int]] = []
    summary = load(engine, world, SHAPES, progress=lambda what, done: told.append((what, done)))
    assert ("reading claims", summary.claims) in told
    assert {what for what, _ in told} == {"reading claims", "choosing"}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(first=folders(), second=folders())
def test_a_load_over_another_is_as_good_as_a_first_one(
    url: str, tmp_path_factory: pytest.TempPathFactory, first: dict[str, list[Row]], second: dict[str, list[Row]]
) -> None:
    base = tmp_path_factory.mktemp("property")
    engine, fresh = open_database(url), open_database(f"sqlite:///{base / 'fresh.sqlite'}")
    try:
        one, two = write(base / "one", first), write(base / "two", second)
        load(engine, _keeping(engine, one), SHAPES)
        gone = _keeping(engine, one, two)
        load(engine, gone, SHAPES)
        load(fresh, gone, SHAPES)
        assert dump(engine) == dump(fresh)
        assert list(records(engine, SHAPES)) == list(records(fresh, SHAPES))
        assert not load(engine, gone, SHAPES).changed
    finally:
        engine.dispose()
        fresh.dispose()


def _keeping(engine: Engine, *folders: Path) -> Path:
    """The last folder, with a line for every id that the database has and it has not."""
    folder = folders[-1]
    write(folder, {"redirects.csv": []})
    there = {(claim.type, claim.record) for claim in claims(read(folder, SHAPES), SHAPES)}
    there |= {(claim.type, claim.record) for claim in country_claims(SHAPES)}
    known = {(r.type, r.id) for r in records(engine, SHAPES)} | {(type, id) for type, id, _ in redirects(engine)}
    gone = [{"type": type, "id": id, "target": ""} for type, id in sorted(known - there)]
    return write(folder, {"redirects.csv": gone})
