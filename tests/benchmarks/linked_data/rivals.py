"""The rivals that are written in Python, in an environment of their own: they need other versions than we do.

It is made in `.benchmarks/` from `tests/benchmarks/rivals/requirements.txt`, hashed and naming no index. To pin it
anew run pip-compile with the options of `make lock` on `requirements.in` beside it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tests.benchmarks.world import KEPT, ROOT

LOCK = ROOT / "tests" / "benchmarks" / "rivals" / "requirements.txt"


class Missing(Exception):
    """A rival that cannot be run here; says why."""


def environment() -> Path:
    """The folder with the commands of the rivals, installed where they are not there yet. Raises Missing."""
    folder = KEPT / f"rivals-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:10]}"
    if not (folder / "complete").is_file():
        print("installing the rivals (once; a minute)", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        command = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            str(LOCK),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise Missing(f"pip could not install {LOCK.relative_to(ROOT)}: {done.stderr[-400:]}")
        (folder / "complete").touch()
    return folder / "bin"


def version(package: str) -> str:
    """The version of a rival as pinned."""
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        name, equal, rest = line.partition("==")
        if equal and name == package:
            return rest.split()[0]
    raise Missing(f"{package} is not in {LOCK.relative_to(ROOT)}")
