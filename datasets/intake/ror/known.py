"""What is known of organizations before a dump is read: their ids by ROR id, ids in use, names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datasets.intake.facts import Folder, read
from datasets.intake.rules.identifiers import registry_parts
from datasets.intake.sheet import Reading
from datasets.intake.survey import space
from datasets.shapes import Entity, Kind, Shapes

_SCHEME = "ror"


@dataclass
class Known:
    """What folders of facts say. `holders` are the records that hold identifiers, by scheme and value."""

    ids: dict[str, str] = field(default_factory=dict)
    """Ids of organizations by ROR id."""
    others: dict[str, str] = field(default_factory=dict)
    """What else has a ROR id, an alliance say: its type by ROR id."""
    taken: set[str] = field(default_factory=set)
    """Ids in use, or given up, in the id space of organizations."""
    names: dict[str, set[str]] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    holders: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, path: Path, shapes: Shapes, organization: Entity) -> None:
        """Take in what a folder says. Raises BadFacts where it cannot be read."""
        folder = read(path, shapes)
        types: dict[str, str] = {}
        self.taken.update(redirect.id for redirect in folder.redirects or ())
        for sheet in folder.sheets:
            if sheet.entity is not None and space(sheet.entity) == space(organization):
                named = [c.csv for c in sheet.columns if c.kind is Kind.NAME]
                for record, texts in _cells(folder, sheet.file, named):
                    self.taken.add(record)
                    types[record] = sheet.entity.name
                    self.names.setdefault(record, set()).update(texts)
            elif sheet.entity is not None and sheet.entity.space == "source":
                self.sources.update(record for record, _ in _cells(folder, sheet.file, []))
            elif sheet.values is not None and (parts := registry_parts(sheet)):
                for record, found in _cells(folder, sheet.file, list(parts)):
                    self.holders.setdefault((found[0], found[1]), record)
            elif sheet.values is not None:
                named = [c.csv for c in sheet.columns if c.kind is Kind.NAME]
                for record, texts in _cells(folder, sheet.file, named):
                    self.names.setdefault(record, set()).update(texts)
        for (scheme, value), id in self.holders.items():
            if scheme == _SCHEME and types.get(id) == organization.name:
                self.ids[value] = id
            elif scheme == _SCHEME and id in types:
                self.others[value] = types[id]


def _cells(folder: Folder, file: str, headers: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Record and the cells under some headers, row by row."""
    sheet = next(sheet for sheet in folder.sheets if sheet.file == file)
    reading = Reading(folder.path, sheet)
    places = [reading.at[header] for header in headers if header in reading.at]
    for _, record, cells in reading:
        yield record, [cells[place] for place in places]
