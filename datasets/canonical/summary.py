"""What a load changed, in numbers, by entity."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How many records of one entity came, went or changed, and how many claims came and went."""

    entity: str
    records_added: int = 0
    records_removed: int = 0
    records_changed: int = 0
    claims_added: int = 0
    claims_removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a load changed, or would have changed (`dry_run`).

    `claims` is how many claims the folder makes. `moved` are those that only stand at another line. `choices` is how
    many chosen values came, went or got another reason; `pins` and `redirects` how many lines came or went. `rechosen`
    says that shapes or rule have changed, so that every choice and view was made anew.
    """

    origin: str
    claims: int
    entities: tuple[Change, ...]
    moved: int
    choices: int
    pins: int
    redirects: int
    files: int
    rechosen: bool
    dry_run: bool

    @property
    def changed(self) -> bool:
        """Whether anything is (or would be) different from before."""
        numbers = (self.moved, self.choices, self.pins, self.redirects, self.files)
        return bool(self.entities) or any(numbers) or self.rechosen

    def as_json(self) -> str:
        """The summary as one line of JSON, `changed` included."""
        return json.dumps({**asdict(self), "changed": self.changed}, ensure_ascii=False)

    def __str__(self) -> str:
        would = "would change" if self.dry_run else "changed"
        if not self.changed:
            return f"{self.claims:,} claims, as before: nothing {would}"
        lines = [f"{self.claims:,} claims"]
        for change in self.entities:
            lines.append(
                f"  {change.entity}: records +{change.records_added:,} -{change.records_removed:,}"
                f" ~{change.records_changed:,}, claims +{change.claims_added:,} -{change.claims_removed:,}"
            )
        others = {
            "claims at another line": self.moved,
            "choices": self.choices,
            "pins": self.pins,
            "redirects": self.redirects,
            "files new or of another text": self.files,
        }
        lines += [f"  {name}: {number:,}" for name, number in others.items() if number]
        if self.rechosen:
            lines.append("  the shapes or the rule have changed: all choices and views were made anew")
        if self.dry_run:
            lines.append("  dry run: nothing was written")
        return "\n".join(lines)
