"""The values of a property of one record, as people read them and with the records they point at."""

from __future__ import annotations

from dataclasses import dataclass

import apsw

from datasets.release.layout import label_field, set_table_name
from datasets.shapes.model import Column, Entity, Kind, Link, Shapes, Values
from linked_data.documents import VOCABULARY
from linked_data.reconcile.properties import Property

Cells = tuple["apsw.SQLiteValue", ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text, and type and id where it is a record."""

    text: str
    type: str = ""
    id: str = ""

    @property
    def key(self) -> str:
        """Type and id as one text."""
        return f"{self.type}/{self.id}"


class Reading:
    """Reads values of properties through one connection."""

    def __init__(self, connection: apsw.Connection, shapes: Shapes) -> None:
        self._connection = connection
        self._shapes = shapes

    def _rows(self, sql: str, *parameters: str | int) -> list[Cells]:
        return list(self._connection.execute(sql, parameters))

    def values(self, entity: Entity, id_: str, property_: Property, most: int = 1_000) -> list[Value]:
        """The values of a property of a record, at most so many."""
        if property_.column is not None:
            return self._column(entity, id_, property_.column, most)
        if property_.values is not None:
            return self._compound(id_, property_.values, property_.registry, most)
        if property_.reverse is not None:
            return self._reverse(entity, id_, *property_.reverse, most)
        assert property_.spans is not None
        spans = property_.spans
        other = spans.part if property_.id == spans.forward else spans.whole
        sql = (
            f'SELECT DISTINCT "{other}", "{other}_sort" FROM "{spans.name}" '
            f'WHERE "{entity.name}" = ? ORDER BY "{other}_sort", "{other}" LIMIT ?'
        )
        return [self.record(other, str(row[0])) for row in self._rows(sql, id_, most)]

    def _column(self, entity: Entity, id_: str, column: Column, most: int) -> list[Value]:
        if column.many:
            table = set_table_name(entity, column)
            sql = f'SELECT value FROM "{table}" WHERE "{entity.name}" = ? ORDER BY value LIMIT ?'
            return [self._value(column, (row[0], "")) for row in self._rows(sql, id_, most)]
        typed = isinstance(column, Link) and self._shapes.is_family(column.target)
        beside = f'"{column.name}_type"' if typed else "''"
        found = self._rows(f'SELECT "{column.name}", {beside} FROM "{entity.plural}" WHERE id = ?', id_)
        return [self._value(column, row) for row in found if row[0] not in (None, "")]

    def _value(self, column: Column, row: Cells) -> Value:
        text = str(row[0])
        if isinstance(column, Link):
            return self.record(str(row[1] or column.target), text)
        if column.kind is Kind.CODE:
            return self.record(VOCABULARY, f"{column.scheme}.{text}")
        if column.kind is Kind.FLAG:
            return Value("yes" if row[0] else "")
        return Value(text)

    def _compound(self, id_: str, values: Values, registry: str, most: int) -> list[Value]:
        text = next((c for c in values.columns if c.kind is not Kind.CODE), values.columns[0])
        code = next((c.name for c in values.columns if c.kind is Kind.CODE), "")
        where = f' AND "{code}" = ?' if registry else ""
        sql = f'SELECT "{text.name}" FROM "{values.name}" WHERE subject = ?{where} ORDER BY position LIMIT ?'
        return [Value(str(row[0])) for row in self._rows(sql, id_, *([registry] if registry else []), most)]

    def _reverse(self, entity: Entity, id_: str, source: Entity, link: Link, most: int) -> list[Value]:
        label = label_field(source)
        if link.many:
            table = set_table_name(source, link)
            found = self._rows(f'SELECT "{source.name}" FROM "{table}" WHERE value = ? ORDER BY 1 LIMIT ?', id_, most)
            return [self.record(source.name, str(row[0])) for row in found]
        typed = f" AND \"{link.name}_type\" = '{entity.name}'" if self._shapes.is_family(link.target) else ""
        sql = f'SELECT id, "{label}" FROM "{source.plural}" WHERE "{link.name}" = ?{typed} ORDER BY id LIMIT ?'
        return [Value(str(row[1]), source.name, str(row[0])) for row in self._rows(sql, id_, most)]

    def record(self, type_: str, id_: str) -> Value:
        """A record as a value: its label, or its id where it has none here."""
        entity = self._shapes.entity(type_)
        found = self._rows(f'SELECT "{label_field(entity)}" FROM "{entity.plural}" WHERE id = ?', id_)
        return Value(str(found[0][0]) if found else id_, type_, id_)
