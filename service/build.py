"""Which build of the code answers: part of every ETag, so that new code never confirms what old code sent."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("datasets", "graph_schema", "linked_data", "service")
_SUFFIXES = frozenset({".py", ".html", ".css", ".js", ".svg", ".json", ".xml", ".txt", ".sql"})


@cache
def code_build() -> str:
    """12 hex digits of SHA-256 over the code, templates and styles of the service; the same on every machine."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((_ROOT / package).rglob("*")):
            relative = path.relative_to(_ROOT)
            if path.suffix in _SUFFIXES and path.is_file() and relative.parts[:2] != ("datasets", "facts"):
                digest.update(relative.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
