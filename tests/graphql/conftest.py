"""The small world published once for a worker, and its engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets.release.open import Release
from graph_schema.engine import Engine
from graph_schema.opening import open_engine
from tests.graphql.tools import Ask, publish_folder


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Release:
    return publish_folder(world, tmp_path_factory.mktemp("graphql"))


@pytest.fixture(scope="session")
def engine(release: Release) -> Iterator[Engine]:
    opened = open_engine(release)
    yield opened
    opened.database.close()


@pytest.fixture
def ask(engine: Engine) -> Ask:
    return Ask(engine)
