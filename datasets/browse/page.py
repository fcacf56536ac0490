"""What the templates ask about the page they show: titles, headings, what to leave out, downloads, how to cite it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, urlencode

import markupsafe
from datasette.app import Datasette
from datasette.utils.asgi import Request

from datasets.browse.metadata import DATABASE, MACHINERY, is_hidden, title
from datasets.browse.questions import Question
from datasets.browse.sheets import NAME, Sheets
from datasets.release.layout import label_field
from datasets.shapes.model import Entity, Shapes

_HREF = re.compile(r'href="([^"]*)"')
LABEL = "label"
"""The field that a release stores where a label is made of several columns, which the page shows as they are."""
FORMATS = {"xlsx": "Excel", "csv": "CSV", "json": "JSON", "geojson": "GeoJSON"}
"""What a table can be downloaded as."""
UNFILTERED = ("_next", "_size", "_facet", "_nofacet", "_nosuggest", "_nocount", "_shape", "_labels", "_json", "_trace")
"""Beginnings of parameters that do not change which rows a page is about, nor their order."""


class Citation(Protocol):
    """How to cite a page."""

    @property
    def text(self) -> str:
        """For a list of references."""

    @property
    def bibtex(self) -> str:
        """For BibTeX."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The page of the site around what Datasette shows, in the pieces between which that stands."""

    start: markupsafe.Markup
    head: markupsafe.Markup
    main: markupsafe.Markup
    footer: markupsafe.Markup
    end: markupsafe.Markup


@dataclass(frozen=True, slots=True)
class Site:
    """What the site around gives: its frame, how to cite a page by title and path, and whether SQL is answered."""

    frame: Frame
    cite: Callable[[str, str], Citation]
    asking: bool


@dataclass(frozen=True, slots=True)
class Browsed:
    """What is known of one Datasette instance: the release, its sheets and questions, and where its faces stand."""

    shapes: Shapes
    release: dict[str, str]
    root: str
    """What addresses of the release begin with; ends in a slash."""
    sheets: Sheets
    questions: tuple[Question, ...]
    site: Site

    def entity(self, database: str | None, table: str | None) -> Entity | None:
        """The entity whose records a table of the release holds, if it holds records."""
        if database != DATABASE:
            return None
        return next((e for e in self.shapes.entities if e.plural == table), None)

    def address(self, entity: str, record: str) -> str:
        """The path of a record's page."""
        return f"{self.root}doc/{quote(entity)}/{quote(record, safe='')}.html"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A table as the lists of tables show it."""

    name: str
    title: str
    doc: str
    count: int | None
    address: str
    exports: tuple[tuple[str, str], ...]


class Page:
    """One page of Datasette, as its template sees it."""

    def __init__(self, browsed: Browsed, datasette: Datasette, request: Request | None) -> None:
        self._browsed = browsed
        self._datasette = datasette
        self._request = request
        variables: dict[str, str] = dict((request.scope.get("url_route") or {}).get("kwargs") or {}) if request else {}
        self._database = variables.get("database")
        self._table = variables.get("table")

    def title(self, table: str | None = None) -> str:
        """The title of a table."""
        name = table or self._table or ""
        sheet = self._browsed.sheets.sheet(name) if self._database == NAME else None
        return sheet.title if sheet else str(self._told(name).get("title") or title(name))

    def _told(self, table: str) -> dict[str, Any]:
        return self._datasette.table_metadata(self._database, table) if self._database else {}

    def heading(self, column: str) -> str:
        """What stands above a column."""
        sheet = self._browsed.sheets.sheet(self._table) if self._database == NAME else None
        found = sheet.heading(column) if sheet else None
        return (found.title if found else "") or title(column)

    def note(self, column: str) -> str:
        """What a column means."""
        return str((self._told(self._table or "").get("columns") or {}).get(column, ""))

    def shown(self, column: str) -> bool:
        """Whether people need to see a column: sort keys and the ids behind names they do not."""
        if column == "Link":
            return False
        if self._database != NAME:
            entity = self._browsed.entity(self._database, self._table)
            return not is_hidden(column) and not (entity and entity.templated and column == LABEL)
        sheet = self._browsed.sheets.sheet(self._table)
        found = sheet.heading(column) if sheet else None
        return found is not None and not found.quiet

    def label(self, row: Any) -> str:
        """What a row is called: the label of its record, else its key."""
        entity = self._browsed.entity(self._database, self._table)
        sheet = self._browsed.sheets.sheet(self._table) if self._database == NAME else None
        keys = row.keys()
        if sheet and sheet.entity:
            entity = self._browsed.shapes.entity(sheet.entity)
        name = label_field(entity) if entity else ""
        if name in keys and row[name]:
            return str(row[name])
        first = [str(row[key]) for key in keys if self.shown(key) and key != "id" and row[key]]
        return ", ".join(first[:2]) or self.title()

    def record(self, row: Any) -> str:
        """The address of the page of the record that a row is; empty where it is none."""
        entity = self._browsed.entity(self._database, self._table)
        sheet = self._browsed.sheets.sheet(self._table) if self._database == NAME else None
        name = entity.name if entity else sheet.entity if sheet else ""
        return self._browsed.address(name, str(row["id"])) if name else ""

    @staticmethod
    def href(link: str) -> str:
        """Where a link leads that Datasette has made of the key of a row."""
        found = _HREF.search(link)
        return html.unescape(found[1]) if found else ""

    def exports(self) -> tuple[tuple[str, str], ...]:
        """The downloads of the rows that this page is about: what they are called, and their addresses."""
        assert self._request
        kept = [(k, v) for k, v in parse_qsl(self._request.query_string, keep_blank_values=True) if filters(k)]
        query = f"?{urlencode(kept)}" if kept else ""
        return self._exports(self._database or "", self._table or "", query)

    def _exports(self, database: str, table: str, query: str) -> tuple[tuple[str, str], ...]:
        base = self._datasette.urls.path(f"/-/export/{database}/{table}")
        known = (n for n in FORMATS if n != "geojson" or placed(self._browsed, database, table))
        return tuple((FORMATS[name], f"{base}.{name}{query}") for name in known)

    def citation(self, named: str) -> Citation:
        """How to cite this page, which is called so."""
        assert self._request
        query = self._request.query_string
        path = f"/browse{self._request.path}" + (f"?{query}" if query else "")
        return self._browsed.site.cite(named, path)

    def shelves(self, database: str) -> tuple[Shelf, ...]:
        """The tables of a database that are not machinery."""
        counts = self._datasette.databases[database].cached_table_counts or {}
        told = (self._datasette.metadata("databases") or {})[database]["tables"]
        names = [s.name for s in self._browsed.sheets.sheets] if database == NAME else _released(self._browsed, told)
        return tuple(
            Shelf(
                name=name,
                title=str(told[name].get("title") or title(name)),
                doc=str(told[name].get("description") or ""),
                count=counts.get(name),
                address=self._datasette.urls.table(database, name),
                exports=self._exports(database, name, ""),
            )
            for name in names
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions that the release answers."""
        return self._browsed.questions

    @property
    def question(self) -> Question | None:
        """The question that this page answers, if it is one."""
        return next((q for q in self._browsed.questions if q.slug == self._table), None)

    async def choices(self) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
        """For each parameter of the question: name, label, value, and what can be chosen."""
        question, found = self.question, []
        assert question
        assert self._request
        for parameter in question.parameters:
            rows = await self._datasette.databases[DATABASE].execute(parameter.choices)
            value = self._request.args.get(parameter.name) or ""
            found.append((parameter.name, parameter.label, value, [(str(row[0]), str(row[1])) for row in rows.rows]))
        return found

    def leads(self, columns: Sequence[str]) -> tuple[str, ...]:
        """The columns of an answer that hold ids: the column after each leads where it says."""
        entities = {entity.name for entity in self._browsed.shapes.entities}
        return tuple(c for c, after in pairwise(columns) if c in entities and after not in entities)


def filters(parameter: str) -> bool:
    """Whether a parameter of a table decides which rows are shown, in which columns and order."""
    return not parameter.startswith(UNFILTERED) or "__" in parameter


def placed(browsed: Browsed, database: str, table: str) -> tuple[str, str] | None:
    """The columns of latitude and longitude of a table, where it has them."""
    sheet = browsed.sheets.sheet(table) if database == NAME else None
    entity = browsed.entity(database, table)
    if sheet and sheet.entity:
        entity = browsed.shapes.entity(sheet.entity)
    for group in entity.groups if entity else ():
        if group.template.startswith("POINT({"):
            longitude, latitude = group.template.removeprefix("POINT({").removesuffix("})").split("} {")
            return latitude, longitude
    return None


def _released(browsed: Browsed, told: dict[str, Any]) -> list[str]:
    """The tables of the release: those of records first, then what belongs to them."""
    records = [entity.plural for entity in browsed.shapes.entities]
    rest = [name for name in told if name not in records and name not in MACHINERY and not told[name].get("hidden")]
    return [*records, *rest]
