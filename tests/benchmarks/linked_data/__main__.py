"""Documents, dumps, the RDF store, SPARQL and conditional requests against rdflib, morph-kgc, Oxigraph's server and bare Starlette.

    python -m tests.benchmarks linked_data [PART …] [--factor 10]

Rivals that need other versions than we do have an environment of their own (`rivals.py`); of one that is missing there
is a line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.benchmarks import service
from tests.benchmarks.linked_data import documents, dumps, sparql, store


def conditional(factor: int) -> None:
    """Measure answers 304 for documents."""
    service.main(["--factor", str(factor), "--how", "304", "--answers", "Turtle,JSON-LD,record as JSON"])


PARTS: dict[str, Callable[[int], None]] = {
    "documents": documents.main,
    "dumps": dumps.main,
    "store": store.main,
    "sparql": sparql.main,
    "conditional": conditional,
}
"""What is measured at so many times the bench world."""


def main(arguments: list[str]) -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks linked_data", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--factor", type=int, default=1, help="times the bench world")
    given = parser.parse_args(arguments)
    unknown = [part for part in given.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    for part in given.parts or PARTS:
        print(f"\n-- {part}", flush=True)
        PARTS[part](given.factor)


if __name__ == "__main__":
    main(sys.argv[1:])
