"""What the types of one release are made from, and the public names that follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from datasets.shapes.model import Entity, Family, Link, Shapes, Spans
from graph_schema.declare import DeclarationError
from graph_schema.vocabulary import Vocabularies
from graph_schema.words import pascal

PAGE = 100
"""The most rows of one page."""
DEFAULT_PAGE = 20
"""The rows of a page when nothing is said."""
DEFAULT_GROUPS = 10
"""The groups of `groupBy` when nothing is said."""
PLAIN_LIST = 1000
"""The most elements of a plain list (names, identifiers, claims)."""
FILTER_DEPTH = 2
"""How deep conditions on related records may nest."""
ORDER_KEYS = 3
"""The most keys of one `orderBy`."""
CLAIM_COLUMN = "column"
"""The column of a claim that says which column it fills."""


@dataclass(frozen=True)
class Scope:
    """The shapes and vocabularies of a release, and what follows from them."""

    shapes: Shapes
    vocabularies: Vocabularies
    base_iri: str

    @cached_property
    def claim_link(self) -> Link:
        """The link from a claim to the record that it is about. Raises DeclarationError when no shape has one."""
        for link in self.claims.links:
            if link.target == self.everything.name:
                return link
        raise DeclarationError("no link of the shapes points at every record")

    @cached_property
    def claims(self) -> Entity:
        """The entity of claims: the one that says something of every record."""
        for entity in self.shapes.entities:
            if any(link.target == self.everything.name for link in entity.links):
                return entity
        raise DeclarationError("no entity of the shapes makes claims about every record")

    @cached_property
    def everything(self) -> Family:
        """The family of all records: the largest one."""
        return max(self.shapes.families, key=lambda family: len(family.members))

    def families_of(self, entity: Entity) -> tuple[Family, ...]:
        """The families that an entity belongs to, the largest first."""
        found = [f for f in self.shapes.families if entity.name in f.members]
        return tuple(sorted(found, key=lambda family: -len(family.members)))

    def types(self, target: str) -> tuple[tuple[str, str], ...]:
        """The GraphQL types of the records that a link can point at, by entity."""
        return tuple((entity.name, type_name(entity)) for entity in self.shapes.targets(target))

    def spans_of(self, entity: Entity) -> Spans | None:
        """The spans that are computed from the records of this entity."""
        return next((spans for spans in self.shapes.spans if spans.entity == entity.name), None)


def type_name(entity: Entity) -> str:
    """The GraphQL type of an entity's records."""
    return pascal(entity.name)


def target_type(shapes: Shapes, target: str) -> str:
    """The GraphQL type of a link's target: an object, or the interface of a family."""
    return pascal(target)
