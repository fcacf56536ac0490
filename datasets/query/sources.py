"""Where the rows of a list come from: tables, the tie to the row at hand, and the order that an index gives."""

from __future__ import annotations

from collections.abc import Callable

from datasets.query import bind
from datasets.query.base import Base, table_of
from datasets.query.cursor import Key
from datasets.query.json_text import identifier, quoted
from datasets.query.selection import Members, Records, Reverse, Search, SetOf, Source, Spells, ValuesOf
from datasets.query.spells import members, spells
from datasets.query.things import Scope, SelectionError, Thing
from datasets.query.words import whole
from datasets.query.writer import Writer
from datasets.release import layout
from datasets.shapes import Entity, Link

STARTING = 1_000.0
"""What looking up the words of a search costs, in rows examined, however little is found."""


def base(w: Writer, source: Source, parent: Scope | None) -> Base:
    """The rows of a source, seen from a row. Raises SelectionError when the row has no such source."""
    if isinstance(source, Records | Search):
        if parent is not None:
            raise SelectionError(f"{type(source).__name__} stand at the root only")
        return _records(w, source) if isinstance(source, Records) else _search(w, source)
    if parent is None:
        raise SelectionError(f"{type(source).__name__} need a row to start from")
    return _SOURCES[type(source)](w, source, parent)


def default_order(entity: Entity, without: str = "") -> str:
    """The first order of an entity that is not the link it is reached by; empty when there is none."""
    return next((order for order in entity.orders if order != without), "")


def sort_key(scope: Scope, entity: Entity, order: str, *, descending: bool = False) -> Key:
    """The key of a declared order."""
    field = layout.sort_field(entity, order)
    number = layout.sort_type(entity.column(order)) == "INTEGER"
    return Key(f"{scope.alias}.{identifier(field)}", number, descending)


def _id_key(scope: Scope) -> Key:
    return Key(f"{scope.alias}.{identifier('id')}")


def _ordered(scope: Scope, entity: Entity, without: str = "") -> tuple[Key, ...]:
    order = default_order(entity, without)
    return (*((sort_key(scope, entity, order),) if order else ()), _id_key(scope))


def _records(w: Writer, source: Records) -> Base:
    thing = w.things.entity(source.entity)
    scope = w.scope(thing)
    keys = _ordered(scope, thing.record())
    return Base(thing.name, scope, table_of(thing, scope), keys, thing.table, w.statistics.rows(thing.table))


def _parent_type(w: Writer, link: Link, parent: Scope, what: str) -> str:
    entity = parent.thing.record()
    if entity not in w.shapes.targets(link.target):
        raise SelectionError(f"{what} never points at a {entity.name}")
    return entity.name


def _reverse(w: Writer, source: Reverse, parent: Scope) -> Base:
    thing = w.things.entity(source.entity)
    column = thing.column(source.link)
    if not isinstance(column, Link):
        raise SelectionError(f"{source.entity}.{source.link} is not a link")
    type_ = _parent_type(w, column, parent, f"{source.entity}.{source.link}")
    scope = w.scope(thing)
    entity = thing.record()
    if column.many:
        return _reverse_set(w, thing, column, scope, parent)
    link = f"{scope.alias}.{identifier(column.name)}"
    ties: tuple[str, ...] = (f"{link}={parent.sql('id')}",)
    apart: tuple[str, ...] = ()
    if w.shapes.is_family(column.target):
        apart = (f"{scope.alias}.{identifier(column.name + '_type')}={quoted(type_)}",)
    rows = w.statistics.per_key(thing.table, layout.link_key(w.shapes, column))
    keys = _ordered(scope, entity, column.name)
    return Base(thing.name, scope, table_of(thing, scope), keys, thing.table, rows, ties, apart, link, link=column)


def _reverse_set(w: Writer, thing: Thing, column: Link, scope: Scope, parent: Scope) -> Base:
    entity = thing.record()
    table, ties = layout.set_table_name(entity, column), w.alias()
    owner, own = f"{ties}.{identifier('value')}", f"{ties}.{identifier(entity.name)}"
    left, right = f"{identifier(table)} {ties}", f"{table_of(thing, scope)} ON {scope.sql('id')}={own}"
    return Base(
        thing.name,
        scope,
        f"{left} {w.dialect.cross_join()} {right}",
        (Key(own),),
        table,
        w.statistics.per_key(table, ("value",)),
        (f"{owner}={parent.sql('id')}",),
        owner=owner,
        other_order=f"{left} JOIN {right}",
        alone=left,
    )


def _set_of(w: Writer, source: SetOf, parent: Scope) -> Base:
    entity = parent.thing.record()
    column = parent.thing.set(source.column)
    if not isinstance(column, Link) or w.shapes.is_family(column.target):
        raise SelectionError(f"{entity.name}.{source.column} is not a set of links to one entity")
    thing = w.things.entity(column.target)
    scope = w.scope(thing)
    table, ties = layout.set_table_name(entity, column), w.alias()
    owner, value = f"{ties}.{identifier(entity.name)}", f"{ties}.{identifier('value')}"
    left, right = f"{identifier(table)} {ties}", f"{table_of(thing, scope)} ON {scope.sql('id')}={value}"
    return Base(
        thing.name,
        scope,
        f"{left} {w.dialect.cross_join()} {right}",
        (Key(value),),
        table,
        w.statistics.per_key(table, (entity.name,)),
        (f"{owner}={parent.sql('id')}",),
        owner=owner,
        other_order=f"{left} JOIN {right}",
        alone=left,
    )


def _values_of(w: Writer, source: ValuesOf, parent: Scope) -> Base:
    entity = parent.thing.record()
    if source.values not in {values.name for values in w.shapes.values_of(entity)}:
        raise SelectionError(f"{entity.name} has no values {source.values!r}")
    thing = w.things.values(source.values)
    scope = w.scope(thing)
    owner = f"{scope.alias}.{identifier('subject')}"
    rows = w.statistics.per_key(thing.table, ("subject",))
    keys = (Key(f"{scope.alias}.{identifier('position')}", number=True),)
    # The subjects of several entities share one id space, so the id alone ties them.
    return Base(
        thing.name,
        scope,
        table_of(thing, scope),
        keys,
        thing.table,
        rows,
        (f"{owner}={parent.sql('id')}",),
        owner=owner,
    )


def _search(w: Writer, source: Search) -> Base:
    slot = source.text.name
    every = w.mark(("search", source.text), w.dialect.search_binding(slot, ()))
    name = w.mark(("search name", source.text), w.dialect.search_binding(slot, ("name",)))
    alias = w.mark(("search alias", source.text), w.dialect.search_binding(slot, ("name", "alias")))
    exact = w.mark(("words", source.text), lambda values: whole(values, slot))
    rank = (
        f"CASE WHEN {w.dialect.holds(layout.NAMES, exact)} THEN 1 WHEN {w.dialect.hit(name, aliases=False)} THEN 2 "
        f"WHEN {w.dialect.hit(alias, aliases=True)} THEN 3 ELSE 4 END"
    )
    types = ""
    if source.types is not None:
        mark = w.mark(("list", "text", source.types), w.dialect.list_binding(bind.text_list(source.types.name)))
        types = f" AND {w.dialect.among('e.type', mark)}"
    fields = "e.type,e.id,e.label,e.sort"
    scope = w.scope(w.things.search)
    tables = f"(SELECT {fields},{rank} AS rank FROM {w.dialect.found(every)}{types}) {scope.alias}"
    a = scope.alias
    keys = (Key(f"{a}.rank", number=True), Key(f"{a}.sort"), Key(f"{a}.type"), Key(f"{a}.id"))
    w.tally.fixed += STARTING
    # Nobody knows how many entries hold the words; the beginning of a word can be in most of them.
    return Base("search", scope, tables, keys, layout.SEARCH, w.statistics.rows(layout.SEARCH) / 2)


_SOURCES: dict[type, Callable[..., Base]] = {
    Reverse: _reverse,
    SetOf: _set_of,
    ValuesOf: _values_of,
    Members: members,
    Spells: spells,
}
