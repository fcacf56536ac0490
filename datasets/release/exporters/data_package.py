"""A Frictionless data package over the CSV files (https://specs.frictionlessdata.io/tabular-data-package/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasets.release.exporters.csvw import DAY, is_day
from datasets.release.identity import Imprint
from datasets.release.layout import Field
from datasets.release.licences import licence
from datasets.release.public import PublicColumn, PublicTable
from datasets.shapes import Kind


def data_package(
    tables: Sequence[PublicTable], release: str, imprint: Imprint, codes: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """The content of `datapackage.json`. `codes` are the values of each vocabulary, by scheme."""
    known = {table.name for table in tables}
    terms = licence(imprint.licence)
    package: dict[str, object] = {
        "profile": "tabular-data-package",
        "name": "open-alliances",
        "id": f"{imprint.base_iri}/releases/{release}",
        "title": imprint.title,
        "version": release,
        "created": f"{imprint.date}T00:00:00Z",
        "homepage": imprint.base_iri,
        "licenses": [{"name": terms.id, "path": terms.url, "title": terms.name}],
        "contributors": [{"title": creator, "role": "author"} for creator in imprint.creators],
        "resources": [_resource(table, known, codes) for table in tables],
    }
    if imprint.description:
        package["description"] = imprint.description
    if imprint.keywords:
        package["keywords"] = list(imprint.keywords)
    return package


def _resource(table: PublicTable, known: set[str], codes: Mapping[str, Sequence[str]]) -> dict[str, object]:
    keys = [_foreign_key(table, f) for f in (c.field for c in table.columns) if f.references in known]
    key = table.table.primary_key
    schema: dict[str, object] = {
        "fields": [_field(column, codes) for column in table.columns],
        "missingValues": [""],
        "primaryKey": key[0] if len(key) == 1 else list(key),
    }
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": _name(table.name),
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "title": table.name.replace("_", " ").capitalize(),
        "description": table.table.doc,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": schema,
    }


def _name(table: str) -> str:
    """A table's name as data packages allow it."""
    return table.replace("_", "-")


def _foreign_key(table: PublicTable, field: Field) -> dict[str, object]:
    """What a field links to; the empty name is the resource itself."""
    resource = "" if field.references == table.name else _name(field.references)
    return {"fields": field.name, "reference": {"resource": resource, "fields": "id"}}


_TYPES: Mapping[Kind, str] = {Kind.INTEGER: "integer", Kind.DECIMAL: "number", Kind.FLAG: "boolean"}


def _field(public: PublicColumn, codes: Mapping[str, Sequence[str]]) -> dict[str, object]:
    field, column = public.field, public.column
    kind = "integer" if field.type == "INTEGER" else "string"
    if column is not None:
        kind = _TYPES.get(column.kind, "string")
    described: dict[str, object] = {"name": field.name, "type": kind, "description": field.doc}
    constraints: dict[str, object] = {"required": True} if field.not_null else {}
    if is_day(public):
        constraints["pattern"] = DAY
    if column is not None:
        if column.kind is Kind.FLAG:
            described |= {"trueValues": ["1"], "falseValues": ["0"]}
        if column.kind is Kind.URL:
            described["format"] = "uri"
        if column.example:
            described["example"] = column.example
        if column.kind is Kind.CODE and codes.get(column.scheme):
            constraints["enum"] = list(codes[column.scheme])
    if constraints:
        described["constraints"] = constraints
    return described
