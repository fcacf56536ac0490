"""The dump as text."""

from __future__ import annotations

import time

from datasets.release.open import Release
from linked_data.dump import dump
from linked_data.linked import LinkedData


def main(release: Release) -> None:
    """Measure."""
    linked, connection = LinkedData.of(release), release.connect()
    begun = time.perf_counter()
    found = dump(connection, linked.writers, release.date)
    count = sum(facts.count("\n") + evidence.count("\n") for facts, evidence in found)
    seconds = time.perf_counter() - begun
    print(f"dump: {count} quads in {seconds:.1f} s, {count / seconds:.0f} quads/s")
    connection.close()
