"""Rules about ids and about the rows of one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datasets.intake.claim import Evidence
from datasets.intake.claims import sources_of
from datasets.intake.finding import Severity
from datasets.intake.rules.kinds import CODE_SLUG, SLUG, minted
from datasets.intake.rules.rule import Record, Row, Rule, Spot, record_rule, spot
from datasets.intake.sheet import SOURCES, Sheet
from datasets.intake.survey import Survey, elements
from datasets.shapes import Kind, Shapes

MISSING_ID = Rule(
    code="missing_id",
    severity=Severity.ERROR,
    doc="A row without an id (names and identifiers: without a subject).",
    mend="write the id; `alliances check --mint` gives ids to memberships, parties, figures and officials",
    example=",aua,tsinghua-university,founding_member,2017-04-29,,,aua-about",
)
SHARED_ID = Rule(
    code="shared_id",
    severity=Severity.ERROR,
    doc="One id in two files of one id space: alliances, organizations, agreements and events share theirs.",
    mend="give one of the two another id",
    example="eucor in alliances.csv and in organizations.csv",
)
SCATTERED_RECORD = Rule(
    code="scattered_record",
    severity=Severity.WARNING,
    doc="The rows of one record do not stand together. They may be of two things that got one id.",
    mend="move the row to the other rows of its id, or give it an id of its own",
    example="aua,… / apru,… / aua,…",
)


def _has_records(sheet: Sheet, shapes: Shapes) -> bool:
    return sheet.entity is not None


def _all(sheet: Sheet, shapes: Shapes) -> bool:
    return True


@record_rule(
    "malformed_id",
    applies=_has_records,
    mend="write small letters, digits and single hyphens; minted ids are a letter, a hyphen and six letters or digits",
    example="Tsinghua_University",
)
def malformed_id(record: Record, survey: Survey) -> Iterator[Spot]:
    """An id that cannot be an address: ids of named things are slugs, others are minted like `m-0r9tcn`."""
    sheet = record.sheet
    assert sheet.entity is not None
    mint = sheet.entity.mint
    row = record.rows[0]
    if len(sheet.keys) > 1:
        for key in sheet.keys:
            if row.get(key) and not CODE_SLUG.fullmatch(row.get(key)):
                yield spot(row, key, "this is no part of an id", "write small letters, digits, - and _")
    elif mint and not minted(mint).fullmatch(record.id):
        yield spot(row, sheet.keys[0], f"ids of the type {sheet.entity.name} are {mint}- and six letters or digits")
    elif not mint and not SLUG.fullmatch(record.id):
        yield spot(row, sheet.keys[0], "this is no slug")


@record_rule(
    "missing_value",
    applies=_all,
    mend="fill it in, in any row of the record",
    example="an agreement of which no row gives the kind",
)
def missing_value(record: Record, survey: Survey) -> Iterator[Spot]:
    """A value that every record must have and none of the record's rows gives."""
    rows, entity = record.rows, record.sheet.entity
    required = [
        c.csv for c in record.sheet.columns if c.required and c.csv in rows[0].at and c.csv not in record.sheet.keys
    ]
    if entity is None:
        for row in rows:
            empty = [header for header in required if not row.get(header)]
            if empty:
                yield spot(row, empty[0], f"the row has no {' and no '.join(empty)}", "fill it in")
    elif (entity.name, record.id) not in survey.known:
        empty = [header for header in required if not any(row.get(header) for row in rows)]
        if empty:
            yield spot(rows[0], empty[0], f"no row of {record.id!r} gives the {' and the '.join(empty)}")


@record_rule(
    "late_label",
    several=True,
    applies=lambda sheet, _shapes: sheet.entity is not None and not sheet.entity.templated,
    mend="put the row with the name first; later rows hold what other sources add",
    example="aua,,,… / aua,Asian Universities Alliance,en,…",
)
def late_label(record: Record, survey: Survey) -> Iterator[Spot]:
    """The first row of a record does not carry its name or title, though a later one does."""
    assert record.sheet.entity is not None
    label = record.sheet.entity.column(record.sheet.entity.label).csv
    if label in record.rows[0].at and not record.rows[0].get(label) and any(row.get(label) for row in record.rows):
        yield spot(record.rows[0], label, f"the first row of {record.id!r} has no {label}")


@record_rule(
    "missing_source",
    applies=lambda sheet, _shapes: sheet.cited,
    mend="name the source that says it",
    example="aua,Asian Universities Alliance,en,…,  (nothing under sources)",
)
def missing_source(record: Record, survey: Survey) -> Iterator[Spot]:
    """A row that names no source, in a file whose rows must."""
    for row in record.rows:
        if not row.get(SOURCES) and SOURCES in row.at:
            yield spot(row, SOURCES, "the row names no source")


@record_rule(
    "empty_row",
    several=True,
    applies=_has_records,
    mend="write what the source says of the record, or remove the row",
    example="aua,,,,,,,,,,,,,,aua-about",
)
def empty_row(record: Record, survey: Survey) -> Iterator[Spot]:
    """A further row of a record that says nothing: it has an id and perhaps sources, but no value."""
    if any(file == record.sheet.file for file, _ in survey.headless):
        return
    keys = record.sheet.keys
    for row in record.rows:
        if not any(row.get(column.csv) for column in record.sheet.columns if column.csv not in keys):
            yield spot(row, keys[0], "the row says nothing but its id")


@record_rule(
    "repeated_row",
    several=True,
    applies=_all,
    mend="remove one of the two rows",
    example="the same line twice",
)
def repeated_row(record: Record, survey: Survey) -> Iterator[Spot]:
    """Two rows of a record that are the same in every cell."""
    seen: dict[tuple[str, ...], int] = {}
    for row in record.rows:
        first = seen.setdefault(tuple(row.cells), row.line)
        if first != row.line:
            yield spot(row, record.sheet.keys[0], f"the row is the same as line {first}")


@record_rule(
    "repeated_claim",
    several=True,
    applies=_all,
    mend="leave it in one of the two rows",
    example="two rows of one university, both with the name from the same source alone",
)
def repeated_claim(record: Record, survey: Survey) -> Iterator[Spot]:
    """A value that the same source says twice of one record, at the same place and in the same manner."""
    seen: dict[tuple[object, ...], Row] = {}
    for row in record.rows:
        for header, key in _said(row):
            first = seen.setdefault(key, row)
            if first is not row and first.cells != row.cells:
                yield spot(row, header, f"line {first.line} says this by the same source")
                break


def _said(row: Row) -> Iterable[tuple[str, tuple[object, ...]]]:
    """What a row claims: the header where it stands, and what makes the claim the same as another."""
    evidence, cited = sources_of(row.get(SOURCES)) if row.get(SOURCES) else (Evidence.EDITORIAL, (("", ""),))
    columns = row.sheet.columns
    if row.sheet.values is not None:
        whole = tuple(row.get(column.csv) for column in columns)
        for source in cited:
            yield columns[0].csv, (whole, source, evidence)
        return
    for column in columns:
        if column.csv in row.sheet.keys:
            continue
        for value in elements(column, row.get(column.csv)):
            for source in cited:
                yield column.csv, (column.name, value, source, evidence)


@record_rule(
    "repeated_name",
    applies=lambda sheet, _shapes: (
        sheet.values is not None and any(column.kind is Kind.NAME for column in sheet.columns)
    ),
    severity=Severity.WARNING,
    mend="keep the name once; rival languages or kinds of one name need no two rows",
    example="tsinghua-university,Tsinghua University,en,alias  (that is its display name)",
)
def repeated_name(record: Record, survey: Survey) -> Iterator[Spot]:
    """A further name that is the display name or main acronym of its subject, or stands there twice in one language."""
    name = next(column.csv for column in record.sheet.columns if column.kind is Kind.NAME)
    language = next((column.csv for column in record.sheet.columns if column.kind is Kind.LANGUAGE), "")
    own = survey.names.get(record.id, set())
    seen: dict[tuple[str, str], Row] = {}
    for row in record.rows:
        text = row.get(name)
        if text in own:
            yield spot(row, name, f"{record.id!r} has this name already")
            continue
        first = seen.setdefault((text, row.get(language)), row)
        if first is row or not text:
            continue
        if [row.get(column.csv) for column in row.sheet.columns] != [
            first.get(column.csv) for column in row.sheet.columns
        ]:
            yield spot(row, name, f"line {first.line} has this name as another kind")


@record_rule(
    "lone_language",
    applies=lambda sheet, _shapes: any(column.kind is Kind.LANGUAGE and column.beside for column in sheet.columns),
    mend="write the name that is in this language, or remove the language",
    example="aua,,en,,…",
)
def lone_language(record: Record, survey: Survey) -> Iterator[Spot]:
    """A language in a row without the name or title whose language it is."""
    for column in record.sheet.columns:
        if column.kind is not Kind.LANGUAGE or not column.beside:
            continue
        beside = next(other.csv for other in record.sheet.columns if other.name == column.beside)
        for row in record.rows:
            if row.get(column.csv) and beside in row.at and not row.get(beside):
                yield spot(row, column.csv, f"the row has a language but no {beside}")


RECORDS = (
    MISSING_ID,
    SHARED_ID,
    SCATTERED_RECORD,
    malformed_id,
    missing_value,
    late_label,
    missing_source,
    empty_row,
    repeated_row,
    repeated_claim,
    repeated_name,
    lone_language,
)
