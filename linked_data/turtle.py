"""Blocks as Turtle, written directly: for a document as well as for a dump, several times as fast as through terms.

What N-Triples writes is Turtle already; what is left to do is to shorten addresses by prefixes and to say subject and
predicate once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from linked_data.namespaces import RDF_TYPE, XSD
from linked_data.saying import Block

_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""Local names that need no escape in any reader."""
_BARE = {
    f"<{XSD}integer>": re.compile(r"[+-]?[0-9]+"),
    f"<{XSD}decimal>": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"<{XSD}boolean>": re.compile(r"true|false"),
}
"""Datatypes whose values stand for themselves where they have this form."""


class Turtle:
    """Writes blocks with a set of prefixes."""

    def __init__(self, prefixes: Mapping[str, str], things: str) -> None:
        """`things` is what the addresses of records begin with: there are too many of them to remember."""
        self._prefixes = prefixes
        self._things = f"<{things}"
        self._short: dict[str, str] = {f"<{RDF_TYPE}": "a"}

    def head(self, used: Iterable[str] | None = None) -> str:
        """The declarations of the prefixes, of all of them or of those that are used."""
        names = sorted(self._prefixes if used is None else used)
        return "".join(f"@prefix {name}: <{self._prefixes[name]}> .\n" for name in names)

    def document(self, blocks: Iterable[Block]) -> str:
        """A whole document: the prefixes that it uses, and the blocks."""
        used: set[str] = set()
        body = self.text(blocks, used)
        return self.head(self.prefixes_of(used)) + body

    def prefixes_of(self, used: Iterable[str]) -> set[str]:
        """The prefixes of short forms, and the one that `a` stands for."""
        return {"rdf", *(short.partition(":")[0] for short in used)} & self._prefixes.keys()

    def text(self, blocks: Iterable[Block], used: set[str] | None = None) -> str:
        """The blocks; the short forms that occur are added to `used`."""
        seen = set() if used is None else used
        known, things = self._short, self._things
        pieces: list[str] = []
        write = pieces.append
        for subject, said in blocks:
            last = ""
            for line in said:
                head, _, value = line.partition("> ")
                if head == last:
                    write(" , ")
                else:
                    predicate = known.get(head) or self._shortened(head)
                    seen.add(predicate)
                    write(f" ;\n\t{predicate} " if last else f"{subject} {predicate} ")
                    last = head
                if value[-1] == ">" and not value.startswith(things):
                    if value[0] == "<":
                        value = known.get(value[:-1]) or self._shortened(value[:-1])
                        seen.add(value)
                    else:
                        value = self._typed(value, seen)
                write(value)
            if last:
                write(" .\n")
        return "".join(pieces)

    def _shortened(self, opened: str) -> str:
        """The short form of `<iri`, without its end; the address as it is where no prefix fits."""
        iri = opened[1:]
        for name, namespace in self._prefixes.items():
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                return self._short.setdefault(opened, f"{name}:{iri[len(namespace) :]}")
        return f"{opened}>"

    def _typed(self, literal: str, seen: set[str]) -> str:
        text, _, datatype = literal.rpartition("^^")
        bare = _BARE.get(datatype)
        if bare and bare.fullmatch(text, 1, len(text) - 1):
            seen.add("xsd:")
            return text[1:-1]
        short = self._short.get(datatype[:-1]) or self._shortened(datatype[:-1])
        seen.add(short)
        return f"{text}^^{short}"
