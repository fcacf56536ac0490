"""Operations generated over the whole schema, answered as by graphql-core with obvious resolvers: no difference.

ORACLE_EXAMPLES=5000 tries as many, each run others.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from random import Random
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from datasets.release.open import Release
from graph_schema.engine import Engine
from graph_schema.request import Request
from tests.graphql.oracle.lists import Highlighted
from tests.graphql.oracle.operations import Generator, Operation, further
from tests.graphql.oracle.resolving import Oracle
from tests.query.reference import CursorText

EXAMPLES = os.environ.get("ORACLE_EXAMPLES")


@pytest.fixture(scope="session")
def oracle(release: Release, engine: Engine) -> Oracle:
    return Oracle(release, engine.built.sdl)


@pytest.fixture(scope="session")
def generator(oracle: Oracle) -> Generator:
    return Generator(oracle.schema, oracle.world, oracle.shapes)


def same(expected: Any, found: Any) -> bool:
    """Whether an answer is the expected one, in the order of keys too; of cursors only the keys are known."""
    if isinstance(expected, Highlighted):
        return expected.fits(found)
    if isinstance(expected, CursorText):
        return isinstance(found, str) and (not expected or found[8:] == expected)
    if isinstance(expected, dict):
        return list(expected) == list(found) and all(same(expected[key], found[key]) for key in expected)
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(same, expected, found))
    return type(expected) is type(found) and bool(expected == found)


def difference(expected: Any, found: Any, path: str = "") -> str:
    """Where two answers part, for the message."""
    if isinstance(expected, dict) and isinstance(found, dict) and list(expected) == list(found):
        return next(
            (difference(expected[k], found[k], f"{path}.{k}") for k in expected if not same(expected[k], found[k])), ""
        )
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return next((difference(e, f, f"{path}[{n}]") for n, (e, f) in pairs if not same(e, f)), "")
    return f"{path}: expected {expected!r}, found {found!r}"


def compare(oracle: Oracle, engine: Engine, asked: Operation, seed: int | None = None) -> str:
    """Compare the two answers; gives what came of it. With a seed, also those to a further page."""
    found = json.loads(engine.answer(Request(asked.text, None, asked.variables, {})).body)
    shown = f"\n{asked.text}\n{asked.variables}"
    codes = {error["extensions"]["code"] for error in found.get("errors", ())}
    if codes == {"LIMIT_EXCEEDED"}:
        return "limited"
    if codes == {"GRAPHQL_VALIDATION_FAILED"}:
        # Now and then two fields of one key do not go together.
        assert validate(oracle.schema, parse(asked.text)), shown
        return "invalid"
    if asked.wrong is None:
        return "unsure"
    if asked.wrong:
        assert "data" not in found, shown
        assert codes == {"BAD_USER_INPUT"}, (found, shown)
        return "wrong"
    assert not codes, (found, shown)
    expected = oracle.answer(asked.text, asked.variables)
    assert not expected.errors, (expected.errors, shown)
    assert same(expected.data, found["data"]), difference(expected.data, found["data"]) + shown
    following = None if seed is None else further(asked, found["data"], Random(seed))
    return "same" if following is None else f"further page {compare(oracle, engine, following)}"


def test_generated_operations_are_answered_as_by_resolvers(
    oracle: Oracle, generator: Generator, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first differences are kept as they come, not shrunk: shrinking over so wide a schema takes minutes."""
    outcomes: Counter[str] = Counter()
    differences: list[str] = []

    @settings(
        max_examples=int(EXAMPLES or 200),
        deadline=None,
        derandomize=EXAMPLES is None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def compared(data: st.DataObject) -> None:
        asked = generator.draw(data)
        if len(differences) < 5:
            engine._budget._clients.clear()
            try:
                outcomes[compare(oracle, engine, asked, outcomes.total())] += 1
            except Exception as error:  # noqa: BLE001 - whatever goes wrong is a difference
                differences.append(f"{type(error).__name__}: {error}\n{asked.text}\n{asked.variables}")

    compared()
    if EXAMPLES:
        with capsys.disabled():
            print(dict(outcomes))
    assert not differences, "\n\n".join(differences)
    assert outcomes["same"] + outcomes["further page same"] > outcomes.total() / 2
