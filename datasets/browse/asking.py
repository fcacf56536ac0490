"""Whoever asks the processes that answer readers' statements: a few of them, each ended when it does not answer."""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from datasets.browse import answering

PROCESSES = 2
"""How many statements run at once."""
WAITING = 8
"""How many may wait for their turn; further ones are sent away."""
PATIENCE = 1.2
"""Seconds of work after which a process that has not answered is ended."""
LONGEST = 5.0
"""Seconds after which it is ended anyway, although a busy machine may have given it less to work."""
STARTING = 60.0
"""Seconds within which a process has to be ready."""
_LOOK = 0.05
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Answered:
    """A complete answer."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]


class AskingError(Exception):
    """A statement without an answer: `status` as HTTP has it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Asking:
    """Answers statements about one release. Processes start with the first statement and end with `close`."""

    def __init__(self, database: Path, sheets: Path) -> None:
        self._command = [sys.executable, "-m", answering.__name__, str(database.absolute()), str(sheets.absolute())]
        self._threads = ThreadPoolExecutor(PROCESSES, thread_name_prefix="ask")
        self._idle: list[subprocess.Popen[bytes]] = []
        self._going = 0

    async def ask(self, sql: str, bindings: Mapping[str, str]) -> Answered:
        """The answer to a statement. Raises AskingError."""
        if self._going >= PROCESSES + WAITING:
            raise AskingError(503, "Too many statements wait already; come back in a moment.")
        self._going += 1
        try:
            line = orjson.dumps({"sql": sql, "bindings": dict(bindings)}) + b"\n"
            said = await asyncio.get_running_loop().run_in_executor(self._threads, self._said, line)
        finally:
            self._going -= 1
        if "refused" in said:
            raise AskingError(400, str(said["refused"]))
        return Answered(tuple(said["columns"]), tuple(map(tuple, said["rows"])))

    def _said(self, line: bytes) -> dict[str, Any]:
        process = self._idle.pop() if self._idle else self._started()
        try:
            answer = _exchange(process, line, PATIENCE, LONGEST)
        except BaseException:
            _end(process)
            raise
        if answer is None:
            _end(process)
            raise AskingError(400, "The statement took too long or needed too much memory, and was ended; narrow it.")
        self._idle.append(process)
        said: dict[str, Any] = orjson.loads(answer)
        return said

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT)
        first = b'{"sql": "SELECT 1", "bindings": {}}\n'
        if _exchange(process, first, STARTING, STARTING) is None:
            _end(process)
            raise AskingError(503, "The process that answers statements did not start; come back later.")
        return process

    async def end(self) -> None:
        """The same as `close`, without holding up the event loop."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """End the threads and the processes. No statement may be in flight."""
        self._threads.shutdown(wait=True)
        for process in self._idle:
            _end(process)
        self._idle.clear()


def _exchange(process: subprocess.Popen[bytes], line: bytes, work: float, longest: float) -> bytes | None:
    """Say a line and read one; None where none comes after so many seconds of work, or of waiting."""
    assert process.stdin
    assert process.stdout
    before, began = _worked(process), time.monotonic()
    pieces = []
    with selectors.DefaultSelector() as selector:
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except BrokenPipeError:
            return None
        selector.register(process.stdout, selectors.EVENT_READ)
        while _worked(process) - before < work and time.monotonic() - began < longest:
            if not selector.select(_LOOK):
                continue
            piece = process.stdout.read1(1 << 20)  # type: ignore[attr-defined]
            if not piece:
                return None
            pieces.append(piece)
            if piece.endswith(b"\n"):
                return b"".join(pieces)
    return None


def _worked(process: subprocess.Popen[bytes]) -> float:
    """Seconds that a process has worked; the time of day where the system does not tell."""
    try:
        return time.clock_gettime((~process.pid << 3) | 2)  # the clock of another process: clock_getcpuclockid(3)
    except (OSError, AttributeError):
        return time.monotonic()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process now, and wait until it has ended."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()
    process.wait()
