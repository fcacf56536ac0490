"""Lists and connections: the page, its facts, counts and groups.

Whether there is more is asked by a look one row past the page. The first and last cursor are cut from the cursors of
the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from datasets.query import bind
from datasets.query.base import Base
from datasets.query.cursor import SEPARATOR
from datasets.query.estimate import PageWork, Tally, Work
from datasets.query.filters import TRUE, condition
from datasets.query.json_text import Absent, Fixed, Value, concatenated, encoded, identifier, json_object
from datasets.query.scalars import written
from datasets.query.selection import (
    All,
    Connection,
    ConnectionPart,
    Cursor,
    Edges,
    Fact,
    Filter,
    GroupBy,
    GroupCount,
    GroupKey,
    GroupRecord,
    Info,
    Json,
    List,
    Literal,
    Members,
    Node,
    Nodes,
    OpenAt,
    Page,
    PageInfo,
    Parts,
    Slot,
    Source,
    Spells,
    TotalCount,
    UndatedCount,
)
from datasets.query.spells import row_covers, row_undated
from datasets.query.things import Scope, SelectionError
from datasets.query.views import (
    View,
    count_mark,
    examined_of,
    frame_of,
    page_of,
    range_of,
    ranges_of,
    sorted_by,
    view_of,
)
from datasets.query.writer import Writer
from datasets.release import layout
from datasets.shapes import Link


class RowObject(Protocol):
    """Writes the object of a row."""

    def __call__(self, w: Writer, scope: Scope, parts: Parts, *, sparse: bool = False) -> tuple[str, ...]:
        """The pieces of the object."""


_HEX = "'0123456789ABCDEF'"


def constant(w: Writer, part: Literal | Json) -> Value:
    """A fixed value, or JSON text bound at run time."""
    if isinstance(part, Literal):
        return Value((Fixed(encoded(part.value)),), Absent.TEXT if part.value is None else Absent.NEVER)
    return Value((f"CAST({w.mark(('json', part.text), bind.json_value(part.text.name))} AS TEXT)",))


def listed(w: Writer, parent: Scope | None, part: List, row_object: RowObject) -> Value:
    """A source as a JSON list."""
    view = view_of(w, part.source, part.page, parent)
    used: dict[str, str] = {}
    row = Scope(view.base.scope.thing, view.base.scope.alias, used)
    text, each = _measured(w, lambda: row_object(w, row, part.parts, sparse=part.sparse))
    _spend(w, view, each)
    page = page_of(w, view, used, cursors=False)
    return Value((Fixed("["), f"coalesce((SELECT {w.dialect.joined(concatenated(text))} FROM {page}),'')", Fixed("]")))


def _measured(w: Writer, write: Callable[[], tuple[str, ...]]) -> tuple[tuple[str, ...], Work]:
    outer, w.tally = w.tally, Tally()
    try:
        return write(), w.tally.done()
    finally:
        w.tally = outer


def _spend(w: Writer, view: View, each: Work) -> None:
    w.tally.fixed += view.condition.once
    w.tally.pages.append(view.work(view.page.last or view.page.first, each))


class _Connection:
    """A connection being written."""

    def __init__(self, w: Writer, parent: Scope | None, part: Connection, row_object: RowObject) -> None:
        self.w = w
        self.row_object = row_object
        self.parent = parent
        self.view = view_of(w, part.source, part.page, parent)
        self.used: dict[str, str] = {}
        self.row = Scope(self.view.base.scope.thing, self.view.base.scope.alias, self.used)
        self.paged = False
        self.each = Work()
        self.cursors = False
        self.part = part

    def value(self) -> Value:
        text = json_object([(field.key, self.field(field)) for field in self.part.fields])
        if not self.paged:
            return Value(text)
        _spend(self.w, self.view, self.each)
        page = page_of(self.w, self.view, self.used, cursors=self.cursors)
        return Value((f"(SELECT {concatenated(text)} FROM {page})",))

    def field(self, field: ConnectionPart) -> Value:
        if isinstance(field, Nodes):
            return self.rows(lambda: self.row_object(self.w, self.row, field.parts))
        if isinstance(field, Edges):
            return self.rows(lambda: json_object((one.key, self.edge(one)) for one in field.fields))
        if isinstance(field, TotalCount):
            return self.count(self.view.where(), self.view)
        if isinstance(field, UndatedCount):
            return self.undated_count()
        if isinstance(field, PageInfo):
            return Value(json_object((one.key, self.info(one)) for one in field.fields))
        if isinstance(field, GroupBy):
            return self.groups(field)
        return constant(self.w, field)

    def rows(self, write: Callable[[], tuple[str, ...]]) -> Value:
        self.paged = True
        text, each = _measured(self.w, write)
        self.each = self.each.plus(each)
        return Value((Fixed("["), f"coalesce({self.w.dialect.joined(concatenated(text))},'')", Fixed("]")))

    def edge(self, field: Cursor | Node | Literal) -> Value:
        if isinstance(field, Cursor):
            return Value((Fixed(f'"{self.view.tag}'), self.cursor(), Fixed('"')))
        if isinstance(field, Node):
            return Value(self.row_object(self.w, self.row, field.parts))
        return constant(self.w, field)

    def cursor(self) -> str:
        self.cursors = True
        pieces: list[str] = []
        for number, key in enumerate(self.view.keys):
            sql = f'{self.row.alias}."~{number}"'
            pieces += [Fixed(SEPARATOR)] if number else []
            pieces.append(self.w.dialect.as_text(sql) if key.number else sql)
        return self.w.dialect.hexadecimal(concatenated(pieces))

    def info(self, field: Info | Literal) -> Value:
        if isinstance(field, Literal):
            return constant(self.w, field)
        fact = field.fact
        if fact is Fact.HAS_NEXT:
            return self.more(forward=True)
        if fact is Fact.HAS_PREVIOUS:
            return self.more(forward=False)
        self.paged = True
        every = self.w.dialect.joined(self.cursor())
        if fact is Fact.START_CURSOR:
            text = f"substr({every},1,length({every})-length(ltrim({every},{_HEX})))"
        else:
            text = f"substr({every},length(rtrim({every},{_HEX}))+1)"
        return Value((f"('\"{self.view.tag}'||{text}||'\"')",), Absent.NULL)

    def more(self, *, forward: bool) -> Value:
        """Whether there are rows past the end of the page, or past the cursor at its other side."""
        page = self.view.page
        slot = page.first if forward else page.last
        other = page.before if forward else page.after
        looks = []
        tables = self.view.counted(keys=page.after is not None or page.before is not None)
        if slot is not None:
            where = self.view.where(*ranges_of(self.w, self.view))
            looks.append(f"EXISTS (SELECT 1 FROM {tables}{where} LIMIT 1 OFFSET {count_mark(self.w, slot)})")
            self.w.tally.pages.append(self.view.work(slot, Work(), ordered=False))
        if other is not None:
            where = self.view.where(range_of(self.w, self.view, other, after=not forward, closed=True))
            bound = self.w.mark(("bound", other), _is_bound(other))
            looks.append(f"({bound}=1 AND EXISTS (SELECT 1 FROM {tables}{where}))")
            self.w.tally.pages.append(
                PageWork(None, 1.0, None if self.view.condition is TRUE else self.view.examined, Work())
            )
        if not looks:
            return Value((Fixed("false"),))
        return Value((f"CASE WHEN {' OR '.join(looks)} THEN 'true' ELSE 'false' END",))

    def count(self, where: str, view: View) -> Value:
        self.w.tally.fixed += view.condition.once
        self.w.tally.pages.append(view.work(None, Work(), ordered=False))
        counted = f"(SELECT count(*) FROM {view.counted(keys=False)}{where})"
        return self.w.dialect.number(counted, nullable=False)

    def undated_count(self) -> Value:
        source, page = self.view.source, self.view.page
        if isinstance(source, Members | Spells) and source.at is not None:
            own = replace(self.view, base=self.view.base.without_time((self.view.base.undated,)))
            return self.count(own.where(), own)
        rest, opened = _apart(page.where)
        if opened is None:
            return Value((Fixed("0"),))
        test = (
            condition(self.w, self.view.base.scope, rest, frame_of(self.w, self.view.base))
            if rest is not None
            else TRUE
        )
        spans, _ = self.w.things.spans(opened.spans)
        scope = self.view.base.scope
        undated = f"{row_undated(self.w, spans, scope)} AND {row_covers(self.w, spans, scope, opened.at)}"
        own = replace(self.view, condition=test, examined=examined_of(self.w, self.view.base, test))
        return self.count(own.where(undated), own)

    def groups(self, field: GroupBy) -> Value:
        w, scope = self.w, self.view.base.scope
        column = scope.thing.column(field.column)
        tables = self.view.base.other_order or self.view.base.tables
        sql = scope.sql(column.name) if not column.many else ""
        if column.many:
            entity, own = scope.thing.record(), w.alias()
            table = layout.set_table_name(entity, column)
            tables += f" LEFT JOIN {identifier(table)} {own} ON {own}.{identifier(entity.name)}={scope.sql('id')}"
            sql = f"{own}.value"
        g = w.alias()
        limit = w.dialect.limit(count_mark(w, field.first) if field.first is not None else "")
        order = f"count(*) DESC,{sql} IS NULL,{sql}"
        rows = (
            f"SELECT {sql} AS k,count(*) AS n FROM {tables}{self.view.where()} GROUP BY {sql} ORDER BY {order}{limit}"
        )
        text, each = _measured(w, lambda: json_object((one.key, self.group(one, column, g)) for one in field.fields))
        slot = field.first.name if field.first is not None else None
        w.tally.fixed += self.view.condition.once
        w.tally.pages.append(PageWork(slot, self.view.base.rows, self.view.examined, each))
        return Value(
            (Fixed("["), f"coalesce((SELECT {w.dialect.joined(concatenated(text))} FROM ({rows}) {g}),'')", Fixed("]"))
        )

    def group(self, field: GroupKey | GroupCount | GroupRecord | Literal, column: object, alias: str) -> Value:
        w = self.w
        whole = self.view.base.scope.thing.column(getattr(column, "name", ""))
        if isinstance(field, GroupKey):
            return written(w, whole, f"{alias}.k", field.form, nullable=True)
        if isinstance(field, GroupCount):
            return w.dialect.number(f"{alias}.n", nullable=False)
        if isinstance(field, Literal):
            return constant(w, field)
        if not isinstance(whole, Link) or w.shapes.is_family(whole.target):
            raise SelectionError(f"{whole.name} does not point at records of one entity")
        target = w.scope(w.things.entity(whole.target))
        w.tally.fixed += 1
        text = concatenated(self.row_object(w, target, field.parts))
        table = f"{identifier(target.thing.table)} {target.alias}"
        return Value((f"(SELECT {text} FROM {table} WHERE {target.sql('id')}={alias}.k)",), Absent.NULL)


def _is_bound(slot: Slot) -> bind.Binding:
    return lambda values: int(values.get(slot.name) is not None)


def _apart(where: Filter | None) -> tuple[Filter | None, OpenAt | None]:
    """A filter without its test of being open at a time, and that test."""
    if isinstance(where, OpenAt):
        return None, where
    if isinstance(where, All):
        opened = next((one for one in where.filters if isinstance(one, OpenAt)), None)
        if opened is not None:
            return All(tuple(one for one in where.filters if one is not opened)), opened
    return where, None


def ordered(w: Writer, source: Source, page: Page) -> tuple[Base, str, str]:
    """The rows of a source, its WHERE clause and what stands after ORDER BY, for statements of one row per record."""
    view = view_of(w, source, page, None)
    return view.base, view.where(), sorted_by(view.keys)


def connection(w: Writer, parent: Scope | None, part: Connection, row_object: RowObject) -> Value:
    """A source as an object of nodes, edges, counts, page information and groups."""
    return _Connection(w, parent, part, row_object).value()
