"""The SQL of both dialects and the answers, as committed: what changes there is seen in review.

UPDATE_GOLDEN=1 writes them anew.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path

import pytest

from datasets.query.plan import POSTGRES, SQLITE, Planner
from datasets.query.run import Database
from datasets.shapes import SHAPES
from datasets.text import fold
from tests.query.asked_for import EXPORT, SELECTIONS, VALUES
from tests.query.asking import Asked, same
from tests.query.reference import Reference, World

GOLDEN = Path(__file__).parents[1] / "golden" / "selections"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
_BREAKS = re.compile(r"(?= FROM | WHERE | ORDER BY | GROUP BY |\(SELECT )")


def compare(name: str, text: str) -> None:
    path = GOLDEN / name
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{path.name} changed; look at it, then UPDATE_GOLDEN=1"


@pytest.mark.parametrize("name", [*SELECTIONS, "export"])
@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=lambda one: one.name)
def test_the_sql_is_as_committed(sqlite: Asked, name: str, dialect: object) -> None:
    chosen = SQLITE if dialect is SQLITE else POSTGRES
    plan = Planner(SHAPES, chosen, sqlite.database.statistics()).plan(SELECTIONS.get(name, EXPORT))
    lines = _BREAKS.sub("\n", plan.sql).lstrip("\n")
    compare(f"{name}.{chosen.name}.sql", f"{lines}\n-- examines about {plan.cost(VALUES)} rows\n")


@pytest.mark.parametrize("name", SELECTIONS)
def test_the_answer_is_as_committed(asked: Asked, name: str) -> None:
    text = asked.raw(SELECTIONS[name], VALUES).decode()
    compare(f"{name}.json", json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n")


@pytest.mark.parametrize("name", [name for name in SELECTIONS if name != "search"])
def test_the_reference_agrees(asked: Asked, known: World, name: str) -> None:
    expected = Reference(known, VALUES).answer(SELECTIONS[name])
    assert same(expected, asked.exact(SELECTIONS[name], VALUES))


@pytest.mark.parametrize("name", SELECTIONS)
def test_pythons_own_sqlite_answers_alike(sqlite: Asked, release_file: Path, name: str) -> None:
    """Older versions answer the same text, as far as their parser goes."""
    assert isinstance(sqlite.database, Database)
    plan = sqlite.plan(SELECTIONS[name])
    connection = sqlite3.connect(f"file:{release_file}?mode=ro", uri=True)
    connection.create_function("fold", 1, lambda text: None if text is None else fold(text), deterministic=True)
    try:
        row = connection.execute(plan.sql, plan.bind(VALUES)).fetchone()
    except sqlite3.OperationalError as error:
        assert "parser stack overflow" in str(error)  # noqa: PT017 - either outcome is right
    else:
        own = sqlite.database.answer(plan, VALUES) if not plan.highlights else None
        assert own is None or row[0] == own
    finally:
        connection.close()
