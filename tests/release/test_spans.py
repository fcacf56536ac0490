from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.canonical.read import Record
from datasets.intake.partial_date import PartialDate
from datasets.release.layout import FIRST_DAY, LAST_DAY
from datasets.release.open import Release
from tests.release.tools import added, changed, new, put, rows

COLUMNS = "membership, spell, from_earliest, from_latest, to_earliest, to_latest, undated"


def spans(database: Path, where: str) -> dict[str, tuple[object, ...]]:
    found = rows(database, f"SELECT {COLUMNS} FROM member_spans WHERE {where} ORDER BY membership")
    return {str(row[0]): row[1:] for row in found}


def test_who_was_a_member_when(world_release: Release) -> None:
    found = spans(world_release.database, "1")
    # since and until as the sources say, as wide as they say it
    assert found["m-b00001"] == (1, "1998-01-01", "1998-12-31", "2011-12-01", "2011-12-31", 0)
    assert found["m-o00002"] == (1, "2017-04-29", "2017-04-29", "2020-12-31", "2020-12-31", 0)
    assert found["m-o0000a"] == (1, "2018-07-15", "2018-09-15", "2021-01-01", "2021-12-31", 0)
    # a second spell of the same organization
    assert found["m-o00003"] == (2, "2023-01-01", "2023-12-31", LAST_DAY, LAST_DAY, 0)
    # a founding member without a start counts from the founding, 2009~
    assert found["m-l00005"] == (1, "2009-01-01", "2009-12-31", LAST_DAY, LAST_DAY, 0)
    # any other unknown start: between the founding and the end
    assert found["m-l00003"] == (1, "2009-01-01", LAST_DAY, LAST_DAY, LAST_DAY, 1)
    # ended on an unknown day: between the start and the day before the release
    assert found["m-b00002"] == (1, "2004-01-01", "2004-12-31", "2004-01-01", "2026-01-30", 0)
    assert found["m-l00004"] == (1, "2009-01-01", "2026-01-30", "2009-01-01", "2026-01-30", 1)
    # offices and looser ties make no member
    offices = {"m-l00006", "m-o00004", "m-o00006", "m-o00007", "m-o00008", "m-f00003"}
    assert not offices & found.keys()


def test_sort_keys_of_both_ends_are_carried(world_release: Release) -> None:
    sql = "SELECT alliance_sort, organization_sort FROM member_spans WHERE membership = 'm-l00007'"
    assert rows(world_release.database, sql) == [("lotus network of universities", "universitat strassen am fluss")]


def test_a_whole_without_founding(records: tuple[Record, ...], tmp_path: Path) -> None:
    content = changed(records, "alliance", "orchid-alliance", founded=None)
    content = changed(content, "membership", "m-o00001", since=None)
    content = changed(content, "membership", "m-o00009", since=None)
    found = spans(put(content, tmp_path).path / "alliances.sqlite", "alliance = 'orchid-alliance'")
    assert found["m-o00001"] == (1, FIRST_DAY, LAST_DAY, LAST_DAY, LAST_DAY, 1)
    assert found["m-o00009"] == (1, FIRST_DAY, LAST_DAY, LAST_DAY, LAST_DAY, 1)


def test_an_end_is_never_before_the_start(records: tuple[Record, ...], tmp_path: Path) -> None:
    content = changed(records, "membership", "m-o00009", since="2026-03", ended="yes")
    found = spans(put(content, tmp_path).path / "alliances.sqlite", "membership = 'm-o00009'")
    assert found["m-o00009"] == (1, "2026-03-01", "2026-03-31", "2026-03-01", "2026-03-01", 0)


DATES = st.sampled_from(
    ["1999", "2004-05", "2017-04-29", "201X", "2018-07-15/2018-09-15", "2016-21", "../2015", "2019?"]
)


def expected(
    role: str, founded: str | None, since: str | None, until: str | None, *, ended: bool
) -> tuple[object, ...]:
    """The rule in plain words: see `datasets.release.spans`."""
    founding = PartialDate.parse(founded) if founded else None
    before = (date(2026, 1, 31) - timedelta(days=1)).isoformat()
    earliest = founding.earliest if founding else FIRST_DAY
    latest = None
    if since:
        earliest, latest = PartialDate.parse(since).earliest, PartialDate.parse(since).latest
    elif founding and role == "founding_member":
        latest = founding.latest
    if until:
        end = (PartialDate.parse(until).earliest, PartialDate.parse(until).latest)
    elif ended:
        end = (earliest, max(before, earliest))
    else:
        end = (LAST_DAY, LAST_DAY)
    return (earliest, latest or end[1], *end, int(latest is None))


@given(
    rows_=st.lists(
        st.tuples(
            st.sampled_from(["founding_member", "member", "observer"]),
            st.one_of(st.none(), DATES),
            st.one_of(st.none(), DATES),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    ),
    founded=st.one_of(st.none(), DATES),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spans_follow_the_rule(
    records: tuple[Record, ...],
    tmp_path: Path,
    rows_: list[tuple[str, str | None, str | None, bool]],
    founded: str | None,
) -> None:
    few = [r for r in records if r.type in ("concept", "source") or r.id in ("palm-university", "jade-university")]
    few = added([r for r in few if r.type not in ("membership", "claim")], *(r for r in records if r.type == "country"))
    whole = new(
        "alliance",
        "w",
        name="W",
        kind="university_network",
        status="active",
        **({"founded": founded} if founded else {}),
    )
    parts, wanted = [], []
    for place, (role, since, until, ended) in enumerate(rows_):
        if since and until and PartialDate.parse(since).earliest > PartialDate.parse(until).latest:
            until = None  # noqa: PLW2901
        dates = {"since": since, "until": until, "ended": "yes" if ended else None}
        said = {name: value for name, value in dates.items() if value}
        parts.append(new("membership", f"m-{place}", alliance="w", organization="palm-university", role=role, **said))
        if role != "observer":
            wanted.append((f"m-{place}", *expected(role, founded, since, until, ended=ended)))
    done = put(added(few, whole, *parts), tmp_path)
    columns = "membership, from_earliest, from_latest, to_earliest, to_latest, undated"
    assert rows(done.path / "alliances.sqlite", f"SELECT {columns} FROM member_spans ORDER BY membership") == wanted
    starts = rows(done.path / "alliances.sqlite", "SELECT spell, from_earliest FROM member_spans ORDER BY spell")
    assert [spell for spell, _ in starts] == list(range(1, len(wanted) + 1))
    assert [start for _, start in starts] == sorted(str(start) for _, start in starts)
