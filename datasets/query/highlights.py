"""Marks the words that a search hit was found by, in the answer of either database.

The statement hands on, between two control characters that JSON never holds unescaped, the texts in which a hit may
stand. Here the one that holds most of the words is chosen, cut to an excerpt and marked, with the folding that made
the index: so both databases agree.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping

from datasets.query.words import phrases
from datasets.query.writer import Highlighted
from datasets.text import fold, tokens

LONGEST = 240
"""Longest excerpt in characters, marks apart."""
_BEFORE = 60
"""Most characters of an excerpt before its first mark."""
_MARKED = re.compile(rb"\x01(\d+):([^\x02]*)\x02")
_JAMO = range(0x1100, 0x1200)
Span = tuple[int, int]


def marked(answer: bytes, highlights: tuple[Highlighted, ...], values: Mapping[str, object]) -> bytes:
    """The answer with the candidates of each highlight replaced by the marked text."""
    words = [phrases(values, one.text) for one in highlights]

    def replaced(match: re.Match[bytes]) -> bytes:
        number = int(match[1])
        text, spans = _best(list(_flat(json.loads(match[2]))), words[number])
        part = highlights[number].part
        excerpt = _excerpt(text, spans, part.opening, part.closing, markup=part.markup)
        return json.dumps(excerpt, ensure_ascii=False).encode()

    return _MARKED.sub(replaced, answer)


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item)


def _best(texts: list[str], words: list[list[str]]) -> tuple[str, list[Span]]:
    """The first text in which the most different words are found, and where."""
    best: tuple[int, str, list[Span]] = (-1, "", [])
    for text in texts:
        found, spans = _found(text, words)
        if found > best[0]:
            best = (found, text, spans)
    return best[1], best[2]


def _found(text: str, words: list[list[str]]) -> tuple[int, list[Span]]:
    """How many of the words are found in a text, and where, in order and without overlap."""
    placed = _placed(text)
    spans: list[Span] = []
    found = set()
    for start in range(len(placed)):
        for number, word in enumerate(words):
            end = start + len(word)
            if end <= len(placed) and _fits(
                [token for token, _ in placed[start:end]], word, last=number == len(words) - 1
            ):
                found.add(number)
                spans.append((placed[start][1][0], placed[end - 1][1][1]))
    return len(found), _merged(spans)


def _fits(there: list[str], word: list[str], *, last: bool) -> bool:
    if there[:-1] != word[:-1]:
        return False
    return there[-1].startswith(word[-1]) if last else there[-1] == word[-1]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _placed(text: str) -> list[tuple[str, Span]]:
    """The tokens of a text, each with the characters that it was folded from."""
    folded, owners = "", []
    for start, end in _clusters(text):
        piece = fold(text[start:end]) or " "
        folded += piece
        owners += [(start, end)] * len(piece)
    placed = []
    position = 0
    for token in tokens(folded):
        position = folded.index(token, position)
        end = position + len(token)
        placed.append((token, (owners[position][0], owners[end - 1][1])))
        position = end
    return placed


def _clusters(text: str) -> Iterator[Span]:
    """Characters with the marks on them: what folding looks at together."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not (unicodedata.combining(text[place]) or ord(text[place]) in _JAMO):
            yield start, place
            start = place


def _excerpt(text: str, spans: list[Span], opening: str, closing: str, *, markup: bool) -> str:
    """At most LONGEST characters around the first mark, with an ellipsis where something is left out."""
    low, high = 0, len(text)
    if len(text) > LONGEST:
        low = _low(text, spans[0][0] if spans else 0)
        high = min(len(text), low + LONGEST)
    escape = html.escape if markup else str
    shown, place = "… " if low else "", low
    for start, end in spans:
        if start >= high:
            break
        shown += escape(text[place:start]) + opening + escape(text[start : min(end, high)]) + closing
        place = min(end, high)
    return shown + escape(text[place:high]) + (" …" if high < len(text) else "")


def _low(text: str, first: int) -> int:
    """Where an excerpt begins: at a word, not far before the first mark."""
    if first <= _BEFORE:
        return 0
    space = text.find(" ", first - _BEFORE, first)
    return space + 1 if space >= 0 else first - _BEFORE
