"""A worker: answers one query after another from a read-only store, within limits that the system enforces.

Run as `python -m linked_data.sparql.worker STORE`; talks in frames over its standard streams. It may use so much memory
and processor time, may write no file, and stands in a network namespace of its own where the system allows one, so no
request can leave the machine. Whoever started it kills it when a query takes too long: nothing inside can stop one.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from typing import BinaryIO

import orjson

from linked_data.sparql.isolation import without_network

MEMORY = 2 << 30
"""Bytes of address space. The store needs half a gigabyte of it to open at all."""
FILES = 512


def limit() -> None:
    """Limit memory, open files and written bytes for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer until the other end closes."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to the log
    alone = without_network()
    limit()

    import pyoxigraph as ox

    from linked_data.sparql import frames

    store = ox.Store.read_only(sys.argv[1])
    frames.write(answers, orjson.dumps({"ready": True, "network": not alone}))
    while (question := frames.read(questions)) is not None:
        _answer(store, orjson.loads(question), answers)


def _answer(store: object, asked: dict[str, object], answers: BinaryIO) -> None:
    from linked_data.sparql import frames
    from linked_data.sparql.answering import answer

    seconds = int(time.process_time() + float(str(asked["seconds"]))) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    head, body = answer(store, asked)  # type: ignore[arg-type]
    frames.write(answers, orjson.dumps(head))
    frames.write(answers, body)


if __name__ == "__main__":
    main()
