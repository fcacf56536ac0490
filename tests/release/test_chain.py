"""What a release of a chain changed about one record, found in its delta without reading all of it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.release import pointer
from datasets.release.build import publish
from datasets.release.chain import chain
from datasets.release.errors import DamagedError
from datasets.release.files import DELTA
from datasets.release.open import Release
from datasets.shapes import SHAPES
from datasets.shapes.model import Kind


@pytest.fixture(scope="module")
def releases(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases; with the second, every scope is another, one record is gone and one came."""
    folder = tmp_path_factory.mktemp("chain")
    facts = folder / "facts"
    shutil.copytree(world, facts)
    engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
    try:
        for date in ("2026-01-31", "2026-02-28"):
            load(engine, facts, SHAPES)
            publish(
                engine, folder / "releases", SHAPES, date=date, title="T", licence="CC-BY-4.0", base_iri="http://w.example"
            )  # fmt: skip
            _move_on(facts)
    finally:
        engine.dispose()
    return folder / "releases"


def _move_on(facts: Path) -> None:
    path = facts / "alliances.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    place = rows[0].index("scope")
    for row in rows[1:]:
        row[place] = f"{row[place]} and beyond" if row[place] else ""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def test_each_change_is_found_and_nothing_else(releases: Path) -> None:
    current = pointer.current(releases)
    assert current
    release = Release.open(current)
    newest, oldest = chain(release)
    assert any(column.kind is Kind.TEXT for column in release.shapes.entity("alliance").columns)
    for past in (newest, oldest):
        changes = past.changes(0, past.changed)
        assert len(changes) == past.changed > 2
        for change in changes:
            assert past.change(change["type"], change["id"]) == change
            assert past.change(change["type"], change["id"] + "\x00") is None
    assert {change["op"] for change in newest.changes(0, newest.changed)} == {"MOD"}
    for type_, id_ in (("alliance", ""), ("alliance", "~"), ("claim", "x"), ("concept", "a"), ("nothing", "x")):
        assert newest.change(type_, id_) is None


def test_an_empty_delta_changes_nothing(releases: Path, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    shutil.copytree(releases, folder, symlinks=True)
    current = pointer.current(folder)
    assert current
    newest, _ = chain(Release.open(current))
    (newest.path / DELTA).write_bytes(b'{"from":"a","to":"b","changes":[\n],"counts":{}}\n')
    assert newest.change("alliance", "lotus-network") is None
    (newest.path / DELTA).unlink()
    with pytest.raises(DamagedError, match="cannot be read any more"):
        newest.change("alliance", "lotus-network")
