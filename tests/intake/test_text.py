"""Folding and tokens, over all scripts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.text import fold, tokens

TEXTS = st.text(max_size=40)


@given(TEXTS)
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_the_normal_form_does_not_count(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(st.text(st.characters(max_codepoint=0x24F, categories=["L"]), max_size=20))
def test_latin_case_does_not_count(text: str) -> None:
    assert fold(text.lower()) == fold(text.upper()) or "ı" in text or "İ" in text or "ŉ" in text or "ǰ" in text


@given(TEXTS)
def test_tokens_are_the_tokens_of_the_folded_text_without_space(text: str) -> None:
    found = tokens(text)
    assert found == tokens(fold(text))
    assert all(token and token == "".join(token.split()) for token in found)
    assert found == tokens(" ".join(found)) or any(unicodedata.combining(token[0]) for token in found)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Université  de Liège ", "universite de liege"),
        ("Łódź", "lodz"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Æthelstan Ørsted", "aethelstan orsted"),
        ("İstanbul", "istanbul"),
        ("Iğdır", "igdir"),
        ("Đà Nẵng", "da nang"),
        ("ΠΑΝΕΠΙΣΤΉΜΙΟ ΑΘΗΝΏΝ", "πανεπιστημιο αθηνων"),
        ("Йошкар-Ола", "иошкар-ола"),
        ("ＴＵ９", "tu9"),
        ("ガギグ", "ガギグ"),
        ("서울대학교", "서울대학교"),
        ("จุฬาลงกรณ์", "จุฬาลงกรณ์"),
        ("विश्वविद्यालय", "विश्वविद्यालय"),
        ("السَّلام", "السلام"),
        ("Xi’an", "xi'an"),
        ("A–Z", "a-z"),
    ],
)
def test_folded(text: str, folded: str) -> None:
    assert fold(text) == unicodedata.normalize("NFC", folded)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("…", []),
        ("Asian Universities Alliance (AUA)", ["asian", "universities", "alliance", "aua"]),
        ("清华大学 Tsinghua", ["清", "华", "大", "学", "tsinghua"]),
        ("東京ガス9", ["東", "京", "カ" + "\u3099", "ス", "9"]),
        ("서울대", ["서", "울", "대"]),
        ("ມະຫາ", ["ມ", "ະ", "ຫ", "າ"]),
        ("ខ្មែរ", ["ខ", "្", "ម", "ែ", "រ"]),
        ("မြန်", ["မ", "ြ", "န", "်"]),
        ("गुरु नानक", ["गुरु", "नानक"]),
        ("snake_case", ["snake", "case"]),
        ("a1b2", ["a1b2"]),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert tokens(text) == [unicodedata.normalize("NFC", token) for token in found]
