"""Datasette as a face: the release's tables under `/browse/`, with our downloads, redirects, frame and error shape."""

from __future__ import annotations

import html
import re
from contextlib import closing
from functools import partial
from urllib.parse import parse_qsl

import markupsafe
import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse

from datasets.browse.asking import Asking
from datasets.browse.mount import Browse
from datasets.browse.page import Frame, Site
from datasets.release.open import Release
from service import citations, pages
from service.faces import Message, Receive, Scope, Send
from service.leasing import refuse_writing
from service.own_sql import OwnSql
from service.problems import Problem
from service.settings import resolve
from service.table_exports import TableExports

_SAID = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_LONGEST_ERROR = 200_000
_OURS = {
    403: "Conditions in SQL are not answered here; filter by column, or ask in SQL at /browse/-/sql where it is on.",
    404: "There is no such table, row or question.",
}
_ASKED_WRONGLY = ("Cannot sort", "Cannot use", "Invalid", "_size must", "no such column", "fts5:")
"""Beginnings of messages that Datasette sends with status 500 although the question was at fault."""
MOST_FACETS = 6
"""Columns that one page may be counted by: each is a statement of its own."""
_MARK = "\x00"
UNFINISHED = b" data-unfinished>"
"""What the page of a table carries where counting took too long."""
_FILE = re.compile(r"/([^/.-][^/.]*)/([^/.]+)\.csv")


class BrowseFace:
    """Datasette over one release, as a part of the site."""

    def __init__(self, browse: Browse, exports: TableExports, own_sql: OwnSql) -> None:
        self._browse = browse
        self._exports = exports
        self._own_sql = own_sql

    async def start(self) -> None:
        """Start Datasette."""
        await self._browse.start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refuse_writing(scope)
        if scope["path"] + "/" == self._browse.prefix:
            await RedirectResponse(self._browse.prefix, 308)(scope, receive, send)
            return
        path = "/" + scope["path"].removeprefix(self._browse.prefix)
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if whole := self._elsewhere(path, query):
            asked = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{whole}?{asked}" if asked else whole, 308)(scope, receive, send)
        elif path.startswith("/-/export/"):
            await self._exports.answer(path.removeprefix("/-/export/"), query, scope, receive, send)
        elif path == "/-/sql" or path.startswith("/-/sql."):
            response = await self._own_sql.answer(Request(scope, receive), path.removeprefix("/-/sql"))
            await response(scope, receive, send)
        else:
            _check(query)
            errors = Passing(send)
            await self._browse(scope, receive, errors)
            if errors.status:
                raise errors.problem()

    def _elsewhere(self, path: str, query: list[tuple[str, str]]) -> str:
        """Where that is answered by us for which Datasette has an address of its own."""
        if found := _FILE.fullmatch(path):
            if any(question.slug == found[2] for question in self._browse.browsed.questions):
                return f"{self._browse.browsed.root}questions/{found[2]}.csv"
            return f"{self._browse.prefix}-/export/{found[1]}/{found[2]}.csv"
        database, _, suffix = path.strip("/").partition(".")
        if any(name == "sql" for name, _ in query) and database and "/" not in database:
            return f"{self._browse.prefix}-/sql{'.' if suffix else ''}{suffix}"
        return ""

    async def close(self) -> None:
        """End threads and processes, close connections."""
        await self._own_sql.close()
        await self._exports.close()
        await self._browse.close()

    def variant(self, scope: Scope) -> str | None:
        """Only the address decides; files and answers to readers' own statements are made anew each time."""
        path = scope["path"]
        return None if path.endswith(".db") or "/-/export/" in path or "/-/sql" in path else ""


def _check(query: list[tuple[str, str]]) -> None:
    """Raises Problem 400 for what Datasette would do at any cost, or only in part."""
    facets = sum(name.startswith("_facet") and name != "_facet_size" for name, _ in query)
    if facets > MOST_FACETS:
        raise Problem(400, f"The table is to be counted by {facets} columns; {MOST_FACETS} at once are possible.")
    if any(name == "_format" or (name, value) == ("_shape", "csv") for name, value in query):
        raise Problem(400, "Put the format at the end of the path, as in .json; files are at /browse/-/export/.")


class Passing:
    """Lets answers pass, and keeps errors back to give them the shape of all others."""

    def __init__(self, send: Send) -> None:
        self.status = 0
        self._send = send
        self._body = b""
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Take one message of Datasette."""
        if message["type"] == "http.response.start":
            self.status = message["status"] if message["status"] >= 400 else 0
            self._start = message
        elif not self.status:
            if self._start:
                await self._send(_unkept(self._start) if UNFINISHED in message.get("body", b"") else self._start)
                self._start = None
            await self._send(message)
        elif message["type"] == "http.response.body" and len(self._body) < _LONGEST_ERROR:
            self._body += message.get("body", b"")

    def problem(self) -> Problem:
        """What Datasette said, in our shape."""
        said = _message(self._body)
        status = 400 if self.status == 500 and said.startswith(_ASKED_WRONGLY) else self.status
        if status >= 500:
            return Problem(status, "The table could not be shown; the fault is ours and is logged.")
        return Problem(status, _OURS.get(status) or said or "The question cannot be answered.")


def _unkept(start: Message) -> Message:
    """The start of an answer that is not to be kept: a busy moment left something of it out."""
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"cache-control"]
    return {**start, "headers": [*headers, (b"cache-control", b"no-store")]}


def _message(body: bytes) -> str:
    """The message of an error of Datasette, in JSON or HTML; empty where there is none."""
    text = body.decode("utf-8", "replace")
    if text.startswith("{"):
        try:
            return str(orjson.loads(body).get("error") or "")
        except orjson.JSONDecodeError:
            return ""
    found = _SAID.search(text)
    return html.unescape(re.sub(r"<[^>]*>", "", found[1])).strip() if found else ""


def frame(root: str) -> Frame:
    """The page of the site around the tables, in pieces."""
    pieces = pages.render("browse.html", root=root, path="/browse/", mark=_MARK).decode().split(_MARK)
    return Frame(*(markupsafe.Markup(piece) for piece in pieces))  # noqa: S704 (made by our own template)


def open_face(release: Release, root: str) -> BrowseFace:
    """Open the face over a release."""
    with closing(release.connect()) as connection:
        about = {str(key): str(value) for key, value in connection.execute("SELECT key, value FROM release")}
    on = resolve().sql
    site = Site(frame(root), partial(citations.citation, release), asking=on)
    browse = Browse(release, about, f"{root}/browse/", site)
    asking = Asking(release.database, browse.sheets.path) if on else None
    return BrowseFace(browse, TableExports(release, browse), OwnSql(release, root, asking))
