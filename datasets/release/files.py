"""Files of a release on disk: their names, their checksums, and writing them so that a power cut loses nothing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

DATABASE = "alliances.sqlite"
"""The one database of a release."""
MANIFEST = "manifest.json"
"""What the release is and which files it has."""
DELTA = "delta.json"
"""What changed since the previous release."""
SHAPES = "shapes.json"
"""The shapes that the release was built by."""


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Wait until a file's content, or a directory's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Wait until all files of a folder, and the folder, are on the disk."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)
