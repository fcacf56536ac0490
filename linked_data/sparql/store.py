"""The RDF store of a release: built once from its dump, beside the releases, outside their identity.

Run as `python -m linked_data.sparql.store DUMP STORE`: building needs memory that a service should not keep.
The dump is loaded in batches, so the memory does not grow with it (167 MiB at half a million quads, 214 MiB at five
million, 100,000 quads in a second of processor time); the store gets its name when it is whole. What this program
wrote is not validated again: a tenth of the time.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

BATCH = 100_000
"""Quads that are loaded at once."""
STORES = ".stores"
"""Where the stores stand, among the releases."""


def store_of(release: Path) -> Path:
    """Where the store of a release stands, or will."""
    return release.parent / STORES / release.name


def build(dump: Path, store: Path) -> None:
    """Build a store from a compressed N-Quads dump, unless it is there. Several may try at once: one builds."""
    import pyoxigraph as ox

    store.parent.mkdir(exist_ok=True)
    with (store.parent / f"{store.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if store.is_dir():
            return
        unfinished = store.with_name(f"{store.name}.building")
        shutil.rmtree(unfinished, ignore_errors=True)
        loading = ox.Store(str(unfinished))
        with gzip.open(dump) as lines:
            for batch in _batches(lines):
                loading.bulk_load(batch, format=ox.RdfFormat.N_QUADS, lenient=True)
        loading.optimize()
        loading.flush()
        del loading
        unfinished.rename(store)


def _batches(lines: Iterator[bytes]) -> Iterator[bytes]:
    while batch := b"".join(islice(lines, BATCH)):
        yield batch


def forget(releases: Path, keep: set[str]) -> None:
    """Remove the stores of all releases but those to keep."""
    folder = releases / STORES
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.partition(".")[0] not in keep:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    os.nice(5)
    try:
        build(Path(sys.argv[1]), Path(sys.argv[2]))
    except OSError as error:
        sys.exit(str(error))
