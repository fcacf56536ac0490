"""A release of the small world with a column and an entity more than the shapes declare, served whole."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.release.build import publish
from datasets.release.open import Release
from datasets.shapes import SHAPES, Column, Entity, Kind, Link, Shapes, Weight
from service.app import create_app
from service.exporters import exporters
from service.settings import Settings

MOTTO = Column(
    name="motto",
    kind=Kind.TEXT,
    doc="What it writes over its door.",
    terms=("ua:motto",),
    weight=Weight.SUMMARY,
)
PRIZE = Entity(
    name="prize",
    plural="prizes",
    doc="A prize that an alliance gives to an organization.",
    classes=("ua:Prize",),
    label="title",
    orders=("title", "given"),
    mint="z",
    file="prizes.csv",
    columns=(
        Column(
            name="title",
            kind=Kind.NAME,
            doc="Its title.",
            terms=("dct:title",),
            required=True,
            weight=Weight.NAME,
        ),
        Link(
            name="giver",
            target="alliance",
            doc="Who gives it.",
            terms=("ua:giver",),
            required=True,
            reverse="prizes",
            reverse_doc="The prizes that this alliance gives.",
        ),
        Link(
            name="winner",
            target="actor",
            doc="Who got it.",
            terms=("ua:winner",),
            reverse="prizes_won",
            reverse_doc="The prizes that this actor got.",
        ),
        Column(name="given", kind=Kind.DATE, doc="When it was given.", terms=("dct:issued",)),
        Column(name="amount", kind=Kind.INTEGER, doc="What it is worth.", terms=("ua:amount",)),
        Column(name="fields", kind=Kind.TEXT, doc="For what it is given.", terms=("ua:field",), many=True),
    ),
)


def widened() -> Shapes:
    """The shapes with the throw-away column and entity."""
    entities = []
    for entity in SHAPES.entities:
        if entity.name == "claim":
            entities.append(PRIZE)
        wider = dataclasses.replace(entity, columns=(*entity.columns, MOTTO)) if entity.name == "alliance" else entity
        entities.append(wider)
    families = tuple(
        dataclasses.replace(f, members=(*f.members, PRIZE.name)) if f.name == "record" else f for f in SHAPES.families
    )
    return dataclasses.replace(SHAPES, entities=tuple(entities), families=families)


def write_facts(world: Path, folder: Path) -> None:
    """The small world with a motto for the first alliance, and two prizes."""
    shutil.copytree(world, folder)
    with (world / "alliances.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    place = header.index("sources")
    header.insert(place, "motto")
    for number, row in enumerate(rows):
        row.insert(place, "Über den Fluss & «weiter»" if number == 0 else "")
    with (folder / "alliances.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    alliance, source = rows[0][0], rows[0][-1].split("|")[0]
    prizes = [
        ["id", "title", "giver", "winner", "given", "amount", "fields", "sources"],
        ["z-000001", "Bridge Prize", alliance, alliance, "2020-05", "7", "bridges|rivers", source],
        ["z-000002", "Prize without a winner", alliance, "", "2021~", "", "", source],
    ]
    with (folder / "prizes.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(prizes)


@pytest.fixture(scope="session")
def releases(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the release."""
    folder = tmp_path_factory.mktemp("faces")
    write_facts(world, folder / "facts")
    engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
    load(engine, folder / "facts", widened())
    publish(
        engine,
        folder / "releases",
        widened(),
        date="2026-01-31",
        title="The wider world",
        licence="CC-BY-4.0",
        base_iri="http://world.example",
        exporters=exporters(),
    )
    engine.dispose()
    return folder / "releases"


@pytest.fixture(scope="session")
def release(releases: Path) -> Release:
    """The release."""
    return Release.open((releases / "current").resolve())


@pytest.fixture(scope="session")
def client(releases: Path) -> Iterator[TestClient]:
    """A client of the service with all faces of the release."""
    app = create_app(Settings(releases=releases, access_log=False))
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as client:
        yield client
