"""The rows of a list filtered and ordered, and a page of them.

A page is a sub-query with ORDER BY and LIMIT for each row of the parent, which an index (parent, sort key, id) serves;
a window function would read all rows of all parents. Keyset conditions stand for cursors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from datasets.query import bind
from datasets.query.base import Base
from datasets.query.cursor import Key, component, tag
from datasets.query.estimate import PageWork, Work
from datasets.query.filters import TRUE, Condition, Frame, condition
from datasets.query.json_text import identifier
from datasets.query.selection import Members, Order, Page, Search, Slot, Source, Spells, ValuesOf
from datasets.query.sources import base, sort_key
from datasets.query.things import Scope, SelectionError
from datasets.query.writer import Writer
from datasets.release import layout


@dataclass(frozen=True, slots=True)
class View:
    """The rows of a list, filtered and ordered, before paging."""

    base: Base
    condition: Condition
    keys: tuple[Key, ...]
    indexed: bool
    """Whether an index gives the rows in this order."""
    page: Page
    source: Source
    examined: float
    """Rows examined to walk all of it."""

    @property
    def tables(self) -> str:
        """What stands after FROM."""
        return self.base.tables if self.indexed or not self.base.other_order else self.base.other_order

    def counted(self, *, keys: bool) -> str:
        """What stands after FROM where rows are only counted; `keys` when cursors are compared."""
        lean = self.condition is TRUE and (not keys or self.indexed)
        return self.base.alone if self.base.alone and lean else self.tables

    @property
    def tag(self) -> str:
        """What cursors of this list and order begin with."""
        return tag(self.base.name, self.keys)

    def where(self, *more: str) -> str:
        """The WHERE clause, with further conditions."""
        own = () if self.condition is TRUE else (self.condition.sql,)
        conditions = (*self.base.where, *own, *more)
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def work(self, slot: Slot | None, each: Work, *, ordered: bool = True) -> PageWork:
        """The work of as many rows as a slot says, each costing `each`; `ordered` when their order matters."""
        direct = self.condition is TRUE and (self.indexed or not ordered)
        available = self.base.rows * self.condition.keeps
        return PageWork(slot.name if slot else None, max(available, 1.0), None if direct else self.examined, each)


def view_of(w: Writer, source: Source, page: Page, parent: Scope | None) -> View:
    """The view of a source from a row. Raises SelectionError when filter or order do not fit."""
    found = base(w, source, parent)
    if isinstance(source, Search) and (page.where is not None or page.order):
        raise SelectionError("search has an order of its own and no filter but its types")
    test = TRUE
    if page.where is not None:
        test = condition(w, found.scope, page.where, frame_of(w, found))
    keys, indexed = _order(w, source, found, page.order)
    view = View(found, test, keys, indexed, page, source, examined_of(w, found, test))
    _check(w, view)
    return view


def _check(w: Writer, view: View) -> None:
    for slot in (view.page.first, view.page.last):
        if slot is not None:
            w.check(bind.count(slot.name))
    for slot, after in ((view.page.after, True), (view.page.before, False)):
        if slot is not None:
            w.check(component(slot.name, view.tag, view.keys, 0, after=after))


def frame_of(w: Writer, found: Base) -> Frame:
    """Where the filter of a page stands."""
    return Frame(found.rows, w.statistics.rows(found.scope.thing.table))


def examined_of(w: Writer, found: Base, test: Condition) -> float:
    """Rows examined to find all that a filter keeps: those of the row at hand, or those that an index leads to."""
    drives = test.drives if test.drives is not None else 1.0
    return min(found.rows, w.statistics.rows(found.scope.thing.table) * drives) * (1 + test.each)


def _order(w: Writer, source: Source, found: Base, asked: tuple[Order, ...]) -> tuple[tuple[Key, ...], bool]:
    """The total order asked for, and whether an index gives it."""
    if not asked:
        return found.keys, not isinstance(source, Search)
    if isinstance(source, ValuesOf | Spells):
        raise SelectionError(f"{found.scope.thing.name} have one order only")
    keys = _keys(source, found, asked)
    if len({key.descending for key in keys}) > 1:
        return keys, False
    if isinstance(source, Members):
        return keys, keys[0].sql == found.keys[0].sql and len(keys) == len(found.keys)
    tied = layout.link_key(w.shapes, found.link) if found.link is not None else ()
    wanted = (*tied, *(key.field for key in keys))
    table = w.things.tables[found.scope.thing.table]
    indexes = (*table.indexes, table.primary_key)
    return keys, not found.other_order and any(index[: len(wanted)] == wanted for index in indexes)


def _keys(source: Source, found: Base, asked: tuple[Order, ...]) -> tuple[Key, ...]:
    """The keys of an order, the id last."""
    entity = found.scope.thing.record()
    keys: list[Key] = []
    for order in asked:
        if order.column == "id":
            return (*keys, _id_key(found, descending=order.descending))
        if order.column not in entity.orders:
            orders = ", ".join(entity.orders)
            raise SelectionError(f"{entity.name} is not ordered by {order.column!r}; its orders are {orders}")
        own = _member_key(source, found, entity.label, order)
        keys.append(own or sort_key(found.scope, entity, order.column, descending=order.descending))
    down = keys[-1].descending
    if isinstance(source, Members) and keys[-1].sql == found.keys[0].sql:
        return (*keys, replace(found.keys[-1], descending=down))
    return (*keys, _id_key(found, descending=down))


def _id_key(found: Base, *, descending: bool) -> Key:
    return Key(f"{found.scope.alias}.{identifier('id')}", descending=descending)


def _member_key(source: Source, found: Base, label: str, order: Order) -> Key | None:
    """Members have their label's sort key beside the span, where an index has it."""
    if isinstance(source, Members) and order.column == label:
        return replace(found.keys[0], descending=order.descending)
    return None


def sorted_by(keys: tuple[Key, ...], *, turned: bool = False) -> str:
    """What stands after ORDER BY; `turned` is the order backwards."""
    return ",".join(f"{key.sql}{' DESC' if key.descending is not turned else ''}" for key in keys)


def range_of(w: Writer, view: View, slot: Slot, *, after: bool, closed: bool = False) -> str:
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


def ranges_of(w: Writer, view: View) -> tuple[str, ...]:
    """The conditions of standing between the cursors of the page."""
    found = []
    if view.page.after is not None:
        found.append(range_of(w, view, view.page.after, after=True))
    if view.page.before is not None:
        found.append(range_of(w, view, view.page.before, after=False))
    return tuple(found)


def count_mark(w: Writer, slot: Slot) -> str:
    """The parameter of a number of rows."""
    return w.mark(("count", slot), bind.count(slot.name))


def page_of(w: Writer, view: View, used: dict[str, str], *, cursors: bool) -> str:
    """The sub-query of a page with the fields used, and the keys as `~0`, `~1` … where cursors are asked for."""
    alias = view.base.scope.alias
    backward = view.page.last is not None
    columns = [f"{alias}.{identifier(field)} AS {identifier(field)}" for field in used]
    if cursors or backward:
        columns += [f'{key.sql} AS "~{number}"' for number, key in enumerate(view.keys)]
    slot = view.page.last or view.page.first
    limit = w.dialect.limit(count_mark(w, slot) if slot is not None else "")
    order = f" ORDER BY {sorted_by(view.keys, turned=backward)}"
    inner = f"SELECT {','.join(columns) or '1'} FROM {view.tables}{view.where(*ranges_of(w, view))}{order}{limit}"
    if not backward:
        return f"({inner}) {alias}"
    outer = tuple(Key(f'r."~{number}"', key.number, key.descending) for number, key in enumerate(view.keys))
    return f"(SELECT * FROM ({inner}) r ORDER BY {sorted_by(outer)}{w.dialect.limit('')}) {alias}"
