"""Runs plans against a release file: one read-only connection per thread, a deadline that stops the SQL."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import apsw

from datasets.query.estimate import Statistics
from datasets.query.highlights import marked
from datasets.query.plan import Plan
from datasets.text import fold

STEPS = 5_000
"""Virtual machine instructions between two looks at the clock: well below a millisecond."""
STATEMENTS = 500
"""Prepared statements that a connection keeps."""
LARGEST_ANSWER = 64 * 2**20
"""Most bytes of one answer, unless said otherwise."""


class QueryError(RuntimeError):
    """A statement was stopped or could not be answered."""


class DeadlineError(QueryError):
    """The time that a statement was given is over."""


class TooLargeError(QueryError):
    """The answer is larger than allowed."""


class TooComplexError(QueryError):
    """The statement is deeper or longer than the database takes."""


class ClosedError(QueryError):
    """The database was closed, because another release took its place."""


class AnyDatabase(Protocol):
    """What a face needs of a release, whether it stands in a file or in PostgreSQL."""

    def statistics(self) -> Statistics:
        """The statistics that a planner needs."""

    def answer(self, plan: Plan, values: Mapping[str, object], *, seconds: float | None = None) -> bytes:
        """The JSON text of a plan with these values, within so many seconds of wall-clock time."""

    def takes(self, plan: Plan) -> bool:
        """Whether the database can prepare a statement of this size; it is not run."""

    def close(self, *, seconds: float = 5.0) -> None:
        """Close all connections. What still runs has so many seconds to end, then it is stopped."""


class _Clock:
    """When the statement of a connection must end. Knows no connection, so that none is kept alive by its handler."""

    __slots__ = ("deadline",)

    def __init__(self) -> None:
        self.deadline = float("inf")

    def allow(self, seconds: float | None) -> None:
        """From now on, so many seconds."""
        self.deadline = float("inf") if seconds is None else time.monotonic() + seconds

    def late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self.deadline


class _Connection:
    """A connection of one thread; it is closed when the thread ends, or the database."""

    __slots__ = ("__weakref__", "clock", "connection")

    def __init__(self, path: Path, largest: int) -> None:
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        uri = f"{path.absolute().as_uri()}?immutable=1"
        self.connection = apsw.Connection(uri, flags=flags, statementcachesize=STATEMENTS)
        self.clock = _Clock()
        self.connection.pragma("query_only", value=1)
        self.connection.pragma("mmap_size", 2**31 - 1)
        self.connection.pragma("cache_size", -16_000)
        self.connection.limit(apsw.SQLITE_LIMIT_LENGTH, largest)
        self.connection.create_scalar_function("fold", _fold, 1, deterministic=True)
        self.connection.set_progress_handler(self.clock.late, STEPS)
        weakref.finalize(self, self.connection.close)


def _fold(*texts: apsw.SQLiteValue) -> str | None:
    return None if texts[0] is None else fold(str(texts[0]))


class Database:
    """A release file for queries, from any thread. `close` stops what runs and gives all descriptors back."""

    def __init__(self, path: Path, *, largest: int = LARGEST_ANSWER) -> None:
        self.path = path
        self._largest = largest
        self._local = threading.local()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._running = 0
        self._closed = False

    def statistics(self) -> Statistics:
        """The statistics that a planner needs."""
        with self._lease(None) as own:
            return Statistics.read(own.connection)

    def answer(self, plan: Plan, values: Mapping[str, object], *, seconds: float | None = None) -> bytes:
        """The JSON text of a plan with these values, within so many seconds of wall-clock time.

        Raises BadValueError for values that do not fit, DeadlineError, TooLargeError, and ClosedError.
        """
        parameters = plan.bind(values)
        with self._lease(seconds) as own, _explained():
            row = own.connection.execute(plan.sql, parameters).fetchone()
        if row is None or not isinstance(row[0], bytes):
            raise QueryError("the statement returned no text")
        return marked(row[0], plan.highlights, values) if plan.highlights else row[0]

    def stream(
        self, plan: Plan, values: Mapping[str, object], *, seconds: float | None = None
    ) -> Generator[bytes, None, None]:
        """The JSON text of each row of a `Stream`, over a connection of its own.

        Closing the database ends it with ClosedError at its next row, so that a reader who pauses holds nothing up.
        """
        parameters = plan.bind(values)
        with self._lock:
            own = self._new()
        own.clock.allow(seconds)
        try:
            with _explained():
                for row in own.connection.execute(plan.sql, parameters):
                    if isinstance(row[0], bytes):
                        yield row[0]
        finally:
            own.connection.close()

    def takes(self, plan: Plan) -> bool:
        """Whether the database can prepare a statement of this size; it is not run."""
        with self._lease(None) as own:
            try:
                own.connection.execute(f"EXPLAIN {plan.sql}", (None,) * len(plan.bindings)).close()
            except (apsw.SQLError, apsw.TooBigError, apsw.NoMemError):
                return False
        return True

    def close(self, *, seconds: float = 5.0) -> None:
        """Close all connections. What still runs has so many seconds to end, then it is stopped."""
        with self._idle:
            self._closed = True
            self._idle.wait_for(lambda: self._running == 0, timeout=seconds)
            for own in list(self._connections):
                own.clock.deadline = 0.0
            self._idle.wait_for(lambda: self._running == 0)
            for own in list(self._connections):
                _close(own.connection)
            self._connections.clear()

    @contextmanager
    def _lease(self, seconds: float | None) -> Iterator[_Connection]:
        with self._lock:
            own: _Connection | None = getattr(self._local, "own", None)
            if own is None or self._closed:
                own = self._local.own = self._new()
            self._running += 1
        own.clock.allow(seconds)
        try:
            yield own
        finally:
            with self._idle:
                self._running -= 1
                if not self._running:
                    self._idle.notify_all()

    def _new(self) -> _Connection:
        if self._closed:
            raise ClosedError("this release is no longer served; ask the current one")
        own = _Connection(self.path, self._largest)
        self._connections.add(own)
        return own


def _close(connection: apsw.Connection) -> None:
    """Close a connection, also under a stream; one that is just stepping has been told to stop."""
    while True:
        try:
            connection.close(force=True)
        except apsw.ThreadingViolationError:
            time.sleep(0.001)
        else:
            return


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except apsw.InterruptError as error:
        raise DeadlineError("the query took longer than allowed: ask for less, or in smaller pages") from error
    except apsw.TooBigError as error:
        raise TooLargeError("the answer is larger than allowed: ask for fewer fields, or in smaller pages") from error
    except apsw.SQLError as error:
        if not any(word in str(error) for word in ("too many", "too large", "overflow", "at most")):
            raise
        raise TooComplexError("the query is deeper or longer than the database takes: ask several questions") from error
    except (apsw.CursorClosedError, apsw.ConnectionClosedError) as error:
        raise ClosedError("this release is no longer served; ask the current one") from error
