"""The shapes themselves: whoever opens the release reads it by these, never by the shapes of the program."""

from __future__ import annotations

from typing import ClassVar

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from datasets.release.files import SHAPES
from datasets.shapes.serial import to_json

SHAPES_FILE = ExportFile(name=SHAPES, title="What is in the tables, for programs", media_type="application/json")


class ShapesFile(FromDatabase):
    """`shapes.json`."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (SHAPES_FILE,)

    def finish(self, draft: Draft) -> None:
        """Write the shapes."""
        (self.folder / SHAPES).write_text(to_json(self.shapes), encoding="utf-8")
