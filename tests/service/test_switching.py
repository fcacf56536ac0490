"""Switching releases while four clients ask all faces: no failed request, and everything of the old one comes back.

`SWITCHES=200 pytest tests/service/test_switching.py` makes the long round.
"""

from __future__ import annotations

import http.client
import itertools
import os
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from datasets.release import pointer
from tests.service.running import Running, running

GAUGES = ("threads", "descriptors", "resident_bytes", "releases_open")
SWITCHES = int(os.environ.get("SWITCHES", "8"))
ASKED: tuple[tuple[str, str, bytes | None, dict[str, str]], ...] = (
    ("GET", "/", None, {}),
    ("GET", "/doc/alliance/lotus-network", None, {"Accept": "text/html"}),
    ("GET", "/doc/alliance/lotus-network", None, {"Accept": "text/turtle"}),
    ("GET", "/doc/organization/jade-university.jsonld", None, {"Accept-Encoding": "gzip"}),
    ("GET", "/browse/alliances/alliances?_size=5", None, {}),
    ("GET", "/browse/-/export/alliances/memberships.csv", None, {}),
    (
        "POST",
        "/graphql",
        b'{"query":"{ alliances(first: 3) { nodes { name } } }"}',
        {"Content-Type": "application/json"},
    ),
    ("GET", "/search?q=lotus", None, {}),
    ("GET", "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D", None, {"Accept": "application/sparql-results+json"}),
    ("GET", "/graphql/schema.graphql", None, {}),
)


class Client(threading.Thread):
    """Asks one thing after the other on one connection, until told to stop."""

    def __init__(self, address: str, first: int, older: str) -> None:
        super().__init__()
        self._host = urlsplit(address).netloc
        self._first = first
        self._older = older
        self.stopping = threading.Event()
        self.answers = 0
        self.failures: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=60)
        for number in itertools.count(self._first):
            if self.stopping.is_set():
                break
            method, path, body, headers = ASKED[number % len(ASKED)]
            if number % 7 == 0 and not path.startswith("/sparql"):  # only the newest releases have SPARQL
                path = f"/releases/{self._older}{path}"
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{method} {path}: {error!r}")
                connection.close()
                continue
            self.answers += 1
            if answer.status != 200 or not content or b'"errors"' in content:
                self.failures.append(f"{method} {path}: {answer.status} {content[:200]!r}")
        connection.close()


def switch(service: Running, releases: Path, id: str) -> float:
    """Move the pointer and wait until the service has followed; how long that took."""
    began = time.perf_counter()
    pointer.switch(releases, id)
    while service.release() != id:
        assert time.perf_counter() - began < 60, f"the service stays on {service.release()}"
        time.sleep(0.02)
    return time.perf_counter() - began


def settled(service: Running) -> dict[str, float]:
    """The most threads, descriptors and memory of some moments under load, once old releases are closed."""
    for _ in range(2_000):
        if service.gauge("releases_open") <= 2:
            break
        time.sleep(0.05)
    moments = []
    for _ in range(15):
        moments.append({name: service.gauge(name) for name in GAUGES})
        time.sleep(0.05)
    return {name: max(moment[name] for moment in moments) for name in GAUGES}


@pytest.mark.slow
def test_switching_under_load(releases: Path, ids: tuple[str, ...], tmp_path: Path) -> None:
    settings = {"ALLIANCES_RELEASES": str(releases), "ALLIANCES_POLL_SECONDS": "0.05"}
    with running(tmp_path, settings) as service:
        clients = [Client(service.address, 3 * number, ids[0]) for number in range(4)]
        for client in clients:
            client.start()
        for id in (ids[1], ids[2]):
            switch(service, releases, id)
        before = settled(service)
        turns = itertools.cycle(ids[1:])
        times = [switch(service, releases, next(turns)) for _ in range(SWITCHES)]
        after = settled(service)
        for client in clients:
            client.stopping.set()
        for client in clients:
            client.join()
        answers = sum(client.answers for client in clients)
        told = f"{SWITCHES} switches, slowest {max(times):.2f} s, {answers} answers, before {before}, after {after}"
        print(told)
        assert [failure for client in clients for failure in client.failures][:5] == []
        assert answers > SWITCHES
        assert after["releases_open"] <= 2
        # An open release takes about ten of each, and what is started when first asked for comes and goes.
        assert after["threads"] <= before["threads"] + 8, told
        assert after["descriptors"] <= before["descriptors"] + 12, told
        assert after["resident_bytes"] <= before["resident_bytes"] * 1.25 + 20e6, told
        assert service.stop() == 0
    assert "Traceback" not in service.errors, service.errors
