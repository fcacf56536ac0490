"""GraphiQL, where set-up could fetch it: its files at addresses with their hash, to be kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "graph_schema" / "ide" / "static"
"""Where set-up puts the files when npm is there."""
_START = Path(__file__).resolve().parent / "static" / "graphiql.js"
_SCRIPTS = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js")
_STYLE = "graphiql.min.css"
_TYPES = {".css": "text/css", ".js": "text/javascript"}

_DIALOG = b"'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='"
"""The style that its dialogs add, so that the page behind does not scroll; the same where that has no scroll bar."""
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' %b; img-src 'self' data:; font-src 'self' data:; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
) % _DIALOG
"""Scripts from files only, styles from files and by hash; its stylesheet brings fonts and pictures as `data:`."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that never changes at its address."""

    body: bytes
    media_type: str
    hash: str


@dataclass(frozen=True, slots=True)
class GraphiQL:
    """The addresses that the page names, scripts in the order in which they start, and the files behind them."""

    style: str
    scripts: tuple[str, ...]
    files: Mapping[str, File]


@cache
def found(folder: Path) -> GraphiQL | None:
    """GraphiQL as it stands in a folder; None where a file is missing."""
    paths = [folder / name for name in (_STYLE, *_SCRIPTS)]
    if not all(path.is_file() for path in paths):
        return None
    files = dict(_file(path) for path in (*paths, _START))
    style, *scripts = files
    return GraphiQL(style, tuple(scripts), files)


def _file(path: Path) -> tuple[str, File]:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    stem, dot, suffix = path.name.rpartition(".")
    return f"/static/graphiql/{stem}.{digest}{dot}{suffix}", File(body, _TYPES[path.suffix], digest)


def file(address: str) -> File | None:
    """The file at an address, if it is one of GraphiQL's."""
    here = found(FOLDER)
    return here.files.get(address) if here else None
