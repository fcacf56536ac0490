"""What a row can be, and what can be said of it: records, compound values, spells and search hits alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datasets.query.json_text import identifier
from datasets.release import layout
from datasets.shapes import Column, Entity, Kind, Link, Shapes, Spans, Values


class SelectionError(ValueError):
    """A selection asks for what the shapes do not have, or in a way that cannot be answered."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind of row.

    `name` is how errors call it, `table` where it stands, `columns` what it has by public name, `fields` the SQL
    names that differ from these. `entity` is set for records.
    """

    name: str
    table: str
    columns: Mapping[str, Column]
    fields: Mapping[str, str] = field(default_factory=dict)
    entity: Entity | None = None

    def column(self, name: str) -> Column:
        """The column of that name. Raises SelectionError."""
        column = self.columns.get(name)
        if column is None:
            raise SelectionError(f"{self.name} has no column {name!r}; it has {', '.join(self.columns)}")
        return column

    def single(self, name: str) -> Column:
        """The column of that name, which is not a set. Raises SelectionError."""
        column = self.column(name)
        if column.many:
            raise SelectionError(f"{self.name}.{name} is a set: ask for it as a list")
        return column

    def date(self, name: str) -> Column:
        """The DATE column of that name. Raises SelectionError."""
        column = self.single(name)
        if column.kind is not Kind.DATE:
            raise SelectionError(f"{self.name}.{name} is not a date")
        return column

    def link(self, name: str) -> Link:
        """The single link of that name. Raises SelectionError."""
        column = self.single(name)
        if not isinstance(column, Link):
            raise SelectionError(f"{self.name}.{name} is not a link")
        return column

    def set(self, name: str) -> Column:
        """The set of that name. Raises SelectionError."""
        column = self.column(name)
        if not column.many:
            raise SelectionError(f"{self.name}.{name} is not a set")
        return column

    def record(self) -> Entity:
        """The entity whose record the row is. Raises SelectionError for rows without an address."""
        if self.entity is None:
            raise SelectionError(f"{self.name} is not a record")
        return self.entity

    def field(self, name: str) -> str:
        """The SQL name of a column."""
        return self.fields.get(name, name)


class Scope:
    """A row in a statement: an alias, and what it is an alias of.

    A scope over a sub-query notes in `used` which of the fields were asked for, so that only those are handed on.
    A scope with `bare` knows nothing but its id, held by the expression `bare`.
    """

    __slots__ = ("alias", "bare", "thing", "used")

    def __init__(self, thing: Thing, alias: str, used: dict[str, str] | None = None, bare: str = "") -> None:
        self.thing = thing
        self.alias = alias
        self.used = used
        self.bare = bare

    def sql(self, name: str, suffix: str = "") -> str:
        """The expression of a column, or of the field beside it that `suffix` names."""
        if self.bare and name == "id":
            return self.bare
        found = self.thing.field(name) + suffix
        if self.used is not None:
            self.used[found] = found
        return f"{self.alias}.{identifier(found)}"


def _text(name: str, doc: str, *, required: bool = True) -> Column:
    return Column(name=name, kind=Kind.TEXT, doc=doc, required=required)


def entity_thing(shapes: Shapes, entity: Entity) -> Thing:
    """A record of an entity."""
    columns: dict[str, Column] = {"id": _text("id", f"Id of the {entity.name}.")}
    for column in entity.columns:
        columns[column.name] = column
        if isinstance(column, Link) and not column.many and shapes.is_family(column.target):
            name = f"{column.name}_type"
            columns.setdefault(name, _text(name, f"Type of the record in `{column.name}`.", required=column.required))
    fields = {}
    if "label" not in columns:
        columns["label"] = _text("label", f"Label of the {entity.name}.")
        fields["label"] = layout.label_field(entity)
    return Thing(entity.name, entity.plural, columns, fields, entity)


def values_thing(values: Values) -> Thing:
    """A compound value."""
    columns = {column.name: column for column in values.columns}
    columns.setdefault("position", Column(name="position", kind=Kind.INTEGER, doc="Place in the set.", required=True))
    return Thing(values.singular, values.name, columns)


def spell_thing(shapes: Shapes, spans: Spans) -> Thing:
    """A spell: a row of spans."""
    table = layout.spans_table(shapes, spans)
    columns: dict[str, Column] = {}
    for one in table.fields:
        kind = Kind.INTEGER if one.type == "INTEGER" else Kind.TEXT
        columns[one.name] = Column(name=one.name, kind=kind, doc=one.doc, required=one.not_null)
    for name in (spans.whole, spans.part, spans.entity):
        columns[name] = Link(name=name, target=name, doc="", required=True, reverse="", reverse_doc="")
    columns["undated"] = Column(name="undated", kind=Kind.FLAG, doc=table.field("undated").doc, required=True)
    return Thing(spans.name, spans.name, columns)


def search_thing() -> Thing:
    """A record found by full text."""
    columns: dict[str, Column] = {name: _text(name, "") for name in ("type", "id", "label")}
    columns["record"] = Link(name="record", target="record", doc="", required=True, reverse="", reverse_doc="")
    columns["record_type"] = _text("record_type", "")
    return Thing("search result", layout.SEARCH, columns, {"record": "id", "record_type": "type"})


class Things:
    """All kinds of rows of a release, made once."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.tables = {table.name: table for table in layout.tables(shapes)}
        self._entities = {entity.name: entity_thing(shapes, entity) for entity in shapes.entities}
        self._values = {values.name: values_thing(values) for values in shapes.values}
        self._spans = {spans.name: (spans, spell_thing(shapes, spans)) for spans in shapes.spans}
        self.search = search_thing()
        self.foldable = foldable(self)

    def entity(self, name: str) -> Thing:
        """The records of an entity. Raises SelectionError."""
        thing = self._entities.get(name)
        if thing is None:
            raise SelectionError(f"there is no entity {name!r}; there are {', '.join(self._entities)}")
        return thing

    def values(self, name: str) -> Thing:
        """The compound values of that name. Raises SelectionError."""
        thing = self._values.get(name)
        if thing is None:
            raise SelectionError(f"there are no values {name!r}; there are {', '.join(self._values)}")
        return thing

    def spans(self, name: str) -> tuple[Spans, Thing]:
        """The spans of that name. Raises SelectionError."""
        found = self._spans.get(name)
        if found is None:
            raise SelectionError(f"there are no spans {name!r}; there are {', '.join(self._spans)}")
        return found


FOLDABLE = (Kind.TEXT, Kind.NAME, Kind.URL)
"""Kinds of column that can be looked into without case and accents."""


def own_sort_field(thing: Thing, column: Column) -> str:
    """The NOT NULL sort key that is made of a column of a record, and of nothing else; empty where there is none."""
    entity = thing.entity
    if entity is None:
        return ""
    name = entity.label if column.name == "label" and not entity.templated else column.name
    if name not in entity.orders or isinstance(entity.column(name), Link):
        return ""
    field = layout.sort_field(entity, name)
    return "" if field == name else field


def foldable(things: Things) -> dict[str, tuple[str, ...]]:
    """By table, the fields that can be looked into and whose folded form is no sort key."""
    found: dict[str, tuple[str, ...]] = {}
    for entity in things.shapes.entities:
        thing = things.entity(entity.name)
        columns = [*(c for c in entity.columns if not c.many), thing.column("label")]
        names = [thing.field(c.name) for c in columns if c.kind in FOLDABLE and not own_sort_field(thing, c)]
        found[thing.table] = tuple(dict.fromkeys(names))
        for column in entity.columns:
            if column.many and column.kind in FOLDABLE:
                found[layout.set_table_name(entity, column)] = ("value",)
    for values in things.shapes.values:
        found[values.name] = tuple(c.name for c in values.columns if c.kind in FOLDABLE)
    return found
