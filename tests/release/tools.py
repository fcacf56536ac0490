"""Records for the tests of releases: those of the small world, and changes to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw

from datasets.canonical.read import Record, Statement
from datasets.intake.claim import Claim, Evidence
from datasets.release.build import Content, Published, build
from datasets.release.exporter import Exporter
from datasets.release.exporters.shapes_file import ShapesFile
from datasets.release.identity import Imprint, Redirect
from datasets.shapes import SHAPES

IMPRINT = Imprint(date="2026-01-31", title="The small world", licence="CC-BY-4.0", base_iri="http://localhost:8000")
SHAPES_ONLY: tuple[type[Exporter], ...] = (ShapesFile,)


def said(record: Record, column: str, value: str, *, chosen: bool = True, source: str = "orchid-home") -> Statement:
    """A claim about a record."""
    claim = Claim(record.type, record.id, column, value, source, "", Evidence.VALUE)
    return Statement(claim.id, column, value, source, "", "value", chosen, "only_value")


def claimed(record: Record, statements: Iterable[Statement]) -> Record:
    """The record with these claims."""
    return replace(record, claims=tuple(sorted(statements, key=lambda s: (s.column, s.id))))


def having(record: Record, **values: str | None) -> Record:
    """The record with other single values, each said by one source; None takes a value away."""
    kept = [statement for statement in record.claims if statement.column not in values]
    new = {name: value for name, value in values.items() if value is not None}
    source = "" if any(s.evidence == "editorial" for s in record.claims) else "orchid-home"
    kept += [said(record, name, value, source=source) for name, value in new.items()]
    return replace(claimed(record, kept), values={k: v for k, v in record.values.items() if k not in values} | new)


def with_set(record: Record, name: str, elements: Sequence[str]) -> Record:
    """The record with other elements of a set."""
    kept = [statement for statement in record.claims if statement.column != name]
    kept += [said(record, name, element) for element in elements]
    return replace(claimed(record, kept), sets=dict(record.sets) | {name: tuple(sorted(elements))})


def new(type: str, id: str, **values: str) -> Record:
    """A record of one source."""
    return having(Record(type, id, {}, {}, ()), **values)


def changed(records: Iterable[Record], type: str, id: str, **values: str | None) -> list[Record]:
    """The records, one of them with other values."""
    return [having(r, **values) if (r.type, r.id) == (type, id) else r for r in records]


def added(records: Iterable[Record], *more: Record) -> list[Record]:
    """The records and more of them, in publishing order."""
    places = {entity.name: place for place, entity in enumerate(SHAPES.entities)}
    return sorted([*records, *more], key=lambda r: (places[r.type], r.id))


def without(records: Iterable[Record], type: str, id: str) -> list[Record]:
    """The records but one."""
    return [record for record in records if (record.type, record.id) != (type, id)]


def put(
    records: Iterable[Record],
    releases: Path,
    *,
    redirects: Sequence[Redirect] = (),
    imprint: Imprint = IMPRINT,
    exporters: Sequence[type[Exporter]] | None = None,
) -> Published:
    """Publish records; without extra files unless exporters are given."""
    content = Content(records, redirects)
    return build(content, releases, SHAPES, imprint, exporters=SHAPES_ONLY if exporters is None else exporters)


def rows(database: Path, sql: str, *parameters: str | int) -> list[tuple[apsw.SQLiteValue, ...]]:
    """What a query over a release gives."""
    with closing(apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        return connection.execute(sql, parameters).fetchall()


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())
