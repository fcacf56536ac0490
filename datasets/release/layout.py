"""The tables of a release file, read off the shapes. Whoever reads a release asks here what is where.

For every entity stands a table named by its plural: `id`, one field per single column (dates with `_earliest` and
`_latest` beside them, links to a family with `_type`), `label` where the label is a template, and one NOT NULL sort
key per order. Sets stand in `{entity}_{column}`; compound values, spans and families in tables of their names.
An order exists only where an index (parent, sort key, id) does.
"""

from __future__ import annotations

from dataclasses import dataclass

from datasets.shapes.model import Column, Entity, Kind, Link, Shapes, Spans, Values

LAST_TEXT = "\U0010ffff"
"""Sort key of a missing text: after every other."""
LAST_DAY = "9999-99-99"
"""Sort key of a missing date, and the end of a span that is still open."""
FIRST_DAY = "0000-01-01"
"""The start of a span of which nothing is known."""
LAST_INTEGER = 2**31
"""Sort key of a missing number."""

SEARCH = "search_entries"
"""One row per record that can be found: type, id, label, and folded tokens of name, alias and summary."""
SEARCH_INDEX = "search_index"
"""The FTS5 table over `search_entries`."""
BETWEEN = " | "
"""What separates two texts among the tokens of an entry: a token of every index, and never one of a text."""
NAMES = f"{BETWEEN!r}||e.name||{BETWEEN!r}||e.alias||{BETWEEN!r}"
"""In SQL, the names of an entry `e`, the further ones too, each between two strokes."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a release table. `type` is TEXT or INTEGER; `references` names a table whose `id` it holds."""

    name: str
    type: str
    not_null: bool
    doc: str
    references: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a release."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    rowid: bool = False
    """Whether the primary key is an integer row id; else the table is WITHOUT ROWID."""

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name} has no field {name!r}")


def tables(shapes: Shapes) -> tuple[Table, ...]:
    """All tables of a release but the FTS5 index, in an order in which foreign keys can be filled."""
    entities = [entity_table(shapes, e) for e in shapes.entities]
    return (
        _subjects(shapes),
        *entities,
        *(set_table(shapes, e, c) for e in shapes.entities for c in e.columns if c.many),
        *(values_table(v) for v in shapes.values),
        *(spans_table(shapes, s) for s in shapes.spans),
        _REDIRECTS,
        _RELEASE,
        _SEARCH_ENTRIES,
    )


def label_field(entity: Entity) -> str:
    """The field that names a record of this entity."""
    return "label" if entity.templated else entity.label


def sort_field(entity: Entity, order: str) -> str:
    """The NOT NULL field by which a list is sorted for an order: the column itself where it can serve, else a key."""
    column = entity.column(order)
    plain = column.required and column.kind in (Kind.TEXT, Kind.CODE, Kind.INTEGER)
    return order if plain else f"{order}_sort"


def sort_type(column: Column) -> str:
    """The SQL type of a column's sort key."""
    return "INTEGER" if column.kind is Kind.INTEGER else "TEXT"


def entity_table(shapes: Shapes, entity: Entity) -> Table:
    """The table of an entity's records."""
    fields = [Field("id", "TEXT", not_null=True, doc=f"Id of the {entity.name}.")]
    for column in entity.columns:
        if not column.many:
            fields.extend(_column_fields(shapes, column))
    if entity.templated:
        fields.append(Field("label", "TEXT", not_null=True, doc=f"Label of the {entity.name}: {entity.label}."))
    for order in entity.orders:
        name = sort_field(entity, order)
        if name != order:
            doc = f"Sort key of {order}: never empty, missing values last."
            fields.append(Field(name, sort_type(entity.column(order)), not_null=True, doc=doc))
    return Table(entity.plural, entity.doc, tuple(fields), ("id",), _indexes(shapes, entity))


def _column_fields(shapes: Shapes, column: Column) -> list[Field]:
    integer = column.kind in (Kind.INTEGER, Kind.FLAG)
    not_null = column.required or column.kind is Kind.FLAG
    references = link_table(shapes, column.target) if isinstance(column, Link) else ""
    fields = [Field(column.name, "INTEGER" if integer else "TEXT", not_null, column.doc, references)]
    if column.kind is Kind.DATE:
        fields.append(Field(f"{column.name}_earliest", "TEXT", not_null, f"First day that `{column.name}` can mean."))
        fields.append(Field(f"{column.name}_latest", "TEXT", not_null, f"Last day that `{column.name}` can mean."))
    if isinstance(column, Link) and shapes.is_family(column.target):
        fields.append(Field(f"{column.name}_type", "TEXT", not_null, f"Type of the record in `{column.name}`."))
    return fields


def link_table(shapes: Shapes, target: str) -> str:
    """The table whose id a link to `target` holds; empty for the family of all records, which has none."""
    members = shapes.targets(target)
    if not shapes.is_family(target):
        return members[0].plural
    return "subjects" if all(member.space == "subject" for member in members) else ""


def link_key(shapes: Shapes, link: Link) -> tuple[str, ...]:
    """The fields that hold a link: its type first where the target is a family."""
    return (f"{link.name}_type", link.name) if shapes.is_family(link.target) else (link.name,)


def _indexes(shapes: Shapes, entity: Entity) -> tuple[tuple[str, ...], ...]:
    sorts = [(order, sort_field(entity, order)) for order in entity.orders]
    found: list[tuple[str, ...]] = [(sort, "id") for _, sort in sorts]
    for link in entity.links:
        if not link.many:
            by_order = [(*link_key(shapes, link), sort, "id") for order, sort in sorts if order != link.name]
            found += [(*fields, *_other_end(shapes, entity, link)) for fields in by_order[:1]] + by_order[1:]
            if not link_table(shapes, link.target):  # a link to any record: what stands beside it is asked of each
                beside = [other for other in entity.links if other is not link and not other.many]
                found += [(*link_key(shapes, link), *link_key(shapes, other)) for other in beside]
    if entity.file:
        found += [(c.name, sorts[0][1], "id") for c in entity.columns if c.kind is Kind.CODE]
    return tuple(dict.fromkeys(found))


def _other_end(shapes: Shapes, entity: Entity, link: Link) -> tuple[str, ...]:
    """What an index of a required link carries at its end: the other required links.

    So walking from one end of a membership to the other reads the index alone: half the time of a filter across it.
    """
    others = (other for other in entity.links if other.required and not other.many and other is not link)
    return tuple(field for other in others for field in link_key(shapes, other)) if link.required else ()


def set_table_name(entity: Entity, column: Column) -> str:
    """The table of a set: `alliance_objectives`."""
    return f"{entity.name}_{column.name}"


def set_table(shapes: Shapes, entity: Entity, column: Column) -> Table:
    """The table of a set: the record's id under the entity's name, and `value`."""
    references = link_table(shapes, column.target) if isinstance(column, Link) else ""
    return Table(
        set_table_name(entity, column),
        column.doc,
        (
            Field(entity.name, "TEXT", not_null=True, doc=entity.doc, references=entity.plural),
            Field("value", "TEXT", not_null=True, doc=column.doc, references=references),
        ),
        (entity.name, "value"),
        (("value", entity.name),),
    )


def values_table(values: Values) -> Table:
    """The table of compound values: subject, position in the sorted set, one field per part."""
    fields = [
        Field("subject", "TEXT", not_null=True, doc="The record that the value is of.", references="subjects"),
        Field("position", "INTEGER", not_null=True, doc="Place in the set, from 1, sorted by the parts in order."),
    ]
    for column in values.columns:
        fields.append(Field(column.name, "TEXT", column.required, column.doc))
    indexes = [(c.name, "subject", "position") for c in values.columns if c.kind is not Kind.LANGUAGE]
    return Table(values.name, values.doc, tuple(fields), ("subject", "position"), tuple(indexes))


def spans_table(shapes: Shapes, spans: Spans) -> Table:
    """The table of spans. `to_latest` is LAST_DAY while open; `undated` is 1 where no start is known."""
    whole, part = shapes.entity(spans.whole), shapes.entity(spans.part)
    fields = (
        Field(whole.name, "TEXT", not_null=True, doc=whole.doc, references=whole.plural),
        Field(part.name, "TEXT", not_null=True, doc=part.doc, references=part.plural),
        Field("spell", "INTEGER", not_null=True, doc="Number of the spell, from 1, by start."),
        Field(
            spans.entity,
            "TEXT",
            not_null=True,
            doc="The record that the spell is read off.",
            references=shapes.entity(spans.entity).plural,
        ),
        Field("from_earliest", "TEXT", not_null=True, doc="First day on which the span can have begun."),
        Field("from_latest", "TEXT", not_null=True, doc="Last day on which the span can have begun."),
        Field("to_earliest", "TEXT", not_null=True, doc="First day on which the span can have ended."),
        Field("to_latest", "TEXT", not_null=True, doc=f"Last day of the span; {LAST_DAY} while it is open."),
        Field("undated", "INTEGER", not_null=True, doc="1 where no source gives a start."),
        Field(f"{whole.name}_sort", "TEXT", not_null=True, doc=f"Sort key of the {whole.name}."),
        Field(f"{part.name}_sort", "TEXT", not_null=True, doc=f"Sort key of the {part.name}."),
    )
    indexes = (
        (whole.name, f"{part.name}_sort", part.name, "spell"),
        (part.name, f"{whole.name}_sort", whole.name, "spell"),
    )
    return Table(spans.name, spans.doc, fields, (whole.name, part.name, "spell"), indexes)


def _subjects(shapes: Shapes) -> Table:
    family = shapes.family("subject")
    fields = (
        Field("id", "TEXT", not_null=True, doc="Id of the subject."),
        Field("type", "TEXT", not_null=True, doc="Name of its entity."),
        Field("label", "TEXT", not_null=True, doc="Its label."),
    )
    return Table(family.plural, family.doc, fields, ("id",), (("type", "id"),))


_REDIRECTS = Table(
    "redirects",
    "Former ids: where they lead now, or nowhere.",
    (
        Field("type", "TEXT", not_null=True, doc="Entity of the former id."),
        Field("id", "TEXT", not_null=True, doc="The former id."),
        Field("target", "TEXT", not_null=False, doc="The id that took its place; empty when the record is withdrawn."),
    ),
    ("type", "id"),
    (("type", "target", "id"),),
)
_RELEASE = Table(
    "release",
    "What this release is: id, date, title, licence, base_iri and the like.",
    (
        Field("key", "TEXT", not_null=True, doc="What."),
        Field("value", "TEXT", not_null=True, doc="Its value."),
    ),
    ("key",),
)
_SEARCH_ENTRIES = Table(
    SEARCH,
    "What full-text search finds: one row per record, with folded tokens separated by spaces, texts by strokes.",
    (
        Field("entry", "INTEGER", not_null=True, doc="Row id of the index."),
        Field("type", "TEXT", not_null=True, doc="Entity of the record."),
        Field("id", "TEXT", not_null=True, doc="Id of the record."),
        Field("label", "TEXT", not_null=True, doc="Label of the record as shown."),
        Field("sort", "TEXT", not_null=True, doc="Sort key of the label."),
        Field("name", "TEXT", not_null=True, doc="Tokens of its name or title."),
        Field("alias", "TEXT", not_null=True, doc="Tokens of its further names, acronyms and identifiers."),
        Field("summary", "TEXT", not_null=True, doc="Tokens of its texts."),
    ),
    ("entry",),
    (("type", "id"),),
    rowid=True,
)
