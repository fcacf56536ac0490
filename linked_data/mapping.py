"""What the shapes say of RDF, resolved once: which field of which table is said by which property, and in what form.

The writers of N-Triples and of JSON-LD, the ontology, SHACL and the tests all read this plan, so a column that is
added to a shape is added to all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import assert_never

from datasets.shapes.model import Column, Entity, Group, Kind, Link, Node, Reverse, Shapes, Shortcut, Spans, Values
from linked_data.namespaces import OWN, own_name
from linked_data.terms import BY_PRECISION, IRI_VALUED


class Form(StrEnum):
    """How a value is written in RDF."""

    TEXT = auto()
    """A string, with a language tag where the language is known."""
    VOCABULARY = auto()
    """The IRI of the vocabulary of that name."""
    INTEGER = auto()
    DECIMAL = auto()
    DATE = auto()
    """A literal by precision, where XSD has a datatype for it."""
    INSTANT = auto()
    """As DATE, and the property is chosen by precision too."""
    EDTF = auto()
    EARLIEST = auto()
    LATEST = auto()
    """Days; not said where the date is open at that end."""
    TRUE = auto()
    ADDRESS = auto()
    """A web address as an IRI."""
    CONCEPT = auto()
    """The concept of a code in the vocabulary of its column."""
    RECORD = auto()
    """The record that a link points at."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One property of a record, or of its helper node `node`, said by a column (or part of a compound value)."""

    node: str
    term: str
    form: Form
    column: Column
    language: str = ""
    """The field that holds the language of the text."""


@dataclass(frozen=True, slots=True)
class ValuesPlan:
    """How a set of compound values is said: as texts where it has no classes, else as nodes."""

    values: Values
    text: Column | None
    language: Column | None
    code: Column | None
    key: tuple[Column, ...]
    """The parts that name the node."""
    facts: tuple[Fact, ...]
    """What is said of the node."""


@dataclass(frozen=True, slots=True)
class SpansPlan:
    """A direct tie of current members, seen from the whole or from the part."""

    spans: Spans
    own: str
    """Field of the spans table that holds the record at hand."""
    other: str
    entity: Entity
    """What is at the other end."""
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntityPlan:
    """All that is said of the records of an entity."""

    entity: Entity
    classes: tuple[str, ...]
    facts: tuple[Fact, ...]
    sets: tuple[Fact, ...]
    groups: tuple[tuple[str, str, Group], ...]
    """Helper node, term and group."""
    nodes: tuple[Node, ...]
    values: tuple[ValuesPlan, ...]
    spans: tuple[SpansPlan, ...]
    reverses: tuple[Reverse, ...]
    """Links to this entity that have a name in RDF in this direction too."""
    related: tuple[Reverse, ...]
    """Links to this entity from records that only tie others together; documents tell those in full."""
    shortcuts: tuple[tuple[Entity, Shortcut], ...]
    """Direct ties that records of another entity make, starting at this one."""

    @property
    def label(self) -> Fact:
        """How a record is named where it is only mentioned."""
        if self.entity.templated:
            column = Column(name="label", kind=Kind.TEXT, doc=f"Label of the {self.entity.name}.")
            return Fact("", "rdfs:label", Form.TEXT, column)
        return next(f for f in self.facts if f.column.name == self.entity.label and not f.node)


IDENTIFIER = "dct:identifier"
"""The id of every record, within its type."""
DERIVED = "prov:wasDerivedFrom"
"""From a record to each source that says something of it."""
REPLACED = "dct:isReplacedBy"
"""From a former id to the record that took its place."""
SAME = "skos:exactMatch"
"""From a record to the same thing in a registry."""
PROPERTY = "ua:property"
"""From a claim to the property that says its column in RDF."""
CLAIM = "claim"
"""The entity of what sources say, made by intake: its records stand in a graph of their own."""
SOURCE = "source"
"""The entity of those who say it: each has a graph of its own."""


def is_relation(entity: Entity) -> bool:
    """Whether records of an entity tie others together: a minted id and two links that are always there."""
    return bool(entity.mint) and sum(link.required for link in entity.links) > 1


def split(term: str) -> tuple[str, str]:
    """Helper node (or "") and CURIE of a term."""
    node, arrow, curie = term.partition(">")
    return (node, curie) if arrow else ("", term)


def language_field(columns: tuple[Column, ...], column: Column) -> str:
    """The column that holds the language of a text, or ""."""
    for other in columns:
        if other.kind is Kind.LANGUAGE and other.beside == column.name and column.kind is Kind.NAME:
            return other.name
    return ""


def form(column: Column, curie: str) -> Form:
    """How a column's value is written after a property."""
    kind = column.kind
    match kind:
        case Kind.NAME | Kind.TEXT | Kind.LANGUAGE:
            return Form.VOCABULARY if curie in IRI_VALUED else Form.TEXT
        case Kind.INTEGER:
            return Form.INTEGER
        case Kind.DECIMAL:
            return Form.DECIMAL
        case Kind.DATE:
            return Form.INSTANT if curie in BY_PRECISION else Form.DATE
        case Kind.URL:
            return Form.ADDRESS
        case Kind.FLAG:
            return Form.TRUE
        case Kind.CODE:
            return Form.CONCEPT
        case Kind.LINK:
            return Form.RECORD
    assert_never(kind)


def column_facts(columns: tuple[Column, ...], column: Column) -> tuple[Fact, ...]:
    """What a column says: its terms, and for a date its three properties of ours."""
    language = language_field(columns, column)
    facts = []
    for term in column.terms:
        node, curie = split(term)
        facts.append(Fact(node, curie, form(column, curie), column, language))
    if column.kind is Kind.DATE:
        for suffix, shape in (("edtf", Form.EDTF), ("earliest", Form.EARLIEST), ("latest", Form.LATEST)):
            facts.append(Fact("", own_name(column.name, suffix), shape, column))
    return tuple(facts)


def values_plan(values: Values) -> ValuesPlan:
    """How a set of compound values is said. Raises ValueError when it has neither a text nor classes."""
    first = {kind: next((c for c in values.columns if c.kind is kind), None) for kind in Kind}
    text = None if values.classes else first[Kind.NAME]
    if not values.classes and text is None:
        raise ValueError(f"{values.name} has neither classes nor a name to say in RDF; give it classes")
    facts = tuple(f for c in values.columns for f in column_facts(values.columns, c))
    key = tuple(c for c in values.columns if c.required)
    return ValuesPlan(values, text, first[Kind.LANGUAGE], first[Kind.CODE], key, facts)


def identity_part(values: Values) -> Column:
    """The part of a compound value that a registry gives: its first text."""
    return next(c for c in values.columns if c.kind is Kind.TEXT)


def _spans(shapes: Shapes, entity: Entity) -> tuple[SpansPlan, ...]:
    found = []
    for spans in shapes.spans:
        if spans.whole == entity.name:
            found.append(SpansPlan(spans, spans.whole, spans.part, shapes.entity(spans.part), spans.forward_terms))
        if spans.part == entity.name:
            found.append(SpansPlan(spans, spans.part, spans.whole, shapes.entity(spans.whole), spans.backward_terms))
    return tuple(found)


def _ordered_nodes(entity: Entity) -> tuple[Node, ...]:
    """Helper nodes, those that others hang from first."""
    nodes = list(entity.nodes)
    placed: list[Node] = []
    while nodes:
        ready = [n for n in nodes if all(split(t)[0] in ("", *(p.name for p in placed)) for t in n.terms)]
        if not ready:
            raise ValueError(f"helper nodes of {entity.name} hang from each other: {', '.join(n.name for n in nodes)}")
        placed += ready
        nodes = [n for n in nodes if n not in ready]
    return tuple(placed)


def entity_plan(shapes: Shapes, entity: Entity) -> EntityPlan:
    """All that is said of the records of an entity."""
    facts = [f for c in entity.columns if not c.many for f in column_facts(entity.columns, c)]
    sets = [f for c in entity.columns if c.many for f in column_facts(entity.columns, c)]
    reverses = shapes.reverses(entity)
    return EntityPlan(
        entity=entity,
        classes=entity.classes,
        facts=tuple(facts),
        sets=tuple(sets),
        groups=tuple((*split(t), g) for g in entity.groups for t in g.terms),
        nodes=_ordered_nodes(entity),
        values=tuple(values_plan(v) for v in shapes.values_of(entity)),
        spans=_spans(shapes, entity),
        reverses=tuple(r for r in reverses if r.link.reverse_terms),
        related=tuple(r for r in reverses if is_relation(r.entity)),
        shortcuts=tuple(
            (other, cut)
            for other in shapes.entities
            for cut in other.shortcuts
            if entity in shapes.targets(_link(other, cut.start).target)
        ),
    )


def _link(entity: Entity, name: str) -> Link:
    column = entity.column(name)
    if not isinstance(column, Link):
        raise ValueError(f"{entity.name}.{name} is no link, so no shortcut can lead over it")
    return column


def shortcut_end(entity: Entity, shortcut: Shortcut) -> Link:
    """The link at whose end a shortcut arrives."""
    return _link(entity, shortcut.end)


def shortcut_start(entity: Entity, shortcut: Shortcut) -> Link:
    """The link at whose end a shortcut begins."""
    return _link(entity, shortcut.start)


def plans(shapes: Shapes) -> dict[str, EntityPlan]:
    """The plan of every entity by its name."""
    return {e.name: entity_plan(shapes, e) for e in shapes.entities}


def own_terms(shapes: Shapes) -> frozenset[str]:
    """Every term of our own vocabulary that the shapes use."""
    found: set[str] = set()
    for plan in plans(shapes).values():
        found.update(plan.classes)
        found.update(f.term for f in (*plan.facts, *plan.sets))
        found.update(t for r in plan.reverses for t in r.link.reverse_terms)
    return frozenset(term for term in found if term.startswith(f"{OWN}:"))


def claim_properties(shapes: Shapes) -> dict[tuple[str, str], str]:
    """The main property of each column and set of compound values, by entity and name; not of those without terms."""
    found = {}
    for entity in shapes.entities:
        for column in entity.columns:
            if column.terms:
                found[entity.name, column.name] = split(column.terms[0])[1]
        for values in shapes.values_of(entity):
            found[entity.name, values.name] = values.terms[0]
    return found
