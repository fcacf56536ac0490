"""The names of one entity's records, ready to be searched: by exact text, by words, by words that look alike."""

from __future__ import annotations

import bisect
import heapq
import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise

from datasets.text import fold
from linked_data.reconcile.entries import Entry
from linked_data.reconcile.naming import compared, skeleton
from linked_data.reconcile.spelling import likeness, trigrams

COMMON = 0.04
"""A word in more than this share of the names finds nobody by itself, unless there is no rarer one."""
LEAST_WEIGHT = 0.2
MOST_ALIKE = 12
"""So many words of the index at most stand in for one that is unknown."""
_SPELLINGS_TRIED = 120
_SYLLABLES = 6
"""Words of so many letters are sometimes written as one: Jiao Tong, Jiaotong."""
_RESPELLED = 4
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*")

_BRAND = re.compile(r"([^\s(]+)\s+[-–—:]\s")
"""One word, set off from what it stands for: Technion – Israel Institute of Technology."""


class Index:
    """Entries by their names. Built once, read by any number of threads; one name is a pair of entry and place."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: list[Entry] = []
        self.words: list[tuple[str, ...]] = []
        """Of each name its words, as compared."""
        self.owner = array("L")
        """Of each name its entry."""
        self.place = array("L")
        """Of each name its place among the names of its entry."""
        self.exact: dict[str, list[int]] = {}
        """Names by their folded text."""
        self.postings: dict[str, array[int]] = {}
        self._joined: dict[str, tuple[str, str]] = {}
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        number = len(self.entries)
        self.entries.append(entry)
        seen: set[tuple[str, ...]] = set()
        for place, name in enumerate(entry.names):
            self.exact.setdefault(fold(name.text), []).append(len(self.words))
            ways = [compared(name.text)]
            if "(" in name.text:
                ways.append(compared(_BRACKETS.sub(" ", name.text)))
            brand = _BRAND.match(name.text)
            if brand:
                ways.append(compared(brand[1]))
            for words in dict.fromkeys(ways):
                identifier = len(self.words)
                self.owner.append(number)
                self.place.append(place)
                self.words.append(words)
                if words not in seen:
                    seen.add(words)
                    self._post(identifier, words)

    def _post(self, identifier: int, words: tuple[str, ...]) -> None:
        for word in set(words):
            postings = self.postings.get(word)
            if postings is None:
                postings = self.postings[word] = array("L")
            postings.append(identifier)
        for one, other in pairwise(words):
            if len(one) <= _SYLLABLES >= len(other):
                self._joined.setdefault(one + other, (one, other))

    def respelled(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The words, and the same with two of them written as one or one as two, where the index knows those."""
        found = [words]
        for at, word in enumerate(words):
            if at + 1 < len(words) and word + words[at + 1] in self.postings:
                found.append((*words[:at], word + words[at + 1], *words[at + 2 :]))
            if word in self._joined:
                found.append((*words[:at], *self._joined[word], *words[at + 1 :]))
        return found[:_RESPELLED]

    def weight(self, word: str) -> float:
        """What a word tells, from LEAST_WEIGHT (in every name) to 1 (in one, or in none)."""
        count = len(self.postings.get(word, ()))
        total = max(len(self.entries), 20)
        rarity = max(0.0, min(1.0, math.log(total / max(count, 1)) / math.log(total)))
        return LEAST_WEIGHT + (1 - LEAST_WEIGHT) * rarity

    def candidates(self, words: Iterable[str], most: int) -> list[int]:
        """The names that share the weightiest words, standing in for unknown ones what looks like them."""
        asked = list(dict.fromkeys(words))
        found: dict[int, float] = {}
        limit = max(60, int(COMMON * len(self.words)))
        groups = [(word, self.alike(word)) for word in asked]
        sized = [(sum(len(self.postings[w]) for w in alike), word, alike) for word, alike in groups if alike]
        sized.sort()
        for size, _, alike in sized:
            if size > limit and found:
                break
            for word, sure in alike.items():
                weight = self.weight(word) * sure
                for identifier in self.postings[word]:
                    found[identifier] = found.get(identifier, 0.0) + weight
        return heapq.nlargest(most, found, key=found.__getitem__)

    def alike(self, word: str) -> dict[str, float]:
        """Words of the index that a word may stand for, with how sure that is: itself alone where it is known."""
        if word in self.postings:
            return {word: 1.0}
        if not word.isascii() and len(word) <= 2:
            return {}
        found = dict.fromkeys(self._skeletons.get(skeleton(word), ()), 0.95)
        for other in self._spelled(word):
            sure = likeness(word, other)
            if sure > found.get(other, 0.0):
                found[other] = sure
        for other in self._beginning(word):
            found.setdefault(other, likeness(word, other))
        best = sorted((-sure, other) for other, sure in found.items() if sure >= 0.6)[:MOST_ALIKE]
        return {other: -sure for sure, other in best}

    @cached_property
    def _skeletons(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self.postings:
            found.setdefault(skeleton(word), []).append(word)
        return found

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.postings)

    @cached_property
    def _trigrams(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self.postings:
            if len(word) > 3:
                for part in trigrams(word):
                    found.setdefault(part, []).append(word)
        return found

    def _spelled(self, word: str) -> list[str]:
        """Words that share most of their trigrams."""
        if len(word) < 4:
            return []
        parts = trigrams(word)
        shared: Counter[str] = Counter()
        for part in parts:
            shared.update(self._trigrams.get(part, ()))
        least = max(1, len(parts) // 3)
        return [other for other, count in shared.most_common(_SPELLINGS_TRIED) if count >= least]

    def _beginning(self, word: str) -> list[str]:
        """Words that begin with this one, which may be cut short."""
        if len(word) < 3:
            return []
        at = bisect.bisect_left(self._sorted, word)
        found = []
        for other in self._sorted[at : at + 50]:
            if not other.startswith(word):
                break
            found.append(other)
        return found

    @cached_property
    def acronyms(self) -> dict[str, list[int]]:
        """Entries by the first letters of the words of their labels, for acronyms that nobody wrote down."""
        found: dict[str, list[int]] = {}
        for identifier, number in enumerate(self.owner):
            if self.place[identifier]:
                continue
            label = fold(self.entries[number].label).replace("-", " ")
            initials = "".join(word[0] for word in label.split() if word[0].isalnum())
            short = "".join(word[0] for word in self.words[identifier])
            for letters in {initials, short}:
                if 3 <= len(letters) <= 8:
                    found.setdefault(letters, []).append(number)
        return found

    @cached_property
    def by_id(self) -> dict[str, int]:
        """The entry of each id."""
        return {entry.id: number for number, entry in enumerate(self.entries)}

    @cached_property
    def _texts(self) -> list[str]:
        return sorted(self.exact)

    def beginning(self, prefix: str, most: int = 200) -> dict[int, int]:
        """Entries with a name that begins with a folded text (rank 0), or that has a word which does (rank 1)."""
        found: dict[int, int] = {}
        at = bisect.bisect_left(self._texts, prefix)
        for text in self._texts[at : at + most]:
            if not text.startswith(prefix):
                break
            for identifier in self.exact[text]:
                found.setdefault(self.owner[identifier], 0)
        last = compared(prefix)[-1:]
        if last and len(found) < most:
            full = set(compared(prefix)[:-1])
            for word in dict.fromkeys((*last, *self._beginning(prefix.rpartition(" ")[2]))):
                for identifier in self.postings.get(word, ())[:most]:
                    if full <= set(self.words[identifier]):
                        found.setdefault(self.owner[identifier], 1)
        return found
