"""Who says so, what is chosen, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from datasets.canonical.choose import Reason
from datasets.canonical.errors import UnknownRecord
from datasets.canonical.explain import SENTENCES, explain
from datasets.canonical.load import load
from datasets.shapes import SHAPES

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def loaded(engine: Engine, world: Path) -> Engine:
    load(engine, world, SHAPES)
    return engine


def test_rivals_stand_below_the_chosen_value_with_their_sources(loaded: Engine) -> None:
    assert str(explain(loaded, SHAPES, "alliance/ficus-ring", "founded")) == (
        "alliance/ficus-ring\n"
        "\n"
        "founded: 2012-04\n"
        "  why: its source was published later [later_publication]\n"
        "  * 2012-04\n"
        "      bangkok-herald-2014 #p-1 says (press, 2014-06) "
        '"Two years of the Ficus Ring"  [alliances.csv:5]\n'
        "    2012\n"
        '      bangkok-herald-2014 supports the record (press, 2014-06) "Two years of the Ficus Ring"'
        "  [alliances.csv:3]\n"
        '      ficus-about #p-1 supports the record (official) "About the Ficus Ring"  [alliances.csv:3]\n'
        "    2012-03\n"
        "      bangkok-herald-2013 #p-2 says (press, 2013-05-02) "
        '"Universities of the delta join hands"  [alliances.csv:4]'
    )


def test_the_ranking_is_told_where_the_kind_decides(loaded: Engine) -> None:
    text = str(explain(loaded, SHAPES, "alliance/orchid-alliance", "founded"))
    assert "why: its kind of source is believed first (official, scholarly, press, " in text


def test_a_pin_is_told_with_its_reason(loaded: Engine) -> None:
    explained = explain(loaded, SHAPES, "agreement/river-charter-2018", "signed").columns[0]
    assert (explained.chosen, explained.reason) == (("2018-10-04",), "pinned")
    assert explained.pins[0][0] == "2018-10-04"
    text = str(explain(loaded, SHAPES, "agreement/river-charter-2018", "signed"))
    assert "pin: 2018-10-04: The charter carries the date of its printing; the signing was the day before." in text


def test_a_record_is_explained_column_by_column(loaded: Engine) -> None:
    explanation = explain(loaded, SHAPES, "alliance/ficus-ring")
    names = [column.column for column in explanation.columns]
    assert names == [name for name in SHAPES.claimable(SHAPES.entity("alliance")) if name in names]
    assert {"name", "founded", "predecessors", "objectives"} <= set(names)
    assert json.loads(explanation.as_json())["columns"][0]["column"] == "name"


def test_a_set_shows_every_value_and_compound_values_their_parts(loaded: Engine) -> None:
    text = str(explain(loaded, SHAPES, "organization/jade-university", "identifiers"))
    assert "identifiers: scheme " in text
    assert "why: every value of a set is shown [every_value]" in text


def test_a_column_of_which_nothing_is_said_is_told(loaded: Engine) -> None:
    assert str(explain(loaded, SHAPES, "alliance/ficus-ring", "ended")).endswith("ended: no source says anything")


def test_editors_need_no_source(loaded: Engine) -> None:
    text = str(explain(loaded, SHAPES, "country/KZ", "name"))
    assert "is written by the editors  [iso-3166]" in text


def test_a_redirected_id_is_followed(loaded: Engine) -> None:
    explanation = explain(loaded, SHAPES, "organization/qinghe-college", "name")
    assert (explanation.id, explanation.former) == ("jade-university", ("qinghe-college",))
    assert str(explanation).startswith("organization/jade-university (formerly organization/qinghe-college)\n")


def test_the_address_of_a_claim_explains_its_column(loaded: Engine) -> None:
    whole = explain(loaded, SHAPES, "alliance/ficus-ring", "founded")
    assert explain(loaded, SHAPES, f"claim/{whole.columns[0].claims[0].id}") == whole
    assert explain(loaded, SHAPES, "/id/alliance/ficus-ring/", "founded") == whole
    assert explain(loaded, SHAPES, "http://localhost:8000/id/alliance/ficus-ring", "founded") == whole
    assert explain(loaded, SHAPES, "https://data.example/doc/alliance/ficus-ring", "founded") == whole


@pytest.mark.parametrize(
    ("address", "column", "message"),
    [
        ("alliance/ficus-rin", None, "there is no alliance/ficus-rin; did you mean alliance/ficus-ring?"),
        ("organization/ficus-ring", None, "there is no organization/ficus-ring; did you mean alliance/ficus-ring?"),
        ("alliance/Ficus_Ring", None, "there is no alliance/Ficus_Ring; did you mean alliance/ficus-ring?"),
        ("organization/jade", None, "there is no organization/jade; did you mean organization/jade-university?"),
        ("country/th", None, "there is no country/th; did you mean country/TH"),
        ("alliance/-", None, "there is no alliance/-$"),
        ("alliance/qqqqqqq", None, "there is no alliance/qqqqqqq$"),
        ("alliance/tamarind-club", None, r"alliance/tamarind-club was withdrawn \(redirects.csv gives it no target\)"),
        ("ficus-ring", None, "'ficus-ring' is not the address of a record: write type/id; types are country, "),
        ("ship/ficus-ring", None, "'ship/ficus-ring' is not the address of a record"),
        ("alliance/", None, "'alliance/' is not the address of a record"),
        ("alliance/ficus-ring", "motto", "alliance has no column 'motto'; it has name, language, "),
        ("claim/c-0000000000000000", None, "there is no claim/c-0000000000000000"),
    ],
)
def test_what_cannot_be_explained_is_told(loaded: Engine, address: str, column: str | None, message: str) -> None:
    with pytest.raises(UnknownRecord, match=message):
        explain(loaded, SHAPES, address, column)


def test_an_empty_database_is_told_with_the_command(engine: Engine) -> None:
    with pytest.raises(UnknownRecord, match="nothing is loaded; run `alliances load` first"):
        explain(engine, SHAPES, "alliance/ficus-ring")


def test_every_reason_has_its_words() -> None:
    assert set(SENTENCES) == set(Reason)
