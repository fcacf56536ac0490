"""The first sentence of a record's page: what it is, put together from what the shapes say of its columns."""

from __future__ import annotations

from collections.abc import Sequence

from datasets.shapes.model import Column, Entity, Kind, Shapes
from service.gatherings import Gathering
from service.meanings import having, seat, short_name, sort_of
from service.records import Page
from service.words import article, counted, dated

_VERBS = {
    "schema:foundingDate": "founded",
    "schema:dissolutionDate": "dissolved",
    "ua:signedOn": "signed",
    "dct:issued": "published",
    "schema:startDate": "begun",
    "schema:endDate": "ended",
    "schema:expires": "ending",
    "ua:effectiveFrom": "in effect",
    "ua:asOf": "so named",
    "schema:observationDate": "as counted",
}
_LOCALITY = ("address>schema:addressLocality", "ua:place", "schema:location")
_SCOPE = "ua:scope"
_OTHER = "other"
_ADJECTIVES = ("official", "press", "scholarly")
"""Sorts that are no nouns: an official source."""


def opening(shapes: Shapes, page: Page, gatherings: Sequence[Gathering]) -> str:
    """What the record is, in a sentence or two."""
    entity = page.entity
    said = {fact.name: fact.chosen[0].parts[0].text for fact in page.facts if fact.chosen}
    parts = [_what(entity, said), _where(shapes, entity, said)]
    whens = [
        f"{_VERBS[term]} {dated(said[c.name])}" for c in _dates(entity, said) for term in c.terms if term in _VERBS
    ]
    head = "".join(part for part in parts if part)
    about = ", ".join([head, *whens[:2]])
    return " ".join((f"{about}.", *_counts(gatherings)))


def _what(entity: Entity, said: dict[str, str]) -> str:
    short = short_name(entity)
    name = said.get(entity.label, "") if not entity.templated else ""
    if short and said.get(short.name):
        name += f" ({said[short.name]})"
    sort = sort_of(entity)
    noun = said[sort.name] if sort and sort.name in said else ""
    noun = noun[:1].lower() + noun[1:]
    if not noun or noun == _OTHER:
        noun = entity.name
    elif noun in _ADJECTIVES:
        noun = f"{noun} {entity.name}"
    if name:
        return f"{name}: {article(noun)}" if len(name) > 90 else f"{name} is {article(noun)}"
    codes = [said[c.name].lower() for c in entity.columns if c.kind is Kind.CODE and c.name in said and c is not sort]
    numbers = [said[c.name] for c in entity.columns if c.kind is Kind.INTEGER and c.name in said]
    told = ", ".join((*(f"{int(n):,}" if n.isdigit() else n for n in numbers), *codes))
    return article(noun).capitalize() + (f": {told}" if told else "")


def _where(shapes: Shapes, entity: Entity, said: dict[str, str]) -> str:
    home, scope = seat(shapes, entity), having(entity, _SCOPE)
    locality = having(entity, *_LOCALITY)
    places = [said[c.name] for c in (locality, home) if c and c.name in said]
    if places:
        return f" in {', '.join(dict.fromkeys(places))}"
    return f" (scope: {said[scope.name]})" if scope and scope.name in said else ""


def _dates(entity: Entity, said: dict[str, str]) -> list[Column]:
    return [c for c in entity.columns if c.kind is Kind.DATE and c.name in said]


def _counts(gatherings: Sequence[Gathering]) -> list[str]:
    found = []
    for g in gatherings:
        verb = "is" if g.recorded == 1 else "are"
        words = f"{counted(g.recorded, g.name)} {verb} recorded here"
        if len(g.countries) > 1:
            words += f", in {counted(len(g.countries), 'countries')}"
        if g.former:
            words += f"; {g.former:,} {'has' if g.former == 1 else 'have'} left"
        found.append(f"{words}.")
    return found
