"""Seven GraphQL questions to our service and to others over the same data, in one run: CPU, requests, ratios.

    python -m tests.benchmarks graphql [--factor 10] [--rounds 3] [--seconds 2] [--servers ours,stock] [--json FILE]

CPU is user and system time of the server's process group (and of its database's processes), one request after the
other. Requests per second are those of one client and of 16. Rounds go through all servers in turn; medians are shown.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import world
from tests.benchmarks.graphql import compared, servers, table
from tests.benchmarks.graphql.questions import Question, document, questions
from tests.benchmarks.graphql.servers import Server
from tests.benchmarks.load import Request, cpu_per_request, operation, rate, warm

Cell = tuple[str, str, str]
"""Measure, server, question."""


def main(arguments: list[str]) -> None:
    """Measure and print."""
    given = _arguments(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are ended, too
    release = world.current(given.factor)
    asked = questions(release.database)
    names = given.servers.split(",")
    with ExitStack() as stack:
        running, missing = servers.start(stack, release, [name for name in names if name != "floor"])
        if "ours" in names and "ours" not in running:
            sys.exit("\n".join(missing))
        asked = compared.prepared(asked, running)
        sizes = compared.checked(asked, running)
        if "floor" in names:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for question in asked:
                body = running["ours"].body(question.documents["ours"], question.variables["ours"])
                (folder / question.name).write_bytes(body)
            running["floor"] = servers.floor(stack, folder)
        found = measure(running, asked, given.rounds, given.seconds)
        extra = nested(running["ours"], given.rounds, given.seconds) if "ours" in running else {}
    print(table.written(running, asked, sizes, found, extra, missing, given.factor))
    if given.json:
        plain = {" ".join(cell): values for cell, values in found.items()} | {"nested": extra}
        Path(given.json).write_text(json.dumps(plain, indent=1) + "\n")


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks graphql", description=__doc__)
    parser.add_argument("--factor", type=int, default=1, help="times the bench world")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--servers", default=",".join((*servers.STARTERS, "floor")))
    parser.add_argument("--json", default="", help="file for all measurements")
    return parser.parse_args(arguments)


def request_of(server: Server, question: Question) -> Request:
    """The request by which a server is asked a question."""
    if server.schema == "floor":
        return operation(server.port, f"/{question.name}", "", {})
    return operation(server.port, server.path, question.documents[server.schema], question.variables[server.schema])


def measure(running: dict[str, Server], asked: list[Question], rounds: int, seconds: float) -> dict[Cell, list[float]]:
    """All measurements of all rounds, by measure, server and question."""
    found: dict[Cell, list[float]] = {}
    for server in running.values():
        for question in asked:
            warm(request_of(server, question))
        server.settle(900)
    for number in range(rounds):
        for question in asked:
            print(f"round {number + 1} of {rounds}: {question.name}", file=sys.stderr, flush=True)
            for name, server in running.items():
                request = request_of(server, question)
                took = cpu_per_request(request, server.cpu, seconds / 2)
                found.setdefault(("cpu", name, question.name), []).append(took)
            for clients in (1, 16):
                for name, server in running.items():
                    many = rate(request_of(server, question), clients, seconds)
                    found.setdefault((f"rps{clients}", name, question.name), []).append(many)
                    server.settle()
    return found


def nested(ours: Server, rounds: int, seconds: float) -> dict[int, list[float]]:
    """CPU per request of our nested list at pages of 10 and of 100."""
    found: dict[int, list[float]] = {10: [], 100: []}
    for _ in range(rounds):
        for page, values in found.items():
            request = operation(ours.port, ours.path, document("ours", "Nested"), {"n": page})
            warm(request, 0.2)
            values.append(cpu_per_request(request, ours.cpu, seconds / 2))
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
