"""Filters as SQL conditions, with how much they keep and what they cost.

Conditions are two-valued: a missing value fails a comparison, and `not` turns that around. SQL's third value is kept
out by testing for NULL wherever a condition stands under a negation (`exact`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datasets.query import bind
from datasets.query.bind import Binding
from datasets.query.json_text import identifier, quoted
from datasets.query.selection import (
    All,
    AnyOf,
    Compare,
    Filter,
    IsNull,
    Linked,
    Not,
    Op,
    OpenAt,
    Overlaps,
    Quantifier,
    Related,
    Slot,
    TextSet,
    Within,
)
from datasets.query.sources import base, spells_at
from datasets.query.things import FOLDABLE, Scope, SelectionError, own_sort_field
from datasets.query.writer import Writer
from datasets.release import layout
from datasets.shapes import Column, Kind, Link

_SIGNS = {Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL.

    `keeps` is the share of rows it is thought to hold for; `drives` the share of rows that must be examined if an
    index serves it (None where none does); `each` the further rows examined per row tested, `once` per run.
    """

    sql: str
    keeps: float = 1.0
    drives: float | None = None
    each: float = 0.0
    once: float = 0.0


TRUE = Condition("1=1")
FALSE = Condition("1=0", keeps=0.0)


def condition(w: Writer, scope: Scope, asked: Filter, rows: float, *, exact: bool = False) -> Condition:
    """The condition of a filter for a row. `rows` is how many rows are thought to be tested.

    Raises SelectionError when the filter does not fit the row.
    """
    return _MAKERS[type(asked)](w, scope, asked, rows, exact)  # type: ignore[operator]


def _fields(w: Writer, scope: Scope) -> Callable[[str], float | None]:
    """Gives the share of rows per value of a field that an index leads with."""
    table = w.things.tables[scope.thing.table]
    leading = {index[0] for index in (*table.indexes, table.primary_key)}
    total = w.statistics.rows(table.name)
    return lambda name: w.statistics.per_key(table.name, (name,)) / total if name in leading else None


def _guarded(scope: Scope, column: Column, sql: str, *, exact: bool) -> str:
    if exact and not column.required and column.kind is not Kind.FLAG:
        return f"({scope.sql(column.name)} IS NOT NULL AND {sql})"
    return sql


def scalar_binding(column: Column, slot: Slot) -> Binding:
    """How a value of a column is bound."""
    if column.kind is Kind.INTEGER:
        return bind.integer(slot.name)
    if column.kind is Kind.FLAG:
        return bind.flag(slot.name)
    return bind.plain_text(slot.name)


def _list_binding(w: Writer, column: Column, slot: Slot) -> Binding:
    if column.kind is Kind.INTEGER:
        return w.dialect.list_binding(bind.integer_list(slot.name))
    if column.kind is Kind.FLAG:
        return w.dialect.list_binding(bind.flag_list(slot.name))
    return w.dialect.list_binding(bind.text_list(slot.name))


def _storage(column: Column) -> str:
    return column.kind.value if column.kind in (Kind.INTEGER, Kind.FLAG) else "text"


def compared(w: Writer, column: Column, sql: str, op: Op, slot: Slot) -> str:
    """A comparison (EQ, IN, LT, LE, GT, GE) of an expression with a bound value of the column's kind."""
    if op is Op.IN:
        return w.dialect.among(sql, w.mark(("list", _storage(column), slot), _list_binding(w, column, slot)))
    mark = w.mark((_storage(column), slot), scalar_binding(column, slot))
    if op is Op.EQ:
        return f"{sql}={mark}"
    if column.kind is not Kind.INTEGER:
        raise SelectionError(f"{column.name} is compared by {op.value}, which serves whole numbers only")
    return f"{sql}{_SIGNS[op]}{mark}"


def _compare(w: Writer, scope: Scope, asked: Compare, rows: float, exact: bool) -> Condition:
    column = scope.thing.single(asked.column)
    if asked.op in (Op.CONTAINS, Op.STARTS):
        return _matches(w, scope, column, asked, exact)
    if asked.op in (Op.NE, Op.NOT_IN):
        turned = Compare(asked.column, Op.EQ if asked.op is Op.NE else Op.IN, asked.value)
        return _not(w, scope, Not(turned), rows, exact)
    sql = scope.sql(column.name)
    text = _guarded(scope, column, compared(w, column, sql, asked.op, asked.value), exact=exact)
    if asked.op in _SIGNS:
        return Condition(text, 0.3)
    share = _fields(w, scope)(scope.thing.field(column.name))
    keeps = share if share is not None else 0.1
    if asked.op is Op.IN:
        keeps = min(1.0, keeps * 5)
        return Condition(text, keeps, keeps if share is not None else None)
    return Condition(text, keeps, share)


def _matches(w: Writer, scope: Scope, column: Column, asked: Compare, exact: bool) -> Condition:
    field, key = scope.thing.field(column.name), own_sort_field(scope.thing, column)
    if column.kind not in FOLDABLE or not (key or field in w.things.foldable.get(scope.thing.table, ())):
        raise SelectionError(f"{scope.thing.name}.{column.name} is no text to look into: compare it as a whole")
    sql = f"{scope.alias}.{identifier(key)}" if key else w.dialect.folded(scope.alias, field)
    text, keeps = looked_into(w, sql, asked.op, asked.value)
    missing = not column.required and (exact or bool(key))
    text = f"{scope.sql(column.name)} IS NOT NULL AND {text}" if missing else text
    return Condition(f"({text})", keeps, keeps if key and asked.op is Op.STARTS else None)


def looked_into(w: Writer, sql: str, op: Op, slot: Slot) -> tuple[str, float]:
    """Whether a folded text contains or starts with a bound one, and the share of rows kept."""
    folded = w.mark(("folded", slot), bind.folded(slot.name))
    if op is Op.CONTAINS:
        return w.dialect.holds(sql, folded), 0.1
    end = w.mark(("after folded", slot), bind.after_folded(slot.name))
    return f"({sql}>={folded} AND {sql}<{end})", 0.02


def _within(w: Writer, scope: Scope, asked: Within, rows: float, exact: bool) -> Condition:
    column = scope.thing.date(asked.column)
    earliest, latest = _days(w, asked.earliest, asked.latest)
    key = own_sort_field(scope.thing, column)
    first = f"{scope.alias}.{identifier(key)}" if key else scope.sql(column.name, "_earliest")
    range_end = f" AND {first}<={latest}" if key else ""
    text = f"{first}>={earliest}{range_end} AND {scope.sql(column.name, '_latest')}<={latest}"
    return Condition(f"({_guarded(scope, column, text, exact=exact)})", 0.1, 0.15 if key else None)


def _overlaps(w: Writer, scope: Scope, asked: Overlaps, rows: float, exact: bool) -> Condition:
    column = scope.thing.date(asked.column)
    earliest, latest = _days(w, asked.earliest, asked.latest)
    key = own_sort_field(scope.thing, column)
    first = f"{scope.alias}.{identifier(key)}" if key else scope.sql(column.name, "_earliest")
    text = f"{first}<={latest} AND {scope.sql(column.name, '_latest')}>={earliest}"
    return Condition(f"({_guarded(scope, column, text, exact=exact)})", 0.2, 0.6 if key else None)


def _days(w: Writer, earliest: Slot, latest: Slot) -> tuple[str, str]:
    return (
        w.mark(("text", earliest), bind.plain_text(earliest.name)),
        w.mark(("text", latest), bind.plain_text(latest.name)),
    )


def _is_null(w: Writer, scope: Scope, asked: IsNull, rows: float, exact: bool) -> Condition:
    column = scope.thing.single(asked.column)
    mark = w.mark(("flag", asked.value), bind.flag(asked.value.name))
    return Condition(f"CASE WHEN {scope.sql(column.name)} IS NULL THEN {mark}=1 ELSE {mark}=0 END", 0.5)


def _open_at(w: Writer, scope: Scope, asked: OpenAt, rows: float, exact: bool) -> Condition:
    """The rule of spans for one row: an unknown start counts from the founding for the founding role, else undated."""
    spans, _ = w.things.spans(asked.spans)
    if scope.thing.entity is None or scope.thing.entity.name != spans.entity:
        raise SelectionError(f"only a {spans.entity} can be open at a time, not a {scope.thing.name}")
    return Condition(spells_at(w, spans, scope, asked.at), 0.5, each=1.0)


def _all(w: Writer, scope: Scope, asked: All, rows: float, exact: bool) -> Condition:
    made: dict[int, Condition] = {}
    keeps, left = 1.0, rows
    by_cost = sorted(range(len(asked.filters)), key=lambda n: _HEAVY.get(type(asked.filters[n]), 0))
    for number in by_cost:
        one = made[number] = condition(w, scope, asked.filters[number], left, exact=exact)
        keeps *= one.keeps
        left = rows * min(one.drives if one.drives is not None else 1.0, left / max(rows, 1e-9))
    if not made:
        return TRUE
    drives = [one.drives for one in made.values() if one.drives is not None]
    return Condition(
        "(" + " AND ".join(made[number].sql for number in by_cost) + ")",
        keeps,
        min(drives) if drives else None,
        sum(one.each for one in made.values()),
        sum(one.once for one in made.values()),
    )


def _any(w: Writer, scope: Scope, asked: AnyOf, rows: float, exact: bool) -> Condition:
    made = [condition(w, scope, one, rows, exact=exact) for one in asked.filters]
    if not made:
        return FALSE
    drives = [one.drives for one in made]
    return Condition(
        "(" + " OR ".join(one.sql for one in made) + ")",
        min(1.0, sum(one.keeps for one in made)),
        None if None in drives else min(1.0, sum(drive for drive in drives if drive is not None)),
        sum(one.each for one in made),
        sum(one.once for one in made),
    )


def _not(w: Writer, scope: Scope, asked: Not, rows: float, exact: bool) -> Condition:
    made = condition(w, scope, asked.filter, rows, exact=True)
    return Condition(f"NOT {made.sql}" if made.sql.startswith("(") else f"NOT ({made.sql})", max(0.0, 1.0 - made.keeps), None, made.each, made.once)


def _linked(w: Writer, scope: Scope, asked: Linked, rows: float, exact: bool) -> Condition:
    link = scope.thing.link(asked.column)
    entity = w.things.entity(asked.entity)
    if asked.entity not in {target.name for target in w.shapes.targets(link.target)}:
        raise SelectionError(f"{scope.thing.name}.{link.name} never points at a {asked.entity}")
    family = w.shapes.is_family(link.target)
    typed = f"{scope.sql(link.name + '_type')}={quoted(asked.entity)} AND " if family else ""
    if isinstance(asked.filter, Compare) and asked.filter.column == "id" and asked.filter.op in (Op.EQ, Op.IN):
        direct = _compare(w, scope, Compare(link.name, asked.filter.op, asked.filter.value), rows, exact)
        return Condition(f"({typed}{direct.sql})", direct.keeps, direct.drives)
    target = w.scope(entity)
    total = w.statistics.rows(entity.table)
    inner = condition(w, target, asked.filter, total)
    share, column = _link_share(w, scope, link, asked.entity), scope.sql(link.name)
    examined = total * (inner.drives if inner.drives is not None else 1.0)
    table = f'"{entity.table}" {target.alias}'
    guard = f"{column} IS NOT NULL AND " if exact and not link.required else ""
    if examined * (1 + inner.each) <= rows:
        text = f"({guard}{typed}{column} IN (SELECT {target.sql('id')} FROM {table} WHERE {inner.sql}))"
        found = total * inner.keeps
        drives = min(1.0, found * share) if share is not None else None
        return Condition(text, min(1.0, inner.keeps), drives, 1.0, examined * (1 + inner.each) + inner.once)
    text = f"({typed}EXISTS (SELECT 1 FROM {table} WHERE {target.sql('id')}={column} AND {inner.sql}))"
    return Condition(text, inner.keeps, None, 1.0 + inner.each, inner.once)


def _link_share(w: Writer, scope: Scope, link: Link, entity: str) -> float | None:
    """The share of rows that point at one record, where an index leads with the link."""
    table = w.things.tables[scope.thing.table]
    key = layout.link_key(w.shapes, link) if scope.thing.entity is not None else (link.name,)
    if any(index[: len(key)] == key for index in table.indexes):
        return w.statistics.per_key(table.name, key) / w.statistics.rows(table.name)
    return None


def _related(w: Writer, scope: Scope, asked: Related, rows: float, exact: bool) -> Condition:
    """Some, none, every: as a set made once where that examines less, else as a look from each row."""
    every = asked.quantifier is Quantifier.EVERY
    wanted: Filter = Not(asked.filter) if every else asked.filter
    start = w.state()
    found = base(w, asked.source, scope)
    inner = condition(w, found.scope, wanted, found.rows * rows)
    where = " AND ".join((*found.where, inner.sql))
    each = found.rows * (1 + inner.each)
    look = Condition(f"EXISTS (SELECT 1 FROM {found.tables} WHERE {where})", 0.3, None, each, inner.once)
    after = w.state()
    w.restore(start)
    made = _made_once(w, scope, asked, wanted)
    if made.once <= rows * each + inner.once:
        return _quantified(made, asked.quantifier)
    w.restore(after)
    return _quantified(look, asked.quantifier)


def _made_once(w: Writer, scope: Scope, asked: Related, wanted: Filter) -> Condition:
    """The rows of the scope for which a related row is wanted, as a set."""
    found = base(w, asked.source, scope)
    total = w.statistics.rows(found.driver)
    inner = condition(w, found.scope, wanted, total)
    examined = total * (inner.drives if inner.drives is not None else 1.0) * (1 + inner.each) + inner.once
    where = " AND ".join((*found.conditions, f"{found.owner} IS NOT NULL", inner.sql))
    drives = min(1.0, total * inner.keeps / w.statistics.rows(scope.thing.table))
    text = f"{scope.sql('id')} IN (SELECT {found.owner} FROM {found.tables} WHERE {where})"
    return Condition(text, 0.3, drives, 1.0, examined)


def _quantified(some: Condition, quantifier: Quantifier) -> Condition:
    if quantifier is Quantifier.SOME:
        return some
    return Condition(f"NOT ({some.sql})", 1 - some.keeps, None, some.each, some.once)


def _text_set(w: Writer, scope: Scope, asked: TextSet, rows: float, exact: bool) -> Condition:
    entity = scope.thing.record()
    column = scope.thing.set(asked.column)
    table = layout.set_table_name(entity, column)
    alias = w.alias()
    value = f"{alias}.value"
    op = asked.op
    negated = op in (Op.NE, Op.NOT_IN)
    if op in (Op.CONTAINS, Op.STARTS):
        if column.kind not in FOLDABLE:
            raise SelectionError(f"{scope.thing.name}.{column.name} holds no texts to look into: compare them as a whole")
        text, _ = looked_into(w, w.dialect.folded(alias, "value"), op, asked.value)
    else:
        text = compared(w, column, value, {Op.NE: Op.EQ, Op.NOT_IN: Op.IN}.get(op, op), asked.value)
    if negated is not (asked.quantifier is Quantifier.EVERY):
        text = f"NOT {text}" if text.startswith("(") else f"NOT ({text})"
    per_row = w.statistics.per_key(table, (entity.name,))
    owner = f"{alias}.{identifier(entity.name)}"
    exists = f'EXISTS (SELECT 1 FROM "{table}" {alias} WHERE {owner}={scope.sql("id")} AND {text})'
    return _quantified(Condition(exists, 0.3, None, per_row), asked.quantifier)


_MAKERS = {
    Compare: _compare,
    Within: _within,
    Overlaps: _overlaps,
    IsNull: _is_null,
    OpenAt: _open_at,
    All: _all,
    AnyOf: _any,
    Not: _not,
    Linked: _linked,
    Related: _related,
    TextSet: _text_set,
}
_HEAVY = {OpenAt: 1, TextSet: 1, Linked: 2, All: 3, AnyOf: 3, Not: 3, Related: 4}
"""Filters that look at other tables are tested last, and their estimate knows what the others leave."""
