"""A warm pool of workers: each answers one query at a time, is killed at the deadline, and is replaced at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from linked_data.sparql import frames
from linked_data.sparql.children import Child
from linked_data.sparql.protocol import Question

log = logging.getLogger("alliances.sparql")
_PAUSE = 5.0
"""Seconds between attempts to replace a worker that does not come up."""
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may cost."""

    seconds: float = 10.0
    """From start to answer."""
    bytes: int = 20_000_000
    """Of an answer."""
    workers: int = 2
    waiting: int = 16
    """Queries that wait for a worker; more are sent away."""
    client_seconds: float = 60.0
    """Of queries that a client may have had within `window`."""
    window: float = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    media_type: str
    body: bytes


class QueryError(Exception):
    """A query without answer: `status` as HTTP has it, and when to come back, where that helps."""

    def __init__(self, status: int, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


STATUSES = {"refused": 400, "syntax": 400, "large": 400, "unacceptable": 406, "failed": 500}


@dataclass(slots=True)
class Budget:
    """Seconds of querying by client, given back as time passes. Only the event loop touches it."""

    limits: Limits
    _spent: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """By client: seconds, and when that was."""
    clients: int = 10_000

    def check(self, client: str) -> None:
        """Raise QueryError 429 when the client has used up its seconds."""
        over = self._left(client) - self.limits.client_seconds
        if over >= 0:
            wait = int(over * self.limits.window / self.limits.client_seconds) + 1
            message = (
                f"your queries took {self.limits.client_seconds:g} s within {self.limits.window:g} s; come back later"
            )
            raise QueryError(429, message, wait)

    def spend(self, client: str, seconds: float) -> None:
        """Count what a query took."""
        self._spent[client] = (self._left(client) + seconds, time.monotonic())
        self._spent.move_to_end(client)
        while len(self._spent) > self.clients:
            self._spent.popitem(last=False)

    def _left(self, client: str) -> float:
        spent, when = self._spent.get(client, (0.0, 0.0))
        given_back = (time.monotonic() - when) * self.limits.client_seconds / self.limits.window
        return max(0.0, spent - given_back)


class Worker:
    """One child process."""

    def __init__(self, process: Child, *, network: bool) -> None:
        self._process = process
        self.network = network
        """Whether it could reach the network: True where the system allows no namespace."""

    @classmethod
    async def start(cls, store: Path) -> Worker:
        """Start a worker over a store. Raises QueryError when it does not come up."""
        process = await Child.start(sys.executable, "-m", "linked_data.sparql.worker", str(store), cwd=_ROOT)
        try:
            ready = orjson.loads(await frames.receive(process.stdout))
        except BaseException as error:
            await cls(process, network=True).kill()
            if isinstance(error, asyncio.IncompleteReadError):
                raise QueryError(503, "the query engine did not start; its log says why", 30) from None
            raise
        return cls(process, network=bool(ready["network"]))

    async def ask(self, asked: dict[str, object]) -> tuple[dict[str, object], bytes]:
        """Ask one question. Raises IncompleteReadError when the worker dies over it."""
        self._process.stdin.write(frames.framed(orjson.dumps(asked)))
        with contextlib.suppress(ConnectionError):
            await self._process.stdin.drain()
        head = orjson.loads(await frames.receive(self._process.stdout))
        return head, await frames.receive(self._process.stdout)

    async def kill(self) -> None:
        """End it now."""
        await self._process.kill()


class Pool:
    """The workers of one store."""

    def __init__(
        self, store: Path, base: str, limits: Limits = Limits(), prefixes: Mapping[str, str] | None = None
    ) -> None:
        """`base` is what relative IRIs in queries are relative to, `prefixes` what queries need not declare."""
        self.store = store
        self.limits = limits
        self._base = base
        self._prefixes = dict(prefixes or {})
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._all: set[Worker] = set()
        self._replacing: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._starting = asyncio.Lock()
        self._started = False
        self._closed = asyncio.Event()
        self.budget = Budget(limits)

    async def start(self) -> None:
        """Start all workers, unless they are there. The first query does it: who never asks needs no processes."""
        async with self._starting:
            if not self._started:
                await self._start()
                self._started = True

    async def _start(self) -> None:
        started = await asyncio.gather(*(self._add() for _ in range(self.limits.workers)), return_exceptions=True)
        for failure in started:
            if isinstance(failure, BaseException):
                await asyncio.gather(*(worker.kill() for worker in self._all))
                self._all.clear()
                self._idle = asyncio.Queue()
                raise failure

    async def _add(self) -> None:
        worker = await Worker.start(self.store)
        if self._closed.is_set():
            await worker.kill()
            return
        self._all.add(worker)
        self._idle.put_nowait(worker)

    async def answer(self, question: Question, solutions: str | None, triples: str | None, client: str = "") -> Answer:
        """The complete answer to a question in one of two media types. Raises QueryError."""
        self.budget.check(client)
        if self._idle.empty() and self._waiting >= self.limits.waiting:
            raise QueryError(503, "too many queries are waiting; come back later", 5)
        asked: dict[str, object] = {
            "query": question.query,
            "base": self._base,
            "prefixes": self._prefixes,
            "default": question.default,
            "named": question.named,
            "solutions": solutions,
            "triples": triples,
            "bytes": self.limits.bytes,
            "seconds": self.limits.seconds,
        }
        await self.start()
        worker = await self._worker()
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self.limits.seconds):
                head, body = await worker.ask(asked)
        except TimeoutError:
            self._replace(worker)
            raise QueryError(503, f"the query took more than {self.limits.seconds:g} s; ask for less", 10) from None
        except asyncio.IncompleteReadError:
            self._replace(worker)
            raise QueryError(
                503, "the query needed more memory or processor time than it may; ask for less", 10
            ) from None
        except BaseException:
            self._replace(worker)  # the client has gone: nobody waits for the answer
            raise
        finally:
            self.budget.spend(client, time.monotonic() - begun)
        self._idle.put_nowait(worker)
        if "error" in head:
            raise QueryError(STATUSES[str(head["error"])], str(head["message"]))
        return Answer(str(head["type"]), body)

    async def _worker(self) -> Worker:
        self._waiting += 1
        try:
            async with asyncio.timeout(self.limits.seconds):  # wait_for of Python 3.11 may swallow a cancellation
                return await self._idle.get()
        except TimeoutError:
            raise QueryError(503, "no query engine was free in time; come back later", 5) from None
        finally:
            self._waiting -= 1

    def _replace(self, worker: Worker) -> None:
        """Kill a worker and start another, without waiting for either."""
        self._all.discard(worker)
        task = asyncio.create_task(self._replaced(worker))
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _replaced(self, worker: Worker) -> None:
        await worker.kill()
        while not self._closed.is_set():
            try:
                await self._add()
            except QueryError as error:
                log.error("a query engine could not be replaced: %s", error)  # noqa: TRY400 (the message says all)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closed.wait(), _PAUSE)
            else:
                return

    async def close(self) -> None:
        """End all workers."""
        self._closed.set()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        await asyncio.gather(*(worker.kill() for worker in self._all))
        self._all.clear()
