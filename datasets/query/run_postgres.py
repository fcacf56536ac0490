"""Runs plans against a release that `to_postgres` copied: one read-only connection per thread, a statement timeout."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import ExecStatus, Format
from psycopg.types.numeric import Int8Dumper

from datasets.query.estimate import Statistics
from datasets.query.highlights import marked
from datasets.query.plan import Plan
from datasets.query.run import LARGEST_ANSWER, ClosedError, DeadlineError, QueryError, TooLargeError
from datasets.query.to_postgres import STATISTICS


class _Bytes(Loader):
    """JSON text is handed on as the bytes that the server sent, never decoded."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class _Connection:
    """A connection of one thread, and the timeout that is set on it."""

    def __init__(self, url: str, schema: str) -> None:
        # Plans differ little by value, and planning a nested statement anew costs more than running it.
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=1, options="-c jit=off")
        self.connection.prepared_max = 500
        self.connection.adapters.register_loader("text", _Bytes)
        self.connection.adapters.register_dumper(int, Int8Dumper)
        self.connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
        self.connection.execute("SET default_transaction_read_only TO on")
        self.cursor = psycopg.RawCursor(self.connection)
        self.cursor.format = Format.BINARY
        self.milliseconds = 0
        weakref.finalize(self, self.connection.close)

    def limit(self, seconds: float | None) -> None:
        """Set the time that each statement has from here on."""
        milliseconds = 0 if seconds is None else max(1, round(seconds * 1000))
        if milliseconds != self.milliseconds:
            self.connection.execute(sql.SQL("SET statement_timeout TO {}").format(milliseconds))
            self.milliseconds = milliseconds


class PostgresDatabase:
    """A release in PostgreSQL for queries, from any thread; `datasets.query.run.Database` over a file is its twin."""

    def __init__(self, url: str, schema: str, *, largest: int = LARGEST_ANSWER) -> None:
        self.schema = schema
        self._url = url
        self._largest = largest
        self._local = threading.local()
        self._idle = threading.Condition()
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._running = 0
        self._closed = False

    def statistics(self) -> Statistics:
        """The statistics that a planner needs. Raises QueryError where no release was copied."""
        with self._lease(None) as own:
            try:
                row = own.connection.execute(
                    sql.SQL("SELECT json FROM {}").format(sql.Identifier(STATISTICS))
                ).fetchone()
            except psycopg.errors.UndefinedTable:
                row = None
        if row is None:
            raise QueryError(f"there is no release in the schema {self.schema}; copy it there first")
        text = row[0]
        return Statistics.from_json(text.decode() if isinstance(text, bytes) else str(text))

    def answer(self, plan: Plan, values: Mapping[str, object], *, seconds: float | None = None) -> bytes:
        """The JSON text of a plan with these values, within so many seconds of wall-clock time.

        Raises BadValueError for values that do not fit, DeadlineError, TooLargeError, and ClosedError.
        """
        parameters = plan.bind(values)
        with self._lease(seconds) as own:
            try:
                row = own.cursor.execute(plan.sql, parameters).fetchone()
            except psycopg.errors.QueryCanceled as error:
                raise DeadlineError("the query took longer than allowed: ask for less, or in smaller pages") from error
        if row is None or not isinstance(row[0], bytes):
            raise QueryError("the statement returned no text")
        text: bytes = row[0]
        if len(text) > self._largest:
            raise TooLargeError("the answer is larger than allowed: ask for fewer fields, or in smaller pages")
        return marked(text, plan.highlights, values) if plan.highlights else text

    def takes(self, plan: Plan) -> bool:
        """Whether the database can prepare a statement of this size; it is not run."""
        with self._lease(None) as own:
            server = own.connection.pgconn
            done = server.prepare(b"taken", plan.sql.encode()).status == ExecStatus.COMMAND_OK
            if done:
                own.connection.execute("DEALLOCATE taken")
            return done

    def close(self, *, seconds: float = 5.0) -> None:
        """Close all connections. What still runs has so many seconds to end, then it is cancelled."""
        with self._idle:
            self._closed = True
            if not self._idle.wait_for(lambda: self._running == 0, timeout=seconds):
                for own in list(self._connections):
                    own.connection.cancel_safe()
            self._idle.wait_for(lambda: self._running == 0)
            for own in list(self._connections):
                own.connection.close()
            self._connections.clear()

    @contextmanager
    def _lease(self, seconds: float | None) -> Iterator[_Connection]:
        with self._idle:
            if self._closed:
                raise ClosedError("this release is no longer served; ask the current one")
            self._running += 1
        try:
            own: _Connection | None = getattr(self._local, "own", None)
            if own is None or own.connection.closed:
                own = self._local.own = _Connection(self._url, self.schema)
                with self._idle:
                    self._connections.add(own)
            own.limit(seconds)
            yield own
        finally:
            with self._idle:
                self._running -= 1
                if not self._running:
                    self._idle.notify_all()
