"""Zip archives whose bytes depend on their content alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = 0o100644 << 16


class Archive:
    """A zip file under construction: members in the order of writing, without clock times."""

    def __init__(self, path: Path, *, compressed: bool) -> None:
        self._method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        self._zip = zipfile.ZipFile(path, "w", self._method)

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        """A member to be written, of any size."""
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = self._method
        info.create_system = _UNIX
        info.external_attr = _MODE
        with self._zip.open(info, "w", force_zip64=True) as stream:
            yield stream

    def write(self, name: str, content: str) -> None:
        """Add a text as a member."""
        with self.member(name) as stream:
            stream.write(content.encode())

    def close(self) -> None:
        """Write the directory of the archive."""
        self._zip.close()
