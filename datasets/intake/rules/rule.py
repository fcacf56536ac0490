"""What a rule is. Each is one function or class with a code, a doc, a severity, how to mend, and a bad example.

Rules differ in what they look at: a file's bytes, one value, a row, all rows of a record, or the whole folder. They
yield spots; `datasets.intake.check` turns spots into findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from datasets.intake.finding import Severity
from datasets.intake.sheet import Sheet
from datasets.shapes import Column, Shapes

if TYPE_CHECKING:
    from datasets.intake.survey import Survey


class Fault(NamedTuple):
    """What is wrong with a value. Without `mend` the rule's own stands, without `value` the whole cell."""

    message: str
    mend: str = ""
    value: str | None = None


@dataclass(slots=True)
class Row:
    """One row of a sheet. `at` says where each known header stands, `line` where the row begins."""

    sheet: Sheet
    at: dict[str, int]
    line: int
    record: str
    cells: list[str]

    def get(self, header: str) -> str:
        """The cell under a header; empty where the file has no such column."""
        at = self.at.get(header)
        return "" if at is None else self.cells[at]


@dataclass(slots=True)
class Record:
    """All rows of one id in one sheet, in file order; for compound values, all rows of one subject."""

    sheet: Sheet
    id: str
    rows: list[Row]


class Spot(NamedTuple):
    """A fault at a place: the cell under `header` of a row; the row's first cell where `header` is empty."""

    file: str
    line: int
    at: int
    value: str
    message: str
    mend: str = ""


def spot(row: Row, header: str, message: str, mend: str = "", value: str | None = None) -> Spot:
    """A spot at the cell under a header of a row; a header that the file lacks stands at the row's first cell."""
    at = row.at.get(header, 0)
    return Spot(row.sheet.file, row.line, at, row.cells[at] if value is None else value, message, mend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule tells of itself."""

    code: str
    severity: Severity
    doc: str
    mend: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRule(Rule):
    """Looks at a file's bytes. Gives line and column, from 1, and the fault; a fatal one ends the reading."""

    check: Callable[[bytes], tuple[int, int, Fault] | None]
    fatal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRule(Rule):
    """Looks at one value (one element of a set) of the columns that it applies to."""

    applies: Callable[[Column, Shapes], bool]
    check: Callable[[str, Column, Survey], Fault | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRule(Rule):
    """Looks at all elements of a cell that holds several."""

    check: Callable[[list[str]], Fault | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesRule(Rule):
    """Looks at the elements of a cell of sources, split into source and locator (None without one)."""

    check: Callable[[list[tuple[str, str | None]], Survey], Fault | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule(Rule):
    """Looks at all rows of one record of the sheets that it applies to; `several` ones only where there are several."""

    several: bool = False
    applies: Callable[[Sheet, Shapes], bool]
    check: Callable[[Record, Survey], Iterable[Spot]]


class Watcher(Protocol):
    """Sees every record of a check and tells at the end."""

    def __init__(self, survey: Survey) -> None: ...

    def wants(self, sheet: Sheet) -> bool:
        """Whether it wants to see the records of a sheet."""

    def see(self, record: Record) -> None:
        """Take note of a record."""

    def finish(self) -> Iterable[Spot]:
        """What is wrong, once all records were seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule(Rule):
    """Looks at the whole folder: a watcher is made for each check."""

    watcher: type[Watcher]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRule(Rule):
    """Looks at the folder once its ids are known and before any value is read."""

    check: Callable[[Survey], Iterable[Spot]]


def doc(thing: Callable[..., object]) -> str:
    """A rule's doc is that of its function or class, in one paragraph."""
    return " ".join((thing.__doc__ or "").split())


def cell_rule(
    code: str,
    *,
    applies: Callable[[Column, Shapes], bool],
    mend: str,
    example: str,
    severity: Severity = Severity.ERROR,
) -> Callable[[Callable[[str, Column, Survey], Fault | None]], CellRule]:
    """Make a rule about values of a function."""

    def made(check: Callable[[str, Column, Survey], Fault | None]) -> CellRule:
        return CellRule(
            code=code, severity=severity, doc=doc(check), mend=mend, example=example, applies=applies, check=check
        )

    return made


def record_rule(
    code: str,
    *,
    applies: Callable[[Sheet, Shapes], bool],
    mend: str,
    example: str,
    severity: Severity = Severity.ERROR,
    several: bool = False,
) -> Callable[[Callable[[Record, Survey], Iterable[Spot]]], RecordRule]:
    """Make a rule about records of a function."""

    def made(check: Callable[[Record, Survey], Iterable[Spot]]) -> RecordRule:
        return RecordRule(
            code=code,
            severity=severity,
            doc=doc(check),
            mend=mend,
            example=example,
            applies=applies,
            check=check,
            several=several,
        )

    return made


def watch_rule(
    watcher: type[Watcher], code: str, *, mend: str, example: str, severity: Severity = Severity.ERROR
) -> WatchRule:
    """Make a rule about the whole folder of a watcher's class."""
    return WatchRule(code=code, severity=severity, doc=doc(watcher), mend=mend, example=example, watcher=watcher)


def survey_rule(
    code: str, *, mend: str, example: str, severity: Severity = Severity.ERROR
) -> Callable[[Callable[[Survey], Iterable[Spot]]], SurveyRule]:
    """Make a rule about what a survey has seen of a function."""

    def made(check: Callable[[Survey], Iterable[Spot]]) -> SurveyRule:
        return SurveyRule(code=code, severity=severity, doc=doc(check), mend=mend, example=example, check=check)

    return made
