"""Files that belong to the service and not to a release: stylesheet, icon, robots.txt."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from service import pages
from service.conditional import CODINGS, compress, none_match
from service.negotiation import coding
from service.problems import not_found

_FILES = {
    pages.STYLE_PATH: (pages.STYLE, "text/css", f'"{pages.STYLE_HASH}"'),
    pages.WORLD_PATH: (pages.WORLD, "image/svg+xml", f'"{pages.WORLD_PATH.split(".")[1]}"'),
    pages.ICON_PATH: (pages.ICON, "image/svg+xml", f'"{pages.ICON_PATH.split(".")[1]}"'),
}
_START = (Path(__file__).resolve().parent / "static" / "graphiql.js").read_bytes()
_START_HASH = hashlib.sha256(_START).hexdigest()[:16]
_START_PATH = f"/static/graphiql.{_START_HASH}.js"
_FILES[_START_PATH] = (_START, "text/javascript", f'"{_START_HASH}"')
_PACKED = {path: compress(body) for path, (body, _, _) in _FILES.items()}
"""What stands at hashed addresses, compressed once."""
_GRAPHIQL = Path(__file__).resolve().parent.parent / "graph_schema" / "ide" / "static"
"""Where set-up puts GraphiQL when npm is there: `/static/graphiql/…`."""
_TYPES = {".css": "text/css", ".js": "text/javascript", ".map": "application/json", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


def graphiql() -> str:
    """The address of the script that starts GraphiQL; empty where set-up could not fetch it."""
    return _START_PATH if (_GRAPHIQL / "graphiql.min.js").is_file() else ""


async def static(request: Request) -> Response:
    """A file of the service: for ever at an address with its hash, else to be asked for anew."""
    path = str(request.url.path)
    found = _FILES.get(path)
    if found is None:
        body, media_type, tag = await asyncio.to_thread(_read, request.path_params["name"], path)
    else:
        body, media_type, tag = found
    code = coding(request.headers.get("accept-encoding", ""), CODINGS) if path in _PACKED else ""
    if code:
        tag = f'{tag[:-1]}-{code}"'
    headers = {"Cache-Control": _FOR_EVER if found else "public, no-cache", "ETag": tag}
    if path in _PACKED:
        headers["Vary"] = "Accept-Encoding"
    if none_match(request.headers.get("if-none-match", "").encode("latin-1"), tag.encode()):
        return Response(status_code=304, headers=headers)
    if code:
        body, headers["Content-Encoding"] = _PACKED[path], code
    return Response(body, headers=headers, media_type=media_type)


def _read(name: str, address: str) -> tuple[bytes, str, str]:
    """Body, media type and tag of a file that set-up may have put there. Raises Problem 404."""
    folder, _, file = name.partition("/")
    path = _GRAPHIQL / file
    if folder != "graphiql" or "/" in file or path.suffix not in _TYPES or not path.is_file():
        raise not_found(f"There is no file {address}.")
    body = path.read_bytes()
    return body, _TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:32]}"'


async def robots(_request: Request) -> Response:
    """What crawlers may read: everything but endless lists and queries."""
    closed = ("/browse/", "/graphql", "/sparql", "/releases/", "/search")
    rules = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return PlainTextResponse("\n".join(rules) + "\n", headers={"Cache-Control": "public, max-age=86400"})
