"""Checking folders: everything at once, nothing twice, and no folder that makes it fail."""

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.intake.check import check
from datasets.intake.claims import claims
from datasets.intake.facts import read
from datasets.intake.finding import BadFacts, Finding, Severity
from datasets.intake.known import records_of
from datasets.shapes import SHAPES, Column, Entity, Kind, Link, Shapes
from tests.intake.folders import BASE, FACTS, WORLD, change, copied


def codes(folder: Path, shapes: Shapes = SHAPES) -> list[str]:
    return [finding.code for finding in check(folder, shapes)]


@pytest.mark.parametrize("folder", [FACTS, WORLD, BASE], ids=lambda path: path.name)
def test_committed_folders_have_no_finding(folder: Path) -> None:
    assert [str(finding) for finding in check(folder, SHAPES)] == []


def test_all_findings_come_at_once_in_order(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "organizations.csv", lambda text: text.replace("50.5", "150.5").replace(",GB,", ",UK,"))
    change(folder / "memberships.csv", lambda text: text.replace("m-000005", "M5").replace("2018", "18.5.2018"))
    change(
        folder / "alliances.csv", lambda text: text.replace(",active,", ",alive,").replace("daily-2017", "weekly-2017")
    )
    found = check(folder, SHAPES)
    assert [(f.file, f.line, f.code) for f in found] == [
        ("alliances.csv", 2, "unknown_source"),
        ("alliances.csv", 3, "unknown_code"),
        ("alliances.csv", 3, "unknown_source"),
        ("alliances.csv", 4, "unknown_source"),
        ("memberships.csv", 6, "malformed_id"),
        ("memberships.csv", 6, "malformed_date"),
        ("organizations.csv", 4, "coordinate_range"),
        ("organizations.csv", 5, "unknown_country"),
    ]
    assert found == sorted(found, key=lambda finding: finding.place)


def test_all_that_is_wrong_with_release_toml_comes_at_once(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    (folder / "release.toml").write_text('licence = "by"\n\ndate = "soon"\ncolour = "red"\nlicence_url = []\n')
    assert [(f.line, f.code, f.value) for f in check(folder, SHAPES)] == [
        (1, "malformed_release", ""),
        (3, "malformed_release", "soon"),
        (4, "malformed_release", "colour"),
        (5, "malformed_release", "licence_url"),
    ]


def _a_folder(path: Path) -> None:
    path.mkdir()


def _a_pipe(path: Path) -> None:
    os.mkfifo(path)


def _a_link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def _a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [_a_folder, _a_pipe, _a_link_to_nowhere, _a_link_to_itself])
@pytest.mark.parametrize("name", ["officials.csv", "pins.csv", "release.toml", "expectations.toml"])
def test_what_stands_in_the_place_of_a_file_is_said(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    folder = copied(tmp_path / "facts")
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    (finding,) = check(folder, SHAPES)
    assert (finding.file, finding.line, finding.code) == (name, 1, "unreadable_file")
    assert finding.mend in ("put a file in its place", "mend the link, or remove it")


def test_a_cell_that_is_too_long_is_said_at_its_place(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "officials.csv", lambda text: text + f"o-zzzzzz,{'x' * 1_100_000},a,b,c,d\n")
    (finding,) = check(folder, SHAPES)
    last = len((folder / "officials.csv").read_text(encoding="utf-8").splitlines())
    assert (finding.line, finding.column, finding.code) == (last, 10, "unreadable_file")
    assert (finding.message, finding.mend) == (
        "a cell is longer than 1048576 characters",
        "close its quote, if it has one, or shorten it",
    )


def test_a_finding_as_text_and_as_json(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "memberships.csv", lambda text: text.replace("fir-college,member,2012", "fir-colege,member,2012"))
    (finding,) = check(folder, SHAPES)
    assert str(finding) == (
        'memberships.csv:5:23 unknown_reference error "fir-colege" '
        "no organization has the id 'fir-colege' (did you mean fir-college?); mend the id, or add the record"
    )
    assert json.loads(finding.as_json()) == {
        "file": "memberships.csv",
        "line": 5,
        "column": 23,
        "code": "unknown_reference",
        "severity": "error",
        "value": "fir-colege",
        "message": "no organization has the id 'fir-colege' (did you mean fir-college?)",
        "mend": "mend the id, or add the record",
    }


def test_a_long_value_is_cut_in_text_and_whole_in_json() -> None:
    finding = Finding("a.csv", 1, 1, "x", Severity.ERROR, "v" * 500, "m", "n")
    assert len(str(finding)) < 150
    assert json.loads(finding.as_json())["value"] == "v" * 500


def test_bad_facts_say_the_first_and_how_many() -> None:
    finding = Finding("a.csv", 1, 1, "x", Severity.ERROR, "v", "m", "n")
    assert str(BadFacts([finding])) == str(finding)
    assert str(BadFacts([finding] * 3)) == f"{finding} (and 2 more)"


@pytest.mark.parametrize(
    "name", ["alliances.csv", "organizations.csv", "sources.csv", "concepts.csv", "agreements.csv"]
)
def test_an_unreadable_file_silences_what_would_only_echo_it(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path / "facts")
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b"Elm", b"\xff") + b"\xff")
    assert codes(folder) == ["unreadable_file"]


@pytest.mark.parametrize("name", ["alliances.csv", "organizations.csv", "sources.csv", "names.csv", "memberships.csv"])
def test_an_open_quote_silences_the_rest_of_its_file(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / name, lambda text: text + '"open')
    assert codes(folder) == ["unreadable_file"]


@pytest.mark.parametrize("header", ["founded", "name", "kind", "website", "sources"])
def test_a_renamed_column_is_one_finding(tmp_path: Path, header: str) -> None:
    folder = copied(tmp_path / "facts")
    change(
        folder / "alliances.csv",
        lambda text: (
            text.replace(f",{header},", f",{header}s,", 1)
            if header != "sources"
            else text.replace(",sources\n", ",source\n")
        ),
    )
    assert codes(folder) == ["unknown_column"]


def test_a_missing_key_silences_links_to_the_file(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "organizations.csv", lambda text: text.replace("id,name", "nr.,name", 1))
    assert codes(folder) == ["missing_column", "unknown_column"]


def test_a_ragged_row_does_not_lose_its_record(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "organizations.csv", lambda text: text.replace("Fir College,", "Fir College, of Fir,"))
    assert codes(folder) == ["ragged_row"]


def test_a_header_that_no_row_fits_is_one_finding(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "organizations.csv", lambda text: text.replace(",website,", ",", 1))
    assert codes(folder) == ["left_out_column", "ragged_row"]


def test_only_an_absent_file_that_is_pointed_at_is_missed(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts", "sources.csv", "concepts.csv", "organizations.csv", "names.csv")
    change(
        folder / "names.csv", lambda text: "\n".join(line for line in text.split("\n") if "elm-alliance" not in line)
    )
    assert codes(folder) == []
    shutil.copy(BASE / "memberships.csv", folder)
    assert [(f.file, f.code) for f in check(folder, SHAPES)] == [("alliances.csv", "missing_file")]


def test_records_that_stand_elsewhere(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts", "memberships.csv", "names.csv")
    known = list(records_of(BASE, SHAPES))
    assert check(folder, SHAPES, known=known) == []
    (folder / "organizations.csv").write_text(
        (BASE / "organizations.csv").read_text(encoding="utf-8").split("\n")[0]
        + "\nelm-university,,,,,,,,,1902,,,daily-2017\n",
        encoding="utf-8",
    )
    assert check(folder, SHAPES, known=known) == []
    without = [(type, id) for type, id in known if id != "fir-college"]
    assert {f.code for f in check(folder, SHAPES, known=without)} == {"unknown_reference"}


def test_an_empty_folder_has_no_finding(tmp_path: Path) -> None:
    assert check(tmp_path, SHAPES) == []


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        check(tmp_path / "nowhere", SHAPES)


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    (folder / "officials.csv").unlink()
    (folder / "officials.csv").mkdir()
    assert codes(folder) == ["unreadable_file"]


def test_progress_is_told_by_file() -> None:
    told: list[tuple[str, int]] = []
    check(BASE, SHAPES, progress=lambda file, done: told.append((file, done)))
    assert ("memberships.csv", 5) in told
    assert [file for file, done in told if not done] == [sheet.file for sheet in read(BASE, SHAPES).sheets]


def test_thousands_of_mistakes_are_all_found(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    rows = "".join(f"m-{number:06},elm-alliance,no-{number},member,,,,elm-about\n" for number in range(100, 3100))
    change(folder / "memberships.csv", lambda text: text + rows)
    assert codes(folder) == ["unknown_reference"] * 3000


def shapes_with(entity: Entity, *more: Entity) -> Shapes:
    entities = tuple(entity if e.name == entity.name else e for e in SHAPES.entities)
    return dataclasses.replace(SHAPES, entities=(*entities, *more))


def test_a_new_column_and_a_new_entity_are_checked_like_any_other(tmp_path: Path) -> None:
    alliance = SHAPES.entity("alliance")
    motto = Column(name="refounded", kind=Kind.DATE, doc="When it was founded again.")
    wider = dataclasses.replace(alliance, columns=(*alliance.columns, motto))
    prize = Entity(
        name="prize",
        plural="prizes",
        doc="A prize.",
        classes=("ua:Prize",),
        label="title",
        orders=("title",),
        file="prizes.csv",
        columns=(
            Column(name="title", kind=Kind.NAME, doc="Its title.", required=True),
            Link(name="giver", target="alliance", doc="Who gives it.", reverse="prizes", reverse_doc="Prizes."),
        ),
    )
    shapes = shapes_with(wider, prize)
    folder = copied(tmp_path / "facts")
    (folder / "prizes.csv").write_text(
        "id,title,giver,sources\nelm-prize,Elm Prize,elm-alliance,elm-about\n", encoding="utf-8"
    )
    assert codes(folder, shapes) == ["left_out_column"]
    change(folder / "alliances.csv", lambda text: "\n".join(
        line + (",refounded" if line.startswith("id,") else ",2001") if line else line for line in text.split("\n")
    ))  # fmt: skip
    assert codes(folder, shapes) == []
    change(folder / "alliances.csv", lambda text: text.replace(",2001", ",1.1.2001", 1))
    change(folder / "prizes.csv", lambda text: text.replace("elm-alliance", "elm-aliance") + "elm-cup,,,elm-about\n")
    assert codes(folder, shapes) == ["malformed_date", "unknown_reference", "missing_value"]


FILES = sorted(path.name for path in BASE.iterdir())
PIECES = st.sampled_from(
    [b'"', b",", b"\n", b"\r", b"\0", b"|", b"#", b"\xff", b"\xef\xbb\xbf", b"x", b"-", "é".encode(), b" ", b""]
)


@given(st.sampled_from(FILES), st.integers(0, 2000), st.integers(0, 12), PIECES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_happens_to_a_file_is_told_and_what_is_clean_can_be_read(
    tmp_path: Path, name: str, start: int, length: int, piece: bytes
) -> None:
    folder = tmp_path / "facts"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BASE, folder)
    data = (folder / name).read_bytes()
    start = min(start, len(data))
    (folder / name).write_bytes(data[:start] + piece + data[start + length :])
    found = check(folder, SHAPES)
    assert all(f.line >= 1 and f.column >= 1 and f.message and f.mend for f in found)
    if not any(f.severity is Severity.ERROR for f in found):
        facts = read(folder, SHAPES)
        assert sum(1 for _ in claims(facts, SHAPES)) > 0
        assert facts.redirects is not None
        assert facts.pins is not None
