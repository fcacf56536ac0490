"""Typical SPARQL queries to our endpoint, to pyoxigraph called directly, to Oxigraph's own server and to rdflib-endpoint.

Over the committed facts: rdflib needs a quarter of an hour for the bench world. Milliseconds are those of one client,
from the question to the last byte of JSON; all servers take turns. Solutions are counted and compared.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import pyoxigraph as ox

from datasets.release.open import Release
from linked_data.dump import QUADS_FILE, TRIPLES_FILE
from linked_data.namespaces import Namespaces
from linked_data.sparql.store import build, store_of
from tests.benchmarks import world
from tests.benchmarks.graphql.servers import Missing, Server, free_port, ours, started
from tests.benchmarks.linked_data import rivals

QUERIES = {
    "members of an alliance": """SELECT ?member ?name {
  <BASE/id/alliance/uarctic> org:hasMember ?member . ?member skos:prefLabel ?name }""",
    "agreements between two countries": """SELECT DISTINCT ?agreement ?title {
  ?agreement a ua:Agreement ; dct:title ?title ; dct:contributor ?one , ?other .
  ?one dct:spatial <BASE/id/country/CN> . ?other dct:spatial <BASE/id/country/FR> }""",
    "who shares most alliances with one": """SELECT ?other (COUNT(*) AS ?n) {
  ?alliance org:hasMember <BASE/id/organization/tsinghua-university> , ?other } GROUP BY ?other ORDER BY DESC(?n) LIMIT 20""",
    "text in a name": """SELECT ?thing ?name { ?thing schema:name ?name FILTER(CONTAINS(LCASE(?name), "polytechnic")) }""",
    "path to the predecessors": """SELECT ?alliance ?former { ?alliance dct:replaces+ ?former }""",
    "one record": """SELECT ?p ?o { <BASE/id/organization/tsinghua-university> ?p ?o }""",
}
TARGET = 5.0
"""Milliseconds more than pyoxigraph called directly."""
GIVEN_UP = 20.0
"""Seconds after which a rival is not asked the same again."""
ROUNDS = 15
_RESULTS = "application/sparql-results+json"
Ask = Callable[[str], bytes]


def queries(release: Release) -> dict[str, str]:
    """The queries with their prefixes, by what they ask."""
    names = Namespaces(release.shapes, release.base_iri)
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in names.prefixes.items())
    return {what: prefixes + query.replace("BASE", release.base_iri) for what, query in QUERIES.items()}


def by_http(server: Server) -> Ask:
    """Ask a server by POST, each time over a new connection: while others have their turn, servers close idle ones."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": _RESULTS}

    def ask(query: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
        connection.request("POST", server.path, urlencode({"query": query}), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{server.name}: status {answer.status}: {body[:300].decode(errors='replace')}")
        return body

    return ask


def directly(store: Path) -> Ask:
    """Ask pyoxigraph in this process."""
    opened = ox.Store.read_only(str(store))

    def ask(query: str) -> bytes:
        results = opened.query(query)
        assert isinstance(results, ox.QuerySolutions)
        return results.serialize(format=ox.QueryResultsFormat.JSON) or b""

    return ask


@contextmanager
def asked(release: Release) -> Iterator[tuple[dict[str, Ask], list[str]]]:
    """How each is asked, by its name, and a line for each that cannot run here."""
    store = store_of(release.path)
    build(release.path / QUADS_FILE.name, store)
    found: dict[str, Ask] = {f"pyoxigraph {ox.__version__}, directly": directly(store)}
    missing: list[str] = []
    with ExitStack() as stack:
        own = ours(stack, release)
        own.path = "/sparql"
        found["ours"] = by_http(own)
        _await_store(found["ours"])
        for start in (_oxigraph, _rdflib_endpoint):
            try:
                server = start(stack, release)
            except (Missing, rivals.Missing) as error:
                missing.append(str(error))
            else:
                found[server.name] = by_http(server)
        yield found, missing


def _await_store(ask: Ask) -> None:
    """Wait until our endpoint has its workers."""
    for _ in range(600):
        try:
            ask("SELECT * {}")
        except RuntimeError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("our SPARQL endpoint did not open")


def _oxigraph(stack: ExitStack, release: Release) -> Server:
    port, name = free_port(), f"oxigraph {rivals.version('oxigraph')} serve-read-only"
    command = [str(rivals.environment() / "oxigraph"), "serve-read-only", "--location", str(store_of(release.path))]
    bound = [*command, "--bind", f"127.0.0.1:{port}"]
    return stack.enter_context(started(name, "sparql", bound, port, path="/query"))


def _rdflib_endpoint(stack: ExitStack, release: Release) -> Server:
    port, name = free_port(), f"rdflib-endpoint {rivals.version('rdflib-endpoint')}"
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    triples = folder / "facts.nt"
    triples.write_bytes(gzip.decompress((release.path / TRIPLES_FILE.name).read_bytes()))
    command = [str(rivals.environment() / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    return stack.enter_context(started(name, "sparql", [*command, str(triples)], port, path="/"))


def solutions(body: bytes) -> int:
    """How many solutions an answer has."""
    return len(json.loads(body)["results"]["bindings"])


def measured(ask: Ask, query: str, times: list[float]) -> int:
    """Ask once, note the milliseconds, and count the solutions."""
    begun = time.perf_counter()
    body = ask(query)
    times.append((time.perf_counter() - begun) * 1000)
    return solutions(body)


def main(_: int) -> None:
    """Measure."""
    release = world.committed()
    with asked(release) as (found, missing):
        times: dict[tuple[str, str], list[float]] = {}
        counts: dict[str, set[int]] = {}
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            for what, query in queries(release).items():
                for name, ask in found.items():
                    kept = times.setdefault((what, name), [])
                    if not kept or (kept[-1] < GIVEN_UP * 1000 and (sum(kept) < GIVEN_UP * 1000)):
                        counts.setdefault(what, set()).add(measured(ask, query, kept))
    direct, *others = found
    print(f"| ms, median of {ROUNDS} | solutions | {' | '.join(found)} | ours - directly |")
    print(f"|---|---:|{'---:|' * (len(found) + 1)}")
    for what in QUERIES:
        medians = {name: median(times[what, name]) for name in (direct, *others)}
        more = median(a - b for a, b in zip(times[what, "ours"], times[what, direct], strict=False))
        cells = " | ".join(f"{value:,.1f}" for value in medians.values())
        total = "/".join(str(count) for count in sorted(counts[what]))
        print(f"| {what} | {total} | {cells} | {more:+.1f} (target +{TARGET:g}) |")
    for line in missing:
        print(f"not measured: {line}")
