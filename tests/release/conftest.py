"""The small world and the real facts, each loaded and published once for a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from datasets.canonical import read
from datasets.canonical.load import load
from datasets.canonical.read import Record
from datasets.canonical.store import open_database
from datasets.intake.facts import read as read_facts
from datasets.release.build import publish
from datasets.release.identity import Redirect
from datasets.release.open import Release
from datasets.shapes import SHAPES

FACTS = Path(__file__).parents[2] / "datasets" / "facts"


def published(facts: Path, scratch: Path, base_iri: str) -> Release:
    """The release of a folder of facts, by way of a canonical database."""
    engine = open_database(f"sqlite:///{scratch / 'canonical.sqlite'}")
    load(engine, facts, SHAPES)
    folder = read_facts(facts, SHAPES)
    said = folder.release or {}
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    done = publish(
        engine,
        scratch / "releases",
        SHAPES,
        expectations=folder.expectations or (),
        base_iri=base_iri,
        **texts,  # type: ignore[arg-type]
        **lists,  # type: ignore[arg-type]
    )
    engine.dispose()
    return Release.open(done.path)


@pytest.fixture(scope="session")
def world_release(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of the small world, with all its files."""
    return published(world, tmp_path_factory.mktemp("world"), "https://data.example.org")


@pytest.fixture(scope="session")
def facts_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of the committed facts."""
    return published(FACTS, tmp_path_factory.mktemp("facts"), "http://localhost:8000")


@pytest.fixture(scope="session")
def world_content(
    world: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[tuple[Record, ...], tuple[Redirect, ...]]:
    """The records and redirects of the small world, in memory."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('content') / 'canonical.sqlite'}")
    load(engine, world, SHAPES)
    found = tuple(read.records(engine, SHAPES)), tuple(read.redirects(engine))
    engine.dispose()
    return found


@pytest.fixture(scope="session")
def records(world_content: tuple[tuple[Record, ...], tuple[Redirect, ...]]) -> tuple[Record, ...]:
    """The records of the small world."""
    return world_content[0]
