"""Answers of every face, made anew, out of the cache, and 304, against Starlette returning the same constant bytes.

    python -m tests.benchmarks service [--factor 10] [--rounds 3] [--seconds 2]

CPU per request is taken one after the other, requests per second with 16 clients. `new` runs without a cache.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import quote

from tests.benchmarks import world
from tests.benchmarks.graphql.servers import Server, floor, ours
from tests.benchmarks.load import Request, cpu_per_request, rate, warm

_QUERY = '{ alliance(id: "alliance-00100") { id name members(first: 20) { nodes { id name country { code } } } } }'
ADDRESSES = {
    "home page": "/",
    "record page": "/doc/alliance/alliance-00100.html",
    "Turtle": "/doc/organization/org-000100.ttl",
    "JSON-LD": "/doc/organization/org-000100.jsonld",
    "record as JSON": "/doc/organization/org-000100.json",
    "GraphQL by GET": f"/graphql?query={quote(_QUERY)}",
    "Datasette table": "/browse/alliances/alliances?_facet=kind",
    "Datasette JSON": "/browse/alliances/alliances.json",
}
HOW = ("new", "cached", "304")


@dataclass(frozen=True, slots=True)
class Asked:
    """One way to ask for an answer: of which server, by which request, and what Starlette is asked instead."""

    address: str
    how: str
    server: Server
    request: Request
    floor: Request


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks service", description=__doc__)
    parser.add_argument("--factor", type=int, default=1, help="times the bench world")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--answers", default=",".join(ADDRESSES), help="which to ask for, by their names")
    parser.add_argument("--how", default=",".join(HOW), help=f"of {', '.join(HOW)}")
    given = parser.parse_args(arguments)
    wanted = {(answer, how) for answer in given.answers.split(",") for how in given.how.split(",")}
    with _servers(given.factor) as (every, bare):
        asked = [one for one in every if (one.address, one.how) in wanted]
        found: dict[tuple[str, str], list[tuple[float, float, float, float]]] = {}
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr, flush=True)
            for one in asked:
                measured = _measured(one, bare, given.seconds)
                found.setdefault((one.address, one.how), []).append(measured)
    print("| answer | how | CPU ms | Starlette | requests/s, 16 clients | Starlette | ratio |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for (address, how), rounds in found.items():
        cpu, bare_cpu, many, bare_many = (median(column) for column in zip(*rounds, strict=True))
        ratio = median(row[2] / row[3] for row in rounds)
        print(f"| {address} | {how} | {cpu:.3f} | {bare_cpu:.3f} | {many:,.0f} | {bare_many:,.0f} | {ratio:.0%} |")


def _measured(one: Asked, bare: Server, seconds: float) -> tuple[float, float, float, float]:
    """CPU milliseconds of ours and of Starlette, then requests per second of ours and of Starlette."""
    warm(one.request, 0.2)
    cpu = cpu_per_request(one.request, one.server.cpu, seconds / 2)
    bare_cpu = cpu_per_request(one.floor, bare.cpu, seconds / 2)
    many = rate(one.request, 16, seconds)
    one.server.settle()
    return cpu, bare_cpu, many, rate(one.floor, 16, seconds)


@contextmanager
def _servers(factor: int) -> Iterator[tuple[list[Asked], Server]]:
    release = world.current(factor)
    with ExitStack() as stack:
        cached = ours(stack, release, ALLIANCES_SPARQL="no")
        fresh = ours(stack, release, ALLIANCES_SPARQL="no", ALLIANCES_CACHE_BYTES="0")
        for server in (cached, fresh):
            server.settle(900)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tags = {}
        for number, address in enumerate(ADDRESSES.values()):
            tags[address], body = _fetched(cached, address)
            (folder / f"{number}").write_bytes(body)
        (folder / "empty").write_bytes(b"")
        bare = floor(stack, folder)
        asked = []
        for number, (name, address) in enumerate(ADDRESSES.items()):
            for how in HOW:
                server = fresh if how == "new" else cached
                request = Request(server.port, address)
                if how == "304":
                    request = replace(request, headers={"If-None-Match": tags[address]})
                constant = "empty" if how == "304" else str(number)
                asked.append(Asked(name, how, server, request, Request(bare.port, f"/{constant}")))
        yield asked, bare


def _fetched(server: Server, address: str) -> tuple[str, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", address)
    answer = connection.getresponse()
    body = answer.read()
    tag = answer.headers["ETag"]
    connection.close()
    if answer.status != 200 or not tag:
        raise RuntimeError(f"{address}: status {answer.status}, ETag {tag}")
    return tag, body


if __name__ == "__main__":
    main(sys.argv[1:])
