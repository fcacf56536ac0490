"""Tables: pages out of the cache, pages made anew, and files of all rows, against stock Datasette over the same file.

    python -m tests.benchmarks browse [--factor 10] [--rounds 3] [--seconds 2]

Stock is Datasette as it comes, over the SQLite file of the same release, in the same run. CPU per request is taken one
after the other, requests per second with one client. A file of stock is made of what it has: its streamed CSV, and its
JSON page by page; it writes no Excel.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib.metadata import version
from statistics import median
from urllib.parse import urlsplit

from datasets.release.open import Release
from tests.benchmarks import world
from tests.benchmarks.graphql.servers import Server, free_port, ours, started
from tests.benchmarks.load import Line, Request, cpu_per_request, warm

PROMISED = 100
"""Times as many faceted pages out of the cache as stock makes."""
PAGES = {
    "table, 3 facets": "alliances/memberships?_facet=role&_facet=alliance&_facet=organization",
    "table, filtered": "alliances/memberships?role=member&_sort=since_sort",
    "sheet with names": "sheets/memberships?_facet=role&_facet=organization_country",
    "row": "alliances/alliances/alliance-00100",
    "JSON, 100 rows": "alliances/memberships.json?_size=100",
}
"""Pages below the mount. Stock has no sheets: it shows the table of the release instead."""
FILE = "alliances/memberships"
"""The table of which all rows are downloaded."""


@dataclass(frozen=True, slots=True)
class Took:
    """What a file took: CPU seconds, seconds, bytes."""

    cpu: float
    seconds: float
    bytes: int


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks browse", description=__doc__)
    parser.add_argument("--factor", type=int, default=1, help="times the bench world")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    given = parser.parse_args(arguments)
    release = world.current(given.factor)
    with ExitStack() as stack:
        cached = ours(stack, release, ALLIANCES_SPARQL="no")
        fresh = ours(stack, release, ALLIANCES_SPARQL="no", ALLIANCES_CACHE_BYTES="0")
        stock = _stock(stack, release)
        for server in (cached, fresh, stock):
            server.settle(120)
        _pages(cached, fresh, stock, given.rounds, given.seconds)
        _files(fresh, stock, given.rounds)


def _stock(stack: ExitStack, release: Release) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", "-i", str(release.database), "-p", str(port)]
    return stack.enter_context(started(f"Datasette {version('datasette')}", "stock", command, port))


def _pages(cached: Server, fresh: Server, stock: Server, rounds: int, seconds: float) -> None:
    found: dict[str, list[tuple[float, ...]]] = {}
    for number in range(rounds):
        print(f"pages, round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for name, path in PAGES.items():
            plain = path.replace("sheets/", "alliances/").replace("organization_country", "organization")
            asked = (
                (cached, Request(cached.port, f"/browse/{path}")),
                (fresh, Request(fresh.port, f"/browse/{path}")),
                (stock, Request(stock.port, f"/{plain}")),
            )
            row: list[float] = []
            for server, request in asked:
                warm(request, 0.2)
                row += [cpu_per_request(request, server.cpu, seconds / 2), _rate(request, seconds)]
            found.setdefault(name, []).append(tuple(row))
    print("| page | cached CPU ms | /s | made anew CPU ms | /s | stock CPU ms | /s | cached ÷ stock | anew ÷ stock |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, rows in found.items():
        a, b, c, d, e, f = (median(column) for column in zip(*rows, strict=True))
        kept, anew = median(row[1] / row[5] for row in rows), median(row[3] / row[5] for row in rows)
        print(f"| {name} | {a:.2f} | {b:,.0f} | {c:.1f} | {d:.1f} | {e:.1f} | {f:.1f} | {kept:,.0f} × | {anew:.1f} × |")
    faceted = found["table, 3 facets"]
    ratio, cpu = median(row[1] / row[5] for row in faceted), median(row[4] / row[0] for row in faceted)
    print(f"faceted page out of the cache: {ratio:,.0f} times as many as stock makes (promised: {PROMISED}),")
    print(f"each with {cpu:,.0f} times less CPU\n")


def _rate(request: Request, seconds: float) -> float:
    """Requests per second, one after the other."""
    line = Line(request)
    asked, began = 0, time.perf_counter()
    while asked < 3 or time.perf_counter() < began + seconds:
        line.ask()
        asked += 1
    spent = time.perf_counter() - began
    line.close()
    return asked / spent


def _files(fresh: Server, stock: Server, rounds: int) -> None:
    suffixes: dict[str, Callable[[], int] | None] = {
        "csv": lambda: _downloaded(stock, f"/{FILE}.csv?_stream=on&_size=max"),
        "json": lambda: _paged(stock, f"/{FILE}.json?_size=max&_shape=objects"),
        "xlsx": None,
    }
    print("| all rows as | CPU s | s | MB | stock CPU s | s | stock ÷ ours, CPU |\n|---|---:|---:|---:|---:|---:|---:|")
    for suffix, theirs in suffixes.items():
        mine, other = [], []
        for number in range(rounds):
            print(f"{suffix}, round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            mine.append(_took(fresh, lambda suffix=suffix: _downloaded(fresh, f"/browse/-/export/{FILE}.{suffix}")))  # type: ignore[misc]
            if theirs:
                other.append(_took(stock, theirs))
        cpu, seconds, size = (
            median(values) for values in zip(*((t.cpu, t.seconds, t.bytes) for t in mine), strict=True)
        )
        line = f"| {suffix} | {cpu:.2f} | {seconds:.2f} | {size / 1e6:.1f} |"
        if other:
            ratio = median(t.cpu for t in other) / cpu
            line += f" {median(t.cpu for t in other):.2f} | {median(t.seconds for t in other):.2f} | {ratio:.1f} × |"
        else:
            line += " – | – | – |"
        print(line)


def _took(server: Server, function: Callable[[], int]) -> Took:
    server.settle()
    cpu, began = server.cpu(), time.perf_counter()
    size = function()
    seconds = time.perf_counter() - began
    server.settle()
    return Took(server.cpu() - cpu, seconds, size)


def _downloaded(server: Server, path: str) -> int:
    return len(_fetched(server, path))


def _paged(server: Server, path: str) -> int:
    """All pages of a table, one after the other."""
    size, address = 0, path
    while address:
        body = _fetched(server, address)
        size += len(body)
        following = urlsplit(json.loads(body)["next_url"] or "")
        address = f"{following.path}?{following.query}" if following.path else ""
    return size


def _fetched(server: Server, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=600)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: status {answer.status}")
    return body


if __name__ == "__main__":
    main(sys.argv[1:])
