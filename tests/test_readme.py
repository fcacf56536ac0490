"""The README does what it says: its commands exist, its links lead somewhere, its examples give the printed output.

A `console` block is run in order against a server of the real facts: each `$ command` must print the lines below it. A
line `…` stands for any lines. `http://localhost:8000` stands for the server's address. A `sh` block is not run; what it
names must exist.
"""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://localhost:8000"
ALLIANCES = [
    sys.executable,
    "-c",
    "import sys; sys.argv[0] = 'alliances'; from service.cli import main; sys.exit(main())",
]


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def examples(text: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that it should print."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.startswith("> ") and found and not found[-1][1]:
            command, _ = found.pop()
            found.append((f"{command}\n{line[2:]}", []))
        else:
            assert found, f"{line!r} comes before any command"
            found[-1][1].append(line)
    return found


def same(printed: str, expected: list[str]) -> bool:
    """Whether the output is the one in the README, where `…` stands for anything."""
    pattern = "\n".join("*" if line.strip() == "…" else glob_escape(line) for line in expected)
    return fnmatch.fnmatchcase(printed.rstrip("\n"), pattern.replace("…", "*"))


def glob_escape(text: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", text)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A server of the committed facts, published into `folder`: its address and the environment of its commands."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ALLIANCES_DATABASE": f"sqlite:///{folder / 'canonical.sqlite'}",
        "ALLIANCES_RELEASES": str(folder / "releases"),
        "PYTHONPATH": str(ROOT),
    }
    log = folder / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*ALLIANCES, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        wait(f"http://127.0.0.1:{port}/health/ready", server, log)
        yield f"http://localhost:{port}", environment
    finally:
        server.terminate()
        assert server.wait(20) in (0, -15), log.read_text(encoding="utf-8")[-2000:]


def wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server is ready. Fails when it ends or takes five minutes."""
    deadline = time.monotonic() + 300
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not get ready:\n{log.read_text(encoding='utf-8')[-2000:]}")


@pytest.mark.slow
def test_examples_print_what_the_readme_shows(tmp_path: Path) -> None:
    wrong = []
    with served(tmp_path) as (address, environment):
        for command, expected in (example for block in blocks("console") for example in examples(block)):
            run = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command.replace(ADDRESS, address)],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
            )
            printed = run.stdout.replace(address, ADDRESS)
            if not same(printed, expected):
                wrong.append(f"$ {command}\nprinted:\n{printed}{run.stderr}\nshown:\n" + "\n".join(expected))
    assert not wrong, "\n\n".join(wrong)


def test_commands_in_sh_blocks_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = subprocess.run([*ALLIANCES, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for line in (line for block in blocks("sh") for line in block.splitlines()):
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            assert words[1] in targets, line
        elif words[:1] == [".venv/bin/alliances"]:
            assert re.search(rf"^\s+{words[1]}\b", known, re.MULTILINE), line
        elif words:
            pytest.fail(f"{line!r}: neither make nor .venv/bin/alliances")


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_counts_are_those_of_the_facts() -> None:
    for number, plural in re.findall(r"([\d,]+) (alliances|organizations|memberships|agreements)", README):
        lines = (ROOT / "datasets" / "facts" / f"{plural}.csv").read_text(encoding="utf-8").splitlines()
        assert len({line.split(",")[0] for line in lines[1:]}) == int(number.replace(",", "")), plural


def test_output_is_compared_with_gaps() -> None:
    assert same("a\nb [1]\nc\n", ["a", "b [1]"]) is False
    assert same("a\nb\nc\n", ["a", "…"])
    assert same("id 2026-11-22-abc\n", ["id 2026-11-22-…"])
    assert not same("b\n", ["a"])
