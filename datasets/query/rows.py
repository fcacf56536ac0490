"""The parts of a row as JSON: columns, nested objects, links, sets, lists."""

from __future__ import annotations

from collections.abc import Callable

from datasets.query import bind
from datasets.query.json_text import NULL, Absent, Fixed, Value, case, concatenated, identifier, json_object, quoted
from datasets.query.lists import connection, constant, listed
from datasets.query.scalars import by_precision, pattern, scalar, written
from datasets.query.selection import (
    ByPrecision,
    Connection,
    FormerIds,
    Highlight,
    Json,
    LinkTo,
    List,
    Literal,
    Nested,
    Part,
    Parts,
    Pattern,
    Rank,
    Scalar,
    Switch,
    Texts,
    Types,
)
from datasets.query.things import Scope, SelectionError, Thing
from datasets.query.writer import Highlighted, Writer
from datasets.release import layout
from datasets.shapes import Column, Link, Weight

HIGHLIGHT_START, HIGHLIGHT_END = "\x01", "\x02"
"""Around the candidates of a highlight in the answer: JSON never holds these characters unescaped."""


def row_object(w: Writer, scope: Scope, parts: Parts, *, sparse: bool = False) -> tuple[str, ...]:
    """The pieces of a row's object. Raises SelectionError when a part does not fit the row."""
    return json_object(((part.key, row_value(w, scope, part)) for part in parts), sparse=sparse)


def row_value(w: Writer, scope: Scope, part: Part) -> Value:
    """One part of a row as a JSON value."""
    make = _PARTS.get(type(part))
    if make is None:
        raise SelectionError(f"{type(part).__name__} stands at the root only, not on {scope.thing.name}")
    return make(w, scope, part)


def _constant(w: Writer, scope: Scope, part: Literal | Json) -> Value:
    return constant(w, part)


def _pattern(w: Writer, scope: Scope, part: Pattern) -> Value:
    return pattern(w, scope, part)


def _switch(w: Writer, scope: Scope, part: Switch) -> Value:
    scope.thing.single(part.column)
    branches = [(quoted(value), row_value(w, scope, chosen)) for value, chosen in part.cases]
    return case(branches, scope.sql(part.column))


def _by_precision(w: Writer, scope: Scope, part: ByPrecision) -> Value:
    scope.thing.date(part.column)
    branches = tuple(
        row_value(w, scope, branch) if branch is not None else None
        for branch in (part.year, part.month, part.day, part.other)
    )
    year, month, day, other = branches
    return by_precision(w, scope.sql(part.column), (year, month, day, other))


def _nested(w: Writer, scope: Scope, part: Nested) -> Value:
    pieces = row_object(w, scope, part.parts, sparse=part.sparse)
    needed = [name for name in part.needs if not scope.thing.single(name).required]
    if not needed:
        return Value(pieces)
    present = " AND ".join(f"{scope.sql(name)} IS NOT NULL" for name in needed)
    return Value((f"CASE WHEN {present} THEN {concatenated(pieces)} END",), Absent.NULL)


def _link_to(w: Writer, scope: Scope, part: LinkTo) -> Value:
    link = scope.thing.link(part.column)
    allowed = {entity.name for entity in w.shapes.targets(link.target)}
    wrong = [name for name, _ in part.types if name not in allowed]
    if wrong:
        raise SelectionError(f"{scope.thing.name}.{link.name} never points at a {wrong[0]}")
    own, required = scope.sql(link.name), link.required
    if not w.shapes.is_family(link.target):
        return _target(w, own, part.types[0], sparse=part.sparse, required=required) if part.types else NULL
    return of_type(w, scope.sql(f"{link.name}_type"), own, part.types, sparse=part.sparse)


def of_type(w: Writer, type_sql: str, id_sql: str, types: Types, *, sparse: bool = False) -> Value:
    """The record by type and id, parts by type."""
    # The type is tested, so the link is not empty: a missing record still gives NULL.
    branches = [(quoted(one[0]), _target(w, id_sql, one, sparse=sparse, required=True)) for one in types]
    return case(branches, type_sql)


def _target(w: Writer, id_sql: str, types: tuple[str, Parts], *, sparse: bool, required: bool) -> Value:
    thing = w.things.entity(types[0])
    if all(_only_id(part) for part in types[1]):
        # Foreign keys hold in a release, so an object of nothing but the id needs no look at the target.
        bare = Scope(thing, "", bare=id_sql)
        pieces = row_object(w, bare, types[1], sparse=sparse)
        if required:
            return Value(pieces)
        return Value((f"CASE WHEN {id_sql} IS NOT NULL THEN {concatenated(pieces)} END",), Absent.NULL)
    target = w.scope(thing)
    w.tally.fixed += 1
    text = concatenated(row_object(w, target, types[1], sparse=sparse))
    where = f"{target.sql('id')}={id_sql}"
    return Value((f"(SELECT {text} FROM {identifier(thing.table)} {target.alias} WHERE {where})",), Absent.NULL)


def _only_id(part: Part) -> bool:
    if isinstance(part, Literal):
        return True
    if isinstance(part, Scalar):
        return part.column == "id"
    if isinstance(part, Pattern):
        return all(isinstance(piece, str) or piece.column == "id" for piece in part.pieces)
    return False


def _texts(w: Writer, scope: Scope, part: Texts) -> Value:
    entity, column = scope.thing.record(), scope.thing.set(part.column)
    table, s = layout.set_table_name(entity, column), w.alias()
    value = written(w, column, f"{s}.value", part.form, nullable=False)
    limit = w.dialect.limit(w.mark(("count", part.limit), bind.count(part.limit.name)) if part.limit else "")
    owner = f"{s}.{identifier(entity.name)}={scope.sql('id')}"
    w.tally.fixed += w.statistics.per_key(table, (entity.name,))
    rows = f"SELECT {s}.value FROM {identifier(table)} {s} WHERE {owner} ORDER BY {s}.value{limit}"
    return _json_list(w, concatenated(value.pieces), f"({rows}) {s}")


def _json_list(w: Writer, text: str, rows: str) -> Value:
    return Value((Fixed("["), f"coalesce((SELECT {w.dialect.joined(text)} FROM {rows}),'')", Fixed("]")))


def _former_ids(w: Writer, scope: Scope, part: FormerIds) -> Value:
    entity, r = scope.thing.record(), w.alias()
    found = f"{r}.type={quoted(entity.name)} AND {r}.target={scope.sql('id')}"
    w.tally.fixed += 1
    rows = f"SELECT {r}.id FROM redirects {r} WHERE {found} ORDER BY {r}.id{w.dialect.limit('')}"
    return _json_list(w, concatenated(w.dialect.string(f"{r}.id", nullable=False).pieces), f"({rows}) {r}")


def _rank(w: Writer, scope: Scope, part: Rank) -> Value:
    _hits_only(w, scope, part)
    return w.dialect.number(scope.sql("rank"), nullable=False)


def _hits_only(w: Writer, scope: Scope, part: Rank | Highlight) -> None:
    if scope.thing is not w.things.search:
        raise SelectionError(f"{type(part).__name__} stands on search results, not on {scope.thing.name}")


def _highlight(w: Writer, scope: Scope, part: Highlight) -> Value:
    """The texts that a hit may stand in, best first, for `highlights` to mark once the answer is there."""
    _hits_only(w, scope, part)
    if w.searched is None:
        raise SelectionError("a highlight needs the text that is searched for")
    number = len(w.highlights)
    w.highlights.append(Highlighted(part, w.searched.name))
    branches = []
    for entity in w.shapes.entities:
        thing = w.things.entity(entity.name)
        if _weighted(thing):
            branches.append((quoted(entity.name), Value((_candidates(w, scope, thing),), Absent.NULL)))
    w.tally.fixed += 3
    found = case(branches, scope.sql("type")).shown()
    label = w.dialect.string(scope.sql("label"), nullable=False).pieces
    head = Fixed(f"{HIGHLIGHT_START}{number}:[")
    return Value((head, *label, Fixed(","), *found, Fixed(f"]{HIGHLIGHT_END}")))


def _weighted(thing: Thing) -> list[Column]:
    order = (Weight.NAME, Weight.ALIAS, Weight.SUMMARY)
    columns = [c for c in thing.columns.values() if c.weight in order and not isinstance(c, Link)]
    return sorted(columns, key=lambda column: order.index(column.weight))


def _candidates(w: Writer, scope: Scope, thing: Thing) -> str:
    target = w.scope(thing)
    pieces: list[str] = [Fixed("[")]
    for column in _weighted(thing):
        part = Texts("", column.name) if column.many else Scalar("", column.name)
        pieces += [*row_value(w, target, part).shown(), Fixed(",")]
    for values in w.shapes.values_of(thing.record()):
        v = w.scope(w.things.values(values.name))
        for column in values.columns:
            if column.weight is not Weight.NONE:
                text = w.dialect.string(v.sql(column.name), nullable=not column.required).shown()
                owner = f"{v.alias}.{identifier('subject')}={target.sql('id')}"
                rows = f"{identifier(values.name)} {v.alias} WHERE {owner}"
                pieces += [*_json_list(w, concatenated(text), rows).pieces, Fixed(",")]
    pieces += [Fixed("null]")]
    where = f"{target.sql('id')}={scope.sql('id')}"
    return f"(SELECT {concatenated(pieces)} FROM {identifier(thing.table)} {target.alias} WHERE {where})"


def _list(w: Writer, scope: Scope, part: List) -> Value:
    return listed(w, scope, part, row_object)


def _connection(w: Writer, scope: Scope, part: Connection) -> Value:
    return connection(w, scope, part, row_object)


_PARTS: dict[type, Callable[..., Value]] = {
    Literal: _constant,
    Json: _constant,
    Scalar: scalar,
    Pattern: _pattern,
    Switch: _switch,
    ByPrecision: _by_precision,
    Nested: _nested,
    LinkTo: _link_to,
    Texts: _texts,
    FormerIds: _former_ids,
    Rank: _rank,
    Highlight: _highlight,
    List: _list,
    Connection: _connection,
}
