"""The properties that a query can name as evidence and that an extension can ask for, read off the shapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from datasets.shapes.model import Column, Entity, Link, Shapes, Spans, Values
from linked_data.reconcile.entries import identifier_values


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that can be said of a record.

    `id` is what queries call it: a column, a set of compound values (`names`), the identifiers of one registry
    (`ror`), or records that point here (`memberships`, `members`).
    """

    id: str
    doc: str
    column: Column | None = None
    values: Values | None = None
    registry: str = ""
    reverse: tuple[Entity, Link] | None = None
    spans: Spans | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.id.replace("_", " ")

    @property
    def evidence(self) -> bool:
        """Whether it can support or contradict a candidate."""
        return self.column is not None or self.values is not None


def properties(shapes: Shapes, entity: Entity, registries: tuple[str, ...]) -> tuple[Property, ...]:
    """All properties of an entity's records. `registries` are the codes of the registries that identifiers are of."""
    found = [Property(c.name, c.doc, column=c) for c in entity.columns]
    identifiers = identifier_values(shapes, entity)
    if identifiers:
        for code in registries:
            doc = f"The identifier in the registry {code}, bare."
            found.append(Property(code, doc, values=identifiers, registry=code))
    found += [Property(v.name, v.doc, values=v) for v in shapes.values_of(entity)]
    for spans in shapes.spans:
        if spans.whole == entity.name:
            found.append(Property(spans.forward, spans.forward_doc, spans=spans))
        if spans.part == entity.name:
            found.append(Property(spans.backward, spans.backward_doc, spans=spans))
    taken = {p.id for p in found}
    for reverse in shapes.reverses(entity):
        if reverse.entity.file and reverse.name not in taken:
            taken.add(reverse.name)
            found.append(Property(reverse.name, reverse.doc, reverse=(reverse.entity, reverse.link)))
    return tuple({p.id: p for p in reversed(found)}.values())[::-1]


def settled(found: Iterable[Property], id_: str) -> Property | None:
    """The property of an id, in any case."""
    wanted = id_.casefold()
    return next((p for p in found if p.id.casefold() == wanted), None)
