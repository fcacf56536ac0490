"""The formats of a record's document: one row each, and the media types by which they can be asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request

from datasets.shapes.model import Entity
from linked_data import formats
from service.graphql_face import DressedFace
from service.json_documents import JsonDocuments
from service.linked_face import LinkedFace
from service.signposting import LINKSET_SUFFIX, LINKSET_TYPE, linkset
from service.switching import Held

Body = Callable[[Held, Entity, str, Request], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: suffix, media type, title for people, and what makes the body of a record's document."""

    suffix: str
    media_type: str
    title: str
    body: Body
    describes: bool = False
    """Whether it is RDF that describes the record, to be found from the page."""
    profile: str = ""
    """What is particular about it among documents of its media type: an IRI that clients may ask for."""

    @property
    def offers(self) -> tuple[str, ...]:
        """What it can be asked for by: its media type alone, or with its profile."""
        return (self.media_type, *((f'{self.media_type};profile="{self.profile}"',) if self.profile else ()))


async def _page(held: Held, entity: Entity, id: str, request: Request) -> bytes:
    from service import record_page

    return await record_page.page(held, entity, id, request)


def _linked(format: formats.Format) -> Format:
    async def body(held: Held, entity: Entity, id: str, request: Request) -> bytes:
        face = await held.face("linked")
        assert isinstance(face, LinkedFace)
        found = await face.document(entity.name, id, format)
        assert found is not None  # its address was resolved in the same, unchanging release
        return found

    return Format(format.suffix, format.media_type, format.title, body, describes=True, profile=format.profile)


async def _json(held: Held, entity: Entity, id: str, request: Request) -> bytes:
    face = await held.face("graphql")
    assert isinstance(face, DressedFace)
    return await JsonDocuments(face.engine).document(entity, id)


FORMATS: tuple[Format, ...] = (
    Format("html", "text/html", "Page", _page),
    Format("json", "application/json", "JSON", _json),
    *map(_linked, formats.FORMATS),
)
"""The first is what a client gets that states no wish."""
EXPANDED = _linked(formats.EXPANDED_JSON_LD)
LINKSET = Format(LINKSET_SUFFIX, LINKSET_TYPE, "Links", linkset)
ALL: tuple[Format, ...] = (*FORMATS, EXPANDED, LINKSET)
"""With those that are for machines which ask for them, and are no alternatives to a page."""
OFFERS: dict[str, Format] = {
    **{format.media_type: format for format in (*FORMATS, LINKSET)},
    **{format.offers[-1]: format for format in ALL if format.profile},
}
"""Each format by the media types, with or without a profile, that it is given as."""
OFFER_OF: dict[Format, str] = {format: offer for offer, format in reversed(OFFERS.items())}
"""What each format is called where its suffix was asked for: its plain media type, if it is given as that."""
