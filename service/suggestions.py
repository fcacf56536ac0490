"""What somebody may be looking for, while it is being typed: for the script of the search field, and for programs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from datasets.text import tokens
from service.home import find
from service.record import address
from service.switching import Held

MOST = 8
SHORTEST = 2
"""Letters from which on anything is suggested: one alone begins half of all names."""


async def suggest(request: Request, held: Held) -> Response:
    """`/search/suggest?q=tsin`: the first hits of the search, each with its label, what it is, and its page."""
    query = request.query_params.get("q", "")[:200]
    words = tokens(query)
    found = []
    if len("".join(words)) >= SHORTEST or (words and not query.isascii()):
        found = await held.reader.read(lambda connection: find(connection, held.release.shapes, words, MOST))
    shown = [{"label": f.label, "type": f.type, "href": address(held.root, "doc", f.type, f.id)} for f in found]
    return JSONResponse({"query": query, "suggestions": shown})
