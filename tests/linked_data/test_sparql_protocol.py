"""The W3C tests of the SPARQL 1.1 Protocol, against the endpoint as it is served."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, Namespace
from rdflib.collection import Collection
from starlette.testclient import TestClient

from datasets.release.open import Release
from linked_data.sparql.store import store_of
from service.app import create_app
from service.settings import Settings

SUITE = Path(__file__).resolve().parents[3] / "shared" / "suites" / "sparql11-protocol"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
DATA = "http://kasei.us/2009/09/sparql/data/{}.rdf"

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="../shared/suites is missing: W3C SPARQL protocol tests")


@dataclass(frozen=True)
class Exchange:
    """A request of the suite and what is expected of its answer."""

    method: str
    address: str
    headers: dict[str, str]
    body: bytes
    statuses: tuple[str, ...]
    boolean: bool | None
    form: str


def manifest() -> dict[str, list[Exchange]]:
    if not SUITE.is_dir():
        return {}
    graph = rdflib.Graph().parse(SUITE / "manifest.ttl", publicID="http://suite.example/")
    found: dict[str, list[Exchange]] = {}
    for test in graph.subjects(RDF.type, MF.ProtocolTest):
        name = str(test).rpartition("#")[2]
        connection = graph.value(test, MF.action)
        requests = Collection(graph, graph.value(connection, HT.requests))  # type: ignore[arg-type]
        found[name] = [exchange(graph, request) for request in requests]
    return dict(sorted(found.items()))


def exchange(graph: rdflib.Graph, request: rdflib.term.Node) -> Exchange:
    body, answer = graph.value(request, HT.body), graph.value(request, HT.resp)
    encoding = str(graph.value(body, CNT.characterEncoding) or "UTF-8") if body else "UTF-8"
    listed = graph.value(request, HT.headers)
    headers: list[rdflib.term.Node] = list(Collection(graph, listed)) if listed else []
    boolean = graph.value(answer, MF.expectedBoolean)
    return Exchange(
        method=str(graph.value(request, HT.methodName)),
        address=str(graph.value(request, HT.absolutePath)).replace("/sparql/", "/sparql", 1),
        headers={str(graph.value(h, HT.fieldName)): str(graph.value(h, HT.fieldValue)) for h in headers},
        body=str(graph.value(body, CNT.chars) or "").encode(encoding) if body else b"",
        statuses=tuple(str(s).rpartition("StatusCode")[2] for s in graph.objects(answer, MF.expectedStatus)),
        boolean=None if boolean is None else str(boolean) == "true",
        form=str(graph.value(answer, MF.expectedFormat) or ""),
    )


TESTS = {name: requests for name, requests in manifest().items() if "update" not in name}


@pytest.fixture(scope="module")
def client(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service over a release whose store holds the data of the suite."""
    folder = tmp_path_factory.mktemp("protocol") / "releases"
    shutil.copytree(release.path.parent, folder, symlinks=True, ignore=shutil.ignore_patterns(".*"))
    store = store_of(folder / release.id)
    store.parent.mkdir()
    loading = ox.Store(str(store))
    for name in ("data1", "data2", "data3"):
        graph = ox.NamedNode(DATA.format(name))
        loading.bulk_load(path=str(SUITE / f"{name}.nt"), format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
    loading.flush()
    del loading
    app = create_app(Settings(releases=folder, access_log=False))
    with TestClient(app, base_url="http://localhost:8000", follow_redirects=False) as client:
        for _ in range(600):
            if client.get("/sparql", params={"query": "ASK {}"}).status_code != 503:
                break
            time.sleep(0.05)
        yield client


def keep_to(request: Exchange, answer: httpx.Response) -> None:
    """Raise AssertionError where an answer is not what the suite expects."""
    classes = [status[0] for status in request.statuses]
    assert str(answer.status_code)[0] in classes, (answer.status_code, answer.text)
    kind = answer.headers["content-type"].partition(";")[0]
    if request.boolean is not None:
        assert answer.json()["boolean"] is request.boolean
    elif request.form == "tabular":
        assert kind in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv")
    elif request.form == "RDF":
        assert kind in ("text/turtle", "application/rdf+xml", "application/n-triples")


@pytest.mark.parametrize("name", list(TESTS))
def test_protocol(client: TestClient, name: str) -> None:
    for request in TESTS[name]:
        answer = client.request(request.method, request.address, headers=request.headers, content=request.body)
        keep_to(request, answer)


@pytest.mark.parametrize("name", list(TESTS))
def test_a_planted_error_is_caught(client: TestClient, name: str) -> None:
    """What should be answered is refused, and what should be refused is answered."""
    answered, refused = (client.get("/sparql", params={"query": query}) for query in ("ASK {}", ""))
    assert (answered.status_code, refused.status_code) == (200, 400)
    for request in TESTS[name]:
        with pytest.raises(AssertionError):
            keep_to(request, refused if request.statuses[0][0] == "2" else answered)


def test_all_query_tests_of_the_suite_are_run() -> None:
    assert len(TESTS) == 20


def test_updates_are_refused(client: TestClient) -> None:
    form = {"update": "DROP ALL"}
    assert client.post("/sparql", data=form).status_code == 400
    assert client.get("/sparql", params=form).status_code == 400
    direct = {"Content-Type": "application/sparql-update"}
    assert client.post("/sparql", content="DROP ALL", headers=direct).status_code == 400
