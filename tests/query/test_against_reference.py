"""Generated selections, answered by both databases and by the reference: no difference.

EXAMPLES=20000 is the long mode: that many, other ones each time.
"""

from __future__ import annotations

import os
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.query.run import Database
from datasets.shapes import SHAPES
from tests.query.asking import Asked, same
from tests.query.reference import Reference, World
from tests.query.selections import Ask, asks

LONG = int(os.environ.get("EXAMPLES", "0"))
_SETTINGS = settings(
    max_examples=LONG or 250,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.mark.slow
@_SETTINGS
@given(st.data())
def test_both_databases_answer_as_the_reference(
    known: World, sqlite: Asked, postgresql: Asked, data: st.DataObject
) -> None:
    ask: Ask = data.draw(asks(SHAPES, known))
    expected = Reference(known, ask.values).answer(ask.selection)
    for asked in (sqlite, postgresql):
        found = asked.exact(ask.selection, ask.values)
        assert same(expected, found), (expected, found, asked.plan(ask.selection).sql)


STEPS_PER_ROW = 150
"""Virtual machine instructions that one row examined may stand for; most selections stay below 30."""
START = 5_000
"""And those that any statement may take."""


@_SETTINGS
@given(st.data())
def test_costs_are_not_underestimated(known: World, sqlite: Asked, data: st.DataObject) -> None:
    ask: Ask = data.draw(asks(SHAPES, known))
    assert isinstance(sqlite.database, Database)
    plan = sqlite.plan(ask.selection)
    steps = 0

    def count(event: dict[str, Any]) -> None:
        nonlocal steps
        if event["sql"] == plan.sql:  # the index has statements of its own, and they count from its opening
            steps = event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]

    with sqlite.database._lease(20) as own:
        own.connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, count)
        own.connection.execute(plan.sql, plan.bind(ask.values), can_cache=False).fetchone()
        own.connection.trace_v2(0)
    assert steps
    assert steps <= START + STEPS_PER_ROW * plan.cost(ask.values), plan.sql
