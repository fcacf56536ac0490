"""The bench world as a published release, made once for each size and kept in `.benchmarks/` beside the code."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from datasets.release.open import Release
from service.exporters import exporters
from tests.benchmarks import facts

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".benchmarks"


def releases(factor: int = 1) -> Path:
    """The folder of releases with FACTOR times the bench world as current; published where it is not there yet.

    Raises RuntimeError with the last words of the command that failed.
    """
    return _kept(
        f"world-{factor}-{_stamp()}", f"{factor} x the bench world", lambda folder: facts.write(folder, factor)
    )


def _kept(name: str, what: str, write: Callable[[Path], object]) -> Path:
    """The folder of releases of that name; its facts are written and published where it is not there yet."""
    folder = KEPT / f"{name}-{_files()}"
    if not folder.is_dir():
        print(f"publishing {what} (once; minutes)", file=sys.stderr, flush=True)
        KEPT.mkdir(exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="making-", dir=KEPT))
        try:
            write(scratch / "facts")
            _publish(scratch)
            (scratch / "releases").rename(folder)
        finally:
            shutil.rmtree(scratch)
    return folder


def committed() -> Release:
    """The release of the committed facts."""
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(facts.COMMITTED.iterdir()))).hexdigest()[:10]
    return Release.current(
        _kept(f"facts-{stamp}", "the committed facts", lambda folder: shutil.copytree(facts.COMMITTED, folder))
    )


def current(factor: int = 1) -> Release:
    """The release of FACTOR times the bench world."""
    return Release.current(releases(factor))


def _publish(scratch: Path) -> None:
    database = f"sqlite:///{scratch / 'canonical.sqlite'}"
    _run("load", str(scratch / "facts"), "--database", database)
    _run("publish", "--database", database, "--releases", str(scratch / "releases"))


def _run(*arguments: str) -> None:
    command = [sys.executable, "-m", "service.cli", *arguments]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCES_")}
    done = subprocess.run(command, cwd=ROOT, env=inherited, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"alliances {arguments[0]}: {(done.stdout + done.stderr)[-2000:]}")


def _files() -> str:
    """Changes when releases get other files."""
    names = sorted(file.name for exporter in exporters() for file in exporter.FILES)
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:6]


def _stamp() -> str:
    """Changes when the made-up facts do. What the shapes were is kept in a release, so that it is served all the same."""
    return hashlib.sha256(Path(facts.__file__).read_bytes()).hexdigest()[:10]
