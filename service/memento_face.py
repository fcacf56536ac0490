"""Time as a face: timegates and timemaps of documents over all kept releases (RFC 7089)."""

from __future__ import annotations

import asyncio
import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from datasets.release.open import Release
from linked_data.memento import LINK_FORMAT, Addresses, Memento, Mementos, asked, chosen
from service.faces import Receive, Scope, Send
from service.leasing import refuse_writing
from service.problems import Problem, not_found

_PATH = re.compile(r"/(timegate|timemap)/([^/]+)/(.+)")


class MementoFace:
    """Timegates and timemaps. They stand at the root alone: a release has one time only."""

    def __init__(self, release: Release, root: str) -> None:
        self._release = release
        self._root = root
        self._mementos = Mementos(release.path.parent)

    async def start(self) -> None:
        """Nothing: releases are looked at when somebody asks for another time."""

    async def close(self) -> None:
        """Hold nothing open."""

    def variant(self, scope: Scope) -> str | None:
        """Nothing is kept: which releases there are may change."""
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refuse_writing(scope)
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = str(request.scope["path"])
        found = _PATH.fullmatch(path)
        if found is None or self._root:
            raise not_found(f"Nothing stands at {path}; timegates are /timegate/{{type}}/{{id}}, at the root alone.")
        what, type_, id_ = found.groups()
        mementos = await asyncio.to_thread(self._mementos.of, type_, id_)
        if not mementos:
            raise not_found(f"No kept release has a {type_} {id_!r}.")
        if what == "timemap":
            body = Addresses(self._release.base_iri, type_, id_).map(mementos)
            return Response(body, media_type=LINK_FORMAT, headers={"Cache-Control": "public, no-cache"})
        return self._gate(request, Addresses("", type_, id_), mementos)

    def _gate(self, request: Request, addresses: Addresses, mementos: list[Memento]) -> Response:
        wanted = request.headers.get("accept-datetime")
        try:
            when = None if wanted is None else asked(wanted)
        except ValueError:
            raise Problem(
                400,
                f"Accept-Datetime: {wanted!r} is no time as HTTP writes it, such as Sat, 31 Jan 2026 00:00:00 GMT.",
                headers={"Vary": "accept-datetime", "Link": addresses.links()},
            ) from None
        memento = chosen(mementos, when)
        headers = {"Vary": "accept-datetime", "Link": addresses.links(), "Cache-Control": "public, no-cache"}
        return RedirectResponse(addresses.memento(memento.release), 302, headers)


def open_face(release: Release, root: str) -> MementoFace:
    """Open the face over a release."""
    return MementoFace(release, root)
