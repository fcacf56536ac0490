"""Six releases of the small world, one after the other: records come, move, change, go, return; one changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.intake.facts import read
from datasets.release.build import publish
from datasets.shapes import SHAPES
from service.work import imprint

BASE = "http://localhost:8000"
NEW = "new-college,New College,en,,college,Qinghe,CN,,,,,,jade-history\n"
SECOND = "second-college,Second College,en,,college,Qinghe,CN,,,,,,jade-history\n"


def _variants(world: Path, folder: Path) -> Iterator[Path]:
    """Folders of facts: the small world, and what becomes of it."""

    def variant(name: str, date: str, organizations: str, moved: str, *edits: tuple[str, str, str]) -> Path:
        target = folder / name
        shutil.copytree(world, target)
        for file, old, new in (("release.toml", "2026-01-31", date), *edits):
            path = target / file
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))
        for file, more in (("organizations.csv", organizations), ("redirects.csv", moved)):
            with (target / file).open("a") as stream:
                stream.write(more)
        return target

    renamed = ("events.csv", "Lotus Forum 2016", "Lotus Forum of 2016")
    yield variant("first", "2026-01-31", "", "")
    yield variant("added", "2026-02-28", NEW + SECOND, "")
    yield variant("moved", "2026-03-31", SECOND, "organization,new-college,jade-university\n", renamed)
    yield variant("empty", "2026-04-30", SECOND, "organization,new-college,jade-university\n", renamed)
    gone = "organization,new-college,palm-university\norganization,second-college,\n"
    yield variant("withdrawn", "2026-05-31", "", gone, renamed)
    yield variant("returned", "2026-06-30", SECOND, "organization,new-college,palm-university\n")


def published_chain(world: Path, folder: Path) -> Path:
    """The folder of the releases, the last of them current."""
    engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
    for facts in _variants(world, folder):
        load(engine, facts, SHAPES)
        publish(engine, folder / "releases", SHAPES, **imprint(read(facts, SHAPES), BASE))
    engine.dispose()
    return folder / "releases"
