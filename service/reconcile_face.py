"""Reconciliation as a face: the API that OpenRefine and others match names with, bounded and with its own errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import apsw
import orjson
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.open import Release
from linked_data.reconcile.answering import Json, Reconciliation
from linked_data.reconcile.asking import BadQueryError
from linked_data.reconcile.matching import Overdue
from service import pages
from service.faces import Receive, Scope, Send
from service.reader import THREADS, Reader

LARGEST = 1_000_000
"""Bytes of a request at most."""
MOST_WAITING = 16
"""Requests that may wait for the threads; others are asked to come back."""
RETRY_SECONDS = 2
_JSON = "application/json"
_FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
"""The content policy of previews: others show them in a frame."""
_FORM = "application/x-www-form-urlencoded"


class RefusedError(Exception):
    """An answer that is an error: status and message."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


class ReconcileFace:
    """The API over one release under one root."""

    def __init__(self, release: Release, root: str) -> None:
        self._release = release
        self._root = root
        self._api = Reconciliation(release, root)
        self._reader = Reader(release)
        self._waiting = 0

    async def start(self) -> None:
        """Nothing: the indexes are built when somebody first asks."""

    async def close(self) -> None:
        """End the threads and their connections."""
        await self._reader.end()

    def variant(self, scope: Scope) -> str | None:
        """Only the address decides; nothing is kept of what is no GET."""
        return "" if scope["method"] in ("GET", "HEAD") else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except BadQueryError as error:
            response = _error(400, str(error))
        except Overdue:
            response = _error(503, "the batch took too long; send fewer queries at once", {"Retry-After": "1"})
        except RefusedError as error:
            response = _error(error.status, str(error), error.headers)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = str(request.scope["path"]).removeprefix(self._root).removeprefix("/reconcile").rstrip("/")
        asked = await self._asked(request)
        if path == "":
            return await self._service(asked)
        if path == "/preview":
            return await self._preview(asked.get("id", ""), in_json=False)
        if path == "/flyout/entity":
            return await self._preview(asked.get("id", ""), in_json=True)
        parts: dict[str, Callable[[apsw.Connection], Json]] = {
            "/suggest/entity": lambda connection: self._api.suggested_entities(connection, asked),
            "/suggest/type": lambda _: self._api.suggested_types(asked),
            "/suggest/property": lambda connection: self._api.suggested_properties(connection, asked),
            "/properties": lambda connection: self._api.proposed_properties(connection, asked),
        }
        if path not in parts:
            raise RefusedError(404, f"nothing stands at /reconcile{path}; the manifest at /reconcile lists what does")
        return _json(await self._read(parts[path]))

    async def _asked(self, request: Request) -> dict[str, str]:
        """The parameters: of the address, and of the form that is posted."""
        if request.method not in ("GET", "HEAD", "POST"):
            raise RefusedError(405, "ask with GET or POST", {"Allow": "GET, HEAD, POST, OPTIONS"})
        asked = dict(request.query_params)
        if request.method == "POST":
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != _FORM:
                raise RefusedError(415, f"post the queries as a form: {_FORM}, with the field `queries`")
            body = bytearray()
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise RefusedError(413, f"a request has at most {LARGEST} bytes; send several batches")
            try:
                asked |= dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=20))
            except ValueError as error:
                raise RefusedError(400, f"the form cannot be read ({error})") from None
        return asked

    async def _service(self, asked: Mapping[str, str]) -> Response:
        if "queries" in asked:
            queries = asked["queries"]
            return _json(await self._read(lambda connection: self._api.queries(connection, queries)))
        if "extend" in asked:
            wanted = asked["extend"]
            return _json(await self._read(lambda connection: self._api.extended(connection, wanted)))
        if "query" in asked:
            raise RefusedError(400, 'single queries are of an older API: send queries={"q0": {"query": "…"}}')
        return _json(self._api.manifest())

    async def _read(self, function: Callable[[apsw.Connection], Json]) -> Json:
        if self._waiting >= MOST_WAITING + THREADS:
            raise RefusedError(503, "too many matches at once; come back", {"Retry-After": str(RETRY_SECONDS)})
        self._waiting += 1
        try:
            return await self._reader.read(function)
        finally:
            self._waiting -= 1

    async def _preview(self, key: str, *, in_json: bool) -> Response:
        found = await self._reader.read(lambda connection: self._api.preview(connection, key))
        if found is None:
            raise RefusedError(404, f"there is no record {key!r}; ids are like organization/tsinghua-university")
        label, address, facts = found
        html = await asyncio.to_thread(pages.render, "preview.html", label=label, address=address, facts=facts)
        if in_json:
            return _json({"id": key, "html": html.decode()})
        headers = {"Content-Security-Policy": _FRAMED}
        return Response(html, media_type="text/html; charset=utf-8", headers=headers)


def _json(content: Json) -> Response:
    return Response(orjson.dumps(content), media_type=_JSON)


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = {"status": "error", "message": message}
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), status, media_type=_JSON, headers=headers)


def open_face(release: Release, root: str) -> ReconcileFace:
    """Open the face over a release."""
    return ReconcileFace(release, root)
