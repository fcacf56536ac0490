"""What writes one stored value as an object in N-Triples, where the value alone decides how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from datasets.shapes.model import Link
from linked_data import terms
from linked_data.mapping import DERIVED, Fact, Form
from linked_data.namespaces import Namespaces

Cell = str | int | float | None
Row = Sequence[Cell]
Block = tuple[str, list[str]]
"""A subject (`<iri>`) and its predicates with objects."""
Write = Callable[[Cell], str | None]


def writer(names: Namespaces, fact: Fact) -> Write:
    """What writes one stored value of a fact; None where there is nothing to say. Raises ValueError for instants."""
    column = fact.column
    plain: dict[Form, Write] = {
        Form.INTEGER: lambda value: terms.integer(str(value)),
        Form.DECIMAL: lambda value: terms.decimal(str(value)),
        Form.DATE: lambda value: terms.date(str(value)),
        Form.EDTF: lambda value: terms.edtf(str(value)),
        Form.TRUE: lambda value: terms.TRUE if value in (1, "yes") else None,
        Form.ADDRESS: lambda value: f"<{terms.iri(str(value))}>",
    }
    heads = {
        Form.VOCABULARY: names.scheme(""),
        Form.CONCEPT: names.concept(column.scheme, ""),
        Form.RECORD: names.thing(column.target, "") if isinstance(column, Link) else "",
    }
    if fact.form is Form.TEXT:
        language = column.language
        return lambda value: terms.text(str(value), language)
    if fact.form in heads:
        head = heads[fact.form]
        return lambda value: f"<{head}{value}>"
    if fact.form in plain:
        return plain[fact.form]
    raise ValueError(f"how {fact.term} says {column.name} is not decided by the value alone")


def sayer(names: Namespaces, facts: Iterable[Fact]) -> Callable[[Cell], list[str]]:
    """What writes one value of a set, or of a part of a compound value, with all its properties."""
    writes = [(f"<{names.expand(f.term)}> ", writer(names, f)) for f in facts]
    return lambda value: [predicate + written for predicate, write in writes if (written := write(value))]


def derived(names: Namespaces, sources: Iterable[str]) -> list[str]:
    """Where a record comes from."""
    predicate = f"<{names.expand(DERIVED)}> "
    return [f"{predicate}<{names.thing('source', source)}>" for source in sources]


def text(blocks: Iterable[Block]) -> str:
    """Blocks as N-Triples."""
    return "".join(f"{subject} " + f" .\n{subject} ".join(said) + " .\n" for subject, said in blocks if said)


def quads(blocks: Iterable[Block], graph: str) -> str:
    """Blocks as N-Quads in a graph."""
    end = f" <{graph}> .\n"
    return "".join(f"{subject} " + f"{end}{subject} ".join(said) + end for subject, said in blocks if said)
