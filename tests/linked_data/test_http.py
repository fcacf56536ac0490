"""Linked data as clients meet it: addresses, redirects, negotiation."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
RDFLIB = "application/rdf+xml;q=0.9, text/turtle;q=0.9, application/n-triples;q=0.9, */*;q=0.1"
JENA = "text/turtle,application/n-triples;q=0.9,application/rdf+xml;q=0.7,application/trig,application/n-quads;q=0.9,application/ld+json;q=0.8,*/*;q=0.5"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (BROWSER, "text/html"),
        (JENA, "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/trig", "application/trig"),
        ("application/n-quads, text/turtle;q=0.5", "application/n-quads"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("*/*", "text/html"),
        ("text/turtle;q=0, application/n-triples;q=0.1", "application/n-triples"),
    ],
)
def test_negotiation(client: TestClient, accept: str, content_type: str) -> None:
    answer = client.get("/id/alliance/orchid-alliance", headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/doc/alliance/orchid-alliance"
    answer = client.get(answer.headers["location"], headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == content_type


def test_rdflib_is_given_rdf(client: TestClient) -> None:
    answer = client.get("/doc/alliance/orchid-alliance", headers={"Accept": RDFLIB})
    assert answer.headers["content-type"].partition(";")[0] in ("application/rdf+xml", "text/turtle")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/id/organization/jade-university-point", "/doc/organization/jade-university"),
        ("/id/organization/jade-university-identifier-ror-02jade174", "/doc/organization/jade-university"),
        ("/id/concept/membership_role", "/doc/concept/membership_role"),
    ],
)
def test_helper_nodes_and_vocabularies_lead_to_documents(client: TestClient, path: str, location: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, location)


@pytest.mark.parametrize("suffix", ["html", "ttl", "nt", "jsonld", "rdf", "trig", "nq"])
def test_vocabularies_have_documents_in_every_format(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/doc/concept/membership_role.{suffix}")
    assert answer.status_code == 200
    assert b"founding_member" in answer.content


def test_withdrawn_and_former_records(client: TestClient) -> None:
    assert client.get("/doc/alliance/tamarind-club.ttl").status_code == 410
    answer = client.get("/doc/organization/qinghe-college.ttl")
    assert (answer.status_code, answer.headers["location"]) == (308, "/doc/organization/jade-university.ttl")
    assert client.get("/doc/alliance/nothing.ttl").status_code == 404


def test_the_context_of_a_document_is_there(client: TestClient) -> None:
    path = client.get("/doc/alliance/orchid-alliance.jsonld").json()["@context"]
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert client.get("/context/0123456789abcdef.jsonld").status_code == 404


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [(BROWSER, "text/html"), ("text/turtle", "text/turtle"), ("application/ld+json", "application/ld+json")],
)
def test_the_vocabulary_is_negotiated(client: TestClient, accept: str, content_type: str) -> None:
    answer = client.get("/ns", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == content_type
    assert b"Agreement" in answer.content


def test_what_the_vocabulary_is_not_given_in(client: TestClient) -> None:
    assert client.get("/ns", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/ns.png").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/graph/source/bangkok-herald-2013", 303, "/doc/source/bangkok-herald-2013"),
        ("/graph/claims", 303, "/catalog"),
        ("/doc/", 303, "/ns"),
    ],
)
def test_graphs_and_the_documents_as_a_whole_lead_to_what_describes_them(
    client: TestClient, path: str, status: int, location: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (status, location)


@pytest.mark.parametrize("path", ["/graph/source/nobody", "/graph/nothing", "/graph/alliance/orchid-alliance"])
def test_there_is_no_other_graph(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/shapes", "/shapes.ttl"])
def test_the_shapes_are_served(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/turtle")
    assert b"sh:NodeShape" in answer.content


@pytest.mark.parametrize("path", ["/catalog", "/catalog.ttl", "/catalog.jsonld", "/.well-known/void"])
def test_the_catalogue_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/turtle"} if "." not in path[2:] else {})
    assert answer.status_code == 200
    assert b"dcat" in answer.content
    assert b"void" in answer.content
