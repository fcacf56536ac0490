"""A finding: what a rule says about one place of one file, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

_SHOWN = 80
"""Characters of a value that the text form shows; JSON has it whole."""


class Severity(StrEnum):
    """What a finding means for loading."""

    ERROR = "error"
    """The facts cannot be loaded."""
    WARNING = "warning"
    """The facts can be loaded, but somebody should look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake at one place.

    `line` is the physical line and `column` the character in it at which the cell begins, both from 1; a finding about
    a whole file stands at 1:1. `code` is the rule's, `value` the offending text as the file has it.
    """

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    value: str
    message: str
    mend: str

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= _SHOWN else self.value[: _SHOWN - 1] + "…"
        value = json.dumps(shown, ensure_ascii=False)
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place} {self.code} {self.severity.value} {value} {self.message}; {self.mend}"

    def as_json(self) -> str:
        """The finding as one line of JSON, keys in the order of the fields."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def place(self) -> tuple[str, int, int, str, str]:
        """By what findings are sorted: file, line, column, code, value."""
        return (self.file, self.line, self.column, self.code, self.value)


class BadFacts(ValueError):
    """Facts that cannot be used: `findings` says where, what and how to mend, the first of them is the message."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(f"{findings[0]}{more}")
        self.findings = tuple(findings)
