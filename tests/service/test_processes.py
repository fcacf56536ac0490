"""The service as a process: first start, second start, what keeps it from starting, signals, its log."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

import pytest
from click.testing import CliRunner

from datasets.release import pointer
from service.cli import alliances
from tests.service.running import Running, command, environment, running

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path, world: Path) -> dict[str, str]:
    """An empty place with a copy of the small world as facts."""
    shutil.copytree(world, tmp_path / "facts")
    return {"ALLIANCES_FACTS": "facts", "ALLIANCES_POLL_SECONDS": "0.05"}


def asked(service: Running, query: str) -> bytes:
    """The answer of SPARQL, as soon as its store is built."""
    began = time.perf_counter()
    while True:
        try:
            return service.get(f"/sparql?query={quote(query)}", Accept="application/sparql-results+json")
        except HTTPError as error:
            error.close()
            if error.code != 503 or time.perf_counter() - began > 60:
                raise
            time.sleep(0.05)


def test_an_empty_place_is_published_and_served_and_served_again(tmp_path: Path, settings: dict[str, str]) -> None:
    with running(tmp_path, settings) as service:
        id = service.release()
        assert f"published {id}" in service.errors
        assert pointer.current(tmp_path / ".alliances" / "releases") == tmp_path / ".alliances" / "releases" / id
        assert b"Lotus Network" in service.get("/doc/alliance/lotus-network")
        assert json.loads(asked(service, "ASK { ?s ?p ?o }"))["boolean"] is True
        assert service.stop() == 0
    with running(tmp_path, settings) as service:
        assert service.release() == id
        assert "published" not in service.errors


def test_changed_facts_are_told_with_the_command(
    tmp_path: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(alliances, ["publish", "--load"], env=settings, catch_exceptions=False)
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
        done = CliRunner().invoke(alliances, ["publish", "--load"], env=settings)
        assert "published" in done.stdout
        while service.release() == id:
            assert time.perf_counter() - began < 60
            time.sleep(0.05)
        page = service.get("/doc/alliance/lotus-network").decode()
        assert '<h1 lang="en">Lotus Network</h1>' in page or "<h1>Lotus Network</h1>" in page


def _put(path: Path, content: bytes) -> None:
    """Replace a file, whose content other tests share."""
    path.unlink()
    path.write_bytes(content)


def _gone(release: Path) -> str:
    (release / "shapes.json").unlink()
    return "shapes.json"


def _flipped(release: Path) -> str:
    content = bytearray((release / "alliances.sqlite").read_bytes())
    content[len(content) // 2] ^= 1
    _put(release / "alliances.sqlite", bytes(content))
    return "alliances.sqlite is not what it was when published"


def _renamed(release: Path) -> str:
    manifest = release / "manifest.json"
    said = json.loads(manifest.read_text()) | {"id": "2030-01-01-0123456789"}
    _put(manifest, json.dumps(said).encode())
    return "the manifest says 2030-01-01-0123456789"


def _listless(release: Path) -> str:
    manifest = release / "manifest.json"
    _put(manifest, json.dumps(json.loads(manifest.read_text()) | {"files": {}}).encode())
    return "manifest.json does not list the files"


@pytest.mark.parametrize("broken", [_gone, _flipped, _renamed, _listless])
def test_what_keeps_it_from_starting_is_one_line(
    releases: Path, ids: tuple[str, ...], tmp_path: Path, broken: Callable[[Path], str]
) -> None:
    word = broken(releases / ids[-1])
    done = subprocess.run(
        command("serve", "--port", "0"),
        cwd=tmp_path,
        env=environment(ALLIANCES_RELEASES=str(releases)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("alliances: ")
    assert word in line


def test_requests_in_flight_are_answered_before_the_end_and_all_are_logged(
    releases: Path, ids: tuple[str, ...], tmp_path: Path
) -> None:
    with running(tmp_path, {"ALLIANCES_RELEASES": str(releases)}) as service:
        service.get("/doc/alliance/lotus-network?x=1", **{"X-Request-Id": "test-12345678", "User-Agent": "tests"})
        service.get("/doc/alliance/lotus-network?x=1")
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
    lines = [json.loads(line) for line in service.lines]
    line = next(line for line in lines if line["request_id"] == "test-12345678")
    assert (line["method"], line["path"], line["query"]) == ("GET", "/doc/alliance/lotus-network", "x=1")
    assert (line["status"], line["release"], line["agent"]) == (200, ids[-1], "tests")
    assert line["bytes"] > 1000
    assert line["milliseconds"] > 0
    assert any(line.get("cached") for line in lines)
    assert sum(line["path"] == "/browse/alliances/claims" for line in lines) == 8


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
