"""How many rows a plan examines, estimated from table counts and index statistics, before anything runs.

Rows examined and not rows returned: a filter that finds nothing in 100,000 rows costs 100,000. Averages serve where a
record has more related rows than another; the deadline catches what averages hide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import apsw

UNKNOWN = 10.0
"""Rows per key where no index tells."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Rows per table, and rows per distinct key for each prefix of each index (`sqlite_stat1`)."""

    tables: Mapping[str, int]
    keys: Mapping[tuple[str, tuple[str, ...]], float] = field(default_factory=dict)

    def rows(self, table: str) -> float:
        """Rows of a table; 1 at least, so that products stay above zero."""
        return max(1.0, float(self.tables.get(table, 0)))

    def per_key(self, table: str, columns: tuple[str, ...]) -> float:
        """Rows of a table that share one value of the columns."""
        if not columns:
            return self.rows(table)
        known = self.keys.get((table, columns))
        return known if known is not None else min(self.rows(table), UNKNOWN)

    def to_json(self) -> str:
        """The statistics as JSON text."""
        keys = [[table, list(columns), rows] for (table, columns), rows in sorted(self.keys.items())]
        return json.dumps({"tables": dict(sorted(self.tables.items())), "keys": keys}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Statistics:
        """The statistics that `to_json` wrote."""
        plain = json.loads(text)
        return cls(plain["tables"], {(table, tuple(columns)): rows for table, columns, rows in plain["keys"]})

    @classmethod
    def read(cls, connection: apsw.Connection) -> Statistics:
        """The statistics of a release file; tables that were never analysed are counted."""
        names = [str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        analysed = _analysed(connection) if "sqlite_stat1" in names else {}
        tables: dict[str, int] = {}
        keys: dict[tuple[str, tuple[str, ...]], float] = {}
        for name in names:
            if name.startswith(("sqlite_", "search_index")):
                continue
            for index, columns in _indexes(connection, name):
                numbers = analysed.get((name, index), ())
                for length, rows in enumerate(numbers[1 : len(columns) + 1], 1):
                    prefix = (name, tuple(columns[:length]))
                    keys[prefix] = max(rows, keys.get(prefix, 0.0))
                if numbers:
                    tables[name] = int(numbers[0])
            if name not in tables:
                count = connection.execute(f'SELECT count(*) FROM "{name}"').get
                tables[name] = int(count) if isinstance(count, int) else 0
        return cls(tables, keys)


def _analysed(connection: apsw.Connection) -> dict[tuple[str, str], tuple[float, ...]]:
    found = {}
    for table, index, stat in connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL"):
        numbers = tuple(float(word) for word in str(stat).split() if word.isdigit())
        found[str(table), str(index)] = numbers
    return found


def _indexes(connection: apsw.Connection, table: str) -> list[tuple[str, list[str]]]:
    found = []
    for row in connection.execute(f'PRAGMA index_list("{table}")'):
        name, origin = str(row[1]), str(row[3])
        columns = [str(column[2]) for column in connection.execute(f'PRAGMA index_info("{name}")')]
        found.append((table if origin == "pk" else name, columns))
    return found


@dataclass(frozen=True, slots=True)
class PageWork:
    """The work of one page of a list, for each row of its parent.

    `available` rows are there; without a limit in `slot`, all come. Examining them costs `whole`, or one row each
    where an index gives the page directly (`whole` is None). Each row that comes costs `each`.
    """

    slot: str | None
    available: float
    whole: float | None
    each: Work


@dataclass(frozen=True, slots=True)
class Work:
    """Rows examined: a fixed part and pages."""

    fixed: float = 0.0
    pages: tuple[PageWork, ...] = ()

    def plus(self, other: Work) -> Work:
        """Both."""
        return Work(self.fixed + other.fixed, self.pages + other.pages)

    def rows(self, values: Mapping[str, object]) -> float:
        """Rows examined with these values bound."""
        total = self.fixed
        for page in self.pages:
            limit = values.get(page.slot) if page.slot is not None else None
            if isinstance(limit, list | tuple):
                limit = len(limit)
            count = min(page.available, float(limit)) if isinstance(limit, int) else page.available
            total += count if page.whole is None else page.whole
            if count and (page.each.fixed or page.each.pages):
                total += count * page.each.rows(values)
        return total


class Tally:
    """Collects work while a plan is written."""

    __slots__ = ("fixed", "pages")

    def __init__(self) -> None:
        self.fixed = 0.0
        self.pages: list[PageWork] = []

    def done(self) -> Work:
        """What was collected."""
        return Work(self.fixed, tuple(self.pages))
