"""The files of a release, gathered: those of the datasets and those of the faces that add their own."""

from __future__ import annotations

from datasets.release.exporter import Exporter
from datasets.release.exporters import EXPORTERS
from linked_data.dump import Dumps
from linked_data.laid_out import Pieces
from linked_data.validation import ShaclShapes
from service.networks import NetworkFile


def exporters() -> tuple[type[Exporter], ...]:
    """All exporters, in the order in which the manifest lists their files."""
    return (*EXPORTERS, ShaclShapes, Dumps, Pieces, NetworkFile)
