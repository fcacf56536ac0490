"""What a facts folder holds beside its records."""

from pathlib import Path

import pytest

from datasets.intake.facts import Expectation, Pin, Redirect, read
from datasets.intake.finding import BadFacts
from datasets.intake.known import records_of
from datasets.shapes import SHAPES
from tests.intake.folders import BASE, change, copied


def test_redirects_pins_release_and_expectations() -> None:
    folder = read(BASE, SHAPES)
    assert folder.redirects == (
        Redirect("alliance", "old-elm-alliance", "elm-alliance", 2),
        Redirect("membership", "m-00000z", "", 3),
    )
    assert folder.pins == (Pin("alliance", "elm-alliance", "founded", "2010-05", "The charter bears that date.", 2),)
    assert folder.release == {"date": "2026-01-31", "title": "Facts without a mistake", "licence": "CC-BY-4.0"}
    assert folder.expectations == (
        Expectation("alliance", "", rivals=False, min=2, max=9, line=1),
        Expectation("organization", "founded", rivals=True, min=1, max=None, line=6),
    )


def test_a_pin_of_a_theme_is_in_stored_form(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "pins.csv", lambda text: text + "agreement,elm-charter-2010,themes,joint-research,Not in it.\n")
    pins = read(folder, SHAPES).pins
    assert pins is not None
    assert pins[1].value == "theme.joint-research"


def test_what_has_no_file_is_not_contained(tmp_path: Path) -> None:
    folder = read(copied(tmp_path / "facts", "alliances.csv", "names.csv"), SHAPES)
    assert (folder.redirects, folder.pins, folder.release, folder.expectations) == (None, None, None, None)
    assert [sheet.file for sheet in folder.sheets] == ["alliances.csv", "names.csv"]
    assert folder.holds("alliance", "founded")
    assert folder.holds("organization", "names")
    assert not folder.holds("organization", "founded")
    assert not folder.holds("alliance", "identifiers")
    assert not folder.holds("agreement", "names")


def test_an_empty_table_is_contained_and_empty(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    (folder / "pins.csv").write_text("type,id,column,value,reason\n", encoding="utf-8")
    assert read(folder, SHAPES).pins == ()


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("redirects.csv", "", "header must be type,id,target"),
        ("redirects.csv", "type,id\n", "header must be"),
        ("redirects.csv", "type,id,target\na,b\n", "2 cells"),
        ("pins.csv", 'type,id,column,value,reason\n"', "quoting"),
        ("release.toml", "date =", "TOML"),
        ("release.toml", "date = 2026\n", "date is int"),
        ("expectations.toml", "[expect]\n", "tables only"),
        ("expectations.toml", "[[expects]]\n", "tables only"),
        ("expectations.toml", '[[expect]]\nentity = "alliance"\nmin = "3"\n', "cannot be read"),
        ("expectations.toml", '[[expect]]\nentity = "alliance"\nmin = true\n', "cannot be read"),
        ("expectations.toml", '[[expect]]\nentity = "alliance"\nrivals = "yes"\n', "cannot be read"),
        ("expectations.toml", "[[expect]]\nmin = 1\n", "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(tmp_path: Path, file: str, text: str, words: str) -> None:
    path = copied(tmp_path / "facts")
    (path / file).write_text(text, encoding="utf-8")
    folder = read(path, SHAPES)
    with pytest.raises(BadFacts, match=words) as bad:
        getattr(folder, Path(file).stem)
    assert bad.value.findings[0].file == file
    assert bad.value.findings[0].mend


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="there is no facts folder"):
        read(tmp_path / "nowhere", SHAPES)


def test_records_of_a_folder() -> None:
    found = set(records_of(BASE, SHAPES))
    assert {("alliance", "elm-alliance"), ("source", "elm-about"), ("concept", "theme.joint-research")} <= found
    assert not any(id == "Ulmenbund" for _, id in found)
