"""One generated release per run of a worker, in a file and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets.query.plan import POSTGRES, SQLITE
from datasets.query.run import Database
from datasets.query.run_postgres import PostgresDatabase
from datasets.query.to_postgres import copy_release
from datasets.shapes import SHAPES
from tests.canonical import postgres
from tests.query.asking import Asked
from tests.query.filled import write
from tests.query.reference import World


@pytest.fixture(scope="session")
def release_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "alliances.sqlite"
    write(path, SHAPES)
    return path


@pytest.fixture(scope="session")
def known(release_file: Path) -> World:
    return World(release_file, SHAPES)


@pytest.fixture(scope="session")
def sqlite(release_file: Path) -> Iterator[Asked]:
    database = Database(release_file)
    yield Asked(database, SHAPES, SQLITE)
    database.close()


@pytest.fixture(scope="session")
def postgresql(release_file: Path) -> Iterator[Asked]:
    with postgres.server() as server, postgres.database(server) as url:
        address = url.replace("postgresql+psycopg://", "postgresql://")
        copy_release(release_file, SHAPES, address, "release_test")
        database = PostgresDatabase(address, "release_test")
        yield Asked(database, SHAPES, POSTGRES)
        database.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest) -> Asked:
    """Either database."""
    found: Asked = request.getfixturevalue(request.param)
    return found
