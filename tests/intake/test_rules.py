"""What every rule tells of itself, and the catalogue made of that."""

import os
import re
from pathlib import Path

import pytest

from datasets.intake.catalogue import catalogue
from datasets.intake.rules import RULES
from datasets.intake.rules.rule import Rule

GOLDEN = Path(__file__).parent.parent / "golden" / "rules.md"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", rule.code)
    assert rule.doc.endswith((".", "`."))
    assert len(rule.doc) > 15
    assert rule.mend
    assert not rule.mend.endswith(".")
    assert rule.example
    assert "`" not in rule.example


def test_codes_are_unique() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)


def test_the_catalogue_is_current() -> None:
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(catalogue(), encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == catalogue(), "set UPDATE_GOLDEN=1 to write the catalogue again"


def test_the_catalogue_names_every_rule() -> None:
    text = catalogue()
    assert all(f"### {rule.code}\n" in text for rule in RULES)
