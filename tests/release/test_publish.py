from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest

from datasets.canonical.load import load
from datasets.canonical.read import Record
from datasets.canonical.store import open_database
from datasets.release import pointer
from datasets.release.build import Content, Published, build, identify, publish
from datasets.release.ddl import APPLICATION_ID, FORMAT
from datasets.release.errors import PublishError
from datasets.release.exporter import Draft, ExportFile
from datasets.release.exporters import EXPORTERS
from datasets.release.identity import Imprint, Redirect
from datasets.release.open import Release
from datasets.release.verify import verify
from datasets.shapes import SHAPES, Shapes
from tests.canonical import postgres
from tests.release.tools import IMPRINT, SHAPES_ONLY, changed, names, put, rows

Content_ = tuple[tuple[Record, ...], tuple[Redirect, ...]]
WORLD_ID = "2026-01-31-ab00a40fe5"


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_what_a_release_is_called_and_holds(world_release: Release) -> None:
    """The id follows from the content alone: it is the same on every machine, Python and database."""
    assert world_release.id == WORLD_ID
    assert names(world_release.path) == [
        "alliances-claims.jsonl",
        "alliances-csv.zip",
        "alliances-parquet.zip",
        "alliances.jsonl",
        "alliances.sqlite",
        "delta.json",
        "dictionary.json",
        "dictionary.md",
        "manifest.json",
        "shapes.json",
    ]
    assert world_release.shapes == SHAPES
    assert verify(world_release.path) == []
    assert (world_release.path.parent / "current").readlink() == Path(world_release.id)


def test_publishing_what_is_current_does_nothing_and_says_so(world_content: Content_, tmp_path: Path) -> None:
    records, redirects = world_content
    first = put(records, tmp_path, redirects=redirects)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    second = put(records, tmp_path, redirects=redirects)
    assert (first.built, first.switched, str(first)) == (True, True, f"published {first.id}")
    assert (second.built, second.switched) == (False, False)
    assert str(second) == f"{first.id} is current already; nothing to do"
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert {path: time for path, time in before.items() if path != tmp_path} == after | {}
    assert names(tmp_path) == [".lock", first.id, "current"]


def test_the_same_content_gives_the_same_bytes_of_every_file(world_content: Content_, tmp_path: Path) -> None:
    records, redirects = world_content
    for folder in ("one", "two"):
        build(Content(iter(records), redirects), tmp_path / folder, SHAPES, IMPRINT)
    one, two = (pointer.current(tmp_path / folder) for folder in ("one", "two"))
    assert one is not None
    assert two is not None
    assert digests(one) == digests(two)
    assert len(digests(one)) == 10


def test_sqlite_and_postgresql_give_the_same_release(world: Path, tmp_path: Path) -> None:
    said: dict[str, str] = {"date": "2026-01-31", "title": "T", "licence": "CC-BY-4.0", "base_iri": "http://localhost"}
    ids: list[Published] = []
    with postgres.server() as server, postgres.database(server) as url:
        for address in (f"sqlite:///{tmp_path / 'canonical.sqlite'}", url):
            engine = open_database(address)
            load(engine, world, SHAPES)
            told = identify(engine, SHAPES, **said)  # type: ignore[arg-type]
            done = publish(engine, tmp_path / str(len(ids)), SHAPES, exporters=SHAPES_ONLY, **said)  # type: ignore[arg-type]
            assert done.id == told
            ids.append(done)
            engine.dispose()
    assert ids[0].id == ids[1].id
    assert digests(ids[0].path) == digests(ids[1].path)


@pytest.mark.parametrize(
    "other",
    [
        Imprint(date="2026-02-01", title=IMPRINT.title, licence="CC-BY-4.0", base_iri=IMPRINT.base_iri),
        Imprint(date=IMPRINT.date, title="Another title", licence="CC-BY-4.0", base_iri=IMPRINT.base_iri),
        Imprint(date=IMPRINT.date, title=IMPRINT.title, licence="CC0-1.0", base_iri=IMPRINT.base_iri),
        Imprint(date=IMPRINT.date, title=IMPRINT.title, licence="CC-BY-4.0", base_iri="https://data.example.org"),
    ],
)
def test_what_stands_in_the_files_counts_for_the_id(
    records: tuple[Record, ...], tmp_path: Path, other: Imprint
) -> None:
    first = put(records, tmp_path)
    second = put(records, tmp_path, imprint=other)
    assert first.id != second.id
    assert second.built
    assert [path.name for path in pointer.listed(tmp_path)] == [second.id, first.id]


def test_a_reason_and_a_redirect_count_for_the_id(records: tuple[Record, ...], tmp_path: Path) -> None:
    first = put(records, tmp_path)
    second = put(records, tmp_path, redirects=[("alliance", "gone", "")])
    record = records[-1]
    claim = record.claims[0]._replace(reason="more_sources")
    other = Record(record.type, record.id, record.values, record.sets, (claim, *record.claims[1:]))
    third = put([*records[:-1], other], tmp_path)
    assert len({first.id, second.id, third.id}) == 3


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"date": "2026-02-30"}, "a day, YYYY-MM-DD, but this is '2026-02-30'"),
        ({"date": "20260201"}, "a day, YYYY-MM-DD"),
        ({"base_iri": "localhost:8000"}, "http or https address"),
        ({"base_iri": "http://localhost/"}, "without slash"),
        ({"base_iri": "http://local host"}, "holds no space"),
        ({"base_iri": "http://localhost/a<b>"}, "holds no space"),
        ({"base_iri": "http://user:word@localhost"}, "holds no space"),
        ({"title": " "}, "a release needs a title"),
    ],
)
def test_a_wrong_imprint_is_refused(wrong: dict[str, str], message: str) -> None:
    said = {"date": "2026-01-31", "title": "T", "licence": "CC-BY-4.0", "base_iri": "http://localhost"} | wrong
    with pytest.raises(ValueError, match=message):
        Imprint(**said)  # type: ignore[arg-type]


def test_an_imprint_must_be_complete(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'canonical.sqlite'}")
    with pytest.raises(ValueError, match=r"needs licence, base_iri; give it in release\.toml"):
        publish(engine, tmp_path / "releases", SHAPES, date="2026-01-31", title="T")
    engine.dispose()


def test_an_empty_canonical_database_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="holds no records; run `alliances load` first"):
        put([], tmp_path)
    assert names(tmp_path) == [".lock"]


def test_records_out_of_order_are_refused(records: tuple[Record, ...], tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="out of order"):
        put(reversed(records), tmp_path)
    with pytest.raises(PublishError, match="unknown type 'planet'"):
        put([Record("planet", "mars", {}, {}, ())], tmp_path)
    assert names(tmp_path) == [".lock"]


def test_two_publishes_at_once_do_not_mix(records: tuple[Record, ...], tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / ".lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(PublishError, match="another publish is at work"):
            put(records, tmp_path)
    finally:
        os.close(descriptor)
    assert put(records, tmp_path).built


def test_what_a_killed_publish_left_is_removed(records: tuple[Record, ...], tmp_path: Path) -> None:
    (tmp_path / ".building").mkdir()
    (tmp_path / ".building" / "alliances.sqlite").write_bytes(b"half")
    (tmp_path / ".removed-2026-01-01-0123456789").mkdir()
    done = put(records, tmp_path)
    assert names(tmp_path) == [".lock", done.id, "current"]


def test_a_release_that_was_built_before_is_current_again(records: tuple[Record, ...], tmp_path: Path) -> None:
    first = put(records, tmp_path)
    second = put(changed(records, "alliance", "orchid-alliance", acronym="ORU2"), tmp_path)
    again = put(records, tmp_path)
    assert (again.id, again.built, again.switched) == (first.id, False, True)
    assert str(again) == f"{first.id} was built before; it is current again"
    assert pointer.current(tmp_path) == first.path
    assert names(tmp_path) == sorted([".lock", first.id, second.id, "current"])


def test_a_damaged_current_release_is_built_anew(records: tuple[Record, ...], tmp_path: Path) -> None:
    first = put(records, tmp_path)
    (first.path / "alliances.sqlite").write_bytes(b"")
    again = put(records, tmp_path)
    assert (again.id, again.built) == (first.id, True)
    assert verify(again.path) == []
    assert names(tmp_path) == [".lock", first.id, "current"]


def test_publishing_mends_a_pointer_that_leads_nowhere(records: tuple[Record, ...], tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("2020-01-01-0123456789")
    done = put(records, tmp_path)
    assert pointer.current(tmp_path) == done.path


def test_progress_is_told_step_by_step(records: tuple[Record, ...], tmp_path: Path) -> None:
    steps: list[str] = []

    def progress(step: str, done: int, total: int | None) -> None:
        assert total is None or 0 <= done <= total
        if step not in steps:
            steps.append(step)

    build(Content(records, ()), tmp_path, SHAPES, IMPRINT, exporters=SHAPES_ONLY, progress=progress)
    assert steps == ["records", "checks", "tables", "indexes", "files", "delta", "placing"]


class Failing:
    """An exporter that breaks when it is finished."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (ExportFile(name="f.txt", title="F", media_type="text/plain"),)
    closed: ClassVar[list[str]] = []
    fed: ClassVar[list[str]] = []

    def __init__(self, folder: Path, shapes: Shapes) -> None:
        self.folder = folder

    def feed(self, record: Record) -> None:
        self.fed.append(record.id)

    def finish(self, draft: Draft) -> None:
        assert rows(draft.database, "SELECT value FROM release WHERE key = 'id'") == [(draft.id,)]
        (self.folder / "f.txt").write_text("half", encoding="utf-8")
        raise OSError(5, "Input/output error", str(self.folder / "f.txt"))

    def close(self) -> None:
        self.closed.append("closed")


def test_an_exporter_that_fails_lets_nothing_be_published(records: tuple[Record, ...], tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"f\.txt cannot be written or read \(Input/output error\); nothing was"):
        put(records, tmp_path, exporters=[*EXPORTERS, Failing])
    assert Failing.fed == [record.id for record in records]
    assert Failing.closed == ["closed"]
    assert names(tmp_path) == [".lock"]


def test_a_folder_that_cannot_be_made_is_told(records: tuple[Record, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PublishError, match=r"file/releases cannot be written or read \(Not a directory\)"):
        put(records, tmp_path / "file" / "releases")


def test_the_canonical_database_may_fail_midway(records: tuple[Record, ...], tmp_path: Path) -> None:
    first = put(records[:-1], tmp_path)

    def broken() -> Iterator[Record]:
        yield from records[:100]
        raise ConnectionError("the server went away")

    with pytest.raises(PublishError, match="went away"):
        put(broken(), tmp_path)
    assert pointer.current(tmp_path) == first.path
    assert names(tmp_path) == [".lock", first.id, "current"]


def test_the_file_says_what_it_is_and_python_reads_it(world_release: Release) -> None:
    """Datasette opens the file with Python's own SQLite, which is older than the one that wrote it."""
    with closing(sqlite3.connect(world_release.database)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        strict = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict").fetchall()
        assert {"alliances", "member_spans", "search_entries"} <= {name for (name,) in strict}
        found = connection.execute("SELECT rowid FROM search_index WHERE search_index MATCH '\"orchid\"'").fetchall()
        assert found
