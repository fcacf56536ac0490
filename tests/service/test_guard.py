"""What readers' statements may not do, each refused or cut, and what it costs in time and memory (printed)."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from datasets.browse import asking
from datasets.browse.answering import MOST_ROWS, opened
from datasets.browse.asking import Asking, AskingError
from datasets.browse.guard import fence
from datasets.browse.sheets import open_sheets
from datasets.release.open import Release

FOR_EVER = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n)"
LONG = "WITH RECURSIVE s(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM s WHERE length(x) < 40000)"
HOSTILE = {
    "endless recursion": f"{FOR_EVER} SELECT sum(n) FROM n",
    "cross join": "SELECT count(*) FROM claims a, claims b, claims c, claims d, claims e",
    "like bomb": f"{FOR_EVER} SELECT count(*) FROM n, claims c WHERE n || c.value LIKE '%a%b%c%d%e%f%g%'",
    "group_concat bomb": f"{FOR_EVER} SELECT group_concat(n) FROM n",
    "sorting without end": f"{FOR_EVER} SELECT n FROM n ORDER BY -n",
    "distinct without end": f"{FOR_EVER} SELECT DISTINCT n, 'x' || n FROM n",
    "blob of 900 MB": "SELECT randomblob(900000000)",
    "hex of 450 MB": "SELECT hex(zeroblob(450000000))",
    "printf of 500 MB": "SELECT printf('%.500000000c', 'x')",
    "format of 500 MB": "SELECT format('%.500000000c', 'x')",
    "trim within long texts": f"{LONG}, c(y) AS (SELECT replace(max(x), 'b', 'c') FROM s) "
    "SELECT length(trim(max(x), max(y))) FROM s, c, c AS d, (SELECT 1 UNION SELECT 2)",
    "thousand fat cells": f"{LONG}, t(x) AS (SELECT max(x) FROM s) SELECT a.x || b.id FROM t a, claims b, claims c",
    "wide and many": f"{FOR_EVER} SELECT n, n, n, n, n, n, n, n, n, n FROM n",
    "attach": "ATTACH '/tmp/elsewhere.sqlite' AS elsewhere",
    "pragma that writes": "PRAGMA journal_mode = DELETE",
    "pragma that tells paths": "PRAGMA database_list",
    "paths by a table": "SELECT * FROM pragma_database_list",
    "insert": "INSERT INTO alliances (id, name) VALUES ('x', 'x')",
    "delete": "DELETE FROM alliances",
    "vacuum into": "VACUUM INTO '/tmp/copy.sqlite'",
    "begin": "BEGIN",
    "temporary table": "CREATE TEMP TABLE t (a)",
    "load_extension": "SELECT load_extension('x')",
    "memory pointer": "SELECT fts3_tokenizer('simple')",
    "fts control": "INSERT INTO search_index (search_index) VALUES ('rebuild')",
    "deep expression": "SELECT " + "abs(" * 400 + "1" + ")" * 400,
    "deep sum": "SELECT " + "+".join(["1"] * 3000),
    "compound": " UNION ALL ".join(["SELECT 1"] * 200),
    "long pattern": f"{LONG} SELECT count(*) FROM s WHERE 'abab' LIKE x",
    "two statements": "SELECT 1; SELECT 2",
    "nothing": "-- nothing",
    "nonsense": "SELEC 1",
    "missing value": "SELECT :name",
    "all rows of a large table": f"{FOR_EVER} SELECT n FROM n LIMIT {MOST_ROWS + 1}",
}


@pytest.fixture(scope="module")
def files(published: Path) -> tuple[Path, Path]:
    release = Release.current(published)
    return release.database, open_sheets(release.database, release.shapes).path


@pytest.fixture(scope="module")
def asked(files: tuple[Path, Path]) -> Iterator[Asking]:
    found = Asking(*files)
    asyncio.run(found.ask("SELECT 1", {}))
    yield found
    found.close()


def high_water(of: Asking) -> int:
    """The most memory in MB that the living processes have ever used."""
    statuses = [Path(f"/proc/{process.pid}/status") for process in of._idle]
    lines = [line for status in statuses for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return max((int(line.split()[1]) // 1024 for line in lines), default=0)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_statement_is_refused(asked: Asking, name: str) -> None:
    before, began = high_water(asked), time.perf_counter()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(AskingError) as refused:
        asyncio.run(asked.ask(HOSTILE[name], {}))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - own) // 1024
    print(f"{name}: {time.perf_counter() - began:.2f} s, {before} -> {high_water(asked)} MB, {refused.value}")
    assert refused.value.status == 400
    assert str(refused.value).endswith((".", "at home", "ask for less"))
    assert high_water(asked) < 24 + 100
    assert grown < 100
    assert asyncio.run(asked.ask("SELECT count(*) FROM alliances", {})).rows[0][0]


def test_a_process_that_does_not_answer_is_ended_and_replaced(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Asking(*files)
    asyncio.run(found.ask("SELECT 1", {}))
    [first] = found._idle
    monkeypatch.setattr(asking, "PATIENCE", 0.0)
    with pytest.raises(AskingError, match="was ended"):
        asyncio.run(found.ask(HOSTILE["endless recursion"], {}))
    assert first.poll() is not None
    monkeypatch.undo()
    assert asyncio.run(found.ask("SELECT 1 AS a", {})).columns == ("a",)
    found.close()
    assert found._idle == []


def test_those_who_ask_too_much_at_once_are_sent_away(files: tuple[Path, Path]) -> None:
    async def many(of: Asking) -> list[object]:
        questions = (of.ask("SELECT count(*) FROM claims", {}) for _ in range(asking.PROCESSES + asking.WAITING + 3))
        return list(await asyncio.gather(*questions, return_exceptions=True))

    found = Asking(*files)
    answers = asyncio.run(many(found))
    found.close()
    sent_away = [answer for answer in answers if isinstance(answer, AskingError)]
    assert [answer.status for answer in sent_away] == [503] * 3


def test_honest_statements_are_answered(asked: Asking) -> None:
    answer = asyncio.run(
        asked.ask(
            "SELECT a.name, count(*) AS n, avg(length(m.organization)) AS mean FROM sheets.memberships m "
            "JOIN alliances a ON a.id = m.alliance_id WHERE m.organization_country = :country GROUP BY 1 ORDER BY 1",
            {"country": "Thailand"},
        )
    )
    assert answer.columns == ("name", "n", "mean")
    assert answer.rows
    for sql in (
        "SELECT * FROM search_index WHERE search_index MATCH 'orchid'",
        "SELECT count(*) FROM sheets.memberships_search WHERE memberships_search MATCH 'orchid'",
        "SELECT name, sql FROM sqlite_master",
        "PRAGMA table_info(alliances)",
        "SELECT json_extract('{\"a\": [1, 2]}', '$.a[1]'), value FROM json_each('[1, 2]')",
        "SELECT *, row_number() OVER (PARTITION BY kind ORDER BY name) FROM alliances",
        "EXPLAIN QUERY PLAN SELECT * FROM alliances",
    ):
        assert asyncio.run(asked.ask(sql, {})).rows, sql
    assert asyncio.run(asked.ask("SELECT id, name FROM alliances WHERE 0", {})).columns == ("id", "name")


def test_nothing_is_written_and_nothing_left_behind(files: tuple[Path, Path]) -> None:
    before = apsw.hard_heap_limit(-1)
    with closing(opened(*files)) as connection:
        assert apsw.hard_heap_limit(-1) == before, "the limit is that of a whole process, and this one is not its own"
        assert connection.readonly("main")
        assert connection.readonly("sheets")
    assert not Path("/tmp/copy.sqlite").exists()  # noqa: S108 (what a statement would have written)


def test_connections_of_datasette_are_fenced_too(files: tuple[Path, Path]) -> None:
    with closing(sqlite3.connect(f"{files[0].as_uri()}?immutable=1", uri=True)) as connection:
        fence(connection)
        for name in ("blob of 900 MB", "hex of 450 MB", "printf of 500 MB", "attach", "insert", "memory pointer"):
            with pytest.raises(sqlite3.DatabaseError):
                connection.execute(HOSTILE[name])
        assert connection.execute("PRAGMA database_list").fetchall()
