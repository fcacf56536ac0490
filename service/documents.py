"""The formats of a record's document: one row each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request

from datasets.shapes.model import Entity
from linked_data import formats
from service.graphql_face import DressedFace
from service.json_documents import JsonDocuments
from service.linked_face import LinkedFace
from service.switching import Held

Body = Callable[[Held, Entity, str, Request], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: suffix, media type, title for people, and what makes the body of a record's document."""

    suffix: str
    media_type: str
    title: str
    body: Body


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

    return Format(format.suffix, format.media_type, format.title, body)


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
