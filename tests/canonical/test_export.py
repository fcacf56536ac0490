"""Export writes the folder back: byte for byte where it is well formed, claim for claim where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from datasets.canonical.errors import UnusableFolder
from datasets.canonical.export import export
from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.shapes import SHAPES
from tests.canonical.generated import folders
from tests.canonical.tools import Row, dump, write

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_small_world_comes_back_byte_for_byte(engine: Engine, world: Path, tmp_path: Path) -> None:
    load(engine, world, SHAPES)
    names = export(engine, SHAPES, tmp_path / "out")
    assert files(tmp_path / "out") == files(world)
    assert names == tuple(sorted(files(world)))
    assert not load(engine, tmp_path / "out", SHAPES).changed


def test_a_folder_of_another_form_comes_back_claim_for_claim(sqlite: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "alliances.csv").write_bytes(
        '\ufeffsources,objectives,id,name,kind,status\r\n\r\ns2|s1#p-1,b|a|b,x,"Ar""k",,\r\n"s1","",y,"two\nlines",,\r\n'.encode()
    )
    load(sqlite, folder, SHAPES)
    export(sqlite, SHAPES, tmp_path / "out")
    assert (tmp_path / "out" / "alliances.csv").read_text().splitlines()[1:] == [
        'x,"Ar""k",,,,,,,,,,,,a|b,s2|s1#p-1',
        'y,"two',
        'lines",,,,,,,,,,,,,s1',
    ]
    summary = load(sqlite, tmp_path / "out", SHAPES)
    assert (summary.entities, summary.choices, summary.moved > 0) == ((), 0, True)
    assert export(sqlite, SHAPES, tmp_path / "again") == ("alliances.csv",)
    assert files(tmp_path / "again") == files(tmp_path / "out")


def test_pins_and_redirects_keep_their_order(sqlite: Engine, tmp_path: Path) -> None:
    facts: dict[str, list[Row]] = {
        "alliances.csv": [{"id": "a", "name": "A", "objectives": "x|y", "sources": "s"}],
        "agreements.csv": [{"id": "g", "title": "G", "themes": "climate|health", "sources": "s"}],
        "pins.csv": [
            {"type": "alliance", "id": "a", "column": "objectives", "value": "y", "reason": 'said "in passing", twice'},
            {"type": "agreement", "id": "g", "column": "themes", "value": "climate", "reason": "not in the text"},
            {"type": "alliance", "id": "a", "column": "name", "value": "A", "reason": "the charter"},
        ],
        "redirects.csv": [
            {"type": "alliance", "id": "z", "target": "a"},
            {"type": "agreement", "id": "b", "target": ""},
        ],
    }
    load(sqlite, write(tmp_path / "facts", facts), SHAPES)
    export(sqlite, SHAPES, tmp_path / "out")
    assert files(tmp_path / "out") == files(tmp_path / "facts")


def test_each_origin_is_exported_by_itself(sqlite: Engine, tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"alliances.csv": [{"id": "a", "name": "A", "sources": "s"}]})
    two = write(tmp_path / "two", {"alliances.csv": [{"id": "a", "acronym": "AA", "sources": "s"}]})
    load(sqlite, one, SHAPES)
    load(sqlite, two, SHAPES, origin="importer")
    export(sqlite, SHAPES, tmp_path / "out")
    export(sqlite, SHAPES, tmp_path / "imported", origin="importer")
    assert files(tmp_path / "out") == files(one)
    assert files(tmp_path / "imported") == files(two)


def test_what_was_never_loaded_is_not_written(sqlite: Engine, tmp_path: Path) -> None:
    assert export(sqlite, SHAPES, tmp_path / "out") == ()
    load(sqlite, write(tmp_path / "facts", {"events.csv": []}), SHAPES)
    assert export(sqlite, SHAPES, tmp_path / "events") == ("events.csv",)


def test_an_empty_folder_is_filled_and_nothing_else_is_overwritten(sqlite: Engine, world: Path, tmp_path: Path) -> None:
    load(sqlite, world, SHAPES)
    (tmp_path / "empty").mkdir()
    export(sqlite, SHAPES, tmp_path / "empty")
    with pytest.raises(UnusableFolder, match="empty is not an empty folder: give the path of a new one"):
        export(sqlite, SHAPES, tmp_path / "empty")
    (tmp_path / "file").touch()
    with pytest.raises(UnusableFolder, match="file is not an empty folder"):
        export(sqlite, SHAPES, tmp_path / "file")
    with pytest.raises(UnusableFolder, match=r"cannot be written \(File exists\): give another path"):
        export(sqlite, SHAPES, tmp_path / "file" / "below")
    with pytest.raises(UnusableFolder, match=r"/proc/out cannot be written"):
        export(sqlite, SHAPES, tmp_path.__class__("/proc/out"))


def test_an_export_that_fails_leaves_nothing_behind(
    sqlite: Engine, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(sqlite, world, SHAPES)
    monkeypatch.setattr("datasets.canonical.export._redirects", lambda *_: 1 / 0)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ZeroDivisionError):
        export(sqlite, SHAPES, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


@settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink)
)
@given(facts=folders())
def test_export_then_load_is_the_identity(
    url: str, tmp_path_factory: pytest.TempPathFactory, facts: dict[str, list[Row]]
) -> None:
    base = tmp_path_factory.mktemp("identity")
    folder = write(base / "facts", facts)
    engine = open_database(url)
    other = open_database(f"sqlite:///{base / 'other.sqlite'}")
    try:
        # The database may hold what an example before made of other ids: the origin keeps them apart.
        origin = base.name
        load(engine, folder, SHAPES, origin=origin)
        export(engine, SHAPES, base / "out", origin=origin)
        assert files(base / "out") == files(folder)
        load(other, folder, SHAPES)
        before = dump(other, history=True)
        assert not load(other, base / "out", SHAPES).changed
        assert dump(other, history=True) == before
    finally:
        engine.dispose()
        other.dispose()
