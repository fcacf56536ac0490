"""The document about a record.

It holds all triples with the record as subject, its helper nodes, the records that tie it to others in full, and the
labels of whatever these link to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apsw
import orjson

from datasets.release.layout import link_key, sort_field
from datasets.shapes.model import Scheme, Shapes
from linked_data import terms
from linked_data.compound import label_language
from linked_data.mapping import entity_plan
from linked_data.namespaces import RDF_TYPE
from linked_data.records import Records
from linked_data.saying import Block
from linked_data.triples import Writers

VOCABULARY = "concept"
"""The type below which vocabularies stand beside their concepts."""


class Documents:
    """Composes documents from one release file. Not to be shared between threads."""

    def __init__(self, connection: apsw.Connection, writers: Writers, day: str) -> None:
        self._connection = connection
        self.writers = writers
        self.records = Records(connection, writers, day)
        self._things = f"<{writers.names.things}"
        self._labels = {name: self._label(name) for name in writers.plans}
        self._schemes = {scheme.name: scheme for scheme in writers.shapes.schemes}

    def blocks(self, type_: str, id_: str) -> list[Block] | None:
        """The triples of a document, the record first; None when there is no such record."""
        if type_ == VOCABULARY and id_ in self._schemes:
            return self._vocabulary(self._schemes[id_])
        blocks = self.records.record(type_, id_)
        if blocks is None:
            return None
        for entity, field, order in self._related(type_):
            for related in self.records.related(entity, field, id_, order):
                blocks += related
        return self.labelled(blocks)

    def _related(self, type_: str) -> list[tuple[str, str, str]]:
        """Entities whose records stand in full in documents of a type, the field that leads here, and their order."""
        plan = self.writers.plans[type_]
        return [
            (
                r.entity.name,
                link_key(self.writers.shapes, r.link)[-1],
                sort_field(r.entity, order_of(r.entity.orders, r.link.name)),
            )
            for r in plan.related
        ]

    def labelled(self, blocks: list[Block]) -> list[Block]:
        """The blocks and the labels of all records that they point at."""
        by_type: dict[str, list[str]] = {}
        for type_, id_ in mentions(blocks, self.writers.names.things):
            by_type.setdefault(type_, []).append(id_)
        for type_, ids in sorted(by_type.items()):
            blocks += self.labels_of(type_, sorted(ids))
        return blocks

    def labels_of(self, type_: str, ids: list[str]) -> Iterable[Block]:
        """The labels of records of a type."""
        one, several, predicate, tag = self._labels[type_]
        if len(ids) == 1:
            found = self._connection.execute(one, ids)
        else:
            found = self._connection.execute(several, (orjson.dumps(ids).decode(),))
        for id_, label, language in found:
            yield f"{self._things}{type_}/{id_}>", [predicate + terms.text(label, language or tag)]
        if type_ == VOCABULARY:
            for id_ in ids:
                if id_ in self._schemes:
                    yield f"{self._things}{type_}/{id_}>", self._scheme_label(self._schemes[id_])

    def _label(self, type_: str) -> tuple[str, str, str, str]:
        """What reads labels by an id or by a JSON list of ids, their property, and the language of all of them."""
        plan = self.writers.plans[type_]
        entity, label = plan.entity, plan.label
        language = label_language(entity)
        spoken = f'"{language}"' if language else "NULL"
        select = f'SELECT e.id, e."{label.column.name}", {spoken} FROM'
        one = f"{select} {entity.plural} AS e WHERE e.id = ?"
        several = f"{select} json_each(?) AS w CROSS JOIN {entity.plural} AS e ON e.id = w.value ORDER BY e.id"
        return one, several, f"<{self.writers.names.expand(label.term)}> ", label.column.language

    def _scheme_label(self, scheme: Scheme) -> list[str]:
        names = self.writers.names
        return [f"<{names.expand('skos:prefLabel')}> {terms.text(scheme_title(scheme), 'en')}"]

    def _vocabulary(self, scheme: Scheme) -> list[Block]:
        """The document about a vocabulary: its meaning, and its concepts in full."""
        names = self.writers.names
        subject = f"<{names.scheme(scheme.name)}>"
        said = [
            f"<{RDF_TYPE}> <{names.expand('skos:ConceptScheme')}>",
            *self._scheme_label(scheme),
            f"<{names.expand('dct:description')}> {terms.text(scheme.doc, 'en')}",
        ]
        plan = self.writers.plans[VOCABULARY]
        key = plan.entity.key[0]
        blocks: list[Block] = [(subject, said)]
        for concept in self.records.related(VOCABULARY, key, scheme.name, "id"):
            said.append(f"<{names.expand('skos:hasTopConcept')}> {concept[0][0]}")
            blocks += concept
        return blocks

    def vocabularies(self) -> Iterable[Block]:
        """What is said of each vocabulary itself."""
        for scheme in self._schemes.values():
            yield self._vocabulary(scheme)[0]


def mentions(blocks: Sequence[Block], things: str) -> list[tuple[str, str]]:
    """Types and ids of what blocks point at without telling it; all addresses of records begin with `things`."""
    told = {subject for subject, _ in blocks}
    mark, start = f"> <{things}", len(things) + 1
    named: dict[str, None] = {}
    for _, said in blocks:
        for line in said:
            place = line.find(mark)
            if place > 0 and line.find("> ") == place:
                named[line[place + 2 :]] = None
    found = []
    for subject in named:
        if subject not in told:
            type_, _, id_ = subject[start:-1].partition("/")
            found.append((type_, id_))
    return found


def scheme_title(scheme: Scheme) -> str:
    """The name of a vocabulary for people."""
    return scheme.name.replace("_", " ").capitalize()


def order_of(orders: tuple[str, ...], link: str) -> str:
    """The order in which the records of a link stand: the first that is not the link itself."""
    return next((order for order in orders if order != link), orders[0])


def concepts(connection: apsw.Connection, shapes: Shapes, scheme: str) -> list[tuple[str, str, str]]:
    """Id, label and meaning of the concepts of a vocabulary, by label."""
    plan = entity_plan(shapes, shapes.entity(VOCABULARY))
    label = plan.label.column.name
    meaning = next((f.column.name for f in plan.facts if f.term == "skos:definition"), label)
    sql = f'SELECT id, "{label}", "{meaning}" FROM {plan.entity.plural} WHERE "{plan.entity.key[0]}" = ? ORDER BY 2, 1'
    return [(str(id_), str(name), str(text)) for id_, name, text in connection.execute(sql, (scheme,))]
