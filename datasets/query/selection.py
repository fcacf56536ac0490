"""What is asked of a release: a tree of frozen dataclasses over the shapes, the one input of the planner.

GraphQL operations, JSON-LD documents, pages and exports all compile to a `Selection`. Every part has a response key
(`key`), so aliases are plain, and parts come out in the order given. Names of entities, columns, links, values and
spans are those of the shapes; two names exist beyond them on every record: `id`, and `label` (its name).

A selection holds no values: what varies stands in a `Slot`, bound when the plan runs. Whether an optional filter is
there at all is part of the selection, so a null filter is left out by the caller (and belongs to its plan key).
The caller keeps plans, under whatever key it knows (a document's text); the planner keeps none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


@dataclass(frozen=True, slots=True)
class Slot:
    """A value bound at run time under `name`. A name may be used in several places."""

    name: str


class Form(StrEnum):
    """How a scalar is written."""

    PLAIN = auto()
    """By kind: INTEGER and DECIMAL as JSON numbers digit for digit, FLAG as true or false, all else as JSON string."""
    STRING = auto()
    """As a JSON string, whatever the kind."""
    ENUM = auto()
    """In upper case, hyphens as underscores: `founding_member` is FOUNDING_MEMBER."""
    EARLIEST = auto()
    """First day that a DATE can mean, `YYYY-MM-DD`."""
    LATEST = auto()
    """Last day that a DATE can mean, `YYYY-MM-DD`."""
    BARE = auto()
    """A DATE without the marks of uncertainty at its end (`2017~` is 2017)."""


# --- parts of a row ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A fixed value, such as __typename."""

    key: str
    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Json:
    """JSON text made elsewhere, bound at run time. The caller answers for it being JSON."""

    key: str
    text: Slot


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single column of the row, or `id` or `label`; null where nothing is known."""

    key: str
    column: str
    form: Form = Form.PLAIN


@dataclass(frozen=True, slots=True)
class Ref:
    """The text of a column inside a `Pattern`."""

    column: str
    form: Form = Form.STRING


@dataclass(frozen=True, slots=True)
class Pattern:
    """A string made of fixed text and columns: the address of a record. Null where one of the columns is."""

    key: str
    pieces: tuple[str | Ref, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """The part that stands for the value of `column`; null where none does. The keys of the cases do not count."""

    key: str
    column: str
    cases: tuple[tuple[str, Part], ...]


@dataclass(frozen=True, slots=True)
class ByPrecision:
    """The part that fits the precision of a DATE (without its marks of uncertainty); their keys do not count.

    `other` is for seasons, intervals, unspecified digits. A part that is None gives null, as does a missing date.
    """

    key: str
    column: str
    year: Part | None = None
    month: Part | None = None
    day: Part | None = None
    other: Part | None = None


@dataclass(frozen=True, slots=True)
class Nested:
    """An object over the same row. Null where one of the columns `needs` is missing.

    `sparse` leaves out the keys whose value is null.
    """

    key: str
    parts: Parts
    needs: tuple[str, ...] = ()
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class LinkTo:
    """The record that a single link points at; null where the link is empty.

    `types` holds the parts by entity: one entry for a link to an entity, one per type asked for with a family. A
    type that is not listed gives null. On rows of `Search` the link is named `record`.
    """

    key: str
    column: str
    types: Types
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """A set column as a list of strings sorted by value; for a set of links, their ids."""

    key: str
    column: str
    form: Form = Form.PLAIN
    limit: Slot | None = None


@dataclass(frozen=True, slots=True)
class FormerIds:
    """The ids that lead to this record now, as a sorted list of strings."""

    key: str


@dataclass(frozen=True, slots=True)
class Rank:
    """Why a row of `Search` was found: 1 a whole name or alias, 2 name, 3 alias, 4 summary."""

    key: str


@dataclass(frozen=True, slots=True)
class Highlight:
    """The text of a row of `Search` that matches best, the matching words between `opening` and `closing`.

    With `markup` the text itself is escaped for HTML.
    """

    key: str
    opening: str = "<mark>"
    closing: str = "</mark>"
    markup: bool = False


# --- lists ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Records:
    """All records of an entity. Only at the root."""

    entity: str


@dataclass(frozen=True, slots=True)
class Reverse:
    """The records of `entity` whose `link` (single or a set) points at the row at hand: claims of a record, too."""

    entity: str
    link: str


@dataclass(frozen=True, slots=True)
class SetOf:
    """The records in a set of links of the row at hand."""

    column: str


@dataclass(frozen=True, slots=True)
class ValuesOf:
    """The compound values of the row at hand: names, identifiers."""

    values: str


@dataclass(frozen=True, slots=True)
class At:
    """A time, as first and last day (`YYYY-MM-DD`). Matches what is certainly or possibly open then.

    `undated` (a boolean when bound) also lets in what has no known start; without it that is left out.
    """

    earliest: Slot
    latest: Slot
    undated: Slot | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """The records at the other end of spans, each once however many spells: of a whole its parts (`forward`).

    Without `at`, whoever belonged at any time, undated or not.
    """

    spans: str
    forward: bool
    at: At | None = None


@dataclass(frozen=True, slots=True)
class Spells:
    """The rows of spans of the row at hand, all spells, for timelines.

    Their scalars are the fields of the spans table; their links are the whole, the part and the entity of the spans.
    """

    spans: str
    forward: bool
    at: At | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Records found by full text, best first. Only at the root.

    `text` is what the user typed: every word must occur, the last one may be a beginning. `types` (bound to a list
    of entity names) restricts. Rows have `id`, `type`, `label`, the link `record`, `Rank` and `Highlight`.
    """

    text: Slot
    types: Slot | None = None


Source = Records | Reverse | SetOf | ValuesOf | Members | Spells | Search


@dataclass(frozen=True, slots=True)
class Order:
    """One key of a sort: a declared order of the entity (its label for members), or `id`."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a source, in which order.

    `first` or `last` (0 or more, bound to integers) bound the number of rows, `after` and `before` are cursors; a
    cursor bound to None is as if it were not there. An empty `order` is the declared default; the id always comes
    last, so the order is total. Rows that `where` does not hold for count nowhere.
    """

    where: Filter | None = None
    order: tuple[Order, ...] = ()
    first: Slot | None = None
    after: Slot | None = None
    last: Slot | None = None
    before: Slot | None = None

    def __post_init__(self) -> None:
        """Refuse both ends at once."""
        if self.first is not None and self.last is not None:
            raise ValueError("a page has `first` or `last`, not both: leave one out")


@dataclass(frozen=True, slots=True)
class List:
    """A source as a plain JSON list of objects."""

    key: str
    source: Source
    parts: Parts
    page: Page = Page()
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A source as an object of nodes, edges, counts, page information and groups, as far as asked for."""

    key: str
    source: Source
    fields: tuple[ConnectionPart, ...]
    page: Page = Page()


@dataclass(frozen=True, slots=True)
class Nodes:
    """The rows of a connection as a list."""

    key: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class Edges:
    """The rows of a connection as a list of edges."""

    key: str
    fields: tuple[Cursor | Node | Literal, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The opaque place of an edge's row in this order."""

    key: str


@dataclass(frozen=True, slots=True)
class Node:
    """The row of an edge."""

    key: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class TotalCount:
    """How many rows there are on all pages."""

    key: str


@dataclass(frozen=True, slots=True)
class UndatedCount:
    """How many rows `at` leaves out (or lets in by `undated`) because no start is known; 0 without `at`."""

    key: str


class Fact(StrEnum):
    """A fact about a page."""

    HAS_NEXT = auto()
    HAS_PREVIOUS = auto()
    START_CURSOR = auto()
    END_CURSOR = auto()


@dataclass(frozen=True, slots=True)
class Info:
    """One fact about the page."""

    key: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Facts about the page: whether there is more on either side, and its first and last cursor (null when empty)."""

    key: str
    fields: tuple[Info | Literal, ...]


@dataclass(frozen=True, slots=True)
class GroupKey:
    """The value of a group: null for rows without one."""

    key: str
    form: Form = Form.PLAIN


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many rows a group has."""

    key: str


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """The record that a group's value points at, where the column is a link to one entity."""

    key: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class GroupBy:
    """The rows of all pages counted by the value of a column, largest first, then by value, missing last.

    The column is a CODE, FLAG, LANGUAGE, TEXT, single link or set. `first` bounds the number of groups.
    """

    key: str
    column: str
    fields: tuple[GroupKey | GroupCount | GroupRecord | Literal, ...]
    first: Slot | None = None


# --- filters -------------------------------------------------------------------------------------------------------


class Op(StrEnum):
    """A comparison. Missing values fail every comparison but NE and NOT_IN."""

    EQ = auto()
    NE = auto()
    IN = auto()
    NOT_IN = auto()
    LT = auto()
    LE = auto()
    GT = auto()
    GE = auto()
    CONTAINS = auto()
    """The column, without case and accents, contains the text."""
    STARTS = auto()
    """The column, without case and accents, starts with the text."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of a column, or `id` or `label`, with a bound value (a list for IN and NOT_IN).

    Values are bound in stored form: codes as slugs, links as ids, flags as booleans. Text is compared as written,
    dates too; LT, LE, GT and GE serve INTEGER.
    """

    column: str
    op: Op
    value: Slot


@dataclass(frozen=True, slots=True)
class Within:
    """A DATE lies wholly between two days, ends included."""

    column: str
    earliest: Slot
    latest: Slot


@dataclass(frozen=True, slots=True)
class Overlaps:
    """A DATE can lie between two days, ends included."""

    column: str
    earliest: Slot
    latest: Slot


@dataclass(frozen=True, slots=True)
class IsNull:
    """A single column is missing (bound to true) or there (bound to false)."""

    column: str
    value: Slot


@dataclass(frozen=True, slots=True)
class OpenAt:
    """The row, of the entity of the named spans, is open at a time: `memberships(at:)`, offices included."""

    spans: str
    at: At


@dataclass(frozen=True, slots=True)
class All:
    """Each of the filters holds; true when there are none."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the filters holds; false when there are none."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The filter does not hold."""

    filter: Filter


@dataclass(frozen=True, slots=True)
class Linked:
    """A single link points at a record of `entity` for which the filter holds (for a family: of that type)."""

    column: str
    entity: str
    filter: Filter


class Quantifier(StrEnum):
    """How many of the related rows the filter must hold for."""

    SOME = auto()
    NONE = auto()
    EVERY = auto()


@dataclass(frozen=True, slots=True)
class Related:
    """The filter holds for some, none or every row of a source of the row at hand (every holds of no rows)."""

    source: Reverse | SetOf | ValuesOf | Members | Spells
    quantifier: Quantifier
    filter: Filter


@dataclass(frozen=True, slots=True)
class TextSet:
    """All of `tests` hold for some, none or every value of a set of texts; for a set of links, of their ids."""

    column: str
    quantifier: Quantifier
    tests: tuple[tuple[Op, Slot], ...]


Filter = Compare | Within | Overlaps | IsNull | OpenAt | All | AnyOf | Not | Linked | Related | TextSet


# --- the root ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """The record of an entity by id, or by a former id; null where there is none or it is withdrawn."""

    key: str
    entity: str
    id: Slot
    parts: Parts
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class AnyRecord:
    """The record by a bound entity name and id (or former id), parts by type; null where there is none.

    An empty name stands for the first of `types` that has the id.
    """

    key: str
    type: Slot
    id: Slot
    types: Types


@dataclass(frozen=True, slots=True)
class AnyRecords:
    """Records by a bound list of (entity name, id) pairs, in its order; null in the place of one that is not there.

    An empty name stands for the first of `types` that has the id.
    """

    key: str
    pairs: Slot
    types: Types


Part = (
    Literal
    | Json
    | Scalar
    | Pattern
    | Switch
    | ByPrecision
    | Nested
    | LinkTo
    | Texts
    | FormerIds
    | Rank
    | Highlight
    | List
    | Connection
    | Record
    | AnyRecord
    | AnyRecords
)
"""What an object can hold. `Record`, `AnyRecord`, `AnyRecords`, and lists of `Records` and `Search`, need no row."""

Parts = tuple[Part, ...]
Types = tuple[tuple[str, Parts], ...]
"""Parts by the entity's name."""
ConnectionPart = Nodes | Edges | TotalCount | UndatedCount | PageInfo | GroupBy | Literal | Json


@dataclass(frozen=True, slots=True)
class Selection:
    """A whole answer: one JSON object made by one statement."""

    parts: Parts
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """All rows of an entity in order, one JSON object per row of the result: for exports."""

    entity: str
    parts: Parts
    where: Filter | None = None
    order: tuple[Order, ...] = ()
    sparse: bool = False
