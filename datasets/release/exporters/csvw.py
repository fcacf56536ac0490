"""CSV on the Web: what each table and column of the archive is (https://www.w3.org/TR/tabular-metadata/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasets.release.identity import Imprint
from datasets.release.licences import licence
from datasets.release.public import PublicColumn, PublicTable
from datasets.shapes import Kind, Link, Shapes

DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""Days are told as text by this pattern: open ends lie outside the calendar that `date` allows."""

_DATATYPES: Mapping[Kind, object] = {
    Kind.INTEGER: "nonNegativeInteger",
    Kind.DECIMAL: "decimal",
    Kind.FLAG: "boolean",
    Kind.URL: "anyURI",
    Kind.LANGUAGE: {"base": "string", "format": "[a-z]{2,8}(-[A-Za-z0-9]{1,8})*"},
}


def csvw_metadata(shapes: Shapes, tables: Sequence[PublicTable], release: str, imprint: Imprint) -> dict[str, object]:
    """The content of `csv-metadata.json`: a table group with keys, datatypes, RDF properties and addresses."""
    known = {table.name for table in tables}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": imprint.title,
        "dc:description": imprint.description or imprint.title,
        "dc:identifier": release,
        "dc:issued": {"@value": imprint.date, "@type": "xsd:date"},
        "dc:publisher": imprint.publisher,
        "dc:license": {"@id": licence(imprint.licence).url},
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tables": [_table(shapes, table, known, imprint.base_iri) for table in tables],
    }


def _table(shapes: Shapes, table: PublicTable, known: set[str], base: str) -> dict[str, object]:
    schema: dict[str, object] = {
        "columns": [_column(shapes, table, column, base) for column in table.columns],
        "primaryKey": list(table.table.primary_key),
    }
    # CSVW wants a row at the other end of every foreign key, so links that may be empty are told by `valueUrl` alone.
    keys = [
        {"columnReference": [f.name], "reference": {"resource": f"{f.references}.csv", "columnReference": ["id"]}}
        for f in (column.field for column in table.columns)
        if f.references in known and f.not_null
    ]
    if keys:
        schema["foreignKeys"] = keys
    if table.entity is not None:
        schema["aboutUrl"] = f"{base}/id/{table.entity.name}/{{id}}"
        schema["rowTitles"] = [_title(table)]
    return {"url": f"{table.name}.csv", "dc:description": table.table.doc, "tableSchema": schema}


def _title(table: PublicTable) -> str:
    assert table.entity is not None
    return "label" if table.entity.templated else table.entity.label


def _column(shapes: Shapes, table: PublicTable, public: PublicColumn, base: str) -> dict[str, object]:
    field, column = public.field, public.column
    described: dict[str, object] = {"name": field.name, "titles": field.name, "dc:description": field.doc}
    described["datatype"] = _datatype(public)
    if field.not_null:
        described["required"] = True
    if column is None or table.entity is None:
        return described
    if address := _property(shapes, column.terms):
        described["propertyUrl"] = address
    if isinstance(column, Link):
        kind = f"{{{column.name}_type}}" if shapes.is_family(column.target) else column.target
        described["valueUrl"] = f"{base}/id/{kind}/{{{column.name}}}"
    return described


def _datatype(public: PublicColumn) -> object:
    if public.column is not None:
        return _DATATYPES.get(public.column.kind, "string")
    if is_day(public):
        return {"base": "string", "format": DAY}
    return "integer" if public.field.type == "INTEGER" else "string"


def is_day(public: PublicColumn) -> bool:
    """Whether a derived field holds a day."""
    return public.column is None and public.field.name.endswith(("_earliest", "_latest"))


def _property(shapes: Shapes, terms: Sequence[str]) -> str:
    """The address of the first term that is the record's own property and stands in a public vocabulary."""
    prefixes = dict(shapes.prefixes)
    for term in terms:
        prefix, _, name = term.partition(":")
        if prefix in prefixes:
            return prefixes[prefix] + name
    return ""
