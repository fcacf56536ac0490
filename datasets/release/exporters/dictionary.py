"""The data dictionary: every table, field and vocabulary value with its meaning, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import ClassVar

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from datasets.release.identity import Imprint
from datasets.release.public import PublicColumn, PublicTable, public_tables
from datasets.release.vocabulary import Value, values
from datasets.shapes import Entity, Kind, Shapes

MARKDOWN = ExportFile(name="dictionary.md", title="Data dictionary, to read", media_type="text/markdown")
JSON = ExportFile(name="dictionary.json", title="Data dictionary, for programs", media_type="application/json")

_KINDS = {
    Kind.NAME: "name",
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.DECIMAL: "decimal number",
    Kind.DATE: "date (EDTF)",
    Kind.URL: "address",
    Kind.LANGUAGE: "language (BCP 47)",
    Kind.FLAG: "flag (1 or 0)",
    Kind.CODE: "code",
    Kind.LINK: "link",
}


class Dictionary(FromDatabase):
    """`dictionary.md` and `dictionary.json`, read off the shapes and the concepts."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (MARKDOWN, JSON)

    def finish(self, draft: Draft) -> None:
        """Write both files."""
        content = describe(self.shapes, draft.imprint, list(values(draft.connection, self.shapes)))
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        (self.folder / JSON.name).write_text(text, encoding="utf-8")
        (self.folder / MARKDOWN.name).write_text("\n".join(_markdown(content)) + "\n", encoding="utf-8")


def describe(shapes: Shapes, imprint: Imprint, concepts: list[Value]) -> dict[str, list[dict[str, object]]]:
    """The dictionary as data: `tables` with their fields, `vocabularies` with their values."""
    tables = [_table(shapes, table) for table in public_tables(shapes)]
    schemes = [
        {
            "name": scheme.name,
            "doc": scheme.doc,
            "closed": scheme.closed,
            "values": [
                {k: v for k, v in asdict(c).items() if k != "scheme"} for c in concepts if c.scheme == scheme.name
            ],
        }
        for scheme in shapes.schemes
    ]
    about: list[dict[str, object]] = [{"title": imprint.title, "base_iri": imprint.base_iri}]
    return {"about": about, "tables": tables, "vocabularies": schemes}


def _table(shapes: Shapes, table: PublicTable) -> dict[str, object]:
    described: dict[str, object] = {"name": table.name, "doc": table.table.doc}
    if table.entity is not None:
        described["entity"] = table.entity.name
        described["classes"] = list(table.entity.classes)
        described["linked_from"] = _linked_from(shapes, table.entity)
    described["key"] = list(table.table.primary_key)
    described["fields"] = [_field(public) for public in table.columns]
    return described


def _linked_from(shapes: Shapes, entity: Entity) -> list[dict[str, str]]:
    return [
        {"name": reverse.name, "field": f"{reverse.entity.plural}.{reverse.link.name}", "doc": reverse.doc}
        for reverse in shapes.reverses(entity)
    ]


def _field(public: PublicColumn) -> dict[str, object]:
    field, column = public.field, public.column
    described: dict[str, object] = {
        "name": field.name,
        "type": field.type,
        "required": field.not_null,
        "doc": field.doc,
    }
    if field.references:
        described["references"] = field.references
    if column is not None:
        described["kind"] = column.kind.value
        if column.scheme:
            described["vocabulary"] = column.scheme
        if column.terms:
            described["terms"] = list(column.terms)
        if column.example:
            described["example"] = column.example
    return described


def _markdown(content: dict[str, list[dict[str, object]]]) -> Iterator[str]:
    yield f"# Data dictionary: {content['about'][0]['title']}"
    yield ""
    yield "Every table of the release, in the database and as CSV and Parquet files of the same name. An empty cell"
    yield "means that no source says so, never zero or no. Dates are as precise as their source; the first and the last"
    yield "day that they can mean stand beside them."
    for table in content["tables"]:
        yield from _markdown_table(table)
    yield ""
    yield "# Vocabularies"
    for scheme in content["vocabularies"]:
        yield ""
        yield f"## {scheme['name']}"
        yield ""
        yield str(scheme["doc"])
        yield ""
        yield "| value | label | meaning |"
        yield "|---|---|---|"
        for value in _dicts(scheme["values"]):
            yield f"| `{value['slug']}` | {_cell(value['label'])} | {_cell(value['meaning'])} |"


def _markdown_table(table: dict[str, object]) -> Iterator[str]:
    yield ""
    yield f"## {table['name']}"
    yield ""
    yield str(table["doc"])
    yield ""
    yield "| field | what it holds | meaning | required |"
    yield "|---|---|---|---|"
    for field in _dicts(table["fields"]):
        required = "yes" if field["required"] else ""
        yield f"| `{field['name']}` | {_holds(field)} | {_cell(field['doc'])} | {required} |"
    links = _dicts(table.get("linked_from", []))
    if links:
        yield ""
        yield "Linked from: " + "; ".join(f"`{link['field']}` ({link['name']})" for link in links) + "."


def _holds(field: dict[str, object]) -> str:
    kind = field.get("kind")
    held = ("whole number" if field["type"] == "INTEGER" else "text") if kind is None else _KINDS[Kind(str(kind))]
    if field.get("references"):
        return f"id in `{field['references']}`"
    return f"{held}: `{field['vocabulary']}`" if field.get("vocabulary") else held


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|")


def _dicts(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value
