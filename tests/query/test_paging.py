"""Cursors: every row comes exactly once, in order, forwards and backwards, whatever the page size."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datasets.query.bind import BadValueError
from datasets.query.selection import (
    At,
    Compare,
    Connection,
    Cursor,
    Edges,
    Fact,
    Filter,
    Info,
    Members,
    Node,
    Op,
    Order,
    Page,
    PageInfo,
    Record,
    Records,
    Reverse,
    Scalar,
    Search,
    Selection,
    Slot,
    Source,
    TotalCount,
)
from tests.query.asking import Asked, same
from tests.query.reference import Reference, World

INFO = PageInfo("info", tuple(Info(fact.value, fact) for fact in Fact))
EDGES = Edges("edges", (Cursor("cursor"), Node("node", (Scalar("id", "id"),))))


def listing(source: Source, page: Page, record: str = "") -> Selection:
    connection = Connection("all", source, (TotalCount("total"), INFO, EDGES), page)
    return Selection((Record("one", record, Slot("id"), (connection,)) if record else connection,))


def opened(answer: dict[str, Any]) -> Any:
    return answer["one"]["all"] if "one" in answer else answer["all"]


IN_2015 = At(Slot("from"), Slot("to"))
LISTS: dict[str, tuple[Source, tuple[Order, ...], Filter | None, str]] = {
    "by name": (Records("organization"), (), None, ""),
    "by id": (Records("organization"), (Order("id"),), None, ""),
    "newest first": (Records("agreement"), (Order("signed", descending=True),), None, ""),
    "two keys": (Records("agreement"), (Order("signed", descending=True), Order("title")), None, ""),
    "two keys down": (Records("event"), (Order("start", descending=True), Order("name", descending=True)), None, ""),
    "numbers": (Records("figure"), (Order("value", descending=True),), None, ""),
    "many alike": (Records("claim"), (), None, ""),
    "filtered": (Records("organization"), (), Compare("kind", Op.EQ, Slot("kind")), ""),
    "of a record": (Reverse("membership", "alliance"), (), None, "alliance"),
    "of a record, by date": (Reverse("membership", "alliance"), (Order("since", descending=True),), None, "alliance"),
    "members": (Members("member_spans", True, IN_2015), (), None, "alliance"),
    "members from the end": (Members("member_spans", True), (Order("name", descending=True),), None, "alliance"),
    "members by founding": (Members("member_spans", True), (Order("founded"),), None, "alliance"),
    "found": (Search(Slot("text")), (), None, ""),
}
VALUES = {"id": "a00001", "from": "1999-01-01", "to": "2015-12-31", "kind": "university", "text": "north"}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize("forward", [True, False])
def test_pages_give_every_row_once(asked: Asked, known: World, name: str, size: int, forward: bool) -> None:
    source, order, where, record = LISTS[name]
    limit = Slot("size")
    page = (
        Page(where, order, first=limit, after=Slot("at"))
        if forward
        else Page(where, order, last=limit, before=Slot("at"))
    )
    selection = listing(source, page, record)
    plan = asked.plan(selection)
    found: list[Any] = []
    at, pages = None, 0
    while True:
        values = {**VALUES, "size": size, "at": at}
        one = opened(json.loads(asked.database.answer(plan, values)))
        if pages < 2:
            assert same(Reference(known, values).answer(selection), asked.exact(selection, values))
        found = [*found, *one["edges"]] if forward else [*one["edges"], *found]
        pages += 1
        if not one["info"]["has_next" if forward else "has_previous"]:
            break
        assert len(one["edges"]) == size
        at = one["info"]["end_cursor" if forward else "start_cursor"]
    ids = [edge["node"]["id"] for edge in found]
    everything = opened(asked.answer(listing(source, Page(where, order), record), VALUES))
    assert ids == [edge["node"]["id"] for edge in everything["edges"]]
    assert [edge["cursor"] for edge in found] == [edge["cursor"] for edge in everything["edges"]]
    assert len(ids) == everything["total"]


def test_both_databases_give_the_same_cursors(sqlite: Asked, postgresql: Asked) -> None:
    for source, order, where, record in LISTS.values():
        selection = listing(source, Page(where, order), record)
        assert sqlite.raw(selection, VALUES) == postgresql.raw(selection, VALUES)


def test_a_page_between_two_cursors(asked: Asked, known: World) -> None:
    everything = asked.answer(listing(Records("organization"), Page()))["all"]["edges"]
    values = {"low": everything[4]["cursor"], "high": everything[20]["cursor"], "size": 5}
    for page in (
        Page(first=Slot("size"), after=Slot("low"), before=Slot("high")),
        Page(last=Slot("size"), after=Slot("low"), before=Slot("high")),
        Page(after=Slot("low"), before=Slot("high")),
    ):
        selection = listing(Records("organization"), page)
        assert same(Reference(known, values).answer(selection), asked.exact(selection, values))


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "0", "zz" * 20, "00000000", "DEADBEEF61", "0" * 30_000, "é", "\0", "\ud800", "ABCDEF0F", 7, ["a"]],
)
def test_what_is_no_cursor_is_refused(asked: Asked, cursor: object) -> None:
    plan = asked.plan(listing(Records("organization"), Page(first=Slot("size"), after=Slot("at"))))
    with pytest.raises(BadValueError, match=r"^at: "):
        plan.bind({"size": 1, "at": cursor})


def test_a_cursor_belongs_to_its_order(asked: Asked) -> None:
    cursor = asked.answer(listing(Records("organization"), Page(first=Slot("size"))), {"size": 1})["all"]["edges"][0][
        "cursor"
    ]
    down = (Order("name", descending=True),)
    for other in (Page(order=down, after=Slot("at")), Page(order=(Order("founded"),), after=Slot("at"))):
        with pytest.raises(BadValueError, match="another list or order"):
            asked.plan(listing(Records("organization"), other)).bind({"at": cursor})
    with pytest.raises(BadValueError, match="another list or order"):
        asked.plan(listing(Records("alliance"), Page(after=Slot("at")))).bind({"at": cursor})


def test_a_cursor_keeps_its_place_whatever_is_asked_of_the_rows(asked: Asked) -> None:
    cursors = [edge["cursor"] for edge in asked.answer(listing(Records("event"), Page()))["all"]["edges"]]
    narrow = Compare("id", Op.NE, Slot("not"))
    filtered = listing(Records("event"), Page(narrow, after=Slot("at")))
    found = asked.answer(filtered, {"not": "e00000", "at": cursors[2]})["all"]["edges"]
    assert [edge["cursor"] for edge in found] == [c for c in cursors[3:] if c in {e["cursor"] for e in found}]
    assert len(found) >= len(cursors) - 4


def test_a_page_has_one_end() -> None:
    with pytest.raises(ValueError, match="not both"):
        Page(first=Slot("a"), last=Slot("b"))


@pytest.mark.parametrize(
    ("size", "message"),
    [(-1, "0 or more"), (None, "whole number"), (1.5, "whole number"), (True, "whole number"), (10**30, "64 bits")],
)
def test_a_page_size_is_a_whole_number(asked: Asked, size: object, message: str) -> None:
    plan = asked.plan(listing(Records("event"), Page(first=Slot("size"))))
    with pytest.raises(BadValueError, match=message):
        plan.bind({"size": size})
    assert len(asked.answer(listing(Records("event"), Page(first=Slot("size"))), {"size": 2**40})["all"]["edges"]) == 8


def test_a_page_that_nobody_looks_at_is_checked_all_the_same(asked: Asked) -> None:
    total = (TotalCount("total"),)
    for page, values in (
        (Page(first=Slot("at")), {"at": -1}),
        (Page(after=Slot("at")), {"at": "x"}),
        (Page(before=Slot("at")), {"at": ""}),
    ):
        plan = asked.plan(Selection((Connection("all", Records("event"), total, page),)))
        with pytest.raises(BadValueError, match=r"^at: "):
            plan.bind(values)
