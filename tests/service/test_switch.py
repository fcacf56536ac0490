"""Switching seen from inside: leases, closing, failures, the bound on open releases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datasets.release import pointer
from datasets.release.errors import ReleaseError
from datasets.release.open import Release
from service.faces import FaceRow, Receive, Scope, Send
from service.problems import Problem
from service.settings import Settings
from service.switching import Switch

OPENED: list[Counting] = []


class Counting:
    """A face that remembers what was done with it."""

    def __init__(self, release: Release, root: str) -> None:
        self.release, self.root = release.id, root
        self.started = self.closed = 0

    async def start(self) -> None:
        self.started += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    async def close(self) -> None:
        self.closed += 1

    def variant(self, scope: Scope) -> str | None:
        return ""


class Broken(Counting):
    """A face that does not start."""

    async def start(self) -> None:
        await super().start()
        raise RuntimeError("this face does not start")


def open_counting(release: Release, root: str) -> Counting:
    OPENED.append(Counting(release, root))
    return OPENED[-1]


def open_broken(release: Release, root: str) -> Counting:
    OPENED.append(Broken(release, root))
    return OPENED[-1]


ROW = FaceRow("counting", ("/counting",), f"{__name__}:open_counting")


@pytest.fixture(autouse=True)
def monkey_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The openers are found by name, whatever the test module is called at run time."""
    import sys

    OPENED.clear()
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())


def _this_module() -> Any:
    import types

    module = types.ModuleType(__name__)
    module.__dict__.update(globals())
    return module


def run(releases: Path, test: Callable[[Switch], Any], rows: tuple[FaceRow, ...] = (ROW,), **settings: Any) -> Switch:
    """Run a coroutine function with a switch over the releases, polled by hand."""

    async def with_switch() -> Switch:
        switch = Switch(Settings(releases=releases, poll_seconds=3600, **settings), rows)
        await switch.start()
        try:
            await test(switch)
        finally:
            await switch.stop()
        return switch

    return asyncio.run(with_switch())


def test_a_request_keeps_its_release_and_the_old_one_closes_after_it(releases: Path, ids: tuple[str, ...]) -> None:
    async def test(switch: Switch) -> None:
        with switch.current.use() as held:
            assert held.release.id == ids[2]
            pointer.switch(releases, ids[1])
            await switch.poll()
            assert switch.current.release.id == ids[1]
            await asyncio.sleep(0)
            assert not held.closed.is_set()
            assert OPENED[0].closed == 0
            assert await held.reader.read(lambda c: c.execute("SELECT 1").fetchall()) == [(1,)]
        await asyncio.wait_for(held.closed.wait(), 10)
        assert OPENED[0].closed == 1

    switch = run(releases, test)
    assert [(face.started, face.closed) for face in OPENED] == [(1, 1), (1, 1)]
    assert switch.switches == 1


def test_a_pointer_that_does_not_move_opens_nothing(releases: Path) -> None:
    async def test(switch: Switch) -> None:
        before = switch.current
        await switch.poll()
        pointer.switch(releases, before.release.id)
        await switch.poll()
        assert switch.current is before

    assert run(releases, test).switches == 0
    assert len(OPENED) == 1


def test_a_damaged_release_leaves_the_old_one_serving(releases: Path, ids: tuple[str, ...]) -> None:
    async def test(switch: Switch) -> None:
        path = releases / ids[0] / "alliances.jsonl"
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(b" " + content[1:])
        pointer.switch(releases, ids[0])
        await switch.poll()
        assert switch.current.release.id == ids[2]
        assert "alliances.jsonl is not what it was when published" in switch.failure
        (releases / ids[0] / "shapes.json").unlink()
        pointer.switch(releases, ids[0])
        await switch.poll()
        assert "shapes.json" in switch.failure
        pointer.switch(releases, ids[1])
        await switch.poll()
        assert (switch.current.release.id, switch.failure) == (ids[1], "")

    run(releases, test)


def test_a_pointer_that_leads_nowhere_leaves_the_old_one_serving(releases: Path, ids: tuple[str, ...]) -> None:
    async def test(switch: Switch) -> None:
        (releases / pointer.CURRENT).unlink()
        await switch.poll()
        assert switch.current.release.id == ids[2]
        assert "nothing is published" in switch.failure

    run(releases, test)


def test_a_face_that_does_not_start_is_closed_and_the_old_release_stays(releases: Path, ids: tuple[str, ...]) -> None:
    async def test(switch: Switch) -> None:
        switch.rows = (ROW, FaceRow("broken", ("/broken",), f"{__name__}:open_broken"))
        pointer.switch(releases, ids[1])
        await switch.poll()
        assert switch.current.release.id == ids[2]
        assert switch.failure == "this face does not start"

    run(releases, test)
    assert all(face.closed == 1 for face in OPENED)


def test_a_start_without_release_says_what_to_do(tmp_path: Path) -> None:
    async def test(switch: Switch) -> None:
        raise AssertionError

    with pytest.raises(ReleaseError, match="alliances publish"):
        run(tmp_path, test)


def test_older_releases_are_opened_once_and_bounded(releases: Path, ids: tuple[str, ...]) -> None:
    async def test(switch: Switch) -> None:
        async def ask(id: str) -> str:
            async with switch.hold(id) as held:
                await held.face("counting")
                await asyncio.sleep(0.01)
                return held.root

        roots = await asyncio.gather(*(ask(id) for id in ids * 3))
        assert set(roots) == {f"/releases/{id}" for id in ids}
        assert len(switch._older) == 1
        for _ in range(6_000):  # those that had to make room close one after the other, on a busy machine slowly
            if switch.open_count == 2:
                break
            await asyncio.sleep(0.01)
        assert switch.open_count == 2

    run(releases, test, open_releases=1)
    assert all(face.closed == 1 for face in OPENED)


@pytest.mark.parametrize("id", ["", "..", "../..", "2020-01-01-0123456789", "current", ".building", "a" * 500])
def test_what_is_no_release_is_not_found(releases: Path, id: str) -> None:
    async def test(switch: Switch) -> None:
        with pytest.raises(Problem) as found:
            async with switch.hold(id):
                raise AssertionError
        assert found.value.status == 404
        assert switch.open_count == 1

    run(releases, test)
