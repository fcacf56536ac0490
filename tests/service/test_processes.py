"""The service as a process: first start, second start, what keeps it from starting, signals, its log."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from datasets.release import pointer
from tests.service.running import command, environment, running

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path, world: Path) -> dict[str, str]:
    """An empty place with a copy of the small world as facts."""
    shutil.copytree(world, tmp_path / "facts")
    return {"ALLIANCES_FACTS": "facts", "ALLIANCES_POLL_SECONDS": "0.05"}


def refused(folder: Path, settings: dict[str, str], *arguments: str) -> str:
    """The one line with which the service says why it does not start."""
    done = subprocess.run(
        command("serve", *arguments),
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("alliances: ")
    return lines[0]


def test_an_empty_place_is_published_and_served_and_served_again(tmp_path: Path, settings: dict[str, str]) -> None:
    with running(tmp_path, settings) as service:
        id = service.release()
        assert f"published {id}" in service.errors
        assert pointer.current(tmp_path / ".alliances" / "releases") == tmp_path / ".alliances" / "releases" / id
        assert b"Lotus Network" in service.get("/doc/alliance/lotus-network")
        assert service.stop() == 0
    with running(tmp_path, settings) as service:
        assert service.release() == id
        assert "published" not in service.errors
        # Five seconds are the promise: measured is work, since the machine may be busy with other tests.
        used = psutil.Process(service.process.pid).cpu_times()
        assert used.user + used.system < 5


def test_changed_facts_are_told_with_the_command(tmp_path: Path, settings: dict[str, str]) -> None:
    with running(tmp_path, settings):
        pass
    path = tmp_path / "facts" / "alliances.csv"
    path.write_text(path.read_text().replace("Lotus Network of Universities", "Lotus Network"))
    with running(tmp_path, settings) as service:
        began = time.perf_counter()
        while "have changed since" not in service.errors:
            assert time.perf_counter() - began < 60, service.errors
            time.sleep(0.05)
        line = next(line for line in service.errors.splitlines() if "have changed since" in line)
        assert "alliances publish --load" in line
        id = service.release()
        done = subprocess.run(
            command("publish", "--load"),
            cwd=tmp_path,
            env=environment(**settings),
            capture_output=True,
            text=True,
            check=True,
        )
        assert "published" in done.stdout
        while service.release() == id:
            assert time.perf_counter() - began < 60
            time.sleep(0.05)
        assert b"Lotus Network of Universities" not in service.get("/doc/alliance/lotus-network")


def test_a_busy_port_is_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refused(tmp_path, settings, "--port", str(port))
    assert f"127.0.0.1:{port}" in line
    assert "--port" in line
    assert not (tmp_path / ".alliances").exists()


def test_a_host_that_is_not_ours_is_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    assert "192.0.2.1" in refused(tmp_path, settings, "--host", "192.0.2.1", "--port", "0")


@pytest.mark.parametrize("name", ["ALLIANCES_RELEASES", "ALLIANCES_DATABASE"])
def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, settings: dict[str, str], name: str) -> None:
    (tmp_path / "file").touch()
    value = "file/releases" if name == "ALLIANCES_RELEASES" else "sqlite:///file/canonical.sqlite"
    done = subprocess.run(
        command("serve", "--port", "0"),
        cwd=tmp_path,
        env=environment(**settings, **{name: value}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "file" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("file", ["manifest.json", "shapes.json", "alliances.sqlite", "alliances-csv.zip"])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_release_is_one_line(
    releases: Path, ids: tuple[str, ...], tmp_path: Path, file: str, damage: str
) -> None:
    path = releases / ids[-1] / file
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    line = refused(tmp_path, {"ALLIANCES_RELEASES": str(releases)}, "--port", "0")
    assert ids[-1] in line
    assert "damaged" in line


def test_a_pointer_to_nothing_is_one_line(releases: Path, tmp_path: Path) -> None:
    (releases / pointer.CURRENT).unlink()
    (releases / pointer.CURRENT).symlink_to("2020-01-01-0123456789")
    line = refused(tmp_path, {"ALLIANCES_RELEASES": str(releases)}, "--port", "0")
    assert "current" in line


def test_facts_with_errors_are_not_published(tmp_path: Path, settings: dict[str, str]) -> None:
    path = tmp_path / "facts" / "alliances.csv"
    path.write_text(path.read_text().replace("bamboo-circle,", "Bamboo Circle,", 1))
    done = subprocess.run(
        command("serve", "--port", "0"),
        cwd=tmp_path,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "alliances.csv:2:1" in done.stderr
    assert "alliances check" in done.stderr.strip().splitlines()[-1]


def test_requests_in_flight_are_answered_before_the_end(releases: Path, tmp_path: Path) -> None:
    with running(tmp_path, {"ALLIANCES_RELEASES": str(releases)}) as service:
        host = urlsplit(service.address).netloc
        connections = [http.client.HTTPConnection(host, timeout=30) for _ in range(8)]
        for number, connection in enumerate(connections):
            connection.request("GET", f"/browse/alliances/claims?_size={90 + number}")
        while service.gauge("requests_in_flight") < 2:
            time.sleep(0.005)
        service.process.terminate()
        for connection in connections:
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.read().rstrip().endswith(b"</html>")
            connection.close()
        assert service.stop() == 0


def test_the_access_log_is_lines_of_json(releases: Path, ids: tuple[str, ...], tmp_path: Path) -> None:
    with running(tmp_path, {"ALLIANCES_RELEASES": str(releases)}) as service:
        service.get("/doc/alliance/lotus-network?x=1", **{"X-Request-Id": "test-12345678", "User-Agent": "tests"})
        service.get("/doc/alliance/lotus-network?x=1")
        assert service.stop() == 0
    lines = [json.loads(line) for line in service.lines]
    line = next(line for line in lines if line["request_id"] == "test-12345678")
    assert (line["method"], line["path"], line["query"]) == ("GET", "/doc/alliance/lotus-network", "x=1")
    assert (line["status"], line["release"], line["agent"]) == (200, ids[-1], "tests")
    assert line["bytes"] > 1000
    assert line["milliseconds"] > 0
    assert any(line.get("cached") for line in lines)


def test_without_access_log_stdout_is_empty(releases: Path, tmp_path: Path) -> None:
    settings = {"ALLIANCES_RELEASES": str(releases), "ALLIANCES_ACCESS_LOG": "no"}
    with running(tmp_path, settings) as service:
        service.get("/")
        assert service.stop() == 0
    assert service.lines == []


def test_several_workers_answer_and_switch(releases: Path, ids: tuple[str, ...], tmp_path: Path) -> None:
    settings = {"ALLIANCES_RELEASES": str(releases), "ALLIANCES_POLL_SECONDS": "0.05"}
    with running(tmp_path, settings, "--workers", "2") as service:
        pointer.switch(releases, ids[0])
        began = time.perf_counter()
        seen: list[str] = []
        while seen[-20:] != [ids[0]] * 20:
            seen.append(service.release())
            assert time.perf_counter() - began < 60, seen[-5:]
        assert service.stop() == 0
