"""The user's words as a query of full text: always quoted, never operators."""

from __future__ import annotations

from datasets.query.bind import BadValueError, Values, text_of
from datasets.release.layout import BETWEEN
from datasets.text import tokens

MOST_WORDS = 32
"""Most tokens of one search."""
LONGEST_WORD = 200
"""Longest token of a search, in characters."""


def phrases(values: Values, slot: str) -> list[list[str]]:
    """The tokens of each word: those of one word stand side by side in what is found. Raises BadValueError."""
    found = [word for word in (tokens(part) for part in text_of(values, slot).split()) if word]
    if sum(map(len, found)) > MOST_WORDS:
        raise BadValueError(slot, f"search for at most {MOST_WORDS} words (a Chinese or Thai character counts as one)")
    if any(len(token) > LONGEST_WORD for word in found for token in word):
        raise BadValueError(slot, f"search for words of at most {LONGEST_WORD} letters")
    return found


def whole(values: Values, slot: str) -> str:
    """All tokens as one whole name among the names of an entry, which strokes separate."""
    return BETWEEN + " ".join(token for phrase in phrases(values, slot) for token in phrase) + BETWEEN
