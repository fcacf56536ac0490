"""A sheet: a table as people expect it in a spreadsheet, with names in place of ids."""

from __future__ import annotations

from dataclasses import dataclass

from datasets.release.layout import label_field
from datasets.shapes.model import Entity, Kind, Link, Shapes

BETWEEN = " | "
"""What separates several values in one cell: names hold commas and semicolons, none holds this."""
KEY = "id"
"""The primary key of every sheet, a text, always its last column."""
PLACE = "row_order"
"""The column by which a sheet is sorted at first: by name without case and accents, by date, or what fits it."""
_SAID_OF = ("schema:observationDate", "ua:asOf")
_LOCALITY = "schema:addressLocality"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a sheet: its name, what it means, and the SQL that gives it.

    `leads` are the type of the record that a cell names (in quotes) or the column that holds the type, and the column
    that holds its id; `quiet` columns are for joining and for files, and not shown on pages.
    """

    name: str
    doc: str
    sql: str
    type: str = "TEXT"
    title: str = ""
    leads: tuple[str, str] | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `source` is what stands after FROM, alias `e` for what it has one row for."""

    name: str
    title: str
    doc: str
    headings: tuple[Heading, ...]
    source: str
    order: str
    facets: tuple[str, ...] = ()
    sort_desc: str = ""
    """The column by which it is sorted at first, the largest on top; empty where that is PLACE."""
    entity: str = ""
    """The entity whose records the rows are; empty where a row is no single record."""

    def heading(self, name: str) -> Heading | None:
        """The heading of that name, if there is one."""
        return next((heading for heading in self.headings if heading.name == name), None)


def quoted(name: str) -> str:
    """An SQL identifier in quotes."""
    return '"' + name.replace('"', '""') + '"'


def joined(select: str) -> str:
    """In SQL, the texts `v` that a statement selects, in its order, in one cell."""
    return f"(SELECT group_concat(v, '{BETWEEN}') FROM ({select}))"


def country_of(shapes: Shapes, entity: Entity) -> Link | None:
    """The link of an entity to the country where its records have their seat or take place."""
    for link in entity.links:
        single = not link.many and not shapes.is_family(link.target)
        if single and "schema:Country" in shapes.entity(link.target).classes:
            return link
    return None


def locality_of(entity: Entity) -> str:
    """The column of the town; empty where there is none."""
    return next((c.name for c in entity.columns if any(t.endswith(_LOCALITY) for t in c.terms)), "")


def happenings(entity: Entity) -> tuple[str, ...]:
    """The columns of dates on which something happened; those that say as of when a count or a name holds are none."""
    dates = (c for c in entity.columns if c.kind is Kind.DATE and not c.many)
    return tuple(c.name for c in dates if not set(c.terms) & set(_SAID_OF))


def told(shapes: Shapes) -> tuple[Entity, ...]:
    """The entities of which sources tell: their records make sheets and stand on the timeline."""
    return tuple(e for e in shapes.entities if e.file and e.cited)


def label(entity: Entity, alias: str) -> str:
    """In SQL, what names a record of the entity."""
    return f"{alias}.{quoted(label_field(entity))}"


def year(earliest: str, latest: str) -> str:
    """In SQL, the year of a date by its first and last day; nothing where it can lie in more than one."""
    first = f"substr({earliest}, 1, 4)"
    return f"CASE WHEN {first} = substr({latest}, 1, 4) THEN CAST({first} AS INTEGER) END"


def words(name: str) -> str:
    """A table or column name in words: `member_spans` is `Member spans`."""
    spaced = name.replace("_", " ")
    return spaced[:1].upper() + spaced[1:]
