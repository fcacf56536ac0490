"""Where the rows of a list come from: tables, the tie to the row at hand, and the order that an index gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from datasets.query import bind
from datasets.query.cursor import Key
from datasets.query.json_text import identifier, quoted
from datasets.query.selection import At, Members, Records, Reverse, Search, SetOf, Source, Spells, ValuesOf
from datasets.query.things import Scope, SelectionError, Thing
from datasets.query.words import whole
from datasets.query.writer import Writer
from datasets.release import layout
from datasets.shapes import Entity, Link, Spans


@dataclass(frozen=True, slots=True)
class Base:
    """Rows of a source.

    `tables` is what stands after FROM, `ties` the conditions that tie it to the row at hand, `conditions` the others.
    `keys` is the default order. `owner` is the expression of the id of the row at hand, where the source can be read
    the other way round. `driver` is the table that is walked, `rows` how many of its rows there are per row at hand.
    `undated` is the condition of what `At` leaves out.
    """

    name: str
    scope: Scope
    tables: str
    keys: tuple[Key, ...]
    driver: str
    rows: float
    ties: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    owner: str = ""
    other_order: str = ""
    """The tables joined so that the database may choose where to begin, for orders other than the default."""
    undated: str = ""

    @property
    def where(self) -> tuple[str, ...]:
        """All conditions."""
        return (*self.ties, *self.conditions)

    def without_time(self, conditions: tuple[str, ...]) -> Base:
        """The same with other conditions of its own."""
        return replace(self, conditions=conditions)


def base(w: Writer, source: Source, parent: Scope | None) -> Base:
    """The rows of a source, seen from a row. Raises SelectionError when the row has no such source."""
    if isinstance(source, Records | Search):
        if parent is not None:
            raise SelectionError(f"{type(source).__name__} stand at the root only")
        return _records(w, source) if isinstance(source, Records) else _search(w, source)
    if parent is None:
        raise SelectionError(f"{type(source).__name__} need a row to start from")
    return _SOURCES[type(source)](w, source, parent)  # type: ignore[operator]


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


def _table(thing: Thing, scope: Scope) -> str:
    return f"{identifier(thing.table)} {scope.alias}"


def _records(w: Writer, source: Records) -> Base:
    thing = w.things.entity(source.entity)
    scope = w.scope(thing)
    keys = _ordered(scope, thing.record())
    return Base(thing.name, scope, _table(thing, scope), keys, thing.table, w.statistics.rows(thing.table))


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
    return Base(thing.name, scope, _table(thing, scope), keys, thing.table, rows, ties, apart, link)


def _reverse_set(w: Writer, thing: Thing, column: Link, scope: Scope, parent: Scope) -> Base:
    entity = thing.record()
    table, ties = layout.set_table_name(entity, column), w.alias()
    owner, own = f"{ties}.{identifier('value')}", f"{ties}.{identifier(entity.name)}"
    left, right = f"{identifier(table)} {ties}", f"{_table(thing, scope)} ON {scope.sql('id')}={own}"
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
    left, right = f"{identifier(table)} {ties}", f"{_table(thing, scope)} ON {scope.sql('id')}={value}"
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
    return Base(thing.name, scope, _table(thing, scope), keys, thing.table, rows, (f"{owner}={parent.sql('id')}",), owner=owner)


def _ends(w: Writer, name: str, parent: Scope, *, forward: bool) -> tuple[Spans, Thing, str, str]:
    """The spans, their rows, and the names of the near and the far end."""
    spans, thing = w.things.spans(name)
    near, far = (spans.whole, spans.part) if forward else (spans.part, spans.whole)
    entity = parent.thing.record()
    if entity.name != near:
        raise SelectionError(f"{name} {'forward' if forward else 'backward'} start from a {near}, not from a {entity.name}")
    return spans, thing, near, far


def _members(w: Writer, source: Members, parent: Scope) -> Base:
    _, thing, near, far = _ends(w, source.spans, parent, forward=source.forward)
    target = w.things.entity(far)
    scope, s = w.scope(target), w.alias()
    owner, other, spell = (f"{s}.{identifier(name)}" for name in (near, far, "spell"))
    own_time, undated = _time(w, s, source.at)
    e = w.alias()
    earlier = [f"{e}.{identifier(name)}={s}.{identifier(name)}" for name in (near, far)]
    earlier_time, _ = _time(w, e, source.at)
    repeated = " AND ".join((*earlier, f"{e}.spell<{spell}", *earlier_time))
    once = f"({spell}=1 OR NOT EXISTS (SELECT 1 FROM {identifier(thing.table)} {e} WHERE {repeated}))"
    left, right = f"{identifier(thing.table)} {s}", f"{_table(target, scope)} ON {scope.sql('id')}={other}"
    conditions = (*own_time, once)
    left_out = ""
    if source.at is not None:
        left_out = _left_out(thing, s, e, (near, far), source.at, w)
    return Base(
        f"{source.spans}:{far}",
        scope,
        f"{left} {w.dialect.cross_join()} {right}",
        (Key(f"{s}.{identifier(far + '_sort')}"), Key(other)),
        thing.table,
        w.statistics.per_key(thing.table, (near,)),
        (f"{owner}={parent.sql('id')}",),
        conditions,
        owner,
        f"{left} JOIN {right}",
        left_out,
    )


def _left_out(thing: Thing, s: str, e: str, ends: tuple[str, str], at: At, w: Writer) -> str:
    """The condition of a first undated spell that could cover the time, where no dated one does."""
    same = " AND ".join(f"{e}.{identifier(name)}={s}.{identifier(name)}" for name in ends)
    covers_s, covers_e = _covers(w, s, at), _covers(w, e, at)
    table = identifier(thing.table)
    dated = f"NOT EXISTS (SELECT 1 FROM {table} {e} WHERE {same} AND {e}.undated=0 AND {covers_e})"
    first = f"NOT EXISTS (SELECT 1 FROM {table} {e} WHERE {same} AND {e}.undated=1 AND {e}.spell<{s}.spell AND {covers_e})"
    return f"{s}.undated=1 AND {covers_s} AND {dated} AND {first}"


def _covers(w: Writer, alias: str, at: At) -> str:
    earliest, latest = days(w, at)
    return f"{alias}.from_earliest<={latest} AND {alias}.to_latest>={earliest}"


def _time(w: Writer, alias: str, at: At | None) -> tuple[tuple[str, ...], str]:
    """The conditions of a span being open at a time, and that of being left out for want of a start."""
    if at is None:
        return (), ""
    covers = _covers(w, alias, at)
    undated = f"{alias}.undated=1 AND {covers}"
    if at.undated is None:
        return (f"{alias}.undated=0", covers), undated
    mark = w.mark(("flag", at.undated), bind.flag(at.undated.name))
    return (f"({alias}.undated=0 OR {mark}=1)", covers), undated


def days(w: Writer, at: At) -> tuple[str, str]:
    """The parameters of the first and the last day of a time."""
    return (
        w.mark(("text", at.earliest), bind.plain_text(at.earliest.name)),
        w.mark(("text", at.latest), bind.plain_text(at.latest.name)),
    )


def _spells(w: Writer, source: Spells, parent: Scope) -> Base:
    _, thing, near, far = _ends(w, source.spans, parent, forward=source.forward)
    scope = w.scope(thing)
    owner, other = (f"{scope.alias}.{identifier(name)}" for name in (near, far))
    conditions, undated = _time(w, scope.alias, source.at)
    keys = (
        Key(f"{scope.alias}.{identifier(far + '_sort')}"),
        Key(other),
        Key(f"{scope.alias}.spell", number=True),
    )
    rows = w.statistics.per_key(thing.table, (near,))
    ties = (f"{owner}={parent.sql('id')}",)
    return Base(thing.name, scope, _table(thing, scope), keys, thing.table, rows, ties, conditions, owner, undated=undated)


def row_undated(w: Writer, spans: Spans, scope: Scope) -> str:
    """Whether a row of the spans' entity has no known start."""
    since, role = scope.sql(spans.since), scope.sql(spans.role)
    founder = f"{role}={quoted(spans.founding_role)} AND {_founded(w, spans, scope)} IS NOT NULL"
    return f"({since} IS NULL AND NOT ({founder}))"


def _founded(w: Writer, spans: Spans, scope: Scope) -> str:
    whole = w.things.entity(spans.whole)
    founding = identifier(f"{spans.founding}_earliest")
    a = w.alias()
    return f"(SELECT {a}.{founding} FROM {identifier(whole.table)} {a} WHERE {a}.id={scope.sql(spans.whole)})"


def row_covers(w: Writer, spans: Spans, scope: Scope, at: At) -> str:
    """Whether a row of the spans' entity can be open at a time, whether or not its start is known.

    An end that nobody gives is open; of a row that says it has ended it lies before the release.
    """
    earliest, latest = days(w, at)
    start = f"coalesce({scope.sql(spans.since, '_earliest')},{_founded(w, spans, scope)},{quoted(layout.FIRST_DAY)})"
    released = "(SELECT r.value FROM release r WHERE r.key='date')"
    end = (
        f"CASE WHEN {scope.sql(spans.until)} IS NOT NULL THEN {scope.sql(spans.until, '_latest')}>={earliest} "
        f"WHEN {scope.sql(spans.ended)}=1 THEN ({released}>{earliest} OR {start}>={earliest}) ELSE 1=1 END"
    )
    return f"({start}<={latest} AND {end})"


def spells_at(w: Writer, spans: Spans, scope: Scope, at: At) -> str:
    """Whether a row of the spans' entity is open at a time; the undated only where the time lets them in."""
    undated = row_undated(w, spans, scope)
    dated = f"NOT {undated}"
    if at.undated is not None:
        mark = w.mark(("flag", at.undated), bind.flag(at.undated.name))
        dated = f"({dated} OR {mark}=1)"
    return f"({dated} AND {row_covers(w, spans, scope, at)})"


def _search(w: Writer, source: Search) -> Base:
    slot = source.text.name
    every = w.mark(("search", source.text), w.dialect.search_binding(slot, ()))
    name = w.mark(("search name", source.text), w.dialect.search_binding(slot, ("name",)))
    alias = w.mark(("search alias", source.text), w.dialect.search_binding(slot, ("name", "alias")))
    exact = w.mark(("words", source.text), lambda values: whole(values, slot))
    rank = (
        f"CASE WHEN e.name={exact} THEN 1 WHEN {w.dialect.hit(name, aliases=False)} THEN 2 "
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
    return Base("search", scope, tables, keys, layout.SEARCH, w.statistics.rows(layout.SEARCH) / 10)


_SOURCES: dict[type, Callable[..., Base]] = {
    Reverse: _reverse,
    SetOf: _set_of,
    ValuesOf: _values_of,
    Members: _members,
    Spells: _spells,
}
