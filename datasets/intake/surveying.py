"""The first pass: open every file, read ids, and report what keeps a file or a row from being read."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets.intake.finding import BadFacts
from datasets.intake.reporter import Reporter
from datasets.intake.rules import RULES
from datasets.intake.rules.files import (
    LEFT_OUT_COLUMN,
    MISSING_COLUMN,
    RAGGED_ROW,
    REPEATED_COLUMN,
    UNKNOWN_COLUMN,
    UNREADABLE_FILE,
)
from datasets.intake.rules.records import MISSING_ID, SCATTERED_RECORD, SHARED_ID
from datasets.intake.rules.rule import Fault, FileRule, Spot
from datasets.intake.sheet import Places, Sheet, demand_file, rows
from datasets.intake.survey import Note, Survey, space

_MENDS = {
    errno.EACCES: "change its permissions",
    errno.ENOENT: "mend the link, or remove it",
    errno.ELOOP: "mend the link, or remove it",
}
_FILE_RULES = tuple(rule for rule in RULES if isinstance(rule, FileRule))


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet whose header could be read: where each known header stands, and how wide rows must be."""

    sheet: Sheet
    at: dict[str, int]
    width: int
    path: Path

    def rows(self) -> Iterator[tuple[int, str, list[str]]]:
        """Line, record id and cells of each row that has the right width and an id."""
        keys = [self.at[key] for key in self.sheet.keys]
        width, first, single = self.width, keys[0], len(keys) == 1
        found = rows(self.path)
        next(found, None)
        for line, cells in found:
            if len(cells) != width:
                continue
            if single:
                if cells[first]:
                    yield line, cells[first], cells
            elif all(cells[key] for key in keys):
                yield line, ".".join([cells[key] for key in keys]), cells


def readable(path: Path, reporter: Reporter) -> bool:
    """Whether a file can be read as text; what is odd or wrong about its bytes is reported."""
    try:
        demand_file(path)
        data = path.read_bytes()
    except OSError as error:
        mend = _MENDS.get(error.errno or 0, "put a file in its place")
        reporter.at(UNREADABLE_FILE, path.name, 1, 1, Fault(f"the file cannot be read ({error.strerror})", mend))
        return False
    for rule in _FILE_RULES:
        found = rule.check(data)
        if found is not None:
            line, column, fault = found
            reporter.at(rule, path.name, line, column, fault)
            if rule.fatal:
                return False
    return True


def opened(sheet: Sheet, survey: Survey, reporter: Reporter) -> OpenSheet | None:
    """Read a sheet for the first time. None, and its ids are not known, where that is not possible."""
    path = survey.folder.path / sheet.file
    open_sheet = None
    if readable(path, reporter):
        try:
            _, header = next(rows(path))
            if not set(header) & set(sheet.headers):
                fault = Fault("the first line is no header", f"write the header: {','.join(sheet.headers)}", header[0])
                reporter.at(UNREADABLE_FILE, path.name, 1, 1, fault)
                survey.blind.add(sheet.name)
                return None
            open_sheet = _header(sheet, path, header, survey, reporter)
            if open_sheet is not None and (width := _other_width(open_sheet)):
                message = f"every row has {width} cells, the header {len(header)}"
                mend = "give the header the column that it lacks, or the rows the cell that they lack"
                reporter.at(RAGGED_ROW, sheet.file, 1, 1, Fault(message, mend, header[0]))
                open_sheet = None
            if open_sheet is not None:
                _ids(open_sheet, survey, reporter)
        except BadFacts as bad:
            _broken(bad, path, reporter)
            open_sheet = None
    if open_sheet is None:
        survey.blind.add(sheet.name)
    return open_sheet


def _broken(bad: BadFacts, path: Path, reporter: Reporter) -> None:
    """Report where the quoting of a file breaks."""
    finding = bad.findings[0]
    line, column = Places(path).broken(finding.line)
    reporter.at(UNREADABLE_FILE, path.name, line, column, Fault(finding.message, finding.mend))


def _header(sheet: Sheet, path: Path, header: Sequence[str], survey: Survey, reporter: Reporter) -> OpenSheet | None:
    missing = [name for name in sheet.headers if name not in header]
    survey.headless.update((sheet.file, name) for name in missing)
    at: dict[str, int] = {}
    for place, name in enumerate(header):
        if name in at:
            reporter.spot(REPEATED_COLUMN, Spot(sheet.file, 1, place, name, f"the column {name!r} stands twice"))
        elif name in sheet.headers:
            at[name] = place
        else:
            near = _meant(name, missing)
            if near:
                missing.remove(near)
            mend = f"rename it to {near}" if near else f"remove it; the columns are {', '.join(sheet.headers)}"
            reporter.spot(UNKNOWN_COLUMN, Spot(sheet.file, 1, place, name, f"there is no column {name!r}", mend))
    for name in missing:
        rule = MISSING_COLUMN if name in sheet.needed else LEFT_OUT_COLUMN
        reporter.at(rule, sheet.file, 1, 1, Fault(f"the column {name!r} is missing", value=name))
    return OpenSheet(sheet, at, len(header), path) if all(key in at for key in sheet.keys) else None


def _meant(name: str, missing: Sequence[str]) -> str:
    """The missing header that an unknown one was probably meant to be."""
    return next(iter(difflib.get_close_matches(name.strip().casefold(), missing, n=1, cutoff=0.5)), "")


def _other_width(open_sheet: OpenSheet) -> int:
    """The width that all rows have where the header alone has another: one fault of the header. Else 0."""
    found = rows(open_sheet.path)
    next(found, None)
    widths: set[int] = set()
    count = 0
    for _, cells in found:
        widths.add(len(cells))
        count += 1
        if len(widths) > 1 or len(cells) == open_sheet.width:
            return 0
    return widths.pop() if count > 1 else 0


def _ids(open_sheet: OpenSheet, survey: Survey, reporter: Reporter) -> None:
    """Read the ids of a sheet, and report rows without one, of another width, or of a record that stands elsewhere."""
    sheet, width = open_sheet.sheet, open_sheet.width
    keys = [open_sheet.at[key] for key in sheet.keys]
    note = Note(survey, sheet, open_sheet.at)
    types = survey.types[space(sheet.entity)] if sheet.entity is not None else {}
    seen: dict[str, int] = {}
    last = ""
    found = rows(open_sheet.path)
    next(found, None)
    for line, cells in found:
        ids = [cells[key] if key < len(cells) else "" for key in keys]
        record = ".".join(ids)
        if len(cells) != width:
            message = f"the row has {len(cells)} cells, the header {width}"
            reporter.spot(RAGGED_ROW, Spot(sheet.file, line, 0, cells[0], message))
            survey.damaged.add((sheet.file, record))
        elif not all(ids):
            empty = sheet.keys[ids.index("")]
            reporter.spot(MISSING_ID, Spot(sheet.file, line, open_sheet.at[empty], "", f"the row has no {empty}"))
            continue
        else:
            note.row(record, cells)
            seen[record] = seen.get(record, 0) + 1
            if seen[record] > 1 and record != last and sheet.entity is not None:
                message = f"other rows of {record!r} stand further up"
                reporter.spot(SCATTERED_RECORD, Spot(sheet.file, line, keys[0], record, message))
            last = record
        if sheet.entity is not None and all(ids):
            other = types.setdefault(record, sheet.entity.name)
            if other != sheet.entity.name and seen.get(record) == 1:
                message = f"{record!r} is the id of a record of the type {other} too"
                reporter.spot(SHARED_ID, Spot(sheet.file, line, keys[0], record, message))
    survey.lines[sheet.file] = {record: count for record, count in seen.items() if count > 1}
