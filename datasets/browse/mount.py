"""Datasette over one release, as an ASGI application that stands below a prefix.

Starlette leaves the full path in the scope and Datasette adds its base address again, so links would double; the
prefix is therefore stripped before Datasette and `Location` headers get it back (simonw/datasette issues 2347, 2105).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from datasette.app import Datasette
from datasette.database import Database

from datasets.browse import plugin
from datasets.browse.metadata import DATABASE, metadata
from datasets.browse.questions import Question, askable
from datasets.shapes.model import Shapes

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SETTINGS: dict[str, object] = {
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 300,
    "facet_suggest_time_limit_ms": 30,
    "default_facet_size": 8,
    "suggest_facets": False,
    "allow_download": True,
    "allow_csv_stream": True,
    "max_csv_mb": 0,
    "truncate_cells_html": 300,
    "default_allow_sql": False,
    "default_cache_ttl": 300,
}
"""Datasette's settings for the public; max_csv_mb 0 is no limit: a file is never cut silently."""

CLOSED = ("/-/messages", "/-/allow-debug", "/-/patterns", "/-/permissions", "/-/threads", "/-/auth-token", "/-/logout")
"""Datasette's pages for those who run it, answered with 404."""

_HERE = Path(__file__).parent
_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


class Published(Protocol):
    """What this face needs of a release."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def database(self) -> Path:
        """The file of its database."""

    @property
    def shapes(self) -> Shapes:
        """The shapes that it was built by."""


class Browse:
    """Datasette over one release. Call `start` before the first request and `close` after the last."""

    def __init__(self, release: Published, about: dict[str, str], prefix: str = "/browse/") -> None:
        """`about` is the release's own table (id, date, title, licence …); `prefix` ends in a slash."""
        plugin.register()
        self.prefix = prefix
        root = prefix.removesuffix("browse/")
        self.datasette = Datasette(
            immutables=[str(release.database)],
            metadata=metadata(release.shapes, about, root, _questions(release.database)),
            template_dir=str(_HERE / "templates"),
            settings=SETTINGS | {"base_url": prefix},
        )
        plugin.BROWSED[self.datasette] = plugin.Browsed(release.shapes, about, root)
        for database in self.datasette.databases.values():
            database._execute_writes = partial(_write_until_told, database)  # noqa: SLF001
        self.script_hashes: tuple[str, ...] = ()
        self._app = self.datasette.app()
        self._css = (_HERE / "browse.css").read_bytes()

    async def start(self) -> None:
        """Do what Datasette does on its first request, so that none has to wait, and learn its inline scripts."""
        await self.datasette.invoke_startup()
        database = self.datasette.databases[DATABASE]
        await database.table_counts(limit=60_000)
        self.script_hashes = await self._inline_scripts()

    async def _inline_scripts(self) -> tuple[str, ...]:
        """CSP sources of the scripts that Datasette's pages carry inline, read off one page of each kind."""
        hashes = set()
        for path in ("", DATABASE, f"{DATABASE}/{next(iter(await self._tables()))}"):
            response = await self.datasette.client.get(f"/{path}")
            for script in _SCRIPT.findall(response.content):
                hashes.add("'sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode() + "'")
        return tuple(sorted(hashes))

    async def _tables(self) -> list[str]:
        database = self.datasette.databases[DATABASE]
        hidden = set(await database.hidden_table_names())
        return [name for name in await database.table_names() if name not in hidden]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = "/" + scope["path"].removeprefix(self.prefix.removesuffix("/")).lstrip("/")
        if path == "/-/alliances.css":
            await _bytes(send, 200, b"text/css; charset=utf-8", self._css)
            return
        if path.removesuffix(".json").startswith(CLOSED):
            await _bytes(send, 404, b"text/plain; charset=utf-8", b"There is no such page.\n")
            return
        raw = scope.get("raw_path")
        stripped = dict(scope, path=path, root_path="")
        if raw:
            bare = raw.partition(b"?")[0].removeprefix(self.prefix.removesuffix("/").encode())
            stripped["raw_path"] = b"/" + bare.lstrip(b"/")
        await self._app(stripped, receive, self._relocating(send))

    def _relocating(self, send: Send) -> Send:
        base = self.prefix.removesuffix("/").encode()

        async def relocated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = []
                for name, value in message.get("headers", ()):
                    if name.lower() == b"location" and value.startswith(b"/") and not value.startswith(base + b"/"):
                        value = base + value  # noqa: PLW2901 (the header as it should have been)
                    headers.append((name, value))
                message = {**message, "headers": headers}
            await send(message)

        return relocated

    async def close(self) -> None:
        """End Datasette's threads and close its connections. No request may be in flight."""
        executor = self.datasette.executor
        if executor is not None:
            await asyncio.get_running_loop().run_in_executor(None, lambda: executor.shutdown(wait=True))
        for database in self.datasette.databases.values():
            await asyncio.to_thread(_end_writing, database)
            database.close()


def _write_until_told(database: Database) -> None:
    """Datasette's writing thread (it fills only a database in memory), which 0.65 gives no way to end; None ends it."""
    connection = database.connect(write=True)
    database.ds._prepare_connection(connection, database.name)  # noqa: SLF001 (as Datasette's own thread does)
    while (task := database._write_queue.get()) is not None:  # noqa: SLF001
        try:
            result = task.fn(connection)
        except Exception as error:  # noqa: BLE001 (whoever asked for the write gets the error)
            result = error
        task.reply_queue.sync_q.put(result)
    connection.close()


def _questions(database: Path) -> tuple[Question, ...]:
    with closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as connection:
        return askable(connection)


def _end_writing(database: Database) -> None:
    """End the writing thread, if there is one."""
    thread = database._write_thread  # noqa: SLF001
    if thread is not None and thread.is_alive():
        database._write_queue.put(None)  # noqa: SLF001
        thread.join(timeout=5)


async def _bytes(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
