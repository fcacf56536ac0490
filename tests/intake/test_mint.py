"""Minting ids in the files themselves."""

import csv
import os
import shutil
from pathlib import Path

import pytest

from datasets.intake.check import check
from datasets.intake.finding import BadFacts
from datasets.intake.mint import mint, new_id
from datasets.shapes import SHAPES

BASE = Path(__file__).parent.parent / "bad_facts" / "base"
FILE = "memberships.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BASE, tmp_path / "facts"))


def ids(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def without_ids(path: Path, *, ends: str = "\n", mark: str = "") -> list[str]:
    """Take the ids of a file away; the lines that are left."""
    lines = path.read_text(encoding="utf-8").splitlines()
    bare = [lines[0], *(line[line.index(",") :] for line in lines[1:])]
    path.write_bytes((mark + "".join(line + ends for line in bare)).encode())
    return bare


def test_rows_without_an_id_get_one_and_keep_all_else(folder: Path) -> None:
    bare = without_ids(folder / FILE)
    number = len(bare) - 1
    assert mint(folder, SHAPES) == {FILE: number}
    found = ids(folder / FILE)
    assert len(set(found)) == number
    assert all(id.startswith("m-") and len(id) == 8 for id in found)
    text = (folder / FILE).read_text(encoding="utf-8")
    assert text.splitlines()[1:] == [id + line for id, line in zip(found, bare[1:], strict=True)]
    assert check(folder, SHAPES) == []


def test_minting_again_changes_nothing(folder: Path) -> None:
    without_ids(folder / FILE)
    mint(folder, SHAPES)
    before = (folder / FILE).read_bytes()
    assert mint(folder, SHAPES) == {}
    assert (folder / FILE).read_bytes() == before


def test_the_same_rows_get_the_same_ids_anywhere(folder: Path, tmp_path: Path) -> None:
    without_ids(folder / FILE)
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    mint(folder, SHAPES)
    mint(other, SHAPES)
    assert ids(folder / FILE) == ids(other / FILE)


def test_byte_order_mark_line_ends_and_quoted_empty_cells_stay(folder: Path) -> None:
    without_ids(folder / FILE, ends="\r\n", mark="\ufeff")
    path = folder / FILE
    path.write_bytes(path.read_bytes().replace(b"\r\n,", b'\r\n"",', 1))
    mint(folder, SHAPES)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert all(ids(path))


def test_equal_rows_get_different_ids(folder: Path) -> None:
    path = folder / FILE
    line = path.read_text(encoding="utf-8").splitlines()[1]
    with path.open("a", encoding="utf-8") as file:
        file.write(line[line.index(",") :] + "\n" + line[line.index(",") :] + "\n")
    mint(folder, SHAPES)
    assert len(set(ids(path))) == len(ids(path))


def test_an_id_that_was_redirected_is_not_given_again(folder: Path) -> None:
    without_ids(folder / FILE)
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    mint(folder, SHAPES)
    gone = ids(folder / FILE)[0]
    (other / "redirects.csv").write_text(f"type,id,target\nmembership,{gone},\n", encoding="utf-8")
    mint(other, SHAPES)
    assert gone not in ids(other / FILE)
    assert ids(other / FILE)[1:] == ids(folder / FILE)[1:]


def test_taken_ids_are_passed_over() -> None:
    first = new_id("m", ["", "a"], set())
    second = new_id("m", ["", "a"], {first})
    assert first != second
    assert new_id("m", ["", "a"], {first}) == second


def test_a_file_that_cannot_be_read_is_left_alone(folder: Path) -> None:
    path = folder / FILE
    path.write_text(path.read_text(encoding="utf-8") + ',"open\n', encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(BadFacts, match="quoting"):
        mint(folder, SHAPES)
    assert path.read_bytes() == before


def test_a_file_that_may_not_be_written_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ids(folder / FILE)
    before = (folder / FILE).read_bytes()
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # the superuser may write anything
    with pytest.raises(PermissionError):
        mint(folder, SHAPES)
    assert (folder / FILE).read_bytes() == before


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="no facts folder"):
        mint(tmp_path / "nowhere", SHAPES)
