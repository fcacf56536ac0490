"""SQL expressions that yield JSON text, put together by concatenation.

Text and not `json_object`: the JSON subtype is lost through sub-queries depending on the version of SQLite (nested
objects come out as strings), and text is faster on both databases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto


class Fixed(str):
    """JSON text known when planning; anything else among pieces is an SQL expression."""

    __slots__ = ()


class Absent(Enum):
    """What an expression yields where there is no value."""

    NEVER = auto()
    """There always is a value."""
    TEXT = auto()
    """The text `null`."""
    NULL = auto()
    """SQL's NULL."""


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value as pieces to concatenate."""

    pieces: tuple[str, ...]
    absent: Absent = Absent.NEVER

    def shown(self) -> tuple[str, ...]:
        """Pieces that always yield JSON text: `null` where there is no value."""
        if self.absent is Absent.NULL:
            return (f"coalesce({concatenated(self.pieces)},'null')",)
        return self.pieces

    def missing(self) -> str:
        """One expression that yields SQL's NULL where there is no value."""
        text = concatenated(self.pieces)
        return f"nullif({text},'null')" if self.absent is Absent.TEXT else text


NULL = Value((Fixed("null"),), Absent.TEXT)
_CHUNK = 12
"""Longest flat chain; longer ones are balanced by parentheses, so that the depth of the parsed tree stays small."""


def quoted(text: str) -> str:
    """An SQL string literal. Raises ValueError on a NUL character, which PostgreSQL cannot store."""
    if "\0" in text:
        raise ValueError(f"{text!r} holds a NUL character: leave it out")
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """An SQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def encoded(value: str | int | None) -> str:
    """A value as JSON text, nothing but the necessary escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def concatenated(pieces: Sequence[str]) -> str:
    """One expression that concatenates the pieces; neighbouring fixed texts become one."""
    terms: list[str] = []
    fixed = ""
    for piece in pieces:
        if isinstance(piece, Fixed):
            fixed += piece
            continue
        if fixed:
            terms.append(quoted(fixed))
            fixed = ""
        terms.append(piece)
    if fixed or not terms:
        terms.append(quoted(fixed))
    return _balanced(terms)


def _balanced(terms: list[str]) -> str:
    while len(terms) > _CHUNK:
        terms = [_chain(terms[start : start + _CHUNK]) for start in range(0, len(terms), _CHUNK)]
    return _chain(terms)


def _chain(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({'||'.join(terms)})"


def key_text(key: str) -> str:
    """A key of an object with its colon."""
    return encoded(key) + ":"


def json_object(members: Iterable[tuple[str, Value]], *, sparse: bool = False) -> tuple[str, ...]:
    """The pieces of an object; `sparse` leaves out the keys whose value is null."""
    if sparse:
        return _sparse_object(members)
    pieces: list[str] = [Fixed("{")]
    comma = ""
    for key, value in members:
        pieces.append(Fixed(comma + key_text(key)))
        pieces.extend(value.shown())
        comma = ","
    pieces.append(Fixed("}"))
    return tuple(pieces)


def _sparse_object(members: Iterable[tuple[str, Value]]) -> tuple[str, ...]:
    inner: list[str] = []
    for key, value in members:
        start = Fixed("," + key_text(key))
        if value.absent is Absent.NEVER:
            inner += [start, *value.pieces]
        elif value is not NULL:
            inner.append(f"coalesce({concatenated((start, value.missing()))},'')")
    if not inner:
        return (Fixed("{}"),)
    if isinstance(inner[0], Fixed):
        return (Fixed("{" + inner[0][1:]), *inner[1:], Fixed("}"))
    return (Fixed("{"), f"substr({concatenated(inner)},2)", Fixed("}"))


def case(branches: Iterable[tuple[str, Value]], subject: str = "", otherwise: Value | None = None) -> Value:
    """The value of the first branch whose condition holds (or equals `subject`); else `otherwise`, else none."""
    arms = "".join(f" WHEN {condition} THEN {value.missing()}" for condition, value in branches)
    last = f" ELSE {otherwise.missing()}" if otherwise is not None else ""
    if not arms:
        return otherwise if otherwise is not None else NULL
    return Value((f"CASE{' ' if subject else ''}{subject}{arms}{last} END",), Absent.NULL)
