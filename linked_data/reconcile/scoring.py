"""How well a text fits a name: a score from 0 to 100 with the features that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from datasets.text import tokens
from linked_data.reconcile.entries import LABEL, Entry, Name
from linked_data.reconcile.index import Index
from linked_data.reconcile.naming import compared, is_acronym

EXACT = 100.0
SAME_WORDS = 97.0
FURTHER = 2.0
"""A name that is not the one shown counts so much less: of two records, the one that is called so goes first."""
ACRONYM = 90.0
AMBIGUOUS_ACRONYM = 80.0
UNWRITTEN_ACRONYM = 60.0
PLACE_ALONE = 70.0
"""Nobody is found for sure by the name of a city alone."""
GENERIC = 80.0
"""Nor by words alone that many names have."""
GENERIC_WEIGHT = 0.6
OTHER_FIELD = 80.0
"""Nor where one side names a field that the other does not: a university is not the one of technology beside it."""
PART = 0.97
"""A part of the text (what stands in brackets or before a comma) counts so much less than the whole."""
_EXPLAINED = 0.1
_PLACED = 0.5
_INITIALLED = 0.85
_FIELDS = frozenset(
    (
        "technology", "polytechnic", "applied", "medical", "agriculture", "pedagogical", "economics", "business", "law",
        "engineering", "education", "normal", "state", "national", "catholic", "islamic", "open", "women", "hospital",
    )
)  # fmt: skip
"""Words that tell namesakes in one place apart, as compared."""
_NO_PLACES = frozenset(("state", "united", "republic", "federal", "new", "south", "north", "university"))
"""Words in names of countries and cities that tell organizations apart: Arizona State is not Arizona."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text fits one name of a record: the score, which name, and how the two were found to agree."""

    score: float
    name: Name
    how: str
    """`exact`, `same_words`, `acronym`, `placed_acronym`, `initials` or `words`."""
    overlap: float

    @property
    def reason(self) -> str:
        """The same in words."""
        said = f"{self.name.text!r}"
        sort = "" if self.name.sort == LABEL else f"{self.name.sort.replace('_', ' ')} "
        tongue = f" ({self.name.language})" if self.name.language and sort else ""
        match self.how:
            case "exact":
                return f"is its {sort}name {said}{tongue}" if sort != "acronym " else f"is its acronym {said}"
            case "same_words":
                return f"has the words of its {sort}name {said}{tongue}"
            case "acronym":
                return f"is its acronym {said}"
            case "placed_acronym":
                return f"is its acronym {said} with its place"
            case "initials":
                return f"are the initials of {said}"
        return f"shares {self.overlap:.0%} of the weight of the words of its {sort}name {said}{tongue}"


def exact(index: Index, identifier: int, rivals: int) -> Fit:
    """The fit of a name that is the text, case and accents aside. `rivals` are the records that are called so."""
    entry = index.entries[index.owner[identifier]]
    name = entry.names[index.place[identifier]]
    if is_acronym(name.text):
        return Fit(ACRONYM if rivals == 1 else AMBIGUOUS_ACRONYM, name, "acronym", 1.0)
    return Fit(EXACT - (FURTHER if name.sort != LABEL else 0.0), name, "exact", 1.0)


def fit(index: Index, identifier: int, words: tuple[str, ...], alike: Mapping[str, Mapping[str, float]]) -> Fit:
    """The fit of the words of a text and a name. `alike` says which words of the index stand for those of the text."""
    entry = index.entries[index.owner[identifier]]
    name = entry.names[index.place[identifier]]
    there = list(index.words[identifier])
    further = FURTHER if name.sort != LABEL else 0.0
    if is_acronym(name.text):
        same = words == tuple(there) and len(words) == 1
        return Fit(ACRONYM if same else 0.0, name, "acronym", float(same))
    if sorted(words) == sorted(there):
        score = SAME_WORDS + (words == tuple(there)) - further
        if max(map(index.weight, words)) < GENERIC_WEIGHT:
            score = min(score, GENERIC)
        return Fit(score, name, "same_words", 1.0)
    aligned = _align(index, words, there, alike)
    places = _places(entry)
    explained = places | acronyms_of(entry)
    lacking = sum(index.weight(w) * (_EXPLAINED if w in explained else 1.0) for w in aligned.unmet)
    # A city in a name that the text leaves out tells less than another word would.
    missing = sum(index.weight(w) * (_PLACED if w in places else 1.0) for w in aligned.left)
    overlap = aligned.overlap(lacking, missing)
    score = SAME_WORDS * overlap - further
    if len(there) > len(words) and places.issuperset(words):
        score = min(score, PLACE_ALONE)
    if not _FIELDS.isdisjoint(aligned.unmet) or not _FIELDS.isdisjoint(aligned.left):
        score = min(score, OTHER_FIELD)
    return Fit(max(score, 0.0), name, "words", overlap)


@dataclass(slots=True)
class _Aligned:
    """The words of a text beside those of a name: weights of both sides that met, and what is left on each."""

    unmet: list[str]
    left: list[str]
    asked: float = 0.0
    asked_sure: float = 0.0
    there: float = 0.0
    there_sure: float = 0.0

    def meet(self, asked: float, there: float, sure: float) -> None:
        """Note a pair of words with their weights, and how sure it is that they are the same."""
        self.asked += asked
        self.asked_sure += asked * sure
        self.there += there
        self.there_sure += there * sure

    def overlap(self, lacking: float, missing: float) -> float:
        """The harmonic mean of what the text has of the name and the name of the text, by weight."""
        asked, there = self.asked + lacking, self.there + missing
        if not self.asked_sure or not asked or not there:
            return 0.0
        precision, recall = self.asked_sure / asked, self.there_sure / there
        return 2 * precision * recall / (precision + recall)


def _align(
    index: Index, words: tuple[str, ...], there: list[str], alike: Mapping[str, Mapping[str, float]]
) -> _Aligned:
    aligned = _Aligned([], list(there))
    open_words = []
    for word in words:
        if word in aligned.left:
            aligned.left.remove(word)
            weight = index.weight(word)
            aligned.meet(weight, weight, 1.0)
        else:
            open_words.append(word)
    for word in open_words:
        known = alike.get(word, {})
        best = max(aligned.left, key=lambda other: known.get(other, 0.0), default="")
        sure = known.get(best, 0.0)
        run = () if sure else _initialled(word, aligned.left)
        if sure:
            aligned.left.remove(best)
            weight = index.weight(best)
            aligned.meet(weight, weight, sure)
        elif run:
            weight = sum(map(index.weight, run))
            for other in run:
                aligned.left.remove(other)
            aligned.meet(weight, weight, _INITIALLED)
        else:
            aligned.unmet.append(word)
    return aligned


def _initialled(word: str, left: list[str]) -> tuple[str, ...]:
    """The words in a row whose first letters make this one."""
    if not 2 <= len(word) <= 5 or not word.isascii():
        return ()
    letters = "".join(other[0] for other in left)
    at = letters.find(word)
    return tuple(left[at : at + len(word)]) if at >= 0 else ()


@lru_cache(maxsize=4096)
def _places(entry: Entry) -> frozenset[str]:
    """The words that say where a record is."""
    return frozenset(word for text in entry.places for word in compared(text)) - _NO_PLACES


@lru_cache(maxsize=4096)
def acronyms_of(entry: Entry) -> frozenset[str]:
    """The acronyms of a record as words: beside a full name they say nothing new."""
    return frozenset(word for name in entry.names if is_acronym(name.text) for word in tokens(name.text))


def placed_acronym(entry: Entry, words: tuple[str, ...]) -> Fit | None:
    """The fit of an acronym with the place of the record beside it; none where the words are something else."""
    rest = [word for word in words if word not in acronyms_of(entry)]
    if len(rest) == len(words) - 1 and rest and _places(entry).issuperset(rest):
        name = next(n for n in entry.names if is_acronym(n.text) and not set(tokens(n.text)).isdisjoint(words))
        return Fit(ACRONYM, name, "placed_acronym", 1.0)
    return None


def initials(entry: Entry) -> Fit:
    """The fit of an acronym that nobody wrote down, with the label whose first letters it has."""
    return Fit(UNWRITTEN_ACRONYM, entry.names[0], "initials", 1.0)
