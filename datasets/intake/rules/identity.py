"""Rules about one thing under two ids, and two things under one."""

from __future__ import annotations

from collections.abc import Iterator

from datasets.intake.rules.rule import Record, Row, Spot, record_rule, spot, watch_rule
from datasets.intake.sheet import Sheet
from datasets.intake.survey import Survey
from datasets.shapes import Kind, Link


def _ties(sheet: Sheet) -> list[Link]:
    """The links that a record with a minted id is about: without them it would be another record."""
    if sheet.entity is None or not sheet.entity.mint:
        return []
    return [link for link in sheet.entity.links if link.required]


@record_rule(
    "torn_record",
    applies=lambda sheet, _shapes: bool(_ties(sheet)),
    several=True,
    mend="give the row an id of its own: leave its id empty and run `alliances check --mint`",
    example="m-0r9tcn,aua,tsinghua-university,… / m-0r9tcn,aua,peking-university,…",
)
def torn_record(record: Record, survey: Survey) -> Iterator[Spot]:
    """Rows of one minted id that are about different things: a membership of two organizations, say."""
    for link in _ties(record.sheet):
        first: Row | None = None
        for row in record.rows:
            if not row.get(link.csv):
                continue
            first = first or row
            if row.get(link.csv) != first.get(link.csv):
                yield spot(row, link.csv, f"line {first.line} has {first.get(link.csv)!r} for {record.id!r}")
                return


class RepeatedRecord:
    """Two minted ids for one thing: all that their first rows say is the same."""

    def __init__(self, survey: Survey) -> None:
        self._seen: dict[int, int] = {}
        self._spots: list[Spot] = []

    def wants(self, sheet: Sheet) -> bool:
        """Sheets of records with minted ids."""
        return bool(_ties(sheet))

    def see(self, record: Record) -> None:
        """Compare a record with those before it."""
        sheet, row = record.sheet, record.rows[0]
        said = tuple(row.get(column.csv) for column in sheet.columns)
        if not all(row.get(header) for header in sheet.required):
            return
        first = self._seen.setdefault(hash((sheet.file, said)), row.line)
        if first != row.line:
            self._spots.append(spot(row, sheet.keys[0], f"line {first} says the same under another id"))

    def finish(self) -> Iterator[Spot]:
        """The later ones."""
        yield from self._spots


REPEATED_RECORD = watch_rule(
    RepeatedRecord,
    "repeated_record",
    mend="remove one of the two, and unite their sources",
    example="p-j53wpx,elm-charter,elm-university,signatory,… / p-n5tyec,elm-charter,elm-university,signatory,…",
)


class RepeatedAddress:
    """Two sources with one address: what they say would count as said by two."""

    def __init__(self, survey: Survey) -> None:
        self._seen: dict[str, tuple[str, int]] = {}
        self._spots: list[Spot] = []

    def wants(self, sheet: Sheet) -> bool:
        """The sheet of sources: records without sources of their own that have an address."""
        return not sheet.cited and any(column.kind is Kind.URL and column.required for column in sheet.columns)

    def see(self, record: Record) -> None:
        """Compare the addresses of a source with those of others, whatever their scheme and last slash."""
        header = next(column.csv for column in record.sheet.columns if column.kind is Kind.URL and column.required)
        for row in record.rows:
            address = row.get(header).partition("://")[2].rstrip("/")
            if not address:
                continue
            holder, line = self._seen.setdefault(address, (record.id, row.line))
            if holder != record.id:
                self._spots.append(spot(row, header, f"{holder!r} has this address too (line {line})"))

    def finish(self) -> Iterator[Spot]:
        """The later ones."""
        yield from self._spots


REPEATED_ADDRESS = watch_rule(
    RepeatedAddress,
    "repeated_address",
    mend="keep one of the two, cite it everywhere, and write a redirect for the other",
    example="aua-about and aua-home, both https://www.asianuniversities.org",
)

IDENTITY = (torn_record, REPEATED_RECORD, REPEATED_ADDRESS)
