"""GraphQL over HTTP: a thin ASGI application over one engine.

Status codes, media types and methods follow https://graphql.github.io/graphql-over-http/draft/. Every answer of
`/graphql` has the GraphQL error shape, refusals of the transport too. The work happens in the event loop where it is
small, and in threads where it is not, so that one long question does not make others wait.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import Any

from graph_schema.answer import Answer, dumped, refusal_answer
from graph_schema.engine import Engine
from graph_schema.limits import published
from graph_schema.page import graphql_page
from graph_schema.refusal import Refusal
from graph_schema.request import PAGE, PLAIN, RESPONSE, Request, accepted, read_json, read_query

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

OFFERS = (PLAIN, RESPONSE)
"""What answers to operations can be: a client that does not care gets plain JSON, as older clients expect."""
_SMALL = 3_000
"""Rows up to which a statement runs in the event loop: about a millisecond."""
_THREADS = 4


class Endpoint:
    """The application at `/graphql` for one release; below it stand schema, limits, operations and changelog."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="graphql")
        self._sdl = engine.built.sdl.encode()
        self._changelog: asyncio.Future[str] | None = None
        self._limits = json.dumps(published(engine.limits, engine.capacity), indent=2).encode() + b"\n"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        root = str(scope.get("root_path", ""))
        path = str(scope["path"]).removeprefix(root)
        if path in ("/graphql", "/graphql/"):
            await self._operation(scope, receive, send, root)
        elif path == "/graphql/schema.graphql":
            await self._fixed(scope, send, self._sdl, "text/plain; charset=utf-8")
        elif path == "/graphql/limits":
            await self._fixed(scope, send, self._limits, PLAIN)
        elif path == "/graphql/operations":
            known = [{"sha256Hash": sha, "query": text} for sha, text in self.engine.registered.items()]
            await self._fixed(scope, send, dumped({"operations": known}), PLAIN)
        elif path == "/graphql/changelog":
            await self._fixed(scope, send, await self._history(), "text/markdown; charset=utf-8")
        else:
            refusal = Refusal(
                "NOT_FOUND",
                "There is only /graphql, and below it schema.graphql, limits, operations and changelog.",
                status=404,
            )
            await self._refuse(scope, send, refusal, PLAIN)

    def variant(self, scope: Scope) -> str | None:
        """The media type that a GET of this address is answered with; None where nobody should keep the answer."""
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        if path not in ("/graphql", "/graphql/"):
            return ""
        found = _negotiated(scope)
        return found if found is not None else ""

    def close(self) -> None:
        """End the threads and close the database."""
        self._threads.shutdown(wait=True)
        self.engine.database.close()

    # --- operations ------------------------------------------------------------------------------------------------

    async def _operation(self, scope: Scope, receive: Receive, send: Send, root: str) -> None:
        media_type = _negotiated(scope)
        if media_type is None:
            message = f"An answer can be {PLAIN} or {RESPONSE}; the Accept header wants neither."
            await self._refuse(scope, send, Refusal("NOT_ACCEPTABLE", message, status=406), PLAIN)
            return
        method = scope["method"]
        if media_type == PAGE:
            await self._page(scope, send, root)
            return
        try:
            if method in ("GET", "HEAD"):
                request = read_query(scope["query_string"])
            elif method == "POST":
                request = await self._posted(scope, receive)
            else:
                refusal = Refusal("METHOD_NOT_ALLOWED", f"Send operations by GET or POST, not {method}.", status=405)
                refusal.headers["Allow"] = "GET, HEAD, POST"
                raise refusal
            answer = await self._answered(request, _client(scope), reads_only=method != "POST")
        except Refusal as refusal:
            answer = refusal_answer(refusal, well_formed=False)
        await _send(scope, send, answer.status_for(media_type), answer.body, _headers(media_type, answer))

    async def _posted(self, scope: Scope, receive: Receive) -> Request:
        most = self.engine.limits.body_bytes
        coding = _header(scope, b"content-encoding").strip().lower()
        if coding not in ("", "identity"):
            raise Refusal(
                "UNSUPPORTED_MEDIA_TYPE", f"Send the body as it is, without the coding {coding!r}.", status=415
            )
        length = _header(scope, b"content-length")
        if length.isdigit() and int(length) > most:
            raise _too_large(int(length), most)
        pieces: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal("BAD_REQUEST", "The request ended before its body was complete.")
            piece = message.get("body", b"")
            size += len(piece)
            if size > most:
                raise _too_large(size, most)
            pieces.append(piece)
            more = message.get("more_body", False)
        return read_json(b"".join(pieces), _header(scope, b"content-type"))

    async def _answered(self, request: Request, client: str, *, reads_only: bool) -> Answer:
        ready = self.engine.ready(request, client, reads_only=reads_only)
        if isinstance(ready, Answer):
            return ready
        if ready.rows <= _SMALL:
            return self.engine.run(ready)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.engine.run, ready)

    # --- other answers ---------------------------------------------------------------------------------------------

    async def _page(self, scope: Scope, send: Send, root: str) -> None:
        body = graphql_page(escape(root)).encode()
        headers: Headers = [(b"content-type", b"text/html; charset=utf-8"), (b"vary", b"Accept")]
        await _send(scope, send, 200, body, headers)

    async def _history(self) -> bytes:
        """What changed in the schema, written once: it needs the schemas of older releases."""
        if self._changelog is None:
            self._changelog = asyncio.get_running_loop().run_in_executor(self._threads, self.engine.history)
        return (await asyncio.shield(self._changelog)).encode()

    async def _fixed(self, scope: Scope, send: Send, body: bytes, media_type: str) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            refusal = Refusal("METHOD_NOT_ALLOWED", "This can only be read, by GET.", status=405)
            refusal.headers["Allow"] = "GET, HEAD"
            await self._refuse(scope, send, refusal, PLAIN)
            return
        await _send(scope, send, 200, body, [(b"content-type", media_type.encode())])

    async def _refuse(self, scope: Scope, send: Send, refusal: Refusal, media_type: str) -> None:
        answer = refusal_answer(refusal, well_formed=False)
        await _send(scope, send, answer.status, answer.body, _headers(media_type, answer))


def _too_large(size: int, most: int) -> Refusal:
    facts = {"limit": "body_bytes", "spent": size, "allowed": most}
    return Refusal("PAYLOAD_TOO_LARGE", f"The body has more than {most} bytes.", status=413, facts=facts)


def _negotiated(scope: Scope) -> str | None:
    accept = _header(scope, b"accept")[:2000]
    asks = any(pair.startswith(b"query=") for pair in scope["query_string"].split(b"&"))
    if PAGE in accept.lower() and scope["method"] in ("GET", "HEAD") and not asks:
        return accepted(accept, (PAGE, *OFFERS))
    return accepted(accept, OFFERS)


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _header(scope: Scope, name: bytes) -> str:
    found = b""
    for key, value in scope["headers"]:
        if key == name:
            found = found + b"," + value if found else value
    return found.decode("latin-1")


def _headers(media_type: str, answer: Answer) -> Headers:
    found: Headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"vary", b"Accept"),
    ]
    found += [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    if not answer.data:
        found.append((b"cache-control", b"no-store"))
    return found


async def _send(scope: Scope, send: Send, status: int, body: bytes, headers: Headers) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
