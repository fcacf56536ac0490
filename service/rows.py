"""Rows of a release as dictionaries."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

Cell = str | int | float | None
Row = dict[str, Cell]


def rows(connection: apsw.Connection, sql: str, parameters: Sequence[Cell] = ()) -> list[Row]:
    """All rows of a statement, by field."""
    cursor = connection.execute(sql, tuple(parameters))
    try:
        names = [description[0] for description in cursor.get_description()]
    except apsw.ExecutionCompleteError:  # no row: apsw knows the fields only while there is one
        return []
    return [dict(zip(names, values, strict=True)) for values in cursor]


def row(connection: apsw.Connection, sql: str, parameters: Sequence[Cell] = ()) -> Row | None:
    """The first row of a statement, by field; None where there is none."""
    found = rows(connection, sql, parameters)
    return found[0] if found else None


def number(connection: apsw.Connection, sql: str, parameters: Sequence[Cell] = ()) -> int:
    """The single number that a statement gives."""
    return int(next(iter(connection.execute(sql, tuple(parameters))))[0])
