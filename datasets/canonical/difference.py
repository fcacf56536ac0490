"""The set difference between what the database holds and what a folder says, made and applied in SQL.

Claims are first written to a temporary table. Only what differs touches the tables that stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from datasets.canonical.bulk import Cell, insert
from datasets.canonical.summary import Change
from datasets.intake.claim import Claim

_KEY = ("type", "record", "column", "id", "origin", "file", "line", "position")
_COLUMNS = (*_KEY, "value", "source", "locator", "evidence")
_RECORD = ("type", "record")


@dataclass(frozen=True, slots=True)
class Difference:
    """What came and went. `entities` are those with a change; `moved` counts claims that stand at another place."""

    entities: tuple[Change, ...]
    moved: int
    lost: tuple[tuple[str, str], ...]
    """Records (type, id) that were there before and are no more."""
    first: bool
    """Whether the database held no claim before."""


def stage(connection: Connection, origin: str, claims: Iterable[Claim], progress: Callable[[int], None] | None) -> int:
    """Write claims to the temporary table; how many."""
    _create(connection, "staging", _COLUMNS, key=_KEY)
    _create(connection, "covered", ("origin", "file"), key=("origin", "file"))
    return add(connection, origin, claims, progress)


def add(connection: Connection, origin: str, claims: Iterable[Claim], progress: Callable[[int], None] | None) -> int:
    """Write further claims to the temporary table; how many."""
    return insert(connection, "staging", _COLUMNS, _rows(origin, claims), progress=progress)


def cover(connection: Connection, files: Iterable[tuple[str, str]]) -> None:
    """Say which files, as (origin, name), are wholly staged: what the database has of them beyond that, goes."""
    insert(connection, "covered", ("origin", "file"), sorted(files))


def apply(connection: Connection) -> Difference:
    """Make the table of claims equal to what is staged, for the files that are covered."""
    first = _scalar(connection, "SELECT count(*) FROM (SELECT 1 FROM claim LIMIT 1) AS any_claim") == 0
    come = "staging" if first else "come"
    _create(connection, "gone", _KEY)
    _create(connection, "touched", (*_RECORD, "was"), key=_RECORD)
    _create(connection, "fresh", (*_RECORD, "claims"), key=_RECORD)
    _create(connection, "stale", (*_RECORD, "claims"), key=_RECORD)
    _analyze(connection, "staging")
    if not first:
        _create(connection, "come", _COLUMNS)
        _run(connection, f"INSERT INTO come SELECT {_list('s', _COLUMNS)} FROM staging s WHERE NOT EXISTS"
                         f" (SELECT 1 FROM claim c WHERE {_same('c', 's', _KEY)})")  # fmt: skip
        _run(connection, f"INSERT INTO gone SELECT {_list('c', _KEY)} FROM claim c"
                         f" JOIN covered v ON v.origin = c.origin AND v.file = c.file WHERE NOT EXISTS"
                         f" (SELECT 1 FROM staging s WHERE {_same('s', 'c', _KEY)})")  # fmt: skip
    _run(connection, f"INSERT INTO touched SELECT t.type, t.record, CASE WHEN EXISTS"
                     f" (SELECT 1 FROM claim c WHERE {_same('c', 't', _RECORD)}) THEN 1 ELSE 0 END"
                     f" FROM (SELECT type, record FROM {come} UNION SELECT type, record FROM gone) AS t")  # fmt: skip
    _count_new(connection, "fresh", come)
    came = _scalar(connection, f"SELECT count(*) FROM {come} s WHERE EXISTS"
                               f" (SELECT 1 FROM claim c WHERE {_same('c', 's', _KEY[:4])})")  # fmt: skip
    _run(connection, f"DELETE FROM claim WHERE ({_list('', _KEY)}) IN (SELECT {_list('', _KEY)} FROM gone)")
    _run(connection, f"INSERT INTO claim ({_list('', _COLUMNS)}) SELECT {_list('', _COLUMNS)} FROM {come}"
                     f" ORDER BY {_list('', _KEY[:4])}")  # fmt: skip
    _count_new(connection, "stale", "gone")
    went = _scalar(connection, f"SELECT count(*) FROM gone s WHERE EXISTS"
                               f" (SELECT 1 FROM claim c WHERE {_same('c', 's', _KEY[:4])})")  # fmt: skip
    return Difference(_changes(connection), max(came, went), _lost(connection), first)


def forget(connection: Connection) -> None:
    """Drop the temporary tables."""
    for name in ("staging", "covered", "come", "gone", "touched", "fresh", "stale"):
        _run(connection, f"DROP TABLE IF EXISTS {name}")


def _rows(origin: str, claims: Iterable[Claim]) -> Iterator[tuple[Cell, ...]]:
    row: tuple[str, int] | None = None
    seen: set[tuple[str, int]] = set()
    for c in claims:
        id, at = c.id, (c.file, c.line)
        if at != row:
            row = at
            seen.clear()
        place = (id, c.position)
        if place not in seen:  # a set may name one element twice in one cell
            seen.add(place)
            yield (
                c.type, c.record, c.column, id, origin, c.file, c.line, c.position,
                c.value, c.source, c.locator, c.evidence.value,
            )  # fmt: skip


def _count_new(connection: Connection, table: str, places: str) -> None:
    """Count, by record, the claims of `places` that the table of claims does not hold."""
    _run(connection, f"INSERT INTO {table} SELECT s.type, s.record, count(DISTINCT s.id) FROM {places} s WHERE"
                     f" NOT EXISTS (SELECT 1 FROM claim c WHERE {_same('c', 's', _KEY[:4])})"
                     f" GROUP BY s.type, s.record")  # fmt: skip


def _changes(connection: Connection) -> tuple[Change, ...]:
    rows = connection.execute(text(
        f"SELECT t.type, sum((1 - t.was) * t.now), sum(t.was * (1 - t.now)),"
        f" sum(CASE WHEN t.was * t.now = 1 AND coalesce(f.claims, s.claims) > 0 THEN 1 ELSE 0 END),"
        f" sum(coalesce(f.claims, 0)), sum(coalesce(s.claims, 0))"
        f" FROM (SELECT type, record, was, CASE WHEN EXISTS"
        f" (SELECT 1 FROM claim c WHERE {_same('c', 'touched', _RECORD)}) THEN 1 ELSE 0 END AS now FROM touched) AS t"
        f" LEFT JOIN fresh f ON {_same('f', 't', _RECORD)} LEFT JOIN stale s ON {_same('s', 't', _RECORD)}"
        f" GROUP BY t.type ORDER BY t.type"
    ))  # fmt: skip
    changes = (
        Change(
            entity=type,
            records_added=int(added),
            records_removed=int(removed),
            records_changed=int(changed),
            claims_added=int(fresh),
            claims_removed=int(stale),
        )
        for type, added, removed, changed, fresh, stale in rows
    )
    return tuple(change for change in changes if change != Change(entity=change.entity))


def _lost(connection: Connection) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(text(
        f"SELECT type, record FROM touched WHERE was = 1 AND NOT EXISTS"
        f" (SELECT 1 FROM claim c WHERE {_same('c', 'touched', _RECORD)}) ORDER BY type, record"
    ))  # fmt: skip
    return tuple((type, record) for type, record in rows)


def _create(connection: Connection, name: str, columns: tuple[str, ...], key: tuple[str, ...] = ()) -> None:
    """A temporary table. In SQLite its key is its order; PostgreSQL joins by hashing and needs none."""
    numbers = ("line", "position", "was", "claims")
    postgresql = connection.dialect.name == "postgresql"
    word = 'TEXT COLLATE "C"' if postgresql else "TEXT"
    parts = [f'"{column}" {"INTEGER" if column in numbers else word} NOT NULL' for column in columns]
    ending = "ON COMMIT DROP" if postgresql else ""
    if key and not postgresql:
        parts.append(f"PRIMARY KEY ({_list('', key)})")
        ending = "WITHOUT ROWID"
    _run(connection, f"CREATE TEMP TABLE {name} ({', '.join(parts)}) {ending}")


def _analyze(connection: Connection, name: str) -> None:
    if connection.dialect.name == "postgresql":
        _run(connection, f"ANALYZE {name}")


def _list(alias: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f'{alias}."{column}"' if alias else f'"{column}"' for column in columns)


def _same(left: str, right: str, columns: tuple[str, ...]) -> str:
    return " AND ".join(f'{left}."{column}" = {right}."{column}"' for column in columns)


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _scalar(connection: Connection, statement: str) -> int:
    return int(connection.execute(text(statement)).scalar_one())
