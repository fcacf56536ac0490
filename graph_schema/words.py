"""How the names of shapes are written in GraphQL."""

from __future__ import annotations

import re


def camel(name: str) -> str:
    """The name of a field or argument: `secretariat_place` is secretariatPlace."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def pascal(name: str) -> str:
    """The name of a type: `membership_role` is MembershipRole."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def upper(name: str) -> str:
    """The name of an enum value: `founding_member` is FOUNDING_MEMBER, `k-pop` is K_POP."""
    return name.upper().replace("-", "_")


def is_name(text: str) -> bool:
    """Whether GraphQL takes the text as a name of ours (two underscores at the start belong to introspection)."""
    return re.fullmatch(r"(?!__)[_A-Za-z][_0-9A-Za-z]*", text) is not None
