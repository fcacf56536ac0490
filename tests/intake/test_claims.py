"""From rows to claims."""

import json
from pathlib import Path

import pytest

from datasets.intake.claim import Claim, Evidence
from datasets.intake.claims import claims, country_claims, sources_of
from datasets.intake.facts import read
from datasets.intake.finding import BadFacts
from datasets.intake.sheet import Sheet, sheets
from datasets.intake.stored import compound, parts, stored, written
from datasets.shapes import SHAPES
from tests.intake.folders import BASE, change, copied


def of(folder: Path, record: str, column: str) -> list[Claim]:
    found = claims(read(folder, SHAPES), SHAPES)
    return [claim for claim in found if claim.record == record and claim.column == column]


def sheet(name: str) -> Sheet:
    return next(sheet for sheet in sheets(SHAPES) if sheet.name == name)


def test_a_row_with_several_sources_supports_the_record_together() -> None:
    founded = of(BASE, "elm-alliance", "founded")
    assert [(c.value, c.source, c.locator, c.evidence, c.line, c.position) for c in founded] == [
        ("2010-05", "elm-about", "", Evidence.RECORD, 3, 0),
        ("2010-05", "daily-2017", "", Evidence.RECORD, 3, 1),
        ("2010-06", "daily-2017", "p-2", Evidence.VALUE, 4, 0),
    ]
    assert {c.file for c in founded} == {"alliances.csv"}
    assert {c.type for c in founded} == {"alliance"}


def test_one_source_at_two_places_is_still_one_source() -> None:
    assert sources_of("a#p-1|a#p-2") == (Evidence.VALUE, (("a", "p-1"), ("a", "p-2")))
    assert sources_of("a#p-1|b") == (Evidence.RECORD, (("a", "p-1"), ("b", "")))


def test_a_set_gives_one_claim_for_each_element() -> None:
    assert [c.value for c in of(BASE, "elm-alliance", "objectives")] == [
        *("joint research", "joint research", "student exchange", "student exchange"),
    ]


def test_a_concept_link_is_stored_with_its_scheme_and_a_code_without() -> None:
    assert [c.value for c in of(BASE, "elm-charter-2010", "themes")] == [
        "theme.joint-research",
        "theme.student-mobility",
    ]
    assert [c.value for c in of(BASE, "elm-charter-2010", "kind")] == ["charter"]


def test_concepts_and_sources_are_described_by_the_editors() -> None:
    (label,) = of(BASE, "qualifier.exact", "label")
    assert (label.value, label.source, label.locator, label.evidence) == ("Exact", "", "", Evidence.EDITORIAL)
    assert {c.evidence for c in of(BASE, "elm-about", "title")} == {Evidence.EDITORIAL}


def test_names_and_identifiers_are_compound_values_of_their_subject() -> None:
    names = of(BASE, "elm-university", "names")
    assert [c.type for c in names] == ["organization"] * 3
    assert names[0].value == '{"kind":"native","language":"de","text":"Universität Elmstadt"}'
    assert [c.type for c in of(BASE, "elm-alliance", "names")] == ["alliance"]
    assert of(BASE, "fir-college", "identifiers")[0].value == '{"scheme":"wikidata","value":"Q123"}'


def test_an_absent_part_is_left_out(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "names.csv", lambda text: text.replace("Ulmenbund,de,", "Ulmenbund,,"))
    (alias,) = of(folder, "elm-alliance", "names")
    assert json.loads(alias.value) == {"kind": "alias", "text": "Ulmenbund"}


def test_claims_come_in_file_order_and_are_distinct() -> None:
    found = list(claims(read(BASE, SHAPES), SHAPES))
    order = [sheet.file for sheet in sheets(SHAPES)]
    places = [(order.index(c.file), c.line) for c in found]
    assert places == sorted(places)
    assert len({c.id for c in found}) == len(found)


def test_what_has_no_file_makes_no_claim(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts", "sources.csv")
    assert {c.file for c in claims(read(folder, SHAPES), SHAPES)} == {"sources.csv"}


def test_names_of_records_that_stand_elsewhere(tmp_path: Path) -> None:
    folder = read(copied(tmp_path / "facts", "names.csv"), SHAPES)
    with pytest.raises(BadFacts, match=r"names.csv:2:1 unknown_reference .*'elm-alliance'"):
        list(claims(folder, SHAPES))
    known = {"elm-alliance": "alliance", "elm-university": "organization"}
    assert len(list(claims(folder, SHAPES, known))) == 4


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("id,alliance", "id,aliance", r"1:1 unknown_column"),
        ("id,alliance,organization", "id,alliance,alliance", r"1:1 repeated_column"),
        (",sources", "", r"1:1 missing_column"),
        ("m-000003,", "m-000003,,", r"4:1 ragged_row"),
        (",elm-about\n", ",\n", r"3:1 missing_source"),
        ("m-000003", '"m-000003', r"4:1 unreadable_file"),
    ],
)  # fmt: skip
def test_the_first_place_that_cannot_be_read_is_said(tmp_path: Path, old: str, new: str, place: str) -> None:
    folder = copied(tmp_path / "facts")
    change(folder / "memberships.csv", lambda text: text.replace(old, new, 1))
    with pytest.raises(BadFacts, match=f"^memberships.csv:{place}"):
        list(claims(read(folder, SHAPES), SHAPES))


def test_a_file_in_another_encoding_is_said(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    path = folder / "names.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(BadFacts, match="not UTF-8"):
        list(claims(read(folder, SHAPES), SHAPES))


def test_a_byte_order_mark_crlf_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    folder = copied(tmp_path / "facts")
    path = folder / "memberships.csv"
    text = path.read_text(encoding="utf-8").replace("\nm-000004", "\n\nm-000004")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    read_again = [(c.id, c.value) for c in claims(read(folder, SHAPES), SHAPES)]
    assert read_again == [(c.id, c.value) for c in claims(read(BASE, SHAPES), SHAPES)]
    assert of(folder, "m-000004", "role")[0].line == 6


def test_stored_and_written_are_inverse() -> None:
    for declared in sheets(SHAPES):
        for column in declared.columns:
            assert written(column, stored(column, "a-b")) == "a-b"


def test_compound_and_parts_are_inverse() -> None:
    names = sheet("names").values
    assert names is not None
    said = {"text": 'Q"\\|ü', "language": "", "kind": "alias"}
    assert parts(names, compound(said)) == said
    assert json.loads(compound(said)) == {name: part for name, part in said.items() if part}


@pytest.mark.parametrize("text", ["[]", '{"text":1}', '{"tekst":"x"}', "x"])
def test_what_is_no_compound_value_is_said(text: str) -> None:
    names = sheet("names").values
    assert names is not None
    with pytest.raises(ValueError, match=r"\S"):
        parts(names, text)


def test_countries_are_those_of_iso_3166() -> None:
    found = list(country_claims(SHAPES))
    names = {c.record: c.value for c in found if c.column == "name"}
    assert len(names) == 249
    assert [c.record for c in found] == sorted(c.record for c in found)
    assert {code: names[code] for code in ("KZ", "TW", "HK", "KR", "VG", "SH", "BQ", "RU")} == {
        "KZ": "Kazakhstan",
        "TW": "Taiwan",
        "HK": "Hong Kong",
        "KR": "South Korea",
        "VG": "British Virgin Islands",
        "SH": "Saint Helena, Ascension and Tristan da Cunha",
        "BQ": "Bonaire, Sint Eustatius and Saba",
        "RU": "Russia",
    }
    assert {(c.file, c.line, c.evidence) for c in found} == {("iso-3166", 0, Evidence.EDITORIAL)}
    assert {c.value for c in found if c.record == "KZ"} == {"KZ", "Kazakhstan", "KAZ"}
