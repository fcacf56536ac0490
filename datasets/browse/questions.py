"""Questions that people ask, each answered by one statement over a release.

A question names the tables and columns that it reads, so it is asked only of releases that have them (`askable`).
Parameters are chosen from lists that the release gives; their statements return value and label. Answers carry the
ids of what they name, in columns called after the entity, so that every row leads to its sources.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from datasets.release.layout import LAST_DAY


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question depends on: its name in the statement, how it is asked for, and what it can be."""

    name: str
    label: str
    choices: str
    """A statement that returns value and label of each choice, in the order in which they are offered."""
    example: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question in plain words, the statement that answers it, and how the answer is computed."""

    slug: str
    title: str
    method: str
    sql: str
    parameters: tuple[Parameter, ...] = ()


_COUNTRIES = (
    "SELECT c.id, c.name FROM countries c WHERE EXISTS (SELECT 1 FROM organizations o JOIN memberships m "
    "ON m.organization = o.id WHERE o.country = c.id) ORDER BY c.name_sort"
)
_ALLIANCES = (
    "SELECT id, name || CASE WHEN acronym IS NULL THEN '' ELSE ' (' || acronym || ')' END FROM alliances "
    "ORDER BY name_sort"
)
_MEMBERS = (
    "SELECT id, name || coalesce(', ' || city, '') FROM organizations o "
    "WHERE EXISTS (SELECT 1 FROM memberships m WHERE m.organization = o.id) ORDER BY name_sort"
)
_YEARS = (
    "SELECT DISTINCT substr(signed_earliest, 1, 4) AS y, substr(signed_earliest, 1, 4) FROM agreements "
    "WHERE signed IS NOT NULL ORDER BY y DESC"
)
_MEMBER_YEARS = (
    "WITH RECURSIVE y(year) AS (SELECT CAST(substr(value, 1, 4) AS INTEGER) FROM release WHERE key = 'date' "
    "UNION ALL SELECT year - 1 FROM y WHERE year > 1950) SELECT CAST(year AS TEXT), CAST(year AS TEXT) FROM y"
)
_THEMES = (
    "SELECT id, label FROM concepts c WHERE EXISTS (SELECT 1 FROM agreement_themes t WHERE t.value = c.id) "
    "ORDER BY label_sort"
)
_PUBLISHERS = (
    "SELECT id, title || coalesce(' – ' || publisher, '') FROM sources s "
    "WHERE EXISTS (SELECT 1 FROM claims c WHERE c.source = s.id) ORDER BY title_sort"
)

_COUNTRY = Parameter("country", "Country", _COUNTRIES, "KZ")
_ALLIANCE = Parameter("alliance", "Alliance", _ALLIANCES, "aua")
_OTHER = Parameter("other", "Other alliance", _ALLIANCES, "apru")
_ORGANIZATION = Parameter("organization", "University or body", _MEMBERS, "tsinghua-university")
_YEAR = Parameter("year", "Year", _YEARS, "2023")

QUESTIONS = (
    Question(
        "universities-of-a-country",
        "Which universities of one country are in which alliances?",
        "Every span of membership that is open now, of organizations with their seat in the country.",
        f"""
SELECT o.id AS organization, o.name AS university, o.city, a.id AS alliance, a.name AS alliance_name,
       m.role, m.since, m.id AS membership
FROM organizations o JOIN member_spans s ON s.organization = o.id JOIN alliances a ON a.id = s.alliance
JOIN memberships m ON m.id = s.membership
WHERE o.country = :country AND s.to_latest = '{LAST_DAY}'
ORDER BY o.name_sort, a.name_sort""",
        (_COUNTRY,),
    ),
    Question(
        "shared-members",
        "Which members do two alliances share?",
        "Organizations with a span of membership that is open now in both.",
        f"""
SELECT o.id AS organization, o.name AS university, o.country AS seat, m.since AS in_the_first_since,
       n.since AS in_the_other_since, m.id AS membership
FROM member_spans s JOIN member_spans t ON t.organization = s.organization AND t.to_latest = '{LAST_DAY}'
JOIN organizations o ON o.id = s.organization JOIN memberships m ON m.id = s.membership
JOIN memberships n ON n.id = t.membership
WHERE s.alliance = :alliance AND t.alliance = :other AND s.to_latest = '{LAST_DAY}'
ORDER BY o.name_sort""",
        (_ALLIANCE, _OTHER),
    ),
    Question(
        "signed-in-a-year",
        "Who signed with whom in a year?",
        "Agreements whose date of signing certainly or possibly lies in the year, with everybody who signed.",
        """
SELECT g.id AS agreement, g.title, g.signed, g.place,
       group_concat(p.name, '; ') AS signatories, count(*) AS signatories_recorded
FROM agreements g JOIN (
    SELECT q.agreement, s.label AS name FROM parties q JOIN subjects s ON s.id = q.actor
    WHERE q.role = 'signatory' ORDER BY q.agreement, q.actor_sort, q.id) p ON p.agreement = g.id
WHERE g.signed_earliest <= :year || '-12-31' AND g.signed_latest >= :year || '-01-01'
GROUP BY g.id ORDER BY g.signed_sort, g.id""",
        (_YEAR,),
    ),
    Question(
        "signed-by-a-country",
        "Which agreements did bodies of one country sign?",
        "Agreements with a signatory that has its seat in the country.",
        """
SELECT g.id AS agreement, g.title, g.kind, g.signed, o.id AS organization, o.name AS signatory, p.id AS party
FROM organizations o JOIN parties p ON p.actor = o.id AND p.actor_type = 'organization' AND p.role = 'signatory'
JOIN agreements g ON g.id = p.agreement WHERE o.country = :country ORDER BY g.signed_sort DESC, g.id, o.name_sort""",
        (_COUNTRY,),
    ),
    Question(
        "members-then",
        "Who was a member of an alliance in a year?",
        "Spans of membership that were certainly or possibly open in the year. Members of whom no source gives a "
        "start are listed too and marked.",
        """
SELECT o.id AS organization, o.name AS university, o.country AS seat, m.role, m.since, m.until,
       CASE s.undated WHEN 1 THEN 'no source gives a start' ELSE '' END AS remark, m.id AS membership
FROM member_spans s JOIN organizations o ON o.id = s.organization JOIN memberships m ON m.id = s.membership
WHERE s.alliance = :alliance AND s.from_earliest <= :year || '-12-31' AND s.to_latest >= :year || '-01-01'
ORDER BY o.name_sort""",
        (_ALLIANCE, Parameter("year", "Year", _MEMBER_YEARS, "2018")),
    ),
    Question(
        "alliances-of-a-university",
        "Which alliances does a university belong to, and since when?",
        "All its memberships and offices, ended ones included.",
        """
SELECT a.id AS alliance, a.name AS alliance_name, m.role, m.since, m.until,
       CASE WHEN m.ended = 1 THEN 'ended, day unknown' ELSE '' END AS remark, m.id AS membership
FROM memberships m JOIN alliances a ON a.id = m.alliance
WHERE m.organization = :organization ORDER BY a.name_sort, m.since_sort""",
        (_ORGANIZATION,),
    ),
    Question(
        "who-left",
        "Who left which alliance, and when?",
        "Memberships with an end, or of which a source says that they ended.",
        """
SELECT o.id AS organization, o.name AS university, a.id AS alliance, a.name AS alliance_name, m.role, m.since,
       m.until, CASE WHEN m.ended = 1 THEN 'day unknown' ELSE '' END AS remark, m.id AS membership
FROM memberships m JOIN organizations o ON o.id = m.organization JOIN alliances a ON a.id = m.alliance
WHERE m.until IS NOT NULL OR m.ended = 1 ORDER BY coalesce(m.until_earliest, '9999'), o.name_sort""",
    ),
    Question(
        "most-connected-universities",
        "Which universities belong to the most alliances?",
        "Organizations by the number of alliances in which a span of membership is open now.",
        f"""
SELECT o.id AS organization, o.name AS university, o.country AS seat, count(DISTINCT s.alliance) AS alliances
FROM member_spans s JOIN organizations o ON o.id = s.organization WHERE s.to_latest = '{LAST_DAY}'
GROUP BY o.id HAVING count(DISTINCT s.alliance) > 1 ORDER BY alliances DESC, o.name_sort LIMIT 500""",
    ),
    Question(
        "largest-alliances",
        "Which alliances have the most recorded members?",
        "Members recorded here with a span open now. Many lists are not complete: what sources report stands apart, "
        "in the reported figures.",
        f"""
SELECT a.id AS alliance, a.name AS alliance_name, a.founded, count(DISTINCT s.organization) AS members_recorded,
       count(DISTINCT o.country) AS countries_recorded
FROM alliances a JOIN member_spans s ON s.alliance = a.id AND s.to_latest = '{LAST_DAY}'
JOIN organizations o ON o.id = s.organization GROUP BY a.id ORDER BY members_recorded DESC, a.name_sort""",
    ),
    Question(
        "reported-figures",
        "What numbers do sources report of an alliance?",
        "Counts as their sources report them, with qualifier and date; never merged, never subtracted.",
        """
SELECT f.as_of, f.measure, f.qualifier, f.value, f.id AS figure
FROM figures f WHERE f.subject = :alliance AND f.subject_type = 'alliance'
ORDER BY f.measure, f.as_of_sort, f.value""",
        (_ALLIANCE,),
    ),
    Question(
        "where-sources-disagree",
        "Where do sources disagree?",
        "Columns of a record of which sources state more than one value, with the value that was chosen and the step "
        "of the rule that chose it.",
        """
SELECT c.record_type AS type, c.record, c."column", max(CASE c.chosen WHEN 1 THEN c.value END) AS chosen,
       count(*) AS rival_values, group_concat(c.value, ' / ') AS all_values, min(c.reason) AS reason
FROM (SELECT record_type, record, "column", value, max(chosen) AS chosen, min(reason) AS reason FROM claims
      WHERE source IS NOT NULL AND reason NOT IN ('every_value', 'only_value')
      GROUP BY record_type, record, "column", value) c
GROUP BY c.record_type, c.record, c."column" HAVING count(*) > 1
ORDER BY c.record_type, c.record, c."column" """,
    ),
    Question(
        "founded-when",
        "When were the alliances founded?",
        "Every alliance with the chosen date of founding, as precise as its source; without a date last.",
        """
SELECT a.founded, a.id AS alliance, a.name AS alliance_name, a.kind, a.scope, a.status
FROM alliances a ORDER BY a.founded_sort, a.name_sort""",
    ),
    Question(
        "agreements-on-a-theme",
        "Which agreements provide for a theme?",
        "Agreements that carry the theme.",
        """
SELECT g.id AS agreement, g.title, g.kind, g.signed, g.place, a.name AS alliance_name, g.alliance
FROM agreement_themes t JOIN agreements g ON g.id = t.agreement LEFT JOIN alliances a ON a.id = g.alliance
WHERE t.value = :theme ORDER BY g.signed_sort DESC, g.id""",
        (Parameter("theme", "Theme", _THEMES, "theme.student-mobility"),),
    ),
    Question(
        "what-a-source-says",
        "What does one source say?",
        "Every claim of the source, chosen or not.",
        """
SELECT c.record_type AS type, c.record, c."column", c.value, c.locator, c.evidence,
       CASE c.chosen WHEN 1 THEN 'chosen' ELSE '' END AS chosen, c.id AS claim
FROM claims c WHERE c.source = :source ORDER BY c.record_type, c.record, c."column", c.value""",
        (Parameter("source", "Source", _PUBLISHERS, "seed-aua-msu"),),
    ),
    Question(
        "countries-and-alliances",
        "How many alliances reach into each country?",
        "Countries by the alliances that have a member there now, and by members.",
        f"""
SELECT c.id AS country, c.name AS country_name, count(DISTINCT s.alliance) AS alliances,
       count(DISTINCT s.organization) AS members
FROM countries c JOIN organizations o ON o.country = c.id
JOIN member_spans s ON s.organization = o.id AND s.to_latest = '{LAST_DAY}'
GROUP BY c.id ORDER BY alliances DESC, c.name_sort""",
    ),
    Question(
        "who-signed-as-alliance",
        "Which alliances signed agreements with other alliances?",
        "Agreements with at least two alliances among the signatories.",
        """
SELECT g.id AS agreement, g.title, g.signed, group_concat(p.label, '; ') AS alliances
FROM agreements g JOIN (SELECT q.agreement, s.label FROM parties q JOIN subjects s ON s.id = q.actor
    WHERE q.actor_type = 'alliance' AND q.role = 'signatory' ORDER BY q.agreement, q.actor_sort) p
ON p.agreement = g.id GROUP BY g.id HAVING count(*) > 1 ORDER BY g.signed_sort DESC, g.id""",
    ),
    Question(
        "who-names-whom",
        "Which office holders do sources name?",
        "Holders of public offices in their public role, with the date at which the source names them.",
        """
SELECT f.id AS official, f.name, f.title, f.as_of, o.name AS organization_name, f.organization,
       a.name AS alliance_name, f.alliance
FROM officials f LEFT JOIN organizations o ON o.id = f.organization LEFT JOIN alliances a ON a.id = f.alliance
ORDER BY f.name_sort, f.as_of_sort""",
    ),
)
"""All questions, the most asked first."""


def askable(connection: sqlite3.Connection) -> tuple[Question, ...]:
    """The questions that this release can answer: all that they name is there."""
    return tuple(question for question in QUESTIONS if _compiles(connection, question))


def _compiles(connection: sqlite3.Connection, question: Question) -> bool:
    statements = [question.sql, *(parameter.choices for parameter in question.parameters)]
    values = {parameter.name: parameter.example for parameter in question.parameters}
    try:
        for statement in statements:
            connection.execute(f"EXPLAIN {statement}", values)
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            return False
        raise
    return True
