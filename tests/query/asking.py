"""Asking a database, and reading the answer so that it can be compared with the reference."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from datasets.query.dialect import Dialect
from datasets.query.plan import Plan, Planner
from datasets.query.run import Database
from datasets.query.run_postgres import PostgresDatabase
from datasets.query.selection import Selection, Stream
from datasets.shapes import Shapes
from tests.query.reference import CursorText, Number

_CURSOR = re.compile(r"[0-9A-F]{10,}")


class Asked:
    """A database with its planner."""

    def __init__(self, database: Database | PostgresDatabase, shapes: Shapes, dialect: Dialect) -> None:
        self.database = database
        self.planner = Planner(shapes, dialect, database.statistics())

    def plan(self, selection: Selection | Stream) -> Plan:
        return self.planner.plan(selection)

    def raw(self, selection: Selection, values: Mapping[str, object] | None = None) -> bytes:
        return self.database.answer(self.plan(selection), values or {}, seconds=20)

    def answer(self, selection: Selection, values: Mapping[str, object] | None = None) -> Any:
        return json.loads(self.raw(selection, values))

    def exact(self, selection: Selection, values: Mapping[str, object] | None = None) -> Any:
        """The answer with the digits of numbers kept."""
        return json.loads(self.raw(selection, values), parse_int=Number, parse_float=Number)


def same(expected: Any, found: Any) -> bool:
    """Whether an answer is the expected one, in the order of keys too; of cursors the tag does not count."""
    if isinstance(expected, CursorText):
        return isinstance(found, str) and bool(_CURSOR.fullmatch(found)) and found[8:] == expected
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and list(expected) == list(found)
            and all(same(expected[k], found[k]) for k in expected)
        )
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(same, expected, found))
    return type(expected) is type(found) and bool(expected == found)
