"""Linked data as a face: documents about records for `/doc`, and the context that JSON-LD documents name."""

from __future__ import annotations

import asyncio
import re

import apsw

from datasets.release.open import Release
from linked_data.addresses import Resources
from linked_data.formats import Format
from linked_data.jsonld.sql import prepare
from linked_data.linked import LinkedData, Place
from service.faces import Receive, Scope, Send
from service.problems import not_found
from service.reader import Reader

_FOR_EVER = b"public, max-age=31536000, immutable"
_PATH = re.compile(r"/context/([0-9a-f]{16})\.jsonld")


class LinkedFace:
    """The linked data of one release."""

    def __init__(self, release: Release, root: str) -> None:
        self._release = release
        self._root = root
        self._linked = LinkedData.of(release)
        self._resources = Resources(release)
        self._reader = Reader(release, prepare)

    async def start(self) -> None:
        """Make the context and the statements before somebody waits for them."""
        entity = self._release.shapes.entities[0]
        await self._reader.read(lambda connection: self._warm(connection, entity.name))

    def _warm(self, connection: apsw.Connection, entity: str) -> None:
        assert self._linked.context.document
        self._linked.place(connection, entity, "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a context, of this release or another that is kept; documents are asked for by `document`."""
        path = str(scope["path"]).removeprefix(self._root)
        found = _PATH.fullmatch(path)
        body = await asyncio.to_thread(self._resources.context, found[1]) if found else None
        if body is None:
            raise not_found(f"There is no context {path}; that of this release is {self._linked.context.path}.")
        headers = [(b"content-type", b"application/ld+json"), (b"cache-control", _FOR_EVER)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def variant(self, scope: Scope) -> str | None:
        """Only the address decides."""
        return ""

    async def place(self, type: str, id: str) -> Place:
        """Where a record stands."""
        return await self._reader.read(lambda connection: self._linked.place(connection, type, id))

    async def document(self, type: str, id: str, format: Format) -> bytes | None:
        """The document about a record; None where no record stands right there."""
        return await self._reader.read(lambda connection: self._linked.document(connection, type, id, format))

    async def schema_org(self, type: str, id: str) -> str | None:
        """What search engines read in the page of a record, to be put into HTML as it is."""
        return await self._reader.read(lambda connection: self._linked.schema_org(connection, type, id))

    async def close(self) -> None:
        """End the threads and close the connections."""
        await self._reader.end()


def open_face(release: Release, root: str) -> LinkedFace:
    """The face of a release."""
    return LinkedFace(release, root)
