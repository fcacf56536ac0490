"""Rules about the characters of any text."""

from __future__ import annotations

import re
import unicodedata

from datasets.intake.rules.rule import Fault, cell_rule
from datasets.intake.survey import Survey
from datasets.shapes import Column, Shapes

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff0-\uffff\ue000-\uf8ff\ud800-\udfff]"
)
_SPACE = re.compile(r"^\s|\s$|\s\s|[^\S ]")


def every(column: Column, shapes: Shapes) -> bool:
    """For rules that apply to all columns."""
    return True


@cell_rule(
    "control_character",
    applies=every,
    mend="remove it; a cell is one line of visible text",
    example='"Asian Universities<LF>Alliance"',
)
def control_character(text: str, column: Column, survey: Survey) -> Fault | None:
    """A control, invisible or private character, a line break in a cell, or the mark of a lost character."""
    match = _CONTROL.search(text)
    if match is None:
        return None
    name = unicodedata.name(match[0], "a control character")
    if match[0] == "\ufffd":
        return Fault("a character was lost in another encoding (U+FFFD)", "write the character that was meant")
    return Fault(f"character {match.start() + 1} is U+{ord(match[0]):04X}, {name.lower()}")


@cell_rule("white_space", applies=every, mend="write single plain spaces between words", example="Tsinghua  University")
def white_space(text: str, column: Column, survey: Survey) -> Fault | None:
    """Space before or after a text, doubled, or of an unusual kind, such as a no-break space."""
    match = _SPACE.search(text)
    if match is None:
        return None
    if match.start() == 0 or match.end() == len(text):
        return Fault(f"space stands {'before' if match.start() == 0 else 'after'} the text")
    if match[0] != "  " and len(match[0].strip(" ")) == 1:
        odd = match[0].strip(" ")
        return Fault(f"character {match.start() + 1} is U+{ord(odd):04X}, {unicodedata.name(odd, 'a space').lower()}")
    return Fault("space is doubled")


@cell_rule(
    "unnormalised_text",
    applies=every,
    mend="write composed characters (Unicode NFC)",
    example="Universite<U+0301> de Lie<U+0300>ge",
)
def unnormalised_text(text: str, column: Column, survey: Survey) -> Fault | None:
    """A text that is not in Unicode normal form C: it looks the same as another but compares as different."""
    if unicodedata.is_normalized("NFC", text):
        return None
    return Fault("letters and their accents are separate characters")


TEXTS = (control_character, white_space, unnormalised_text)
