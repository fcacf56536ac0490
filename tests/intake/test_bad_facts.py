"""One mistake each: every rule has folders of `tests/bad_facts` that yield exactly one finding, at the exact place.

A case is the folder `base` with the files of the case's own folder over it and the files under `without` left out.
"""

import csv
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from datasets.intake.check import check
from datasets.intake.rules import RULES
from datasets.shapes import SHAPES

BAD = Path(__file__).parent.parent / "bad_facts"


class Case(NamedTuple):
    name: str
    without: str
    file: str
    line: int
    column: int
    code: str
    severity: str


def cases() -> list[Case]:
    with (BAD / "expected_findings.csv").open(encoding="utf-8", newline="") as file:
        return [
            Case(r["case"], r["without"], r["file"], int(r["line"]), int(r["column"]), r["code"], r["severity"])
            for r in csv.DictReader(file)
        ]


CASES = cases()


def folder(case: Case, at: Path) -> Path:
    shutil.copytree(BAD / "base", at)
    if (BAD / case.name).is_dir():
        shutil.copytree(BAD / case.name, at, dirs_exist_ok=True)
    for name in case.without.split():
        (at / name).unlink()
    return at


def test_the_base_has_no_mistake() -> None:
    assert check(BAD / "base", SHAPES) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_mistake_yields_one_finding(case: Case, tmp_path: Path) -> None:
    findings = check(folder(case, tmp_path / "facts"), SHAPES)
    places = [(f.file, f.line, f.column, f.code, f.severity) for f in findings]
    assert places == [(case.file, case.line, case.column, case.code, case.severity)], "\n".join(map(str, findings))
    assert findings[0].message
    assert findings[0].mend


def test_every_rule_has_a_bad_example() -> None:
    assert {rule.code for rule in RULES} == {case.code for case in CASES}


def test_every_folder_is_a_case() -> None:
    folders = {path.name for path in BAD.iterdir() if path.is_dir()} - {"base"}
    assert folders <= {case.name for case in CASES}
    assert all(case.without for case in CASES if case.name not in folders)


def test_a_case_is_named_after_its_rule() -> None:
    assert all(case.name.partition("-")[0] == case.code for case in CASES)
    assert len({case.name for case in CASES}) == len(CASES)
