"""Golden operations: the answer and the statement that gave it. `tests/golden/queries/*.graphql`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph_schema.answer import Answer
from graph_schema.engine import Engine
from graph_schema.request import Request
from tests.graphql.tools import GOLDEN, golden

QUERIES = sorted((GOLDEN / "queries").glob("*.graphql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_an_operation_gives_its_golden_answer_by_its_golden_statement(path: Path, engine: Engine) -> None:
    beside = path.with_suffix(".variables.json")
    variables = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    ready = engine.ready(Request(path.read_text(encoding="utf-8"), None, variables, {}))
    assert not isinstance(ready, Answer), ready
    content = json.loads(engine.run(ready).body)
    assert content.pop("extensions")["cost"]["rowsExamined"]["estimated"] == ready.rows
    golden(f"queries/{path.stem}.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    golden(f"queries/{path.stem}.sql", ready.plan.statement.sql + "\n")
