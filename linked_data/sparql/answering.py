"""One query against a store: complete, or an error."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from linked_data.sparql.formats import BOOLEANS, SOLUTIONS, TRIPLES
from linked_data.sparql.refusal import RefusedError, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

Head = dict[str, object]
LONGEST_MISTAKE = 300
"""Characters of what the parser expected."""
_OPAQUE = re.compile(r"""<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'|#[^\n]*""")
_USED = re.compile(r"(?<![\w:@?$-])([A-Za-z][\w-]*):")
_DECLARED = re.compile(r"(?i:prefix)\s+([A-Za-z][\w-]*):")


class TooLargeError(Exception):
    """The answer has more bytes than it may."""


class Bounded(io.BytesIO):
    """Holds an answer up to a number of bytes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: object) -> int:
        """Add to the answer. Raises TooLargeError."""
        if self.tell() + len(data) > self._most:  # type: ignore[arg-type]
            raise TooLargeError
        return super().write(data)  # type: ignore[arg-type]


def answer(store: ox.Store, asked: Mapping[str, object]) -> tuple[Head, bytes]:
    """What kind of answer it is, and its bytes.

    `asked` holds `query`, `base`, `prefixes` (which a query need not declare), `default` and `named` (lists of graphs,
    or None), the media types `solutions` and `triples` (or None where none is acceptable), and `bytes`, the most that
    an answer may have.
    """
    query = str(asked["query"])
    try:
        refuse(query)
        default, named = _graphs(asked["default"]), _graphs(asked["named"])
        results = store.query(
            query,
            base_iri=str(asked["base"]),
            prefixes=_prefixes(asked),
            default_graph=default,
            named_graphs=named,
        )
        return _written(results, asked)
    except RefusedError as error:
        return {"error": "refused", "message": str(error)}, b""
    except SyntaxError as error:
        return {"error": "syntax", "message": _mistake(query, str(error), _prefixes(asked))}, b""
    except TooLargeError:
        return {"error": "large", "message": f"the answer has more than {asked['bytes']} bytes; add LIMIT"}, b""
    except (ValueError, OSError, RuntimeError) as error:
        return {"error": "failed", "message": str(error)}, b""


def _prefixes(asked: Mapping[str, object]) -> dict[str, str]:
    known = asked.get("prefixes")
    return {str(prefix): str(namespace) for prefix, namespace in known.items()} if isinstance(known, dict) else {}


def _mistake(query: str, said: str, known: Mapping[str, str]) -> str:
    """What is wrong with a query that cannot be parsed, in words: the parser lists every letter that it could take."""
    where, colon, expected = said.partition(": ")
    bare = _OPAQUE.sub(" ", query)
    missing = sorted(set(_USED.findall(bare)) - {*known, *_DECLARED.findall(bare)})
    if missing:
        return f"{where}: the prefix {missing[0]}: is not declared; add PREFIX {missing[0]}: <…>"
    words = " ".join(expected.split())
    return f"{where}{colon}{words if len(words) <= LONGEST_MISTAKE else words[:LONGEST_MISTAKE] + '…'}"


def _graphs(given: object) -> list[Any] | None:
    """The graphs of those IRIs. Raises RefusedError."""
    try:
        return [ox.NamedNode(str(iri)) for iri in given] if isinstance(given, list) else None
    except ValueError as error:
        raise RefusedError(f"a graph is named by an IRI: {error}") from error


def _written(results: object, asked: Mapping[str, object]) -> tuple[Head, bytes]:
    output = Bounded(int(str(asked["bytes"])))
    wanted = asked["triples"] if isinstance(results, ox.QueryTriples) else asked["solutions"]
    if isinstance(results, ox.QueryBoolean) and wanted not in BOOLEANS:
        wanted = BOOLEANS[0] if wanted is not None else None
    if wanted is None:
        known = TRIPLES if isinstance(results, ox.QueryTriples) else SOLUTIONS
        return {"error": "unacceptable", "message": f"this query is answered in {', '.join(known)}"}, b""
    media_type = str(wanted)
    if isinstance(results, ox.QueryTriples):
        ox.serialize(results, output, TRIPLES[media_type], prefixes=_prefixes(asked))
    elif isinstance(results, ox.QueryBoolean | ox.QuerySolutions):
        results.serialize(output, format=SOLUTIONS[media_type])
    return {"type": media_type}, output.getvalue()
