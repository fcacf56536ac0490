"""The second pass over one sheet: every value, every record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from datasets.intake.reporter import Reporter
from datasets.intake.rules import RULES
from datasets.intake.rules.references import unknown_reference
from datasets.intake.rules.rule import (
    CellRule,
    Fault,
    Record,
    RecordRule,
    Row,
    Rule,
    SetRule,
    SourcesRule,
    Spot,
    Watcher,
    WatchRule,
)
from datasets.intake.rules.texts import TEXTS
from datasets.intake.sheet import LOCATOR, SEPARATOR, SOURCES, SUBJECT
from datasets.intake.survey import Survey
from datasets.intake.surveying import OpenSheet
from datasets.shapes import Column, Kind, Link

Verdict = tuple[Rule, Fault] | None
"""The first rule that a cell breaks, and how."""

_SETS = tuple(rule for rule in RULES if isinstance(rule, SetRule))
_SOURCES = tuple(rule for rule in RULES if isinstance(rule, SourcesRule))
_RECORDS = tuple(rule for rule in RULES if isinstance(rule, RecordRule))
_CELLS = tuple(rule for rule in RULES if isinstance(rule, CellRule) and rule not in TEXTS)
_CLEAN = re.compile(r"[!-~]+(?: [!-~]+)*")
"""Texts about whose characters there is nothing to say: ASCII with single spaces."""
_REMEMBERED = 50_000
_ANY_TEXT = Column(name="", kind=Kind.TEXT, doc="")
_REPEATING = frozenset({Kind.CODE, Kind.LINK, Kind.LANGUAGE, Kind.FLAG, Kind.DATE, Kind.DECIMAL, Kind.INTEGER})
"""Kinds whose values come again and again, so that verdicts are remembered."""


def inspect(
    open_sheet: OpenSheet,
    survey: Survey,
    reporter: Reporter,
    watchers: Sequence[tuple[WatchRule, Watcher]],
    progress: Callable[[int], None],
) -> None:
    """Look at every value and record of a sheet."""
    sheet = open_sheet.sheet
    cells = [(at, _checker(header, open_sheet, survey)) for header, at in open_sheet.at.items()]
    rules = [rule for rule in _RECORDS if rule.applies(sheet, survey.shapes)]
    single = [rule for rule in rules if not rule.several]
    watching = [watcher for _, watcher in watchers if watcher.wants(sheet)]
    several = survey.lines.get(sheet.file, {})
    waiting: dict[str, Record] = {}
    count = 0
    for count, (line, id, row_cells) in enumerate(open_sheet.rows(), 1):
        for at, checked in cells:
            verdict = checked(row_cells[at])
            if verdict is not None:
                rule, fault = verdict
                value = row_cells[at] if fault.value is None else fault.value
                reporter.spot(rule, Spot(sheet.file, line, at, value, fault.message, fault.mend))
        row = Row(sheet, open_sheet.at, line, id, row_cells)
        if id in several:
            record = waiting.setdefault(id, Record(sheet, id, []))
            record.rows.append(row)
            if len(record.rows) < several[id]:
                continue
            del waiting[id]
        else:
            record = Record(sheet, id, [row])
        _record(record, survey, reporter, rules if len(record.rows) > 1 else single, watching)
        if count % 1000 == 0:
            progress(count)
    progress(count)


def _record(
    record: Record, survey: Survey, reporter: Reporter, rules: Iterable[RecordRule], watching: Iterable[Watcher]
) -> None:
    if record.sheet.values is not None:
        rows_of_nobody = _subject(record, survey, reporter)
        if rows_of_nobody:
            return
    if (record.sheet.file, record.id) not in survey.damaged:
        for rule in rules:
            for spot in rule.check(record, survey):
                reporter.spot(rule, spot)
    for watcher in watching:
        watcher.see(record)


def _subject(record: Record, survey: Survey, reporter: Reporter) -> bool:
    """Whether the subject of compound values is unknown; reported once, at its first row."""
    assert record.sheet.values is not None
    target = record.sheet.values.subject
    column = Link(name=SUBJECT, doc="", target=target, reverse="", reverse_doc="")
    fault = unknown_reference.check(record.id, column, survey)
    if fault is None:
        return False
    row = record.rows[0]
    reporter.spot(
        unknown_reference, Spot(row.sheet.file, row.line, row.at[SUBJECT], record.id, fault.message, fault.mend)
    )
    return True


def _checker(header: str, open_sheet: OpenSheet, survey: Survey) -> Callable[[str], Verdict]:
    """What says whether a cell under a header is right. Empty cells always are; records say what they lack."""
    column = next((c for c in open_sheet.sheet.columns if c.csv == header), None)
    if header == SOURCES and column is None:
        return _Remembered(partial(_sources, survey))
    if column is None or header in open_sheet.sheet.keys:
        return partial(_text, _ANY_TEXT, survey)
    rules = tuple(rule for rule in _CELLS if rule.applies(column, survey.shapes))
    judge = partial(_set if column.many else _value, column, survey, rules)
    return _Remembered(judge) if column.kind in _REPEATING else judge


class _Remembered:
    """Remembers verdicts by cell."""

    def __init__(self, judge: Callable[[str], Verdict]) -> None:
        self._judge = judge
        self._verdicts: dict[str, Verdict] = {"": None}

    def __call__(self, cell: str) -> Verdict:
        try:
            return self._verdicts[cell]
        except KeyError:
            if len(self._verdicts) > _REMEMBERED:
                self._verdicts = {"": None}
            verdict = self._verdicts[cell] = self._judge(cell)
            return verdict


def inspect_line(file: str, line: int, cells: Sequence[str], survey: Survey, reporter: Reporter) -> None:
    """Look at the characters of a line of redirects or pins."""
    for at, cell in enumerate(cells):
        verdict = _text(_ANY_TEXT, survey, cell)
        if verdict is not None:
            rule, fault = verdict
            reporter.spot(rule, Spot(file, line, at, cell, fault.message, fault.mend))


def _text(column: Column, survey: Survey, cell: str) -> Verdict:
    if not cell or _CLEAN.fullmatch(cell):
        return None
    for rule in TEXTS:
        fault = rule.check(cell, column, survey)
        if fault is not None:
            return rule, fault
    return None


def _value(column: Column, survey: Survey, rules: Sequence[CellRule], cell: str) -> Verdict:
    if not cell:
        return None
    verdict = _text(column, survey, cell)
    return verdict or _kind(column, survey, rules, cell)


def _kind(column: Column, survey: Survey, rules: Sequence[CellRule], value: str) -> Verdict:
    for rule in rules:
        fault = rule.check(value, column, survey)
        if fault is not None:
            return rule, fault
    return None


def _set(column: Column, survey: Survey, rules: Sequence[CellRule], cell: str) -> Verdict:
    if not cell:
        return None
    verdict = _text(column, survey, cell)
    if verdict is not None:
        return verdict
    found = cell.split(SEPARATOR)
    for rule in _SETS:
        fault = rule.check(found)
        if fault is not None:
            return rule, fault
    for value in found:
        verdict = _value(column, survey, rules, value)
        if verdict is not None:
            kind, fault = verdict
            return kind, fault._replace(value=value if fault.value is None else fault.value)
    return None


def _sources(survey: Survey, cell: str) -> Verdict:
    verdict = _text(_ANY_TEXT, survey, cell)
    if verdict is not None:
        return verdict
    found = [item.partition(LOCATOR) for item in cell.split(SEPARATOR)]
    cited = [(source, locator if mark else None) for source, mark, locator in found]
    for rule in _SOURCES:
        fault = rule.check(cited, survey)
        if fault is not None:
            return rule, fault
    return None
