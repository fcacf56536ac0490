"""Documents against rdflib, and the speed of the dump.

python -m tests.benchmarks linked_data [PART …] [--factor 10]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from datasets.release.open import Release
from tests.benchmarks import world
from tests.benchmarks.linked_data import documents, dumps

PARTS: dict[str, Callable[[Release], None]] = {"documents": documents.main, "dumps": dumps.main}


def main(arguments: list[str]) -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks linked_data", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--factor", type=int, default=1, help="times the bench world")
    given = parser.parse_args(arguments)
    unknown = [part for part in given.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    release = world.current(given.factor)
    for part in given.parts or PARTS:
        print(f"\n-- {part}", flush=True)
        PARTS[part](release)


if __name__ == "__main__":
    main(sys.argv[1:])
