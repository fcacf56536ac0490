"""Writing files of facts, each in one step."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path


def replace(path: Path, data: bytes) -> None:
    """Put a file in the place of another in one step: whoever reads sees the old or the new one, whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_csv(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    """Write a CSV file as facts are written: UTF-8, LF, quoted where needed; in one step. How many rows it has."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    number = 0
    for line in lines:
        writer.writerow(line)
        number += 1
    replace(path, text.getvalue().encode("utf-8"))
    return number
