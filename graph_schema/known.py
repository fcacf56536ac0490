"""What is known beside the records: the release itself, all releases, and what changed between them.

These are small documents in memory, read with the release; they are answered in Python and put into the statement's
answer as finished JSON, so that one operation is still one statement.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from datasets.intake.partial_date import PartialDate
from datasets.query.selection import Fact
from graph_schema.connections import PAGE_ARGUMENTS
from graph_schema.declare import Argument, Field, Registry, listed, nullable
from graph_schema.enums import RECORD_TYPE
from graph_schema.leaves import DAY, PARTIAL_DATE
from graph_schema.meaning import ConnectionPart, Known, KnownPage, PartOf

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]
"""What a known document is made of."""


class Rows(Protocol):
    """A list of documents, newest first, of which only a page is made at a time."""

    def __len__(self) -> int:
        """How many there are."""

    def since(self, day: str) -> Rows:
        """Those of a day or later."""

    def page(self, start: int, stop: int) -> Sequence[Mapping[str, Json]]:
        """Some of them, by place."""


@dataclass(frozen=True, slots=True)
class KnownDocuments:
    """The documents by key, in the words of the schema: `release`, and the lists `releases` and `changes`."""

    release: Mapping[str, Json]
    lists: Mapping[str, Rows]


def declare_known(registry: Registry) -> None:
    """The types of the release and its changes."""
    registry.object(
        "RecordCount",
        "How many records of one type a release has.",
        (
            Field("type", RECORD_TYPE, "The type.", Known("type")),
            Field("records", "int", "How many.", Known("records")),
        ),
    )
    registry.object(
        "Release",
        "A state of the data, published at once and never changed afterwards.",
        (
            Field("id", "ID", "Date and fingerprint of the content.", Known("id")),
            Field("date", DAY, "The date of the release.", Known("date")),
            Field("title", "str", "Title of the data.", Known("title")),
            Field("licence", "str", "Licence of the data, an SPDX identifier or an address.", Known("licence")),
            Field("baseIri", "str", "What the address of every record begins with.", Known("baseIri")),
            Field("counts", listed("RecordCount"), "How many records it has, by type.", Known("counts")),
        ),
    )
    registry.enum(
        "ChangeKind",
        "What happened to a record between two releases.",
        {
            "ADD": ("ADD", "The record is new."),
            "MOD": ("MOD", "Something that is said of the record changed."),
            "DEL": ("DEL", "The record is gone: withdrawn, or another took its place."),
        },
    )
    registry.object(
        "Change",
        "A record that a release added, modified or deleted.",
        (
            Field("kind", "ChangeKind", "What happened.", Known("kind")),
            Field(
                "type", nullable(RECORD_TYPE), "Type of the record; null for one that there is no more.", Known("type")
            ),
            Field("id", "ID", "Id of the record.", Known("id")),
            Field("movedTo", nullable("ID"), "The id that took the place of a deleted one.", Known("movedTo")),
            Field("release", "ID", "The release with which it happened.", Known("release")),
            Field("date", DAY, "The date of that release.", Known("date")),
        ),
    )
    for row, plural in (("Release", "releases"), ("Change", "changes")):
        registry.object(
            f"{row}Edge",
            f"One of the {plural} with its cursor.",
            (
                Field("cursor", "str", "Opaque place of the row.", ConnectionPart(PartOf.CURSOR)),
                Field("node", row, "The row.", ConnectionPart(PartOf.NODE, row)),
            ),
        )
        registry.object(
            f"{row}Connection",
            f"A page of {plural}, newest first.",
            (
                Field("nodes", listed(row), f"The {plural} of this page.", ConnectionPart(PartOf.NODES, row)),
                Field(
                    "edges", listed(f"{row}Edge"), "The same with cursors.", ConnectionPart(PartOf.EDGES, f"{row}Edge")
                ),
                Field("pageInfo", "PageInfo", "Facts about this page.", ConnectionPart(PartOf.PAGE_INFO, "PageInfo")),
                Field("totalCount", "int", "How many rows there are on all pages.", ConnectionPart(PartOf.TOTAL_COUNT)),
            ),
        )


def known_fields() -> list[Field]:
    """The fields of Query that known documents answer."""
    since = Argument("since", nullable(PARTIAL_DATE), "Only changes of releases of this date or later.")
    return [
        Field("release", "Release", "The release that answers.", Known("release")),
        Field(
            "releases",
            "ReleaseConnection",
            "This release and those that led to it, as far as they are kept, newest first.",
            KnownPage("releases"),
            PAGE_ARGUMENTS,
        ),
        Field(
            "changes",
            "ChangeConnection",
            "What releases up to this one added, modified and deleted, newest first.",
            KnownPage("changes"),
            (since, *PAGE_ARGUMENTS),
        ),
    ]


class BadCursorError(ValueError):
    """A cursor that no page of this list gave."""


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a known list: its rows with their places in the list, and the facts about it."""

    rows: Sequence[Mapping[str, Json]]
    start: int
    total: int

    def cursor(self, position: int) -> str:
        """The opaque place of a row of this page."""
        return base64.urlsafe_b64encode(f"k{self.start + position}".encode()).decode().rstrip("=")

    def fact(self, fact: Fact) -> Json:
        """One fact about the page."""
        match fact:
            case Fact.HAS_NEXT:
                return self.start + len(self.rows) < self.total
            case Fact.HAS_PREVIOUS:
                return self.start > 0
            case Fact.START_CURSOR:
                return self.cursor(0) if self.rows else None
            case Fact.END_CURSOR:
                return self.cursor(len(self.rows) - 1) if self.rows else None


def window(
    documents: KnownDocuments,
    key: str,
    *,
    since: PartialDate | None,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> Window:
    """The page of a known list. Raises BadCursorError."""
    rows = documents.lists[key]
    if since is not None:
        rows = rows.since(since.earliest)
    start = 0 if after is None else _place(after) + 1
    end = len(rows) if before is None else min(_place(before), len(rows))
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    return Window(rows.page(start, end) if start < end else (), min(start, len(rows)), len(rows))


def _place(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if text[:1] != "k" or not text[1:].isdigit():
            raise ValueError(text)
        return int(text[1:])
    except (ValueError, binascii.Error) as error:
        raise BadCursorError(f"{cursor!r} is not a cursor of this list: take one from its edges or pageInfo") from error
