"""The words in which an entity is declared.

A shape says what is known of one kind of record, once: its columns with kind, meaning and RDF terms, its links
with the names of both directions. Everything public is read off the shapes, so a shape may carry RDF terms but
never names a face. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a value is. A kind owns how its values are parsed, ordered and written on every face."""

    NAME = "name"
    """A name or title of a thing, in the language of the column beside it; ordered without case and accents."""
    TEXT = "text"
    """Words of ours or a place name; one line."""
    INTEGER = "integer"
    """A whole number, 0 to 2^31 - 1."""
    DECIMAL = "decimal"
    """A decimal number, kept digit for digit as the source writes it."""
    DATE = "date"
    """A date as precise as the source: EDTF level 0 or 1 (https://www.loc.gov/standards/datetime/)."""
    URL = "url"
    """An absolute http or https address."""
    LANGUAGE = "language"
    """A language tag, BCP 47."""
    FLAG = "flag"
    """`yes` or nothing said."""
    CODE = "code"
    """One value of the closed vocabulary (concept scheme) that the column names."""
    LINK = "link"
    """The id of a record of the target."""


class Ranking(StrEnum):
    """Which kinds of source are believed first where sources disagree (most believed first)."""

    EDITORIAL = "editorial"
    """official, scholarly, press, encyclopedia, registry, other, mirror: names, dates and the rest."""
    REGISTRY = "registry"
    """registry, official, scholarly, press, encyclopedia, other, mirror: identifiers and coordinates."""


class Weight(StrEnum):
    """Where a text counts in full-text search; a hit in an earlier one ranks higher."""

    NONE = ""
    NAME = "name"
    ALIAS = "alias"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One thing that can be said of a record.

    `terms` are CURIEs of RDF properties; `node>curie` puts the value on the record's helper node of that name.
    `header` is the column's name in the CSV file where that differs. `beside` names the column of the same row that
    this value belongs to: both are chosen from one claim. `many` marks a set: every value is chosen, order is by value.
    `language` is the language of texts that are our own words (BCP 47); empty where they are a source's, or no words.
    `deprecated` says since when (YYYY-MM-DD) the column is going away and what stands in its place; it is served until
    the shapes drop it, not before a year has passed. Empty for all that stays.
    """

    name: str
    kind: Kind
    doc: str
    terms: tuple[str, ...] = ()
    required: bool = False
    many: bool = False
    scheme: str = ""
    header: str = ""
    beside: str = ""
    ranking: Ranking = Ranking.EDITORIAL
    weight: Weight = Weight.NONE
    example: str = ""
    language: str = ""
    deprecated: str = ""

    @property
    def csv(self) -> str:
        """The column's name in CSV files."""
        return self.header or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Column):
    """A column whose value is the id of a record of `target` (an entity or a family), named from both ends.

    `reverse` is what the target calls the records that point at it. With `scheme` (target `concept`) the CSV cell
    holds the slug alone and the value is `{scheme}.{slug}`.
    """

    kind: Kind = Kind.LINK
    target: str
    reverse: str
    reverse_doc: str
    reverse_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A helper node of a record in RDF: `{iri}-{name}`, reached by `terms`, of the given classes.

    It stands only where something is said of it. A term `node>curie` reaches it from another helper node.
    """

    name: str
    terms: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Columns that make one value together, such as latitude and longitude.

    `template` writes them as one literal of the RDF `datatype`, said by `terms` where all of them are present.
    """

    name: str
    columns: tuple[str, ...]
    doc: str
    terms: tuple[str, ...] = ()
    template: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A registry that gives identifiers: how a bare value becomes an address.

    `address` is the page for people and `identity` the IRI of the thing itself, both templates over `{value}`
    (spaces left out); empty where the registry has none. An identity is the same thing as the record.
    """

    code: str
    address: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A direct tie in RDF between the records that two links of one record point at, from `start` to `end`."""

    start: str
    end: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of record.

    `label` is the column that names a record, or a template over its columns such as `{organization} in {alliance}`.
    `orders` are the columns a list can be sorted by, the default first; a link sorts by the label of its target.
    `mint` is the letter before the ids that are minted for this entity; without it ids are slugs.
    `space` is the id space; entities with one space never share an id. `cited` entities need a source on every row;
    the others are described by the editors. `file` is the CSV file; without it the records do not come from facts.
    """

    name: str
    plural: str
    doc: str
    classes: tuple[str, ...]
    label: str
    columns: tuple[Column, ...]
    orders: tuple[str, ...]
    nodes: tuple[Node, ...] = ()
    groups: tuple[Group, ...] = ()
    mint: str = ""
    space: str = ""
    cited: bool = True
    file: str = ""
    key: tuple[str, ...] = ("id",)
    """The CSV headers that make the id, joined with a full stop."""
    shortcuts: tuple[Shortcut, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(c.name for c in self.columns)}")

    @property
    def links(self) -> tuple[Link, ...]:
        """The columns that point at records."""
        return tuple(c for c in self.columns if isinstance(c, Link))

    @property
    def templated(self) -> bool:
        """Whether the label is made of several columns, so that a release stores it as a column `label`."""
        return "{" in self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Entities that share one id space and can be pointed at by one link."""

    name: str
    plural: str
    doc: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A set of compound values of the records of `subject` (an entity or a family): names, identifiers.

    Each is one claim of its subject, without an address. Its CSV file has the column `subject` and one per part.
    `registries` say what the values of the code part stand for. Values with one of the `preferred` codes are said by
    `preferred_terms` in a language that nothing preferred is in yet, the earlier code first; all others by `terms`.
    """

    name: str
    singular: str
    doc: str
    subject: str
    columns: tuple[Column, ...]
    file: str
    terms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ranking: Ranking = Ranking.EDITORIAL
    registries: tuple[Registry, ...] = ()
    preferred: tuple[str, ...] = ()
    preferred_terms: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The part of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Who belonged to what, from when to when: computed once from the records of an entity with dates and roles.

    One row per whole, part and spell. Rows of `roles` count; an unknown start counts from the whole's `founding`
    for `founding_role`, else the span is undated; an empty end is open unless the row says `ended`.
    """

    name: str
    doc: str
    entity: str
    whole: str
    part: str
    role: str
    roles: tuple[str, ...]
    founding_role: str
    founding: str
    since: str
    until: str
    ended: str
    forward: str
    forward_doc: str
    backward: str
    backward_doc: str
    forward_terms: tuple[str, ...] = ()
    backward_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A vocabulary: the concept scheme of a closed list of codes, or of the concepts that a link may point at.

    `classes` are what its concepts are in RDF beside what every concept is.
    """

    name: str
    doc: str
    closed: bool = True
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reverse:
    """A link seen from its target: the records of `entity` whose `link` points at the record at hand."""

    name: str
    doc: str
    entity: Entity
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """All shapes of one release, in publishing order (a link's target comes before the link where possible)."""

    entities: tuple[Entity, ...]
    families: tuple[Family, ...]
    values: tuple[Values, ...]
    spans: tuple[Spans, ...]
    schemes: tuple[Scheme, ...]
    prefixes: tuple[tuple[str, str], ...] = field(default=())

    def entity(self, name: str) -> Entity:
        """The entity of that name. Raises KeyError."""
        for entity in self.entities:
            if entity.name == name:
                return entity
        raise KeyError(f"no entity {name!r}; there are {', '.join(e.name for e in self.entities)}")

    def targets(self, name: str) -> tuple[Entity, ...]:
        """The entities that a link's target (an entity or a family) stands for. Raises KeyError."""
        for family in self.families:
            if family.name == name:
                return tuple(self.entity(member) for member in family.members)
        return (self.entity(name),)

    def is_family(self, name: str) -> bool:
        """Whether the target of that name is a family, so that a link to it needs the type of the record beside it."""
        return any(family.name == name for family in self.families)

    def family(self, name: str) -> Family:
        """The family of that name. Raises KeyError."""
        for family in self.families:
            if family.name == name:
                return family
        raise KeyError(f"no family {name!r}")

    def values_of(self, entity: Entity) -> tuple[Values, ...]:
        """The compound values that records of this entity can have."""
        return tuple(v for v in self.values if entity in self.targets(v.subject))

    def reverses(self, entity: Entity) -> tuple[Reverse, ...]:
        """The links that can point at a record of this entity, seen from it."""
        return tuple(
            Reverse(link.reverse, link.reverse_doc, source, link)
            for source in self.entities
            for link in source.links
            if link.reverse and entity in self.targets(link.target)
        )

    def claimable(self, entity: Entity) -> tuple[str, ...]:
        """The names under which claims about a record of this entity are kept: its columns and compound values."""
        return (*(c.name for c in entity.columns), *(v.name for v in self.values_of(entity)))

    def scheme(self, name: str) -> Scheme:
        """The vocabulary of that name. Raises KeyError."""
        for scheme in self.schemes:
            if scheme.name == name:
                return scheme
        raise KeyError(f"no scheme {name!r}; there are {', '.join(s.name for s in self.schemes)}")
