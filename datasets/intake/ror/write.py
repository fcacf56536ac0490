"""From what the registry says to rows of facts. Columns are found by what they mean, so that none is named here."""

from __future__ import annotations

from collections.abc import Mapping

from datasets.intake.rules.identifiers import registry_parts
from datasets.intake.rules.kinds import properties
from datasets.intake.sheet import LOCATOR, SOURCES, Sheet, sheets
from datasets.shapes import Column, Entity, Kind, Link, Shapes

COUNTRY = "country"
LANGUAGE = "language"
"""Meanings of columns that no RDF property tells: a link to a country, the language of the name beside it."""


class Writer:
    """Makes the rows of the three files of organizations, and of the source, in the order of their headers."""

    def __init__(self, shapes: Shapes, source: str) -> None:
        self._source = source
        found = sheets(shapes)
        self.organization = _organization(shapes)
        self.organizations = next(sheet for sheet in found if sheet.entity is self.organization)
        self.sources = next(sheet for sheet in found if sheet.entity is not None and sheet.entity.space == "source")
        compounds = [s for s in found if s.values is not None and self.organization in shapes.targets(s.values.subject)]
        self.identifiers = next(sheet for sheet in compounds if registry_parts(sheet))
        self.names = next(sheet for sheet in compounds if any(c.kind is Kind.NAME for c in sheet.columns))

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The files that are written."""
        return (self.organizations, self.names, self.identifiers, self.sources)

    def record(self, sheet: Sheet, id: str, said: Mapping[str, str], locator: str = "") -> list[str]:
        """A row of a record: `said` by RDF property, or by `COUNTRY` and `LANGUAGE`."""
        row = dict.fromkeys(sheet.headers, "")
        row[sheet.keys[0]] = id
        for column in sheet.columns:
            row[column.csv] = next((said[meaning] for meaning in _meanings(column) if meaning in said), "")
        if sheet.cited:
            row[SOURCES] = f"{self._source}{LOCATOR}{locator}"
        return list(row.values())

    def name(self, subject: str, text: str, language: str, kind: str, locator: str) -> list[str]:
        """A row of a further name."""
        said = {Kind.NAME: text, Kind.LANGUAGE: language, Kind.CODE: kind}
        cells = [said.get(column.kind, "") for column in self.names.columns]
        return [subject, *cells, f"{self._source}{LOCATOR}{locator}"]

    def identifier(self, subject: str, scheme: str, value: str, locator: str) -> list[str]:
        """A row of an identifier."""
        parts = registry_parts(self.identifiers)
        said = dict(zip(parts or (), (scheme, value), strict=True))
        cells = [said.get(column.csv, "") for column in self.identifiers.columns]
        return [subject, *cells, f"{self._source}{LOCATOR}{locator}"]


def _organization(shapes: Shapes) -> Entity:
    """The entity that organizations are: formal ones with a name, in the terms of the W3C ontology."""
    return next(entity for entity in shapes.entities if entity.file and "org:FormalOrganization" in entity.classes)


def _meanings(column: Column) -> list[str]:
    found = sorted(properties(column))
    if isinstance(column, Link) and column.target == COUNTRY:
        return [COUNTRY]
    if column.kind is Kind.LANGUAGE and column.beside:
        return [LANGUAGE]
    return found
