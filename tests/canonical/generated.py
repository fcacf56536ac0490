"""Small folders of facts made up by Hypothesis from the shapes: rivals, rows said twice, odd names, missing files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from datasets.intake.sheet import LOCATOR, SEPARATOR, SOURCES, Sheet, sheets
from datasets.shapes import SHAPES, Column, Kind, Shapes

if TYPE_CHECKING:
    from tests.canonical.tools import Row

_NAMES = st.sampled_from(
    ["Aula", "清华大学", 'The "Hall", in brief', "Łódź", "two\nlines", "=1+1", " edge ", "a|b", "´", "\U0001f393"]
)
_CELLS = {
    Kind.NAME: _NAMES,
    Kind.TEXT: _NAMES,
    Kind.INTEGER: st.sampled_from(["0", "7", "120"]),
    Kind.DECIMAL: st.sampled_from(["1.50", "-0.1", "39.9075"]),
    Kind.DATE: st.sampled_from(["2016", "2017-04", "2017-04-29", "2018?", "2016-21", "201X", "2016/2018", "../2019"]),
    Kind.URL: st.sampled_from(["https://a.example.org/", "https://b.example.org/?q=1,2"]),
    Kind.LANGUAGE: st.sampled_from(["en", "zh", "pt-BR"]),
    Kind.FLAG: st.just("yes"),
    Kind.CODE: st.sampled_from(["official", "press", "registry", "mirror", "member"]),
    Kind.LINK: st.sampled_from(["x1", "x2"]),
}
"""Few values for each kind, so that rows agree and disagree often."""


def _cell(column: Column, *, key: bool) -> st.SearchStrategy[str]:
    if key:
        return st.sampled_from(["k1", "k2", "k3"])
    single = _CELLS[column.kind]
    if not column.many:
        return st.one_of(st.just(""), single)
    elements = single.filter(lambda text: SEPARATOR not in text)
    return st.lists(elements, max_size=3, unique=True).map(lambda found: SEPARATOR.join(sorted(found)))


_CITED = st.lists(
    st.tuples(st.sampled_from(["s1", "s2", "s3"]), st.sampled_from(["", "p-1", "p-2"])), min_size=1, max_size=3
).map(lambda cited: SEPARATOR.join(source + (LOCATOR + place if place else "") for source, place in cited))


def _rows(shapes: Shapes, sheet: Sheet) -> st.SearchStrategy[list[Row]]:
    named = {column.csv: _cell(column, key=column.csv in sheet.keys) for column in sheet.columns}
    # Ids are unlike between entities, since compound values find the entity of their subject by its id.
    if sheet.entity is not None:
        ids = [f"{sheet.entity.name}-{number}" for number in range(3)]
    else:
        assert sheet.values is not None
        ids = [f"{entity.name}-0" for entity in shapes.targets(sheet.values.subject)]
    keys = {key: st.sampled_from(ids) for key in sheet.keys if key not in named}
    cited = {SOURCES: _CITED} if sheet.cited else {}
    row = st.fixed_dictionaries({**keys, **named, **cited})
    # A row that says nothing makes no claim, so nothing could bring it back.
    return st.lists(row.filter(lambda cells: any(cells[name] for name in named)), max_size=5)


def folders(shapes: Shapes = SHAPES) -> st.SearchStrategy[dict[str, list[Row]]]:
    """Rows by file name, in the form that `export` writes. Subjects of compound values always have a row."""
    drawn = st.fixed_dictionaries({sheet.file: _rows(shapes, sheet) for sheet in sheets(shapes)})
    return drawn.map(lambda files: _with_subjects(shapes, files))


def _with_subjects(shapes: Shapes, files: dict[str, list[Row]]) -> dict[str, list[Row]]:
    for values in shapes.values:
        for row in files[values.file]:
            entity = next(e for e in shapes.targets(values.subject) if row["subject"].startswith(f"{e.name}-"))
            if not any(other["id"] == row["subject"] for other in files[entity.file]):
                files[entity.file].append({"id": row["subject"], entity.label: "Aula", SOURCES: "s1"})
    return files
