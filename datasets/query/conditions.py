"""A filter as an SQL condition, with how much it keeps and what it costs.

Conditions are two-valued: a missing value fails a comparison, and `not` turns that around. SQL's third value is kept
out by testing for NULL wherever a condition stands under a negation (`exact`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from datasets.query.selection import Filter
from datasets.query.things import Scope, SelectionError
from datasets.query.writer import Writer


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL.

    `keeps` is the share of rows it is thought to hold for; `drives` the share of rows that must be examined if an
    index serves it (None where none does); `each` the further rows examined per row tested, `once` per run.
    """

    sql: str
    keeps: float = 1.0
    drives: float | None = None
    each: float = 0.0
    once: float = 0.0


DEEPEST = 4
"""Most ties (links and relations) between a record and the column that a filter tests."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a condition stands.

    `rows` are thought to be tested, of a table of `total`: fewer than that where they are tied to a row. `exact` keeps
    NULL out. `depth` counts the ties between here and the row that the outermost filter is about.
    """

    rows: float
    total: float
    exact: bool = False
    depth: int = 0

    def deeper(self, rows: float, total: float) -> Frame:
        """The frame of a condition on tied records. Raises SelectionError beyond DEEPEST."""
        if self.depth == DEEPEST:
            raise SelectionError(f"filters on tied records nest at most {DEEPEST} deep")
        return Frame(rows, total, depth=self.depth + 1)


TRUE = Condition("1=1")
FALSE = Condition("1=0", keeps=0.0)
One = TypeVar("One")
Maker = Callable[[Writer, Scope, One, Frame], Condition]
_MAKERS: dict[type, Callable[..., Condition]] = {}


def makes(kind: type[One]) -> Callable[[Maker[One]], Maker[One]]:
    """Says that a function writes the conditions of one kind of filter."""

    def registered(maker: Maker[One]) -> Maker[One]:
        _MAKERS[kind] = maker
        return maker

    return registered


def condition(w: Writer, scope: Scope, asked: Filter, frame: Frame) -> Condition:
    """The condition of a filter for a row. Raises SelectionError when the filter does not fit the row."""
    return _MAKERS[type(asked)](w, scope, asked, frame)
