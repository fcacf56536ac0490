"""A selection over the shapes becomes one SQL statement that returns finished JSON.

    planner = Planner(release.shapes, SQLITE, statistics)
    plan = planner.plan(selection)              # keep it: it serves any values
    plan.cost(values)                           # rows that would be examined
    run(plan.sql, plan.bind(values))            # bytes; see `run`

A planner belongs to one release, is made once, and may be used by several threads. A plan is immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from datasets.query import bind
from datasets.query.bind import Binding, Bound
from datasets.query.dialect import Dialect
from datasets.query.estimate import PageWork, Statistics, Tally, Work
from datasets.query.json_text import Absent, Fixed, Value, concatenated, identifier, json_object, quoted
from datasets.query.lists import connection, constant, listed, ordered
from datasets.query.postgres import Postgres
from datasets.query.rows import row_object
from datasets.query.selection import (
    AnyRecord,
    AnyRecords,
    Connection,
    Json,
    List,
    Literal,
    Page,
    Part,
    Record,
    Records,
    Search,
    Selection,
    Stream,
    Types,
)
from datasets.query.sqlite import Sqlite
from datasets.query.things import SelectionError, Things
from datasets.query.writer import Highlighted, Writer
from datasets.shapes import Shapes

SQLITE: Final[Dialect] = Sqlite()
POSTGRES: Final[Dialect] = Postgres()


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement that returns one value (or, for a `Stream`, one row per record), and how to bind its parameters."""

    sql: str
    bindings: tuple[Binding, ...]
    work: Work
    highlights: tuple[Highlighted, ...] = ()
    checks: tuple[Binding, ...] = ()
    """Values that are checked and then not needed: the page size of a list of which only the count is asked for."""

    def bind(self, values: Mapping[str, object]) -> tuple[Bound, ...]:
        """The parameters for values by slot name. Raises BadValueError, which names the slot."""
        for check in self.checks:
            check(values)
        return tuple([binding(values) for binding in self.bindings])

    def cost(self, values: Mapping[str, object]) -> int:
        """Rows that the statement is thought to examine with these values."""
        return round(self.work.rows(values))


class Planner:
    """Writes plans for one release in one dialect."""

    def __init__(self, shapes: Shapes, dialect: Dialect, statistics: Statistics) -> None:
        self.things = Things(shapes)
        self.dialect = dialect
        self.statistics = statistics

    def plan(self, selection: Selection | Stream) -> Plan:
        """The plan of a selection. Raises SelectionError when the shapes do not have what it asks for."""
        w = Writer(self.things, self.dialect, self.statistics)
        if isinstance(selection, Stream):
            sql = _stream(w, selection)
        else:
            members = [(part.key, _root(w, part)) for part in selection.parts]
            sql = self.dialect.finished(concatenated(json_object(members, sparse=selection.sparse)))
        text, bindings, checks = w.finished(sql)
        return Plan(text, bindings, w.tally.done(), tuple(w.highlights), checks)


def _root(w: Writer, part: Part) -> Value:
    if isinstance(part, Literal | Json):
        return constant(w, part)
    if isinstance(part, Record):
        return _record(w, part)
    if isinstance(part, AnyRecord):
        return _any_record(w, part)
    if isinstance(part, AnyRecords):
        return _any_records(w, part)
    if isinstance(part, List | Connection):
        w.searched = part.source.text if isinstance(part.source, Search) else None
        write = listed(w, None, part, row_object) if isinstance(part, List) else connection(w, None, part, row_object)
        w.searched = None
        return write
    raise SelectionError(f"{type(part).__name__} needs a row to stand on, and there is none at the root")


def _record(w: Writer, part: Record) -> Value:
    target = w.scope(w.things.entity(part.entity))
    mark = w.mark(("text", part.id), bind.plain_text(part.id.name))
    w.tally.fixed += 2
    text = concatenated(row_object(w, target, part.parts, sparse=part.sparse))
    present = _present(quoted(part.entity), mark)
    rows = f"{identifier(target.thing.table)} {target.alias} WHERE {target.sql('id')}={present}"
    return Value((f"(SELECT {text} FROM {rows})",), Absent.NULL)


def _present(type_sql: str, id_sql: str) -> str:
    return f"coalesce((SELECT r.target FROM redirects r WHERE r.type={type_sql} AND r.id={id_sql}),{id_sql})"


def _any_record(w: Writer, part: AnyRecord) -> Value:
    kind = f"CAST({w.mark(('text', part.type), bind.plain_text(part.type.name))} AS TEXT)"
    id_ = f"CAST({w.mark(('text', part.id), bind.plain_text(part.id.name))} AS TEXT)"
    w.tally.fixed += 2 + len(part.types)
    p = w.alias()
    value = _existing(w, f"{p}.type", _present(f"{p}.type", f"{p}.id"), part.types)
    rows = f"(SELECT {_kind(w, kind, id_, part.types)} AS type,{id_} AS id) {p}"
    return Value((f"(SELECT {concatenated(value.pieces)} FROM {rows})",), value.absent)


def _kind(w: Writer, type_sql: str, id_sql: str, types: Types) -> str:
    """The type given, or where it is empty that of the first type with this id, now or formerly."""
    there = [
        f"(SELECT {quoted(name)} FROM {identifier(w.things.entity(name).table)} e WHERE e.id={id_sql})"
        for name, _ in types
    ]
    former = f"(SELECT r.type FROM redirects r WHERE r.id={id_sql} ORDER BY r.type LIMIT 1)"
    return f"CASE WHEN {type_sql}<>'' THEN {type_sql} ELSE coalesce({','.join((*there, former, quoted('')))}) END"


def _existing(w: Writer, type_sql: str, id_sql: str, types: Types) -> Value:
    """Like a link of a family, but the record may be missing, so that it is looked at whatever is asked of it."""
    found = []
    for name, parts in types:
        target = w.scope(w.things.entity(name))
        text = concatenated(row_object(w, target, parts))
        rows = f"{identifier(target.thing.table)} {target.alias} WHERE {target.sql('id')}={id_sql}"
        found.append(f" WHEN {quoted(name)} THEN (SELECT {text} FROM {rows})")
    if not found:
        return Value((Fixed("null"),), Absent.TEXT)
    return Value((f"CASE {type_sql}{''.join(found)} END",), Absent.NULL)


def _any_records(w: Writer, part: AnyRecords) -> Value:
    mark = w.mark(("pairs", part.pairs), bind.pair_list(part.pairs.name))
    p = w.alias()
    outer, w.tally = w.tally, Tally()
    w.tally.fixed += 2 + len(part.types)
    value = _existing(w, f"{p}.type", _present(f"{p}.type", f"{p}.id"), part.types).shown()
    each, w.tally = w.tally.done(), outer
    w.tally.pages.append(PageWork(f"{part.pairs.name}", float(bind.MOST_ITEMS), None, each))
    q = w.alias()
    kind = _kind(w, f"{q}.type", f"{q}.id", part.types)
    kinds = f"SELECT {kind} AS type,{q}.id AS id FROM {w.dialect.pairs(mark)} {q}"
    rows = f"SELECT {w.dialect.joined(concatenated(value))} FROM ({kinds}) {p}"
    return Value((Fixed("["), f"coalesce(({rows}),'')", Fixed("]")))


def _stream(w: Writer, stream: Stream) -> str:
    page = Page(stream.where, stream.order)
    found, where, order = ordered(w, Records(stream.entity), page)
    text = concatenated(row_object(w, found.scope, stream.parts, sparse=stream.sparse))
    w.tally.pages.append(PageWork(None, found.rows, None, Work()))
    return f"SELECT {w.dialect.row(text)} FROM {found.tables}{where} ORDER BY {order}"
