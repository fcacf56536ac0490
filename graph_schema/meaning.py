"""What a field asks of the planner. Every field of the schema carries one of these; a field without is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from datasets.query.selection import Fact, Form

# --- fields of records ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single column, `id` or `label`."""

    column: str
    form: Form = Form.PLAIN


@dataclass(frozen=True, slots=True)
class Address:
    """The IRI of the record."""

    entity: str


@dataclass(frozen=True, slots=True)
class FormerIdList:
    """The ids that lead to the record now."""


@dataclass(frozen=True, slots=True)
class Together:
    """Columns that make one object; null where one of `needs` is missing."""

    needs: tuple[str, ...]
    type: str


@dataclass(frozen=True, slots=True)
class One:
    """The record of a single link: its type by entity."""

    column: str
    types: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Many:
    """The records of a set of links, all of one entity."""

    column: str
    type: str


@dataclass(frozen=True, slots=True)
class TextList:
    """A set of texts."""

    column: str


@dataclass(frozen=True, slots=True)
class CompoundList:
    """Compound values of a record."""

    values: str
    type: str


@dataclass(frozen=True, slots=True)
class RegistryAddress:
    """The address that an identifier stands for: by code, a template over `{value}`."""

    code: str
    value: str
    templates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ClaimList:
    """The claims about a record, of one column or all."""

    entity: str
    link: str
    column: str
    type: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A connection of records of `entity`: all of them, those whose `link` points here, or the ends of spans.

    `spans` names the spans for whose time `at` asks; with `link` and `members` empty the list is a root list.
    """

    entity: str
    link: str = ""
    members: str = ""
    forward: bool = True
    spans: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class SpellList:
    """The spells of a membership relation, for timelines."""

    spans: str
    forward: bool
    type: str


# --- parts of connections ------------------------------------------------------------------------------------------


class PartOf(StrEnum):
    """A part of a connection, an edge or a group."""

    NODES = auto()
    EDGES = auto()
    PAGE_INFO = auto()
    TOTAL_COUNT = auto()
    UNDATED_COUNT = auto()
    GROUP_BY = auto()
    CURSOR = auto()
    NODE = auto()
    GROUP_KEY = auto()
    GROUP_COUNT = auto()
    GROUP_RECORD = auto()


@dataclass(frozen=True, slots=True)
class ConnectionPart:
    """A part of a connection; `type` is that of its rows where it has any, `entity` that of the records."""

    part: PartOf
    type: str = ""
    entity: str = ""


@dataclass(frozen=True, slots=True)
class PageFact:
    """A fact about the page."""

    fact: Fact


# --- search --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """The record that a search found; its type by entity."""

    types: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FoundRank:
    """Why it was found."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """The words that matched, marked."""


# --- the root ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ById:
    """A record of an entity by id."""

    entity: str
    type: str


@dataclass(frozen=True, slots=True)
class AnyById:
    """A record of any entity by its global id; with `several`, a list by a list of ids."""

    types: tuple[tuple[str, str], ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class SearchList:
    """Full-text search."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is known beside the records: the release, its counts, its changes. `key` of what holds it."""

    key: str


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A connection over a known list: releases, changes."""

    key: str


# --- filters -------------------------------------------------------------------------------------------------------


class Junction(StrEnum):
    """How filters are put together."""

    AND = auto()
    OR = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True)
class ColumnFilter:
    """Comparisons of a single column, `id` or `label`."""

    column: str


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Comparisons of a single link, and conditions on the record: of `entity`, or (empty) of the members of a family.

    `type` is the input type that holds them.
    """

    column: str
    entity: str
    type: str


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Inside the filter of a link to a family: the record is one of `entity` for which the conditions hold.

    With `column` it stands for that link itself, one level up.
    """

    entity: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class SetFilter:
    """Some, none or every text of a set."""

    column: str


@dataclass(frozen=True, slots=True)
class RelationFilter:
    """Some, none or every related row: of a reverse link, a set of links, compound values or spans."""

    entity: str = ""
    link: str = ""
    column: str = ""
    values: str = ""
    members: str = ""
    forward: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison inside the filter of a column; `name` is that of the field."""

    name: str


@dataclass(frozen=True, slots=True)
class OrderKey:
    """A sort key of an order input."""

    column: str
