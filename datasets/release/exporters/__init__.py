"""The files that every release has beside its database. Publishing takes this list, or a longer one."""

from datasets.release.exporter import Exporter
from datasets.release.exporters.csv_tables import CsvTables
from datasets.release.exporters.dictionary import Dictionary
from datasets.release.exporters.json_lines import JsonLines
from datasets.release.exporters.parquet import Parquet
from datasets.release.exporters.shapes_file import ShapesFile

EXPORTERS: tuple[type[Exporter], ...] = (ShapesFile, Dictionary, CsvTables, JsonLines, Parquet)

__all__ = ["EXPORTERS"]
