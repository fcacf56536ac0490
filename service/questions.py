"""Named questions as pages: chosen from lists, answered with links to the records, their sources and downloads."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

import apsw
from starlette.requests import Request
from starlette.responses import Response

from datasets.browse.questions import Question, askable
from datasets.release.open import Release
from datasets.shapes.model import Kind, Shapes
from service import pages
from service.gatherings import country_names
from service.meanings import country_entity
from service.problems import Problem, not_found
from service.records import Ref, Shown, name_of
from service.rows import Cell
from service.switching import Held
from service.workbook import MEDIA_TYPE, workbook

SHOWN = 500
"""Rows of an answer on the page; the downloads hold all."""
_CSV, _JSON, _XLSX = ".csv", ".json", ".xlsx"


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter on the page: what can be chosen, and what is."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All rows of an answer, and the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


async def index(request: Request, held: Held) -> Response:
    """All questions that the release can answer."""
    found = await held.reader.read(lambda _: questions(held.release))
    return pages.page(request, held, "questions.html", questions=found)


async def question(request: Request, held: Held) -> Response:
    """One question: its form and answer as a page, or all rows as CSV, JSON or Excel."""
    name = request.path_params["name"]
    slug = name.removesuffix(_CSV).removesuffix(_JSON).removesuffix(_XLSX)
    found = await held.reader.read(lambda _: {q.slug: q for q in questions(held.release)})
    asked = found.get(slug)
    if asked is None:
        raise not_found(f"There is no question {slug!r}; there are {', '.join(found)}.")
    given = dict(request.query_params)
    choices, answer = await held.reader.read(lambda connection: _read(connection, asked, given))
    about = _about(held, asked, choices)
    if name.endswith(_CSV):
        return _download(as_csv(answer, about), "text/csv", f"{slug}.csv")
    if name.endswith(_JSON):
        return _download(as_json(answer, about), "application/json", f"{slug}.json")
    if name.endswith(_XLSX):
        book = workbook(answer.columns, answer.rows, about, held.release.id[:10])
        return _download(book, MEDIA_TYPE, f"{slug}.xlsx")
    headings, rows = await held.reader.read(lambda connection: laid_out(connection, held.release.shapes, answer))
    query = urlencode({choice.name: choice.value for choice in choices})
    return pages.page(
        request,
        held,
        "question.html",
        question=asked,
        choices=choices,
        headings=headings,
        rows=rows[:SHOWN],
        total=len(rows),
        query=f"?{query}" if query else "",
        about=about,
        path=f"/questions/{slug}" + (f"?{query}" if query else ""),
    )


def questions(release: Release) -> tuple[Question, ...]:
    """The questions that the release can answer."""
    with closing(sqlite3.connect(f"file:{release.database}?immutable=1", uri=True)) as connection:
        return askable(connection)


def _read(connection: apsw.Connection, asked: Question, given: Mapping[str, str]) -> tuple[tuple[Choice, ...], Answer]:
    choices = []
    for parameter in asked.parameters:
        options = tuple((str(value), str(label)) for value, label in connection.execute(parameter.choices))
        known = {value for value, _ in options}
        fallback = parameter.example if parameter.example in known else next(iter(known), "")
        value = given.get(parameter.name, fallback)
        if value not in known:
            raise Problem(
                400, f"{parameter.name}={value[:80]!r} is none of the choices; the page of the question lists them."
            )
        choices.append(Choice(parameter.name, parameter.label, options, value))
    unknown = sorted(set(given) - {choice.name for choice in choices})
    if unknown:
        known_names = ", ".join(choice.name for choice in choices) or "none"
        raise Problem(400, f"{unknown[0]!r} is no parameter of this question; it has {known_names}.")
    cursor = connection.execute(asked.sql, {choice.name: choice.value for choice in choices})
    try:
        columns = tuple(description[0] for description in cursor.get_description())
    except apsw.ExecutionCompleteError:  # no row: apsw knows the fields only while there is one
        return tuple(choices), Answer((), ())
    return tuple(choices), Answer(columns, tuple(tuple(row) for row in cursor))


def laid_out(
    connection: apsw.Connection, shapes: Shapes, answer: Answer
) -> tuple[tuple[str, ...], list[tuple[Shown, ...]]]:
    """Headings and rows as a page shows them: an id is no column of its own but leads on from the one after it.

    Codes are in words and countries by name; the files keep them as they are.
    """
    places = _places(shapes, answer.columns)
    headings = tuple(_heading(shapes, answer.columns, *place) for place in places)
    codes = {c.name for entity in shapes.entities for c in entity.columns if c.kind is Kind.CODE and not c.many}
    countries = country_names(connection, shapes) if SEAT in answer.columns else {}
    rows = []
    for row in answer.rows:
        cells = []
        for place in places:
            cell, column = _cell(shapes, answer.columns, row, *place), answer.columns[place[0]]
            if column == SEAT and cell.text in countries:
                country = country_entity(shapes)
                cell = Shown(countries[cell.text], Ref(country.name, cell.text, cell.text) if country else None)
            elif column in codes and cell.ref is None:
                cell = Shown(cell.text.replace("_", " "))
            cells.append(cell)
        rows.append(tuple(cells))
    return headings, rows


SEAT = "seat"
"""The column of an answer that has the code of a country."""


def _heading(shapes: Shapes, columns: Sequence[str], shown: int, leads: int | None) -> str:
    minted = shown == leads and any(e.name == columns[shown] and e.templated for e in shapes.entities)
    return "Says who" if minted else name_of(columns[shown])


def _places(shapes: Shapes, columns: Sequence[str]) -> list[tuple[int, int | None]]:
    """For each column shown, its place and that of the id which it leads to."""
    entities = {entity.name for entity in shapes.entities}
    places: list[tuple[int, int | None]] = []
    pending: int | None = None
    for place, column in enumerate(columns):
        if column == "type" and "record" in columns:
            continue
        if column in entities or column == "record":
            if pending is not None:
                places.append((pending, pending))
            pending = place
            if column == "record":
                places.append((place, place))
                pending = None
        else:
            places.append((place, pending))
            pending = None
    if pending is not None:
        places.append((pending, pending))
    return places


def _cell(shapes: Shapes, columns: Sequence[str], row: Sequence[Cell], shown: int, leads: int | None) -> Shown:
    value = row[shown]
    if value is None:
        return Shown("")
    text = f"{value:,}" if isinstance(value, int) else str(value)
    if leads is None or row[leads] is None:
        return Shown(text)
    column = columns[leads]
    type_ = str(row[columns.index("type")]) if column == "record" else column
    if shown == leads and column == type_ and shapes.entity(type_).templated:
        return Shown("sources", Ref(type_, str(row[leads]), text))
    return Shown(text, Ref(type_, str(row[leads]), text))


def _about(held: Held, asked: Question, choices: Sequence[Choice]) -> dict[str, str]:
    """What every answer carries: the question, how it is computed, release, licence, where it stands for ever."""
    query = urlencode({choice.name: choice.value for choice in choices})
    base, id = held.release.base_iri, held.release.id
    permalink = f"{base}/releases/{id}/questions/{asked.slug}" + (f"?{query}" if query else "")
    return {
        "question": asked.title,
        **{choice.label: dict(choice.options).get(choice.value, choice.value) for choice in choices},
        "method": asked.method,
        "release": id,
        "licence": held.release.licence,
        "permalink": permalink,
        "cite": f"Open Alliances: {asked.title} Release {id}. {permalink}",
    }


def as_csv(answer: Answer, about: Mapping[str, str]) -> bytes:
    """All rows as CSV; what the answer is stands in comment lines at the end, where a table does not mind it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(answer.columns)
    writer.writerows(answer.rows)
    writer.writerow([])
    writer.writerows((f"# {name}: {value}",) for name, value in about.items())
    return text.getvalue().encode("utf-8-sig")


def as_json(answer: Answer, about: Mapping[str, str]) -> bytes:
    """All rows as JSON objects, beside what the answer is."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return json.dumps({"about": dict(about), "rows": rows}, ensure_ascii=False, indent=1).encode()


def _download(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=media_type)
