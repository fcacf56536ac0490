"""The rows of a list before paging."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datasets.query.cursor import Key
from datasets.query.json_text import identifier
from datasets.query.things import Scope, Thing
from datasets.shapes import Link


@dataclass(frozen=True, slots=True)
class Base:
    """Rows of a source.

    `tables` is what stands after FROM, `ties` the conditions that tie it to the row at hand, `conditions` the others.
    `keys` is the default order. `owner` is the expression of the id of the row at hand, where the source can be read
    the other way round. `driver` is the table that is walked, `rows` how many of its rows there are per row at hand.
    `undated` is the condition of what `At` leaves out.
    """

    name: str
    scope: Scope
    tables: str
    keys: tuple[Key, ...]
    driver: str
    rows: float
    ties: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    owner: str = ""
    other_order: str = ""
    """The tables joined so that the database may choose where to begin, for orders other than the default."""
    undated: str = ""
    link: Link | None = None
    """The single link by which the rows are reached."""
    alone: str = ""
    """The driver without the tables joined to it, where `ties` and `conditions` need no more: for counting."""

    @property
    def where(self) -> tuple[str, ...]:
        """All conditions."""
        return (*self.ties, *self.conditions)

    def without_time(self, conditions: tuple[str, ...]) -> Base:
        """The same with other conditions of its own."""
        return replace(self, conditions=conditions)


def table_of(thing: Thing, scope: Scope) -> str:
    """A table with the alias of a scope, for FROM."""
    return f"{identifier(thing.table)} {scope.alias}"
