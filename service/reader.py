"""Reads of one release for the service's own pages: a few threads, each with its read-only connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import apsw

from datasets.release.open import Release

Result = TypeVar("Result")
THREADS = 2


class Reader:
    """Threads that read one release. `close` ends them and their connections."""

    def __init__(self, release: Release, prepare: Callable[[apsw.Connection], None] | None = None) -> None:
        """`prepare` gets each new connection."""
        self.release = release
        self._prepare = prepare
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"read-{release.id}")
        self._local = threading.local()
        self._connections: list[apsw.Connection] = []

    async def read(self, function: Callable[[apsw.Connection], Result]) -> Result:
        """What a function gives that reads the release; it runs in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._with_connection, function)

    def _with_connection(self, function: Callable[[apsw.Connection], Result]) -> Result:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self.release.connect()
            self._connections.append(connection)
            if self._prepare:
                self._prepare(connection)
        return function(connection)

    async def end(self) -> None:
        """The same as `close`, without holding up the event loop."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """End the threads once they are idle, and close their connections."""
        self._threads.shutdown(wait=True)
        for connection in self._connections:
            connection.close()
        self._connections.clear()
