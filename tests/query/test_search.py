"""Full text: every script, the order of what is found, and what is marked in it."""

from __future__ import annotations

from typing import Any

import pytest

from datasets.query.highlights import LONGEST, marked
from datasets.query.selection import (
    Connection,
    Highlight,
    Nodes,
    Page,
    Rank,
    Scalar,
    Search,
    Selection,
    Slot,
    TotalCount,
)
from datasets.query.writer import Highlighted
from tests.query.asking import Asked

FOUND = Selection(
    (
        Connection(
            "found",
            Search(Slot("text")),
            (
                TotalCount("total"),
                Nodes(
                    "nodes",
                    (Scalar("type", "type"), Scalar("label", "label"), Rank("rank"), Highlight("mark", "[", "]")),
                ),
            ),
            Page(first=Slot("n")),
        ),
    )
)


def find(asked: Asked, text: str, first: int = 100) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = asked.answer(FOUND, {"text": text, "n": first})["found"]["nodes"]
    return nodes


@pytest.mark.parametrize(
    ("text", "label", "mark"),
    [
        ("清华", "清华大学", "[清华]大学"),
        ("华大", "清华大学", "清[华大]学"),
        ("เชียงใหม่", "มหาวิทยาลัย เชียงใหม่", "มหาวิทยาลัย [เชียงใหม่]"),
        ("القاهره", None, None),
        ("القاهرة", "جامعة القاهرة", "جامعة [القاهرة]"),
        ("universite liege", "Université de Liège", "[Université] de [Liège]"),
        ("LODZ", "Łódź — São Tomé", "[Łódź] — São Tomé"),
        ("sao tome", "Łódź — São Tomé", "Łódź — [São] [Tomé]"),
        ("ISTANBUL", "İstanbul ẞ ŉ", "[İstanbul] ẞ ŉ"),
        ("o'brien", 'O\'Brien "quoted" \\ back\\slash', '[O\'Brien] "quoted" \\ back\\slash'),
        ("drop table", "'; DROP TABLE alliances; --", "'; [DROP] [TABLE] alliances; --"),
        ("univers lie", None, None),
        ("universite lie", "Université de Liège", "[Université] de [Liège]"),
    ],
)
def test_names_are_found_in_every_script(asked: Asked, text: str, label: str | None, mark: str | None) -> None:
    hits = [hit for hit in find(asked, text) if hit["label"] == label]
    assert bool(hits) is (label is not None)
    for hit in hits:
        assert hit["rank"] in (1, 2)
        assert hit["mark"] == mark


def test_the_exact_name_comes_first_then_names_aliases_and_texts(asked: Asked) -> None:
    ranks = [hit["rank"] for hit in find(asked, "清华大学")]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1
    assert {hit["rank"] for hit in find(asked, "u1")} == {3}
    acronyms = find(asked, "u15")
    assert acronyms
    assert {hit["rank"] for hit in acronyms} == {1}
    hits = find(asked, "university")
    assert [hit["rank"] for hit in hits] == sorted(hit["rank"] for hit in hits)


@pytest.mark.parametrize("text", ["", " ", "—", "'", "()"])
def test_nothing_is_found_without_words(asked: Asked, text: str) -> None:
    assert find(asked, text) == []


@pytest.mark.parametrize(
    "text", ["dro", "清", "universite", "sou", "o", "a", "aua", "land of cn", "research", "rector"]
)
def test_both_databases_find_and_mark_the_same(sqlite: Asked, postgresql: Asked, text: str) -> None:
    values = {"text": text, "n": 100}
    assert sqlite.raw(FOUND, values) == postgresql.raw(FOUND, values)


def test_what_is_found_in_another_text_is_shown_there(asked: Asked) -> None:
    hits = [hit for hit in find(asked, "drop table") if hit["rank"] > 2]
    assert hits
    assert all("[DROP] [TABLE]" in hit["mark"] for hit in hits)


def mark(text: str, query: str, part: Highlight | None = None) -> str:
    import json

    spec = Highlighted(part or Highlight("mark", "[", "]"), "text")
    answer = f"\x010:{json.dumps([text, [None, ['x', 'y']]])}\x02".encode()
    found: str = json.loads(marked(answer, (spec,), {"text": query}))
    return found


def test_the_text_around_marks_can_be_escaped_for_pages() -> None:
    assert (
        mark('<b> & "Silk" Road', "silk", Highlight("m", markup=True))
        == "&lt;b&gt; &amp; &quot;<mark>Silk</mark>&quot; Road"
    )
    assert mark("<b>Silk", "silk", Highlight("m", "«", "»")) == "<b>«Silk»"


def test_a_long_text_is_cut_around_what_is_found() -> None:
    text = "lorem ipsum " * 100 + "Almaty " + "dolor sit " * 100
    found = mark(text, "almaty")
    assert "[Almaty]" in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) <= LONGEST + 10


def test_a_text_without_spaces_is_cut_too() -> None:
    assert len(mark("x" * 5_000, "x")) <= LONGEST + 10
    assert len(mark("大" * 5_000, "大")) <= LONGEST + 10


def test_words_of_indic_scripts_and_loose_jamo_are_marked_whole() -> None:
    assert mark("हिन्दी विश्वविद्यालय", "हिन्दी") == "[हिन्दी] विश्वविद्यालय"
    loose = "\u1112\u1161\u11ab\u1100\u116e\u11a8"
    assert mark(f"{loose} 大", "한국") == f"[{loose}] 大"
    assert mark("ｔｏｋｙｏ Ⅳ", "tokyo iv") == "[ｔｏｋｙｏ] [Ⅳ]"


def test_marks_keep_every_character() -> None:
    text = "Łódź — São Tomé 清华 ﬁne ẞ ŉ"
    assert mark(text, "lodz 清 fine ss").replace("[", "").replace("]", "") == text
