"""Check a facts folder: all findings at once, sorted by place, at most one for each cause.

Two passes, both streaming. The first reads ids and what rules must know of other files; the second looks at values,
records and the whole. Memory grows with the number of ids, not with the length of the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from datasets.intake.claims import country_claims
from datasets.intake.facts import EXPECTATIONS, PINS, REDIRECTS, RELEASE, Folder, read
from datasets.intake.finding import BadFacts, Finding
from datasets.intake.inspection import inspect, inspect_line
from datasets.intake.reporter import Reporter
from datasets.intake.rules import RULES
from datasets.intake.rules.files import MISSING_FILE, UNKNOWN_FILE
from datasets.intake.rules.rule import Fault, SurveyRule, WatchRule
from datasets.intake.sheet import sheets
from datasets.intake.survey import Survey, space
from datasets.intake.surveying import OpenSheet, opened, readable
from datasets.shapes import Shapes

Progress = Callable[[str, int], None]
"""Told the file at hand and how many of its rows are done."""

_BESIDE = (REDIRECTS, PINS, RELEASE, EXPECTATIONS)
"""Files that hold no records."""


def check(
    folder: Path,
    shapes: Shapes,
    progress: Progress | None = None,
    known: Iterable[tuple[str, str]] = (),
) -> list[Finding]:
    """All findings about a facts folder, sorted by file, line, column and code.

    `known` are records that stand elsewhere, as (type, id): references to them are right, and rows about them may hold
    what they add alone. Raises NotADirectoryError when there is no such folder.
    """
    facts = read(folder, shapes)
    survey = Survey(facts, shapes, frozenset(known))
    reporter = Reporter(folder)
    _unknown_files(facts, reporter)
    _decisions(facts, survey, reporter)
    _countries(survey)
    found = _first_pass(facts, survey, reporter, progress)
    for rule in RULES:
        if isinstance(rule, SurveyRule):
            for spot in rule.check(survey):
                reporter.spot(rule, spot)
    watchers = [(rule, rule.watcher(survey)) for rule in RULES if isinstance(rule, WatchRule)]
    for open_sheet in found:
        told = partial(progress, open_sheet.sheet.file) if progress else _untold
        inspect(open_sheet, survey, reporter, watchers, told)
    for rule, watcher in watchers:
        for spot in watcher.finish():
            reporter.spot(rule, spot)
    _missing_files(facts, survey, reporter)
    return reporter.findings()


def _untold(_done: int) -> None:
    pass


def _first_pass(facts: Folder, survey: Survey, reporter: Reporter, progress: Progress | None) -> list[OpenSheet]:
    """Open all sheets. What has no file stands elsewhere or nowhere, so nothing can be said about links to it."""
    found = []
    there = {sheet.file for sheet in facts.sheets}
    for sheet in sheets(facts.shapes):
        if sheet.file in there:
            if progress:
                progress(sheet.file, 0)
            open_sheet = opened(sheet, survey, reporter)
            if open_sheet is not None:
                found.append(open_sheet)
        elif sheet.entity is not None and not any(type == sheet.entity.name for type, _ in survey.known):
            survey.blind.add(sheet.entity.name)
    return found


def _unknown_files(facts: Folder, reporter: Reporter) -> None:
    names = {sheet.file for sheet in sheets(facts.shapes)} | set(_BESIDE)
    for path in sorted(facts.path.iterdir()):
        if path.suffix.lower() in {".csv", ".tsv"} and path.name not in names:
            fault = Fault(
                f"the folder has no use for {path.name}", f"the files are {', '.join(sorted(names))}", path.name
            )
            reporter.at(UNKNOWN_FILE, path.name, 1, 1, fault)


def _decisions(facts: Folder, survey: Survey, reporter: Reporter) -> None:
    """Read redirects, pins, release.toml and expectations.toml; each may be unreadable."""
    for name in _BESIDE:
        if facts.has(name) and not readable(facts.path / name, reporter):
            continue
        try:
            if name == REDIRECTS:
                survey.redirects = facts.redirects or ()
                for redirect in survey.redirects:
                    inspect_line(name, redirect.line, redirect[:-1], survey, reporter)
            elif name == PINS:
                survey.pins = facts.pins or ()
                for pin in survey.pins:
                    inspect_line(name, pin.line, pin[:-1], survey, reporter)
            elif name == RELEASE:
                survey.release_date = str((facts.release or {}).get("date", ""))
            else:
                survey.expectations = facts.expectations or ()
        except BadFacts as bad:
            reporter.finding(bad.findings[0])


def _countries(survey: Survey) -> None:
    for claim in country_claims(survey.shapes):
        survey.types[space(survey.shapes.entity(claim.type))][claim.record] = claim.type


def _missing_files(facts: Folder, survey: Survey, reporter: Reporter) -> None:
    """Say which files are pointed at and not there."""
    there = {sheet.file for sheet in facts.sheets}
    for sheet in sheets(facts.shapes):
        if sheet.entity is not None and sheet.file not in there and sheet.entity.name in survey.asked:
            fault = Fault(f"rows point at {sheet.entity.plural}, and there is no {sheet.file}", value=sheet.file)
            reporter.at(MISSING_FILE, sheet.file, 1, 1, fault)
