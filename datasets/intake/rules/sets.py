"""Rules about cells that hold several values."""

from __future__ import annotations

from datasets.intake.finding import Severity
from datasets.intake.rules.rule import Fault, SetRule


def _empty_element(found: list[str]) -> Fault | None:
    return None if all(found) else Fault("an element of the list is empty")


def _repeated_element(found: list[str]) -> Fault | None:
    if len(set(found)) == len(found):
        return None
    twice = next(element for at, element in enumerate(found) if element in found[:at])
    return Fault(f"{twice!r} stands twice", value=twice)


def _unsorted_set(found: list[str]) -> Fault | None:
    """Any alphabetical order will do: by characters or without regard to case."""
    if found in (sorted(found), sorted(found, key=str.casefold)):
        return None
    return Fault("the elements are not in alphabetical order", f"write {'|'.join(sorted(found, key=str.casefold))}")


SETS = (
    SetRule(
        code="empty_element",
        severity=Severity.ERROR,
        doc="A list with an empty element: a separator too many.",
        mend="remove the separator",
        example="joint-research||student-mobility",
        check=_empty_element,
    ),
    SetRule(
        code="repeated_element",
        severity=Severity.ERROR,
        doc="A list in which a value stands twice: lists are sets.",
        mend="remove one of the two",
        example="joint-research|student-mobility|joint-research",
        check=_repeated_element,
    ),
    SetRule(
        code="unsorted_set",
        severity=Severity.WARNING,
        doc=(
            "A list that is not in alphabetical order. Lists are sets and are shown in order, so their order in the "
            "facts should not look as if it meant something."
        ),
        mend="write the elements in alphabetical order",
        example="student-mobility|joint-research",
        check=_unsorted_set,
    ),
)
