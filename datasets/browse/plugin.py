"""Our Datasette plugin: the fence, search in all scripts, links to the records' addresses, words for the templates.

Datasette keeps one plugin manager per process, so the plugin is registered once and finds what belongs to an
instance in `BROWSED`. Instances without an entry are none of ours and are left alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Coroutine
from weakref import WeakKeyDictionary

import markupsafe
from datasette import handle_exception, hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.plugins import pm
from datasette.utils.asgi import Request

from datasets.browse.guard import fence
from datasets.browse.metadata import DATABASE
from datasets.browse.page import Browsed, Page
from datasets.browse.sheet import KEY
from datasets.browse.sheets import INDEX, NAME
from datasets.browse.style import STYLE
from datasets.release.ddl import quote
from datasets.release.layout import SEARCH, SEARCH_INDEX, label_field
from datasets.shapes.model import Entity, Kind
from datasets.text import tokens

_YES, _NOTHING = markupsafe.Markup("yes"), markupsafe.Markup("&nbsp;")
BROWSED: WeakKeyDictionary[Datasette, Browsed] = WeakKeyDictionary()


class Plugin:
    """The hooks. `__name__` is what Datasette shows in its list of plugins."""

    __name__ = "open-alliances"

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
        """Fence connections to the release and its sheets."""
        if datasette in BROWSED and database in (DATABASE, NAME):
            fence(conn)

    @hookimpl(trylast=True)
    def filters_from_request(
        self,
        request: Request,
        table: str,
        database: str,
        datasette: Datasette,
    ) -> FilterArguments | None:
        """`_search=` on sheets and tables of records, through our own indexes of all scripts."""
        browsed = BROWSED.get(datasette)
        entity = browsed.entity(database, table) if browsed else None
        sheet = browsed.sheets.sheet(table) if browsed and database == NAME else None
        if entity is None and sheet is None:
            return None
        text = request.args.get("_search") or ""
        words = tokens(text)
        context = {"supports_search": True, "search": text}
        if not words:
            return FilterArguments([], {}, [], context)
        params = {"search_words": match_expression(words)}
        if sheet:
            index = f'"{sheet.name}{INDEX}"'
            where = f"rowid in (select rowid from {index} where {index} match :search_words)"
        else:
            assert entity
            params["search_type"] = entity.name
            where = (
                f"id in (select id from {SEARCH} where type = :search_type and entry in "
                f"(select rowid from {SEARCH_INDEX} where {SEARCH_INDEX} match :search_words))"
            )
        return FilterArguments([where], params, [f'search matches "{text}"'], context)

    @hookimpl
    def render_cell(
        self,
        row: sqlite3.Row,
        value: object,
        column: str,
        table: str | None,
        database: str,
        datasette: Datasette,
    ) -> markupsafe.Markup | Coroutine[None, None, markupsafe.Markup] | None:
        """Names lead to the page of the record that they name; ids need not be seen for that."""
        browsed = BROWSED.get(datasette)
        if browsed is None or value is None:
            return None
        if value in (0, 1) and _is_flag(browsed.entity(database, table), column):
            return _YES if value else _NOTHING
        text, id = (value["label"], value["value"]) if isinstance(value, dict) else (value, value)
        leads = _leads(browsed, row, str(id), column, database, table)
        if leads is None:
            return None
        bare = str(text) == str(id) and column != KEY and browsed.entity(database, table) is not None
        return _named(browsed, datasette, database, leads) if bare else _link(browsed, leads, text)

    @hookimpl
    def extra_template_vars(self, datasette: Datasette, request: Request | None) -> dict[str, object]:
        """What the templates ask: the page, the release, the frame of the site around."""
        browsed = BROWSED.get(datasette)
        if browsed is None:
            return {}
        return {
            "page": Page(browsed, datasette, request),
            "release": browsed.release,
            "root": browsed.root,
            "frame": browsed.site.frame,
            "asking": browsed.site.asking,
            "style": STYLE,
        }


def _link(browsed: Browsed, leads: tuple[str, str], text: object) -> markupsafe.Markup:
    return markupsafe.Markup('<a href="{}">{}</a>').format(browsed.address(*leads), text)


async def _named(browsed: Browsed, datasette: Datasette, database: str, leads: tuple[str, str]) -> markupsafe.Markup:
    """A link where Datasette gives the bare id, as on the page of a row: the name is read from the record."""
    entity = browsed.shapes.entity(leads[0])
    sql = f"select {quote(label_field(entity))} from {quote(entity.plural)} where id = ?"
    found = (await datasette.get_database(database).execute(sql, [leads[1]])).first()
    return _link(browsed, leads, found[0] if found else leads[1])


def _leads(
    browsed: Browsed, row: sqlite3.Row, id: str, column: str, database: str, table: str | None
) -> tuple[str, str] | None:
    """The type and id of the record that a cell names; None where it names none."""
    if table is None:
        return _after_id(browsed, row, column)
    sheet = browsed.sheets.sheet(table) if database == NAME else None
    if sheet:
        heading = sheet.heading(column)
        if not heading or not heading.leads or row[heading.leads[1]] is None:
            return None
        kind = heading.leads[0]
        return (kind.strip("'") if kind.startswith("'") else str(row[kind]), str(row[heading.leads[1]]))
    entity = browsed.entity(database, table)
    if entity is None:  # a set, a span or a value: its columns are named after what they hold
        named = next((e for e in browsed.shapes.entities if e.name == column), None)
        return (named.name, id) if named else None
    if column == KEY:
        return entity.name, id
    if (typed := f"{column}_type") in row.keys():  # noqa: SIM118 (a sqlite3.Row contains its values, not its keys)
        return str(row[typed]), id
    link = next((link for link in entity.links if link.name == column), None)
    return (browsed.shapes.targets(link.target)[0].name, id) if link else None


def _is_flag(entity: Entity | None, column: str) -> bool:
    """Whether a column holds `yes` or nothing, of which the release stores 1 and 0."""
    return any(c.name == column and c.kind is Kind.FLAG for c in entity.columns) if entity else False


def _after_id(browsed: Browsed, row: sqlite3.Row, column: str) -> tuple[str, str] | None:
    """In an answer, a column leads where the id in the column before it says."""
    entities = {entity.name for entity in browsed.shapes.entities}
    keys = list(row.keys())
    place = keys.index(column)
    before = keys[place - 1] if place else ""
    if column in entities:
        return None if row[column] is None else (column, str(row[column]))
    return (before, str(row[before])) if before in entities and row[before] is not None else None


def match_expression(words: list[str]) -> str:
    """An FTS5 query that finds all words, the last as a prefix; every word quoted, so that none is an operator."""
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return " ".join(quoted) + "*"


def register() -> None:
    """Make the plugin known to Datasette, once per process."""
    # Where `rich` is installed, Datasette draws each error, be it a 404, with all local variables on standard output,
    # where the access log goes; and it fails over an address that it has no route for, since that is no exception.
    vars(handle_exception)["rich"] = None
    if not any(isinstance(plugin, Plugin) for plugin in pm.get_plugins()):
        pm.register(Plugin(), name=Plugin.__name__)
