"""Files that belong to the service and not to a release: stylesheet, icon, robots.txt."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from service import pages
from service.conditional import none_match
from service.problems import not_found

_FILES = {
    pages.STYLE_PATH: (pages.STYLE, "text/css", f'"{pages.STYLE_HASH}"'),
    pages.ICON_PATH: (pages.ICON, "image/svg+xml", f'"{pages.ICON_PATH.split(".")[1]}"'),
}
_FOR_EVER = "public, max-age=31536000, immutable"


async def static(request: Request) -> Response:
    """A file at an address with its hash: it never changes."""
    if request.url.path not in _FILES:
        raise not_found(f"There is no file {request.url.path}.")
    body, media_type, tag = _FILES[request.url.path]
    headers = {"Cache-Control": _FOR_EVER, "ETag": tag}
    if none_match(request.headers.get("if-none-match", "").encode("latin-1"), tag.encode()):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


async def robots(_request: Request) -> Response:
    """What crawlers may read: everything but endless lists and queries."""
    closed = ("/browse/", "/graphql", "/sparql", "/releases/", "/search")
    rules = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return PlainTextResponse("\n".join(rules) + "\n", headers={"Cache-Control": "public, max-age=86400"})
