"""The two databases: every test that takes `url` or `engine` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasets.canonical.store import open_database
from tests.canonical import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'canonical.sqlite'}"
    else:
        with postgres.database(request.getfixturevalue("server")) as address:
            yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An empty canonical database."""
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """An empty canonical database in SQLite, for what does not depend on the database."""
    opened = open_database(f"sqlite:///{tmp_path / 'plain.sqlite'}")
    yield opened
    opened.dispose()
