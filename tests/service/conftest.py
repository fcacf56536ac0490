"""Releases of the small world, and the service over them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.release import pointer
from datasets.release.build import Published, publish
from datasets.release.exporter import Exporter
from datasets.shapes import SHAPES
from service.app import create_app
from service.exporters import exporters
from service.settings import Settings

DATES = ("2026-01-31", "2026-02-28", "2026-03-31")


def publish_world(world: Path, folder: Path, date: str, chosen: Sequence[type[Exporter]] | None = None) -> Published:
    """Publish the small world as of a date, with all exporters or those chosen; the database stands beside it."""
    folder.mkdir(exist_ok=True)
    engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
    try:
        load(engine, world, SHAPES)
        return publish(
            engine,
            folder / "releases",
            SHAPES,
            exporters=exporters() if chosen is None else chosen,
            date=date,
            title="The small world",
            licence="CC-BY-4.0",
            base_iri="http://world.example",
            publisher="Tests",
            creators=("Tests",),
        )
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def published(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three releases, the newest current. Not to be changed."""
    folder = tmp_path_factory.mktemp("published")
    for date in DATES:
        publish_world(world, folder, date)
    return folder / "releases"


@pytest.fixture
def releases(published: Path, tmp_path: Path) -> Path:
    """A copy of the three releases that a test may change; the files are shared."""
    folder = tmp_path / "releases"
    shutil.copytree(
        published, folder, symlinks=True, copy_function=lambda source, target: Path(target).hardlink_to(source)
    )
    return folder


@pytest.fixture(scope="session")
def ids(published: Path) -> tuple[str, ...]:
    """The ids of the three releases, oldest first."""
    return tuple(path.name for path in reversed(pointer.listed(published)))


@pytest.fixture(scope="session")
def client(published: Path) -> Iterator[TestClient]:
    """A client of the service over the three releases."""
    app = create_app(Settings(releases=published, access_log=False))
    with TestClient(app, base_url="http://testserver", follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def app_of() -> Callable[[Path], TestClient]:
    """Makes a client of a service over a folder of releases."""

    def make(folder: Path) -> TestClient:
        app = create_app(Settings(releases=folder, access_log=False))
        return TestClient(app, follow_redirects=False, raise_server_exceptions=False)

    return make
