"""The rule, step by step."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.canonical.choose import KINDS, Choice, Place, Publication, Reason, Rule
from datasets.canonical.errors import UnusableFacts
from datasets.intake.claim import Claim, Evidence
from datasets.shapes import SHAPES, Column, Entity, Kind, Ranking, Shapes

SOURCES = {
    "mirror": Publication("mirror", "2020-01-01"),
    "official": Publication("official", ""),
    "official-2019": Publication("official", "2019-12-31"),
    "official-2020": Publication("official", "2020-06-30"),
    "official-2020-b": Publication("official", "2020-06-30"),
    "press": Publication("press", "2021-01-01"),
    "press-2": Publication("press", "2021-01-01"),
    "registry": Publication("registry", "2024-01-01"),
    "strange": Publication("oracle", "2024-01-01"),
}
RULE = Rule(SHAPES, SOURCES)


def said(
    column: str,
    value: str,
    source: str,
    evidence: Evidence = Evidence.VALUE,
    line: int = 0,
    position: int = 0,
    locator: str = "",
) -> Place:
    id = Claim("alliance", "a", column, value, source, locator, evidence).id
    return Place(column, id, value, source, locator, evidence.value, "facts", "alliances.csv", line, position)


def choose(
    places: list[Place], pins: dict[str, list[str]] | None = None, type: str = "alliance"
) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for choice in RULE.choose(type, "a", places, pins or {}):
        found.setdefault(choice.column, []).append((choice.value, choice.reason))
    return {column: sorted(values) for column, values in found.items()}


def founded(*claims: tuple[str, str] | tuple[str, str, Evidence]) -> list[Place]:
    return [
        said("founded", claim[0], claim[1], claim[2] if len(claim) == 3 else Evidence.VALUE, line)
        for line, claim in enumerate(claims, start=2)
    ]


RECORD = Evidence.RECORD


@pytest.mark.parametrize(
    ("claims", "value", "reason"),
    [
        ([("2017", "press")], "2017", Reason.ONLY_VALUE),
        ([("2017", "press"), ("2017", "official"), ("2017", "mirror", RECORD)], "2017", Reason.ONLY_VALUE),
        # a source that states the value comes before any number that support the record, whatever their kind
        ([("2017", "mirror"), ("2016", "official", RECORD), ("2016", "press", RECORD)], "2017", Reason.STATED),
        # kind of source
        ([("2016-05-01", "press"), ("2016-05-01", "registry"), ("2017", "official")], "2017", Reason.SOURCE_KIND),
        ([("2016", "strange"), ("2017", "mirror")], "2017", Reason.SOURCE_KIND),
        ([("2016", "press", RECORD), ("2017", "official", RECORD)], "2017", Reason.SOURCE_KIND),
        # more sources; the same source twice counts once; dismissed ones do not count
        ([("2016", "official-2019"), ("2017", "official"), ("2017", "official-2020")], "2017", Reason.MORE_SOURCES),
        (
            [("2016", "official"), ("2016", "press"), ("2016", "press-2"), ("2017", "official-2019"), ("2017", "official-2020")],
            "2017",
            Reason.MORE_SOURCES,
        ),
        # more precise
        ([("2017", "official"), ("2017-04", "official-2019")], "2017-04", Reason.MORE_PRECISE),
        ([("2017-04", "official"), ("2017-05-02", "official-2019")], "2017-05-02", Reason.MORE_PRECISE),
        ([("2017-21", "official"), ("2017", "official-2020")], "2017-21", Reason.MORE_PRECISE),
        ([("201X", "official"), ("2017?", "official-2019")], "2017?", Reason.MORE_PRECISE),
        # one month is as precise as another, a leap year as any
        ([("2017-02", "official-2019"), ("2017-03", "official-2020")], "2017-03", Reason.LATER_PUBLICATION),
        ([("2016", "official-2020"), ("2017", "official-2019")], "2016", Reason.LATER_PUBLICATION),
        # later publication; unknown is the earliest
        ([("2016", "official-2019"), ("2017", "official-2020")], "2017", Reason.LATER_PUBLICATION),
        ([("2016", "official"), ("2017", "official-2019")], "2017", Reason.LATER_PUBLICATION),
        # lower source id
        ([("2016", "official-2020-b"), ("2017", "official-2020")], "2017", Reason.SOURCE_ID),
        # one source says two things: the lower value, at the same place
        ([("2017", "official"), ("2016", "official")], "2016", Reason.SOURCE_ID),
    ],
)  # fmt: skip
def test_the_steps_decide_in_their_order(
    claims: list[tuple[str, str] | tuple[str, str, Evidence]], value: str, reason: Reason
) -> None:
    for order in permutations(claims):
        assert choose(founded(*order)) == {"founded": [(value, reason)]}


def test_identifiers_and_coordinates_believe_the_registry_first() -> None:
    places = [
        *(said("latitude", value, source) for value, source in (("1.0", "official"), ("2.0", "registry"))),
        *(said("founded", value, source) for value, source in (("1901", "official"), ("1902", "registry"))),
    ]
    assert choose(places, type="organization") == {
        "latitude": [("2.0", Reason.SOURCE_KIND)],
        "founded": [("1901", Reason.SOURCE_KIND)],
    }
    assert KINDS[Ranking.EDITORIAL] == ("official", "scholarly", "press", "encyclopedia", "registry", "other", "mirror")
    assert KINDS[Ranking.REGISTRY][0] == "registry"
    assert {*KINDS[Ranking.REGISTRY]} == {*KINDS[Ranking.EDITORIAL]}


def test_the_claim_that_stands_for_a_value_is_the_best_that_says_it() -> None:
    best = said("founded", "2017", "official-2020")
    places = [
        said("founded", "2017", "press"),
        said("founded", "2017", "official-2020", RECORD),
        said("founded", "2017", "official-2019"),
        said("founded", "2017", "mirror"),
        best,
    ]
    (choice,) = RULE.choose("alliance", "a", places, {})
    assert choice == Choice("founded", best.id, "2017", "only_value", "2017-01-01", "2017-12-31")


def test_a_pin_overrides_every_step() -> None:
    places = founded(("2016", "official"), ("2016", "press"), ("2017", "mirror", RECORD))
    assert choose(places, {"founded": ["2017"]}) == {"founded": [("2017", Reason.PINNED)]}


def test_a_pin_on_what_nobody_says_is_an_error_that_lists_what_is_said() -> None:
    with pytest.raises(
        UnusableFacts, match=r"founded of alliance/a is '2018' .they say '2016', '2017'.: mend or remove"
    ):
        choose(founded(("2016", "official"), ("2017", "press")), {"founded": ["2018"]})
    with pytest.raises(UnusableFacts, match=r"they say nothing"):
        choose([], {"founded": ["2018"]})
    with pytest.raises(UnusableFacts, match="pinned to '2016' and to '2017': keep one"):
        choose(founded(("2016", "official"), ("2017", "press")), {"founded": ["2017", "2016"]})


def test_every_value_of_a_set_is_chosen_unless_it_is_pinned_out() -> None:
    places = [
        said("objectives", "mobility", "official"),
        said("objectives", "mobility", "press"),
        said("objectives", "research", "mirror"),
        said("names", '{"kind":"alias","text":"A"}', "press"),
        said("names", '{"kind":"alias","text":"B"}', "press"),
    ]
    assert choose(places, {"objectives": ["research"], "names": ['{"kind":"alias","text":"A"}']}) == {
        "objectives": [("mobility", Reason.EVERY_VALUE)],
        "names": [('{"kind":"alias","text":"B"}', Reason.EVERY_VALUE)],
    }
    with pytest.raises(UnusableFacts, match="objectives"):
        choose(places, {"objectives": ["dance"]})


def test_what_editors_write_is_called_editorial() -> None:
    place = said("label", "Member", "", Evidence.EDITORIAL)
    assert choose([place], type="concept") == {"label": [("Member", Reason.EDITORIAL)]}


class TestBeside:
    """The language of a name goes with the name."""

    def test_it_comes_from_the_row_of_the_chosen_claim(self) -> None:
        places = [
            said("name", "清华大学", "press", line=2),
            said("language", "zh", "press", line=2),
            said("name", "Tsinghua University", "official", line=3),
            said("language", "en", "official", line=3),
        ]
        assert choose(places) == {
            "name": [("Tsinghua University", Reason.SOURCE_KIND)],
            "language": [("en", Reason.BESIDE)],
        }
        assert choose(places, {"name": ["清华大学"]}) == {
            "name": [("清华大学", Reason.PINNED)],
            "language": [("zh", Reason.BESIDE)],
        }

    def test_else_from_a_row_that_gives_the_same_value(self) -> None:
        places = [
            said("name", "Aula", "official", line=2),
            said("name", "Aula", "mirror", line=3),
            said("language", "la", "mirror", line=3),
            said("name", "Hall", "press", line=4),
            said("language", "en", "press", line=4),
        ]
        assert choose(places)["language"] == [("la", Reason.BESIDE)]

    def test_else_from_a_row_of_its_own(self) -> None:
        places = [
            said("name", "Aula", "official", line=2),
            said("language", "la", "mirror", line=5),
            said("name", "Hall", "press", line=4),
            said("language", "en", "press", line=4),
        ]
        assert choose(places)["language"] == [("la", Reason.BESIDE)]

    def test_what_belongs_to_a_rival_is_never_taken(self) -> None:
        places = [
            said("name", "Aula", "official", line=2),
            said("name", "Hall", "press", line=4),
            said("language", "en", "press", line=4),
        ]
        assert choose(places) == {"name": [("Aula", Reason.SOURCE_KIND)]}

    def test_of_several_that_fit_the_rule_decides(self) -> None:
        places = [
            said("name", "Aula", "official", line=2),
            said("language", "la", "press", line=3),
            said("language", "it", "official", line=4),
        ]
        assert choose(places)["language"] == [("it", Reason.SOURCE_KIND)]

    def test_without_rivals_it_is_the_only_value(self) -> None:
        places = [said("name", "Aula", "official", line=2), said("language", "la", "official", line=2)]
        assert choose(places)["language"] == [("la", Reason.ONLY_VALUE)]

    def test_it_can_stand_without_its_neighbour(self) -> None:
        places = [said("language", "la", "press", line=2), said("language", "it", "official", line=3)]
        assert choose(places) == {"language": [("it", Reason.SOURCE_KIND)]}

    def test_it_can_be_pinned(self) -> None:
        places = [
            said("name", "Aula", "official", line=2),
            said("language", "la", "official", line=2),
            said("language", "it", "press", line=3),
        ]
        assert choose(places, {"language": ["it"]})["language"] == [("it", Reason.PINNED)]

    def test_a_claim_that_stands_in_two_rows_keeps_the_neighbours_of_both(self) -> None:
        places = [
            said("name", "Aula", "official", line=2),
            said("name", "Aula", "official", line=3),
            said("language", "la", "official", line=3),
            said("name", "Hall", "press", line=4),
            said("language", "en", "press", line=4),
        ]
        assert choose(places)["language"] == [("la", Reason.BESIDE)]

    def test_columns_beside_each_other_are_refused(self) -> None:
        a = Column(name="a", kind=Kind.TEXT, doc="A.", beside="b")
        b = Column(name="b", kind=Kind.TEXT, doc="B.", beside="a")
        entity = Entity(name="x", plural="xs", doc="X.", classes=(), label="a", columns=(a, b), orders=())
        with pytest.raises(ValueError, match="the column a is beside itself"):
            Rule(Shapes(entities=(entity,), families=(), values=(), spans=(), schemes=()), {})


def test_a_date_that_cannot_be_read_is_named_with_its_place() -> None:
    with pytest.raises(UnusableFacts, match=r"founded of alliance/a \(alliances.csv, line 2\): '12 May' is not a date"):
        choose(founded(("12 May", "official")))


def test_unknown_columns_and_types_are_passed_over() -> None:
    assert choose([said("motto", "Sapere aude", "press")]) == {}
    assert choose([said("name", "A", "press")], type="spaceship") == {}


_CLAIMS = st.lists(
    st.builds(
        said,
        st.sampled_from(["founded", "name", "language", "objectives"]),
        st.sampled_from(["2016", "2017-04", "2017-04-29", "2018?"]),
        st.sampled_from(sorted(SOURCES)),
        st.sampled_from([Evidence.VALUE, Evidence.RECORD]),
        st.integers(2, 4),
        st.integers(0, 1),
        st.sampled_from(["", "p-1"]),
    ),
    max_size=12,
)


@given(_CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_claims_never_matters(places: list[Place], random: object) -> None:
    shuffled = sorted(places, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert set(RULE.choose("alliance", "a", places, {})) == set(RULE.choose("alliance", "a", shuffled, {}))


@given(_CLAIMS)
def test_a_chosen_value_is_said_by_the_claim_that_stands_for_it(places: list[Place]) -> None:
    said_by = {(place.column, place.id): place.value for place in places}
    columns = {place.column for place in places}
    chosen = list(RULE.choose("alliance", "a", places, {}))
    assert all(said_by[choice.column, choice.claim] == choice.value for choice in chosen)
    assert columns - {"language"} <= {choice.column for choice in chosen}
    assert {c.value for c in chosen if c.column == "objectives"} == {
        p.value for p in places if p.column == "objectives"
    }
