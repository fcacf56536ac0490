"""Around everything that answers from a release: entity tags, 304 before the work, HEAD, compression, the cache.

What stands inside answers a GET with a whole representation and knows nothing of all this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from service.cache import LARGEST, Answer, Asked, Key
from service.conditional import CODINGS, SMALLEST, Compressor, compress, compressible, entity_tag, none_match
from service.faces import Message, Receive, Scope, Send
from service.headers import Headers
from service.negotiation import coding
from service.switching import Held

App = Callable[[Scope, Receive, Send], "asyncio.Future[None] | object"]

KEPT_STATUSES = frozenset({200, 301, 303, 308, 410})
_REVALIDATED = b"public, no-cache"
_PINNED = b"public, max-age=86400"


def header(scope: Scope, name: bytes) -> bytes:
    """A request header, its lines joined with commas; empty where it was not sent."""
    return b",".join(value for key, value in scope["headers"] if key == name)


def asked(scope: Scope) -> Asked:
    """What a client literally asked."""
    return (address(scope), header(scope, b"accept"), header(scope, b"accept-encoding"))


def address(scope: Scope) -> bytes:
    """Path and query as sent."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path.partition(b"?")[0] + b"?" + query if query else path.partition(b"?")[0]


async def give(answer: Answer, scope: Scope, send: Send) -> None:
    """Send a finished answer, as 304 where the client has it already, without body for HEAD."""
    status, headers, body = answer.given(header(scope, b"if-none-match"), scope["method"])
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answered(app: App, variant: str | None, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request from the release that it holds, through `app`; `variant` as a face gives it."""
    held: Held = scope["state"]["held"]
    code = coding(header(scope, b"accept-encoding").decode("latin-1"), CODINGS)
    if scope["method"] not in ("GET", "HEAD") or variant is None:
        # What is posted is answered by faces that name their headers in lower case: there is nothing to do on the way.
        sender = send if not code and scope["method"] == "POST" else _Passing(held, scope, code, send)
        await app(scope, receive, sender)  # type: ignore[misc]
        return
    words = asked(scope)
    key: Key = (words[0], variant, code)
    tag = entity_tag(held.release.id, *key)
    known = header(scope, b"if-none-match")
    if known and known.strip() != b"*" and none_match(known, tag):
        headers = [(b"etag", tag), (b"cache-control", _cache_control(held)), (b"vary", _vary(b"", variant))]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    answer = held.cache.get(key)
    if answer is None and key in held.cache.pending:
        answer = await asyncio.shield(held.cache.pending[key])
    if answer is not None:
        held.cache.alias(words, key)
        await give(answer, scope, send)
        return
    collecting = _Collecting(held, key, tag, scope, send)
    made: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
    held.cache.pending[key] = made
    try:
        await app(dict(scope, method="GET"), receive, collecting)  # type: ignore[misc]
    finally:
        held.cache.pending.pop(key, None)
        made.set_result(collecting.answer)
    if collecting.answer is not None:
        if collecting.keep:
            held.cache.put(key, collecting.answer)
            held.cache.alias(words, key)
        await give(collecting.answer, scope, send)


def _cache_control(held: Held) -> bytes:
    return _PINNED if held.root else _REVALIDATED


def _vary(present: bytes, variant: str) -> bytes:
    """The header Vary: what is there, Accept-Encoding, and Accept where the variant was negotiated."""
    names = [name.strip() for name in present.split(b",") if name.strip()]
    for name in (b"Accept",) * bool(variant) + (b"Accept-Encoding",):
        if name.lower() not in {n.lower() for n in names}:
            names.append(name)
    return b", ".join(names)


def _value(headers: Headers, name: bytes) -> bytes:
    return b", ".join(value for key, value in headers if key == name)


def _without(headers: Headers, *names: bytes) -> Headers:
    return [(key, value) for key, value in headers if key not in names]


class _Collecting:
    """Collects an answer whole; what gets too large is streamed instead, and never kept."""

    def __init__(self, held: Held, key: Key, tag: bytes, scope: Scope, send: Send) -> None:
        self.answer: Answer | None = None
        self.keep = False
        self._held, self._key, self._tag, self._scope, self._send = held, key, tag, scope, send
        self._status = 0
        self._headers: Headers = []
        self._pieces: list[bytes] = []
        self._size = 0
        self._streaming: _Passing | None = None

    async def __call__(self, message: Message) -> None:
        """Take one message of the application."""
        if self._streaming:
            await self._streaming(message)
        elif message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(name.lower(), value) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            self._pieces.append(message.get("body", b""))
            self._size += len(self._pieces[-1])
            if not message.get("more_body", False):
                self._finish()
            elif self._size > LARGEST:
                await self._stream()

    def _finish(self) -> None:
        body = b"".join(self._pieces)
        headers, code = self._described()
        if code and compressible(_value(headers, b"content-type")) and len(body) >= SMALLEST:
            body = compress(body)
            headers.append((b"content-encoding", code.encode()))
        headers.append((b"content-length", str(len(body)).encode()))
        stored = b"no-store" not in _value(headers, b"cache-control")
        self.keep = stored and self._status in KEPT_STATUSES
        self.answer = Answer(self._status, tuple(headers), body, _value(headers, b"etag"))

    def _described(self) -> tuple[Headers, str]:
        """The headers with tag, Cache-Control and Vary; and the coding, "" where the body has one already."""
        headers = _without(self._headers, b"content-length")
        control = _value(headers, b"cache-control")
        if self._status in KEPT_STATUSES and b"no-store" not in control:
            headers = _without(headers, b"etag", b"vary")
            if b"immutable" not in control:
                headers = [*_without(headers, b"cache-control"), (b"cache-control", _cache_control(self._held))]
            headers.append((b"vary", _vary(_value(self._headers, b"vary"), self._key[1])))
            if self._status == 200:
                headers.append((b"etag", self._tag))
        return headers, "" if _value(headers, b"content-encoding") else self._key[2]

    async def _stream(self) -> None:
        headers, code = self._described()
        self._streaming = _Passing(self._held, self._scope, code, self._send)
        await self._streaming({"type": "http.response.start", "status": self._status, "headers": headers})
        await self._streaming({"type": "http.response.body", "body": b"".join(self._pieces), "more_body": True})
        self._pieces.clear()


class _Passing:
    """Passes an answer on as it comes, compressed where that helps, without body for HEAD."""

    def __init__(self, held: Held, scope: Scope, code: str, send: Send) -> None:
        self._held, self._code, self._send = held, code, send
        self._bare = scope["method"] == "HEAD"
        self._compressor: Compressor | None = None

    async def __call__(self, message: Message) -> None:
        """Take one message of the application."""
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            await self._send({**message, "headers": self._coded(message["status"], headers)})
        elif message["type"] == "http.response.body" and (self._compressor or self._bare):
            last = not message.get("more_body", False)
            body = message.get("body", b"")
            if self._compressor:
                body = self._compressor.piece(body, last=last)
            if self._bare:
                body = b""
            if body or last:
                await self._send({"type": "http.response.body", "body": body, "more_body": not last})
        else:
            await self._send(message)

    def _coded(self, status: int, headers: Headers) -> Headers:
        if not self._code:
            return headers
        kind, length = _value(headers, b"content-type"), _value(headers, b"content-length")
        small = length.isdigit() and int(length) < SMALLEST
        own_tag = _value(headers, b"etag") and not _value(headers, b"vary")
        taken = _value(headers, b"content-encoding") or _value(headers, b"content-range") or status in (204, 206, 304)
        if small or own_tag or taken or not compressible(kind):
            return headers
        self._compressor = Compressor()
        vary = _vary(_value(headers, b"vary"), "")
        headers = _without(headers, b"content-length", b"vary")
        return [*headers, (b"content-encoding", self._code.encode()), (b"vary", vary)]
