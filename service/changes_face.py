"""What changed, and what there is, as a face: the change feed, the feed of releases, the sitemap."""

from __future__ import annotations

import asyncio
import re

import orjson
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.open import Release
from linked_data.changes import activities, feed, sitemap
from linked_data.changes.activities import Changes
from service.faces import Receive, Scope, Send
from service.leasing import refuse_writing
from service.problems import not_found
from service.reader import Reader

_PAGE = re.compile(r"/changes/([^/]+)/(start/)?([1-9][0-9]{0,8})")
_PART = re.compile(r"/sitemap/([a-z_]+)-([1-9][0-9]{0,5})\.xml")


class ChangesFace:
    """The feeds of one release under one root."""

    def __init__(self, release: Release, root: str) -> None:
        self._release = release
        self._root = root
        self._changes = Changes(release, root)
        self._reader = Reader(release)

    async def start(self) -> None:
        """Nothing: the chain is read when somebody first asks."""

    async def close(self) -> None:
        """End the threads and their connections."""
        await self._reader.end()

    def variant(self, scope: Scope) -> str | None:
        """Only the address decides."""
        return ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refuse_writing(scope)
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = str(request.scope["path"]).removeprefix(self._root)
        if path == "/changes":
            return _activities(await asyncio.to_thread(self._changes.collection))
        if path == "/feed.atom":
            body = await asyncio.to_thread(self._feed)
            return Response(body, media_type=feed.MEDIA_TYPE)
        if path == "/sitemap.xml":
            body = await self._reader.read(lambda connection: sitemap.index(connection, self._release))
            return Response(body, media_type="application/xml")
        page, part = _PAGE.fullmatch(path), _PART.fullmatch(path)
        if page:
            found = await asyncio.to_thread(self._changes.page, page[1], int(page[3]), start=bool(page[2]))
            if found is not None:
                return _activities(found)
        if part:
            type_, number = part[1], int(part[2])
            listed = await self._reader.read(lambda c: sitemap.part(c, self._release, type_, number))
            if listed is not None:
                return Response(listed, media_type="application/xml")
        raise not_found(f"Nothing stands at {path}; {self._root}/changes leads to every page of changes.")

    def _feed(self) -> bytes:
        return feed.feed(tuple(happenings.step for happenings in self._changes.happenings), self._root)


def _activities(content: activities.Json) -> Response:
    return Response(orjson.dumps(content), media_type=activities.MEDIA_TYPE)


def open_face(release: Release, root: str) -> ChangesFace:
    """Open the face over a release."""
    return ChangesFace(release, root)
