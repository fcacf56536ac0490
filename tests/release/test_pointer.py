from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from datasets.canonical.read import Record
from datasets.release import pointer
from datasets.release.errors import DamagedError, ReleaseError
from datasets.release.identity import Imprint
from datasets.release.open import Release
from tests.release.tools import changed, put

ROOT = Path(__file__).parents[2]
Records = tuple[Record, ...]


def three(records: Records, folder: Path) -> list[Path]:
    """Three releases, the oldest first; the dates do not say so."""
    found = []
    for day in ("2026-01-31", "2026-03-01", "2026-02-01"):
        imprint = Imprint(date=day, title="T", licence="CC-BY-4.0", base_iri="http://localhost")
        found.append(put(records, folder, imprint=imprint).path)
    return found


def test_nothing_is_published_yet(tmp_path: Path) -> None:
    assert pointer.current(tmp_path) is None
    assert pointer.current(tmp_path / "absent") is None
    assert pointer.listed(tmp_path / "absent") == []
    with pytest.raises(ReleaseError, match=r"nothing is published .* run `alliances publish`"):
        Release.current(tmp_path)
    with pytest.raises(ReleaseError, match="nothing to roll back; publish first"):
        pointer.rollback(tmp_path)


def test_releases_are_listed_newest_first_and_rolled_back_one_by_one(records: Records, tmp_path: Path) -> None:
    first, second, third = three(records, tmp_path)
    assert pointer.listed(tmp_path) == [third, second, first]
    assert [pointer.previous(path) for path in (first, second, third)] == ["", first.name, second.name]
    assert Release.current(tmp_path).path == third
    assert pointer.rollback(tmp_path) == second
    assert pointer.rollback(tmp_path) == first
    assert pointer.current(tmp_path) == first
    with pytest.raises(ReleaseError, match="the oldest release"):
        pointer.rollback(tmp_path)
    pointer.switch(tmp_path, third.name)
    assert pointer.current(tmp_path) == third


def test_after_a_rollback_the_next_release_follows_what_was_current(records: Records, tmp_path: Path) -> None:
    first, second, third = three(records, tmp_path)
    pointer.rollback(tmp_path)
    fourth = put(changed(records, "alliance", "ficus-ring", acronym="F"), tmp_path).path
    assert pointer.previous(fourth) == second.name
    assert pointer.listed(tmp_path) == [fourth, third, second, first]
    assert pointer.rollback(tmp_path) == second


def test_a_rollback_passes_over_what_was_removed(records: Records, tmp_path: Path) -> None:
    first, second, _ = three(records, tmp_path)
    for path in second.iterdir():
        path.unlink()
    second.rmdir()
    assert pointer.rollback(tmp_path) == first


def test_switching_to_what_is_not_there(records: Records, tmp_path: Path) -> None:
    done = put(records, tmp_path)
    for name in ("2026-01-31-0123456789", "../elsewhere", ""):
        with pytest.raises(ReleaseError, match=f"no release '{name}' .* the newest are: {done.id}"):
            pointer.switch(tmp_path, name)
    assert pointer.current(tmp_path) == done.path


def test_a_pointer_that_leads_astray_is_told(records: Records, tmp_path: Path) -> None:
    done = put(records, tmp_path)
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("/etc")
    with pytest.raises(DamagedError, match="leads to '/etc', which is no release"):
        pointer.current(tmp_path)
    (tmp_path / "current").unlink()
    (tmp_path / "current").write_text(done.id, encoding="utf-8")
    with pytest.raises(DamagedError, match="not a symbolic link"):
        pointer.current(tmp_path)


def test_what_is_no_release_is_not_listed(records: Records, tmp_path: Path) -> None:
    done = put(records, tmp_path)
    (tmp_path / "2026-01-31-0123456789").mkdir()
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    (tmp_path / "2026-01-01-0123456789").mkdir()
    (tmp_path / "2026-01-01-0123456789" / "manifest.json").write_text("{")
    assert pointer.listed(tmp_path) == [done.path]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("manifest.json", None, r"manifest\.json is missing"),
        ("manifest.json", "{", r"manifest\.json cannot be read"),
        ("manifest.json", "{}", r"manifest\.json lacks id, format, date"),
        ("shapes.json", None, r"shapes\.json cannot be read"),
        ("shapes.json", "[]", r"shapes\.json cannot be read \(these are not shapes"),
        ("alliances.sqlite", None, r"alliances\.sqlite is missing"),
    ],
)
def test_opening_a_damaged_release(
    records: Records, tmp_path: Path, file: str, content: str | None, message: str
) -> None:
    path = put(records, tmp_path).path
    if content is None:
        (path / file).unlink()
    else:
        (path / file).write_text(content, encoding="utf-8")
    with pytest.raises(DamagedError, match=f"is damaged: {message}.*restore a copy, or remove the directory"):
        Release.open(path)


def test_opening_what_is_not_there_or_too_new(records: Records, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="there is no release at"):
        Release.open(tmp_path / "absent")
    path = put(records, tmp_path).path
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    (path / "manifest.json").write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
    with pytest.raises(ReleaseError, match="a release of format 99, this program reads up to 1; update the program"):
        Release.open(path)


def test_a_database_of_something_else_is_not_opened(records: Records, tmp_path: Path) -> None:
    release = Release.open(put(records, tmp_path).path)
    assert release.connect().execute("SELECT count(*) FROM alliances").get == 6
    release.database.write_bytes(b"")
    with pytest.raises(DamagedError, match="is not the database of a release"):
        release.connect()
    release.database.write_bytes(b"not a database at all, but long enough to be read as a header of one" * 20)
    with pytest.raises(DamagedError, match="cannot be opened"):
        release.connect()


def test_readers_of_a_release_load_no_heavy_libraries() -> None:
    """Each worker that serves imports this: what only publishing needs would cost it time and memory."""
    code = "import sys, datasets.release.open, datasets.release.pointer; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"pyarrow", "sqlalchemy", "alembic", "numpy"} & set(done.stdout.split()) == set()
