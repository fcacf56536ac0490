"""The catalogue of rules as a page, made from the rules themselves."""

from __future__ import annotations

from datasets.intake.rules import GROUPS, RULES
from datasets.intake.rules.rule import Rule

_HEAD = """\
`alliances check` knows {number} rules. A finding is one line, `file:line:column code severity value message; mend`;
`--json` gives the same as objects. With an error nothing is loaded; a warning asks somebody to look.
"""


def catalogue() -> str:
    """All rules in Markdown: code, severity, what it is about, how to mend it, a bad example."""
    parts = [
        "# Rules that facts are checked by\n",
        _HEAD.format(number=len(RULES)),
    ]
    for title, rules in GROUPS:
        parts.append(f"## {title}\n")
        parts.extend(_entry(rule) for rule in rules)
    return "\n".join(parts)


def _entry(rule: Rule) -> str:
    doc = rule.doc if rule.doc.endswith(".") else f"{rule.doc}."
    mend = rule.mend[0].upper() + rule.mend[1:]
    return f"### {rule.code}\n\n{rule.severity.value.capitalize()}. {doc}\n\nBad: `{rule.example}`\n\nMend: {mend}.\n"
