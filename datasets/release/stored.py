"""Records read back from a release file, as they were when it was built: for verifying, comparing and deltas.

What is read is exactly what was fed: values and sets in stored form, claims with choice and reason, in publishing
order. All tables are read in order of their keys side by side, so memory stays flat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import apsw

from datasets.canonical.read import CLAIMS, Record, Statement
from datasets.intake.stored import compound
from datasets.release import layout
from datasets.release.ddl import literal, names, quote
from datasets.release.identity import Redirect
from datasets.shapes import Entity, Kind, Shapes

Cells = tuple["apsw.SQLiteValue", ...]


class _Beside:
    """Rows of another table that belong to a record, taken as the records go by: both come in order of the id."""

    def __init__(self, connection: apsw.Connection, sql: str) -> None:
        self._rows: Iterator[Cells] = connection.cursor().execute(sql)
        self._next = next(self._rows, None)

    def of(self, record: str) -> Iterator[Cells]:
        """The rows of a record, without its id."""
        while self._next is not None and str(self._next[0]) < record:
            self._next = next(self._rows, None)
        while self._next is not None and self._next[0] == record:
            yield self._next[1:]
            self._next = next(self._rows, None)


def records(connection: apsw.Connection, shapes: Shapes) -> Iterator[Record]:
    """All records of a release but the claims, in publishing order, each with its claims."""
    for entity in shapes.entities:
        if entity.name != CLAIMS:
            yield from entity_records(connection, shapes, entity)


def entity_records(connection: apsw.Connection, shapes: Shapes, entity: Entity) -> Iterator[Record]:
    """The records of one entity in order of their ids."""
    columns = [c for c in entity.columns if not c.many]
    readers: list[tuple[str, Callable[[apsw.SQLiteValue], str]]] = [
        (c.name, _flag if c.kind is Kind.FLAG else str) for c in columns
    ]
    sets = [
        (c.name, _Beside(connection, _ordered(layout.set_table_name(entity, c), entity.name, "value")))
        for c in entity.columns
        if c.many
    ]
    values = [
        (v.name, tuple(c.name for c in v.columns), _Beside(connection, _compounds(v.name, [c.name for c in v.columns])))
        for v in shapes.values_of(entity)
    ]
    statements = _Beside(connection, _statements(shapes, entity))
    fields = names(("id", *(c.name for c in columns)))
    for row in connection.cursor().execute(f"SELECT {fields} FROM {quote(entity.plural)} ORDER BY id"):
        identifier = str(row[0])
        said: dict[str, str] = {}
        for (name, read), cell in zip(readers, row[1:], strict=True):
            if cell is not None and (text := read(cell)):
                said[name] = text
        elements = {name: tuple(str(cell) for (cell,) in beside.of(identifier)) for name, beside in sets}
        for name, parts, beside in values:
            elements[name] = tuple(sorted(_compound(parts, cells) for cells in beside.of(identifier)))
        claims = tuple(_statement(cells) for cells in statements.of(identifier))
        yield Record(entity.name, identifier, said, {n: e for n, e in elements.items() if e}, claims)


def _flag(cell: apsw.SQLiteValue) -> str:
    return "yes" if cell else ""


def _ordered(table: str, owner: str, value: str) -> str:
    return f"SELECT {names((owner, value))} FROM {quote(table)} ORDER BY {names((owner, value))}"


def _compounds(table: str, parts: list[str]) -> str:
    return f"SELECT {names(('subject', *parts))} FROM {quote(table)} ORDER BY subject, position"


def _compound(parts: tuple[str, ...], cells: Cells) -> str:
    return compound({name: "" if cell is None else str(cell) for name, cell in zip(parts, cells, strict=True)})


_STATEMENT = ("record", "id", "column", "value", "source", "locator", "evidence", "chosen", "reason")


def _statements(shapes: Shapes, entity: Entity) -> str:
    table = quote(shapes.entity(CLAIMS).plural)
    return (
        f"SELECT {names(_STATEMENT)} FROM {table} WHERE record_type = {literal(entity.name)} "
        f"ORDER BY record, {quote('column')}, id"
    )


def _statement(cells: Cells) -> Statement:
    identifier, column, value, source, locator, evidence, chosen, reason = cells
    return Statement(
        str(identifier),
        str(column),
        str(value),
        str(source or ""),
        str(locator or ""),
        str(evidence),
        bool(chosen),
        str(reason),
    )


def redirects(connection: apsw.Connection) -> Iterator[Redirect]:
    """The redirects of a release, sorted."""
    for kind, former, target in connection.cursor().execute("SELECT type, id, target FROM redirects ORDER BY type, id"):
        yield (str(kind), str(former), str(target or ""))


def facts(connection: apsw.Connection) -> dict[str, str]:
    """What the release says of itself: the table `release`."""
    return {str(key): str(value) for key, value in connection.cursor().execute("SELECT key, value FROM release")}
