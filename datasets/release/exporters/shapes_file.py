"""The shapes themselves: whoever opens the release reads it by these, never by the shapes of the program."""

from __future__ import annotations

from typing import ClassVar

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from datasets.shapes.serial import to_json

SHAPES = ExportFile(name="shapes.json", title="What is in the tables, for programs", media_type="application/json")


class ShapesFile(FromDatabase):
    """`shapes.json`."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (SHAPES,)

    def finish(self, draft: Draft) -> None:
        """Write the shapes."""
        (self.folder / SHAPES.name).write_text(to_json(self.shapes), encoding="utf-8")
