"""Conditions on the columns of a row, and how conditions combine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from datasets.query import bind
from datasets.query.bind import Binding
from datasets.query.conditions import FALSE, TRUE, Condition, Frame, condition, makes
from datasets.query.json_text import identifier
from datasets.query.selection import (
    All,
    AnyOf,
    Compare,
    IsNull,
    Linked,
    Not,
    Op,
    OpenAt,
    Overlaps,
    Related,
    Slot,
    TextSet,
    Within,
)
from datasets.query.spells import row_open
from datasets.query.things import FOLDABLE, Scope, SelectionError, own_sort_field
from datasets.query.writer import Writer
from datasets.shapes import Column, Kind

_SIGNS = {Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_HEAVY = {OpenAt: 1, TextSet: 1, Linked: 2, All: 3, AnyOf: 3, Not: 3, Related: 4}
"""Filters that look at other tables are tested last, and their estimate knows what the others leave."""


def _share(w: Writer, scope: Scope) -> Callable[[str], float | None]:
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


@makes(Compare)
def _compare(w: Writer, scope: Scope, asked: Compare, frame: Frame) -> Condition:
    column = scope.thing.single(asked.column)
    if asked.op in (Op.CONTAINS, Op.STARTS):
        return _matches(w, scope, column, asked, frame)
    if asked.op in (Op.NE, Op.NOT_IN):
        turned = Compare(asked.column, Op.EQ if asked.op is Op.NE else Op.IN, asked.value)
        return _not(w, scope, Not(turned), frame)
    sql = scope.sql(column.name)
    text = _guarded(scope, column, compared(w, column, sql, asked.op, asked.value), exact=frame.exact)
    if asked.op in _SIGNS:
        return Condition(text, 0.3)
    share = _share(w, scope)(scope.thing.field(column.name))
    keeps = share if share is not None else 0.1
    if asked.op is Op.IN:
        keeps = min(1.0, keeps * 5)
        return Condition(text, keeps, keeps if share is not None else None)
    return Condition(text, keeps, share)


def _matches(w: Writer, scope: Scope, column: Column, asked: Compare, frame: Frame) -> Condition:
    field, key = scope.thing.field(column.name), own_sort_field(scope.thing, column)
    if column.kind not in FOLDABLE or not (key or field in w.things.foldable.get(scope.thing.table, ())):
        raise SelectionError(f"{scope.thing.name}.{column.name} is no text to look into: compare it as a whole")
    sql = f"{scope.alias}.{identifier(key)}" if key else w.dialect.folded(scope.alias, field)
    text, keeps = looked_into(w, sql, asked.op, asked.value)
    missing = not column.required and (frame.exact or bool(key))
    text = f"{scope.sql(column.name)} IS NOT NULL AND {text}" if missing else text
    return Condition(f"({text})", keeps, keeps if key and asked.op is Op.STARTS else None)


def looked_into(w: Writer, sql: str, op: Op, slot: Slot) -> tuple[str, float]:
    """Whether a folded text contains or starts with a bound one, and the share of rows kept."""
    folded = w.mark(("folded", slot), bind.folded(slot.name))
    if op is Op.CONTAINS:
        return w.dialect.holds(sql, folded), 0.1
    end = w.mark(("after folded", slot), bind.after_folded(slot.name))
    return f"({sql}>={folded} AND {sql}<{end})", 0.02


@makes(Within)
def _within(w: Writer, scope: Scope, asked: Within, frame: Frame) -> Condition:
    column = scope.thing.date(asked.column)
    earliest, latest = _days(w, asked.earliest, asked.latest)
    key = own_sort_field(scope.thing, column)
    first = f"{scope.alias}.{identifier(key)}" if key else scope.sql(column.name, "_earliest")
    range_end = f" AND {first}<={latest}" if key else ""
    text = f"{first}>={earliest}{range_end} AND {scope.sql(column.name, '_latest')}<={latest}"
    return Condition(f"({_guarded(scope, column, text, exact=frame.exact)})", 0.1, 0.15 if key else None)


@makes(Overlaps)
def _overlaps(w: Writer, scope: Scope, asked: Overlaps, frame: Frame) -> Condition:
    column = scope.thing.date(asked.column)
    earliest, latest = _days(w, asked.earliest, asked.latest)
    key = own_sort_field(scope.thing, column)
    first = f"{scope.alias}.{identifier(key)}" if key else scope.sql(column.name, "_earliest")
    text = f"{first}<={latest} AND {scope.sql(column.name, '_latest')}>={earliest}"
    return Condition(f"({_guarded(scope, column, text, exact=frame.exact)})", 0.2, 0.6 if key else None)


def _days(w: Writer, earliest: Slot, latest: Slot) -> tuple[str, str]:
    return (
        w.mark(("text", earliest), bind.plain_text(earliest.name)),
        w.mark(("text", latest), bind.plain_text(latest.name)),
    )


@makes(IsNull)
def _is_null(w: Writer, scope: Scope, asked: IsNull, frame: Frame) -> Condition:
    column = scope.thing.single(asked.column)
    mark = w.mark(("flag", asked.value), bind.flag(asked.value.name))
    return Condition(f"CASE WHEN {scope.sql(column.name)} IS NULL THEN {mark}=1 ELSE {mark}=0 END", 0.5)


@makes(OpenAt)
def _open_at(w: Writer, scope: Scope, asked: OpenAt, frame: Frame) -> Condition:
    """The rule of spans for one row: an unknown start counts from the founding for the founding role, else undated."""
    spans, _ = w.things.spans(asked.spans)
    if scope.thing.entity is None or scope.thing.entity.name != spans.entity:
        raise SelectionError(f"only a {spans.entity} can be open at a time, not a {scope.thing.name}")
    return Condition(row_open(w, spans, scope, asked.at), 0.5, each=1.0)


@makes(All)
def _all(w: Writer, scope: Scope, asked: All, frame: Frame) -> Condition:
    made: dict[int, Condition] = {}
    keeps, left = 1.0, frame.rows
    by_cost = sorted(range(len(asked.filters)), key=lambda n: _HEAVY.get(type(asked.filters[n]), 0))
    for number in by_cost:
        one = made[number] = condition(w, scope, asked.filters[number], replace(frame, rows=left))
        keeps *= one.keeps
        if one.drives is not None:
            left = min(left, frame.total * one.drives)
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


@makes(AnyOf)
def _any(w: Writer, scope: Scope, asked: AnyOf, frame: Frame) -> Condition:
    made = [condition(w, scope, one, frame) for one in asked.filters]
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


@makes(Not)
def _not(w: Writer, scope: Scope, asked: Not, frame: Frame) -> Condition:
    made = condition(w, scope, asked.filter, replace(frame, exact=True))
    return Condition(
        f"NOT {made.sql}" if made.sql.startswith("(") else f"NOT ({made.sql})",
        max(0.0, 1.0 - made.keeps),
        None,
        made.each,
        made.once,
    )
