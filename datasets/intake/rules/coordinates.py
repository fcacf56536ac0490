"""Rules about coordinates and other values that only make sense together."""

from __future__ import annotations

from collections.abc import Iterator

from datasets.intake.rules.kinds import has_terms, properties
from datasets.intake.rules.rule import Fault, Record, Spot, cell_rule, record_rule, spot
from datasets.intake.survey import Survey
from datasets.shapes import Column

_LIMITS = {"geo:lat": 90, "geo:long": 180}
"""Degrees to either side, by the RDF property of the column."""


@cell_rule(
    "coordinate_range",
    applies=lambda column, _shapes: has_terms(column, *_LIMITS),
    mend="write decimal degrees, WGS 84; south and west are negative; latitude comes first",
    example="latitude 116.39723, longitude 39.9075",
)
def coordinate_range(text: str, column: Column, survey: Survey) -> Fault | None:
    """A latitude beyond 90 or a longitude beyond 180 degrees."""
    limit = next(_LIMITS[term] for term in properties(column) if term in _LIMITS)
    return None if -limit <= float(text) <= limit else Fault(f"{column.csv} is not between -{limit} and {limit}")


@record_rule(
    "half_group",
    applies=lambda sheet, _shapes: sheet.entity is not None and bool(sheet.entity.groups),
    mend="write all of them, or none",
    example="latitude 39.9075, longitude empty",
)
def half_group(record: Record, survey: Survey) -> Iterator[Spot]:
    """A row that has one of several values that make sense only together, such as latitude and longitude."""
    assert record.sheet.entity is not None
    for group in record.sheet.entity.groups:
        headers = [record.sheet.entity.column(name).csv for name in group.columns]
        for row in record.rows:
            empty = [header for header in headers if header in row.at and not row.get(header)]
            if empty and any(row.get(header) for header in headers):
                yield spot(
                    row, empty[0], f"{empty[0]} is empty though {', '.join(h for h in headers if row.get(h))} is not"
                )


COORDINATES = (coordinate_range, half_group)
