"""No dead link: whatever is ours in any description leads to something, without the web around it."""

from __future__ import annotations

from collections import deque

import pyoxigraph as ox
from starlette.testclient import TestClient

BASE = "http://localhost:8000"
RDF = "application/n-quads, text/turtle;q=0.5, */*;q=0.1"
READ = {"application/n-quads": ox.RdfFormat.N_QUADS, "text/turtle": ox.RdfFormat.TURTLE}
STARTS = ("/catalog", "/ns", "/shapes", "/.well-known/void", "/sparql", "/doc/alliance/orchid-alliance")
MOST = 60
"""Of addresses that begin alike, so many are followed: each type of record, not each record."""


def ours(body: bytes, media_type: str, path: str) -> set[str]:
    """The addresses of ours that a description names, without fragments."""
    form = READ.get(media_type)
    if form is None:
        return set()
    terms = {
        term.value
        for quad in ox.parse(body, format=form, base_iri=f"{BASE}{path}")
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, ox.NamedNode)
    }
    return {iri.removeprefix(BASE).partition("#")[0] for iri in terms if iri.startswith(f"{BASE}/")}


def test_every_address_of_ours_leads_somewhere(client: TestClient) -> None:
    waiting, seen, followed = deque(STARTS), set(STARTS), dict.fromkeys(STARTS, 0)
    dead = []
    while waiting:
        path = waiting.popleft()
        answer = client.get(path, headers={"Accept": "text/html" if path == "/graphql" else RDF})  # asks for a query
        if answer.status_code in (303, 308):
            found = {answer.headers["location"].removeprefix(BASE)}
        elif answer.status_code == 200:
            found = ours(answer.content, answer.headers["content-type"].partition(";")[0], path)
        else:
            dead.append((answer.status_code, path))
            continue
        for address in sorted(found - seen):
            seen.add(address)
            kind = "/".join(address.split("/")[:3])
            followed[kind] = followed.get(kind, 0) + 1
            if followed[kind] <= MOST:
                waiting.append(address)
    assert dead == []
    for kind in (
        "/id/claim",
        "/id/source",
        "/id/country",
        "/id/concept",
        "/graph/source",
        "/graph/claims",
        "/releases",
    ):
        assert any(address.startswith(kind) for address in seen), kind
