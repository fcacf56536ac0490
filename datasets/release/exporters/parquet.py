"""All tables as Parquet in one archive, which columnar tools read without guessing types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import IO, ClassVar

import apsw
import pyarrow as pa
import pyarrow.parquet as pq

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from datasets.release.exporters.archive import Archive
from datasets.release.public import PublicColumn, PublicTable, public_tables
from datasets.shapes import Kind

PARQUET = ExportFile(
    name="alliances-parquet.zip",
    title="All tables as Parquet",
    media_type="application/zip",
)
_ROWS = 20_000


class Parquet(FromDatabase):
    """One file per table, stored uncompressed in the archive (Parquet compresses within), in row groups of 20,000.

    Decimals are doubles here; their digits as the source writes them stand in the CSV files and the database.
    """

    FILES: ClassVar[tuple[ExportFile, ...]] = (PARQUET,)

    def finish(self, draft: Draft) -> None:
        """Write the archive."""
        with closing(Archive(self.folder / PARQUET.name, compressed=False)) as archive:
            for table in public_tables(self.shapes):
                with archive.member(f"{table.name}.parquet") as stream:
                    _write(table, stream, draft.connection)


def _write(table: PublicTable, stream: IO[bytes], connection: apsw.Connection) -> None:
    schema = pa.schema([_field(column) for column in table.columns])
    rows = table.rows(connection)
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            columns = [
                _array(public, cells) for public, cells in zip(table.columns, zip(*batch, strict=True), strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=_ROWS)


def _batches(rows: Iterator[tuple[apsw.SQLiteValue, ...]]) -> Iterator[list[tuple[apsw.SQLiteValue, ...]]]:
    while batch := list(islice(rows, _ROWS)):
        yield batch


def _field(public: PublicColumn) -> pa.Field:
    return pa.field(
        public.field.name,
        _type(public),
        nullable=not public.field.not_null,
        metadata={"description": public.field.doc},
    )


def _type(public: PublicColumn) -> pa.DataType:
    kind = public.column.kind if public.column else None
    if kind is Kind.FLAG:
        return pa.bool_()
    if kind is Kind.DECIMAL:
        return pa.float64()
    return pa.int64() if public.field.type == "INTEGER" else pa.string()


def _array(public: PublicColumn, cells: Sequence[apsw.SQLiteValue]) -> pa.Array:
    kind = public.column.kind if public.column else None
    if kind is Kind.FLAG:
        return pa.array([bool(cell) for cell in cells], pa.bool_())
    if kind is Kind.DECIMAL:
        return pa.array([None if cell is None else float(str(cell)) for cell in cells], pa.float64())
    return pa.array(cells, _type(public))
