"""From rows to claims: every non-empty cell is what each source of its row says, in file order, streaming."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import pycountry

from datasets.intake.claim import Claim, Evidence
from datasets.intake.facts import Folder
from datasets.intake.sheet import LOCATOR, SEPARATOR, SOURCES, Reading, Sheet
from datasets.intake.stored import compound, stored
from datasets.shapes import Shapes

COUNTRIES = "iso-3166"
"""What claims about countries give as their file."""
COUNTRY_SPACE = "country"
"""The id space of the entity whose records are the countries of ISO 3166-1."""

Said: TypeAlias = tuple[Evidence, tuple[tuple[str, str], ...]]
"""How a row is supported, and by which sources at which locators, in the order of the cell."""

_SHORT_NAMES = {"BN": "Brunei", "CD": "Democratic Republic of the Congo", "PS": "Palestine", "RU": "Russia"}
"""Names in common use where the library has only the formal one."""
_EDITORS: Said = (Evidence.EDITORIAL, (("", ""),))
_REMEMBERED = 200_000
"""Cells of sources that are kept parsed."""


def sources_of(cell: str) -> Said:
    """What a cell of sources says. One source, even at several places, states every value; several share the record.

    >>> sources_of("ror-records-v2-9#03cve4549")
    (<Evidence.VALUE: 'value'>, (('ror-records-v2-9', '03cve4549'),))
    """
    cited = tuple((part[0], part[2]) for part in (item.partition(LOCATOR) for item in cell.split(SEPARATOR)))
    evidence = Evidence.VALUE if len({source for source, _ in cited}) == 1 else Evidence.RECORD
    return evidence, cited


def claims(folder: Folder, shapes: Shapes, known: Mapping[str, str] | None = None) -> Iterator[Claim]:
    """All claims of a folder, file by file, row by row, cell by cell.

    `known` gives the types of records that stand elsewhere, by id: whose names and identifiers the folder may hold.
    Raises BadFacts at the first place that cannot be read; `check` says all that is wrong, so check first.
    """
    types: Mapping[str, str] | None = None
    for sheet in folder.sheets:
        if sheet.values is None:
            yield from _records(folder, sheet)
        else:
            if types is None:
                types = subject_types(folder, shapes, known or {})
            yield from _compounds(folder, sheet, types)


def subject_types(folder: Folder, shapes: Shapes, known: Mapping[str, str]) -> dict[str, str]:
    """The types of the records that compound values can be of, by id."""
    types = dict(known)
    subjects = {e.name for values in shapes.values for e in shapes.targets(values.subject)}
    for sheet in folder.sheets:
        if sheet.entity is not None and sheet.entity.name in subjects:
            for _, record, _ in Reading(folder.path, sheet):
                types[record] = sheet.entity.name
    return types


def _records(folder: Folder, sheet: Sheet) -> Iterator[Claim]:
    assert sheet.entity is not None
    type, file = sheet.entity.name, sheet.file
    reading = Reading(folder.path, sheet)
    plan = [(reading.at[c.csv], c.name, c.many, stored(c, "")) for c in sheet.columns if c.csv in reading.at]
    cited = _citations(reading)
    for line, record, cells in reading:
        evidence, sources = cited(line, cells)
        for at, column, many, prefix in plan:
            cell = cells[at]
            if not cell:
                continue
            for value in cell.split(SEPARATOR) if many else (cell,):
                for position, (source, locator) in enumerate(sources):
                    yield Claim(type, record, column, prefix + value, source, locator, evidence, file, line, position)


def _compounds(folder: Folder, sheet: Sheet, types: Mapping[str, str]) -> Iterator[Claim]:
    assert sheet.values is not None
    column, file = sheet.values.name, sheet.file
    reading = Reading(folder.path, sheet)
    plan = [(reading.at[c.csv], c.name, stored(c, "")) for c in sheet.columns if c.csv in reading.at]
    cited = _citations(reading)
    for line, record, cells in reading:
        type = types.get(record)
        if type is None:
            message = f"no {sheet.values.subject} has the id {record!r}"
            raise reading.bad(line, "unknown_reference", record, message, "add the record, or mend the id")
        value = compound({name: prefix + cells[at] for at, name, prefix in plan if cells[at]})
        evidence, sources = cited(line, cells)
        for position, (source, locator) in enumerate(sources):
            yield Claim(type, record, column, value, source, locator, evidence, file, line, position)


def _citations(reading: Reading) -> Callable[[int, list[str]], Said]:
    """What says how a row is supported. The same cells come again and again, so they are read once."""
    at = reading.at.get(SOURCES)
    if at is None:
        return lambda _line, _cells: _EDITORS
    remembered: dict[str, Said] = {}

    def cited(line: int, cells: list[str]) -> Said:
        cell = cells[at]
        said = remembered.get(cell)
        if said is None:
            if not cell:
                raise reading.bad(line, "missing_source", "", "the row names no source", "name the source")
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            said = remembered[cell] = sources_of(cell)
        return said

    return cited


def country_claims(shapes: Shapes) -> Iterator[Claim]:
    """The claims about countries: those of ISO 3166-1, read off the library `pycountry`, sorted by code.

    Which column takes which part is read off its RDF term: an identifier, a preferred label, `ua:alpha3`.
    """
    countries = [entity for entity in shapes.entities if entity.space == COUNTRY_SPACE]
    for country in sorted(pycountry.countries, key=lambda c: str(c.alpha_2)):
        said = {
            "dct:identifier": country.alpha_2,
            "skos:prefLabel": _short_name(country.alpha_2, getattr(country, "common_name", country.name)),
            "ua:alpha3": country.alpha_3,
        }
        for entity in countries:
            for column in entity.columns:
                value = next((said[term] for term in column.terms if term in said), "")
                if value:
                    yield Claim(entity.name, country.alpha_2, column.name, value, "", "", Evidence.EDITORIAL, COUNTRIES)


def _short_name(code: str, name: str) -> str:
    """The library's name as people say it: `Virgin Islands, British` turned round, a few formal ones shortened."""
    before, comma, after = name.partition(", ")
    turned = f"{after} {before}" if comma and " and " not in after else name
    return _SHORT_NAMES.get(code, turned)
