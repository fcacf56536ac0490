"""A release of the small world with its linked data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.intake.facts import read
from datasets.release.build import publish
from datasets.release.exporters import EXPORTERS as FILES
from datasets.release.open import Release
from datasets.shapes import SHAPES
from linked_data.dump import Dumps
from linked_data.linked import LinkedData
from service.work import imprint

BASE = "http://localhost:8000"
EXPORTERS = (*FILES, Dumps)


@pytest.fixture(scope="session")
def release(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The small world, published with the dumps."""
    folder = tmp_path_factory.mktemp("linked")
    engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
    load(engine, world, SHAPES)
    published = publish(engine, folder / "releases", SHAPES, exporters=EXPORTERS, **imprint(read(world, SHAPES), BASE))
    engine.dispose()
    return Release.open(published.path)


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
