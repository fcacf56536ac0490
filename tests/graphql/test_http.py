"""GraphQL over HTTP: a table of requests, and what they are answered with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from datasets.release.open import Release
from graph_schema.endpoint import Endpoint
from graph_schema.engine import Engine
from graph_schema.opening import open_engine
from tests.graphql.tools import Reply, post, request

RESPONSE = "application/graphql-response+json"
PLAIN = "application/json"
NAME = '{ alliance(id: "orchid-alliance") { acronym } }'
DATA = {"alliance": {"acronym": "ORUA"}}


@pytest.fixture(scope="session")
def endpoint(engine: Engine) -> Endpoint:
    return Endpoint(replace(engine))


def get(endpoint: Endpoint, query: str, accept: str = RESPONSE, **more: str) -> Reply:
    address = "&".join(f"{key}={quote(value)}" for key, value in {"query": query, **more}.items())
    return request(endpoint, query=address, headers={"Accept": accept})


def only_error(reply: Reply) -> dict[str, Any]:
    content = reply.json
    assert "data" not in content
    assert content["errors"]
    error = content["errors"][0]
    assert isinstance(error["message"], str)
    assert isinstance(error["extensions"]["code"], str)
    return dict(error)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", PLAIN),
        ("*/*", PLAIN),
        ("application/*", PLAIN),
        (PLAIN, PLAIN),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, {PLAIN};q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.8, {PLAIN};q=0.9", PLAIN),
        (f"{RESPONSE}; charset=utf-8", RESPONSE),
        ("text/html;q=0.9, */*;q=0.1", PLAIN),
        ("text/csv, */*;q=0.1", PLAIN),
    ],
)
def test_the_media_type_is_negotiated(endpoint: Endpoint, accept: str, media_type: str) -> None:
    for reply in (get(endpoint, NAME, accept), post(endpoint, {"query": NAME}, accept)):
        assert reply.status == 200
        assert reply.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert reply.headers["vary"] == "Accept"
        assert reply.json["data"] == DATA


@pytest.mark.parametrize("accept", ["text/csv", "application/xml", "application/json;q=0", "text/html"])
def test_what_nobody_can_read_is_refused(endpoint: Endpoint, accept: str) -> None:
    reply = post(endpoint, {"query": NAME}, accept)
    assert reply.status == 406
    assert only_error(reply)["extensions"]["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    ("content", "code", "plain_status"),
    [
        ({"query": "{ alliance("}, "GRAPHQL_PARSE_FAILED", 200),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED", 200),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED", 200),
        ({"query": "mutation { nothing }"}, "GRAPHQL_VALIDATION_FAILED", 200),
        ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE", 200),
        ({"query": NAME, "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE", 200),
        ({"query": "query ($id: ID!) { alliance(id: $id) { name } }"}, "BAD_USER_INPUT", 200),
        (
            {"query": "query ($n: Int) { alliances(first: $n) { totalCount } }", "variables": {"n": "x"}},
            "BAD_USER_INPUT",
            200,
        ),
        (
            {"query": "query ($n: Int) { alliances(first: $n) { totalCount } }", "variables": {"n": 101}},
            "BAD_USER_INPUT",
            200,
        ),
        ({"qeury": NAME}, "BAD_REQUEST", 400),
        ({"query": 1}, "BAD_REQUEST", 400),
        ({"query": NAME, "variables": [1]}, "BAD_REQUEST", 400),
        ({"query": NAME, "operationName": 7}, "BAD_REQUEST", 400),
        ({"query": NAME, "extensions": "x"}, "BAD_REQUEST", 400),
        ([{"query": NAME}], "BATCHING_NOT_SUPPORTED", 400),
        ("text", "BAD_REQUEST", 400),
        (None, "BAD_REQUEST", 400),
    ],
)
def test_what_cannot_be_run_is_400_without_data(
    endpoint: Endpoint, content: object, code: str, plain_status: int
) -> None:
    reply = post(endpoint, content)
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (400, code)
    assert reply.headers["cache-control"] == "no-store"
    plain = post(endpoint, content, PLAIN)
    assert plain.status == plain_status
    assert plain.json == reply.json


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_there_are_only_queries(endpoint: Endpoint, kind: str) -> None:
    query = f"{kind} {{ __typename }}"
    assert post(endpoint, {"query": query}).status == 400
    reply = get(endpoint, query)
    assert reply.status in (400, 405)
    assert only_error(reply)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (PLAIN, 200),
        ("application/json; charset=utf-8", 200),
        ('application/json; charset="UTF-8"', 200),
        ("APPLICATION/JSON", 200),
        ("application/json; charset=latin-1", 415),
        ("application/jsonp", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/graphql", 415),
        ("", 415),
    ],
)
def test_only_json_in_utf_8_is_taken(endpoint: Endpoint, content_type: str, status: int) -> None:
    headers = {"Content-Type": content_type, "Accept": RESPONSE}
    reply = request(endpoint, "POST", headers=headers, body=json.dumps({"query": NAME}).encode())
    assert reply.status == status
    if status != 200:
        assert only_error(reply)["extensions"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"query": NaN}', b"[" * 50_000])
def test_a_body_that_is_no_json_is_refused(endpoint: Endpoint, body: bytes) -> None:
    headers = {"Content-Type": PLAIN, "Accept": RESPONSE}
    reply = request(endpoint, "POST", headers=headers, body=body)
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (400, "BAD_REQUEST")


def test_a_compressed_body_is_refused(endpoint: Endpoint) -> None:
    reply = post(endpoint, {"query": NAME}, headers={"Content-Encoding": "gzip"})
    assert reply.status == 415


def test_a_large_body_is_refused_before_it_is_read(endpoint: Endpoint) -> None:
    reply = post(endpoint, {"query": NAME}, headers={"Content-Length": "100001"})
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    reply = post(endpoint, {"query": NAME, "variables": {"x": "y" * 100_000}})
    assert reply.status == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused(endpoint: Endpoint, method: str) -> None:
    reply = request(endpoint, method, headers={"Accept": RESPONSE})
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert reply.headers["allow"] == "GET, HEAD, POST"


def test_a_get_carries_variables_and_names(endpoint: Endpoint) -> None:
    query = "query A { __typename } query B($id: ID!) { alliance(id: $id) { acronym } }"
    reply = get(endpoint, query, variables='{"id": "orchid-alliance"}', operationName="B")
    assert (reply.status, reply.json["data"]) == (200, DATA)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "variables=%7B%7D",
        f"query={quote(NAME)}&query={quote(NAME)}",
        f"query={quote(NAME)}&variables=x",
        f"query={quote(NAME)}&variables=%5B%5D",
        f"query={quote(NAME)}&extensions=1",
        "query=%ff%fe",
    ],
)
def test_a_malformed_get_is_refused(endpoint: Endpoint, address: str) -> None:
    reply = request(endpoint, query=address, headers={"Accept": PLAIN})
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (400, "BAD_REQUEST")


def test_head_is_a_get_without_its_body(endpoint: Endpoint) -> None:
    address = f"query={quote(NAME)}"
    whole = request(endpoint, query=address)
    head = request(endpoint, "HEAD", query=address)
    assert (head.status, head.body) == (200, b"")
    assert head.headers == whole.headers


def test_a_browser_gets_a_page_and_its_form_an_answer(endpoint: Endpoint) -> None:
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    page = request(endpoint, headers={"Accept": browser}, root="/releases/x", path="/releases/x/graphql")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert b'action="/releases/x/graphql"' in page.body
    assert b"//" not in page.body.replace(b"<!doctype html>", b"")
    assert get(endpoint, NAME, browser).json["data"] == DATA


def test_the_sdl_and_the_limits_are_published(endpoint: Endpoint, engine: Engine) -> None:
    sdl = request(endpoint, path="/graphql/schema.graphql")
    assert sdl.body.decode() == engine.built.sdl
    limits = request(endpoint, path="/graphql/limits").json["limits"]
    assert {
        "name": "page",
        "value": 100,
        "doc": "Rows of one page (`first`, `last`), and groups of `groupBy`.",
    } in limits
    assert all(limit["doc"] for limit in limits)
    assert request(endpoint, "POST", path="/graphql/limits").status == 405
    assert request(endpoint, path="/graphql/nothing").status == 404


def test_the_answer_says_what_was_spent_and_allowed(endpoint: Endpoint) -> None:
    cost = post(endpoint, {"query": NAME}).json["extensions"]["cost"]
    assert cost["fields"] == {"spent": 2, "allowed": 1500}
    assert 0 < cost["rowsExamined"]["estimated"] < cost["rowsExamined"]["allowed"]


def persisted(text: str, sha: str | None = None) -> dict[str, object]:
    found = sha or hashlib.sha256(text.encode()).hexdigest()
    return {"persistedQuery": {"version": 1, "sha256Hash": found}}


def test_a_persisted_operation_is_registered_once_and_asked_by_hash(endpoint: Endpoint) -> None:
    text = '{ alliance(id: "orchid-alliance") { acronym } } # persisted'
    unknown = post(endpoint, {"extensions": persisted(text)})
    assert unknown.status == 200
    assert only_error(unknown) == {
        "message": "PersistedQueryNotFound",
        "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
    }
    assert unknown.headers["cache-control"] == "no-store"
    assert post(endpoint, {"query": text, "extensions": persisted(text)}).json["data"] == DATA
    by_hash = request(endpoint, query=f"extensions={quote(json.dumps(persisted(text)))}")
    assert by_hash.json["data"] == DATA


@pytest.mark.parametrize(
    ("extension", "code"),
    [
        (persisted(NAME, "0" * 64), "PERSISTED_QUERY_MISMATCH"),
        (persisted(NAME, "xyz"), "BAD_REQUEST"),
        ({"persistedQuery": {"version": 2, "sha256Hash": "0" * 64}}, "BAD_REQUEST"),
        ({"persistedQuery": 1}, "BAD_REQUEST"),
    ],
)
def test_a_wrong_hash_is_refused(endpoint: Endpoint, extension: dict[str, object], code: str) -> None:
    reply = post(endpoint, {"query": NAME, "extensions": extension})
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (400, code)


def test_operations_of_our_own_are_registered_and_free(engine: Engine) -> None:
    own = replace(engine, limits=replace(engine.limits, cold_documents=1))
    sha = own.keep(NAME)
    there = Endpoint(own)
    listed = request(there, path="/graphql/operations").json["operations"]
    assert listed == [{"sha256Hash": sha, "query": NAME}]
    for _ in range(2):
        assert post(there, {"extensions": persisted(NAME)}).json["data"] == DATA
    assert [post(there, {"query": f"{{ {key}: __typename }}"}).status for key in "ab"] == [200, 429]


def test_an_invalid_document_is_not_registered(endpoint: Endpoint) -> None:
    post(endpoint, {"query": "{ nothing }", "extensions": persisted("{ nothing }")})
    assert only_error(post(endpoint, {"extensions": persisted("{ nothing }")}))["message"] == "PersistedQueryNotFound"


def test_new_documents_have_a_budget_for_each_client(engine: Engine) -> None:
    few = Endpoint(replace(engine, limits=replace(engine.limits, cold_documents=3)))
    for number in range(3):
        assert post(few, {"query": f"{{ a{number}: __typename }}"}).status == 200
    reply = post(few, {"query": "{ other: __typename }"})
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (429, "TOO_MANY_NEW_DOCUMENTS")
    assert int(reply.headers["retry-after"]) > 0
    assert post(few, {"query": "{ a1: __typename }"}).status == 200, "known documents are free"
    assert post(few, {"query": "{ other: __typename }"}, client="192.0.2.2").status == 200


@pytest.fixture
def closing(release: Release) -> Endpoint:
    return Endpoint(open_engine(release))


def test_closing_ends_threads_and_refuses_later_questions(closing: Endpoint) -> None:
    assert post(closing, {"query": NAME}).status == 200
    closing.close()
    reply = post(closing, {"query": NAME})
    assert (reply.status, only_error(reply)["extensions"]["code"]) == (503, "RELEASE_CLOSED")
