"""Lists and connections: the page, its facts, counts and groups.

A page is a sub-query with ORDER BY and LIMIT for each row of the parent, which an index (parent, sort key, id) serves;
a window function would read all rows of all parents. Keyset conditions stand for cursors. Whether there is more is
asked by a look one row past the page. The first and last cursor are cut from the cursors of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from datasets.query import bind
from datasets.query.cursor import SEPARATOR, Key, component, tag
from datasets.query.estimate import PageWork, Tally, Work
from datasets.query.filters import TRUE, Condition, condition
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
    Order,
    Page,
    PageInfo,
    Parts,
    Search,
    Slot,
    Source,
    Spells,
    TotalCount,
    UndatedCount,
    ValuesOf,
)
from datasets.query.sources import Base, base, row_covers, row_undated, sort_key
from datasets.query.things import Scope, SelectionError
from datasets.query.writer import Writer
from datasets.release import layout
from datasets.shapes import Link

RowObject = Callable[[Writer, Scope, Parts, bool], tuple[str, ...]]
"""Writes the object of a row: writer, scope, parts, sparse."""
_HEX = "'0123456789ABCDEF'"


def constant(w: Writer, part: Literal | Json) -> Value:
    """A fixed value, or JSON text bound at run time."""
    if isinstance(part, Literal):
        return Value((Fixed(encoded(part.value)),), Absent.TEXT if part.value is None else Absent.NEVER)
    return Value((f"CAST({w.mark(('json', part.text), bind.json_value(part.text.name))} AS TEXT)",))


@dataclass(frozen=True, slots=True)
class _View:
    """The rows of a list, filtered and ordered, before paging."""

    base: Base
    condition: Condition
    keys: tuple[Key, ...]
    indexed: bool
    """Whether an index gives the rows in this order."""
    page: Page
    source: Source

    @property
    def tables(self) -> str:
        return self.base.tables if self.indexed or not self.base.other_order else self.base.other_order

    @property
    def tag(self) -> str:
        return tag(self.base.name, self.keys)

    def where(self, *more: str) -> str:
        own = () if self.condition is TRUE else (self.condition.sql,)
        conditions = (*self.base.where, *own, *more)
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    @property
    def examined(self) -> float:
        """Rows examined to walk all of it."""
        drives = self.condition.drives if self.condition.drives is not None else 1.0
        return self.base.rows * drives * (1 + self.condition.each)

    def work(self, slot: Slot | None, each: Work, *, ordered: bool = True) -> PageWork:
        direct = self.condition is TRUE and (self.indexed or not ordered)
        available = self.base.rows * self.condition.keeps
        return PageWork(slot.name if slot else None, max(available, 1.0), None if direct else self.examined, each)


def _view(w: Writer, source: Source, page: Page, parent: Scope | None) -> _View:
    found = base(w, source, parent)
    if isinstance(source, Search) and (page.where is not None or page.order):
        raise SelectionError("search has an order of its own and no filter but its types")
    test = TRUE
    if page.where is not None:
        test = condition(w, found.scope, page.where, found.rows)
    keys, indexed = _order(w, source, found, page.order)
    return _View(found, test, keys, indexed, page, source)


def _order(w: Writer, source: Source, found: Base, asked: tuple[Order, ...]) -> tuple[tuple[Key, ...], bool]:
    """The total order asked for, and whether an index gives it."""
    if not asked:
        return found.keys, not isinstance(source, Search)
    if isinstance(source, ValuesOf | Spells):
        raise SelectionError(f"{found.scope.thing.name} have one order only")
    entity = found.scope.thing.record()
    keys: list[Key] = []
    for order in asked:
        if order.column == "id":
            keys.append(Key(f"{found.scope.alias}.{identifier('id')}", descending=order.descending))
            break
        if order.column not in entity.orders:
            raise SelectionError(f"{entity.name} is not ordered by {order.column!r}; its orders are {', '.join(entity.orders)}")
        keys.append(_member_key(source, found, entity.label, order) or sort_key(found.scope, entity, order.column, descending=order.descending))
    last = keys[-1]
    if not last.sql.endswith('."id"'):
        own = found.keys[-1].sql if isinstance(source, Members) and last.sql == found.keys[0].sql else f"{found.scope.alias}.{identifier('id')}"
        keys.append(Key(own, descending=last.descending))
    table = w.things.tables[found.scope.thing.table]
    tied = len(found.ties) > 0
    names = tuple(key.sql.rpartition(".")[2].strip('"') for key in keys)
    same = len({key.descending for key in keys}) == 1
    if isinstance(source, Members):
        return tuple(keys), same and keys[0].sql == found.keys[0].sql and len(keys) == len(found.keys)
    leads = [index[-len(names) :] == names and (len(index) > len(names)) is tied for index in (*table.indexes, table.primary_key)]
    return tuple(keys), same and any(leads) and not found.other_order


def _member_key(source: Source, found: Base, label: str, order: Order) -> Key | None:
    """Members have their label's sort key beside the span, where an index has it."""
    if isinstance(source, Members) and order.column == label:
        return replace(found.keys[0], descending=order.descending)
    return None


def _sorted(keys: tuple[Key, ...], *, turned: bool = False) -> str:
    return ",".join(f"{key.sql}{' DESC' if key.descending is not turned else ''}" for key in keys)


def _range(w: Writer, view: _View, slot: Slot, *, after: bool, closed: bool = False) -> str:
    """The condition of standing after (or before) the cursor in a slot; `closed` includes its own row."""
    keys = view.keys
    marks = [
        w.mark(("cursor", slot, view.tag, number, after), component(slot.name, view.tag, keys, number, after=after))
        for number in range(len(keys))
    ]
    if len({key.descending for key in keys}) == 1:
        sign = (">" if after is not keys[0].descending else "<") + ("=" if closed else "")
        if len(keys) == 1:
            return f"{keys[0].sql}{sign}{marks[0]}"
        return f"({','.join(key.sql for key in keys)}){sign}({','.join(marks)})"
    text = ""
    for key, mark in zip(reversed(keys), reversed(marks), strict=True):
        sign = ">" if after is not key.descending else "<"
        rest = f"{key.sql}={mark} AND {text}" if text else ""
        text = f"({key.sql}{sign}{mark} OR {rest})" if rest else f"({key.sql}{sign}{'=' if closed else ''}{mark})"
    return text


def _ranges(w: Writer, view: _View) -> tuple[str, ...]:
    found = []
    if view.page.after is not None:
        found.append(_range(w, view, view.page.after, after=True))
    if view.page.before is not None:
        found.append(_range(w, view, view.page.before, after=False))
    return tuple(found)


def _count_mark(w: Writer, slot: Slot) -> str:
    return w.mark(("count", slot), bind.count(slot.name))


def _page(w: Writer, view: _View, used: dict[str, str], *, cursors: bool) -> str:
    """The sub-query of a page with the fields used, and the keys as `~0`, `~1` … where cursors are asked for."""
    alias = view.base.scope.alias
    backward = view.page.last is not None
    columns = [f"{alias}.{identifier(field)} AS {identifier(field)}" for field in used]
    if cursors or backward:
        columns += [f'{key.sql} AS "~{number}"' for number, key in enumerate(view.keys)]
    slot = view.page.last or view.page.first
    limit = w.dialect.limit(_count_mark(w, slot) if slot is not None else "")
    order = f" ORDER BY {_sorted(view.keys, turned=backward)}"
    inner = f"SELECT {','.join(columns) or '1'} FROM {view.tables}{view.where(*_ranges(w, view))}{order}{limit}"
    if not backward:
        return f"({inner}) {alias}"
    outer = tuple(Key(f'r."~{number}"', key.number, key.descending) for number, key in enumerate(view.keys))
    return f"(SELECT * FROM ({inner}) r ORDER BY {_sorted(outer)}{w.dialect.limit('')}) {alias}"


def listed(w: Writer, parent: Scope | None, part: List, row_object: RowObject) -> Value:
    """A source as a JSON list."""
    view = _view(w, part.source, part.page, parent)
    used: dict[str, str] = {}
    row = Scope(view.base.scope.thing, view.base.scope.alias, used)
    text, each = _measured(w, lambda: row_object(w, row, part.parts, part.sparse))
    _spend(w, view, each)
    page = _page(w, view, used, cursors=False)
    return Value((Fixed("["), f"coalesce((SELECT {w.dialect.joined(concatenated(text))} FROM {page}),'')", Fixed("]")))


def _measured(w: Writer, write: Callable[[], tuple[str, ...]]) -> tuple[tuple[str, ...], Work]:
    outer, w.tally = w.tally, Tally()
    try:
        return write(), w.tally.done()
    finally:
        w.tally = outer


def _spend(w: Writer, view: _View, each: Work) -> None:
    w.tally.fixed += view.condition.once
    w.tally.pages.append(view.work(view.page.last or view.page.first, each))


class _Connection:
    """A connection being written."""

    def __init__(self, w: Writer, parent: Scope | None, part: Connection, row_object: RowObject) -> None:
        self.w = w
        self.row_object = row_object
        self.parent = parent
        self.view = _view(w, part.source, part.page, parent)
        self.used: dict[str, str] = {}
        self.row = Scope(self.view.base.scope.thing, self.view.base.scope.alias, self.used)
        self.paged = False
        self.cursors = False
        self.part = part

    def value(self) -> Value:
        outer, self.w.tally = self.w.tally, Tally()
        members = [(field.key, self.field(field)) for field in self.part.fields]
        each, self.w.tally = self.w.tally.done(), outer
        text = json_object(members)
        if not self.paged:
            self.w.tally.fixed += each.fixed
            self.w.tally.pages += each.pages
            return Value(text)
        page = _page(self.w, self.view, self.used, cursors=self.cursors)
        self.w.tally.fixed += each.fixed
        self.w.tally.pages += each.pages
        return Value((f"(SELECT {concatenated(text)} FROM {page})",))

    def field(self, field: ConnectionPart) -> Value:
        if isinstance(field, Nodes):
            return self.rows(lambda: self.row_object(self.w, self.row, field.parts, False))
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
        _spend(self.w, self.view, each)
        return Value((Fixed("["), f"coalesce({self.w.dialect.joined(concatenated(text))},'')", Fixed("]")))

    def edge(self, field: Cursor | Node | Literal) -> Value:
        if isinstance(field, Cursor):
            return Value((Fixed(f'"{self.view.tag}'), self.cursor(), Fixed('"')))
        if isinstance(field, Node):
            return Value(self.row_object(self.w, self.row, field.parts, False))
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
        tables = self.view.tables
        if slot is not None:
            where = self.view.where(*_ranges(self.w, self.view))
            looks.append(f"EXISTS (SELECT 1 FROM {tables}{where} LIMIT 1 OFFSET {_count_mark(self.w, slot)})")
            self.w.tally.pages.append(self.view.work(slot, Work(), ordered=False))
        if other is not None:
            where = self.view.where(_range(self.w, self.view, other, after=not forward, closed=True))
            bound = self.w.mark(("bound", other), _is_bound(other))
            looks.append(f"({bound}=1 AND EXISTS (SELECT 1 FROM {tables}{where}))")
            self.w.tally.pages.append(PageWork(None, 1.0, None if self.view.condition is TRUE else self.view.examined, Work()))
        if not looks:
            return Value((Fixed("false"),))
        return Value((f"CASE WHEN {' OR '.join(looks)} THEN 'true' ELSE 'false' END",))

    def count(self, where: str, view: _View) -> Value:
        self.w.tally.fixed += view.condition.once
        self.w.tally.pages.append(view.work(None, Work(), ordered=False))
        counted = f"(SELECT count(*) FROM {view.tables}{where})"
        return self.w.dialect.number(counted, nullable=False)

    def undated_count(self) -> Value:
        source, page = self.view.source, self.view.page
        if isinstance(source, Members | Spells) and source.at is not None:
            own = replace(self.view, base=self.view.base.without_time((self.view.base.undated,)))
            return self.count(own.where(), own)
        rest, opened = _apart(page.where)
        if opened is None:
            return Value((Fixed("0"),))
        test = condition(self.w, self.view.base.scope, rest, self.view.base.rows) if rest is not None else TRUE
        spans, _ = self.w.things.spans(opened.spans)
        scope = self.view.base.scope
        undated = f"{row_undated(self.w, spans, scope)} AND {row_covers(self.w, spans, scope, opened.at)}"
        own = replace(self.view, condition=test)
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
        limit = w.dialect.limit(_count_mark(w, field.first) if field.first is not None else "")
        order = f"count(*) DESC,{sql} IS NULL,{sql}"
        rows = f"SELECT {sql} AS k,count(*) AS n FROM {tables}{self.view.where()} GROUP BY {sql} ORDER BY {order}{limit}"
        text, each = _measured(w, lambda: json_object((one.key, self.group(one, column, g)) for one in field.fields))
        slot = field.first.name if field.first is not None else None
        w.tally.fixed += self.view.condition.once
        w.tally.pages.append(PageWork(slot, self.view.base.rows, self.view.examined, each))
        return Value((Fixed("["), f"coalesce((SELECT {w.dialect.joined(concatenated(text))} FROM ({rows}) {g}),'')", Fixed("]")))

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
        text = concatenated(self.row_object(w, target, field.parts, False))
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
    view = _view(w, source, page, None)
    return view.base, view.where(), _sorted(view.keys)


def connection(w: Writer, parent: Scope | None, part: Connection, row_object: RowObject) -> Value:
    """A source as an object of nodes, edges, counts, page information and groups."""
    return _Connection(w, parent, part, row_object).value()
