"""Views of the chosen values, one per entity, set and compound value, named as in a release.

They are for people with SQL: `SELECT name, founded FROM alliances`. Columns are typed by kind; dates keep their text,
with `_earliest` and `_latest` beside it.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, inspect, text

from datasets.canonical.errors import UnusableDatabase
from datasets.canonical.read import CLAIMS
from datasets.canonical.tables import metadata
from datasets.release.layout import set_table_name
from datasets.shapes import Column, Entity, Kind, Shapes, Values

VIEWS = 1
"""Counts the versions of the views: when it changes, the next load makes them anew."""

_DAYS = ("earliest", "latest")


def recreate(connection: Connection, shapes: Shapes) -> None:
    """Drop the views of former shapes and create those of these. Raises UnusableDatabase where a name is taken."""
    found = connection.execute(text("SELECT value FROM state WHERE key = 'views'")).scalar()
    for name in json.loads(found) if found else ():
        connection.execute(text(f"DROP VIEW IF EXISTS {_quoted(name)}"))
    views = definitions(shapes, connection.dialect.name)
    taken = {*inspect(connection).get_table_names(), *inspect(connection).get_view_names(), *metadata.tables}
    for name, query in views.items():
        if name in taken:
            raise UnusableDatabase(f"the view {name} cannot be made: the database has something else of that name")
        connection.exec_driver_sql(f"CREATE VIEW {_quoted(name)} AS {query}".replace("%", "%%"))
    connection.execute(text("DELETE FROM state WHERE key = 'views'"))
    connection.execute(
        text("INSERT INTO state (key, value) VALUES ('views', :names)"), {"names": json.dumps(sorted(views))}
    )


def definitions(shapes: Shapes, dialect: str) -> dict[str, str]:
    """The query of every view, by name. `dialect` is `sqlite` or `postgresql`."""
    views = {}
    for entity in shapes.entities:
        if entity.name == CLAIMS:
            views[entity.plural] = _claims()
            continue
        views[entity.plural] = _entity(entity, dialect)
        for column in entity.columns:
            if column.many:
                views[set_table_name(entity, column)] = _set(entity, column)
    for values in shapes.values:
        views[values.name] = _values(values, dialect)
    return views


def _entity(entity: Entity, dialect: str) -> str:
    fields = ["record AS id"]
    for column in entity.columns:
        if column.many:
            continue
        value = f'max(CASE WHEN "column" = {_text(column.name)} THEN value END)'
        fields.append(f"{_typed(column, value, dialect)} AS {_quoted(column.name)}")
        if column.kind is Kind.DATE:
            fields += [
                f'max(CASE WHEN "column" = {_text(column.name)} THEN {day} END) AS {_quoted(f"{column.name}_{day}")}'
                for day in _DAYS
            ]
    return f"SELECT {', '.join(fields)} FROM choice WHERE type = {_text(entity.name)} GROUP BY record"


def _typed(column: Column, value: str, dialect: str) -> str:
    if column.kind is Kind.INTEGER:
        return f"CAST({value} AS INTEGER)"
    if column.kind is Kind.DECIMAL:
        return f"CAST({value} AS {'NUMERIC' if dialect == 'postgresql' else 'REAL'})"
    if column.kind is Kind.FLAG:
        return f"({value} IS NOT NULL)"
    return value


def _set(entity: Entity, column: Column) -> str:
    return (
        f"SELECT record AS {_quoted(entity.name)}, value FROM choice"
        f' WHERE type = {_text(entity.name)} AND "column" = {_text(column.name)}'
    )


def _values(values: Values, dialect: str) -> str:
    def part(name: str) -> str:
        if dialect == "postgresql":
            return f"value::json ->> {_text(name)}"
        return f"json_extract(value, {_text(f'$.{name}')})"

    parts = ", ".join(f"{part(column.name)} AS {_quoted(column.name)}" for column in values.columns)
    return f'SELECT record AS subject, type AS subject_type, {parts} FROM choice WHERE "column" = {_text(values.name)}'


def _claims() -> str:
    same = 'o.type = c.type AND o.record = c.record AND o."column" = c."column" AND o.value = c.value'
    return (
        'SELECT DISTINCT c.id, c.type AS record_type, c.record, c."column", c.value, c.source, c.locator, c.evidence,'
        f" EXISTS (SELECT 1 FROM choice o WHERE {same}) AS chosen FROM claim c"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
