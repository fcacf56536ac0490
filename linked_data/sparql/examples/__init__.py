"""Questions to begin with: one file each, the question in its first line."""

from __future__ import annotations

import re
from pathlib import Path

from linked_data.namespaces import Namespaces

_FOLDER = Path(__file__).resolve().parent
_USED = re.compile(r"\b([a-z]+):[A-Za-z]")


def examples(names: Namespaces) -> tuple[tuple[str, str], ...]:
    """Question and query, with the prefixes that it uses."""
    found = []
    for path in sorted(_FOLDER.glob("*.rq")):
        question, _, query = path.read_text(encoding="utf-8").partition("\n")
        used = [prefix for prefix in sorted(set(_USED.findall(query))) if prefix in names.prefixes]
        head = "".join(f"PREFIX {prefix}: <{names.prefixes[prefix]}>\n" for prefix in used)
        found.append((question.lstrip("# "), head + query.strip()))
    return tuple(found)
