"""The attack set: what is refused, and with which limit. `make benchmark ARGS=attacks` measures how fast."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import get_introspection_query

from graph_schema.endpoint import Endpoint
from graph_schema.engine import Engine
from graph_schema.limits import DOCS, Limits
from graph_schema.request import Request
from tests.graphql.tools import post


def nested(depth: int, inner: str = "name") -> str:
    return '{ organization(id: "x") ' + "{ parent " * depth + "{ " + inner + " }" + " }" * depth + " }"


def bomb(levels: int) -> str:
    fragments = "".join(
        f"fragment F{n} on Organization {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }} "
        for n in range(levels)
    )
    return f'{{ organization(id: "x") {{ ...F0 }} }} {fragments} fragment F{levels} on Organization {{ name }}'


def filters(depth: int) -> str:
    inner = '{ country: { eq: "KZ" } }'
    for _ in range(depth):
        inner = (
            f"{{ memberships: {{ some: {{ alliance: {{ memberships: {{ some: {{ organization: {inner} }} }} }} }} }} }}"
        )
    return f"{{ organizations(filter: {inner}) {{ totalCount }} }}"


REFUSED: dict[str, tuple[str, str]] = {
    "10^6 rows by pages in pages": (
        """{ alliances(first: 100) { nodes { memberships(first: 100) { nodes { organization {
          memberships(first: 100) { nodes { alliance { memberships(first: 100) { nodes { id } } } } } } } } } } }""",
        "rows_examined",
    ),
    "acyclic fragment bomb 2^14": (bomb(14), "depth|fields"),
    "fragment bomb 2^8": (bomb(11), "fields|depth"),
    "1000 aliases of one field": ("{ " + " ".join(f"a{n}: __typename" for n in range(1000)) + " }", "aliases"),
    "100 aliases of a root list": (
        "{ " + " ".join(f"a{n}: alliances(first: 100) {{ nodes {{ name }} }}" for n in range(100)) + " }",
        "aliases",
    ),
    "40 root fields": ("{ " + " ".join(f"a{n}: __typename" for n in range(40)) + " }", "root_fields"),
    "1000 overlapping objects": (
        "{ " + " ".join('organization(id: "x") { name }' for _ in range(1000)) + " }",
        "tokens",
    ),
    "__typename x 10,000": ("{ " + "__typename " * 10_000 + "}", "document_characters"),
    "__typename x 4,000": ("{ " + "__typename " * 4_000 + "}", "tokens"),
    "__type alias x 200": (
        "{ " + " ".join(f'a{n}: __type(name: "Alliance") {{ name }}' for n in range(200)) + " }",
        "aliases|introspections",
    ),
    "depth 120": (nested(120), "depth"),
    "depth 16": (nested(15), "depth"),
    "depth by parser": ("{ a " * 5_000 + "}" * 5_000, "tokens|depth"),
    "a comment of 60,000 characters": ("{ __typename } #" + "x" * 60_000, "document_characters"),
    "1000 directives": ("{ __typename " + "@include(if: true) " * 1000 + "}", "tokens|directives"),
    "200 unknown directives": ("{ __typename " + "@aa " * 200 + "}", "directives"),
    "filter three deep": (
        filters(1).replace('{ country: { eq: "KZ" } }', '{ memberships: { some: { id: { eq: "x" } } } }'),
        "filter_depth",
    ),
    "filter ten deep": (filters(10), "filter_depth"),
    "100 conditions": (
        "{ organizations(filter: { or: ["
        + ", ".join('{ name: { contains: "a" } }' for _ in range(100))
        + "] }) { totalCount } }",
        "filter_conditions",
    ),
    "4 sort keys": (
        "{ memberships(orderBy: [{ since: ASC }, { alliance: ASC }, { organization: ASC }, { since: DESC }]) { totalCount } }",
        "order_keys",
    ),
    "1000 ids": ("{ nodes(ids: [" + ", ".join(f'"a{n}"' for n in range(1000)) + "]) { id } }", "ids"),
    "interfaces in interfaces": (
        '{ search(text: "a") { nodes { record { claims { record { claims { record { claims { record { id label iri } } } } } } } } } }',
        "fields",
    ),
}

WRONG: dict[str, tuple[str, str]] = {
    "first: 99999999": ("{ alliances(first: 99999999) { totalCount } }", "BAD_USER_INPUT"),
    "first: -1": ("{ alliances(first: -1) { totalCount } }", "BAD_USER_INPUT"),
    "first and last": ("{ alliances(first: 1, last: 1) { totalCount } }", "BAD_USER_INPUT"),
    "an invented cursor": ('{ alliances(after: "zzzz") { totalCount nodes { id } } }', "BAD_USER_INPUT"),
    "two keys in one order": ("{ alliances(orderBy: [{ name: ASC, founded: ASC }]) { totalCount } }", "BAD_USER_INPUT"),
    "groups by a name": ("{ alliances { groupBy(column: NAME) { key } } }", "BAD_USER_INPUT"),
    "groups by a column of others": ("{ alliances { groupBy(column: COUNTRY) { key } } }", "BAD_USER_INPUT"),
    "a date that is none": (
        '{ agreements(filter: { signed: { within: "2023-13" } }) { totalCount } }',
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "cyclic fragments": (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "circular introspection": (
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "200 misspelt fields": ("{ " + " ".join(f"allianc{n}" for n in range(200)) + " }", "GRAPHQL_VALIDATION_FAILED"),
    "NUL in a document": ('{ alliance(id: "a\\u0000") { name } }', "BAD_USER_INPUT"),
    "a long search": ('{ search(text: "' + "a " * 2000 + '") { totalCount } }', "BAD_USER_INPUT"),
}


@pytest.fixture(scope="module")
def fresh(engine: Engine) -> Callable[[], Engine]:
    return lambda: replace(engine)


def asked(engine: Engine, query: str, variables: dict[str, object] | None = None) -> dict[str, Any]:
    answer = engine.answer(Request(query, None, variables or {}, {}))
    assert len(answer.body) < 5_000
    content: dict[str, Any] = json.loads(answer.body)
    return content


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_is_refused_by_a_published_limit(name: str, fresh: Callable[[], Engine]) -> None:
    query, limits = REFUSED[name]
    few_rows = replace(fresh(), limits=replace(Limits(), rows_examined=700))
    content = asked(few_rows, query)
    (error,) = content["errors"]
    assert "data" not in content
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED", error
    assert error["extensions"]["limit"] in limits.split("|"), error
    assert error["extensions"]["spent"] > error["extensions"]["allowed"]
    assert "/graphql/limits" in error["message"]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_question_is_refused(name: str, fresh: Callable[[], Engine]) -> None:
    query, code = WRONG[name]
    content = asked(fresh(), query)
    assert "data" not in content
    assert {error["extensions"]["code"] for error in content["errors"]} == {code}
    assert len(content["errors"]) <= 11


@pytest.mark.parametrize("value", ["x\0y", "\ud800", "a" * 20_001])
def test_texts_that_no_record_holds_are_refused(value: str, fresh: Callable[[], Engine]) -> None:
    query = "query ($id: ID!) { alliance(id: $id) { name } }"
    content = asked(fresh(), query, {"id": value})
    assert content["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE alliances; --", '" OR 1=1', "%", "a* NEAR b", "name:x", "\\", "^a", "AND"]
)
def test_user_text_is_never_an_operator(text: str, fresh: Callable[[], Engine]) -> None:
    query = """query ($t: String!) {
      search(text: $t) { totalCount }
      alliances(filter: { name: { contains: $t } }) { totalCount }
    }"""
    content = asked(fresh(), query, {"t": text})
    assert content["data"]["alliances"]["totalCount"] == 0


def test_the_full_introspection_is_allowed(engine: Engine) -> None:
    answer = engine.answer(Request(get_introspection_query(), None, {}, {}))
    assert "errors" not in json.loads(answer.body)


def test_every_limit_is_documented() -> None:
    assert set(DOCS) == set(Limits.__dataclass_fields__)


def test_the_deadline_stops_the_statement(engine: Engine) -> None:
    late = replace(engine, limits=replace(engine.limits, deadline_ms=0))
    query = '{ claims(filter: { value: { contains: "qqq" } }, first: 100) { totalCount nodes { value } } }'
    reply = post(Endpoint(late), {"query": query})
    assert reply.status == 503
    assert reply.json["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"
    assert int(reply.headers["retry-after"]) > 0


def test_a_large_answer_is_refused(engine: Engine) -> None:
    small = replace(engine, limits=replace(engine.limits, response_bytes=1_000))
    content = asked(small, "{ organizations(first: 100) { nodes { id iri name website } } }")
    assert content["errors"][0]["extensions"]["limit"] == "response_bytes"
