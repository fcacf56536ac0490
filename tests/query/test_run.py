"""Running: deadlines stop the SQL, answers have a size, closing gives everything back."""

from __future__ import annotations

import gc
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from datasets.query.capacity import capacity
from datasets.query.plan import SQLITE, Plan, Planner
from datasets.query.run import ClosedError, Database, DeadlineError, TooLargeError
from datasets.query.run_postgres import PostgresDatabase
from datasets.query.selection import (
    Compare,
    Connection,
    Filter,
    List,
    Nodes,
    Op,
    Order,
    Page,
    Quantifier,
    Records,
    Related,
    Reverse,
    Scalar,
    Selection,
    Slot,
    Stream,
    TotalCount,
)
from datasets.query.to_postgres import copy_release, vector
from datasets.shapes import SHAPES
from tests.query.asking import Asked
from tests.query.reference import Reference, World

ALL = Selection(
    (Connection("all", Records("organization"), (TotalCount("total"), Nodes("nodes", (Scalar("name", "name"),)))),)
)


def endless(asked: Asked) -> Plan:
    """A plan that takes far longer than anybody waits."""
    count = "(SELECT count(*) FROM claims a, claims b, claims c, claims d WHERE a.value<>b.value AND c.value<>d.value)"
    return Plan(asked.planner.dialect.finished(f"CAST({count} AS TEXT)"), (), asked.plan(ALL).work)


def test_a_deadline_stops_the_statement(asked: Asked) -> None:
    plan = endless(asked)
    with pytest.raises(DeadlineError, match="took longer than allowed"):
        asked.database.answer(plan, {}, seconds=0.15)
    assert asked.answer(ALL)["all"]["total"] == 30


def test_a_deadline_of_one_query_is_not_that_of_the_next(asked: Asked) -> None:
    asked.database.answer(asked.plan(ALL), {}, seconds=5)
    with pytest.raises(DeadlineError):
        asked.database.answer(endless(asked), {}, seconds=0.05)
    asked.database.answer(asked.plan(ALL), {})


def test_an_answer_has_a_largest_size(release_file: Path) -> None:
    database = Database(release_file, largest=500)
    planner = Planner(SHAPES, SQLITE, database.statistics())
    with pytest.raises(TooLargeError, match="larger than allowed"):
        database.answer(planner.plan(ALL), {})
    database.close()


def test_many_threads_ask_at_once(asked: Asked) -> None:
    plan = asked.plan(ALL)
    expected = asked.database.answer(plan, {})
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: asked.database.answer(plan, {}, seconds=20), range(60)))
    assert set(answers) == {expected}


def open_files(path: Path) -> int:
    """How many descriptors of this process lead to a file."""
    found = 0
    for one in Path("/proc/self/fd").iterdir():
        try:
            found += str(one.readlink()).startswith(str(path))
        except FileNotFoundError:
            continue
    return found


def test_closing_gives_every_descriptor_back(release_file: Path) -> None:
    gc.collect()
    before = open_files(release_file)
    database = Database(release_file)
    plan = Planner(SHAPES, SQLITE, database.statistics()).plan(ALL)
    barrier = threading.Barrier(4)

    def ask(_: int) -> bytes:
        barrier.wait()
        return database.answer(plan, {})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
        assert open_files(release_file) >= before + 4
        database.close()
        assert open_files(release_file) == before
    with pytest.raises(ClosedError, match="no longer served"):
        database.answer(plan, {})
    database.close()


def test_threads_that_end_keep_no_descriptor(release_file: Path) -> None:
    database = Database(release_file)
    plan = Planner(SHAPES, SQLITE, database.statistics()).plan(ALL)
    before = open_files(release_file)
    for _ in range(5):
        thread = threading.Thread(target=database.answer, args=(plan, {}))
        thread.start()
        thread.join()
    gc.collect()
    assert open_files(release_file) <= before + 1
    database.close()


def test_closing_waits_for_what_runs_and_then_stops_it(asked: Asked, release_file: Path) -> None:
    mine = asked.database
    own: Database | PostgresDatabase
    own = Database(release_file) if isinstance(mine, Database) else PostgresDatabase(mine._url, mine.schema)
    started = threading.Event()
    raised: list[BaseException] = []

    def ask() -> None:
        started.set()
        try:
            own.answer(endless(asked), {})
        except DeadlineError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    started.wait(5)
    while not own._running:
        time.sleep(0.001)
    own.close(seconds=0.1)
    thread.join(60)
    assert not thread.is_alive()
    assert len(raised) == 1


def test_a_release_file_is_never_written(release_file: Path) -> None:
    database = Database(release_file)
    plan = Planner(SHAPES, SQLITE, database.statistics()).plan(ALL)
    for statement in ("DELETE FROM alliances", "CREATE TABLE x (y)", "PRAGMA journal_mode=wal"):
        with pytest.raises(Exception, match=r"readonly|read-only|no text"):
            database.answer(Plan(statement, (), plan.work), {})
    database.close()


def test_a_postgresql_release_is_never_written(postgresql: Asked) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        postgresql.database.answer(Plan("DELETE FROM alliances", (), postgresql.plan(ALL).work), {})


STREAM = Stream("claim", (Scalar("id", "id"), Scalar("value", "value")), None, (Order("id", descending=True),))


def test_a_stream_gives_one_row_at_a_time(sqlite: Asked, known: World) -> None:
    assert isinstance(sqlite.database, Database)
    rows = [json.loads(row) for row in sqlite.database.stream(sqlite.plan(STREAM), {})]
    assert rows == Reference(known, {}).stream(STREAM)
    assert len(rows) > 100


def test_a_stream_that_is_left_gives_its_descriptor_back(release_file: Path) -> None:
    database = Database(release_file)
    planner = Planner(SHAPES, SQLITE, database.statistics())
    before = open_files(release_file)
    rows = database.stream(planner.plan(STREAM), {})
    next(rows)
    assert open_files(release_file) == before + 1
    rows.close()
    assert open_files(release_file) == before
    database.close()


def test_closing_ends_a_stream_that_pauses(release_file: Path) -> None:
    database = Database(release_file)
    before = open_files(release_file)
    rows = database.stream(Planner(SHAPES, SQLITE, database.statistics()).plan(STREAM), {})
    next(rows)
    database.close(seconds=0.1)
    assert open_files(release_file) == before
    with pytest.raises(ClosedError):
        list(rows)


def test_a_release_is_copied_once(postgresql: Asked, release_file: Path) -> None:
    assert isinstance(postgresql.database, PostgresDatabase)
    copy_release(release_file, SHAPES, postgresql.database._url, "release_test")
    assert postgresql.answer(ALL)["all"]["total"] == 30


def test_a_failed_copy_leaves_nothing(postgresql: Asked, tmp_path: Path) -> None:
    assert isinstance(postgresql.database, PostgresDatabase)
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    with pytest.raises(Exception, match="no such table"):
        copy_release(empty, SHAPES, postgresql.database._url, "release_broken")
    with psycopg.connect(postgresql.database._url) as connection:
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'release_broken'").fetchone() is None


def test_vectors_keep_phrases_within_their_field() -> None:
    assert vector([["a", "b", "a"], ["c"]]) == "'a':1,3 'b':2 'c':14"


def test_what_a_database_takes_is_tried(asked: Asked) -> None:
    found = capacity(asked.planner, asked.database)
    assert found.nesting >= 6
    assert found.fields >= 330
    assert found.roots >= 64
    assert found.filters >= 64


def test_costs_grow_with_what_is_examined(asked: Asked) -> None:
    def cost(test: Filter | None = None, **values: object) -> int:
        page = Page(test, first=Slot("n"))
        return asked.plan(Selection((List("all", Records("organization"), (Scalar("id", "id"),), page),))).cost(
            {"n": 5, **values}
        )

    assert cost() == 5
    assert cost(n=1000) == 30
    assert cost(Compare("city", Op.CONTAINS, Slot("t"))) >= 30
    assert cost(Compare("kind", Op.EQ, Slot("t"))) < cost(Compare("city", Op.EQ, Slot("t")))
    tied = Related(Reverse("membership", "organization"), Quantifier.SOME, Compare("role", Op.EQ, Slot("t")))
    assert cost(tied) > cost(Compare("kind", Op.EQ, Slot("t")))
