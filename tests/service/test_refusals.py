"""What keeps the service from starting: each one clear line and exit code 2, before anything is served."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from datasets.release import pointer
from service.cli import alliances


@pytest.fixture
def settings(tmp_path: Path, world: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An empty place with a copy of the small world as facts."""
    shutil.copytree(world, tmp_path / "facts")
    monkeypatch.chdir(tmp_path)
    return {"ALLIANCES_FACTS": "facts"}


def refused(settings: dict[str, str], *arguments: str, lines: int = 1) -> str:
    """The last line with which the service says why it does not start."""
    done = CliRunner().invoke(alliances, ["serve", *arguments], env=settings)
    assert done.exit_code == 2, done.output
    said = done.stderr.strip().splitlines()
    assert len(said) == lines, said
    assert said[-1].startswith("alliances: ")
    return said[-1]


def test_a_busy_port(tmp_path: Path, settings: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refused(settings, "--port", str(port))
    assert f"127.0.0.1:{port}" in line
    assert "--port" in line
    assert not (tmp_path / ".alliances").exists()


def test_a_host_that_is_not_ours(settings: dict[str, str]) -> None:
    assert "192.0.2.1" in refused(settings, "--host", "192.0.2.1", "--port", "0")


@pytest.mark.parametrize("name", ["ALLIANCES_RELEASES", "ALLIANCES_DATABASE"])
def test_a_place_that_cannot_be_written(tmp_path: Path, settings: dict[str, str], name: str) -> None:
    (tmp_path / "file").touch()
    value = "file/releases" if name == "ALLIANCES_RELEASES" else "sqlite:///file/canonical.sqlite"
    assert "file" in refused({**settings, name: value}, "--port", "0", lines=2)


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("manifest.json", "missing"),
        ("manifest.json", "cut"),
        ("shapes.json", "cut"),
        ("alliances.sqlite", "missing"),
        ("alliances.sqlite", "cut"),
        ("alliances-csv.zip", "missing"),
    ],
)
def test_a_damaged_release(
    releases: Path, ids: tuple[str, ...], settings: dict[str, str], file: str, damage: str
) -> None:
    path = releases / ids[-1] / file
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    line = refused({**settings, "ALLIANCES_RELEASES": str(releases)}, "--port", "0")
    assert ids[-1] in line
    assert "damaged" in line


def test_a_pointer_to_nothing(releases: Path, settings: dict[str, str]) -> None:
    (releases / pointer.CURRENT).unlink()
    (releases / pointer.CURRENT).symlink_to("2020-01-01-0123456789")
    assert "current" in refused({**settings, "ALLIANCES_RELEASES": str(releases)}, "--port", "0")


def test_facts_with_errors(tmp_path: Path, settings: dict[str, str]) -> None:
    path = tmp_path / "facts" / "alliances.csv"
    path.write_text(path.read_text().replace("bamboo-circle,", "Bamboo Circle,", 1))
    done = CliRunner().invoke(alliances, ["serve", "--port", "0"], env=settings)
    assert done.exit_code == 2
    assert "alliances.csv:2:1" in done.stderr
    assert "alliances check" in done.stderr.strip().splitlines()[-1]
    assert not (tmp_path / ".alliances" / "releases").exists()
