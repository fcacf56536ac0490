"""Child processes of a service with many threads.

`asyncio.create_subprocess_exec` is not used: under uvloop it forks and then runs Python's own clean-up in the child,
which destroys what other threads keep, such as database connections; when one of these threads held a lock at that
moment, the child waits for it for ever, and the event loop waits for the child. `subprocess` runs no Python between
fork and exec.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter
from pathlib import Path
from typing import Self

_LIMIT = 1 << 20


class Child:
    """A child process that is written to and read from."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: StreamWriter, stdout: StreamReader) -> None:
        self._process = process
        self.stdin = stdin
        self.stdout = stdout

    @classmethod
    async def start(cls, *command: str, cwd: Path) -> Self:
        """Start a command with pipes for input and output. Raises OSError."""
        process = await asyncio.to_thread(_popen, command, cwd)
        assert process.stdin is not None
        assert process.stdout is not None
        loop = asyncio.get_running_loop()
        stdout = StreamReader(_LIMIT)
        await loop.connect_read_pipe(lambda: StreamReaderProtocol(stdout), process.stdout)
        writing = StreamReaderProtocol(StreamReader())
        transport, _ = await loop.connect_write_pipe(lambda: writing, process.stdin)
        return cls(process, StreamWriter(transport, writing, None, loop), stdout)

    async def kill(self) -> None:
        """End it now, and wait until it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.to_thread(self._process.wait)
        if not self.stdin.transport.is_closing():
            self.stdin.transport.abort()
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self.stdout.read()


def _popen(command: tuple[str, ...], cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=cwd)


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
