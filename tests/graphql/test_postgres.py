"""The golden operations answered from a PostgreSQL that holds the release, and by Python's own SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets.release.open import Release
from datasets.text import fold
from graph_schema.answer import Answer
from graph_schema.engine import Engine
from graph_schema.opening import open_engine
from graph_schema.request import Request
from tests.canonical import postgres
from tests.graphql.test_queries import QUERIES


@pytest.fixture(scope="module")
def elsewhere(release: Release) -> Iterator[Engine]:
    with postgres.server() as server, postgres.database(server) as url:
        opened = open_engine(release, postgres=url.replace("postgresql+psycopg://", "postgresql://"))
        yield opened
        opened.database.close()


def asked(path: Path) -> Request:
    beside = path.with_suffix(".variables.json")
    variables = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    return Request(path.read_text(encoding="utf-8"), None, variables, {})


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_postgresql_gives_the_golden_answers(path: Path, elsewhere: Engine) -> None:
    content = json.loads(elsewhere.answer(asked(path)).body)
    content.pop("extensions")
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    assert text == path.with_suffix(".json").read_text(encoding="utf-8")


def test_postgresql_takes_at_least_what_is_published(elsewhere: Engine, engine: Engine) -> None:
    assert elsewhere.limits == engine.limits
    assert elsewhere.capacity is not None
    assert elsewhere.capacity.nesting >= engine.limits.nested_lists


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_pythons_own_sqlite_gives_the_golden_answers_as_far_as_it_parses(path: Path, engine: Engine) -> None:
    ready = engine.ready(asked(path))
    assert not isinstance(ready, Answer)
    plan = ready.plan.statement
    release = getattr(engine.database, "path")  # noqa: B009 - of the file alone
    connection = sqlite3.connect(f"file:{release}?mode=ro", uri=True)
    connection.create_function("fold", 1, lambda text: None if text is None else fold(text), deterministic=True)
    try:
        row = connection.execute(plan.sql, plan.bind(ready.values)).fetchone()
    except sqlite3.OperationalError as error:
        assert "parser stack overflow" in str(error)  # noqa: PT017 - either outcome is right
    else:
        if not plan.highlights:
            assert json.loads(row[0]) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["data"]
    finally:
        connection.close()
