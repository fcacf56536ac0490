"""All tables as CSV in one archive, described twice: by CSVW for the web, by a data package for Frictionless."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from typing import ClassVar

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from datasets.release.exporters.archive import Archive
from datasets.release.exporters.csvw import csvw_metadata
from datasets.release.exporters.data_package import data_package
from datasets.release.public import public_tables
from datasets.release.vocabulary import codes

CSV = ExportFile(
    name="alliances-csv.zip",
    title="All tables as CSV, with CSVW and Frictionless descriptions",
    media_type="application/zip",
)


class CsvTables(FromDatabase):
    """RFC 4180, UTF-8, one file per table in order of its key; an empty cell is no value, a flag is 1 or 0."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (CSV,)

    def finish(self, draft: Draft) -> None:
        """Write the archive."""
        tables = public_tables(self.shapes)
        with closing(Archive(self.folder / CSV.name, compressed=True)) as archive:
            metadata = csvw_metadata(self.shapes, tables, draft.id, draft.imprint)
            archive.write("csv-metadata.json", _json(metadata))
            package = data_package(tables, draft.id, draft.imprint, codes(draft.connection, self.shapes))
            archive.write("datapackage.json", _json(package))
            for table in tables:
                with archive.member(f"{table.name}.csv") as stream:
                    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
                    writer = csv.writer(text)
                    writer.writerow(table.fields)
                    writer.writerows(table.rows(draft.connection))
                    text.flush()
                    text.detach()


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
