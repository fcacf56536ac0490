"""How deep and how wide a selection the database takes: tried at start-up, so that published limits are true.

The bounds of SQLite (depth of expressions, of its parser, size of a statement) differ by version and build, and those
of a plan by how it is written. So nothing is written down here: statements of growing size are prepared, not run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datasets.query.plan import Planner
from datasets.query.run import AnyDatabase, QueryError
from datasets.query.selection import (
    AnyOf,
    Compare,
    Connection,
    Filter,
    LinkTo,
    Nodes,
    Op,
    Page,
    Part,
    Parts,
    Records,
    Reverse,
    Scalar,
    Selection,
    Slot,
)
from datasets.shapes import Entity, Link

DEEPEST = 32
"""Nested lists beyond which nobody needs to go; trying stops here."""
WIDEST = 512
"""Fields of one object, root fields, and filters side by side; trying stops here."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the database takes: lists nested in lists, fields of one object, root fields, filters in one list."""

    nesting: int
    fields: int
    roots: int
    filters: int


def capacity(planner: Planner, database: AnyDatabase) -> Capacity:
    """Try the database. Raises QueryError when it does not even take one of each."""
    entity, link = _loop(planner)

    def takes(selection: Selection) -> bool:
        return database.takes(planner.plan(selection))

    return Capacity(
        nesting=_largest(lambda size: takes(_nested(entity, link, size)), DEEPEST, "a list"),
        fields=_largest(lambda size: takes(_wide(link.target, size)), WIDEST, "a field"),
        roots=_largest(lambda size: takes(_rooted(link.target, size)), WIDEST, "a root field"),
        filters=_largest(lambda size: takes(_filtered(link.target, size)), WIDEST, "a filter"),
    )


def _loop(planner: Planner) -> tuple[Entity, Link]:
    """A link to an entity that can be walked there and back again."""
    shapes = planner.things.shapes
    for entity in shapes.entities:
        for link in entity.links:
            if not link.many and not shapes.is_family(link.target):
                return entity, link
    raise QueryError("no entity has a link to another, so that there is no nesting to try")


def _largest(fits: Callable[[int], bool], most: int, what: str) -> int:
    """The largest size up to `most` that fits, found by halving."""
    if fits(most):
        return most
    low, high = 1, most
    if not fits(low):
        raise QueryError(f"the database does not take a statement with {what}")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _nested(entity: Entity, link: Link, size: int) -> Selection:
    parts: Parts = (Scalar("id", "id"), Scalar("label", "label"))
    for _ in range(size):
        back = LinkTo("to", link.name, ((link.target, parts),))
        source = Reverse(entity.name, link.name)
        parts = (
            Scalar("label", "label"),
            Connection("from", source, (Nodes("nodes", (back,)),), Page(first=Slot("n"))),
        )
    return Selection((_all(link.target, parts),))


def _wide(entity: str, size: int) -> Selection:
    return Selection((_all(entity, tuple(Scalar(f"field{number}", "label") for number in range(size))),))


def _rooted(entity: str, size: int) -> Selection:
    one = _all(entity, (Scalar("id", "id"),))
    return Selection(tuple(Connection(f"root{n}", one.source, one.fields, one.page) for n in range(size)))


def _filtered(entity: str, size: int) -> Selection:
    tests: tuple[Filter, ...] = tuple(Compare("label", Op.EQ, Slot(f"text{number}")) for number in range(size))
    parts: tuple[Part, ...] = (Scalar("id", "id"),)
    return Selection((Connection("all", Records(entity), (Nodes("nodes", parts),), Page(AnyOf(tests))),))


def _all(entity: str, parts: Parts) -> Connection:
    return Connection("all", Records(entity), (Nodes("nodes", parts),), Page(first=Slot("n")))
