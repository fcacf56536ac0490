"""Around an application that answers: coalescing, streaming, what is kept and what is not."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from datasets.release.open import Release
from service.answers import answered
from service.cache import LARGEST
from service.faces import Receive, Scope, Send
from service.switching import Held

App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Asker:
    """Asks an application through `answered`, and counts how often it really worked."""

    def __init__(self, held: Held, pieces: list[bytes], status: int = 200, **headers: str) -> None:
        self.held, self.pieces, self.status = held, pieces, status
        self.headers = [
            (b"content-type", b"text/plain"),
            *((n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()),
        ]
        self.worked = 0
        self.waiting = asyncio.Event()
        self.error: Exception | None = None

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.worked += 1
        await self.waiting.wait()
        if self.error:
            raise self.error
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def ask(
        self, path: str = "/a", variant: str | None = "", method: str = "GET", **headers: str
    ) -> tuple[int, dict[bytes, bytes], bytes, int]:
        """Status, headers, body, and the number of messages with a body."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            raise AssertionError

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "state": {"held": self.held},
        }
        await answered(self.app, variant, scope, receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], dict(sent[0]["headers"]), body, len(sent) - 1


def run(published: Path, test: Callable[[Held], Awaitable[None]], cache_bytes: int = 10_000_000) -> None:
    async def with_held() -> None:
        held = Held(Release.current(published), "", (), cache_bytes)
        await test(held)
        held.retire()
        await held.closed.wait()

    asyncio.run(with_held())


def test_many_who_ask_the_same_at_once_cause_the_work_once(published: Path) -> None:
    async def test(held: Held) -> None:
        asker = Asker(held, [b"x" * 1000])
        asking = [asyncio.create_task(asker.ask()) for _ in range(20)]
        await asyncio.sleep(0)
        asker.waiting.set()
        answers = await asyncio.gather(*asking)
        assert {(status, body) for status, _, body, _ in answers} == {(200, b"x" * 1000)}
        assert asker.worked == 1
        await asker.ask()
        assert asker.worked == 1
        assert held.cache.pending == {}

    run(published, test)


def test_an_error_reaches_all_who_wait_and_nothing_is_kept(published: Path) -> None:
    async def test(held: Held) -> None:
        asker = Asker(held, [])
        asker.error = RuntimeError("broken")
        asker.waiting.set()
        results = await asyncio.gather(*(asker.ask() for _ in range(3)), return_exceptions=True)
        assert [str(result) for result in results] == ["broken"] * 3
        assert held.cache.pending == {}
        assert len(held.cache) == 0

    run(published, test)


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_what_is_large_is_streamed_and_not_kept(published: Path, coding: str) -> None:
    async def test(held: Held) -> None:
        asker = Asker(held, [bytes([65 + number % 26]) * 100_000 for number in range(30)])
        asker.waiting.set()
        status, headers, body, messages = await asker.ask(accept_encoding=coding)
        whole = b"".join(asker.pieces)
        assert len(whole) > LARGEST
        assert status == 200
        assert messages > 2
        assert (gzip.decompress(body) if coding else body) == whole
        assert b"content-length" not in headers
        assert headers.get(b"content-encoding", b"") == coding.encode()
        assert b"etag" in headers
        assert len(held.cache) == 0
        again = await asker.ask(accept_encoding=coding, if_none_match=headers[b"etag"].decode())
        assert (again[0], again[2]) == (304, b"")
        assert asker.worked == 1
        head = await asker.ask(accept_encoding=coding, method="HEAD")
        assert (head[0], head[2]) == (200, b"")

    run(published, test)


@pytest.mark.parametrize(
    ("status", "headers", "kept"),
    [
        (200, {}, True),
        (200, {"cache_control": "max-age=5"}, True),
        (200, {"cache_control": "no-store"}, False),
        (303, {"location": "/b"}, True),
        (404, {}, False),
        (500, {}, False),
        (503, {"retry_after": "5"}, False),
    ],
)
def test_what_is_kept(published: Path, status: int, headers: dict[str, str], kept: bool) -> None:
    async def test(held: Held) -> None:
        asker = Asker(held, [b"x" * 1000], status, **headers)
        asker.waiting.set()
        first = await asker.ask()
        await asker.ask()
        assert first[0] == status
        assert asker.worked == (1 if kept else 2)
        assert (b"etag" in first[1]) is (kept and status == 200)
        for name, value in headers.items():
            if name != "cache_control" or not kept:
                assert first[1][name.replace("_", "-").encode()] == value.encode()

    run(published, test)


def test_without_a_variant_answers_pass_as_they_come(published: Path) -> None:
    async def test(held: Held) -> None:
        asker = Asker(held, [b"x" * 1000, b"y" * 1000])
        asker.waiting.set()
        status, headers, body, messages = await asker.ask(variant=None)
        assert (status, body, messages) == (200, b"x" * 1000 + b"y" * 1000, 3)
        assert b"etag" not in headers
        coded = await asker.ask(variant=None, accept_encoding="gzip")
        assert gzip.decompress(coded[2]) == body
        assert (await asker.ask(variant=None, method="HEAD"))[2] == b""
        posted = await asker.ask(method="POST")
        assert b"etag" not in posted[1]
        assert asker.worked == 4

    run(published, test)


def test_a_small_cache_still_answers(published: Path) -> None:
    async def test(held: Held) -> None:
        asker = Asker(held, [b"x" * 1000])
        asker.waiting.set()
        for number in range(5):
            assert (await asker.ask(f"/{number}"))[2] == b"x" * 1000
        assert held.cache.size <= 2500

    run(published, test, cache_bytes=2500)


def test_variants_are_kept_apart(published: Path) -> None:
    async def test(held: Held) -> None:
        asker = Asker(held, [b"x" * 1000])
        asker.waiting.set()
        tags = {(await asker.ask(variant=variant))[1][b"etag"] for variant in ("text/html", "text/turtle", "text/html")}
        assert len(tags) == 2
        assert asker.worked == 2

    run(published, test)
