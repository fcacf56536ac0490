"""How fast each attack on GraphQL is refused, and how long a neighbour waits meanwhile, against the same server at rest.

    python -m tests.benchmarks attacks [--factor 10] [--rounds 5]

The attacks are those of tests/graphql/test_limits.py and test_attacks.py, sent over HTTP to a server of its own; the
promise is an answer within 0.2 s. Each comes from the next loopback address, so that no budget spares the server work.
The neighbour asks a small question over and over.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

from tests.benchmarks import world
from tests.benchmarks.graphql.servers import ours
from tests.benchmarks.load import Line, operation
from tests.graphql.test_attacks import POSTS
from tests.graphql.test_limits import REFUSED, WRONG

PROMISED = 0.2
"""Seconds within which every attack is answered."""
ASKS = 200
_LAST_BYTES = itertools.cycle(range(2, 255))


def attacks() -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Name, headers and body of every attack."""
    json_headers = {"Content-Type": "application/json"}
    for name, (query, _) in (REFUSED | WRONG).items():
        yield name, json_headers, json.dumps({"query": query}).encode()
    for name, ((_, headers, body), _, _) in POSTS.items():
        yield name, headers, body


def sent(port: int, headers: dict[str, str], body: bytes) -> tuple[int, float]:
    """Status and seconds of one attack, over a connection of its own from an address of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(f"127.0.0.{next(_LAST_BYTES)}", 0))
    began = time.perf_counter()
    try:
        connection.request("POST", "/graphql", body, headers)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 0  # the server has hung up on a body that it would not read
    took = time.perf_counter() - began
    connection.close()
    return status, took


def neighbour(port: int) -> list[float]:
    """Seconds that each of many small questions took."""
    line = Line(operation(port, "/graphql", '{ alliance(id: "alliance-00100") { name } }', {}))
    waits = []
    for _ in range(ASKS):
        began = time.perf_counter()
        line.ask()
        waits.append(time.perf_counter() - began)
    line.close()
    return waits


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks attacks", description=__doc__)
    parser.add_argument("--factor", type=int, default=1, help="times the bench world")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        server = ours(stack, world.current(given.factor), ALLIANCES_SPARQL="no")
        server.settle(900)
        every = list(attacks())
        print("| attack | status | ms, median | ms, worst |\n|---|---:|---:|---:|")
        slow = 0
        for name, headers, body in every:
            answers = [sent(server.port, headers, body) for _ in range(given.rounds)]
            times = [took for _, took in answers]
            middle = statistics.median(times)
            slow += middle > PROMISED
            print(f"| {name} | {answers[0][0]} | {1000 * middle:.1f} | {1000 * max(times):.1f} |")
        print(f"{len(every)} attacks, {slow} slower than {PROMISED} s at the median")
        alone = neighbour(server.port)
        ended = threading.Event()

        def attack() -> None:
            while not ended.is_set():
                for _, headers, body in every:
                    if not ended.is_set():
                        sent(server.port, headers, body)

        attacker = threading.Thread(target=attack)
        attacker.start()
        beside = neighbour(server.port)
        ended.set()
        attacker.join()
    for name, waits in (("at rest", alone), ("beside attacks", beside)):
        waits.sort()
        print(f"neighbour {name}: median {1000 * statistics.median(waits):.1f} ms, p99 {1000 * waits[-3]:.1f} ms")
    print(f"ratio of medians: {statistics.median(beside) / statistics.median(alone):.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
