"""Values that mean harm are compared like any other, or refused with the name of their slot."""

from __future__ import annotations

import pytest

from datasets.query.bind import LONGEST_TEXT, MOST_ITEMS, BadValueError
from datasets.query.estimate import Statistics
from datasets.query.plan import SQLITE, Planner
from datasets.query.selection import (
    AnyRecord,
    AnyRecords,
    Compare,
    Connection,
    Filter,
    Form,
    GroupBy,
    GroupKey,
    Json,
    Linked,
    LinkTo,
    List,
    Literal,
    Members,
    Nested,
    Nodes,
    Op,
    Order,
    Page,
    Part,
    Quantifier,
    Rank,
    Record,
    Records,
    Related,
    Reverse,
    Scalar,
    Search,
    Selection,
    SetOf,
    Slot,
    Texts,
    TextSet,
    TotalCount,
    ValuesOf,
    Within,
)
from datasets.query.things import SelectionError
from datasets.shapes import SHAPES
from tests.query.asking import Asked

NASTY = [
    "'",
    '"',
    "\\",
    "'; DROP TABLE alliances; --",
    "?1",
    "$1",
    "%s",
    "\x01\x02\x1f\x7f",
    "\u2028\u2029\ufeff\u202e",
    "🎓" * 500,
    "a" * LONGEST_TEXT,
    "]]>&lt;<script>",
    "\n\r\t",
    "NULL",
    "",
    "*",
    "{name} : (",
    "a' OR '1'='1",
]
REFUSED: list[object] = [
    "\0",
    "a\0b",
    "\ud800",
    "a\udfffb",
    "a" * (LONGEST_TEXT + 1),
    None,
    1,
    1.5,
    True,
    b"a",
    ["a"],
    {},
]
IDS = (Scalar("id", "id"),)


def by_name(op: Op) -> Selection:
    return Selection(
        (Connection("found", Records("organization"), (TotalCount("total"),), Page(Compare("name", op, Slot("text")))),)
    )


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("op", [Op.EQ, Op.NE, Op.CONTAINS, Op.STARTS])
def test_a_text_is_only_ever_a_value(asked: Asked, text: str, op: Op) -> None:
    total = asked.answer(by_name(op), {"text": text})["found"]["total"]
    assert 0 <= total <= 30


@pytest.mark.parametrize("text", [text for text in NASTY if len(text) < LONGEST_TEXT])
def test_a_search_is_only_ever_words(asked: Asked, text: str) -> None:
    selection = Selection(
        (
            Connection(
                "found",
                Search(Slot("text")),
                (TotalCount("total"), Nodes("nodes", (Rank("rank"),))),
                Page(first=Slot("n")),
            ),
        )
    )
    assert asked.answer(selection, {"text": text, "n": 5})["found"]["total"] >= 0


@pytest.mark.parametrize("text", NASTY)
def test_an_id_is_only_ever_a_value(asked: Asked, text: str) -> None:
    selection = Selection(
        (
            Record("one", "alliance", Slot("text"), IDS),
            AnyRecord("any", Slot("text"), Slot("text"), (("alliance", IDS),)),
            AnyRecords("many", Slot("pairs"), (("alliance", IDS),)),
        )
    )
    assert asked.answer(selection, {"text": text, "pairs": [[text, text]]}) == {
        "one": None,
        "any": None,
        "many": [None],
    }


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_what_no_database_takes_is_refused(asked: Asked, value: object) -> None:
    in_list = Selection((List("found", Records("organization"), IDS, Page(Compare("name", Op.IN, Slot("text")))),))
    for selection, bound in ((by_name(Op.EQ), value), (by_name(Op.CONTAINS), value), (in_list, [value])):
        with pytest.raises(BadValueError, match=r"^text: ") as refused:
            asked.plan(selection).bind({"text": bound})
        assert refused.value.slot == "text"
        assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "items", [None, "abc", 1, {"a": 1}, ["x"] * (MOST_ITEMS + 1)], ids=lambda one: type(one).__name__
)
def test_a_list_is_a_list_of_some_length(asked: Asked, items: object) -> None:
    plan = asked.plan(
        Selection((List("found", Records("organization"), IDS, Page(Compare("name", Op.IN, Slot("items")))),))
    )
    with pytest.raises(BadValueError, match=r"^items: give"):
        plan.bind({"items": items})


def test_a_missing_value_is_refused(asked: Asked) -> None:
    with pytest.raises(BadValueError, match=r"^text: give a text, not nothing"):
        asked.plan(by_name(Op.EQ)).bind({})


def test_too_many_words_are_refused(asked: Asked) -> None:
    plan = asked.plan(Selection((Connection("found", Search(Slot("text")), (TotalCount("total"),)),)))
    with pytest.raises(BadValueError, match="at most 32 words"):
        plan.bind({"text": "清华" * 17})
    with pytest.raises(BadValueError, match="at most 200 letters"):
        plan.bind({"text": "a" * 201})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ('"', 'a"b'),
        ("\\", "\\u0000"),
        ("'", "''"),
        ("@type", "ua:X"),
        ("🎓", "\x1f\x7f"),
        ("", ""),
        ("a" * 300, "b" * 3000),
    ],
)
def test_keys_and_literals_come_back_as_they_were(asked: Asked, key: str, value: str) -> None:
    parts: tuple[Part, ...] = (Literal(key, value), Nested("in", (Literal(key, value),)), Json("json", Slot("text")))
    record = Record("one", "alliance", Slot("id"), parts)
    expected = {key: value, "in": {key: value}, "json": {"a": [1]}}
    assert asked.answer(Selection((record,)), {"id": "a00001", "text": '{"a":[1]}'})["one"] == expected


def test_a_nul_in_a_literal_is_refused(asked: Asked) -> None:
    for part in (Literal("a", "\0"), Literal("\0", "a")):
        assert asked.answer(Selection((part,))) == {part.key: part.value}


def wrong(part: Part) -> Selection:
    return Selection((List("all", Records("alliance"), (part,)),))


def filtered(test: Filter) -> Selection:
    return Selection((List("all", Records("alliance"), IDS, Page(test)),))


A = Slot("a")
MISTAKES: list[tuple[Selection, str]] = [
    (wrong(Scalar("a", "colour")), "alliance has no column 'colour'; it has id, name"),
    (wrong(Scalar("a", "objectives")), "is a set: ask for it as a list"),
    (wrong(Scalar("a", "name", Form.EARLIEST)), "alliance.name is not a date"),
    (wrong(Scalar("a", "website", Form.BARE)), "is not a date"),
    (wrong(Texts("a", "name")), "is not a set"),
    (wrong(LinkTo("a", "name", ())), "is not a link"),
    (wrong(LinkTo("a", "secretariat_organization", (("alliance", ()),))), "never points at a alliance"),
    (wrong(List("a", Reverse("membership", "role"), ())), "membership.role is not a link"),
    (wrong(List("a", Reverse("event", "country"), ())), "event.country never points at a alliance"),
    (wrong(List("a", Reverse("planet", "x"), ())), "there is no entity 'planet'"),
    (wrong(List("a", Records("alliance"), ())), "stand at the root only"),
    (wrong(List("a", SetOf("objectives"), ())), "not a set of links"),
    (wrong(List("a", ValuesOf("colours"), ())), "alliance has no values 'colours'"),
    (wrong(List("a", Members("member_spans", False), ())), "start from a organization"),
    (wrong(List("a", Members("x", True), ())), "there are no spans 'x'"),
    (wrong(Rank("a")), "on search results"),
    (wrong(Record("a", "alliance", A, ())), "stands at the root only"),
    (Selection((Scalar("a", "id"),)), "needs a row to stand on"),
    (Selection((List("a", Reverse("membership", "alliance"), ()),)), "need a row to start from"),
    (
        Selection((List("a", Records("alliance"), (), Page(order=(Order("website"),))),)),
        "is not ordered by 'website'; its orders are name",
    ),
    (Selection((List("a", Search(A), (), Page(order=(Order("name"),))),)), "an order of its own"),
    (wrong(List("a", ValuesOf("names"), (), Page(order=(Order("text"),)))), "one order only"),
    (wrong(Connection("a", ValuesOf("names"), (GroupBy("g", "colour", (GroupKey("k"),)),))), "no column 'colour'"),
    (filtered(Compare("founded", Op.CONTAINS, A)), "is no text to look into"),
    (filtered(Compare("name", Op.LT, A)), "whole numbers only"),
    (filtered(Within("name", A, A)), "is not a date"),
    (filtered(Linked("secretariat_organization", "event", Compare("name", Op.EQ, A))), "never points at a event"),
    (filtered(TextSet("predecessors", Quantifier.SOME, ((Op.CONTAINS, A),))), "no texts to look into"),
]


@pytest.mark.parametrize(("selection", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_what_the_shapes_do_not_have_is_an_error(selection: Selection, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        Planner(SHAPES, SQLITE, Statistics({})).plan(selection)


def test_filters_on_tied_records_nest_only_so_deep() -> None:
    test: Filter = Compare("name", Op.EQ, A)
    for _ in range(3):
        test = Related(Reverse("membership", "alliance"), Quantifier.SOME, Linked("alliance", "alliance", test))
    with pytest.raises(SelectionError, match="nest at most 4 deep"):
        Planner(SHAPES, SQLITE, Statistics({})).plan(filtered(test))
