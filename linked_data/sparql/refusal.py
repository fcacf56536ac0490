"""What is refused before it runs: SERVICE, told from a real parse and never by looking at the text."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class RefusedError(ValueError):
    """The query asks for something that is not done here."""


def refuse(query: str) -> None:
    """Raise RefusedError where the query reaches out to another service.

    A query in which the word occurs nowhere, escapes undone, cannot use it. All others are parsed by rdflib, so that
    the word in a string, comment or name is fine; what rdflib cannot parse cannot be told, and is refused.
    """
    if "service" not in _unescaped(query).casefold():
        return
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parsed = parseQuery(query)
    except Exception as error:
        raise RefusedError(
            f"the word SERVICE occurs, and the query cannot be parsed to see where ({error}); leave the word out"
        ) from error
    if any(getattr(node, "name", "") == "ServiceGraphPattern" for node in _nodes(parsed)):
        raise RefusedError("SERVICE is not done here: queries read this release alone")


def _unescaped(query: str) -> str:
    """The query with its escaped code points undone, as an engine does before it parses."""
    return _ESCAPE.sub(lambda found: _character(int(found[1] or found[2], 16)), query)


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else ""


def _nodes(parsed: object) -> Iterable[object]:
    """Everything in a parse tree of rdflib."""
    todo = [parsed]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, dict):
            todo.extend(node.values())
        elif isinstance(node, list | tuple) or hasattr(node, "asList"):
            todo.extend(node)  # type: ignore[arg-type]
