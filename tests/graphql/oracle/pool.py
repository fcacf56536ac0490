"""Values that generated operations ask for, so that they find something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from datasets.shapes import Kind, Link, Shapes
from graph_schema.words import camel, pascal
from tests.query.reference import World


@dataclass
class Pool:
    """Values that a release holds, by the name under which the schema asks for them."""

    world: World
    shapes: Shapes
    values: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entity in self.shapes.entities:
            ids = [row.id for row in self.world.records[entity.name]]
            for name in (camel(entity.name), pascal(entity.name), "node"):
                self.add(name, ids)
            former = [r["id"] for r in self.world.tables["redirects"] if r["type"] == entity.name]
            self.add(camel(entity.name), former)
            self.add("node", [f"http://world.example/id/{entity.name}/{i}" for i in ids[:3]])
            self.add("node", [f"{entity.name}/{i}" for i in ids[:3]])
            for column in entity.columns:
                if column.many:
                    found = [
                        v for row in self.world.records[entity.name] for v in self.world.members_of_set(row, column)
                    ]
                else:
                    found = [row.fields[column.name] for row in self.world.records[entity.name]]
                if column.kind is not Kind.CODE or isinstance(column, Link):
                    self.add(camel(column.name), [v for v in found if isinstance(v, str)])
        for values in self.shapes.values:
            for column in values.columns:
                self.add(camel(column.name), [one[column.name] for one in self.world.tables[values.name]])

    def add(self, name: str, found: Sequence[str | None]) -> None:
        """Note some of the values."""
        kept = self.values.setdefault(name, [])
        kept += list(dict.fromkeys(v for v in found if v))[:40]

    def of(self, hints: Sequence[str]) -> list[str]:
        """The values for the nearest of the names that has any."""
        return next((self.values[hint] for hint in reversed(hints) if hint in self.values), ["zzz"])
