"""Load and publish at the bench world and ten times it: claims per second, seconds, peak memory, and their ratios.

`python -m tests.benchmarks.publish [FACTOR …]` (default 1 10) runs the command line in a child for each step and
prints one table. The rival of each row is the same step on the smallest world of the same run: growth is the claim.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import facts

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step took: wall-clock seconds and the peak resident memory in MiB."""

    seconds: float
    peak: float


def run(*arguments: str) -> Cost:
    """Run a command of `alliances` in a child. Raises RuntimeError with its last words when it fails."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "service.cli", *arguments]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {said[-2000:]}")
    return Cost(time.perf_counter() - started, usage.ru_maxrss / 1024)


def measure(factor: int, scratch: Path) -> dict[str, tuple[Cost, int]]:
    """Load and publish FACTOR times the bench world; each step's cost and how many claims it handled."""
    folder, database = scratch / "facts", scratch / "canonical.sqlite"
    facts.write(folder, factor)
    load = run("load", str(folder), "--database", f"sqlite:///{database}")
    claims = sqlite3.connect(database).execute("select count(*) from claim").fetchone()[0]
    places = ("--database", f"sqlite:///{database}", "--releases", str(scratch / "releases"))
    publish = run("publish", *places)
    return {"load": (load, claims), "publish": (publish, claims)}


def main(factors: list[int]) -> None:
    """Measure each factor and print the table."""
    first: dict[str, Cost] = {}
    print(
        f"{'step':8} {'factor':>6} {'claims':>10} {'seconds':>8} {'claims/s':>9} {'MiB':>7} {'time':>7} {'memory':>7}"
    )
    for factor in factors:
        scratch = Path(tempfile.mkdtemp(prefix="alliances-bench-"))
        try:
            for step, (cost, claims) in measure(factor, scratch).items():
                base = first.setdefault(step, cost)
                print(
                    f"{step:8} {factor:6} {claims:10,} {cost.seconds:8.1f} {claims / cost.seconds:9,.0f} "
                    f"{cost.peak:7.0f} {cost.seconds / base.seconds:6.1f}x {cost.peak / base.peak:6.1f}x",
                    flush=True,
                )
        finally:
            shutil.rmtree(scratch)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1, 10])
