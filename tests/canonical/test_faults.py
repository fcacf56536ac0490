"""What goes wrong from outside: killed processes, full disks, two loads at once. Nothing is lost or half-written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text

from datasets.canonical.errors import Busy, DiskFull, UnusableDatabase
from datasets.canonical.export import export
from datasets.canonical.load import load
from datasets.canonical.read import records, redirects
from datasets.canonical.store import open_database, writing
from datasets.shapes import SHAPES
from tests.canonical.tools import Row, dump, source, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

ROUNDS = int(os.environ.get("ALLIANCES_KILL_ROUNDS", "6"))
"""How many seeded kills each database gets; dozens before a release."""

_LOAD = """
import sys
from pathlib import Path
from datasets.canonical.errors import CanonicalError
from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.shapes import SHAPES
print("ready", flush=True)
sys.stdin.readline()
try:
    engine = open_database(sys.argv[1], wait=float(sys.argv[3]))
    print(load(engine, Path(sys.argv[2]), SHAPES).changed)
except CanonicalError as error:
    sys.exit(str(error))
"""


@contextmanager
def loading(url: str, folder: Path, wait: float = 60, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process that loads as soon as a line is written to it."""
    arguments = [sys.executable, "-c", _LOAD, url, str(folder), str(wait)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(arguments, text=True, env={**os.environ, "PYTHONPATH": root, **environment}, **pipes)  # type: ignore[call-overload]
    with process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def start(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def facts(folder: Path, version: int, count: int = 800) -> Path:
    """A folder of which each version has other values, a few other records, and other pins and redirects."""
    alive = [n for n in range(count) if n % 7 != version % 7]
    rows: list[Row] = []
    for n in alive:
        rows.append(
            {"id": f"o-{n:05}", "name": f"Name {n % 90} {version}", "language": "en", "city": "X", "sources": "s1|s2"}
        )
        rows.append({"id": f"o-{n:05}", "name": f"Other {version}", "founded": str(1900 + n % 100), "sources": "s3"})
    gone = [{"type": "organization", "id": f"o-{n:05}", "target": ""} for n in range(count) if n % 7 == version % 7]
    pin = {"type": "organization", "id": rows[0]["id"], "column": "name", "value": f"Other {version}", "reason": "so"}
    return write(
        folder,
        {
            "sources.csv": [
                source("s1", "press"),
                source("s2", "press" if version % 2 else "mirror"),
                source("s3", "press"),
            ],
            "organizations.csv": rows,
            "redirects.csv": gone,
            "pins.csv": [pin],
        },
    )


def test_a_killed_load_leaves_the_state_before_or_after(url: str, tmp_path: Path) -> None:
    versions = [facts(tmp_path / f"v{n}", n) for n in range(2)]
    states = []
    for n, folder in enumerate(versions):
        reference = open_database(f"sqlite:///{tmp_path / f'reference-{n}.sqlite'}")
        load(reference, folder, SHAPES)
        states.append(content(reference))
        reference.dispose()
    engine = open_database(url)
    load(engine, versions[0], SHAPES)
    now = 0
    whole = duration(url, versions[1])
    load(engine, versions[0], SHAPES)
    randomness = random.Random(20261122)
    ends = {"before": 0, "after": 0}
    for _ in range(ROUNDS):
        target = 1 - now
        with loading(url, versions[target]) as process:
            start(process)
            time.sleep(randomness.random() * whole)  # the moment of the kill is the point of the test
            process.send_signal(signal.SIGKILL)
            process.wait()
        after = content(engine)
        assert after in (states[now], states[target]), "neither the state before nor the state after"
        ends["after" if after == states[target] else "before"] += 1
        now = target if after == states[target] else now
        check_integrity(engine)
        # and the next load finds no lock, no leftover
        assert load(engine, versions[now], SHAPES).changed is False
    print(f"{engine.dialect.name}: {ROUNDS} kills over {whole:.2f} s: {ends}")
    engine.dispose()


def duration(url: str, folder: Path) -> float:
    """How long an undisturbed load takes in a process of its own."""
    with loading(url, folder) as process:
        begun = time.monotonic()
        start(process)
        out, err = process.communicate()
        assert (process.returncode, out, err) == (0, "True\n", "")
        return time.monotonic() - begun


def content(engine: Engine) -> object:
    tables = dump(engine)
    return [*list(records(engine, SHAPES)), *redirects(engine), *tables["choice"], *tables["claim"], *tables["pin"]]


def check_integrity(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_kill_while_a_database_is_made_leaves_one_that_can_be_opened(url: str, tmp_path: Path) -> None:
    folder = facts(tmp_path / "facts", 0, 20)
    randomness = random.Random(7)
    for _ in range(max(3, ROUNDS // 2)):
        with loading(url, folder) as process:
            start(process)
            time.sleep(randomness.random() * 0.3)
            process.send_signal(signal.SIGKILL)
            process.wait()
        engine = open_database(url)
        load(engine, folder, SHAPES)
        assert not load(engine, folder, SHAPES).changed
        check_integrity(engine)
        with engine.begin() as connection:
            for table in ("claim", "choice", "pin", "redirect", "load", "file"):
                connection.execute(text(f"DELETE FROM {table}"))
        engine.dispose()


def test_two_loads_at_once_wait_for_each_other(url: str, tmp_path: Path) -> None:
    versions = [facts(tmp_path / f"v{n}", n) for n in range(2)]
    engine = open_database(url)
    load(engine, versions[0], SHAPES)
    with loading(url, versions[1]) as one, loading(url, versions[1]) as two:
        start(one)
        start(two)
        told = sorted((process.communicate()[0], process.returncode) for process in (one, two))
    assert told == [("False\n", 0), ("True\n", 0)]
    reference = open_database(f"sqlite:///{tmp_path / 'reference.sqlite'}")
    load(reference, versions[1], SHAPES)
    assert content(engine) == content(reference)
    engine.dispose()
    reference.dispose()


def test_a_load_that_waited_long_enough_gives_one_clear_line(url: str, tmp_path: Path) -> None:
    folder = facts(tmp_path / "facts", 0, 20)
    patient, hasty = open_database(url), open_database(url, wait=0.05)
    load(patient, folder, SHAPES)
    before = dump(patient, history=True)
    with writing(patient), pytest.raises(Busy, match=r"^another load is running on .*; wait for it to end") as caught:
        load(hasty, facts(tmp_path / "next", 1, 20), SHAPES)
    assert "\n" not in str(caught.value)
    assert dump(patient, history=True) == before
    load(hasty, facts(tmp_path / "next", 1, 20), SHAPES)
    patient.dispose()
    hasty.dispose()


def test_readers_go_on_while_a_load_runs(url: str, tmp_path: Path) -> None:
    engine, reader = open_database(url), open_database(url, wait=0.05)
    load(engine, facts(tmp_path / "one", 0, 20), SHAPES)
    before = content(reader)
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM choice"))
        assert content(reader) == before
        connection.rollback()
    engine.dispose()
    reader.dispose()


def test_a_database_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    folder = facts(tmp_path / "facts", 0, 20)
    url = f"sqlite:///{tmp_path / 'canonical.sqlite'}"
    engine = open_database(url)
    load(engine, folder, SHAPES)
    engine.dispose()
    # Root may write everything, so the file is opened as one that nobody may write.
    opened = open_database(url)
    with opened.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON").close()
    with pytest.raises(
        UnusableDatabase, match=r"canonical\.sqlite may not be written; change its owner or permissions"
    ):
        load(opened, facts(tmp_path / "next", 1, 20), SHAPES)
    opened.dispose()


def test_a_postgresql_user_without_rights_is_told(server: str, tmp_path: Path) -> None:
    from tests.canonical import postgres

    with postgres.database(server) as url:
        engine = open_database(url)
        load(engine, facts(tmp_path / "facts", 0, 20), SHAPES)
        with engine.begin() as connection:
            connection.execute(text("DROP ROLE IF EXISTS guest"))
            connection.execute(text("CREATE ROLE guest LOGIN"))
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest"))
        guest = open_database(make_url(url).set(username="guest").render_as_string(hide_password=False))
        assert len(list(records(guest, SHAPES))) > 200
        with pytest.raises(UnusableDatabase, match=r"the user of .*guest.* may not do this: permission denied"):
            load(guest, facts(tmp_path / "next", 1, 20), SHAPES)
        guest.dispose()
        with engine.begin() as connection:
            connection.execute(text("DROP OWNED BY guest"))
            connection.execute(text("DROP ROLE guest"))
        engine.dispose()


def test_a_server_that_goes_away_is_told(server: str, tmp_path: Path) -> None:
    from tests.canonical import postgres

    with postgres.database(server) as url:
        engine, other = open_database(url), open_database(url)
        message = r"cannot be reached: .*check the address and that the server"
        with pytest.raises(UnusableDatabase, match=message):
            _lose_the_server(engine, other)
        load(engine, facts(tmp_path / "facts", 0, 20), SHAPES)
        engine.dispose()
        other.dispose()


def _lose_the_server(engine: Engine, other: Engine) -> None:
    with writing(engine) as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with other.begin() as killer:
            killer.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        connection.execute(text("SELECT 1"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("a full disk needs a mounted tmpfs; run as root")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False).returncode != 0:
        pytest.skip("a full disk needs a mounted tmpfs; run where mounting is allowed")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_told_and_changes_nothing(small_disk: Path, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{small_disk / 'canonical.sqlite'}")
    small = facts(tmp_path / "small", 0, 100)
    load(engine, small, SHAPES)
    before = dump(engine, history=True)
    large = facts(tmp_path / "large", 0, 9000)
    with pytest.raises(DiskFull, match=r"^no room left on the disk of .*canonical\.sqlite or of the temporary folder"):
        load(engine, large, SHAPES)
    assert dump(engine, history=True) == before
    assert not load(engine, small, SHAPES).changed
    engine.dispose()
    fill(small_disk)
    with pytest.raises(DiskFull, match="no room left on the disk of"):
        open_database(f"sqlite:///{small_disk / 'other.sqlite'}")


def test_a_full_temporary_folder_is_told_and_changes_nothing(small_disk: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'canonical.sqlite'}"
    large = facts(tmp_path / "large", 0, 40_000)
    with loading(url, large, SQLITE_TMPDIR=str(small_disk)) as process:
        start(process)
        out, err = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert err.startswith("no room left on the disk of")
    assert err.count("\n") == 1
    engine = open_database(url)
    assert list(records(engine, SHAPES)) == []
    engine.dispose()


def test_an_export_onto_a_full_disk_is_told_and_leaves_nothing(
    small_disk: Path, sqlite: Engine, tmp_path: Path
) -> None:
    load(sqlite, facts(tmp_path / "large", 0, 3000), SHAPES)
    (small_disk / "filler").write_bytes(b"\0" * 2_000_000)
    with pytest.raises(DiskFull, match=r"^no room left on the disk of .*out: free some \(nothing was written\)$"):
        export(sqlite, SHAPES, small_disk / "out")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def fill(disk: Path) -> None:
    """Use up every byte."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError:
            return
