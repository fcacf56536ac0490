"""Questions that people ask of the facts, in SQL over the release."""

from __future__ import annotations

from datasets.release.layout import LAST_DAY
from datasets.release.open import Release
from tests.release.tools import rows

MEMBERS = """
SELECT organization FROM member_spans
WHERE alliance = ? AND from_earliest <= ? AND ? <= to_latest AND NOT undated ORDER BY organization
"""


def test_members_of_the_asian_universities_alliance_in_july_2018(facts_release: Release) -> None:
    found = [str(row[0]) for row in rows(facts_release.database, MEMBERS, "aua", "2018-07-31", "2018-07-01")]
    assert len(found) == 15
    assert {"tsinghua-university", "university-of-tokyo", "nazarbayev-university", "king-saud-university"} <= set(found)
    before = rows(facts_release.database, MEMBERS, "aau-us", "1998-12-31", "1998-01-01")
    after = rows(facts_release.database, MEMBERS, "aau-us", "2026-11-22", "2026-11-22")
    assert ("clark-university",) in before
    assert ("clark-university",) not in after


def test_agreements_of_2023_with_parties_from_kazakhstan_and_from_china(facts_release: Release) -> None:
    """A party's country is that of the organization; an alliance has none."""
    found = rows(
        facts_release.database,
        """
        SELECT a.id, a.signed FROM agreements a
        WHERE a.signed_earliest <= '2023-12-31' AND a.signed_latest >= '2023-01-01'
          AND EXISTS (SELECT 1 FROM parties p JOIN organizations o ON o.id = p.actor
            WHERE p.agreement = a.id AND o.country = 'KZ')
          AND EXISTS (SELECT 1 FROM parties p JOIN organizations o ON o.id = p.actor
            WHERE p.agreement = a.id AND o.country = 'CN')
        ORDER BY a.id
        """,
    )
    assert len(found) >= 1
    assert all(str(signed).startswith("2023") for _, signed in found)


def test_what_each_source_says_of_a_founding_date(facts_release: Release) -> None:
    found = rows(
        facts_release.database,
        """
        SELECT c.value, c.source, c.evidence, c.chosen, c.reason, k.label FROM claims c
        JOIN concepts k ON k.id = 'reason.' || c.reason
        WHERE c.record_type = 'alliance' AND c.record = 'brics-nu' AND c."column" = 'founded' ORDER BY c.value, c.source
        """,
    )
    assert {(value, source) for value, source, *_ in found} == {
        ("2015-07", "bricspic-2022"),
        ("2015-11-18", "leurispes-bricsnu"),
        ("2015-11-18", "slideshare-bricsnu"),
    }
    chosen = {value for value, _, _, is_chosen, *_ in found if is_chosen}
    assert len(chosen) == 1
    assert rows(facts_release.database, "SELECT founded FROM alliances WHERE id = 'brics-nu'") == [(*chosen,)]
    assert len({reason for *_, reason, _ in found}) == 1
    assert all(label for *_, label in found)


def test_who_left_which_alliance_when(facts_release: Release) -> None:
    found = rows(
        facts_release.database,
        f"""
        SELECT s.alliance, s.organization, m.until, m.ended, s.to_earliest, s.to_latest FROM member_spans s
        JOIN memberships m ON m.id = s.membership WHERE s.to_latest < '{LAST_DAY}' ORDER BY s.to_latest
        """,
    )
    assert len(found) > 50
    assert ("aau-us", "clark-university", "1999", 0, "1999-01-01", "1999-12-31") in found
    unknown = [row for row in found if row[2] is None]
    assert unknown
    assert all(row[3] == 1 and row[5] == "2026-11-21" for row in unknown)
    assert all(str(row[4]) <= str(row[5]) for row in found)


def test_every_current_member_is_counted_once(facts_release: Release) -> None:
    """The rule of the facts: of role founding_member or member, without an end; at most one for each pair."""
    by_rows = rows(
        facts_release.database,
        "SELECT alliance, organization FROM memberships WHERE role IN ('founding_member', 'member') "
        "AND until IS NULL AND NOT ended ORDER BY 1, 2",
    )
    by_spans = rows(
        facts_release.database,
        f"SELECT alliance, organization FROM member_spans WHERE to_latest = '{LAST_DAY}' ORDER BY 1, 2",
    )
    assert by_rows == by_spans
    assert len(by_rows) == len(set(by_rows))


def test_search_finds_names_in_any_script(facts_release: Release) -> None:
    sql = (
        "SELECT e.id FROM search_index JOIN search_entries e ON e.entry = search_index.rowid "
        "WHERE search_index MATCH ? ORDER BY e.sort, e.id LIMIT 5"
    )
    for text in ('alias : "清 华"', 'alias : "03cve4549"', 'alias : "03cve" *', '"tsinghua" "beijing" "university"'):
        assert ("tsinghua-university",) in rows(facts_release.database, sql, text), text
    assert rows(facts_release.database, sql, '"sao paulo"')
    assert rows(facts_release.database, sql, '"nowhere to be found"') == []


def test_every_order_and_link_is_answered_from_an_index(facts_release: Release) -> None:
    for sql in (
        "SELECT id FROM alliances ORDER BY name_sort, id LIMIT 20",
        "SELECT id FROM memberships WHERE alliance = 'aua' ORDER BY organization_sort, id LIMIT 20",
        "SELECT id FROM parties WHERE actor_type = 'organization' AND actor = 'x' ORDER BY agreement_sort, id LIMIT 20",
        "SELECT organization FROM member_spans WHERE alliance = 'aua' ORDER BY organization_sort, organization, spell",
        "SELECT subject FROM identifiers WHERE value = '03cve4549'",
        "SELECT id FROM redirects WHERE type = 'alliance' AND target = 'aua'",
    ):
        plan = " ".join(str(row[3]) for row in rows(facts_release.database, f"EXPLAIN QUERY PLAN {sql}"))
        assert "INDEX" in plan, (sql, plan)
        assert "SCAN" not in plan or "USING COVERING INDEX" in plan or "USING INDEX" in plan, (sql, plan)
        assert "TEMP B-TREE" not in plan, (sql, plan)
