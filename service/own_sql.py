"""Statements of a reader's own about a release: `/browse/-/sql`, as a page or as a file, whole or refused."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from datasets.browse.answering import MOST_ANSWER_BYTES, MOST_ROWS, SECONDS
from datasets.browse.asking import Answered, Asking, AskingError
from datasets.release.open import Release
from service import citations, pages
from service.problems import Problem, not_found
from service.row_files import MEDIA_TYPES, csv_pieces, excel_pieces, json_pieces

SHOWN = 500
"""Rows of an answer on the page; the downloads hold all."""
EXAMPLES = {
    "Members of each alliance, by country": """\
SELECT alliance, organization_country, count(*) AS members
FROM sheets.memberships
WHERE until IS NULL
GROUP BY alliance, organization_country
ORDER BY members DESC
LIMIT 100""",
    "Agreements signed in each year": """\
SELECT signed_year, count(*) AS agreements
FROM sheets.agreements
GROUP BY signed_year
ORDER BY signed_year""",
    "What sources say of one record": """\
SELECT "column", value, source, locator, chosen, reason
FROM claims
WHERE record_type = 'alliance' AND record = 'aua'
ORDER BY "column", chosen DESC""",
}
"""What a reader can begin with."""


class OwnSql:
    """Answers readers' statements, where that is on."""

    def __init__(self, release: Release, root: str, asking: Asking | None) -> None:
        """Without `asking`, every statement is told that this is turned off."""
        self._release = release
        self._root = root
        self._asking = asking

    async def answer(self, request: Request, suffix: str) -> Response:
        """Answer `/browse/-/sql{suffix}?sql=…`; further parameters are the values of `:names`. Raises Problem."""
        given = dict(request.query_params)
        if suffix not in ("", ".csv", ".json", ".xlsx"):
            raise not_found(f"An answer is given as .csv, .json or .xlsx, not as {suffix!r}.")
        if self._asking is None:
            raise Problem(
                403, "Statements of your own are turned off on this server; download /browse/alliances.db and ask it."
            )
        sql = given.pop("sql", "")
        bindings = {name: value for name, value in given.items() if not name.startswith("_")}
        if suffix:
            return self._file(suffix[1:], sql, bindings, await self._answered(sql, bindings))
        answered, refused, status = None, "", 200
        if sql.strip():
            try:
                answered = await self._asking.ask(sql, bindings)
            except AskingError as error:
                refused, status = str(error), error.status
        query = urlencode({"sql": sql, **bindings})
        body = pages.render(
            "sql.html",
            root=self._root,
            path=f"/browse/-/sql?{query}",
            release=self._release,
            sql=sql,
            bindings=bindings,
            answered=answered,
            rows=answered.rows[:SHOWN] if answered else (),
            refused=refused,
            query=query,
            examples=EXAMPLES,
            limits=(SECONDS, MOST_ROWS, MOST_ANSWER_BYTES // 1_000_000),
            citation=citations.citation(self._release, "A statement of one’s own", f"/browse/-/sql?{query}"),
        )
        return HTMLResponse(body, status, {"Cache-Control": "no-store"})

    async def _answered(self, sql: str, bindings: dict[str, str]) -> Answered:
        assert self._asking
        try:
            return await self._asking.ask(sql, bindings)
        except AskingError as error:
            headers = {"Retry-After": "2"} if error.status == 503 else {}
            raise Problem(error.status, str(error), headers=headers) from None

    def _file(self, suffix: str, sql: str, bindings: dict[str, str], answered: Answered) -> Response:
        path = f"/browse/-/sql?{urlencode({'sql': sql, **bindings})}"
        cited = citations.citation(self._release, "A statement of one’s own", path)
        about = {
            "title": cited.title,
            "statement": sql,
            **bindings,
            "rows": str(len(answered.rows)),
            "release": self._release.id,
            "licence": self._release.licence,
            "permalink": cited.permalink,
            "cite": cited.text,
        }
        columns = answered.columns
        if suffix == "csv":
            pieces = csv_pieces(columns, answered.rows, about)
        elif suffix == "json":
            pieces = json_pieces(columns, answered.rows, about)
        else:
            pieces = excel_pieces(columns, answered.rows, about, self._release.id[:10])
        headers = {"Content-Disposition": f'attachment; filename="answer.{suffix}"', "Cache-Control": "no-store"}
        return StreamingResponse(pieces, 200, headers, MEDIA_TYPES[suffix])

    async def close(self) -> None:
        """End the processes."""
        if self._asking:
            await self._asking.end()
