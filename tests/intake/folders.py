"""Small folders of facts for the tests of intake."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parent.parent
BASE = TESTS / "bad_facts" / "base"
"""A folder without a mistake."""
WORLD = TESTS / "world"
FACTS = TESTS.parent / "datasets" / "facts"


def copied(at: Path, *names: str) -> Path:
    """A copy of the base, or of some of its files."""
    if not names:
        return Path(shutil.copytree(BASE, at))
    at.mkdir()
    for name in names:
        shutil.copy(BASE / name, at / name)
    return at


def change(path: Path, edit: Callable[[str], str]) -> None:
    """Change the text of a file; it must change."""
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def write(path: Path, header: str, *rows: list[str]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
