"""What columns and entities mean to the pages, told by kind and RDF term: a name may be anything."""

from __future__ import annotations

import re

from datasets.shapes.model import Column, Entity, Kind, Link, Shapes

FOUNDED = "schema:foundingDate"
ENDED = "schema:dissolutionDate"
_SHORT_NAME = "skos:altLabel"
_POINT = re.compile(r"POINT\(\{(\w+)\} \{(\w+)\}\)")


def having(entity: Entity, *terms: str) -> Column | None:
    """The first single column that carries one of the terms."""
    return next((c for term in terms for c in entity.columns if term in c.terms and not c.many), None)


def country_entity(shapes: Shapes) -> Entity | None:
    """The entity whose records are countries, with ISO codes as ids."""
    return next((e for e in shapes.entities if "schema:Country" in e.classes), None)


def seat(shapes: Shapes, entity: Entity) -> Link | None:
    """The link of an entity that says in which country its records are."""
    country = country_entity(shapes)
    return next((link for link in entity.links if country and link.target == country.name and not link.many), None)


def point(entity: Entity) -> tuple[str, str] | None:
    """The columns of latitude and longitude, from the group that is written as a point."""
    for group in entity.groups:
        found = _POINT.fullmatch(group.template)
        if found:
            return found[2], found[1]
    return None


def short_name(entity: Entity) -> Column | None:
    """The column of the acronym."""
    found = having(entity, _SHORT_NAME)
    return found if found and found.kind is Kind.NAME else None


def sort_of(entity: Entity) -> Column | None:
    """The column that says what sort of thing a record is."""
    found = having(entity, "org:classification", "dct:type")
    return found if found and found.kind is Kind.CODE else None


def observes(entity: Entity) -> bool:
    """Whether its records are counts as somebody reported them."""
    return "schema:Observation" in entity.classes
