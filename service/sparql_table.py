"""Answers to SPARQL queries as tables for people: what is a link, in which language a text is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from linked_data.namespaces import Namespaces

SHOWN = 1_000
"""Rows on a page; files have all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value: what is shown, where it leads (nowhere: empty), and the language of a text."""

    text: str
    href: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The solutions of a query: all of them are counted, the first of them are shown."""

    columns: list[str]
    rows: list[list[Cell]]
    count: int


def table(body: bytes, names: Namespaces, root: str) -> Table:
    """The table of an answer in JSON. `root` is what addresses of the release begin with."""
    content = orjson.loads(body)
    columns = content["head"]["vars"]
    found = content["results"]["bindings"]
    rows = [[_cell(row.get(column), names, root) for column in columns] for row in found[:SHOWN]]
    return Table(columns, rows, len(found))


def _cell(value: Mapping[str, str] | None, names: Namespaces, root: str) -> Cell:
    if value is None:
        return Cell("")
    text = value["value"]
    if value["type"] != "uri":
        return Cell(text, language=value.get("xml:lang", ""))
    shown = text.removeprefix(names.things)
    if text.startswith(f"{names.base}/"):
        return Cell(shown if shown != text else names.compact(text), f"{root}{text.removeprefix(names.base)}")
    return Cell(names.compact(text), text if text.startswith(("https://", "http://")) else "")
