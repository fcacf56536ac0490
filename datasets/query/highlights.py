"""Marks the words that a search hit was found by, in the answer of either database.

The statement hands on, between two control characters that JSON never holds unescaped, the texts in which a hit may
stand. Here the one that holds most of the words is chosen, cut to an excerpt and marked, with the folding that made
the index: so both databases agree.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping

from datasets.query.words import phrases
from datasets.query.writer import Highlighted
from datasets.text import fold, tokens

LONGEST = 240
"""Longest excerpt in characters, marks apart."""
_MARKED = re.compile(rb"\x01(\d+):([^\x02]*)\x02")
_WORD = re.compile(r"\w+|\W+", re.UNICODE)


def marked(answer: bytes, highlights: tuple[Highlighted, ...], values: Mapping[str, object]) -> bytes:
    """The answer with the candidates of each highlight replaced by the marked text."""
    words = [_words(values, one) for one in highlights]

    def replaced(match: re.Match[bytes]) -> bytes:
        number = int(match[1])
        label, others = json.loads(match[2])
        text = _best([label, *_flat(others)], words[number])
        part = highlights[number].part
        excerpt = _excerpt(text, words[number], part.opening, part.closing, markup=part.markup)
        return json.dumps(excerpt, ensure_ascii=False).encode()

    return _MARKED.sub(replaced, answer)


def _words(values: Mapping[str, object], one: Highlighted) -> tuple[frozenset[str], str]:
    """The whole words, and the last one, which may be a beginning."""
    found = [token for phrase in phrases(values, one.text) for token in phrase]
    return frozenset(found), found[-1] if found else ""


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _flat(item)


def _hit(token: str, words: tuple[frozenset[str], str]) -> bool:
    return token in words[0] or (words[1] != "" and token.startswith(words[1]))


def _best(texts: list[str], words: tuple[frozenset[str], str]) -> str:
    """The first text with the most different words found."""
    return max(texts, key=lambda text: len({token for token in tokens(text) if _hit(token, words)}))


def _pieces(text: str, words: tuple[frozenset[str], str]) -> list[tuple[str, bool]]:
    """The text in pieces, each found or not. Scripts without spaces are cut into characters."""
    pieces: list[tuple[str, bool]] = []
    for run in _WORD.findall(text):
        found = tokens(run)
        if len(found) > 1 and len(fold(run)) == len(run):
            pieces += (
                [(c, any(_hit(t, words) for t in tokens(c))) for c in run]
                if all(len(t) == 1 for t in found)
                else [(run, any(_hit(t, words) for t in found))]
            )
        else:
            pieces.append((run, any(_hit(t, words) for t in found)))
    return pieces


def _excerpt(text: str, words: tuple[frozenset[str], str], opening: str, closing: str, *, markup: bool) -> str:
    pieces = _cut(_pieces(text, words))
    shown, inside = "", False
    for piece, found in pieces:
        if found is not inside:
            shown += opening if found else closing
            inside = found
        shown += html.escape(piece) if markup else piece
    return shown + (closing if inside else "")


def _cut(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """At most LONGEST characters around the first piece found, with an ellipsis where something is left out."""
    if sum(len(piece) for piece, _ in pieces) <= LONGEST:
        return pieces
    first = next((n for n, (_, found) in enumerate(pieces) if found), 0)
    start, length = first, 0
    while start and length + len(pieces[start - 1][0]) <= LONGEST // 4:
        start -= 1
        length += len(pieces[start][0])
    end, length = start, 0
    while end < len(pieces) and length + len(pieces[end][0]) <= LONGEST:
        length += len(pieces[end][0])
        end += 1
    kept = pieces[start : max(end, start + 1)]
    kept = [(piece[:LONGEST], found) for piece, found in kept]
    return [*([("… ", False)] if start else []), *kept, *([(" …", False)] if end < len(pieces) else [])]
