"""The tables of a release as readers get them in files: without sort keys and search entries, which serve queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from datasets.release import layout
from datasets.release.ddl import names, quote
from datasets.release.layout import SEARCH, Field, Table
from datasets.shapes import Column, Entity, Shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicColumn:
    """A field of a table in files; `column` is the shape's column whose value it holds, if it holds one."""

    field: Field
    column: Column | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTable:
    """A table in files; `entity` is the entity whose records are its rows, if they are."""

    table: Table
    columns: tuple[PublicColumn, ...]
    entity: Entity | None

    @property
    def name(self) -> str:
        """Its name, in the database and in files."""
        return self.table.name

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.field.name for column in self.columns)

    def rows(self, connection: apsw.Connection) -> Iterator[tuple[apsw.SQLiteValue, ...]]:
        """Its rows in order of the primary key."""
        key = names(self.table.primary_key)
        return connection.cursor().execute(f"SELECT {names(self.fields)} FROM {quote(self.name)} ORDER BY {key}")


def public_tables(shapes: Shapes) -> tuple[PublicTable, ...]:
    """All tables that files carry, in the order of the layout."""
    entities = {entity.plural: entity for entity in shapes.entities}
    columns = _columns(shapes)
    hidden = _sort_keys(shapes)
    return tuple(
        PublicTable(
            table=table,
            columns=tuple(
                PublicColumn(field=field, column=columns.get((table.name, field.name)))
                for field in table.fields
                if (table.name, field.name) not in hidden
            ),
            entity=entities.get(table.name),
        )
        for table in layout.tables(shapes)
        if table.name != SEARCH
    )


def _columns(shapes: Shapes) -> dict[tuple[str, str], Column]:
    found: dict[tuple[str, str], Column] = {}
    for entity in shapes.entities:
        for column in entity.columns:
            place = (layout.set_table_name(entity, column), "value") if column.many else (entity.plural, column.name)
            found[place] = column
    for values in shapes.values:
        found |= {(values.name, column.name): column for column in values.columns}
    return found


def _sort_keys(shapes: Shapes) -> set[tuple[str, str]]:
    keys = {(e.plural, f) for e in shapes.entities for o in e.orders if (f := layout.sort_field(e, o)) != o}
    return keys | {(s.name, f"{end}_sort") for s in shapes.spans for end in (s.whole, s.part)}
