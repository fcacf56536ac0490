"""Check digits against python-stdnum and against known identifiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isni as stdnum_isni

from datasets.intake.rules.check_digits import CHECKS, isni, ror


@given(st.from_regex(r"[0-9]{15}[0-9X]", fullmatch=True))
def test_an_isni_is_right_where_stdnum_says_so(text: str) -> None:
    assert (isni(text) == "") == stdnum_isni.is_valid(text)


@given(st.from_regex(r"[0-9]{15}", fullmatch=True))
def test_the_check_digit_that_is_said_is_right(text: str) -> None:
    fault = isni(text + "0") or isni(text + "1")
    assert stdnum_isni.is_valid(text + fault[-1])


@given(st.from_regex(r"0[a-hj-km-np-tv-z0-9]{6}", fullmatch=True), st.integers(0, 99))
def test_one_pair_of_digits_fits_a_ror_id(text: str, wrong: int) -> None:
    fault = ror(f"{text}00") or ror(f"{text}01")
    wanted = fault[-2:]
    assert ror(text + wanted) == ""
    assert bool(ror(f"{text}{wrong:02}")) == (f"{wrong:02}" != wanted)


@pytest.mark.parametrize("text", ["03cve4549", "01zz42w05", "0006cvt76", "04k25m262", "050589e39"])
def test_real_ror_ids(text: str) -> None:
    assert ror(text) == ""


@pytest.mark.parametrize(
    ("scheme", "right", "wrong"),
    [
        ("ror", "03cve4549", "https://ror.org/03cve4549"),
        ("ror", "03cve4549", "03cve454"),
        ("ror", "03cve4549", "03cvu4549"),
        ("isni", "000000012146438X", "0000 0001 2146 438X"),
        ("wikidata", "Q16955", "Q016955"),
        ("wikidata", "Q16955", "16955"),
        ("grid", "grid.12527.33", "12527.33"),
        ("pic", "999904034", "99990403"),
        ("erasmus", "CZ PRAHA07", "CZPRAHA07"),
        ("erasmus", "D HEIDELB01", "D HEIDELBERGX"),
        ("erasmus", "F PARIS119", "F paris119"),
        ("erasmus", "UK LONDON097", "LONDON097"),
        ("schac", "uni-heidelberg.de", "https://uni-heidelberg.de"),
    ],
)
def test_forms(scheme: str, right: str, wrong: str) -> None:
    assert CHECKS[scheme](right) == ""
    assert CHECKS[scheme](wrong)
