"""Cursors: the opaque place of a row in an order, as sort keys and id.

A cursor is a tag of the list and its order, then the keys in hexadecimal: SQL can write it on both databases, and a
cursor of another order is refused. It is stable within a release, and still a sensible place in the next.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from datasets.query.bind import LAST, BadValueError, Binding, Bound, Values, text_of

SEPARATOR = "\x1f"
"""Between the keys; folded texts, days, numbers and ids never hold it."""
_CURSOR = re.compile(r"[0-9A-F]{8}(?:[0-9A-F]{2})*\Z")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a total order: its expression, whether it is a number, and its direction."""

    sql: str
    number: bool = False
    descending: bool = False

    @property
    def field(self) -> str:
        """The bare name of the field that the expression ends in."""
        return self.sql.rpartition(".")[2].strip('"')


def tag(name: str, keys: tuple[Key, ...]) -> str:
    """Eight hex digits that tell cursors of one list and order from those of another."""
    order = ",".join(f"{key.sql.rpartition('.')[2]}{'-' if key.descending else '+'}" for key in keys)
    return f"{zlib.crc32(f'{name}:{order}'.encode()):08X}"


def well_formed(cursor: str) -> bool:
    """Whether a text can be a cursor at all, of whatever list."""
    return len(cursor) <= _LONGEST and _CURSOR.match(cursor) is not None


def parts(cursor: str, slot: str, expected: str, keys: tuple[Key, ...]) -> list[str | int]:
    """The keys in a cursor. Raises BadValueError when it is none, or belongs to another list or order."""
    malformed = BadValueError(slot, "this is not a cursor: give one that a list returned, unchanged")
    if not well_formed(cursor):
        raise malformed
    if cursor[:8] != expected:
        raise BadValueError(slot, "this cursor belongs to another list or order: start again from the first page")
    try:
        texts = bytes.fromhex(cursor[8:]).decode().split(SEPARATOR)
        found: list[str | int] = [int(text) if key.number else text for text, key in zip(texts, keys, strict=True)]
    except ValueError as error:
        raise malformed from error
    if any(isinstance(part, int) and not -(2**63) <= part < 2**63 for part in found) or "\0" in "".join(texts):
        raise malformed
    return found


def component(slot: str, expected: str, keys: tuple[Key, ...], index: int, *, after: bool) -> Binding:
    """One key of the cursor in a slot. Without a cursor, a key before (or, for `before`, after) all there are."""
    key = keys[index]
    low = after is not key.descending
    edge: Bound = (-(2**62) if low else 2**62) if key.number else ("" if low else LAST + LAST)

    def bound(values: Values) -> Bound:
        if values.get(slot) is None:
            return edge
        return parts(text_of(values, slot), slot, expected, keys)[index]

    return bound
