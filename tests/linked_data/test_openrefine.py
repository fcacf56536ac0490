"""OpenRefine at work: a column of names is matched, looked at and extended, by nothing but the addresses in the manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient

ROOT = "http://localhost:8000/reconcile"
ROWS = (
    ("Jade Univ.", "China", "organization/jade-university"),
    ("Qinghe College", "", "organization/jade-university"),
    ("Orchid River Universities Alliance", "", "alliance/orchid-alliance"),
    ("JADE UNIVERSITY", "Germany", ""),
    ("University of Nowhere", "", ""),
)
"""A name, a country, and the record for which a certain match is right."""


def service(manifest: Mapping[str, Any], name: str) -> str:
    """The address of a suggestion service."""
    described = manifest["suggest"][name]
    return f"{described['service_url']}{described['service_path']}"


def test_a_table_from_names_to_further_columns(client: TestClient) -> None:
    answer = client.get(ROOT, headers={"Origin": "http://127.0.0.1:3333"})
    assert answer.headers["access-control-allow-origin"] == "*"
    manifest = answer.json()

    # The first names are sent to see of which type they are.
    guess = {f"q{n}": {"query": name, "limit": 3} for n, (name, _, _) in enumerate(ROWS)}
    guessed = client.post(ROOT, data={"queries": json.dumps(guess)}).json()
    types = {kind["id"] for result in guessed.values() for one in result["result"] for kind in one["type"]}
    assert {kind["id"] for kind in manifest["defaultTypes"]} <= types

    # The user says in which column the countries stand: the property is suggested as it is typed.
    suggested = client.get(service(manifest, "property"), params={"prefix": "coun", "type": "organization"}).json()
    country = next(found["id"] for found in suggested["result"] if found["name"] == "country")

    queries = {
        f"q{n}": {"query": name, "type_strict": "should", "properties": [{"pid": country, "v": land}] if land else []}
        for n, (name, land, _) in enumerate(ROWS)
    }
    found = client.post(ROOT, data={"queries": json.dumps(queries)}).json()
    certain = {
        key: [candidate["id"] for candidate in result["result"] if candidate["match"]] for key, result in found.items()
    }
    assert certain == {f"q{n}": [right] if right else [] for n, (_, _, right) in enumerate(ROWS)}

    # The pointer rests on a candidate, and a cell without a match is filled by hand.
    jade = certain["q0"][0]
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", jade))
    assert preview.status_code == 200
    assert "Jade University" in preview.text
    typed = client.get(service(manifest, "entity"), params={"prefix": "jade uni"}).json()["result"]
    assert typed[0]["id"] == jade
    entity = manifest["suggest"]["entity"]
    flyout = f"{entity['flyout_service_url']}{entity['flyout_service_path']}".replace("${id}", jade)
    assert "Jade University" in client.get(flyout).json()["html"]
    assert client.get(manifest["view"]["url"].replace("{{id}}", jade), follow_redirects=True).status_code == 200

    # Columns are added from what is matched.
    propose = manifest["extend"]["propose_properties"]
    proposed = client.get(f"{propose['service_url']}{propose['service_path']}", params={"type": "organization"}).json()
    wanted = [{"id": p["id"]} for p in proposed["properties"] if p["name"] in ("city", "founded", "country")]
    assert len(wanted) == 3
    extension = {"ids": sorted({one for ids in certain.values() for one in ids}), "properties": wanted}
    extended = client.post(ROOT, data={"extend": json.dumps(extension)}).json()
    assert [column["id"] for column in extended["meta"]] == [column["id"] for column in wanted]
    assert extended["rows"][jade][country] == [{"id": "country/CN", "name": "China"}]
    assert set(extended["rows"]) == set(extension["ids"])


def test_names_of_records_come_before_titles_of_sources(client: TestClient) -> None:
    found = client.get(f"{ROOT}/suggest/entity", params={"prefix": "lotus"}).json()["result"]
    kinds = [one["notable"][0]["id"] for one in found]
    assert "source" in kinds
    assert kinds.index("alliance") < kinds.index("source")
