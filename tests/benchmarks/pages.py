"""Pages for people, made anew: CPU time and bytes of the record with most rows of each type, of overviews, of a card.

    python -m tests.benchmarks pages [--factor 10] [--seconds 2]

The bound is 30 ms of server time for the largest record and 100 kB for a page as it is sent.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from contextlib import ExitStack, closing
from http.client import HTTPConnection

from datasets.release.open import Release
from datasets.shapes.model import Entity
from tests.benchmarks import world
from tests.benchmarks.graphql.servers import Server, ours
from tests.benchmarks.load import Request, cpu_per_request, warm

OVERVIEWS = {
    "home": "/",
    "search": "/search?q=university",
    "suggestions": "/search/suggest?q=uni",
    "question": "/questions/largest-alliances",
    "countries": "/countries",
    "map": "/map",
    "timeline": "/timeline",
    "network": "/network",
    "dictionary": "/dictionary",
    "about": "/about",
    "card of the release": "/card.png",
}


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks pages", description=__doc__)
    parser.add_argument("--factor", type=int, default=1, help="times the bench world")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    given = parser.parse_args(arguments)
    release = world.current(given.factor)
    addresses = largest(release) | OVERVIEWS
    with ExitStack() as stack:
        server = ours(stack, release, ALLIANCES_CACHE_BYTES="0")
        server.settle(900)
        print("| page | address | CPU ms | kB | gzip kB |")
        print("|---|---|---:|---:|---:|")
        for name, address in addresses.items():
            size, packed = _weighed(server, address)
            request = Request(server.port, address)
            warm(request, 0.3)
            cpu = cpu_per_request(request, server.cpu, given.seconds)
            print(f"| {name} | {address} | {cpu:.1f} | {size / 1000:.0f} | {packed / 1000:.0f} |", flush=True)


def largest(release: Release) -> dict[str, str]:
    """The address of the record of each type that most rows of lists and claims belong to."""
    found = {}
    with closing(release.connect()) as connection:
        for entity in release.shapes.entities:
            row = connection.execute(_most(release, entity)).fetchone()
            if row:
                found[f"{entity.name} with {row[1]:,} rows"] = f"/doc/{entity.name}/{row[0]}.html"
    return found


def _most(release: Release, entity: Entity) -> str:
    shapes = release.shapes
    counted = [f"SELECT record AS id FROM claims WHERE record_type = '{entity.name}'"]
    for reverse in shapes.reverses(entity):
        column, table = reverse.link.name, reverse.entity.plural
        if not reverse.link.many and not shapes.is_family(reverse.link.target):
            counted.append(f'SELECT "{column}" AS id FROM "{table}" WHERE "{column}" IS NOT NULL')
        elif not reverse.link.many:
            counted.append(f'SELECT "{column}" AS id FROM "{table}" WHERE "{column}_type" = \'{entity.name}\'')
    rows = " UNION ALL ".join(counted)
    return (
        f'SELECT e.id, count(c.id) AS n FROM "{entity.plural}" e LEFT JOIN ({rows}) c ON c.id = e.id '
        "GROUP BY e.id ORDER BY n DESC, e.id LIMIT 1"
    )


def _weighed(server: Server, address: str) -> tuple[int, int]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", address)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address}: status {answer.status}")
    return len(body), len(gzip.compress(body, 6))


if __name__ == "__main__":
    main(sys.argv[1:])
