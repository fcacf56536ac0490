"""Publishing is killed, and the disk fills up: nothing is lost, nothing stands half-written."""

from __future__ import annotations

import errno
import gc
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from datasets.canonical.read import Record
from datasets.canonical.store import open_database
from datasets.release import pointer
from datasets.release.build import Printed, publish
from datasets.release.errors import PublishError
from datasets.release.exporter import FromDatabase
from datasets.release.exporters import EXPORTERS
from datasets.release.verify import verify
from datasets.shapes import SHAPES, Shapes
from tests.release.tools import changed, names, put

ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("KILL_ROUNDS", "6"))
PUBLISHER = """
import sys
from pathlib import Path
from datasets.canonical.store import open_database
from datasets.release.build import publish
from datasets.shapes import SHAPES
engine = open_database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
said = dict(date="2026-01-31", licence="CC-BY-4.0", base_iri="http://localhost")
print(publish(engine, Path(sys.argv[2]), SHAPES, title=sys.argv[3], **said), flush=True)
"""
SAID: Printed = {"date": "2026-01-31", "licence": "CC-BY-4.0", "base_iri": "http://localhost"}


def publisher(database: str, releases: Path, title: str) -> subprocess.Popen[str]:
    """A process that publishes as soon as a line is written to it."""
    command = [sys.executable, "-c", PUBLISHER, database, str(releases), title]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def started(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return time.monotonic()


@pytest.mark.slow
def test_a_publish_killed_at_any_moment_leaves_the_old_or_the_new_release(world_engine: Engine, tmp_path: Path) -> None:
    """The moments are spread over the time that a whole publish takes in such a process."""
    address = world_engine.url.render_as_string()
    first = publisher(address, tmp_path, "Title 0")
    begin = started(first)
    first.communicate()
    took = time.monotonic() - begin
    dice = random.Random(20260131)
    for number in range(1, ROUNDS + 1):
        before = pointer.current(tmp_path)
        process = publisher(address, tmp_path, f"Title {number}")
        until = started(process) + dice.uniform(0.02, 1.0) * took
        try:
            process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        after = pointer.current(tmp_path)
        assert after is not None
        assert before in (after, *pointer.listed(tmp_path))
        assert all(verify(path) == [] for path in pointer.listed(tmp_path))
        said: Printed = {**SAID, "title": f"Title {number}"}
        again = publish(world_engine, tmp_path, SHAPES, **said)
        assert pointer.current(tmp_path) == again.path
        assert verify(again.path) == []
        assert len(pointer.listed(tmp_path)) == number + 1
        assert [name for name in names(tmp_path) if name.startswith(".")] == [".lock"]


class Overflowing(FromDatabase):
    """An exporter whose disk is full in the middle of the records."""

    def __init__(self, folder: Path, shapes: Shapes) -> None:
        super().__init__(folder, shapes)
        self._room = 40

    def feed(self, record: Record) -> None:
        self._room -= 1
        if not self._room:
            raise OSError(errno.ENOSPC, f"no room for {record.id}")


def test_records_that_are_not_read_to_their_end_are_let_go(world_engine: Engine, tmp_path: Path) -> None:
    said: Printed = {**SAID, "title": "Title"}
    engine = open_database(world_engine.url.render_as_string())
    with pytest.raises(PublishError, match="no room left") as raised:
        publish(engine, tmp_path, SHAPES, exporters=[Overflowing], **said)
    engine.dispose()
    del raised
    gc.collect()  # what is left open fails here, as a warning that nobody asked for
    assert names(tmp_path) == [".lock"]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 4 MB of its own."""
    folder = Path(tempfile.mkdtemp(prefix="alliances-small-disk-"))
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if mount is None or os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("a small disk cannot be mounted; run as root where mounting is allowed")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_is_one_clear_error_and_changes_nothing(records: tuple[Record, ...], small_disk: Path) -> None:
    first = put(records, small_disk)
    content = changed(records, "alliance", "orchid-alliance", acronym="OR")
    for free in range(0, 3_000_000, 250_000):
        filler = small_disk / "filler"
        filler.write_bytes(b"")
        room = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"x" * max(0, room - free))
        try:
            done = put(content, small_disk, exporters=EXPORTERS)
        except PublishError as error:
            assert str(error).startswith(f"no room left on the disk of {small_disk}")  # noqa: PT017
            assert pointer.current(small_disk) == first.path
            assert names(small_disk) == sorted([".lock", first.id, "current", "filler"])
            assert verify(first.path) == []
        else:
            assert free > 1_000_000
            assert verify(done.path) == []
            break
    else:
        pytest.fail("it never fitted")


def test_a_folder_that_may_not_be_written_is_one_clear_error(records: tuple[Record, ...], small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(
        PublishError, match=r"cannot be written or read \(Read-only file system\); nothing was published"
    ):
        put(records, small_disk / "releases")
