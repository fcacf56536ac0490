"""Reconciliation: what is found, why, and how the API answers; its JSON schemas where they are at hand."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from starlette.testclient import TestClient

from datasets.release.open import Release
from linked_data.reconcile.asking import MOST_QUERIES, BadQueryError, Constraint, Query, batch, extension
from linked_data.reconcile.countries import country_code
from linked_data.reconcile.evidence import bare
from linked_data.reconcile.matching import Candidate, Matcher, Overdue
from linked_data.reconcile.naming import compared, is_acronym, parts, skeleton
from linked_data.reconcile.spelling import distance, likeness
from service.app import create_app
from service.settings import Settings

SCHEMAS = Path(__file__).parents[2].parent / "shared" / "suites" / "reconciliation-0.2"
Answer = Any


@pytest.fixture(scope="module")
def matcher(release: Release) -> Matcher:
    return Matcher(release.shapes)


@pytest.fixture
def match(matcher: Matcher, connection: apsw.Connection) -> Callable[..., list[Candidate]]:
    def found(text: str, *types: str, **constraints: str) -> list[Candidate]:
        given = tuple(Constraint(name, (value,)) for name, value in constraints.items())
        return matcher.match(connection, Query(text, types, constraints=given))

    return found


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[TestClient]:
    app = create_app(Settings(releases=release.path.parent, access_log=False))
    with TestClient(app, base_url="http://localhost:8000", follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Univ. of Vienna", "Universität Wien"),
        ("TU München", "Technical University of Munich"),
        ("南京大學", "南京大学"),
        ("Московский университет", "Moscow University"),
        ("Nat'l Univ. of Singapore", "National University of Singapore"),
        ("L'Université d'Alger", "University of Algiers"),
        ("Xi’an Jiaotong University", "Xi'an Jiaotong Univ"),
        ("U.C. Berkeley", "UC Berkeley"),
        ("서울대학교", "서울 대학교"),
    ],
)
def test_one_name_in_two_ways(one: str, other: str) -> None:
    assert sorted(compared(one)) == sorted(compared(other))


def test_words_of_a_name() -> None:
    assert compared("of the") == ("of", "the")
    assert compared("") == ()
    assert compared("東京大学") != compared("京東大学")
    assert parts("plain") == ["plain"]
    assert parts("A & M; B (CC)") == ["A & M", "CC"] or parts("Alpha (CC)") == ["Alpha", "CC"]
    assert skeleton("muenchen") == skeleton("munchen")
    assert [is_acronym(text) for text in ("MIT", "4EU+", "Yale", "大学", "University")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("one", "other", "most", "expected"),
    [("abc", "abc", 2, 0), ("abc", "acb", 2, 1), ("abc", "xyz", 2, 3), ("", "ab", 2, 2), ("kitten", "sitting", 3, 3)],
)
def test_distance_of_words(one: str, other: str, most: int, expected: int) -> None:
    assert distance(one, other, most) == distance(other, one, most) == expected


def test_likeness_of_words() -> None:
    assert likeness("heidelbrg", "heidelberg") > 0.9
    assert likeness("york", "cork") == 0.0
    assert likeness("masarykova", "masaryk") >= 0.8


@pytest.mark.parametrize(
    ("text", "code"),
    [("South Korea", "KR"), ("Deutschland", "DE"), ("uk", "GB"), ("中国", "CN"), ("USA", "US"), ("Atlantis", "")],
)
def test_countries_as_people_write_them(text: str, code: str) -> None:
    assert country_code(text) == code


def test_identifiers_are_compared_bare() -> None:
    assert bare("https://ror.org/03CVE4549/") == "03cve4549"
    assert bare("0000 0001 0662-3178") == "0000000106623178"


def test_the_name_itself(match: Callable[..., list[Candidate]]) -> None:
    best, *_ = match("Jade University")
    assert (best.entry.key, best.score, best.match) == ("organization/jade-university", 100.0, True)
    assert best.features["name_exact"] is True
    assert "is its name 'Jade University'" in best.reasons[0]


def test_country_supports_and_contradicts(match: Callable[..., list[Candidate]]) -> None:
    (right, *_) = match("Jade Univ", country="China")
    assert right.match
    assert any("country agrees" in reason for reason in right.reasons)
    (wrong, *_) = match("Jade University", country="France")
    assert not wrong.match
    assert wrong.features["country_contradicts"] is True
    (inside, *_) = match("Jade University, France")
    assert not inside.match
    (unknown, *_) = match("Jade University", country="Atlantis")
    assert unknown.match


def test_identifiers_decide(match: Callable[..., list[Candidate]]) -> None:
    for found in (match("https://ror.org/02jade174"), match("", ror="02JADE174"), match("Zzz", ror="02jade174")):
        assert (found[0].entry.id, found[0].score, found[0].match) == ("jade-university", 100.0, True)
        assert found[0].features["ror_equal"] is True
    (other, *_) = match("Jade University", ror="00000000x")
    assert not other.match


def test_our_own_ids(match: Callable[..., list[Candidate]]) -> None:
    for text in (
        "jade-university",
        "organization/jade-university",
        "http://localhost:8000/id/organization/jade-university",
    ):
        assert match(text)[0].reasons[0] == "is its identifier jade-university" or match(text)[0].match


def test_nothing_is_found_for_nothing(match: Callable[..., list[Candidate]]) -> None:
    for text in ("", "   ", "!!!", "zzzzqqqq", "\u200b"):
        assert match(text) == []


def test_types(match: Callable[..., list[Candidate]], matcher: Matcher) -> None:
    assert {c.entry.type for c in match("Jade University", "alliance")} <= {"alliance"}
    assert match("Orchid Alliance", "actor")[0].entry.type == "alliance"
    assert match("Orchid River Univs. Alliance", "http://localhost:8000/ns#alliance")[0].match
    with pytest.raises(BadQueryError, match="there is no type 'planet'"):
        matcher.types(["planet"])


def test_a_batch_has_its_time(matcher: Matcher, connection: apsw.Connection) -> None:
    with pytest.raises(Overdue):
        matcher.match(connection, Query("Jade"), deadline=0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "an object of queries"),
        ("{", "not JSON"),
        (json.dumps({str(i): {"query": "x"} for i in range(MOST_QUERIES + 1)}), "at most 50"),
        ('{"q0": 1}', "q0: a query is an object"),
        ('{"q0": {}}', "q0: give a query"),
        ('{"q0": {"query": 1}}', "q0: query is the text"),
        ('{"q0": {"query": "x", "limit": 0}}', "q0: limit"),
        ('{"q0": {"query": "x", "limit": true}}', "q0: limit"),
        ('{"q0": {"query": "x", "kind": 1}}', "q0: 'kind' is not known"),
        ('{"q0": {"query": "x", "properties": {}}}', "q0: properties"),
        ('{"q0": {"query": "x", "properties": [{"pid": "a"}]}}', "q0: a property"),
        ('{"q0": {"query": "x", "properties": [{"pid": "a", "v": [[]]}]}}', "q0: a value"),
        ('{"q0": {"query": "x", "type": 1}}', "q0: a type"),
        (json.dumps({"q0": {"query": "x" * 1001}}), "q0: the text has 1001"),
    ],
)
def test_bad_batches(text: str, message: str) -> None:
    with pytest.raises(BadQueryError, match=message):
        batch(text)


def test_bad_extensions() -> None:
    for text in ("{}", "[]", '{"ids": [1], "properties": []}', '{"ids": [], "properties": [1]}', "nope"):
        with pytest.raises(BadQueryError, match="extend"):
            extension(text)


def _validated(schema: str, answer: object) -> None:
    """Raise jsonschema's ValidationError where an answer is not as a schema says; skip where there are no schemas."""
    if not SCHEMAS.is_dir():
        pytest.skip("the JSON schemas of the Reconciliation API are not here; put ../shared/suites in place")
    jsonschema: Any = importlib.import_module("jsonschema")
    referencing: Any = importlib.import_module("referencing")
    contents = [json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")]
    found = [c for c in contents if "$id" in c]
    resources = [(c["$id"], referencing.Resource.from_contents(c, referencing.jsonschema.DRAFT7)) for c in found]
    wanted = json.loads((SCHEMAS / f"{schema}.json").read_text())
    wanted["properties"].pop("authentication", None) if "properties" in wanted else None
    registry = referencing.Registry().with_resources(resources)
    jsonschema.Draft7Validator(wanted, registry=registry).validate(answer)


def _refused(schema: str, answer: object) -> None:
    """A planted error must be caught."""
    jsonschema: Any = importlib.import_module("jsonschema")
    with pytest.raises(jsonschema.ValidationError):
        _validated(schema, answer)


def _asked(client: TestClient, path: str = "/reconcile", **parameters: object) -> Answer:
    answer = client.get(path, params={n: v if isinstance(v, str) else json.dumps(v) for n, v in parameters.items()})
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.json()


def test_manifest(client: TestClient) -> None:
    manifest = _asked(client)
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "http://localhost:8000/id/"
    assert [t["id"] for t in manifest["defaultTypes"]] == ["organization", "alliance"]
    for path in ("/suggest/entity", "/suggest/type", "/suggest/property"):
        assert client.get(f"/reconcile{path}", params={"prefix": "a"}).status_code == 200
    _validated("manifest", manifest)
    _refused("manifest", {**manifest, "versions": ["0.1"]})
    _refused("manifest", {**manifest, "preview": {"url": "no placeholder", "width": 1, "height": 1}})


def test_queries_by_get_and_post(client: TestClient) -> None:
    queries = {
        "q0": {"query": "Jade Univ.", "type": "organization", "limit": 2},
        "q1": {"query": "Orchid", "type": ["alliance", "organization"]},
        "q2": {"properties": [{"pid": "ror", "v": {"id": "02jade174"}}], "type_strict": "any"},
    }
    by_get = _asked(client, queries=queries)
    by_post = client.post("/reconcile", data={"queries": json.dumps(queries)}).json()
    assert by_get == by_post
    assert [by_get["q0"]["result"][0][n] for n in ("id", "match")] == ["organization/jade-university", True]
    assert len(by_get["q0"]["result"]) <= 2
    assert by_get["q2"]["result"][0]["score"] == 100
    for result in by_get.values():
        for candidate in result["result"]:
            assert candidate["reasons"]
            assert candidate["features"]
            assert 0 <= candidate["score"] <= 100
    _validated("reconciliation-query-batch", queries)
    _validated("reconciliation-result-batch", by_get)
    _refused("reconciliation-query-batch", {"q0": {"limit": 1}})
    _refused("reconciliation-result-batch", {"q0": {"result": [{"id": "a", "name": "b", "score": "high"}]}})


def test_the_view_of_a_candidate_is_its_address(client: TestClient) -> None:
    manifest = _asked(client)
    found = _asked(client, queries={"q": {"query": "Jade University"}})["q"]["result"][0]["id"]
    assert client.get(manifest["view"]["url"].replace("{{id}}", found)).status_code == 303
    assert client.get(manifest["view"]["url"].replace("{{id}}", found.replace("/", "%2F"))).status_code == 303


def test_suggestions(client: TestClient) -> None:
    entities = _asked(client, "/reconcile/suggest/entity", prefix="jade uni")
    assert entities["result"][0]["id"] == "organization/jade-university"
    assert _asked(client, "/reconcile/suggest/entity", prefix="jade", cursor="20")["result"] == []
    assert _asked(client, "/reconcile/suggest/entity", prefix="")["result"] == []
    types = _asked(client, "/reconcile/suggest/type", prefix="org")
    assert [t["id"] for t in types["result"]] == ["organization"]
    properties = _asked(client, "/reconcile/suggest/property", prefix="cou", type="organization")
    assert "country" in [p["id"] for p in properties["result"]]
    _validated("suggest-entities-response", entities)
    _validated("suggest-types-response", types)
    _validated("suggest-properties-response", properties)
    _refused("suggest-entities-response", {"result": [{"id": "a"}]})
    _refused("suggest-types-response", {"result": [{"name": "a"}]})
    _refused("suggest-properties-response", {})
    assert client.get("/reconcile/suggest/entity", params={"prefix": "a", "cursor": "-1"}).status_code == 400


def test_extension(client: TestClient) -> None:
    asked: Any = {
        "ids": ["organization/jade-university", "organization/qinghe-college", "organization/nobody", "nonsense"],
        "properties": [
            {"id": "country"}, {"id": "ror"}, {"id": "latitude"}, {"id": "names", "settings": {"limit": 1}},
            {"id": "alliances"}, {"id": "founded"}, {"id": "kind"}, {"id": "memberships"}, {"id": "scope"},
        ],
    }  # fmt: skip
    found = _asked(client, extend=asked)
    row = found["rows"]["organization/jade-university"]
    assert row["country"] == [{"id": "country/CN", "name": "China"}]
    assert row["ror"] == [{"str": "02jade174"}]
    assert "float" in row["latitude"][0]
    assert row["memberships"]
    assert row["scope"] == []
    assert found["rows"]["organization/qinghe-college"] == row, "a former id leads to the present record"
    assert found["rows"]["organization/nobody"]["country"] == found["rows"]["nonsense"]["country"] == []
    assert [m["id"] for m in found["meta"]] == [p["id"] for p in asked["properties"]]
    _validated("data-extension-query", asked)
    _validated("data-extension-response", found)
    _refused("data-extension-response", {"meta": [], "rows": {"a": {"b": [{"str": 1}]}}})
    proposed = _asked(client, "/reconcile/properties", type="alliance", limit="3")
    assert len(proposed["properties"]) == 3
    _validated("data-extension-property-proposal", proposed)
    _refused("data-extension-property-proposal", {"type": "alliance"})
    answer = client.get("/reconcile", params={"extend": json.dumps({"ids": [], "properties": [{"id": "colour"}]})})
    assert answer.status_code == 400
    assert "no type has a property 'colour'" in answer.json()["message"]


def test_previews_may_stand_in_frames(client: TestClient) -> None:
    answer = client.get("/reconcile/preview", params={"id": "organization/jade-university"})
    assert answer.status_code == 200
    assert "Jade University" in answer.text
    assert "frame-ancestors" not in answer.headers["content-security-policy"]
    flyout = _asked(client, "/reconcile/flyout/entity", id="organization/jade-university")
    assert flyout["id"] == "organization/jade-university"
    assert "Jade University" in flyout["html"]
    assert client.get("/reconcile/preview", params={"id": "organization/nobody"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "given", "status"),
    [
        ("GET", "/reconcile", {"params": {"queries": "{"}}, 400),
        ("GET", "/reconcile", {"params": {"query": "x"}}, 400),
        ("GET", "/reconcile", {"params": {"queries": '{"q": {"query": "x", "type": "planet"}}'}}, 400),
        ("GET", "/reconcile/nothing", {}, 404),
        ("PUT", "/reconcile", {}, 405),
        ("POST", "/reconcile", {"json": {}}, 415),
        ("POST", "/reconcile", {"data": {"queries": "x" * 1_000_001}}, 413),
        (
            "POST",
            "/reconcile",
            {"content": b"queries=%ff", "headers": {"content-type": "application/x-www-form-urlencoded"}},
            400,
        ),
    ],
)
def test_errors_have_the_shape_of_the_api(
    client: TestClient, method: str, path: str, given: dict[str, Any], status: int
) -> None:
    answer = client.request(method, path, **given)
    assert answer.status_code == status
    assert answer.json()["status"] == "error"
    assert answer.json()["message"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_an_older_release_has_it_too(client: TestClient, release: Release) -> None:
    manifest = _asked(client, f"/releases/{release.id}/reconcile")
    assert manifest["preview"]["url"].startswith(f"http://localhost:8000/releases/{release.id}/reconcile/preview")
