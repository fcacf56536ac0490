"""A release of the small world with its linked data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest
from starlette.testclient import TestClient

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.intake.facts import read
from datasets.release.build import publish
from datasets.release.open import Release
from datasets.shapes import SHAPES
from linked_data.linked import LinkedData
from service.app import create_app
from service.exporters import exporters
from service.settings import Settings
from service.work import imprint

BASE = "http://localhost:8000"


@contextmanager
def published_world(world: Path) -> Iterator[Release]:
    """The small world, published with all its files; gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
        load(engine, world, SHAPES)
        printed = imprint(read(world, SHAPES), BASE)
        published = publish(engine, folder / "releases", SHAPES, exporters=exporters(), **printed)
        engine.dispose()
        yield Release.open(published.path)


@pytest.fixture(scope="session")
def release(world: Path) -> Iterator[Release]:
    """The small world, published with all its files."""
    with published_world(world) as found:
        yield found


@pytest.fixture(scope="session")
def linked(release: Release) -> LinkedData:
    """Its linked data."""
    return LinkedData.of(release)


@pytest.fixture
def connection(release: Release) -> Iterator[apsw.Connection]:
    """A connection to its database."""
    opened = release.connect()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def client(release: Release) -> Iterator[TestClient]:
    """The service over it."""
    app = create_app(Settings(releases=release.path.parent, access_log=False))
    with TestClient(app, base_url="http://localhost:8000", follow_redirects=False) as client:
        yield client
