"""Our Datasette plugin: the fence, search in all scripts, links to the records' addresses, menu and template words.

Datasette keeps one plugin manager per process, so the plugin is registered once and finds what belongs to an
instance in `BROWSED`. Instances without an entry are none of ours and are left alone.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from urllib.parse import quote
from weakref import WeakKeyDictionary

import markupsafe
from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.plugins import pm
from datasette.utils.asgi import Request

from datasets.browse.guard import fence
from datasets.browse.metadata import DATABASE, is_hidden
from datasets.release.layout import SEARCH, SEARCH_INDEX
from datasets.shapes.model import Entity, Shapes
from datasets.text import tokens


@dataclass(frozen=True, slots=True)
class Browsed:
    """What the plugin knows of one Datasette instance: the shapes of its release and where its faces stand."""

    shapes: Shapes
    release: dict[str, str]
    root: str

    def entity(self, table: str | None) -> Entity | None:
        """The entity whose records a table holds, if it holds records."""
        return next((e for e in self.shapes.entities if e.plural == table), None)

    def address(self, entity: str, record: str) -> str:
        """The path of a record's page."""
        return f"{self.root}doc/{quote(entity)}/{quote(record, safe='')}.html"


BROWSED: WeakKeyDictionary[Datasette, Browsed] = WeakKeyDictionary()


class Plugin:
    """The hooks. `__name__` is what Datasette shows in its list of plugins."""

    __name__ = "open-alliances"

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
        """Fence connections to the release."""
        if datasette in BROWSED and database == DATABASE:
            fence(conn)

    @hookimpl(trylast=True)
    def filters_from_request(
        self,
        request: Request,
        table: str,
        datasette: Datasette,
    ) -> FilterArguments | None:
        """`_search=` on tables of records, through the release's own index of all scripts."""
        browsed = BROWSED.get(datasette)
        entity = browsed.entity(table) if browsed else None
        if entity is None:
            return None
        text = request.args.get("_search") or ""
        words = tokens(text)
        context = {"supports_search": True, "search": text}
        if not words:
            return FilterArguments([], {}, [], context)
        where = (
            f"id in (select id from {SEARCH} where type = :search_type and entry in "
            f"(select rowid from {SEARCH_INDEX} where {SEARCH_INDEX} match :search_words))"
        )
        params = {"search_type": entity.name, "search_words": match_expression(words)}
        return FilterArguments([where], params, [f'search matches "{text}"'], context)

    @hookimpl
    def render_cell(
        self,
        row: sqlite3.Row,
        value: object,
        column: str,
        table: str | None,
        datasette: Datasette,
    ) -> markupsafe.Markup | None:
        """Ids and links to records of several types lead to the record's page."""
        browsed = BROWSED.get(datasette)
        if browsed is None or value is None:
            return None
        entity = browsed.entity(table)
        if entity is None:
            return None
        if column == "id":
            return _anchor(browsed.address(entity.name, str(value)), str(value))
        typed = f"{column}_type"
        if typed in row.keys():  # noqa: SIM118 (a sqlite3.Row contains its values, not its keys)
            bare = value["value"] if isinstance(value, dict) else value
            text = value["label"] if isinstance(value, dict) else value
            return _anchor(browsed.address(str(row[typed]), str(bare)), str(text))
        return None

    @hookimpl
    def extra_template_vars(self, datasette: Datasette) -> dict[str, object]:
        """Words for the templates: the release, and which columns serve sorting alone."""
        browsed = BROWSED.get(datasette)
        if browsed is None:
            return {}
        return {"release": browsed.release, "root": browsed.root, "is_hidden": is_hidden}

    @hookimpl
    def extra_css_urls(self, datasette: Datasette) -> list[str]:
        """The one stylesheet that makes Datasette look like the pages around it."""
        return [datasette.urls.path("/-/alliances.css")] if datasette in BROWSED else []

    @hookimpl
    def menu_links(self, datasette: Datasette) -> list[dict[str, str]]:
        """Ways out of the tables."""
        browsed = BROWSED.get(datasette)
        if browsed is None:
            return []
        return [
            {"href": browsed.root, "label": "Home"},
            {"href": f"{browsed.root}graphql", "label": "GraphQL"},
            {"href": "/releases", "label": "Releases"},
            {"href": "/about", "label": "Method and limits"},
        ]


def match_expression(words: list[str]) -> str:
    """An FTS5 query that finds all words, the last as a prefix; every word quoted, so that none is an operator."""
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return " ".join(quoted) + "*"


def _anchor(href: str, text: str) -> markupsafe.Markup:
    return markupsafe.Markup('<a href="{}">{}</a>').format(href, text)


def register() -> None:
    """Make the plugin known to Datasette, once per process."""
    if not any(isinstance(plugin, Plugin) for plugin in pm.get_plugins()):
        pm.register(Plugin(), name=Plugin.__name__)
