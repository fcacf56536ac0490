"""Says who: of one record, what each source says of a column, which value is chosen and why."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from sqlalchemy import Connection, Engine, text

from datasets.canonical.choose import KINDS, Publication, Reason, source_columns
from datasets.canonical.errors import UnknownRecord
from datasets.canonical.read import CLAIMS
from datasets.canonical.store import reading
from datasets.intake.claim import Evidence
from datasets.shapes import Entity, Shapes

SENTENCES: Mapping[str, str] = {
    Reason.ONLY_VALUE: "no source says anything else",
    Reason.PINNED: "the editors pinned it",
    Reason.STATED: "a source states it, the others support the record as a whole",
    Reason.SOURCE_KIND: "its kind of source is believed first",
    Reason.MORE_SOURCES: "more sources say it",
    Reason.MORE_PRECISE: "it is the more precise date",
    Reason.LATER_PUBLICATION: "its source was published later",
    Reason.SOURCE_ID: "nothing else decides: its source's id comes first",
    Reason.EVERY_VALUE: "every value of a set is shown",
    Reason.BESIDE: "it stands beside the chosen value that it belongs to",
    Reason.EDITORIAL: "the editors describe this record",
}
"""The reasons in words."""

_BEFORE = re.compile(r"(https?://[^/]+)?/*((id|doc)/)?")
"""What may stand before type and id, where somebody has copied the address of a record or of its document."""
_SAYS = {
    Evidence.VALUE.value: "says",
    Evidence.RECORD.value: "supports the record",
    Evidence.EDITORIAL.value: "is written by the editors",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A claim with what is known of its source. `places` are `file:line`; `published` is a partial date or empty."""

    id: str
    value: str
    chosen: bool
    evidence: str
    source: str
    title: str
    kind: str
    published: str
    locator: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A column: the chosen values (none where all belong to a rival), the reason, and every claim, chosen ones first.

    `ranking` lists the kinds of source for this column, the most believed first. `pins` are (value, why). `compound`
    says that the values are JSON objects.
    """

    column: str
    compound: bool
    chosen: tuple[str, ...]
    reason: str
    ranking: tuple[str, ...]
    pins: tuple[tuple[str, str], ...]
    claims: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A record, column by column. `former` are the ids that led here, the one that was asked for first."""

    type: str
    id: str
    former: tuple[str, ...]
    columns: tuple[Explained, ...]

    def as_json(self) -> str:
        """The explanation as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)

    def __str__(self) -> str:
        lines = [f"{self.type}/{self.id}" + "".join(f" (formerly {self.type}/{id})" for id in self.former)]
        for column in self.columns:
            lines += _paragraph(column)
        return "\n".join(lines)


def explain(engine: Engine | Connection, shapes: Shapes, address: str, column: str | None = None) -> Explanation:
    """Explain a record by its address `type/id`, or one column of it; a claim's address explains its column.

    A redirected id is followed. Raises UnknownRecord where there is nothing at the address, or no such column.
    """
    with reading(engine) as connection:
        type, id = _parse(shapes, address)
        if type == CLAIMS:
            type, id, column = _claim(connection, id)
        entity = shapes.entity(type)
        former = list[str]()
        while (target := _redirected(connection, type, id)) is not None:
            former.append(id)
            if not target:
                raise UnknownRecord(f"{type}/{id} was withdrawn (redirects.csv gives it no target)")
            id = target
        names = shapes.claimable(entity)
        if column is not None and column not in names:
            raise UnknownRecord(f"{type} has no column {column!r}; it has {', '.join(names)}")
        said = _said(connection, shapes, type, id)
        if not said:
            raise UnknownRecord(_unknown(connection, type, id))
        pins = _pins(connection, type, id)
        explained = [
            _explained(
                shapes, entity, name, pins.get(name, ()), said.get(name, ()), _chosen(connection, type, id, name)
            )
            for name in (names if column is None else (column,))
            if name in said or name == column
        ]
    return Explanation(type, id, tuple(former), tuple(explained))


def _paragraph(column: Explained) -> Iterator[str]:
    if not column.claims:
        yield f"\n{column.column}: no source says anything"
        return
    shown = _parts if column.compound else str
    chosen = " | ".join(map(shown, column.chosen)) or "nothing chosen"
    yield f"\n{column.column}: {chosen}"
    ranking = f" ({', '.join(column.ranking)})" if column.reason == Reason.SOURCE_KIND else ""
    yield f"  why: {SENTENCES.get(column.reason, column.reason)}{ranking} [{column.reason}]"
    for value, why in column.pins:
        yield f"  pin: {shown(value)}: {why}"
    for value, claims in groupby(column.claims, lambda claim: claim.value):
        voices = list(claims)
        yield f"  {'*' if voices[0].chosen else ' '} {shown(value)}"
        yield from (f"      {_voice(claim)}" for claim in voices)


def _parts(value: str) -> str:
    """A compound value for people: each part after its name."""
    return ", ".join(f"{name} {part}" for name, part in json.loads(value).items())


def _voice(claim: Heard) -> str:
    places = ", ".join(claim.places)
    if not claim.source:
        return f"{_SAYS[claim.evidence]}  [{places}]"
    about = ", ".join(part for part in (claim.kind, claim.published) if part)
    locator = f" #{claim.locator}" if claim.locator else ""
    title = f' "{claim.title}"' if claim.title else ""
    return f"{claim.source}{locator} {_SAYS[claim.evidence]} ({about}){title}  [{places}]"


def _parse(shapes: Shapes, address: str) -> tuple[str, str]:
    type, _, id = _BEFORE.sub("", address.strip(), count=1).strip("/").partition("/")
    known = [entity.name for entity in shapes.entities]
    if type not in known or not id:
        raise UnknownRecord(f"{address!r} is not the address of a record: write type/id; types are {', '.join(known)}")
    return type, id


def _claim(connection: Connection, id: str) -> tuple[str, str, str]:
    query = text('SELECT type, record, "column" FROM claim WHERE id = :id LIMIT 1')
    row = connection.execute(query, {"id": id}).first()
    if row is None:
        raise UnknownRecord(f"there is no {CLAIMS}/{id}: what is said now has other claims")
    return row[0], row[1], row[2]


def _redirected(connection: Connection, type: str, id: str) -> str | None:
    query = text("SELECT target FROM redirect WHERE type = :type AND record = :id LIMIT 1")
    found = connection.execute(query, {"type": type, "id": id}).scalar()
    return None if found is None else str(found)


def _said(connection: Connection, shapes: Shapes, type: str, id: str) -> dict[str, list[Heard]]:
    query = text(
        'SELECT "column", id, value, evidence, source, locator, file, line FROM claim'
        " WHERE type = :type AND record = :id ORDER BY file, line, position"
    )
    claims: dict[str, dict[str, Heard]] = {}
    titles: dict[str, tuple[str, Publication]] = {}
    for column, claim, value, evidence, source, locator, file, line in connection.execute(
        query, {"type": type, "id": id}
    ):
        place = f"{file}:{line}" if line else file
        known = claims.setdefault(column, {}).get(claim)
        places = (*known.places, place) if known else (place,)
        if source not in titles:
            titles[source] = _source(connection, shapes, source)
        title, publication = titles[source]
        claims[column][claim] = Heard(
            claim, value, False, evidence, source, title, publication.kind, publication.latest, locator, places
        )
    return {column: list(heard.values()) for column, heard in claims.items()}


def _source(connection: Connection, shapes: Shapes, id: str) -> tuple[str, Publication]:
    """Title, kind and date of publication of a source, as chosen; empty where nothing is known."""
    entity, kind, published = source_columns(shapes)
    query = text('SELECT "column", value FROM choice WHERE type = :type AND record = :id')
    known = dict(tuple(row) for row in connection.execute(query, {"type": entity, "id": id}))
    title = known.get(shapes.entity(entity).label, "")
    return title, Publication(known.get(kind, ""), known.get(published, ""))


def _chosen(connection: Connection, type: str, id: str, column: str) -> list[tuple[str, str]]:
    query = text(
        'SELECT value, reason FROM choice WHERE type = :type AND record = :id AND "column" = :column ORDER BY value'
    )
    rows = connection.execute(query, {"type": type, "id": id, "column": column})
    return [(value, reason) for value, reason in rows]


def _pins(connection: Connection, type: str, id: str) -> dict[str, list[tuple[str, str]]]:
    query = text('SELECT "column", value, reason FROM pin WHERE type = :type AND record = :id ORDER BY line')
    found: dict[str, list[tuple[str, str]]] = {}
    for column, value, reason in connection.execute(query, {"type": type, "id": id}):
        found.setdefault(column, []).append((value, reason))
    return found


def _explained(
    shapes: Shapes,
    entity: Entity,
    name: str,
    pins: Sequence[tuple[str, str]],
    claims: Sequence[Heard],
    choices: Sequence[tuple[str, str]],
) -> Explained:
    compound = next((values for values in shapes.values_of(entity) if values.name == name), None)
    ranking = (compound or entity.column(name)).ranking
    values = tuple(value for value, _ in choices)
    fallback = Reason.PINNED if pins else Reason.BESIDE
    reason = choices[0][1] if choices else fallback.value if claims else ""
    marked = [
        Heard(c.id, c.value, c.value in values, c.evidence, c.source, c.title, c.kind, c.published, c.locator, c.places)
        for c in claims
    ]
    marked.sort(key=lambda c: (not c.chosen, c.value, c.evidence == Evidence.RECORD, c.source, c.locator))
    return Explained(name, compound is not None, values, reason, KINDS[ranking], tuple(pins), tuple(marked))


def _unknown(connection: Connection, type: str, id: str) -> str:
    others = connection.execute(
        text("SELECT DISTINCT type FROM claim WHERE record = :id ORDER BY type"), {"id": id}
    ).scalars()
    elsewhere = [f"{other}/{id}" for other in others]
    if not elsewhere:
        ids = list(
            connection.execute(text("SELECT DISTINCT record FROM claim WHERE type = :type"), {"type": type}).scalars()
        )
        if not ids and connection.execute(text("SELECT 1 FROM claim LIMIT 1")).first() is None:
            return f"there is no {type}/{id}: nothing is loaded; run `alliances load` first"
        elsewhere = [f"{type}/{near}" for near in _near(id, ids)]
    hint = f"; did you mean {' or '.join(elsewhere)}?" if elsewhere else ""
    return f"there is no {type}/{id}{hint}"


def _near(id: str, ids: Sequence[str]) -> list[str]:
    """Up to three ids that may have been meant: spelt alike, or else with all the words of what was asked for."""
    folded = {other.casefold(): other for other in ids}
    wanted = id.casefold().replace("_", "-").replace(" ", "-")
    words = {word for word in wanted.split("-") if word}
    found = difflib.get_close_matches(wanted, folded, n=3) or sorted(
        (other for other in folded if words and words <= set(other.split("-"))), key=len
    )
    return [folded[other] for other in found[:3]]
