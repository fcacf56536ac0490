"""Conditions on records that a row is tied to: as a set made once, or as a look from each row, whichever costs less."""

from __future__ import annotations

from datasets.query.comparisons import compared, looked_into
from datasets.query.conditions import Condition, Frame, condition, makes
from datasets.query.json_text import identifier, quoted
from datasets.query.selection import Compare, Filter, Linked, Not, Op, Quantifier, Related, Slot, TextSet
from datasets.query.sources import base
from datasets.query.things import FOLDABLE, Scope, SelectionError
from datasets.query.writer import Writer
from datasets.release import layout
from datasets.shapes import Column, Link

COMMON = 0.25
"""The share of rows from which a filter is thought to hold so often that a page is found by looking row by row."""


@makes(Linked)
def _linked(w: Writer, scope: Scope, asked: Linked, frame: Frame) -> Condition:
    link = scope.thing.link(asked.column)
    entity = w.things.entity(asked.entity)
    if asked.entity not in {target.name for target in w.shapes.targets(link.target)}:
        raise SelectionError(f"{scope.thing.name}.{link.name} never points at a {asked.entity}")
    family = w.shapes.is_family(link.target)
    typed = f"{scope.sql(link.name + '_type')}={quoted(asked.entity)} AND " if family else ""
    if isinstance(asked.filter, Compare) and asked.filter.column == "id" and asked.filter.op in (Op.EQ, Op.IN):
        direct = condition(w, scope, Compare(link.name, asked.filter.op, asked.filter.value), frame)
        return Condition(f"({typed}{direct.sql})", direct.keeps, direct.drives)
    target = w.scope(entity)
    total = w.statistics.rows(entity.table)
    inner = condition(w, target, asked.filter, frame.deeper(total, total))
    share, column = _link_share(w, scope, link, asked.entity), scope.sql(link.name)
    examined = total * (inner.drives if inner.drives is not None else 1.0)
    table = f"{identifier(entity.table)} {target.alias}"
    guard = f"{column} IS NOT NULL AND " if frame.exact and not link.required else ""
    if examined * (1 + inner.each) <= frame.rows:
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


@makes(Related)
def _related(w: Writer, scope: Scope, asked: Related, frame: Frame) -> Condition:
    """Some, none, every: as a set made once where that examines less, else as a look from each row."""
    every = asked.quantifier is Quantifier.EVERY
    wanted: Filter = Not(asked.filter) if every else asked.filter
    start = w.state()
    found = base(w, asked.source, scope)
    inner = condition(w, found.scope, wanted, frame.deeper(found.rows * frame.rows, w.statistics.rows(found.driver)))
    where = " AND ".join((*found.where, inner.sql))
    each = found.rows * (1 + inner.each)
    look = Condition(f"EXISTS (SELECT 1 FROM {found.tables} WHERE {where})", 0.3, None, each, inner.once)
    after = w.state()
    w.restore(start)
    made = _made_once(w, scope, asked, wanted, frame)
    common = asked.quantifier is Quantifier.SOME and made.drives is not None and made.drives >= COMMON
    if made.once <= frame.rows * each + inner.once and not common:
        return _quantified(made, asked.quantifier)
    w.restore(after)
    return _quantified(look, asked.quantifier)


def _made_once(w: Writer, scope: Scope, asked: Related, wanted: Filter, frame: Frame) -> Condition:
    """The rows of the scope for which a related row is wanted, as a set."""
    found = base(w, asked.source, scope)
    total = w.statistics.rows(found.driver)
    inner = condition(w, found.scope, wanted, frame.deeper(total, total))
    examined = total * (inner.drives if inner.drives is not None else 1.0) * (1 + inner.each) + inner.once
    where = " AND ".join((*found.conditions, f"{found.owner} IS NOT NULL", inner.sql))
    owners = total * inner.keeps
    drives = min(1.0, owners / w.statistics.rows(scope.thing.table))
    # Where the other filters leave fewer rows than the set has, the set is looked into and does not lead.
    own = scope.sql("id") if owners <= frame.rows else w.dialect.unled(scope.sql("id"))
    text = f"{own} IN (SELECT {found.owner} FROM {found.tables} WHERE {where})"
    return Condition(text, 0.3, drives, 1.0, examined)


def _quantified(some: Condition, quantifier: Quantifier) -> Condition:
    if quantifier is Quantifier.SOME:
        return some
    return Condition(f"NOT ({some.sql})", 1 - some.keeps, None, some.each, some.once)


@makes(TextSet)
def _text_set(w: Writer, scope: Scope, asked: TextSet, frame: Frame) -> Condition:
    entity = scope.thing.record()
    column = scope.thing.set(asked.column)
    table = layout.set_table_name(entity, column)
    alias = w.alias()
    tests = [_text_test(w, scope, column, alias, op, slot) for op, slot in asked.tests]
    text = " AND ".join(tests)
    if asked.quantifier is Quantifier.EVERY:
        text = f"NOT ({text})" if tests else "1=0"
    where = f" AND {text}" if text else ""
    per_row = w.statistics.per_key(table, (entity.name,))
    owner = f"{alias}.{identifier(entity.name)}"
    exists = f'EXISTS (SELECT 1 FROM "{table}" {alias} WHERE {owner}={scope.sql("id")}{where})'
    return _quantified(Condition(exists, 0.3, None, per_row), asked.quantifier)


def _text_test(w: Writer, scope: Scope, column: Column, alias: str, op: Op, slot: Slot) -> str:
    """A comparison of one value of a set."""
    if op in (Op.CONTAINS, Op.STARTS):
        if column.kind not in FOLDABLE:
            raise SelectionError(
                f"{scope.thing.name}.{column.name} holds no texts to look into: compare them as a whole"
            )
        text, _ = looked_into(w, w.dialect.folded(alias, "value"), op, slot)
        return text
    text = compared(w, column, f"{alias}.value", {Op.NE: Op.EQ, Op.NOT_IN: Op.IN}.get(op, op), slot)
    return f"NOT ({text})" if op in (Op.NE, Op.NOT_IN) else text
