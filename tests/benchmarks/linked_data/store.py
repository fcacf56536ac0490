"""Building the RDF store from more and more of the bench world's dump: quads per second, and the peak of memory.

Loaded in batches, a store of millions of quads needs hardly more memory than one of a few hundred thousand: the rival
of each row is the first.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

from linked_data.dump import QUADS_FILE
from linked_data.sparql import store
from tests.benchmarks import world

SIZES = (500_000, 1_000_000, 2_000_000, 4_000_000)
"""Quads, at once the bench world; as many are there of a larger one."""


def main(factor: int) -> None:
    """Measure."""
    dump = world.current(factor).path / QUADS_FILE.name
    print(f"{'quads':>10} {'CPU s':>7} {'quads/s':>9} {'peak MiB':>9} {'peak':>6} {'on disk MiB':>12}")
    first = 0
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            part, target = folder / QUADS_FILE.name, folder / "store"
            with gzip.open(dump) as lines, gzip.open(part, "wb", compresslevel=1) as to:
                to.writelines(islice(lines, size * factor))
            child = subprocess.Popen([sys.executable, "-m", store.__name__, str(part), str(target)], cwd=world.ROOT)
            _, status, usage = os.wait4(child.pid, 0)
            if os.waitstatus_to_exitcode(status):
                raise RuntimeError(f"building a store of {size} quads failed")
            seconds, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss
            first = first or peak
            disk = sum(path.stat().st_size for path in target.iterdir()) >> 20
            told = f"{size * factor:10,} {seconds:7.1f} {size * factor / seconds:9,.0f} {peak >> 10:9}"
            print(f"{told} {peak / first:5.2f}× {disk:12}", flush=True)
