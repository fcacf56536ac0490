"""Gathers spots and turns them into findings with exact places, one for each cell."""

from __future__ import annotations

from pathlib import Path

from datasets.intake.finding import Finding
from datasets.intake.rules.rule import Fault, Rule, Spot
from datasets.intake.sheet import Places


class Reporter:
    """Gathers what rules find. What is reported first of a cell stays: later rules would only echo it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spots: dict[tuple[str, int, int], tuple[Rule, Spot]] = {}
        self._findings: list[Finding] = []

    def spot(self, rule: Rule, spot: Spot) -> None:
        """Report a fault at a cell."""
        self._spots.setdefault((spot.file, spot.line, spot.at), (rule, spot))

    def at(self, rule: Rule, file: str, line: int, column: int, fault: Fault) -> None:
        """Report a fault at a character of a file."""
        mend = fault.mend or rule.mend
        finding = Finding(file, line, column, rule.code, rule.severity, fault.value or "", fault.message, mend)
        self._findings.append(finding)

    def finding(self, finding: Finding) -> None:
        """Report what is a finding already."""
        self._findings.append(finding)

    def findings(self) -> list[Finding]:
        """All findings, sorted by place."""
        found = list(self._findings)
        places: dict[str, Places] = {}
        for rule, spot in self._spots.values():
            of = places.setdefault(spot.file, Places(self._folder / spot.file))
            line, column = of.of(spot.line, spot.at)
            mend = spot.mend or rule.mend
            found.append(Finding(spot.file, line, column, rule.code, rule.severity, spot.value, spot.message, mend))
        return sorted(found, key=lambda finding: finding.place)
