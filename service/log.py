"""Logs as lines of JSON: requests on stdout, everything else on stderr."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime

import orjson

_FLUSH_SECONDS = 0.2
_FLUSH_BYTES = 16_384
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}


class JsonLines(logging.Formatter):
    """A log record as one line of JSON: time, level, logger, message, extras, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: value for name, value in vars(record).items() if name not in _STANDARD})
        if record.exc_info and record.exc_info[0]:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def configure() -> None:
    """Send all logs of this process to stderr as lines of JSON. Uvicorn's chatter is left out, its errors are not."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("alliances").setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class AccessLog:
    """One line of JSON per request, gathered and written a few times a second: a request never waits for it."""

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor
        self._lines: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def write(self, line: dict[str, object]) -> None:
        """Take a line. Only to be called on the event loop."""
        text = orjson.dumps(line, default=str)
        self._lines.append(text)
        self._size += len(text)
        if self._size > _FLUSH_BYTES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what was gathered. A reader that has gone away ends the log, not the service."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        data = b"".join(line + b"\n" for line in self._lines)
        self._lines.clear()
        self._size = 0
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            self._descriptor = -1
            self.write = self._drop  # type: ignore[method-assign]

    def _drop(self, line: dict[str, object]) -> None:
        """Nobody reads the log any more."""
