"""The seven questions, each in the three schemas: ours, the plain one of stock and mercurius, PostGraphile's.

Q1 to Q4 are one record, a nested list, a filtered list with three links, and a walk of four links. The same rows and
the same number of values are asked for everywhere; the benchmark refuses to measure answers that differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import apsw
from graphql import OperationDefinitionNode, parse, print_ast

Variables = Mapping[str, object]
SCHEMAS = ("ours", "plain", "postgraphile")
"""Each has a file of named operations beside this one."""
DEPTH = 15_000
"""After how many rows the page of Q7 begins."""
_ABOUT = {
    "Q1": "one record",
    "Q2": "50 lists of 20",
    "Q3": "filter and three links",
    "Q4": "four links down",
    "Q5": "filter through two relations",
    "Q6": "full-text search",
    "Q7": "a page 15,000 rows deep",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question: document and variables for each schema. `ranked` has an order that each engine makes its own."""

    name: str
    doc: str
    documents: Mapping[str, str]
    variables: Mapping[str, Variables]
    ranked: bool = False


@cache
def document(schema: str, name: str) -> str:
    """The operation of that name in a schema's file, alone."""
    text = (Path(__file__).parent / f"{schema}.graphql").read_text(encoding="utf-8")
    for node in parse(text).definitions:
        if isinstance(node, OperationDefinitionNode) and node.name and node.name.value == name:
            return print_ast(node)
    raise KeyError(f"{schema}.graphql has no operation {name}")


def questions(database: Path) -> list[Question]:
    """The questions with variables that fit the release file: records that have enough to show."""
    connection = apsw.Connection(f"{database.absolute().as_uri()}?immutable=1", apsw.SQLITE_OPEN_READONLY | 0x40)
    alliance = _one(connection, "SELECT id FROM alliances ORDER BY id LIMIT 1 OFFSET 100")
    counted = "SELECT organization FROM memberships GROUP BY organization ORDER BY count(*) DESC, 1 LIMIT 1"
    busiest = _one(connection, counted)
    counted = (
        "SELECT alliance FROM agreements WHERE signed_sort >= '2010' AND signed_latest < '2015' AND alliance > '' "
        "GROUP BY alliance ORDER BY abs(count(*) - 15), 1 LIMIT 1"
    )
    signing = _one(connection, counted)
    connection.close()
    years = {"fromDay": "2010-01-01", "toDay": "2014-12-31", "alliance": signing}
    year = {"fromDay": "2023-01-01", "toDay": "2023-12-31", "country": "KZ"}
    variables: dict[str, tuple[Variables, Variables, Variables]] = {
        "Q1": ({"id": alliance},) * 3,
        "Q2": ({"n": 50, "k": 20},) * 3,
        "Q3": ({"time": "2010/2014", "alliance": signing}, years, years),
        "Q4": ({"id": busiest},) * 3,
        "Q5": ({"time": "2023", "country": "KZ"}, year, year),
        "Q6": ({"text": "memorandum medicine"},) * 3,
        "Q7": ({"after": ""}, {"offset": DEPTH}, {"after": ""}),
    }
    return [
        Question(
            name,
            doc,
            {schema: document(schema, name) for schema in SCHEMAS},
            dict(zip(SCHEMAS, variables[name], strict=True)),
            ranked=name == "Q6",
        )
        for name, doc in _ABOUT.items()
    ]


def _one(connection: apsw.Connection, sql: str) -> str:
    value = connection.execute(sql).get
    assert isinstance(value, str)
    return value
