"""The bench world as a published release, made once for each size and kept in `.benchmarks/` beside the code."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from datasets.release.open import Release
from tests.benchmarks import facts

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".benchmarks"


def releases(factor: int = 1) -> Path:
    """The folder of releases with FACTOR times the bench world as current; published where it is not there yet.

    Raises RuntimeError with the last words of the command that failed.
    """
    folder = KEPT / f"world-{factor}-{_stamp()}"
    if not folder.is_dir():
        print(f"publishing {factor} x the bench world (once; minutes)", file=sys.stderr, flush=True)
        KEPT.mkdir(exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="making-", dir=KEPT))
        try:
            _publish(factor, scratch)
            (scratch / "releases").rename(folder)
        finally:
            shutil.rmtree(scratch)
    return folder


def current(factor: int = 1) -> Release:
    """The release of FACTOR times the bench world."""
    return Release.current(releases(factor))


def _publish(factor: int, scratch: Path) -> None:
    facts.write(scratch / "facts", factor)
    database = f"sqlite:///{scratch / 'canonical.sqlite'}"
    _run("load", str(scratch / "facts"), "--database", database)
    _run("publish", "--database", database, "--releases", str(scratch / "releases"))


def _run(*arguments: str) -> None:
    command = [sys.executable, "-m", "service.cli", *arguments]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCES_")}
    done = subprocess.run(command, cwd=ROOT, env=inherited, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"alliances {arguments[0]}: {(done.stdout + done.stderr)[-2000:]}")


def _stamp() -> str:
    """Changes when the made-up facts do. What the shapes were is kept in a release, so that it is served all the same."""
    return hashlib.sha256(Path(facts.__file__).read_bytes()).hexdigest()[:10]
