from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from datasets.release.files import sha256
from datasets.release.open import Release
from datasets.release.verify import verify


@pytest.fixture
def copy(world_release: Release, tmp_path: Path) -> Path:
    """A release that may be damaged."""
    return Path(shutil.copytree(world_release.path, tmp_path / world_release.id))


def resign(path: Path) -> None:
    """Make the manifest agree with the files, as one would who wants to deceive."""
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    for file in manifest["files"]:
        if (path / file["name"]).exists():
            file["size"], file["sha256"] = (path / file["name"]).stat().st_size, sha256(path / file["name"])
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def sql(*statements: str) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        with closing(apsw.Connection(str(path / "alliances.sqlite"))) as connection:
            for statement in statements:
                connection.execute(statement)
        resign(path)

    return run


def flip(path: Path) -> None:
    content = bytearray((path / "alliances.sqlite").read_bytes())
    content[len(content) // 2] ^= 1
    (path / "alliances.sqlite").write_bytes(content)


def test_a_whole_release_has_no_problems_wherever_it_is_copied(copy: Path) -> None:
    assert verify(copy) == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (flip, "alliances.sqlite is not what it was when published: its SHA-256 differs from the manifest's"),
        (lambda path: (path / "alliances.jsonl").unlink(), "alliances.jsonl is missing"),
        (lambda path: (path / "delta.json").write_text("{}"), "delta.json has 2 bytes, the manifest says "),
        (lambda path: (path / "notes.txt").write_text("x"), "notes.txt is not part of the release; move it elsewhere"),
        (lambda path: path.rename(path.with_name("other")), "the directory is named other, but the manifest says"),
        (lambda path: (path / "manifest.json").unlink(), "is damaged: manifest.json is missing"),
        (sql("UPDATE alliances SET founded = '1900' WHERE id = 'orchid-alliance'"), "the content of the database has the id 2026-01-31-"),
        (sql("UPDATE claims SET reason = 'pinned' WHERE record = 'orchid-alliance'"), "the content of the database has the id 2026-01-31-"),
        (sql("UPDATE release SET value = 'Mine' WHERE key = 'title'"), "the content of the database has the id 2026-01-31-"),
        (sql("DELETE FROM parties WHERE id = 'p-r00001'"), "the manifest's counts are not the database's"),
        (sql("DELETE FROM claims WHERE record = 'jade-university'"), "the manifest's claims are not the database's"),
        (sql("DELETE FROM alliances WHERE id = 'ficus-ring'"), "a row of memberships links to no row of alliances"),
        (sql("CREATE TABLE notes (text)"), "notes is in the database but not in the shapes"),
        (sql("DROP TABLE member_spans"), 'the database lacks: CREATE TABLE "member_spans"'),
        (sql("DROP INDEX alliances_name_sort_id"), 'the database lacks: CREATE INDEX "alliances_name_sort_id"'),
        (sql("PRAGMA user_version = 7"), "the database and the manifest are of different formats"),
        (sql("DROP TABLE release"), "it cannot be read through: "),
    ],
)  # fmt: skip
def test_damage_is_found(copy: Path, damage: Callable[[Path], None], problem: str) -> None:
    damage(copy)
    path = copy if copy.exists() else copy.with_name("other")
    found = verify(path)
    assert any(problem in text for text in found), found


def test_progress_is_told(copy: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    verify(copy, lambda step, done, total: told.append((step, done, total)))
    assert told == [("verify", done, 3) for done in range(4)]
