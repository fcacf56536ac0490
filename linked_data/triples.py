"""A row of a release as N-Triples text: one writer per entity, read off its plan.

A block is a subject with what is said of it (`predicate object`, ready to be joined), the record first, then its
helper nodes. Texts are made directly: building terms as objects is what costs in other ways of doing this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from datasets.release.layout import entity_table
from datasets.shapes.model import Entity, Group, Kind, Link, Shapes
from linked_data import terms
from linked_data.compound import ValuesWriter
from linked_data.mapping import CLAIM, IDENTIFIER, PROPERTY, EntityPlan, Fact, Form, claim_properties, plans
from linked_data.namespaces import RDF_TYPE, XSD, Namespaces
from linked_data.saying import Block, Cell, Row, sayer, writer

Say = Callable[[Row, list[list[str]]], None]
"""Adds what a row says to the lists of the record (0) and its helper nodes (from 1)."""


@dataclass(frozen=True, slots=True)
class Content:
    """What stands beside a record's row: its sets, its compound values, and what else is said of it."""

    sets: Mapping[str, Sequence[str]]
    values: Mapping[str, Sequence[Row]]
    further: Sequence[str] = ()
    """Further predicates with objects."""


NOTHING = Content({}, {})


class Writers:
    """The writers of all entities of a release."""

    def __init__(self, shapes: Shapes, base: str) -> None:
        self.shapes = shapes
        self.names = Namespaces(shapes, base)
        self.plans = plans(shapes)
        self._writers = {name: Writer(self.names, plan) for name, plan in self.plans.items()}

    def __getitem__(self, entity: str) -> Writer:
        """The writer of an entity. Raises KeyError."""
        return self._writers[entity]


class Writer:
    """Rows of one entity as blocks. `fields` are what a row has to hold, in this order."""

    def __init__(self, names: Namespaces, plan: EntityPlan) -> None:
        self.names = names
        self.plan = plan
        self.entity = plan.entity
        self.fields = tuple(
            f.name for f in entity_table(names.shapes, plan.entity).fields if not _key(f.name, plan.entity)
        )
        self._place = {name: place for place, name in enumerate(self.fields)}
        self._nodes = {"": 0, **{node.name: place for place, node in enumerate(plan.nodes, 1)}}
        self._types = [f"<{RDF_TYPE}> <{names.expand(c)}>" for c in plan.classes]
        self._head = names.thing(plan.entity.name, "")
        self._identifier = f"<{names.expand(IDENTIFIER)}> "
        self._says = [*self._columns(), *(self._group(node, term, group) for node, term, group in plan.groups)]
        if self.entity.name == CLAIM:
            self._says.append(self._property())
        self._extra_types = self._classes_by_scheme()

    def subject(self, id_: str) -> str:
        """The IRI of a record, in angle brackets."""
        return f"<{self._head}{id_}>"

    def blocks(self, row: Row, content: Content = NOTHING) -> list[Block]:
        """All that is said with the record as subject, then its helper nodes."""
        record = f"{self._head}{row[0]}"
        said: list[list[str]] = [[] for _ in self._nodes]
        own = said[0]
        own += self._types
        own.append(f"{self._identifier}{terms.text(str(row[0]))}")
        for say in self._says:
            say(row, said)
        for scheme_place, classes in self._extra_types:
            own += classes.get(str(row[scheme_place]), ())
        for name, saying in self._sets.items():
            for value in content.sets.get(name, ()):
                own += saying(value)
        blocks: list[Block] = [(f"<{record}>", own)]
        for values in self.plan.values:
            rows = content.values.get(values.values.name, ())
            if rows:
                blocks += self._values[values.values.name].say(record, row, rows, own)
        own += content.further
        return [*blocks, *self._helpers(record, said)] if len(said) > 1 else blocks

    def _helpers(self, record: str, said: list[list[str]]) -> list[Block]:
        """The helper nodes of which something is said, tied to the record or to each other."""
        used = [bool(content) for content in said]
        for place in range(len(used) - 1, 0, -1):
            if used[place]:
                for parent, _ in self._ties[place]:
                    used[parent] = True
        blocks = []
        for place in range(1, len(used)):
            if used[place]:
                node = self.plan.nodes[place - 1]
                iri = f"<{record}-{node.name}>"
                for parent, tie in self._ties[place]:
                    said[parent].append(tie + iri)
                blocks.append((iri, said[place]))
                said[place][:0] = [f"<{RDF_TYPE}> <{self.names.expand(c)}>" for c in node.classes]
        return blocks

    @cached_property
    def _ties(self) -> list[list[tuple[int, str]]]:
        ties: list[list[tuple[int, str]]] = [[]]
        for node in self.plan.nodes:
            found = [term.rpartition(">") for term in node.terms]
            ties.append([(self._nodes[parent], f"<{self.names.expand(curie)}> ") for parent, _, curie in found])
        return ties

    @cached_property
    def _sets(self) -> dict[str, Callable[[Cell], list[str]]]:
        names = dict.fromkeys(f.column.name for f in self.plan.sets)
        return {name: sayer(self.names, [f for f in self.plan.sets if f.column.name == name]) for name in names}

    @cached_property
    def _values(self) -> dict[str, ValuesWriter]:
        return {v.values.name: ValuesWriter(self.names, self.plan, v, self._place) for v in self.plan.values}

    def _classes_by_scheme(self) -> list[tuple[int, dict[str, list[str]]]]:
        """Further classes of concepts, by the vocabulary that a field names."""
        classes = {
            s.name: [f"<{RDF_TYPE}> <{self.names.expand(c)}>" for c in s.classes]
            for s in self.names.shapes.schemes
            if s.classes
        }
        places = [self._place[f.column.name] for f in self.plan.facts if f.form is Form.VOCABULARY]
        return [(place, classes) for place in places]

    def _columns(self) -> list[Say]:
        if self.entity.templated:
            facts: tuple[Fact, ...] = (self.plan.label, *self.plan.facts)
        else:
            facts = self.plan.facts
        by_column: dict[str, list[Fact]] = {}
        for fact in facts:
            by_column.setdefault(fact.column.name, []).append(fact)
        return [self._column(facts) for facts in by_column.values()]

    def _targets(self, facts: Iterable[Fact]) -> list[tuple[int, str]]:
        return [(self._nodes[f.node], f"<{self.names.expand(f.term)}> ") for f in facts]

    def _column(self, facts: list[Fact]) -> Say:
        column = facts[0].column
        place = self._place[column.name]
        if column.kind is Kind.DATE:
            return self._date(place, facts)
        targets = self._targets(facts)
        if isinstance(column, Link) and self.names.shapes.is_family(column.target):
            return _family_link(place, self._place[f"{column.name}_type"], self.names.things, targets)
        if facts[0].language:
            return _spoken(place, self._place[facts[0].language], targets)
        writes = [(target, writer(self.names, fact)) for target, fact in zip(targets, facts, strict=True)]

        def say(row: Row, said: list[list[str]]) -> None:
            value = row[place]
            if value is not None:
                for (node, predicate), write in writes:
                    written = write(value)
                    if written:
                        said[node].append(predicate + written)

        return say

    def _date(self, place: int, facts: list[Fact]) -> Say:
        column = facts[0].column.name
        earliest, latest = self._place[f"{column}_earliest"], self._place[f"{column}_latest"]
        plain = self._targets(f for f in facts if f.form is Form.DATE)
        instants = [
            (self._nodes[f.node], {p: f"<{self.names.expand(c)}> " for p, c in terms.BY_PRECISION[f.term].items()})
            for f in facts
            if f.form is Form.INSTANT
        ]
        ((own, edtf),) = self._targets(f for f in facts if f.form is Form.EDTF)
        ((_, first),) = self._targets(f for f in facts if f.form is Form.EARLIEST)
        ((_, last),) = self._targets(f for f in facts if f.form is Form.LATEST)

        def say(row: Row, said: list[list[str]]) -> None:
            value = row[place]
            if value is None:
                return
            known = terms.precision(str(value))
            if known:
                literal = f'"{known[0]}"^^<{XSD}{known[1]}>'
                for node, predicate in plain:
                    said[node].append(predicate + literal)
                for node, predicates in instants:
                    said[node].append(predicates[known[1]] + literal)
            said[own].append(edtf + terms.edtf(str(value)))
            if row[earliest] != terms.FIRST_DAY:
                said[own].append(first + terms.day(str(row[earliest])))
            if row[latest] != terms.LAST_DAY:
                said[own].append(last + terms.day(str(row[latest])))

        return say

    def _property(self) -> Say:
        """The property that says the column of a claim."""
        type_place, column_place = self._place["record_type"], self._place["column"]
        predicate = f"<{self.names.expand(PROPERTY)}> "
        properties = {
            key: f"{predicate}<{self.names.expand(curie)}>"
            for key, curie in claim_properties(self.names.shapes).items()
        }

        def say(row: Row, said: list[list[str]]) -> None:
            known = properties.get((str(row[type_place]), str(row[column_place])))
            if known:
                said[0].append(known)

        return say

    def _group(self, node: str, term: str, group: Group) -> Say:
        place, predicate = self._nodes[node], f"<{self.names.expand(term)}> "
        datatype = self.names.expand(group.datatype)
        fields = [(name, self._place[name]) for name in group.columns]

        def say(row: Row, said: list[list[str]]) -> None:
            known = {name: row[at] for name, at in fields}
            if None not in known.values():
                said[place].append(predicate + terms.typed(group.template.format(**known), datatype))

        return say


def _key(field: str, entity: Entity) -> bool:
    """Whether a field is a sort key, of which RDF says nothing."""
    return any(field == f"{order}_sort" for order in entity.orders)


def _spoken(place: int, language: int, targets: list[tuple[int, str]]) -> Say:
    """A text in the language that the field beside it names."""

    def say(row: Row, said: list[list[str]]) -> None:
        value = row[place]
        if value is not None:
            spoken = row[language]
            literal = terms.text(str(value), str(spoken) if spoken else None)
            for node, predicate in targets:
                said[node].append(predicate + literal)

    return say


def _family_link(place: int, type_place: int, things: str, targets: list[tuple[int, str]]) -> Say:
    """A link whose target's type stands in the field beside it."""

    def say(row: Row, said: list[list[str]]) -> None:
        if row[place] is not None:
            iri = f"<{things}{row[type_place]}/{row[place]}>"
            for node, predicate in targets:
                said[node].append(predicate + iri)

    return say
