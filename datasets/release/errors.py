"""What can go wrong with a release, each as one clear message."""

from __future__ import annotations

from dataclasses import dataclass


class ReleaseError(Exception):
    """Something about a release that a person has to mend. The message says what, where and how."""


class PublishError(ReleaseError):
    """A release could not be built or put in place; what was published before is untouched."""


class DamagedError(ReleaseError):
    """A release on disk is missing, incomplete or not what its manifest says."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One value that breaks what the shapes or expectations say; `id` and `column` are empty where none is meant."""

    rule: str
    table: str
    id: str
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        place = "/".join(part for part in (self.table, self.id, self.column) if part)
        value = f" {self.value!r}" if self.value else ""
        return f"{place}{value}: {self.message} [{self.rule}]"


class RejectedError(PublishError):
    """The content breaks constraints, so nothing was published. `violations` holds what was found."""

    SHOWN = 10

    def __init__(self, violations: list[Violation]) -> None:
        self.violations = violations
        shown = [f"  {violation}" for violation in violations[: self.SHOWN]]
        rest = len(violations) - len(shown)
        more = [f"  … and {rest} more"] if rest > 0 else []
        noun = "value breaks" if len(violations) == 1 else "values break"
        head = f"Nothing was published: {len(violations)} {noun} what the shapes and expectations say."
        super().__init__("\n".join([head, *shown, *more]))
