"""Rules about identifiers in other registries."""

from __future__ import annotations

from collections.abc import Iterator

from datasets.intake.rules.check_digits import CHECKS
from datasets.intake.rules.rule import Record, Spot, record_rule, spot, watch_rule
from datasets.intake.sheet import Sheet
from datasets.intake.survey import Survey
from datasets.shapes import Kind, Shapes


def registry_parts(sheet: Sheet) -> tuple[str, str] | None:
    """The headers of registry and value, of a sheet of identifiers."""
    if sheet.values is None or not sheet.values.registries:
        return None
    code = next(column.csv for column in sheet.columns if column.kind is Kind.CODE)
    value = next(column.csv for column in sheet.columns if column.kind is Kind.TEXT and column.required)
    return code, value


def _has_identifiers(sheet: Sheet, shapes: Shapes) -> bool:
    return registry_parts(sheet) is not None


@record_rule(
    "malformed_identifier",
    applies=_has_identifiers,
    mend="copy the bare identifier again from its registry",
    example="ror,03cve4540  (the check digits are 49)",
)
def malformed_identifier(record: Record, survey: Survey) -> Iterator[Spot]:
    """An identifier that its registry cannot have given: its form or its check digits are wrong."""
    code, value = registry_parts(record.sheet) or ("", "")
    for row in record.rows:
        check = CHECKS.get(row.get(code))
        fault = check(row.get(value)) if check and row.get(value) else ""
        if fault:
            yield spot(row, value, fault)


class SharedIdentifier:
    """An identifier that two records hold, though its registry gives it to one thing."""

    def __init__(self, survey: Survey) -> None:
        self._held: dict[tuple[str, str], str] = {}
        self._spots: list[Spot] = []

    def wants(self, sheet: Sheet) -> bool:
        """Sheets of identifiers."""
        return registry_parts(sheet) is not None

    def see(self, record: Record) -> None:
        """Compare the identifiers of a subject with those of others."""
        code, value = registry_parts(record.sheet) or ("", "")
        for row in record.rows:
            key = (row.get(code), row.get(value))
            holder = self._held.setdefault(key, record.id)
            if holder != record.id:
                self._spots.append(spot(row, value, f"{holder!r} holds this {key[0]} identifier too"))

    def finish(self) -> Iterator[Spot]:
        """All that are held twice, each at the later holder."""
        yield from self._spots


SHARED_IDENTIFIER = watch_rule(
    SharedIdentifier,
    "shared_identifier",
    mend="find out whose it is; if both are one thing, merge them and write a redirect",
    example="ror,03cve4549 of tsinghua-university and of tsinghua-university-shenzhen",
)
IDENTIFIERS = (malformed_identifier, SHARED_IDENTIFIER)
