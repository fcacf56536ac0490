"""Values for the parameters of a statement: from what the caller binds to what the database takes.

Every text is checked here once for both databases: PostgreSQL cannot store NUL, neither can take a lone surrogate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from datasets.text import fold

Values = Mapping[str, object]
Bound = str | int | list[str] | list[int]
Binding = Callable[[Values], Bound]
LONGEST_TEXT = 20_000
"""Longest text that can be bound, in characters."""
MOST_ITEMS = 1_000
"""Most items of a bound list."""
LAST = "\U0010ffff"
"""The last character of the order of text."""


class BadValueError(ValueError):
    """A bound value that cannot be used. `slot` names it."""

    def __init__(self, slot: str, message: str) -> None:
        super().__init__(f"{slot}: {message}")
        self.slot = slot


def text_of(values: Values, slot: str) -> str:
    """The text bound to a slot. Raises BadValueError when it is none, or holds what no record can hold."""
    return _text(values.get(slot), slot)


def _text(value: object, slot: str) -> str:
    if not isinstance(value, str):
        raise BadValueError(slot, f"give a text, not {_shown(value)}")
    if value.isascii():
        if "\0" in value:
            raise BadValueError(slot, "leave out the NUL character; no record holds one")
    else:
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise BadValueError(
                slot, f"character {error.start + 1} is half of a surrogate pair; give whole characters"
            ) from error
        if "\0" in value:
            raise BadValueError(slot, "leave out the NUL character; no record holds one")
    if len(value) > LONGEST_TEXT:
        raise BadValueError(slot, f"shorten the text to {LONGEST_TEXT} characters; it has {len(value)}")
    return value


def _shown(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _integer(value: object, slot: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValueError(slot, f"give a whole number, not {_shown(value)}")
    if not -(2**63) <= value < 2**63:
        raise BadValueError(slot, "give a number of at most 64 bits")
    return value


def plain_text(slot: str) -> Binding:
    """The text as it is."""
    return lambda values: text_of(values, slot)


def integer(slot: str) -> Binding:
    """A whole number."""
    return lambda values: _integer(values.get(slot), slot)


def count(slot: str) -> Binding:
    """How many rows: 0 or more, for SQLite takes a negative LIMIT for none at all."""

    def bound(values: Values) -> int:
        number = _integer(values.get(slot), slot)
        if number < 0:
            raise BadValueError(slot, f"give 0 or more, not {number}")
        return min(number, 2**31 - 1)

    return bound


def flag(slot: str) -> Binding:
    """True as 1, false as 0."""

    def bound(values: Values) -> int:
        value = values.get(slot)
        if not isinstance(value, bool):
            raise BadValueError(slot, f"give true or false, not {_shown(value)}")
        return int(value)

    return bound


def items_of(values: Values, slot: str) -> Sequence[object]:
    """The list bound to a slot. Raises BadValueError when it is none or too long."""
    value = values.get(slot)
    if not isinstance(value, list | tuple):
        raise BadValueError(slot, f"give a list, not {_shown(value)}")
    if len(value) > MOST_ITEMS:
        raise BadValueError(slot, f"give at most {MOST_ITEMS} items, not {len(value)}")
    return value


def text_list(slot: str) -> Callable[[Values], list[str]]:
    """A list of texts."""
    return lambda values: [_text(item, slot) for item in items_of(values, slot)]


def integer_list(slot: str) -> Callable[[Values], list[int]]:
    """A list of whole numbers."""
    return lambda values: [_integer(item, slot) for item in items_of(values, slot)]


def flag_list(slot: str) -> Callable[[Values], list[int]]:
    """A list of true and false."""

    def bound(values: Values) -> list[int]:
        items = items_of(values, slot)
        for item in items:
            if not isinstance(item, bool):
                raise BadValueError(slot, f"give true or false, not {_shown(item)}")
        return [int(bool(item)) for item in items]

    return bound


def pair_list(slot: str) -> Binding:
    """Pairs of texts, as a JSON list."""

    def bound(values: Values) -> str:
        pairs = []
        for item in items_of(values, slot):
            if not isinstance(item, list | tuple) or len(item) != 2:
                raise BadValueError(slot, f"give pairs of type and id, not {_shown(item)}")
            pairs.append([_text(item[0], slot), _text(item[1], slot)])
        return json.dumps(pairs, ensure_ascii=False)

    return bound


def json_list(items: Callable[[Values], list[str]] | Callable[[Values], list[int]]) -> Binding:
    """A list as JSON text."""
    return lambda values: json.dumps(items(values), ensure_ascii=False)


def json_value(slot: str) -> Binding:
    """JSON text, of any length. Only checked for characters that no database takes."""

    def bound(values: Values) -> str:
        value = values.get(slot)
        if not isinstance(value, str):
            raise BadValueError(slot, f"give JSON text, not {_shown(value)}")
        return value

    return bound


def folded(slot: str) -> Binding:
    """The text without case and accents."""
    return lambda values: fold(text_of(values, slot))


def after_folded(slot: str) -> Binding:
    """A text after all that start with the folded text."""
    return lambda values: fold(text_of(values, slot)) + LAST
