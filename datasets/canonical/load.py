"""Loading: make the canonical database equal to a folder of facts, for what the folder contains.

All in one transaction: killed at any moment, the database is as before or as after. Loading the same folder again
writes nothing. Claims of other origins (importers) stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, exc, insert, select, text

from datasets.canonical import difference
from datasets.canonical.choose import RULE
from datasets.canonical.decisions import check_redirects, former_ids, pinned, replace_pins, replace_redirects
from datasets.canonical.rechoose import rechoose
from datasets.canonical.store import writing
from datasets.canonical.summary import Summary
from datasets.canonical.tables import file, state
from datasets.canonical.tables import load as load_table
from datasets.canonical.views import VIEWS, recreate
from datasets.intake.claim import Claim
from datasets.intake.claims import COUNTRIES, claims, country_claims
from datasets.intake.facts import EXPECTATIONS, PINS, REDIRECTS, RELEASE, Folder, Pin, Redirect, read
from datasets.intake.sheet import sheets
from datasets.shapes import Shapes
from datasets.shapes.serial import to_json

FACTS = "facts"
"""The origin of what the editors keep in a folder of facts."""
TEXTS = (RELEASE, EXPECTATIONS)
"""Files that make no claims but travel with the facts."""

Progress = Callable[[str, int], None]
"""Told what is being done and how many have been done of it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is to be loaded. `files` are those that `claims` says everything of; a part that is None stays as it is.

    `texts` are files, by name, that make no claims but travel with the facts.
    """

    files: frozenset[str]
    claims: Iterable[Claim]
    pins: Sequence[Pin] | None = None
    redirects: Sequence[Redirect] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def load(
    engine: Engine,
    folder: Path,
    shapes: Shapes,
    *,
    origin: str = FACTS,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Make the database equal to the folder for what the folder contains, and say what changed.

    A file that the folder does not have leaves its claims, pins or redirects alone. With `dry_run` nothing is written.
    Raises BadFacts where a file cannot be read, UnusableFacts where ids would go without a trace or a pin or redirect
    leads nowhere, Busy, DiskFull; then the database is as before.
    """
    facts = read(folder, shapes)
    texts = _texts(facts)
    with writing(engine) as connection:
        contents = Contents(
            frozenset({sheet.file for sheet in facts.sheets} | _former_files(connection, shapes, origin)),
            claims(facts, shapes, _types(connection, shapes)),
            facts.pins,
            facts.redirects,
            texts,
        )
        summary = _apply(connection, contents, shapes, origin, dry_run=dry_run, progress=progress)
    _shrink(engine, summary)
    return summary


def load_contents(
    engine: Engine,
    contents: Contents,
    shapes: Shapes,
    *,
    origin: str,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """The same for claims that do not come from a folder."""
    with writing(engine) as connection:
        summary = _apply(connection, contents, shapes, origin, dry_run=dry_run, progress=progress)
    _shrink(engine, summary)
    return summary


def _apply(
    connection: Connection,
    contents: Contents,
    shapes: Shapes,
    origin: str,
    *,
    dry_run: bool,
    progress: Progress | None,
) -> Summary:
    counted = difference.stage(connection, origin, contents.claims, _told(progress, "reading claims"))
    difference.add(connection, COUNTRIES, country_claims(shapes), None)
    difference.cover(connection, {(COUNTRIES, COUNTRIES), *((origin, name) for name in contents.files)})
    former = former_ids(connection)
    changes = difference.apply(connection)
    pins, pinned_records = (0, set[tuple[str, str]]())
    if contents.pins is not None:
        pins, pinned_records = replace_pins(connection, origin, contents.pins)
    redirects = 0
    if contents.redirects is not None:
        redirects = replace_redirects(connection, origin, contents.redirects)
    check_redirects(connection, [*changes.lost, *sorted(former - _alive_or_former(connection, former))])
    fingerprint = _fingerprint(shapes)
    anew = connection.execute(select(state.c.value).where(state.c.key == "shapes")).scalar() != fingerprint
    choices = rechoose(
        connection,
        shapes,
        pinned(connection, shapes),
        pinned_records,
        everything=anew,
        first=changes.first,
        progress=_told(progress, "choosing"),
    )
    if anew:
        recreate(connection, shapes)
        connection.execute(delete(state).where(state.c.key == "shapes"))
        connection.execute(insert(state).values(key="shapes", value=fingerprint))
    difference.forget(connection)
    summary = Summary(
        origin=origin,
        claims=counted,
        entities=changes.entities,
        moved=changes.moved,
        choices=choices,
        pins=pins,
        redirects=redirects,
        files=_note_files(connection, origin, contents),
        rechosen=anew and not changes.first,
        dry_run=dry_run,
    )
    if dry_run:
        connection.rollback()
    elif summary.changed:
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(insert(load_table).values(origin=origin, finished=finished, summary=summary.as_json()))
    return summary


def _told(progress: Progress | None, what: str) -> Callable[[int], None] | None:
    return None if progress is None else partial(progress, what)


def _texts(facts: Folder) -> dict[str, str]:
    """The files that make no claims, as they are. Raises BadFacts where one cannot be read."""
    readable = {RELEASE: facts.release, EXPECTATIONS: facts.expectations}
    return {name: (facts.path / name).read_bytes().decode() for name, found in readable.items() if found is not None}


def _types(connection: Connection, shapes: Shapes) -> dict[str, str]:
    """The entity of every record that compound values can be of, by id."""
    subjects = sorted({e.name for values in shapes.values for e in shapes.targets(values.subject)})
    found = {}
    for subject in subjects:
        rows = connection.execute(text("SELECT DISTINCT record FROM claim WHERE type = :type"), {"type": subject})
        found.update(dict.fromkeys(rows.scalars(), subject))
    return found


def _former_files(connection: Connection, shapes: Shapes, origin: str) -> set[str]:
    """Files of former shapes, which no folder can contain any more."""
    known = {*(sheet.file for sheet in sheets(shapes)), PINS, REDIRECTS, *TEXTS}
    found = connection.execute(select(file.c.name).where(file.c.origin == origin)).scalars()
    return {name for name in found if name not in known}


def _alive_or_former(connection: Connection, ids: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the ids that are records, or that redirects lead on from."""
    still = former_ids(connection)
    query = text("SELECT 1 FROM claim WHERE type = :type AND record = :record LIMIT 1")
    return {
        (type, record)
        for type, record in ids
        if (type, record) in still or connection.execute(query, {"type": type, "record": record}).first() is not None
    }


def _note_files(connection: Connection, origin: str, contents: Contents) -> int:
    """Note which files the database now holds; how many are new to it, or have another text."""
    names = dict.fromkeys(contents.files, None) | dict(contents.texts)
    if contents.pins is not None:
        names[PINS] = None
    if contents.redirects is not None:
        names[REDIRECTS] = None
    before = {
        tuple(row) for row in connection.execute(select(file.c.name, file.c.content).where(file.c.origin == origin))
    }
    differing = [(name, content) for name, content in sorted(names.items()) if (name, content) not in before]
    for name, content in differing:
        connection.execute(delete(file).where(file.c.origin == origin, file.c.name == name))
        connection.execute(insert(file).values(origin=origin, name=name, content=content))
    return len(differing)


def _fingerprint(shapes: Shapes) -> str:
    """What choices and views depend on beside the claims."""
    return hashlib.sha256(f"{RULE}\n{VIEWS}\n{to_json(shapes)}".encode()).hexdigest()


def _shrink(engine: Engine, summary: Summary) -> None:
    """Move what was written from the log into the file, so that the log does not stay as large as the load."""
    if engine.dialect.name != "sqlite" or summary.dry_run or not summary.changed:
        return
    with engine.connect().execution_options(begin="") as connection:
        wait = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql("PRAGMA busy_timeout = 0").close()
        try:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()
        except exc.OperationalError:
            # A reader holds the log, or the disk is full: the load is safe in the log, and a later one moves it.
            return
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait}").close()
