"""What all parts of a statement share while it is written: aliases, parameters, the tally of work."""

from __future__ import annotations

from dataclasses import dataclass

from datasets.query.bind import Binding
from datasets.query.dialect import Dialect
from datasets.query.estimate import Statistics, Tally
from datasets.query.selection import Highlight, Slot
from datasets.query.things import Scope, Thing, Things

State = tuple[int, dict[tuple[object, ...], str], tuple[Binding, ...]]


@dataclass(frozen=True, slots=True)
class Highlighted:
    """How the candidates that a statement returns for a highlight are to be marked."""

    part: Highlight
    text: str
    """The slot of the user's text."""


class Writer:
    """One statement being written."""

    def __init__(self, things: Things, dialect: Dialect, statistics: Statistics) -> None:
        self.things = things
        self.shapes = things.shapes
        self.dialect = dialect
        self.statistics = statistics
        self.bindings: list[Binding] = []
        self.highlights: list[Highlighted] = []
        self.tally = Tally()
        self.searched: Slot | None = None
        """The slot of the text of the search being written."""
        self._marks: dict[tuple[object, ...], str] = {}
        self._aliases = 0

    def scope(self, thing: Thing, *, used: dict[str, str] | None = None, bare: str = "") -> Scope:
        """A new alias of a thing."""
        return Scope(thing, self.alias(), used, bare)

    def alias(self) -> str:
        """A new alias."""
        self._aliases += 1
        return f"t{self._aliases}"

    def mark(self, key: tuple[object, ...], binding: Binding) -> str:
        """The placeholder of a parameter. The same `key` gives the same parameter again."""
        mark = self._marks.get(key)
        if mark is None:
            self.bindings.append(binding)
            mark = self._marks[key] = self.dialect.mark(len(self.bindings))
        return mark

    def state(self) -> State:
        """What `restore` brings back: for trying one way to write a condition, then another."""
        return self._aliases, dict(self._marks), tuple(self.bindings)

    def restore(self, state: State) -> None:
        """Go back to a state."""
        self._aliases, marks, bindings = state
        self._marks = dict(marks)
        self.bindings = list(bindings)
