"""What may be asked: queries of a batch, read from JSON with limits, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

MOST_QUERIES = 50
LONGEST_TEXT = 1_000
MOST_PROPERTIES = 20
MOST_VALUES = 50
MOST_CANDIDATES = 50
FEW_CANDIDATES = 10


class BadQueryError(Exception):
    """The request cannot be understood; the message says which part of it and how to mend it."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A property that the record should have: its id, and the values of which one should be there."""

    property: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A name to match: the text, the types looked at (none: all), how many candidates, further evidence."""

    text: str
    types: tuple[str, ...] = ()
    limit: int = FEW_CANDIDATES
    constraints: tuple[Constraint, ...] = ()


def batch(text: str) -> dict[str, Query]:
    """The queries of a batch by their keys. Raises BadQueryError."""
    content = _json(text, "queries")
    if not isinstance(content, dict):
        raise BadQueryError('queries: an object of queries by key is expected, such as {"q0": {"query": "…"}}')
    if len(content) > MOST_QUERIES:
        raise BadQueryError(f"queries: {len(content)} in one batch; at most {MOST_QUERIES}, send several batches")
    return {str(key): query(key, value) for key, value in content.items()}


def query(key: str, said: object) -> Query:
    """One query of a batch. Raises BadQueryError, which names its key."""
    if not isinstance(said, dict):
        raise BadQueryError(f"{key}: a query is an object")
    unknown = sorted(set(said) - {"query", "type", "limit", "properties", "type_strict"})
    if unknown:
        raise BadQueryError(
            f"{key}: {unknown[0]!r} is not known; known are query, type, limit, properties, type_strict"
        )
    text = said.get("query", "")
    if not isinstance(text, str):
        raise BadQueryError(f"{key}: query is the text to be matched")
    if len(text) > LONGEST_TEXT:
        raise BadQueryError(f"{key}: the text has {len(text)} characters; at most {LONGEST_TEXT} are matched")
    constraints = _constraints(key, said.get("properties", []))
    if "query" not in said and not constraints:
        raise BadQueryError(f"{key}: give a query (a text), or properties to look for")
    return Query(text.strip(), _types(key, said.get("type")), _limit(key, said.get("limit")), constraints)


def _types(key: str, said: object) -> tuple[str, ...]:
    given = said if isinstance(said, list) else [] if said in (None, "") else [said]
    found = []
    for one in given:
        name = one.get("id") if isinstance(one, dict) else one
        if not isinstance(name, str):
            raise BadQueryError(f"{key}: a type is given by its id, a text")
        found.append(name)
    return tuple(found)


def _limit(key: str, said: object) -> int:
    if said is None:
        return FEW_CANDIDATES
    if isinstance(said, bool) or not isinstance(said, int | float) or said != int(said) or said < 1:
        raise BadQueryError(f"{key}: limit is a whole number from 1")
    return min(int(said), MOST_CANDIDATES)


def _constraints(key: str, said: object) -> tuple[Constraint, ...]:
    if not isinstance(said, list) or len(said) > MOST_PROPERTIES:
        raise BadQueryError(f'{key}: properties is a list of at most {MOST_PROPERTIES}, each {{"pid": …, "v": …}}')
    found = []
    for one in said:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise BadQueryError(f'{key}: a property is {{"pid": id of the property, "v": value or list of values}}')
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        if len(values) > MOST_VALUES:
            raise BadQueryError(f"{key}: {one['pid']} has {len(values)} values; at most {MOST_VALUES}")
        texts = [_value(key, value) for value in values]
        found.append(Constraint(one["pid"], tuple(text for text in texts if text)))
    return tuple(c for c in found if c.values)


def _value(key: str, said: object) -> str:
    if isinstance(said, dict):
        said = said.get("id", said.get("name", ""))
    if isinstance(said, bool):
        return "yes" if said else ""
    if isinstance(said, str | int | float):
        return str(said).strip()[:LONGEST_TEXT]
    if said is None:
        return ""
    raise BadQueryError(f'{key}: a value is a text, a number, true or false, or {{"id": …}}')


@dataclass(frozen=True, slots=True)
class Extension:
    """Properties asked of records: the ids as candidates have them, and of each property the most values."""

    ids: tuple[str, ...]
    properties: tuple[tuple[str, int | None], ...]


MOST_EXTENDED = 1_000


def extension(text: str) -> Extension:
    """What a data extension asks for. Raises BadQueryError."""
    content = _json(text, "extend")
    ids = content.get("ids") if isinstance(content, dict) else None
    properties = content.get("properties") if isinstance(content, dict) else None
    if not isinstance(ids, list) or not isinstance(properties, list) or not all(isinstance(i, str) for i in ids):
        raise BadQueryError('extend: {"ids": […], "properties": [{"id": …}]} is expected')
    if len(ids) > MOST_EXTENDED or len(properties) > MOST_PROPERTIES:
        raise BadQueryError(f"extend: at most {MOST_EXTENDED} ids and {MOST_PROPERTIES} properties at once")
    found: list[tuple[str, int | None]] = []
    for one in properties:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise BadQueryError('extend: a property is {"id": …}')
        settings = one.get("settings") or {}
        limit = settings.get("limit") if isinstance(settings, Mapping) else None
        found.append((one["id"], _limit("extend", limit) if limit else None))
    return Extension(tuple(ids), tuple(found))


def _json(text: str, name: str) -> object:
    try:
        content: object = orjson.loads(text)
    except ValueError as error:
        raise BadQueryError(f"{name}: not JSON ({error})") from None
    return content
