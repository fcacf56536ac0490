"""Null where it must not be: an argument, a variable over a default, a promise of the schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType

from datasets.release import layout
from datasets.release.open import Release
from datasets.shapes import SHAPES
from graph_schema.engine import Engine
from graph_schema.request import Request
from graph_schema.words import pascal
from tests.graphql.oracle.resolving import Oracle


@pytest.fixture(scope="module")
def oracle(release: Release, engine: Engine) -> Oracle:
    return Oracle(release, engine.built.sdl)


NULLS: dict[str, tuple[str, dict[str, Any]]] = {
    "a default is overruled by null": (
        'query ($id: ID = "orchid-alliance") { alliance(id: $id) { name } }',
        {"id": None},
    ),
    "a default holds where nothing is given": (
        'query ($id: ID = "orchid-alliance") { alliance(id: $id) { name } }',
        {},
    ),
    "beside what is sound": (
        'query ($id: ID = "x") { alliance(id: $id) { name } other: alliance(id: "orchid-alliance") { name } }',
        {"id": None},
    ),
    "null reaches the root": (
        "query ($c: Column = KIND) { alliances { totalCount groupBy(column: $c) { key } } }",
        {"c": None},
    ),
    "null reaches a field that may be null": (
        """query ($c: Column = ROLE) {
          alliance(id: "orchid-alliance") { name memberships { groupBy(column: $c) { key count } } }
          organization(id: "jade-university") { name }
        }""",
        {"c": None},
    ),
    "a list over a default": ('query ($i: [ID!] = ["orchid-alliance"]) { nodes(ids: $i) { id } }', {"i": None}),
    "a list by its default": ('query ($i: [ID!] = ["orchid-alliance"]) { nodes(ids: $i) { id } }', {}),
    "a nullable argument over its default": (
        "query ($n: Int) { alliances { groupBy(column: KIND, first: $n) { key } } }",
        {"n": None},
    ),
    "a nullable argument whose variable is not given": (
        "query ($n: Int) { alliances { groupBy(column: KIND, first: $n) { key } } }",
        {},
    ),
    "a filter that is null": ("query ($f: AllianceFilter) { alliances(filter: $f) { totalCount } }", {"f": None}),
    "a condition that is null": (
        "query ($t: String) { alliances(filter: { name: { eq: $t } }) { totalCount } }",
        {"t": None},
    ),
    "a condition that is not given": (
        "query ($t: String) { alliances(filter: { name: { eq: $t } }) { totalCount } }",
        {},
    ),
    "one item for a list": ("query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": "orchid-alliance"}),
}


@pytest.mark.parametrize("name", NULLS)
def test_null_means_what_the_specification_says(name: str, engine: Engine, oracle: Oracle) -> None:
    query, variables = NULLS[name]
    found = json.loads(engine.answer(Request(query, None, variables, {})).body)
    expected = oracle.answer(query, variables)
    assert found["data"] == expected.data
    errors = [(e["path"], [(s["line"], s["column"]) for s in e["locations"]]) for e in found.get("errors", ())]
    assert errors == [(e.path, [(s.line, s.column) for s in e.locations or ()]) for e in expected.errors or ()]


def test_what_is_promised_is_stored(release: Release, engine: Engine) -> None:
    """Each field that is never null stands on a field of the tables that has a value in every row."""
    promised = 0
    connection = release.connect()
    for entity in SHAPES.entities:
        kind = engine.built.schema.type_map[pascal(entity.name)]
        assert isinstance(kind, GraphQLObjectType)
        table = layout.entity_table(SHAPES, entity)
        for column in entity.columns:
            field = kind.fields.get("".join(w.title() if n else w for n, w in enumerate(column.name.split("_"))))
            if field is None or column.many or not isinstance(field.type, GraphQLNonNull):
                continue
            promised += 1
            assert table.field(column.name).not_null
            missing = connection.execute(f'SELECT count(*) FROM "{table.name}" WHERE "{column.name}" IS NULL').get
            assert missing == 0
    assert promised > 30
    assert list(connection.execute("PRAGMA foreign_key_check")) == []
    connection.close()
