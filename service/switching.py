"""Which releases are open, and how a new one takes over without a failed request.

A request holds the release it began with; new requests get the new one; an old one is closed when its last request
has ended. All of it runs on one event loop, so counts need no locks; what takes time runs in threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

from datasets.release import pointer
from datasets.release.errors import ReleaseError
from datasets.release.identity import RELEASE_ID
from datasets.release.open import Release
from datasets.release.verify import demand_whole
from service.cache import Cache
from service.faces import FACES, Face, FaceRow, Settling
from service.memory import give_back
from service.problems import not_found
from service.reader import Reader
from service.settings import Settings

log = logging.getLogger("alliances.switching")
CLOSING_SECONDS = 10.0
"""How long the end of the service waits for releases to close, after their requests were cut off."""


class Held:
    """One open release under one root: its faces, its reader, its cache, and how many requests use it."""

    def __init__(self, release: Release, root: str, rows: Sequence[FaceRow], cache_bytes: int) -> None:
        """`root` is "" for the current release and `/releases/{id}` for one asked for by its id."""
        self.release = release
        self.root = root
        self.rows = {row.name: row for row in rows}
        self.cache = Cache(cache_bytes)
        self.reader = Reader(release)
        self.users = 0
        self.retired = False
        self.closed = asyncio.Event()
        self._faces: dict[str, asyncio.Task[Face]] = {}
        self._closing: asyncio.Task[None] | None = None

    async def face(self, name: str) -> Face:
        """The face of that name, opened and started by whoever asks first. A failure is raised and tried anew."""
        task = self._faces.get(name)
        if task is None:
            task = self._faces[name] = asyncio.create_task(self._open(self.rows[name]))
        try:
            return await asyncio.shield(task)
        except Exception:
            self._faces.pop(name, None)
            raise

    async def _open(self, row: FaceRow) -> Face:
        face = await asyncio.to_thread(row.open, self.release, self.root)
        try:
            await face.start()
        except BaseException:
            await face.close()
            raise
        return face

    async def open_all(self) -> None:
        """Open every face, all at once."""
        await asyncio.gather(*(self.face(name) for name in self.rows))

    async def settled(self) -> None:
        """Wait for the faces that go on preparing themselves after their start."""
        for face in await asyncio.gather(*(self.face(name) for name in self.rows)):
            if isinstance(face, Settling):
                await face.settled()

    @contextlib.contextmanager
    def use(self) -> Iterator[Held]:
        """Hold the release open for the time of a request."""
        self.users += 1
        try:
            yield self
        finally:
            self.users -= 1
            self._close_if_idle()

    def retire(self) -> None:
        """Take no further requests; close when the last one has ended."""
        self.retired = True
        self._close_if_idle()

    def _close_if_idle(self) -> None:
        if self.retired and not self.users and self._closing is None:
            self._closing = asyncio.create_task(self._close())

    async def _close(self) -> None:
        for name, task in self._faces.items():
            try:
                face = await task
                await face.close()
            except Exception:
                log.exception("a face did not close", extra={"release": self.release.id, "face": name})
        self._faces.clear()
        self.cache.clear()
        await self.reader.end()
        self.closed.set()
        log.info("release closed", extra={"release": self.release.id, "root": self.root})


class Switch:
    """The open releases of one process: the current one, and a few older ones by id."""

    def __init__(self, settings: Settings, rows: Sequence[FaceRow] = FACES) -> None:
        self.settings = settings
        self.rows = rows
        self.switches = 0
        self.settled: Callable[[], None] = lambda: None
        """Called in a thread when a release has been opened or closed, for the memory of the process to settle."""
        self.failure = ""
        """Why the release that `current` names is not the one being served; empty while it is."""
        self._current: Held | None = None
        self._pointer: tuple[object, ...] = ()
        self._older: OrderedDict[str, asyncio.Task[Held]] = OrderedDict()
        self._going: set[Held] = set()
        self._polling = asyncio.Lock()
        self._watcher: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def current(self) -> Held:
        """The current release. Raises RuntimeError before `start`."""
        if self._current is None:
            raise RuntimeError("no release is open yet")
        return self._current

    @property
    def ready(self) -> bool:
        """Whether a release is open."""
        return self._current is not None

    @property
    def open_count(self) -> int:
        """How many releases are open, those that wait for their last request included."""
        return self.ready + len(self._older) + len(self._going)

    async def start(self) -> None:
        """Open the current release and watch the pointer. Raises ReleaseError where there is none that opens."""
        self._pointer = self._seen()
        self._current = await self._open(await asyncio.to_thread(find_current, self.settings.releases), "")
        await self._current.open_all()
        await asyncio.to_thread(self.settled)
        self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close everything. No request follows."""
        if self._watcher:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        if self._current:
            self._retire(self._current)
        for task in list(self._older.values()):
            with contextlib.suppress(Exception):
                self._retire(await task)
        self._older.clear()
        closing = [asyncio.create_task(held.closed.wait()) for held in self._going]
        if closing:
            _, hanging = await asyncio.wait(closing, timeout=CLOSING_SECONDS)
            for wait in hanging:
                log.error("a release is still in use at the end; the process ends without closing it")
                wait.cancel()

    async def poll(self) -> None:
        """Look at the pointer, and switch if it has moved. A release that does not open leaves the old one in place."""
        async with self._polling:
            seen = await asyncio.to_thread(self._seen)
            if seen == self._pointer:
                return
            self._pointer = seen
            try:
                await self._switch()
                self.failure = ""
            except Exception as error:
                self.failure = str(error) or type(error).__name__
                level = logging.WARNING if isinstance(error, ReleaseError) else logging.ERROR
                log.log(level, "switch failed", exc_info=level == logging.ERROR, extra={"why": self.failure})

    async def _switch(self) -> None:
        began = time.perf_counter()
        path = await asyncio.to_thread(find_current, self.settings.releases)
        if path.name == self.current.release.id:
            return
        fresh = await self._open(path, "")
        try:
            await asyncio.to_thread(demand_whole, fresh.release)
            await fresh.open_all()
            await fresh.settled()
        except BaseException:
            self._retire(fresh)
            raise
        old, self._current = self.current, fresh
        self.switches += 1
        seconds = round(time.perf_counter() - began, 3)
        log.info("release switched", extra={"release": fresh.release.id, "before": old.release.id, "seconds": seconds})
        self._retire(old)

    def _retire(self, held: Held) -> None:
        self._going.add(held)
        held.retire()
        task = asyncio.create_task(self._forget(held))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forget(self, held: Held) -> None:
        await held.closed.wait()
        self._going.discard(held)
        await asyncio.to_thread(give_back)
        await asyncio.to_thread(self.settled)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self.settings.poll_seconds)
            await self.poll()

    def _seen(self) -> tuple[object, ...]:
        """What the pointer looks like from outside: where it leads, and which link it is."""
        link = self.settings.releases / pointer.CURRENT
        try:
            status = link.lstat()
            return (link.readlink().name, status.st_mtime_ns, status.st_ino)
        except OSError as error:
            return (error.errno,)

    async def _open(self, path: Path, root: str) -> Held:
        release = await asyncio.to_thread(Release.open, path)
        return Held(release, root, self.rows, self.settings.cache_bytes)

    @contextlib.asynccontextmanager
    async def hold(self, release: str) -> AsyncIterator[Held]:
        """Hold a release by its id for the time of a request. Raises Problem 404 where there is none."""
        path = self.settings.releases / release
        if not RELEASE_ID.fullmatch(release) or not await asyncio.to_thread(path.is_dir):
            raise not_found(f"There is no release {release!r}; /releases lists those that are kept.")
        held = await self._opened(release, path)
        while held.retired:  # another request's need for room can close it before this one gets its turn
            held = await self._opened(release, path)
        with held.use():
            await self._make_room()
            yield held

    async def _opened(self, release: str, path: Path) -> Held:
        task = self._older.get(release)
        if task is None:
            task = self._older[release] = asyncio.create_task(self._open(path, f"/releases/{release}"))
        self._older.move_to_end(release)
        try:
            return await asyncio.shield(task)
        except Exception:
            self._older.pop(release, None)
            raise

    async def _make_room(self) -> None:
        """Let the least used of the older releases go when too many are open."""
        while len(self._older) > self.settings.open_releases:
            _, task = self._older.popitem(last=False)
            with contextlib.suppress(Exception):
                self._retire(await task)


def find_current(releases: Path) -> Path:
    """The folder of the current release. Raises ReleaseError with what to do where there is none."""
    found = pointer.current(releases)
    if found is None:
        raise ReleaseError(f"nothing is published in {releases}; run `alliances publish`")
    return found
