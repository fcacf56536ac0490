"""Many rows in and out of the database by the driver's fastest way, memory flat."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import cast

from sqlalchemy import Connection, text

_CHUNK = 5000
"""Rows that are held at once."""

Cell = str | int | None
"""What a row holds."""


def insert(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[tuple[Cell, ...]],
    *,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write rows into a table; how many. `progress` is told the number now and then."""
    names = ", ".join(f'"{name}"' for name in columns)
    rows = iter(rows)
    count = 0
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
                if progress is not None and count % _CHUNK == 0:
                    progress(count)
        if progress is not None:
            progress(count)
        return count
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    while chunk := list(islice(rows, _CHUNK)):
        connection.exec_driver_sql(statement, chunk)
        count += len(chunk)
        if progress is not None:
            progress(count)
    return count


def delete(connection: Connection, table: str, columns: Sequence[str], keys: Sequence[tuple[Cell, ...]]) -> None:
    """Delete the rows with these values of the columns."""
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    condition = " AND ".join(f'"{name}" = {mark}' for name in columns)
    if keys:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {condition}", list(keys))


def stream(
    connection: Connection, statement: str, parameters: Mapping[str, Cell] | None = None
) -> Generator[tuple[Cell, ...], None, None]:
    """The rows of a query, fetched by the thousand (from a server-side cursor in PostgreSQL)."""
    if connection.dialect.name == "sqlite":
        # The driver's own tuples: rows of SQLAlchemy take as long again, and a load reads every claim.
        driver = connection.connection.driver_connection
        assert driver is not None
        with closing(driver.cursor()) as cursor:
            yield from cursor.execute(statement, dict(parameters or {}))
        return
    options = {"yield_per": _CHUNK}
    result = connection.execute(text(statement), dict(parameters or {}), execution_options=options)
    with result:
        for rows in result.partitions(_CHUNK):
            yield from cast("Sequence[tuple[Cell, ...]]", rows)
