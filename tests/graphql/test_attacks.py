"""The attack set over HTTP: request → refusal. Times are printed (-s), not judged; a neighbour asks beside the attacks.

What belongs to documents alone stands in test_limits; this table is about bodies, headers, variables and batches.
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from dataclasses import replace
from urllib.parse import quote

import pytest

from graph_schema.endpoint import Endpoint
from graph_schema.engine import Engine
from tests.graphql.tools import Reply, request

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
FILTER = "query ($f: OrganizationFilter) { organizations(filter: $f) { totalCount } }"


def body(query: str, **variables: object) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


def nested(depth: int) -> bytes:
    return (
        b'{"query": "'
        + FILTER.encode()
        + b'", "variables": {"f": '
        + b'{"not": ' * depth
        + b"{}"
        + b"}" * depth
        + b"}}"
    )


def raw(text: bytes, content_type: str = JSON, **headers: str) -> tuple[str, dict[str, str], bytes]:
    return "POST", {"Content-Type": content_type, "Accept": RESPONSE, **headers}, text


POSTS: dict[str, tuple[tuple[str, dict[str, str], bytes], int, str]] = {
    "a batch": (raw(b'[{"query": "{ __typename }"}]'), 400, "BATCHING_NOT_SUPPORTED"),
    "a batch of 1000": (raw(json.dumps([{"query": "{ __typename }"}] * 1000).encode()), 400, "BATCHING_NOT_SUPPORTED"),
    "12 MB": (raw(b" " * 12_000_000), 413, "PAYLOAD_TOO_LARGE"),
    "12 MB, said beforehand": (raw(b"", **{"Content-Length": "12000000"}), 413, "PAYLOAD_TOO_LARGE"),
    "JSON nested 100,000 deep": (raw(b"[" * 99_999), 400, "BAD_REQUEST"),
    "JSON nested beyond the body": (raw(b"[" * 200_000), 413, "PAYLOAD_TOO_LARGE"),
    "invalid UTF-8": (raw(b'{"query": "\xff\xfe"}'), 400, "BAD_REQUEST"),
    "UTF-16": (raw('{"query": "{ __typename }"}'.encode("utf-16")), 400, "BAD_REQUEST"),
    "a surrogate in a document": (raw(b'{"query": "{ alliance(id: \\"\\ud800\\") { name } }"}'), 400, "GRAPHQL_PARSE_FAILED"),
    "a surrogate in a variable": (
        raw(b'{"query": "query ($i: ID!) { alliance(id: $i) { name } }", "variables": {"i": "\\ud800"}}'),
        400,
        "BAD_USER_INPUT",
    ),
    "variables nested 90 deep": (raw(nested(90)), 400, "LIMIT_EXCEEDED"),
    "variables nested 900 deep": (raw(nested(900)), 400, "BAD_REQUEST"),
    "variables nested 9,000 deep": (raw(nested(9_000)), 400, "BAD_REQUEST"),
    "5,000 ids in a list": (raw(body(FILTER, f={"id": {"in": ["x"] * 5_000}})), 400, "BAD_USER_INPUT"),
    "1,000 conditions in a variable": (raw(body(FILTER, f={"or": [{"id": {"eq": "x"}}] * 1_000})), 400, "LIMIT_EXCEEDED"),
    "200 ids": (raw(body("query ($i: [ID!]!) { nodes(ids: $i) { id } }", i=["x"] * 200)), 400, "LIMIT_EXCEEDED"),
    "an Int of 100 digits": (
        raw(b'{"query": "query ($n: Int) { alliances(first: $n) { totalCount } }", "variables": {"n": ' + b"9" * 100 + b"}}"),
        400,
        "BAD_USER_INPUT",
    ),
    "a number without an end": (raw(b'{"query": "{ __typename }", "variables": {"n": 1e999999}}'), 200, ""),
    "NaN": (raw(b'{"query": "{ __typename }", "variables": {"n": NaN}}'), 400, "BAD_REQUEST"),
    "900 unused variables": (
        raw(body("query (" + " ".join(f"$a{n}: Int" for n in range(900)) + ") { __typename }")),
        400,
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "400 overlapping objects": (raw(body("{ " + 'organization(id: "x") { name } ' * 400 + "}")), 400, "LIMIT_EXCEEDED"),
    "250 fragments with one field": (
        raw(
            body(
                "{ " + " ".join(f"...F{n}" for n in range(250)) + " }"
                + "".join(f'fragment F{n} on Query {{ node(id: "x") {{ id }} }}' for n in range(250))
            )
        ),
        400,
        "LIMIT_EXCEEDED",
    ),
    "one field 3,900 times": (raw(body("{ " + "__typename " * 3_900 + "}")), 400, "LIMIT_EXCEEDED"),
    "a mutation": (raw(body("mutation { __typename }")), 400, "GRAPHQL_VALIDATION_FAILED"),
    "a subscription": (raw(body("subscription { __typename }")), 400, "GRAPHQL_VALIDATION_FAILED"),
    "a form (CSRF)": (raw(b"query=%7B__typename%7D", "application/x-www-form-urlencoded"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "plain text (CSRF)": (raw(b'{"query": "{ __typename }"}', "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "multipart (CSRF)": (raw(b"--x--", "multipart/form-data; boundary=x"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "a bomb in gzip": (raw(b"\x1f\x8b", **{"Content-Encoding": "gzip"}), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "nobody reads it": (raw(b'{"query": "{ __typename }"}', Accept="text/csv"), 406, "NOT_ACCEPTABLE"),
    "an Accept of 100,000 ranges": (raw(b'{"query": "{ __typename }"}', Accept="a/b," * 100_000), 406, "NOT_ACCEPTABLE"),
    "an unknown operation": (
        raw(json.dumps({"query": "query A { __typename }", "operationName": "x" * 50_000}).encode()),
        400,
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "a hash of 90,000 characters": (
        raw(json.dumps({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 90_000}}}).encode()),
        400,
        "BAD_REQUEST",
    ),
    "an error in a resolver": (raw(body('{ alliances(after: "00") { totalCount } }')), 400, "BAD_USER_INPUT"),
}  # fmt: skip


def send(endpoint: Endpoint, asked: tuple[str, dict[str, str], bytes]) -> Reply:
    method, headers, content = asked
    return request(endpoint, method, headers=headers, body=content)


@pytest.fixture(scope="module")
def endpoint(engine: Engine) -> Endpoint:
    return Endpoint(replace(engine))


@pytest.mark.parametrize("name", POSTS)
def test_an_attack_is_answered_in_the_shape_of_graphql(name: str, endpoint: Endpoint) -> None:
    asked, status, code = POSTS[name]
    began = time.process_time()
    reply = send(endpoint, asked)
    print(f"{name}: {reply.status} in {1000 * (time.process_time() - began):.1f} ms")
    assert reply.status == status, reply.body[:300]
    assert len(reply.body) < 5_000
    assert b"Traceback" not in reply.body
    content = reply.json
    if code:
        assert "data" not in content
        assert {error["extensions"]["code"] for error in content["errors"]} == {code}


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
def test_a_get_never_writes(kind: str, endpoint: Endpoint) -> None:
    reply = request(endpoint, query=f"query={quote(kind + ' { __typename }')}", headers={"Accept": RESPONSE})
    assert reply.status in (400, 405)


def test_a_neighbour_is_answered_while_attacks_come_in(engine: Engine) -> None:
    """The attacks come as fast as they are answered, from another client; the neighbour's waits are printed."""
    endpoint = Endpoint(replace(engine, limits=replace(engine.limits, cold_documents=100_000)))
    question = raw(b'{"query": "{ alliance(id: \\"orchid-alliance\\") { name } }"}')
    ended = threading.Event()

    def attack() -> None:
        while not ended.is_set():
            for asked, _, _ in POSTS.values():
                if len(asked[2]) < 1_000_000 and not ended.is_set():
                    send(endpoint, asked)

    waits: list[float] = []
    for attacked in (False, True):
        attacker = threading.Thread(target=attack)
        if attacked:
            attacker.start()
        try:
            for _ in range(30):
                began = time.monotonic()
                assert send(endpoint, question).json["data"]["alliance"]["name"]
                waits.append(time.monotonic() - began)
        finally:
            ended.set()
            if attacked:
                attacker.join()
        if not attacked:
            ended.clear()
    alone, beside = waits[:30], waits[30:]
    print(
        f"neighbour alone {1000 * statistics.median(alone):.1f} ms, beside attacks {1000 * statistics.median(beside):.1f} ms"
    )
