"""SPARQL: complete answers or an error, whatever is asked, and nothing leaves the machine."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from datasets.release.open import Release
from linked_data.dump import QUADS_FILE
from linked_data.linked import LinkedData
from linked_data.sparql.examples import examples
from linked_data.sparql.formats import SOLUTIONS, TRIPLES
from linked_data.sparql.pool import Answer, Limits, Pool, QueryError
from linked_data.sparql.protocol import Question
from linked_data.sparql.refusal import RefusedError, refuse
from linked_data.sparql.store import STORES, build, forget, store_of
from service.app import create_app
from service.settings import Settings

JSON, CSV, TURTLE = "application/sparql-results+json", "text/csv", "text/turtle"


@pytest.fixture(scope="module")
def store(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("stores") / "store"
    build(release.path / QUADS_FILE.name, store)
    return store


@asynccontextmanager
async def opened(store: Path, **limits: float) -> AsyncIterator[Pool]:
    pool = Pool(store, "http://localhost:8000/sparql", Limits(**{"seconds": 5.0, "workers": 1, **limits}))  # type: ignore[arg-type]
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def ask(pool: Pool, query: str, solutions: str | None = CSV, triples: str | None = TURTLE) -> Answer:
    return await pool.answer(Question(query), solutions, triples)


def test_a_store_is_built_once_and_holds_the_dump(release: Release, store: Path) -> None:
    before = store.stat().st_mtime_ns
    build(release.path / QUADS_FILE.name, store)
    assert store.stat().st_mtime_ns == before
    assert len(ox.Store.read_only(str(store))) > 5000
    assert not list(store.parent.glob("*.building"))


def test_stores_of_older_releases_go(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / STORES / name).mkdir(parents=True)
        (tmp_path / STORES / f"{name}.lock").touch()
    forget(tmp_path, {"b"})
    assert sorted(path.name for path in (tmp_path / STORES).iterdir()) == ["b", "b.lock"]
    forget(tmp_path / "nowhere", set())


def test_answers_in_every_form(store: Path) -> None:
    async def run() -> None:
        async with opened(store) as pool:
            members = "SELECT (COUNT(*) AS ?n) { ?a <http://www.w3.org/ns/org#hasMember> ?m }"
            assert (await ask(pool, members)).body.startswith(b"n\r\n")
            assert (await ask(pool, "ASK {}")).media_type == JSON
            assert b"true" in (await ask(pool, "ASK {}", "application/sparql-results+xml")).body
            described = await ask(pool, "DESCRIBE <http://localhost:8000/id/alliance/orchid-alliance>")
            assert b"Orchid River" in described.body
            with pytest.raises(QueryError) as error:
                await ask(pool, "DESCRIBE <http://localhost:8000/id/alliance/orchid-alliance>", CSV, None)
            assert error.value.status == 406

    asyncio.run(run())


def test_the_default_graph_is_the_chosen_facts_and_datasets_are_honoured(store: Path) -> None:
    founded = "<http://localhost:8000/id/alliance/ficus-ring> <http://localhost:8000/ns#foundedEdtf> ?date"
    source = "http://localhost:8000/graph/source/bangkok-herald-2013"

    async def run() -> None:
        async with opened(store) as pool:
            assert (await ask(pool, f"SELECT ?date {{ {founded} }}")).body.count(b"\r\n") == 2
            assert (await ask(pool, f"SELECT ?date FROM <{source}> {{ {founded} }}")).body == b"date\r\n2012-03\r\n"
            given = Question(f"SELECT ?date {{ {founded} }}", (source,), ())
            assert (await pool.answer(given, CSV, TURTLE)).body == b"date\r\n2012-03\r\n"
            both = await ask(pool, f"SELECT ?date {{ GRAPH ?g {{ {founded} }} }} ORDER BY ?date")
            assert both.body == b"date\r\n2012-03\r\n2012-04\r\n"
            with pytest.raises(QueryError) as error:
                await pool.answer(Question("ASK {}", ("no iri",), ()), CSV, TURTLE)
            assert error.value.status == 400

    asyncio.run(run())


async def at_last(pool: Pool, query: str, client: str = "") -> Answer:
    """The answer to a query, asked again while a worker is being replaced: on a busy machine that takes its time."""
    for _ in range(200):
        try:
            return await pool.answer(Question(query), CSV, TURTLE, client)
        except QueryError as error:
            assert error.status == 503  # noqa: PT017 (anything else ends the waiting)
    raise TimeoutError("no worker came back")


def doubled(times: int) -> str:
    """A text that doubles so often."""
    steps = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(times))
    return f"SELECT (STRLEN(?x{times}) AS ?n) {{ BIND('abcdefgh' AS ?x0) {steps} }}"


ALL = "?a ?b ?c"
HOSTILE = {
    "sorts a product": ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i", 503),
    "counts a product": ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 503),
    "counts distinct pairs": (
        "SELECT (COUNT(DISTINCT CONCAT(STR(?c), STR(?f), STR(?i))) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        503,
    ),
    "writes a product": ("SELECT * { ?a ?b ?c . ?d ?e ?f }", 400),
    "builds a product": ("CONSTRUCT { ?a ?e ?c . ?d ?b ?f } { ?a ?b ?c . ?d ?e ?f }", 400),
    "joins all texts": ("SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 503),
    "doubles a text": (doubled(40), 503),
    "doubles a text in an answer": (doubled(40).replace("(STRLEN(?x40) AS ?n)", "?x40"), 503),
    "walks everywhere": ("SELECT * { ?a (!<x:a>|^!<x:b>)* ?c . ?d (!<x:a>|^!<x:b>)* ?f }", 503),
    "walks in circles": (
        "SELECT (COUNT(*) AS ?n) { ?a (!<x:a>/^!<x:b>)+ ?c . ?c (!<x:a>/^!<x:b>)+ ?d . ?d ?e ?f }",
        503,
    ),
    "compares all with all": ("SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), STR(?f), 'i') && ?a != ?d) }", 503),
    "asks whether nothing exists": (
        f"ASK {{ {ALL} FILTER NOT EXISTS {{ ?d ?e ?f . ?g ?h ?i FILTER(?c = ?i && ?f = ?c && ?a = <x:a>) }} FILTER(?a = <x:b>) }}",
        503,
    ),
    "takes away a product": ("SELECT * { ?a ?b ?c . ?d ?e ?f MINUS { ?a ?b ?c . ?g ?h ?i . ?j ?k ?l } }", 503),
    "nests selects": (
        "SELECT (COUNT(*) AS ?n) { " + "{ SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f } " * 3 + "}",
        503,
    ),
    "adds data": ("INSERT DATA { <a:a> <a:b> <a:c> }", 400),
    "empties the store": ("DROP ALL", 400),
    "loads from elsewhere": ("LOAD <http://127.0.0.1:1/>", 400),
    "nests groups": ("SELECT * {" + "{" * 5000 + "}" * 5000 + "}", 400),
    "nests brackets": ("SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }", 400),
    "nests negations": ("SELECT * { FILTER(" + "!" * 50_000 + "true) }", 400),
    "nests negations of the service": ("SELECT * { FILTER(" + "!" * 30_000 + "true) BIND('SERVICE' AS ?x) }", 400),
    "is no query": ("SELECT nonsense", 400),
    "is nothing": ("", 400),
}
"""What somebody could ask to do harm, and how that ends; whatever takes too much may end with 503 as well."""


@pytest.mark.parametrize(("query", "status"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_queries_get_an_error_and_the_next_one_its_answer(store: Path, query: str, status: int) -> None:
    async def run() -> None:
        async with opened(store, seconds=0.6, bytes=2_000_000) as pool:
            with pytest.raises(QueryError) as error:
                await ask(pool, query)
            assert error.value.status in (status, 503)
            assert (await at_last(pool, "ASK {}")).media_type == JSON

    before = psutil.Process().memory_info().rss
    asyncio.run(run())
    assert psutil.Process().memory_info().rss - before < 50 << 20, "the service itself grew"


def test_neighbours_are_served_meanwhile(store: Path) -> None:
    async def run() -> None:
        async with opened(store, workers=2, seconds=120.0) as pool:
            hostile = asyncio.create_task(ask(pool, HOSTILE["counts a product"][0]))
            for _ in range(5):
                assert (await ask(pool, "ASK {}")).media_type == JSON
            assert not hostile.done()
            hostile.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hostile

    asyncio.run(run())


def test_a_worker_is_replaced_when_nobody_waits_for_its_answer(store: Path) -> None:
    async def run() -> None:
        async with opened(store, seconds=120.0) as pool:
            hostile = asyncio.create_task(ask(pool, HOSTILE["counts a product"][0]))
            await asyncio.sleep(0)
            hostile.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hostile
            assert (await ask(pool, "ASK {}")).media_type == JSON

    asyncio.run(run())


def test_an_answer_is_whole_or_an_error(store: Path) -> None:
    query = "SELECT ?a ?b ?c { ?a ?b ?c } ORDER BY ?a ?b ?c LIMIT 50"

    async def run() -> None:
        async with opened(store) as pool:
            whole = (await ask(pool, query)).body
        for most, fits in ((len(whole), True), (len(whole) - 1, False)):
            async with opened(store, bytes=most) as pool:
                if fits:
                    assert (await ask(pool, query)).body == whole
                else:
                    with pytest.raises(QueryError, match="add LIMIT") as error:
                        await ask(pool, query)
                    assert error.value.status == 400

    asyncio.run(run())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <ADDRESS> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <ADDRESS> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <ADDRESS> { ?s ?p ?o } }",
        "PREFIX ex: <x:> SELECT * { BIND('a' AS ?a) ?s ex:a\\' ?o . SERVICE <ADDRESS> { ?s ?p ?o } BIND('x' AS ?x) }",
        "SELECT * { { SELECT * { OPTIONAL { sErViCe <ADDRESS> { ?s ?p ?o } } } } }",
        "SELECT * { VALUES ?u { <ADDRESS> } SERVICE ?u { ?s ?p ?o } }",
        "ASK { FILTER EXISTS { SERVICE <ADDRESS> { ?s ?p ?o } } }",
    ],
)
def test_no_request_leaves_the_machine(store: Path, query: str) -> None:
    async def run() -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            listening.settimeout(0.2)
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/sparql"
            async with opened(store) as pool:
                with pytest.raises(QueryError) as error:
                    await ask(pool, query.replace("ADDRESS", address))
                assert error.value.status in (400, 500)
            with pytest.raises(TimeoutError):
                listening.accept()

    asyncio.run(run())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <ADDRESS> { ?s ?p ?o }",
        "SELECT * FROM NAMED <ADDRESS> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { GRAPH <ADDRESS> { ?s ?p ?o } }",
        "DESCRIBE <ADDRESS>",
        "CONSTRUCT FROM <ADDRESS> WHERE { ?s ?p ?o }",
    ],
)
def test_graphs_are_not_fetched(store: Path, query: str) -> None:
    async def run() -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            listening.settimeout(0.2)
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/graph"
            async with opened(store) as pool:
                body = (await ask(pool, query.replace("ADDRESS", address))).body
                assert body.strip().count(b"\n") == 0
                given = Question("SELECT * { ?s ?p ?o }", (address,), (address,))
                assert (await pool.answer(given, CSV, TURTLE)).body.count(b"\n") == 1
            with pytest.raises(TimeoutError):
                listening.accept()

    asyncio.run(run())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ('SERVICE' AS ?x) {}",
        "# SERVICE <http://127.0.0.1/> {}\nASK {}",
        "SELECT ?service { ?service ?p ?o } LIMIT 1",
        "PREFIX service: <http://example.org/service#> ASK { ?s service:of ?o }",
    ],
)
def test_the_word_alone_is_fine(query: str) -> None:
    refuse(query)


def test_what_cannot_be_parsed_cannot_be_told() -> None:
    with pytest.raises(RefusedError, match="leave the word out"):
        refuse("SELECT * { SERVICE")


def test_a_client_has_a_budget_and_others_are_served(store: Path) -> None:
    async def run() -> None:
        async with opened(store, seconds=1.0, client_seconds=0.5) as pool:
            slow = Question("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
            with pytest.raises(QueryError):
                await pool.answer(slow, CSV, TURTLE, "one")
            with pytest.raises(QueryError) as error:
                await pool.answer(Question("ASK {}"), CSV, TURTLE, "one")
            assert error.value.status == 429
            assert error.value.retry_after
            assert (await at_last(pool, "ASK {}", "other")).body

    asyncio.run(run())


def test_too_many_that_wait_are_sent_away(store: Path) -> None:
    async def run() -> None:
        async with opened(store, seconds=1.0, waiting=1) as pool:
            slow = [ask(pool, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }") for _ in range(4)]
            found = await asyncio.gather(*slow, return_exceptions=True)
            assert {error.status for error in found if isinstance(error, QueryError)} == {503}

    asyncio.run(run())


def test_closing_leaves_no_process(store: Path) -> None:
    async def run() -> None:
        async with opened(store, workers=2):
            assert len(psutil.Process().children()) >= 2

    before = set(psutil.Process().children())
    asyncio.run(run())
    assert {child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE} <= before


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[TestClient]:
    build(release.path / QUADS_FILE.name, store_of(release.path))
    app = create_app(Settings(releases=release.path.parent, access_log=False))
    with TestClient(app, base_url="http://localhost:8000", follow_redirects=False) as client:
        ready(client)
        yield client


def test_where_it_is_turned_off_it_says_so_and_builds_nothing(
    release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALLIANCES_SPARQL", "no")
    shutil.copytree(release.path, tmp_path / release.id)
    (tmp_path / "current").symlink_to(release.id)
    app = create_app(Settings(releases=tmp_path, access_log=False))
    with TestClient(app, base_url="http://localhost:8000") as client:
        answer = client.get("/sparql", params={"query": "ASK {}"})
        assert answer.status_code == 404
        assert "turned off" in answer.json()["detail"]
        assert client.get("/sparql", headers={"Accept": "text/turtle"}).status_code == 200
    assert not store_of(tmp_path / release.id).parent.exists()


def ready(client: TestClient) -> None:
    """Wait for the workers, which start beside the service."""
    for _ in range(600):
        if client.get("/sparql", params={"query": "ASK {}"}).status_code != 503:
            return
        time.sleep(0.05)
    raise TimeoutError("the SPARQL endpoint did not come up")


def test_over_http(client: TestClient) -> None:
    asked = {"query": "SELECT ?s { ?s <http://www.w3.org/ns/org#hasMember> ?m } LIMIT 2"}
    answer = client.get("/sparql", params=asked)
    assert answer.headers["content-type"] == JSON
    assert len(answer.json()["results"]["bindings"]) == 2
    assert client.post("/sparql", data=asked).json() == answer.json()
    assert "etag" in answer.headers
    assert client.get("/sparql", params=asked, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    table = client.get("/sparql", params=asked, headers={"Accept": "text/csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    wrong = client.get("/sparql", params={"query": "SELECT nonsense"})
    assert wrong.status_code == 400
    assert wrong.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("media_type", TRIPLES)
@pytest.mark.parametrize("query", ["DESCRIBE <{}>", "CONSTRUCT {{ <{0}> ?p ?o }} {{ <{0}> ?p ?o }}"])
def test_graphs_in_every_format(client: TestClient, query: str, media_type: str) -> None:
    asked = {"query": query.format("http://localhost:8000/id/alliance/orchid-alliance")}
    answer = client.get("/sparql", params=asked, headers={"Accept": media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    plain = client.get("/sparql", params=asked, headers={"Accept": "application/n-triples"})
    found = {quad.triple for quad in ox.parse(answer.content, format=TRIPLES[media_type])}
    assert found == {quad.triple for quad in ox.parse(plain.content, format=ox.RdfFormat.N_TRIPLES)}
    assert len(found) > 20


@pytest.mark.parametrize("media_type", SOLUTIONS)
def test_solutions_in_every_format(client: TestClient, media_type: str) -> None:
    asked = {"query": "SELECT * { <http://localhost:8000/id/alliance/orchid-alliance> ?p ?o } ORDER BY ?p ?o"}
    answer = client.get("/sparql", params=asked, headers={"Accept": media_type})
    assert answer.headers["content-type"].partition(";")[0] == media_type
    if media_type != CSV:  # which has no types
        found, plain = (
            list(map(tuple, ox.parse_query_results(body, format=format_)))  # type: ignore[arg-type]
            for body, format_ in (
                (answer.content, SOLUTIONS[media_type]),
                (client.get("/sparql", params=asked).content, ox.QueryResultsFormat.JSON),
            )
        )
        assert found == plain
    assert answer.content.count(b"orchid") >= 2


def test_the_service_description_and_the_page(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert b"SPARQL11Query" in answer.content
    page = client.get("/sparql", headers={"Accept": "text/html"})
    assert b"<textarea" in page.content
    shown = client.get("/sparql", params={"query": "SELECT ('<b>' AS ?x) {}"}, headers={"Accept": "text/html"})
    assert b"&lt;b&gt;" in shown.content
    assert b"<td><b>" not in shown.content


def test_deadline_and_budget_over_http(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    build(release.path / QUADS_FILE.name, store_of(release.path))
    few = Limits(seconds=1.0, client_seconds=0.9, window=10_000, workers=1)
    monkeypatch.setattr("service.sparql_face.Limits", lambda: few)
    app = create_app(Settings(releases=release.path.parent, access_log=False))
    with TestClient(app, base_url="http://localhost:8000") as client:
        for _ in range(600):  # until there is a worker, there is an answer of the same status, sooner
            late = client.post("/sparql", data={"query": HOSTILE["counts a product"][0]})
            assert late.status_code == 503
            assert int(late.headers["retry-after"]) > 0
            if "took more than" in late.json()["detail"]:
                break
            time.sleep(0.05)
        spent = client.post("/sparql", data={"query": "ASK {}"})
        assert spent.status_code == 429
        assert int(spent.headers["retry-after"]) > 0
        assert spent.headers["content-type"].startswith("application/problem+json")
        assert client.get("/sparql", headers={"Accept": TURTLE}).status_code == 200, "the description costs nothing"


def test_prefixes_of_the_release_need_no_declaration(client: TestClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?alliance org:hasMember ?member }"
    assert client.get("/sparql", params={"query": query, "format": "csv"}).text.startswith("n\r\n")
    other = f"PREFIX org: <http://nowhere.example/> {query}"
    assert client.get("/sparql", params={"query": other, "format": "csv"}).text == "n\r\n0\r\n"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * { ?a foo:b ?c }", "the prefix foo: is not declared; add PREFIX foo: <…>"),
        ("PREFIX foo: <http://foo.example/> SELECT * { ?a foo:b bar:c }", "the prefix bar: is not declared"),
        ("SELECT * { ?a <http://a.example/> 'no prefix:es' } # or: here\n LIMIT", "error at 2:"),
        ("SELECT ?a { ?a ?b }", "error at 1:"),
    ],
)
def test_mistakes_are_told_where_and_how_to_mend(client: TestClient, query: str, told: str) -> None:
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 400
    assert told in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 400


def test_answers_on_the_page_are_a_table_with_links(client: TestClient) -> None:
    def shown(query: str) -> str:
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": "text/html"})
        assert answer.status_code == 200
        return answer.text

    page = shown("SELECT * { <http://localhost:8000/id/alliance/orchid-alliance> ?p ?o } ORDER BY ?p ?o")
    assert '<a href="/id/organization/jade-university">organization/jade-university</a>' in page
    assert '<a href="http://www.w3.org/ns/org#hasMember">org:hasMember</a>' in page
    assert '<a href="/ns#foundedEdtf">ua:foundedEdtf</a>' in page
    assert '<span lang="zh" dir="auto">兰江大学联盟</span>' in page
    assert '<pre tabindex="0">yes</pre>' in shown("ASK {}")
    assert "@prefix" in shown("DESCRIBE <http://localhost:8000/id/alliance/orchid-alliance>")
    assert "1,000 are shown" in shown("SELECT * { ?a ?b ?c } LIMIT 1001")
    assert "<h2>0 answers</h2>" in shown("SELECT * { ?a <http://nowhere.example/> ?c }")
    assert "&#34;&gt;&lt;script" in shown("""SELECT ('"><script' AS ?x) {}""")
    unsafe = shown("SELECT (IRI('javascript:alert(1)') AS ?x) {}")
    assert "javascript:alert(1)" in unsafe
    assert 'href="javascript' not in unsafe


def test_every_example_has_an_answer(client: TestClient, linked: LinkedData) -> None:
    found = examples(linked.names)
    assert len(found) >= 4
    for question, query in found:
        answer = client.get(f"/sparql?query={quote(query)}", headers={"Accept": CSV})
        assert answer.status_code == 200, question
        assert answer.text.count("\r\n") > 1, question
