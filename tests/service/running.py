"""The service as a process of its own, as a person starts it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LAUNCHER = f"import sys; sys.path[0] = {str(ROOT)!r}; from service.cli import main; sys.exit(main())"
"""As `.venv/bin/alliances` starts: the code is found from anywhere, without a variable that children would inherit."""
_ADDRESS = re.compile(r"serving release (\S+) at (http://\S+?)/\s")


def command(*arguments: str) -> list[str]:
    """The command line of the project with these arguments."""
    return [sys.executable, "-c", _LAUNCHER, *arguments]


def environment(**settings: str) -> dict[str, str]:
    """The environment of a command: ours without settings, and these settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCES_")}
    return {**inherited, "PYTHONFAULTHANDLER": "1", **settings}


class Running:
    """A service that runs. `errors` is what it has written to stderr so far."""

    def __init__(self, folder: Path, settings: Mapping[str, str], *arguments: str) -> None:
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command("serve", "--port", "0", *arguments),
            cwd=folder,
            env=environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.errors = ""
        self.lines: list[str] = []
        self._ready = threading.Event()
        self._readers = [threading.Thread(target=read) for read in (self._read_errors, self._read_log)]
        for reader in self._readers:
            reader.start()
        if not self._ready.wait(60):
            self.stop()
            raise AssertionError(f"the service did not start: {self.errors}")
        found = _ADDRESS.search(self.errors)
        assert found, self.errors
        self.seconds = time.perf_counter() - self.began
        self.address = found[2]

    def _read_errors(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.errors += line
            if _ADDRESS.search(self.errors):
                self._ready.set()
        self._ready.set()

    def _read_log(self) -> None:
        assert self.process.stdout
        self.lines.extend(self.process.stdout)

    def get(self, path: str, **headers: str) -> bytes:
        """The body at a path."""
        request = urllib.request.Request(self.address + path, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body: bytes = answer.read()
            return body

    def release(self) -> str:
        """The release being served."""
        return str(json.loads(self.get("/health/ready"))["release"])

    def gauge(self, name: str) -> float:
        """A number of the process, from its metrics."""
        found = re.search(rf"^alliances_{name}\{{[^}}]*\}} (\S+)$", self.get("/metrics").decode(), re.MULTILINE)
        assert found, name
        return float(found[1])

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop it; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()
        return code


@contextmanager
def running(folder: Path, settings: Mapping[str, str], *arguments: str) -> Iterator[Running]:
    """A service that runs for the time of the block."""
    service = Running(folder, settings, *arguments)
    try:
        yield service
    except BaseException as error:
        error.add_note(f"exit code {service.process.poll()}, stderr of the service:\n{service.errors[-4000:]}")
        raise
    finally:
        if service.process.poll() is None:
            service.stop()
