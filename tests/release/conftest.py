"""The small world and the real facts: loaded and published once, the facts once for all workers of a run."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from datasets.canonical import read
from datasets.canonical.load import load
from datasets.canonical.read import Record
from datasets.canonical.store import open_database
from datasets.intake.facts import read as read_facts
from datasets.release import pointer
from datasets.release.build import publish
from datasets.release.exporter import Exporter
from datasets.release.exporters import EXPORTERS
from datasets.release.identity import Redirect
from datasets.release.open import Release
from datasets.shapes import SHAPES
from tests.release.tools import SHAPES_ONLY

FACTS = Path(__file__).parents[2] / "datasets" / "facts"


def loaded(facts: Path, scratch: Path) -> Engine:
    """A canonical database of a folder of facts."""
    engine = open_database(f"sqlite:///{scratch / 'canonical.sqlite'}")
    load(engine, facts, SHAPES)
    return engine


def published(
    engine: Engine, facts: Path, releases: Path, base_iri: str, exporters: Sequence[type[Exporter]] = EXPORTERS
) -> Release:
    """The release of a canonical database, by what the folder of facts says of it."""
    folder = read_facts(facts, SHAPES)
    said = folder.release or {}
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    done = publish(
        engine,
        releases,
        SHAPES,
        expectations=folder.expectations or (),
        exporters=exporters,
        base_iri=base_iri,
        **texts,  # type: ignore[arg-type]
        **lists,  # type: ignore[arg-type]
    )
    return Release.open(done.path)


@pytest.fixture(scope="session")
def world_engine(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A canonical database of the small world."""
    engine = loaded(world, tmp_path_factory.mktemp("world"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def world_release(world_engine: Engine, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of the small world, with all its files."""
    return published(world_engine, world, tmp_path_factory.mktemp("releases"), "https://data.example.org")


@pytest.fixture(scope="session")
def world_content(world_engine: Engine) -> tuple[tuple[Record, ...], tuple[Redirect, ...]]:
    """The records and redirects of the small world, in memory."""
    return tuple(read.records(world_engine, SHAPES)), tuple(read.redirects(world_engine))


@pytest.fixture(scope="session")
def records(world_content: tuple[tuple[Record, ...], tuple[Redirect, ...]]) -> tuple[Record, ...]:
    """The records of the small world."""
    return world_content[0]


@pytest.fixture(scope="session")
def facts_release(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Release:
    """The release of the committed facts, without files beside the database."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "facts-release"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = pointer.current(folder / "releases")
        if there is not None:
            return Release.open(there)
        engine = loaded(FACTS, folder)
        release = published(engine, FACTS, folder / "releases", "http://localhost:8000", SHAPES_ONLY)
        engine.dispose()
        return release
