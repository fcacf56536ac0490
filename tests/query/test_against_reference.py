"""Generated selections, answered by both databases and by the reference: no difference.

EXAMPLES=20000 is the long mode: that many, other ones each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
