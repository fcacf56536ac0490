"""How much two words are alike that are not the same: slips of the keyboard, other spellings, endings."""

from __future__ import annotations


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, delete, replace or swap with their neighbour; `most` + 1 where it takes more.

    >>> distance("heidelberg", "hiedelberg", 2), distance("hunan", "henan", 2), distance("a", "abcd", 2)
    (1, 1, 3)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i, *([0] * len(other))]
        for j, there in enumerate(other, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                row[j] = min(row[j], earlier[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def slips(word: str) -> int:
    """So many slips are allowed in a word: none in short ones, where every letter counts."""
    return 0 if len(word) < 5 else 1 if len(word) < 8 else 2


def likeness(one: str, other: str) -> float:
    """How much alike two different words are, from 0 (not at all) to 1."""
    most = slips(min(one, other, key=len))
    if most:
        found = distance(one, other, most)
        if found <= most:
            return 0.92 - 0.08 * (found - 1) if one[:1] == other[:1] else 0.85 - 0.1 * (found - 1)
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    longer, shorter = max(len(one), len(other)), min(len(one), len(other))
    if shared >= 5 and shared >= 0.6 * longer and shorter - shared <= 3:
        return 0.85
    if shared == shorter >= 3 and shorter < longer:
        return 0.75 if shorter >= 4 else 0.6
    return 0.0


def trigrams(word: str) -> set[str]:
    """The runs of three letters in a word with its ends."""
    padded = f"^{word}$"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
