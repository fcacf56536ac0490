"""The cards of pages, made when somebody first asks: drawing all of them would take publishing a minute and more."""

from __future__ import annotations

import asyncio

import apsw
from starlette.requests import Request
from starlette.responses import Response

from datasets.shapes.model import Entity
from service import gatherings, records, sentence
from service.meanings import country_entity, seat
from service.pictures.card import Card, drawable, png
from service.problems import not_found
from service.record import address, standing
from service.records import name_of
from service.switching import Held
from service.words import counted, day

MEDIA_TYPE = "image/png"
SUFFIX = ".png"
PATH = "/card.png"
"""The card of a release as a whole, and of every page that has none of its own."""


def path(type: str, id: str, label: str) -> str:
    """Where the card of a record stands, below the root; that of the release for a name in other letters."""
    return f"{address('', 'card', type, id)}{SUFFIX}" if drawable(label) else PATH


async def whole(request: Request, held: Held) -> Response:
    """The card of the release: how much there is of what people look for, and where."""
    shapes, spans = held.release.shapes, next(iter(held.release.shapes.spans), None)
    numbers = held.release.manifest["counts"]
    assert isinstance(numbers, dict)
    said = [shapes.entity(name) for name in (spans.whole, spans.part, spans.entity)] if spans else shapes.entities[:3]
    told = [counted(int(numbers[e.plural]), e.plural) for e in said]
    home = seat(shapes, shapes.entity(spans.part)) if spans else None

    def read(connection: apsw.Connection) -> tuple[str, ...]:
        if spans is None or home is None:
            return ()
        sql = f'SELECT DISTINCT "{home.name}" FROM "{shapes.entity(spans.part).plural}" WHERE "{home.name}" IS NOT NULL'
        return tuple(str(code) for (code,) in connection.execute(sql))

    countries = await held.reader.read(read)
    words = f"{', '.join(told[:-1])} and {told[-1]}, every value with its source." if len(told) > 1 else ""
    return await _drawn(Card("OPEN DATA", held.release.title, words, _below(held), countries))


async def record(request: Request, held: Held) -> Response:
    """The card of a record: `/card/alliance/aua.png`. Raises Problem 404."""
    name = request.path_params["name"]
    if not name.endswith(SUFFIX):
        raise not_found(f"A card is a picture; its address ends in {SUFFIX}.")
    entity, present = await standing(held, request.path_params["type"], name.removesuffix(SUFFIX))
    return await _drawn(await held.reader.read(lambda connection: card(connection, held, entity, present)))


def card(connection: apsw.Connection, held: Held, entity: Entity, id: str) -> Card:
    """What the card of a record says."""
    shapes = held.release.shapes
    page = records.read(connection, shapes, entity, id)
    assert page is not None  # its address was resolved in the same, unchanging release
    drawn = gatherings.gatherings(
        gatherings.Scene(connection, shapes, entity, id, page.ref.label, held.root, held.release.id[:10])
    )
    opening = sentence.opening(shapes, page, drawn)
    codes = [c.ref.id for g in drawn for c in g.countries]
    country = country_entity(shapes)
    if country and not codes:
        codes = [
            part.ref.id
            for fact in page.facts
            for said in fact.chosen
            for part in said.parts
            if part.ref and part.ref.type == country.name
        ]
    if country is entity:
        codes = [id]
    title = page.ref.label if drawable(page.ref.label) else name_of(entity.name)
    words = opening if drawable(opening) else ""
    return Card(entity.name.upper(), title, words, _below(held), tuple(dict.fromkeys(codes)))


def _below(held: Held) -> str:
    return f"Every value with its source · as of {day(held.release.id[:10])}"


async def _drawn(card: Card) -> Response:
    return Response(await asyncio.to_thread(png, card), media_type=MEDIA_TYPE)
