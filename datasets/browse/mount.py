"""Datasette over one release, as an ASGI application that stands below a prefix.

Starlette leaves the full path in the scope and Datasette adds its base address again, so links would double; the
prefix is therefore stripped before Datasette and `Location` headers get it back (simonw/datasette issues 2347, 2105).
"""

from __future__ import annotations

import asyncio
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
from datasets.browse.page import Browsed, Site
from datasets.browse.questions import Question, askable
from datasets.browse.sheets import NAME, open_sheets
from datasets.browse.style import CSS, STYLE
from datasets.shapes.model import Shapes

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SETTINGS: dict[str, object] = {
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 1000,
    "facet_suggest_time_limit_ms": 30,
    "default_facet_size": 8,
    "suggest_facets": False,
    "allow_download": True,
    "allow_csv_stream": False,
    "truncate_cells_html": 300,
    "default_allow_sql": False,
    "default_cache_ttl": 300,
}
"""Datasette's settings for the public. Its own CSV files, which it may cut silently, are never asked for."""
MOST_FACETS = 6
"""Columns that a page may be counted by: each is a statement of its own."""

CLOSED = (
    "/-/messages",
    "/-/allow-debug",
    "/-/patterns",
    "/-/permissions",
    "/-/threads",
    "/-/auth-token",
    "/-/logout",
    "/-/actor",
)
"""Datasette's pages for those who run it, answered with 404."""

_HERE = Path(__file__).parent


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

    def __init__(self, release: Published, about: dict[str, str], prefix: str, site: Site) -> None:
        """`about` is the release's own table (id, date, title, licence …); `prefix` ends in a slash.

        Makes the sheets where they are not there yet, which takes its time: call it in a thread.
        """
        plugin.register()
        self.prefix = prefix
        root = prefix.removesuffix("browse/")
        self.sheets = open_sheets(release.database, release.shapes)
        questions = _questions(release.database)
        self.datasette = Datasette(
            immutables=[str(release.database)],
            metadata=metadata(release.shapes, about, root, questions, self.sheets.sheets),
            template_dir=str(_HERE / "templates"),
            settings=SETTINGS | {"base_url": prefix},
        )
        sheets = Database(self.datasette, path=str(self.sheets.path), is_mutable=False)
        self.datasette.add_database(sheets, name=NAME)
        self.browsed = Browsed(release.shapes, about, root, self.sheets, questions, site)
        plugin.BROWSED[self.datasette] = self.browsed
        for database in self.datasette.databases.values():
            database._execute_writes = partial(_write_until_told, database)  # noqa: SLF001
        self._app = self.datasette.app()

    async def start(self) -> None:
        """Do what Datasette does on its first request, so that none has to wait."""
        await self.datasette.invoke_startup()
        for name in (DATABASE, NAME):
            await self.datasette.databases[name].table_counts(limit=60_000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = "/" + scope["path"].removeprefix(self.prefix.removesuffix("/")).lstrip("/")
        if path == STYLE:
            kept = (b"cache-control", b"public, max-age=31536000, immutable")
            await _bytes(send, 200, b"text/css; charset=utf-8", CSS, kept)
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
        self.sheets.close()


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


async def _bytes(send: Send, status: int, kind: bytes, body: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
