"""The rows of a table of Datasette as files: `/browse/-/export/{database}/{table}.{csv|json|geojson|xlsx}`.

The rows are those that the page with the same parameters is about, in its order, all of them: Datasette itself tells
the statement of its page, which is run without its limit. Files are written while they are read.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple
from urllib.parse import urlencode

import apsw
import orjson
from starlette.responses import Response, StreamingResponse

from datasets.browse.metadata import DATABASE
from datasets.browse.mount import Browse
from datasets.browse.page import FORMATS, filters, placed
from datasets.browse.sheet import PLACE
from datasets.browse.sheets import NAME
from datasets.release.open import Release
from service import citations
from service.faces import Receive, Scope, Send
from service.problems import Problem, not_found
from service.row_files import MEDIA_TYPES, Pieces, csv_pieces, excel_pieces, geojson_pieces, json_pieces
from service.rows import Cell
from service.workbook import MOST_ROWS

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")
THREADS = 2
"""Files that are written at once; further ones take turns, piece by piece."""
_LIMIT = re.compile(r" limit \d+\s*$")


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a page is about: the statement without limit, its parameters, and how the page says it."""

    sql: str
    parameters: Mapping[str, object]
    told: str
    columns: tuple[str, ...]


class TableExports:
    """Answers with the rows of tables as files."""

    def __init__(self, release: Release, browse: Browse) -> None:
        self._release = release
        self._browse = browse
        self._files = {DATABASE: release.database, NAME: browse.sheets.path}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"export-{release.id}")

    async def answer(
        self, file: str, query: Sequence[tuple[str, str]], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer a request for `{database}/{table}.{suffix}`. Raises Problem."""
        name, _, suffix = file.rpartition(".")
        database, _, table = name.partition("/")
        if database not in self._files or not table:
            raise not_found(f"There is no table {name!r}; /browse/ lists them.")
        offered = [n for n in FORMATS if n != "geojson" or placed(self._browse.browsed, database, table)]
        if suffix not in offered:
            raise not_found(f"The table is given as {', '.join(offered)}, not as {suffix!r}.")
        kept = [(key, value) for key, value in query if filters(key)]
        selection = await self._selection(database, table, kept)
        connection, count = await self._run(self._opened, database, selection)
        try:
            if suffix == "xlsx" and count > MOST_ROWS:
                raise Problem(
                    413, f"{count:,} rows do not fit on a sheet, which holds {MOST_ROWS:,}; take the CSV file."
                )
            about = self._about(database, table, kept, selection, count)
            pieces = self._pieces(connection, selection, about, suffix, placed(self._browse.browsed, database, table))
            first = await self._run(_piece, pieces)
            headers = {"Content-Disposition": f'attachment; filename="{table}.{suffix}"'}
            if scope["method"] == "HEAD":
                response: Response = Response(headers=headers, media_type=MEDIA_TYPES[suffix])
            else:
                response = StreamingResponse(self._sent(first, pieces), 200, headers, MEDIA_TYPES[suffix])
            await response(scope, receive, send)
        finally:
            await self._run(connection.close)

    async def _selection(self, database: str, table: str, query: Sequence[tuple[str, str]]) -> Selection:
        """Ask Datasette for the statement of the page. Raises Problem where it would show none."""
        asked = urlencode([*query, ("_size", "0"), ("_nofacet", "1"), ("_nocount", "1"), ("_labels", "off")])
        datasette = self._browse.datasette
        answer = await datasette.client.get(datasette.urls.path(f"/{database}/{table}.json?{asked}"))
        if answer.is_redirect:
            raise Problem(400, "Ask with the parameters of the page that the form leads to.")
        said: dict[str, Any] = orjson.loads(answer.content)
        if answer.status_code != 200 or "query" not in said or "filtered_table_rows_count" not in said:
            status = answer.status_code if answer.status_code in (403, 404) else 400
            raise Problem(status, str(said.get("error") or "There is no such table."))
        sql, count = _LIMIT.subn("", said["query"]["sql"])
        assert count == 1, said["query"]["sql"]
        keys = ", ".join(f'"{key}"' for key in said["primary_keys"])
        if " order by " in sql and keys and not sql.endswith(f"order by {keys.replace(chr(34), '')}"):
            sql = f"{sql}, {keys}"
        columns = tuple(said["columns"])
        return Selection(sql, said["query"]["params"], said["human_description_en"] or "", columns)

    def _opened(self, database: str, selection: Selection) -> tuple[apsw.Connection, int]:
        """A connection for one file, and how many rows the file will have."""
        connection = _connect(self._files[database])
        counting = f"SELECT count(*) FROM ({selection.sql})"
        return connection, int(next(iter(connection.execute(counting, selection.parameters)))[0])

    def _about(
        self, database: str, table: str, kept: Sequence[tuple[str, str]], selection: Selection, count: int
    ) -> dict[str, str]:
        title = self._title(database, table)
        told = selection.told.replace(f"sorted by {PLACE}", "").strip()
        path = f"/browse/{database}/{table}" + (f"?{urlencode(kept)}" if kept else "")
        cited = citations.citation(self._release, f"{title}: {told}" if told else title, path)
        return {
            "title": cited.title,
            "rows": str(count),
            "release": self._release.id,
            "licence": self._release.licence,
            "permalink": cited.permalink,
            "cite": cited.text,
            "meaning of columns": f"{cited.permalink.partition('?')[0]}",
            "empty cells": "No source says it; never no, none or zero.",
        }

    def _title(self, database: str, table: str) -> str:
        told = self._browse.datasette.table_metadata(database, table)
        return str(told.get("title") or table)

    def _pieces(
        self,
        connection: apsw.Connection,
        selection: Selection,
        about: Mapping[str, str],
        suffix: str,
        place: tuple[str, str] | None,
    ) -> Pieces:
        columns = tuple(column for column in selection.columns if column != PLACE)
        names = ", ".join(f'"{column}"' for column in columns)
        rows: Iterator[tuple[Cell, ...]] = iter(
            connection.execute(f"SELECT {names} FROM ({selection.sql})", selection.parameters)
        )
        if suffix == "csv":
            return csv_pieces(columns, rows, about)
        if suffix == "json":
            return json_pieces(columns, rows, about)
        if suffix == "xlsx":
            return excel_pieces(columns, rows, about, self._release.id[:10])
        assert place  # geojson is offered only of what has a place
        return geojson_pieces(columns, rows, about, place)

    async def _sent(self, first: bytes, pieces: Pieces) -> AsyncIterator[bytes]:
        piece = first
        while piece:
            yield piece
            piece = await self._run(_piece, pieces)

    async def _run(self, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def close(self) -> None:
        """End the threads. No request is in flight."""
        await asyncio.to_thread(self._threads.shutdown, wait=True)


def _piece(pieces: Pieces) -> bytes:
    return next(pieces, b"")


def _connect(path: Path) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return apsw.Connection(f"{path.absolute().as_uri()}?immutable=1", flags=flags)
