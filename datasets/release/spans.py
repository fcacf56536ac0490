"""Who belonged to what, from when to when: one statement over the staged records.

`since` and `until` give the days where they are said. A founding member whose start nobody gives counts from the
founding of the whole. Any other unknown start makes the span *undated*: it can have begun between the founding of the
whole, where that is known, and its own end. An end that nobody gives is open, unless the record says that it has
ended: then it lies between the start and the day before the release.
"""

from __future__ import annotations

from datetime import date as day
from datetime import timedelta

from datasets.release.ddl import literal, quote
from datasets.release.layout import FIRST_DAY, LAST_DAY
from datasets.release.staging import SCHEMA
from datasets.shapes import Shapes, Spans


def spans_query(shapes: Shapes, spans: Spans, date: str) -> str:
    """The SELECT of the rows of a spans table for a release of that date, fields in the order of the layout."""
    entity, whole = shapes.entity(spans.entity), shapes.entity(spans.whole)
    before = (day.fromisoformat(date) - timedelta(days=1)).isoformat()
    since, until, ended = (f"m.{quote(name)}" for name in (spans.since, spans.until, spans.ended))
    since_earliest, since_latest = (f"m.{quote(f'{spans.since}_{end}')}" for end in ("earliest", "latest"))
    until_earliest, until_latest = (f"m.{quote(f'{spans.until}_{end}')}" for end in ("earliest", "latest"))
    founded = f"w.{quote(spans.founding)}"
    founded_earliest, founded_latest = (f"w.{quote(f'{spans.founding}_{end}')}" for end in ("earliest", "latest"))
    founder = f"m.{quote(spans.role)} = {literal(spans.founding_role)} AND {founded} IS NOT NULL"
    roles = ", ".join(literal(role) for role in spans.roles)
    return f"""
WITH started AS (
  SELECT m.id, m.{quote(spans.whole)} AS whole, m.{quote(spans.part)} AS part,
    {since} IS NULL AND NOT ({founder}) AS undated,
    CASE WHEN {since} IS NOT NULL THEN {since_earliest}
      ELSE coalesce({founded_earliest}, {literal(FIRST_DAY)}) END AS from_earliest,
    CASE WHEN {since} IS NOT NULL THEN {since_latest}
      WHEN {founder} THEN {founded_latest} END AS from_latest,
    CASE WHEN {until} IS NOT NULL THEN {until_earliest}
      WHEN NOT {ended} THEN {literal(LAST_DAY)} END AS to_earliest,
    CASE WHEN {until} IS NOT NULL THEN {until_latest}
      WHEN {ended} THEN {literal(before)}
      ELSE {literal(LAST_DAY)} END AS to_latest
  FROM {SCHEMA}.{quote(entity.plural)} m
  JOIN {SCHEMA}.{quote(whole.plural)} w ON w.id = m.{quote(spans.whole)}
  WHERE m.{quote(spans.role)} IN ({roles})
), dated AS (
  SELECT id, whole, part, undated, from_earliest,
    coalesce(to_earliest, from_earliest) AS to_earliest,
    CASE WHEN to_earliest IS NULL THEN max(to_latest, from_earliest) ELSE to_latest END AS to_latest,
    from_latest
  FROM started
), spells AS (
  SELECT *, row_number() OVER (
    PARTITION BY whole, part ORDER BY from_earliest, from_latest, to_latest, id
  ) AS spell FROM dated
)
SELECT s.whole, s.part, s.spell, s.id, s.from_earliest, coalesce(s.from_latest, s.to_latest), s.to_earliest,
  s.to_latest, s.undated,
  (SELECT sort FROM {SCHEMA}.labels WHERE type = {literal(spans.whole)} AND id = s.whole),
  (SELECT sort FROM {SCHEMA}.labels WHERE type = {literal(spans.part)} AND id = s.part)
FROM spells s ORDER BY s.whole, s.part, s.spell"""
