"""Dumps against morph-kgc, which makes the same statements of the same tables by an R2RML mapping.

Compared are the chosen facts and the graph of all claims, as N-Quads, each by one process that starts anew; the graphs
of single sources, which an R2RML mapping cannot say (they parse JSON and dates), are left out on both sides. Both
results are sorted and compared line by line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from datasets.release.open import Release
from linked_data.documents import Documents
from linked_data.dump import dump, redirected
from linked_data.linked import LinkedData
from linked_data.mapping import CLAIM
from linked_data.saying import quads, text
from linked_data.triples import Writers
from tests.benchmarks import world
from tests.benchmarks.linked_data import rivals
from tests.benchmarks.linked_data.r2rml import Mapping
from tests.benchmarks.world import ROOT

TARGET = 8
_SETTINGS = """[CONFIGURATION]
output_file: {output}
output_format: N-QUADS
number_of_processes: 1
logging_level: WARNING
[release]
mappings: {mapping}
db_url: sqlite:///{database}
"""
_NULL = re.compile(r"None\b|\"none\"")
_BYTES = {**os.environ, "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds of processor time, seconds in all, peak memory in MiB."""

    cpu: float
    seconds: float
    peak: float


def statements(connection: apsw.Connection, writers: Writers, day: str) -> Iterator[str]:
    """The chosen facts and the graph of all claims, as our dumps write them."""
    documents = Documents(connection, writers, day)
    yield text(documents.vocabularies())
    for entity in writers.shapes.entities:
        if entity.name != CLAIM:
            for blocks in documents.records.all(entity.name):
                yield text(blocks)
    claim = writers[CLAIM]
    fields = ", ".join(f'"{name}"' for name in claim.fields)
    for row in connection.execute(f"SELECT {fields} FROM {claim.entity.plural}"):
        yield quads(claim.blocks(row)[:1], writers.names.claims_graph)
    yield text(redirected(connection, writers))


def write(release: Release, output: Path) -> None:
    """Write them to a file."""
    linked, connection = LinkedData.of(release), release.connect()
    with output.open("w", encoding="utf-8") as stream:
        stream.writelines(statements(connection, linked.writers, release.date))
    connection.close()


def run(*command: str) -> Cost:
    """What a command takes. Raises RuntimeError with its last words when it fails."""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        before = os.times().elapsed
        _, status, usage = os.wait4(child.pid, 0)
        seconds = os.times().elapsed - before
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{command}: {said.read().decode(errors='replace')[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024)


def ordered(path: Path) -> Path:
    """The distinct lines of a file, sorted by their bytes, beside it; two blanks before the end are one."""
    found = path.with_suffix(".sorted")
    command = ["sort", "-u", "-S", "512M", "-T", str(path.parent), "-o", str(found)]
    with path.open("rb") as lines, subprocess.Popen(command, env=_BYTES, stdin=subprocess.PIPE) as sorting:
        assert sorting.stdin is not None
        sorting.stdin.writelines(line.replace(b"  .\n", b" .\n") for line in lines)
    if sorting.returncode:
        raise RuntimeError(f"sort ended with {sorting.returncode}")
    return found


def only_in(one: Path, other: Path) -> Iterator[str]:
    """The lines of one sorted file that another lacks."""
    command = ["comm", "-23", str(one), str(other)]
    with subprocess.Popen(command, env=_BYTES, stdout=subprocess.PIPE, text=True) as found:
        yield from found.stdout or ()


def compared(ours: Path, theirs: Path) -> str:
    """How the two results differ, in words."""
    one, other = ordered(ours), ordered(theirs)
    with one.open("rb") as stream:
        total = sum(1 for _ in stream)
    lacking = list(only_in(one, other))
    spurious, odd = 0, []
    for line in only_in(other, one):
        if _NULL.search(line):
            spurious += 1
        else:
            odd.append(line)
    for line in (*lacking[:3], *odd[:3]):
        print(f"  differs: {line.rstrip()}")
    return (
        f"{total:,} statements of ours, {len(lacking):,} of them not in theirs; in theirs alone {spurious:,} statements "
        f"about None, which is how it reads NULL, and {len(odd):,} others"
    )


def main(factor: int) -> None:
    """Measure."""
    release = world.current(factor)
    linked, connection = LinkedData.of(release), release.connect()
    with tempfile.TemporaryDirectory(dir=release.path.parent) as name:
        folder = Path(name)
        ours = folder / "ours.nq"
        own = run(sys.executable, "-m", "tests.benchmarks.linked_data.dumps", str(release.path), str(ours))
        print(f"{'':18} {'CPU s':>8} {'seconds':>8} {'MiB':>6} {'ratio':>7} {'target':>7}")
        print(f"{'ours':18} {own.cpu:8.1f} {own.seconds:8.1f} {own.peak:6.0f}")
        try:
            commands = rivals.environment()
            label = f"morph-kgc {rivals.version('morph-kgc')}"
        except rivals.Missing as error:
            print(f"not measured: morph-kgc: {error}")
        else:
            mapping, theirs, settings = folder / "mapping.ttl", folder / "theirs.nq", folder / "settings.ini"
            mapping.write_text(Mapping(linked.writers, connection, release.date).turtle(), encoding="utf-8")
            settings.write_text(_SETTINGS.format(output=theirs, mapping=mapping, database=release.database))
            other = run(str(commands / "python"), "-m", "morph_kgc", str(settings))
            ratio = other.cpu / own.cpu
            print(f"{label:18} {other.cpu:8.1f} {other.seconds:8.1f} {other.peak:6.0f} {ratio:6.1f}x {TARGET:6}x")
            print(compared(ours, theirs))
    count = sum(
        facts.count("\n") + evidence.count("\n") for facts, evidence in dump(connection, linked.writers, release.date)
    )
    print(f"the whole dump has {count:,} quads")
    connection.close()


if __name__ == "__main__":
    write(Release.open(Path(sys.argv[1])), Path(sys.argv[2]))
