"""Who belonged to what, and when: sources and conditions over spans."""

from __future__ import annotations

from datasets.query import bind
from datasets.query.base import Base, table_of
from datasets.query.cursor import Key
from datasets.query.json_text import identifier, quoted
from datasets.query.selection import At, Members, Spells
from datasets.query.things import Scope, SelectionError, Thing
from datasets.query.writer import Writer
from datasets.release import layout
from datasets.shapes import Spans


def _ends(w: Writer, name: str, parent: Scope, *, forward: bool) -> tuple[Spans, Thing, str, str]:
    """The spans, their rows, and the names of the near and the far end."""
    spans, thing = w.things.spans(name)
    near, far = (spans.whole, spans.part) if forward else (spans.part, spans.whole)
    entity = parent.thing.record()
    if entity.name != near:
        raise SelectionError(
            f"{name} {'forward' if forward else 'backward'} start from a {near}, not from a {entity.name}"
        )
    return spans, thing, near, far


def members(w: Writer, source: Members, parent: Scope) -> Base:
    """The records at the other end of spans, each once: by its first spell that fits."""
    _, thing, near, far = _ends(w, source.spans, parent, forward=source.forward)
    target = w.things.entity(far)
    scope, s = w.scope(target), w.alias()
    owner, other, spell = (f"{s}.{identifier(name)}" for name in (near, far, "spell"))
    own_time, _ = _time(w, s, source.at)
    e = w.alias()
    earlier = [f"{e}.{identifier(name)}={s}.{identifier(name)}" for name in (near, far)]
    earlier_time, _ = _time(w, e, source.at)
    repeated = " AND ".join((*earlier, f"{e}.spell<{spell}", *earlier_time))
    once = f"({spell}=1 OR NOT EXISTS (SELECT 1 FROM {identifier(thing.table)} {e} WHERE {repeated}))"
    left, right = f"{identifier(thing.table)} {s}", f"{table_of(target, scope)} ON {scope.sql('id')}={other}"
    conditions = (*own_time, once)
    left_out = ""
    if source.at is not None:
        left_out = _left_out(thing, s, e, (near, far), source.at, w)
    return Base(
        f"{source.spans}:{far}",
        scope,
        f"{left} {w.dialect.cross_join()} {right}",
        (Key(f"{s}.{identifier(far + '_sort')}"), Key(other)),
        thing.table,
        w.statistics.per_key(thing.table, (near,)),
        (f"{owner}={parent.sql('id')}",),
        conditions,
        owner,
        f"{left} JOIN {right}",
        left_out,
        alone=left,
    )


def _left_out(thing: Thing, s: str, e: str, ends: tuple[str, str], at: At, w: Writer) -> str:
    """The condition of a first undated spell that could cover the time, where no dated one does."""
    same = " AND ".join(f"{e}.{identifier(name)}={s}.{identifier(name)}" for name in ends)
    covers_s, covers_e = _covers(w, s, at), _covers(w, e, at)
    table = identifier(thing.table)
    dated = f"NOT EXISTS (SELECT 1 FROM {table} {e} WHERE {same} AND {e}.undated=0 AND {covers_e})"
    first = (
        f"NOT EXISTS (SELECT 1 FROM {table} {e} WHERE {same} AND {e}.undated=1 AND {e}.spell<{s}.spell AND {covers_e})"
    )
    return f"{s}.undated=1 AND {covers_s} AND {dated} AND {first}"


def _covers(w: Writer, alias: str, at: At) -> str:
    earliest, latest = _days(w, at)
    return f"{alias}.from_earliest<={latest} AND {alias}.to_latest>={earliest}"


def _time(w: Writer, alias: str, at: At | None) -> tuple[tuple[str, ...], str]:
    """The conditions of a span being open at a time, and that of being left out for want of a start."""
    if at is None:
        return (), ""
    covers = _covers(w, alias, at)
    undated = f"{alias}.undated=1 AND {covers}"
    if at.undated is None:
        return (f"{alias}.undated=0", covers), undated
    mark = w.mark(("flag", at.undated), bind.flag(at.undated.name))
    return (f"({alias}.undated=0 OR {mark}=1)", covers), undated


def _days(w: Writer, at: At) -> tuple[str, str]:
    """The parameters of the first and the last day of a time."""
    return (
        w.mark(("text", at.earliest), bind.plain_text(at.earliest.name)),
        w.mark(("text", at.latest), bind.plain_text(at.latest.name)),
    )


def spells(w: Writer, source: Spells, parent: Scope) -> Base:
    """The rows of spans themselves."""
    _, thing, near, far = _ends(w, source.spans, parent, forward=source.forward)
    scope = w.scope(thing)
    owner, other = (f"{scope.alias}.{identifier(name)}" for name in (near, far))
    conditions, undated = _time(w, scope.alias, source.at)
    keys = (
        Key(f"{scope.alias}.{identifier(far + '_sort')}"),
        Key(other),
        Key(f"{scope.alias}.spell", number=True),
    )
    rows = w.statistics.per_key(thing.table, (near,))
    ties = (f"{owner}={parent.sql('id')}",)
    return Base(
        thing.name, scope, table_of(thing, scope), keys, thing.table, rows, ties, conditions, owner, undated=undated
    )


def row_undated(w: Writer, spans: Spans, scope: Scope) -> str:
    """Whether a row of the spans' entity has no known start."""
    since, role = scope.sql(spans.since), scope.sql(spans.role)
    founder = f"{role}={quoted(spans.founding_role)} AND {_founded(w, spans, scope)} IS NOT NULL"
    return f"({since} IS NULL AND NOT ({founder}))"


def _founded(w: Writer, spans: Spans, scope: Scope) -> str:
    whole = w.things.entity(spans.whole)
    founding = identifier(f"{spans.founding}_earliest")
    a = w.alias()
    return f"(SELECT {a}.{founding} FROM {identifier(whole.table)} {a} WHERE {a}.id={scope.sql(spans.whole)})"


def row_covers(w: Writer, spans: Spans, scope: Scope, at: At) -> str:
    """Whether a row of the spans' entity can be open at a time, whether or not its start is known.

    An end that nobody gives is open; of a row that says it has ended it lies before the release.
    """
    earliest, latest = _days(w, at)
    start = f"coalesce({scope.sql(spans.since, '_earliest')},{_founded(w, spans, scope)},{quoted(layout.FIRST_DAY)})"
    released = "(SELECT r.value FROM release r WHERE r.key='date')"
    end = (
        f"CASE WHEN {scope.sql(spans.until)} IS NOT NULL THEN {scope.sql(spans.until, '_latest')}>={earliest} "
        f"WHEN {scope.sql(spans.ended)}=1 THEN ({released}>{earliest} OR {start}>={earliest}) ELSE 1=1 END"
    )
    return f"({start}<={latest} AND {end})"


def row_open(w: Writer, spans: Spans, scope: Scope, at: At) -> str:
    """Whether a row of the spans' entity is open at a time; the undated only where the time lets them in."""
    undated = row_undated(w, spans, scope)
    dated = f"NOT {undated}"
    if at.undated is not None:
        mark = w.mark(("flag", at.undated), bind.flag(at.undated.name))
        dated = f"({dated} OR {mark}=1)"
    return f"({dated} AND {row_covers(w, spans, scope, at)})"
