"""Copies a release file into PostgreSQL, so that the same selections are answered there.

Each release becomes a schema of its own with the tables of the layout, text in collation "C" (the order of SQLite),
beside every text that can be searched its folded form, and for full text three vectors per entry. Copying is one
transaction: a release is there whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import apsw
import psycopg
from psycopg import sql

from datasets.query.estimate import Statistics
from datasets.query.things import Things, foldable
from datasets.query.words import LONGEST_WORD
from datasets.release.layout import SEARCH, Table
from datasets.shapes import Shapes
from datasets.text import fold

STATISTICS = "statistics"
"""The table that holds the statistics of the release as JSON."""
_VECTORS = ("name_vector", "alias_vector", "all_vector")
_LAST_POSITION = 16_383
"""PostgreSQL keeps no position beyond this in a vector."""
_MOST_POSITIONS = 255


def schema_name(release: str) -> str:
    """The schema of a release id: lower-case letters, digits and underscores."""
    return "release_" + re.sub(r"[^a-z0-9]+", "_", release.lower())


def copy_release(database: Path, shapes: Shapes, url: str, schema: str) -> None:
    """Copy the release file `database` into `schema` of the PostgreSQL database at `url` (libpq).

    A schema of that name is left as it is: releases do not change. Raises psycopg.Error when the copy fails.
    """
    source = apsw.Connection(
        f"{database.absolute().as_uri()}?immutable=1", apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    )
    try:
        with psycopg.connect(url) as target, target.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,))
            if cursor.fetchone() is None:
                _copy(source, cursor, Things(shapes), schema)
    finally:
        source.close()


def _copy(source: apsw.Connection, cursor: psycopg.Cursor[tuple[object, ...]], things: Things, schema: str) -> None:
    cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))
    extra = foldable(things)
    for table in things.tables.values():
        folded = extra.get(table.name, ())
        cursor.execute(_create(table, folded))
        _fill(source, cursor, table, folded)
        for index in table.indexes:
            cursor.execute(sql.SQL("CREATE INDEX ON {} ({})").format(sql.Identifier(table.name), _names(index)))
    cursor.execute(sql.SQL("CREATE INDEX ON {} USING gin (all_vector)").format(sql.Identifier(SEARCH)))
    cursor.execute(sql.SQL("CREATE TABLE {} (json text NOT NULL)").format(sql.Identifier(STATISTICS)))
    text = Statistics.read(source).to_json()
    cursor.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(sql.Identifier(STATISTICS)), (text,))
    for name in things.tables:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _create(table: Table, folded: tuple[str, ...]) -> sql.Composed:
    columns: list[sql.Composable] = []
    for field in table.fields:
        kind = sql.SQL('text COLLATE "C"' if field.type == "TEXT" else "bigint")
        end = sql.SQL(" NOT NULL" if field.not_null else "")
        columns.append(sql.SQL("{} {}{}").format(sql.Identifier(field.name), kind, end))
    columns += [sql.SQL('{} text COLLATE "C"').format(sql.Identifier(f"{name}_folded")) for name in folded]
    if table.name == SEARCH:
        columns += [sql.SQL("{} tsvector NOT NULL").format(sql.Identifier(name)) for name in _VECTORS]
    columns.append(sql.SQL("PRIMARY KEY ({})").format(_names(table.primary_key)))
    return sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table.name), sql.SQL(", ").join(columns))


def _fill(
    source: apsw.Connection, cursor: psycopg.Cursor[tuple[object, ...]], table: Table, folded: tuple[str, ...]
) -> None:
    names = [field.name for field in table.fields]
    columns = ", ".join('"' + name + '"' for name in names)
    places = [names.index(name) for name in folded]
    vectors = [names.index(name) for name in ("name", "alias", "summary")] if table.name == SEARCH else []
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table.name))) as copy:
        for row in source.execute(f'SELECT {columns} FROM "{table.name}"'):
            more: list[object] = [fold(str(row[n])) if row[n] is not None else None for n in places]
            if vectors:
                name, alias, summary = (str(row[n]).split() for n in vectors)
                more += [vector([name]), vector([name, alias]), vector([name, alias, summary])]
            copy.write_row((*row, *more))


def vector(texts: list[list[str]]) -> str:
    """A text search vector of lists of tokens, with a gap between the lists so that no phrase crosses it."""
    places: dict[str, list[int]] = {}
    for token, place in _placed(texts):
        found = places.setdefault(token, [])
        if len(found) < _MOST_POSITIONS and place <= _LAST_POSITION:
            found.append(place)
    return " ".join(f"'{_escaped(token)}'{':' if at else ''}{','.join(map(str, at))}" for token, at in places.items())


def _placed(texts: list[list[str]]) -> Iterator[tuple[str, int]]:
    place = 0
    for tokens in texts:
        for token in tokens:
            place += 1
            # Nobody searches for a longer word, so one more letter tells it from all that are searched for.
            yield token[: LONGEST_WORD + 1], place
        place += 10


def _escaped(token: str) -> str:
    return token.replace("\\", "\\\\").replace("'", "''")
