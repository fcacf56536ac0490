"""The keys of one node with what stands under them."""

from __future__ import annotations

from dataclasses import dataclass, field

from datasets.release.ddl import literal
from linked_data.context import Context
from linked_data.jsonld.sql import Sql, joined, listed, quoted


@dataclass(slots=True)
class Keys:
    """What stands under the keys of one node: SQL expressions of JSON text, NULL where there is nothing.

    An expression under `lists` gives several values separated by commas.
    """

    context: Context
    singles: dict[str, list[Sql]] = field(default_factory=dict)
    lists: dict[str, list[Sql]] = field(default_factory=dict)

    def add(self, curie: str, value: Sql) -> None:
        """One value of a property."""
        self.singles.setdefault(self.context.key(curie), []).append(value)

    def extend(self, curie: str, values: Sql) -> None:
        """Several values of a property."""
        self.lists.setdefault(self.context.key(curie), []).append(values)

    def inner(self) -> Sql:
        """All keys with their values, each after a comma; the empty text where there is nothing."""
        found = []
        for key in dict.fromkeys((*self.singles, *self.lists)):
            one, many = self.singles.get(key, []), self.lists.get(key, [])
            if len(one) == 1 and not many:
                found.append(f"ifnull({literal(f',{quoted(key)}:')} || {one[0]}, '')")
            else:
                start = literal(f",{quoted(key)}:[")
                found.append(f"ifnull({start} || nullif({listed((*one, *many))}, '') || ']', '')")
        return joined(found)
