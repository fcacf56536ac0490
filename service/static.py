"""Files that belong to the service and not to a release: stylesheet, script, icon, robots.txt."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from service import graphiql, pages
from service.conditional import CODINGS, compress, none_match
from service.graphiql import File
from service.negotiation import coding
from service.problems import not_found
from service.switching import Switch

_FILES = {
    pages.STYLE_PATH: File(pages.STYLE, "text/css", pages.STYLE_HASH),
    pages.SCRIPT_PATH: File(pages.SCRIPT, "text/javascript", pages.SCRIPT_PATH.split(".")[1]),
    pages.WORLD_PATH: File(pages.WORLD, "image/svg+xml", pages.WORLD_PATH.split(".")[1]),
    pages.ICON_PATH: File(pages.ICON, "image/svg+xml", pages.ICON_PATH.split(".")[1]),
}
_PACKED: dict[str, bytes] = {}
"""What was asked for compressed, so that it is compressed once."""


async def static(request: Request) -> Response:
    """A file of the service, for ever at an address with its hash."""
    path = str(request.url.path)
    found = _FILES.get(path) or graphiql.file(path)
    if found is None:
        raise not_found(f"There is no file {path}.")
    code = coding(request.headers.get("accept-encoding", ""), CODINGS)
    tag = f'"{found.hash}-{code}"' if code else f'"{found.hash}"'
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "ETag": tag, "Vary": "Accept-Encoding"}
    if none_match(request.headers.get("if-none-match", "").encode("latin-1"), tag.encode()):
        return Response(status_code=304, headers=headers)
    body = found.body
    if code:
        headers["Content-Encoding"] = code
        body = _PACKED.get(path) or _PACKED.setdefault(path, await asyncio.to_thread(compress, body))
    return Response(body, headers=headers, media_type=found.media_type)


async def robots(request: Request) -> Response:
    """What crawlers may read: everything but endless lists and queries; and where all pages are listed."""
    switch: Switch = request.app.state.switch
    closed = ("/browse/", "/graphql", "/sparql", "/releases/", "/search")
    rules = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    if switch.ready:
        rules.append(f"Sitemap: {switch.current.release.base_iri}/sitemap.xml")
    return PlainTextResponse("\n".join(rules) + "\n", headers={"Cache-Control": "public, max-age=86400"})
