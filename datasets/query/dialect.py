"""What SQLite and PostgreSQL write differently. One plan serves both; only these expressions differ."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from datasets.query.bind import Binding, Values
from datasets.query.json_text import Value


class Precision(Enum):
    """How precise a date is that has no marks."""

    YEAR = auto()
    MONTH = auto()
    DAY = auto()


class Dialect(Protocol):
    """The expressions of one database. Arguments are SQL expressions unless said otherwise."""

    name: str

    def mark(self, number: int) -> str:
        """The placeholder of a parameter, counted from 1."""

    def finished(self, text: str) -> str:
        """The statement that returns a text as one value."""

    def row(self, text: str) -> str:
        """The result column of a statement that returns one text per row."""

    def string(self, text: str, *, nullable: bool) -> Value:
        """A text as a JSON string."""

    def number(self, number: str, *, nullable: bool) -> Value:
        """An integer as a JSON number."""

    def as_text(self, number: str) -> str:
        """An integer as text."""

    def joined(self, text: str) -> str:
        """The aggregate of texts with commas between, in the order of the rows; NULL of no rows."""

    def limit(self, count: str) -> str:
        """The LIMIT clause; `count` may be empty."""

    def cross_join(self) -> str:
        """A join that walks the left table first where that can be said."""

    def unled(self, column: str) -> str:
        """A column by whose index no search begins, where that can be said."""

    def among(self, column: str, mark: str) -> str:
        """Whether a column is one of a bound list."""

    def list_binding(self, items: Callable[[Values], list[str]] | Callable[[Values], list[int]]) -> Binding:
        """How a list is bound for `among`."""

    def differs(self, left: str, right: str) -> str:
        """Whether two values differ, NULL counting as a value."""

    def holds(self, text: str, part: str) -> str:
        """Whether a text contains another."""

    def hexadecimal(self, text: str) -> str:
        """The bytes of a text in upper-case hexadecimal."""

    def folded(self, alias: str, field: str) -> str:
        """A text field without case and accents; only for fields of TEXT, NAME and URL."""

    def precise(self, date: str, precision: Precision) -> str:
        """Whether a date without marks has this precision."""

    def bare_date(self, date: str) -> str:
        """A date without time of day and marks of uncertainty."""

    def pairs(self, mark: str) -> str:
        """A sub-query of the columns `type` and `id` of a bound JSON list of pairs, in its order."""

    def found(self, query: str) -> str:
        """The FROM clause of the search entries `e` that a bound query finds, with its condition after WHERE."""

    def hit(self, query: str, *, aliases: bool) -> str:
        """Whether the entry `e` is found in its name alone, or in its name and aliases."""

    def search_binding(self, slot: str, columns: tuple[str, ...]) -> Binding:
        """How the user's text is bound for `found` and `hit`: over these columns of the entries, or over all."""
