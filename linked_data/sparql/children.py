"""Child processes of a service with many threads.

`asyncio.create_subprocess_exec` is not used: under uvloop it forks and then runs Python's own clean-up in the child,
which destroys what other threads keep, such as database connections; when one of these threads held a lock at that
moment, the child waits for it for ever, and the event loop waits for the child. `subprocess` runs no Python between
fork and exec. Nor are pipes handed to the event loop: uvloop closes their descriptors twice, and the second time the
number may belong to another thread's file. A socket is closed once.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from asyncio import StreamReader, StreamWriter
from pathlib import Path
from typing import Self

_LIMIT = 1 << 20


class Child:
    """A child process that is written to and read from, through one socket that is its standard input and output."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: StreamWriter, stdout: StreamReader) -> None:
        self._process = process
        self.stdin = stdin
        self.stdout = stdout

    @classmethod
    async def start(cls, *command: str, cwd: Path) -> Self:
        """Start a command. Raises OSError."""
        ours, theirs = socket.socketpair()
        starting = asyncio.create_task(asyncio.to_thread(_started, command, theirs, cwd))
        try:
            process = await asyncio.shield(starting)
        except BaseException:
            ours.close()
            with contextlib.suppress(OSError):
                (await starting).kill()
            raise
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_LIMIT)
        return cls(process, writer, reader)

    async def kill(self) -> None:
        """End it now, and wait until it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.to_thread(self._process.wait)
        self.stdin.close()
        with contextlib.suppress(ConnectionError):
            await self.stdin.wait_closed()


def _started(command: tuple[str, ...], end: socket.socket, cwd: Path) -> subprocess.Popen[bytes]:
    with end:
        return subprocess.Popen(command, stdin=end.fileno(), stdout=end.fileno(), cwd=cwd)


async def finished(*command: str, cwd: Path | None = None) -> tuple[int, str]:
    """Run a command to its end: exit code and what it wrote to stderr. Killed when the wait is cancelled."""
    process = await asyncio.to_thread(
        subprocess.Popen, command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=cwd
    )
    waiting = asyncio.create_task(asyncio.to_thread(process.communicate))
    try:
        _, errors = await asyncio.shield(waiting)
    except BaseException:
        process.kill()
        await waiting
        raise
    return process.returncode, errors.decode(errors="replace")
