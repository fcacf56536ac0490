"""What all parts of a statement share while it is written: aliases, parameters, the tally of work."""

from __future__ import annotations

import re
from dataclasses import dataclass

from datasets.query.bind import Binding
from datasets.query.dialect import Dialect
from datasets.query.estimate import Statistics, Tally
from datasets.query.selection import Highlight, Slot
from datasets.query.things import Scope, Thing, Things

_MARK = re.compile("\0(\\d+)\0")
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
        self._bindings: list[Binding] = []
        self.highlights: list[Highlighted] = []
        self.tally = Tally()
        self.searched: Slot | None = None
        """The slot of the text of the search being written."""
        self._marks: dict[tuple[object, ...], str] = {}
        self._aliases = 0
        self._checked: list[Binding] = []

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
            mark = self._marks[key] = f"\0{len(self._bindings)}\0"
            self._bindings.append(binding)
        return mark

    def check(self, binding: Binding) -> None:
        """Have a value refused that does not fit, even where the statement turns out not to need it."""
        self._checked.append(binding)

    def finished(self, statement: str) -> tuple[str, tuple[Binding, ...], tuple[Binding, ...]]:
        """The statement with its parameters numbered as they come, their bindings, and the checks without parameter.

        Until here they are numbers between NUL characters, which no literal holds: a condition that was tried and
        given up leaves a gap that neither database would take.
        """
        used: dict[str, int] = {}

        def numbered(match: re.Match[str]) -> str:
            return self.dialect.mark(used.setdefault(match[1], len(used) + 1))

        text = _MARK.sub(numbered, statement)
        return text, tuple(self._bindings[int(number)] for number in used), tuple(self._checked)

    def state(self) -> State:
        """What `restore` brings back: for trying one way to write a condition, then another."""
        return self._aliases, dict(self._marks), tuple(self._bindings)

    def restore(self, state: State) -> None:
        """Go back to a state."""
        self._aliases, marks, bindings = state
        self._marks = dict(marks)
        self._bindings = list(bindings)
