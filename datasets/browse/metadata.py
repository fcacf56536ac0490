"""What Datasette tells about a release: titles, descriptions, column notes, labels, facets; read off the shapes."""

from __future__ import annotations

from typing import Any

from datasets.browse.questions import Question
from datasets.browse.sheet import PLACE, Sheet, words
from datasets.browse.sheets import NAME
from datasets.release.layout import SEARCH, SEARCH_INDEX, Table, label_field, set_table_name, sort_field, tables
from datasets.shapes.model import Entity, Kind, Link, Shapes

DATABASE = "alliances"
"""Name of the database in addresses: `/browse/alliances/...`."""

_MACHINE = ("_sort", "_earliest", "_latest", "_type")
MACHINERY = (
    "subjects",
    "release",
    SEARCH,
    SEARCH_INDEX,
    *(f"{SEARCH_INDEX}_{shadow}" for shadow in ("config", "data", "docsize", "idx")),
)
"""Tables that serve search and links alone, so that people need not see them."""


def metadata(
    shapes: Shapes,
    release: dict[str, str],
    root: str,
    questions: tuple[Question, ...],
    sheets: tuple[Sheet, ...],
) -> dict[str, Any]:
    """Datasette's metadata for a release whose faces stand below `root` (`/` or `/releases/{id}/`)."""
    described = {
        "title": release["title"],
        "description": f"Release {release['id']} of {release['date']}. Every value is one that a source says: "
        "the page of each record tells which, and what other sources say.",
        "license": release["licence"],
        "license_url": release.get("licence_url", "https://creativecommons.org/licenses/by/4.0/"),
        "source": release["title"],
        "source_url": f"{root}releases/{release['id']}/manifest.json" if root == "/" else f"{root}manifest.json",
        "about": "Method and limits",
        "about_url": "/about",
    }
    released = {"tables": _tables(shapes), "queries": _queries(questions)}
    return described | {
        "databases": {
            DATABASE: described | {"title": "Tables of the release"} | released,
            NAME: described | {"title": "Ready-made sheets", "tables": {s.name: _sheet(s) for s in sheets}},
        }
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    told = {
        "title": sheet.title,
        "description": sheet.doc,
        "columns": {heading.name: heading.doc for heading in sheet.headings},
        "facets": list(sheet.facets),
    }
    return told | ({"sort_desc": sheet.sort_desc} if sheet.sort_desc else {"sort": PLACE})


def _queries(questions: tuple[Question, ...]) -> dict[str, Any]:
    return {
        question.slug: {
            "title": question.title,
            "description": f"How this is computed: {question.method}",
            "sql": question.sql.strip(),
            "params": [parameter.name for parameter in question.parameters],
        }
        for question in questions
    }


def _tables(shapes: Shapes) -> dict[str, Any]:
    known = {entity.plural: entity for entity in shapes.entities}
    found: dict[str, Any] = {name: {"hidden": True} for name in MACHINERY}
    for table in tables(shapes):
        told = found.setdefault(table.name, {})
        told |= {"title": title(table.name), "columns": _notes(table)}
        told["description"] = table.doc
        if table.name in known:
            told |= _entity(known[table.name])
        if table.name in MACHINERY:
            told["hidden"] = True
    for entity in shapes.entities:
        for column in entity.columns:
            if column.many:
                found[set_table_name(entity, column)]["title"] = f"{title(entity.plural)}: {title(column.name).lower()}"
    return found


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "label_column": label_field(entity),
        "facets": facets(entity),
        "sort": sort_field(entity, entity.orders[0]),
    }


def facets(entity: Entity) -> list[str]:
    """The columns worth counting by: closed vocabularies first, then countries; at most three."""
    codes = [c.name for c in entity.columns if c.kind is Kind.CODE]
    countries = [c.name for c in entity.columns if isinstance(c, Link) and c.target == "country"]
    return [*codes, *countries][:3]


def _notes(table: Table) -> dict[str, str]:
    return {field.name: field.doc for field in table.fields if not is_hidden(field.name)}


def is_hidden(field: str) -> bool:
    """Whether a field serves sorting and comparing alone, so that people need not see it."""
    return field.endswith(_MACHINE)


title = words
"""A table or column name in words."""
