"""Rules about what rows cite."""

from __future__ import annotations

import re

from datasets.intake.finding import Severity
from datasets.intake.rules.check_digits import CHECKS
from datasets.intake.rules.kinds import is_slug
from datasets.intake.rules.rule import Fault, SourcesRule, doc
from datasets.intake.survey import Survey

_LOCATOR = re.compile(r"[^\s#|]+")
_SPACE = "source"


def _malformed_sources(cited: list[tuple[str, str | None]], survey: Survey) -> Fault | None:
    """Find a cell of sources that cannot be taken apart: an empty element, an empty locator, an id of another form."""
    for source, locator in cited:
        if not source:
            return Fault("an element of the list is empty")
        if not is_slug(source):
            return Fault(f"{source!r} is no id of a source", value=source)
        if locator is not None and not _LOCATOR.fullmatch(locator):
            return Fault(
                f"the locator of {source!r} is empty or has a space or a second #", value=f"{source}#{locator}"
            )
    return None


def _unknown_source(cited: list[tuple[str, str | None]], survey: Survey) -> Fault | None:
    """Find a source that sources.csv does not have."""
    entity = next((entity for entity in survey.shapes.entities if entity.space == _SPACE), None)
    if entity is None:
        return None
    there = survey.types[_SPACE]
    for source, _ in cited:
        if source in there:
            continue
        if survey.is_blind(entity.name):
            return None
        gone = survey.redirected(entity.name, source)
        mend = f"write {gone.target}" if gone and gone.target else ""
        return Fault(f"no source has the id {source!r}{survey.near(source, there)}", mend, source)
    return None


def _repeated_source(cited: list[tuple[str, str | None]], survey: Survey) -> Fault | None:
    """Find a source that stands twice in a cell with the same locator, or both with and without one."""
    seen: set[tuple[str, str | None]] = set()
    located: dict[str, bool] = {}
    for source, locator in cited:
        if (source, locator) in seen:
            return Fault(f"{source!r} stands twice", value=source)
        if located.setdefault(source, locator is not None) is not (locator is not None):
            return Fault(f"{source!r} stands both with and without a locator", value=source)
        seen.add((source, locator))
    return None


def _malformed_locator(cited: list[tuple[str, str | None]], survey: Survey) -> Fault | None:
    """Find a locator that cannot be right: that of a registry's copy is an identifier of the registry.

    A source is a registry's copy if its id begins with the registry's code: `ror-records-v2-9` has locators like
    `03cve4549`.
    """
    for source, locator in cited:
        check = CHECKS.get(source.partition("-")[0])
        if locator is not None and check is not None:
            fault = check(locator)
            if fault:
                return Fault(fault, value=f"{source}#{locator}")
    return None


def _rule(code: str, check: object, text: str, mend: str, example: str) -> SourcesRule:
    assert callable(check)
    return SourcesRule(
        code=code, severity=Severity.ERROR, doc=text or doc(check), mend=mend, example=example, check=check
    )


SOURCES_RULES = (
    _rule(
        "malformed_sources",
        _malformed_sources,
        "A cell of sources that cannot be taken apart: an empty element, an empty locator, an id of another form.",
        "write source ids, each with # and a locator if need be, separated by |",
        "aua-about||seed-aua-msu#",
    ),
    _rule(
        "unknown_source",
        _unknown_source,
        "A source that sources.csv does not have.",
        "mend the id, or describe the source in sources.csv",
        "tsinghua-aua-sumit-2019",
    ),
    _rule(
        "repeated_source",
        _repeated_source,
        "A source that stands twice in one cell with the same locator, or both with and without one.",
        "name the source once, or with different locators",
        "aua-about|aua-about",
    ),
    _rule(
        "malformed_locator",
        _malformed_locator,
        "The locator in the copy of a registry is no identifier of that registry. A source is the copy of a registry "
        "if its id begins with the registry's code: `ror-records-v2-9` has locators like `03cve4549`.",
        "write the identifier of the record in that registry",
        "ror-records-v2-9#03cve4540  (the check digits are 49)",
    ),
)
