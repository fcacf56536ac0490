"""The content of a release as it comes: one temporary table per kind of row, filled during the one traversal.

Everything that needs a look at other records (labels made of several, sort keys of linked records, types of links to
a family) is left to SQL afterwards, so memory stays flat whatever the size. The tables live in a file of their own
that is thrown away; a release file is filled from it in order of its keys and has no holes.
"""

from __future__ import annotations

from collections.abc import Callable

import apsw

from datasets.canonical.read import CLAIMS, Record, Statement
from datasets.intake.partial_date import PartialDate
from datasets.intake.stored import compound, parts
from datasets.release.ddl import names, quote
from datasets.release.errors import PublishError, Violation
from datasets.release.layout import LAST_INTEGER, set_table_name
from datasets.release.search import Entries
from datasets.shapes import Column, Entity, Kind, Link, Shapes

SCHEMA = "staging"
"""Under this name the staging file is attached."""
_BATCH = 1000
_VIOLATIONS_KEPT = 100

Row = list[str | int | None]


class Batch:
    """Rows for one staging table, written many at a time."""

    def __init__(self, connection: apsw.Connection, table: str, fields: tuple[str, ...], key: str = "") -> None:
        self._cursor = connection.cursor()
        end = f", PRIMARY KEY ({key})) WITHOUT ROWID" if key else ")"
        self._cursor.execute(f"CREATE TABLE {SCHEMA}.{quote(table)} ({names(fields)}{end}")
        places = ", ".join("?" * len(fields))
        self._insert = f"INSERT INTO {SCHEMA}.{quote(table)} VALUES ({places})"
        self._rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Keep a row for writing."""
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the rows kept."""
        if self._rows:
            self._cursor.executemany(self._insert, self._rows)
            self._rows.clear()


def staged_fields(entity: Entity, shapes: Shapes) -> tuple[str, ...]:
    """The fields of an entity's staging table: what can be told from the record alone."""
    fields = ["id"]
    for column in entity.columns:
        if column.many:
            continue
        fields.append(column.name)
        if column.kind is Kind.DATE:
            fields += [f"{column.name}_earliest", f"{column.name}_latest"]
        if entity.name == CLAIMS and isinstance(column, Link) and shapes.is_family(column.target):
            fields.append(f"{column.name}_type")
    return tuple(fields)


class Staging:
    """Takes records in publishing order into the attached staging file; `violations` are what could not be read."""

    def __init__(self, connection: apsw.Connection, shapes: Shapes) -> None:
        self.violations: list[Violation] = []
        self.claims = 0
        self._places = {entity.name: place for place, entity in enumerate(shapes.entities)}
        self._last = (-1, "")
        with connection:
            self._entities = {e.name: _EntityRows(connection, shapes, e, self._report) for e in shapes.entities}
            self._claims = self._entities[CLAIMS].claims(shapes) if CLAIMS in self._entities else None
        self._connection = connection

    def _report(self, violation: Violation) -> None:
        if len(self.violations) < _VIOLATIONS_KEPT:
            self.violations.append(violation)

    def feed(self, record: Record) -> None:
        """Take in a record with its claims. Raises PublishError when records do not come in order."""
        place = (self._places.get(record.type, -1), record.id)
        if place[0] < 0:
            raise PublishError(f"the canonical database holds a record of the unknown type {record.type!r}")
        if place <= self._last:
            raise PublishError(f"records came out of order: {record.type}/{record.id}; ids are sorted by code point")
        self._last = place
        self._entities[record.type].feed(record)
        if self._claims is not None:
            for statement in record.claims:
                self._claims(record, statement)
        self.claims += len(record.claims)

    def finish(self) -> None:
        """Write what is still in memory."""
        with self._connection:
            for rows in self._entities.values():
                rows.flush()


class _EntityRows:
    """The staging rows of one entity: its table, its sets, its compound values, its search entries."""

    def __init__(
        self, connection: apsw.Connection, shapes: Shapes, entity: Entity, report: Callable[[Violation], None]
    ) -> None:
        self._entity = entity
        self._report = report
        self._columns = tuple((c.name, c.kind) for c in entity.columns if not c.many)
        key = "" if entity.name == CLAIMS else "id"
        self._rows = Batch(connection, entity.plural, staged_fields(entity, shapes), key)
        self._sets = {
            c.name: Batch(connection, set_table_name(entity, c), ("owner", "value")) for c in entity.columns if c.many
        }
        values = shapes.values_of(entity)
        self._parts = {v.name: v for v in values}
        self._values = {
            v.name: Batch(connection, f"{entity.name} {v.name}", ("subject", "position", *(c.name for c in v.columns)))
            for v in values
        }
        self._entries = Entries.of(shapes, entity)
        self._search = Batch(connection, f"{entity.name} entries", ("id", "name", "alias", "summary"))

    def flush(self) -> None:
        for batch in (self._rows, self._search, *self._sets.values(), *self._values.values()):
            batch.flush()

    def claims(self, shapes: Shapes) -> Callable[[Record, Statement], None]:
        """How to stage the statements of other records as rows of this entity."""
        getters = [_statement_cell(shapes, column) for column in self._entity.columns]

        def feed(record: Record, statement: Statement) -> None:
            row: Row = [statement.id]
            for getter in getters:
                row += getter(record, statement)
            self._rows.add(row)

        return feed

    def feed(self, record: Record) -> None:
        row: Row = [record.id]
        values = record.values
        known = 0
        for name, kind in self._columns:
            text = values.get(name)
            if text is not None:
                known += 1
            try:
                _append(row, kind, text)
            except ValueError as error:
                self._wrong("form", record, name, str(text), str(error))
                row += (None,) * (3 if kind is Kind.DATE else 1)
        self._rows.add(row)
        if known < len(values):
            for name in values.keys() - {name for name, _ in self._columns}:
                self._wrong("unknown-column", record, name, values[name], "the shapes know no such single column")
        for name, elements in record.sets.items():
            if name in self._sets:
                for element in elements:
                    self._sets[name].add([record.id, element])
            elif name in self._values:
                self._add_compound(record, name, elements)
            else:
                self._wrong("unknown-column", record, name, "", "the shapes know no such set")
        self._check_claims(record)
        if self._entries is not None:
            self._search.add([record.id, *self._entries.tokens(record)])

    def _add_compound(self, record: Record, name: str, elements: tuple[str, ...]) -> None:
        values = self._parts[name]
        rows: list[tuple[str, ...]] = []
        for element in elements:
            try:
                said = parts(values, element)
                if compound(said) != element:
                    raise ValueError("not the stored form of such a value")
            except ValueError as error:
                self._wrong("form", record, name, element, str(error))
            else:
                rows.append(tuple(said.values()))
        for position, row in enumerate(sorted(rows), start=1):
            self._values[name].add([record.id, position, *(part or None for part in row)])

    def _check_claims(self, record: Record) -> None:
        said = {(s.column, s.value) for s in record.claims if s.chosen}
        shown = set(record.values.items())
        for name, elements in record.sets.items():
            shown.update((name, element) for element in elements)
        if said != shown:
            for name, value in sorted(said ^ shown):
                where = "is shown but no chosen claim says it" if (name, value) in shown else "is chosen but not shown"
                self._wrong("claims", record, name, value, f"the value {where}")

    def _wrong(self, rule: str, record: Record, column: str, value: str, message: str) -> None:
        self._report(Violation(rule, self._entity.plural, record.id, column, value, message))


def _append(row: Row, kind: Kind, text: str | None) -> None:
    if kind is Kind.FLAG:
        if text not in (None, "yes"):
            raise ValueError("a flag is `yes` or nothing")
        row.append(1 if text else 0)
    elif kind is Kind.DATE:
        if text is None:
            row += (None, None, None)
        else:
            date = PartialDate.parse(text)
            row += (text, date.earliest, date.latest)
    elif kind is Kind.INTEGER and text is not None:
        row.append(_integer(text))
    else:
        row.append(text)


def _integer(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or str(int(text)) != text or int(text) >= LAST_INTEGER:
        raise ValueError("not a whole number from 0 to 2147483647, written without leading zeros")
    return int(text)


def _statement_cell(shapes: Shapes, column: Column) -> Callable[[Record, Statement], Row]:
    name = column.name
    if isinstance(column, Link) and shapes.is_family(column.target):
        return lambda record, _: [record.id, record.type]
    if column.kind is Kind.FLAG:
        return lambda _, statement: [int(bool(getattr(statement, name)))]
    return lambda _, statement: [str(getattr(statement, name)) or None]
