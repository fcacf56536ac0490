"""Signposts of documents, read by a client that is not ours: in the header Link, and as a link set."""

from __future__ import annotations

import pytest
from signposting.linkheader import find_signposting_http_link
from signposting.linkset import LinksetJSON, _parse_linkset_json
from signposting.signpost import AbsoluteURI, Signpost, Signposting
from starlette.testclient import TestClient

from datasets.release.open import Release
from service.documents import FORMATS

HOST = "http://localhost:8000"
DOC = f"{HOST}/doc/alliance/orchid-alliance"
RDF = [f for f in FORMATS if f.describes]


def signposts(client: TestClient, address: str, accept: str = "text/html") -> Signposting:
    answer = client.get(address, headers={"Accept": accept})
    assert answer.status_code == 200
    return find_signposting_http_link([answer.headers["link"]], address)


def test_the_page_leads_to_all_that_a_machine_wants(client: TestClient) -> None:
    found = signposts(client, DOC)
    assert found.citeAs is not None
    assert found.citeAs.target == f"{HOST}/id/alliance/orchid-alliance"
    assert {(s.target, s.type) for s in found.describedBy} == {(f"{DOC}.{f.suffix}", f.media_type) for f in RDF}
    assert {s.target for s in found.types} == {"https://schema.org/AboutPage", "https://schema.org/Consortium"}
    assert found.license is not None
    assert found.license.target == "https://creativecommons.org/licenses/by/4.0/"
    assert [s.target for s in found.authors] == [f"{HOST}/catalog#publisher"]
    assert found.collection is not None
    assert found.collection.target == f"{HOST}/catalog#dataset"
    (linkset,) = found.linksets
    assert (linkset.target, linkset.type) == (f"{DOC}.linkset.json", "application/linkset+json")


@pytest.mark.parametrize("format_", RDF, ids=lambda f: f.suffix)
def test_descriptions_lead_back_to_the_page(client: TestClient, format_: object) -> None:
    found = signposts(client, f"{DOC}.{getattr(format_, 'suffix', '')}")
    assert [(s.target, s.type) for s in found.describes] == [(DOC, "text/html")]
    assert not found.describedBy
    assert found.license is not None


def test_every_target_of_ours_stands(client: TestClient) -> None:
    found = signposts(client, DOC)
    ours = {s.target.partition("#")[0] for s in found if s.target.startswith(HOST)}
    assert len(ours) > 8
    for target in ours:
        assert client.get(target, follow_redirects=True).status_code == 200, target


def linkset(client: TestClient, address: str) -> list[Signpost]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/linkset+json"
    document = LinksetJSON(answer.text, answer.headers["content-type"], AbsoluteURI(address), AbsoluteURI(address))
    parsed = _parse_linkset_json(document)
    return [
        post for context in (f"{DOC}", *(f"{DOC}.{f.suffix}" for f in FORMATS)) for post in parsed.for_context(context)
    ]


def test_the_link_set_says_what_the_headers_say(client: TestClient) -> None:
    told = {(str(s.context), str(s.rel), s.target, s.type) for s in linkset(client, f"{DOC}.linkset.json")}
    headers = {
        (address, str(s.rel), s.target, s.type)
        for address in (DOC, *(f"{DOC}.{f.suffix}" for f in FORMATS))
        for s in signposts(client, address)
    }
    assert told == headers
    assert len(told) > 50


def test_the_link_set_can_be_negotiated(client: TestClient) -> None:
    answer = client.get(DOC, headers={"Accept": "application/linkset+json"})
    assert answer.json() == client.get(f"{DOC}.linkset.json").json()
    assert answer.headers["content-location"] == "/doc/alliance/orchid-alliance.linkset.json"


@pytest.mark.parametrize("path", ["/doc/alliance/nothing.linkset.json", "/doc/planet/mars.linkset.json"])
def test_there_is_no_link_set_of_nothing(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_every_type_has_signposts(client: TestClient, release: Release) -> None:
    connection = release.connect()
    for entity in release.shapes.entities:
        id_ = connection.execute(f"SELECT id FROM {entity.plural} ORDER BY id LIMIT 1").get
        found = signposts(client, f"{HOST}/doc/{entity.name}/{id_}.html")
        assert found.citeAs is not None
        assert found.citeAs.target == f"{HOST}/id/{entity.name}/{id_}"
        assert len(found.types) == 2
    connection.close()
