"""Between what a cell holds and what a claim stores. Nearly always the same text; here is where it differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import cast

from datasets.shapes import Column, Link, Values

_quote = encode_basestring


def is_concept_link(column: Column) -> bool:
    """Whether the cell holds the slug alone of a concept whose id is `{scheme}.{slug}`."""
    return isinstance(column, Link) and column.scheme != ""


def stored(column: Column, text: str) -> str:
    """The stored form of one value (one element of a set) of a column."""
    return f"{column.scheme}.{text}" if is_concept_link(column) else text


def written(column: Column, value: str) -> str:
    """What a cell holds for a stored value: the inverse of `stored`."""
    return value.removeprefix(f"{column.scheme}.") if is_concept_link(column) else value


def compound(parts: Mapping[str, str]) -> str:
    """The stored form of a compound value: a JSON object with sorted keys, without spaces; empty parts are left out.

    `parts` holds stored forms by the names of the parts.
    """
    return "{" + ",".join(f"{_quote(name)}:{_quote(parts[name])}" for name in sorted(parts) if parts[name]) + "}"


def parts(values: Values, value: str) -> dict[str, str]:
    """The parts of a stored compound value, all of them, by name; absent ones are empty.

    Raises ValueError when the text is not an object of texts with these parts.
    """
    names = [column.name for column in values.columns]
    found = json.loads(value)
    if not isinstance(found, dict) or not all(isinstance(part, str) for part in found.values()):
        raise ValueError(f"{value!r} is not a JSON object of texts: write it like {{{_quote(names[0])}:…}}")
    unknown = [name for name in found if name not in names]
    if unknown:
        raise ValueError(f"{value!r} has the part {unknown[0]!r}: {values.name} have {', '.join(names)}")
    return {name: cast("str", found.get(name, "")) for name in names}
