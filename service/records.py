"""What a record's page shows, read off the shapes: facts with who says them, rival values, and links both ways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import apsw

from datasets.release.layout import label_field, set_table_name
from datasets.shapes.model import Column, Entity, Kind, Link, Shapes, Values
from service.rows import Row, row, rows
from service.words import language_name, when

EVIDENCE = {"value": "says", "record": "supported by", "editorial": "editors"}
"""How a source's support is worded."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A link to a record."""

    type: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a page shows it: words, and where they lead (a record or an address elsewhere)."""

    text: str
    ref: Ref | None = None
    url: str = ""
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A source on the page: its number there, its record, its address, and what else is known of it."""

    number: int
    ref: Ref
    url: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """That a source supports a value: the source, how, where in it, and the claim that says so."""

    source: Cited
    evidence: str
    locator: str
    claim: str


@dataclass(frozen=True, slots=True)
class Said:
    """One of the values that sources give: its parts, who says it, and whether it is the chosen one."""

    parts: tuple[Shown, ...]
    chosen: bool
    marks: tuple[Mark, ...] = ()
    editorial: bool = False

    @property
    def cites(self) -> tuple[tuple[Cited, str], ...]:
        """Each source once, with how and where it says so."""
        by_source: dict[Cited, list[str]] = {}
        for mark in self.marks:
            by_source.setdefault(mark.source, []).append(mark.evidence + (f", {mark.locator}" if mark.locator else ""))
        return tuple((source, "; ".join(dict.fromkeys(said))) for source, said in by_source.items())


@dataclass(frozen=True, slots=True)
class Fact:
    """One column (or set) of the record with all that is said of it. `headings` name the parts of compound values."""

    name: str
    doc: str
    values: tuple[Said, ...]
    headings: tuple[str, ...] = ()
    reason: Shown | None = None

    @property
    def chosen(self) -> tuple[Said, ...]:
        """The values that stand."""
        return tuple(value for value in self.values if value.chosen)

    @property
    def rivals(self) -> tuple[Said, ...]:
        """The values that do not."""
        return tuple(value for value in self.values if not value.chosen)


@dataclass(frozen=True, slots=True)
class Page:
    """A record as its page shows it, but for the lists of what points at it."""

    entity: Entity
    ref: Ref
    facts: tuple[Fact, ...]
    sets: tuple[Fact, ...]
    sources: tuple[Cited, ...]
    former: tuple[str, ...]
    """Ids that led elsewhere once and lead here now."""
    silent: tuple[str, ...] = ()
    """Columns and sets of which no source says anything."""
    language: str = ""
    """Language of the label, where it is known."""


@dataclass(slots=True)
class Labels:
    """Labels of records, looked up once for a whole page."""

    connection: apsw.Connection
    shapes: Shapes
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def ask(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Look up the labels of (type, id) pairs, one statement per type."""
        by_type: dict[str, set[str]] = {}
        for pair in wanted:
            if pair not in self._known:
                by_type.setdefault(pair[0], set()).add(pair[1])
        for type_, ids in by_type.items():
            entity = self.shapes.entity(type_)
            label = label_field(entity)
            sql = f'SELECT id, "{label}" FROM "{entity.plural}" WHERE id IN (SELECT value FROM json_each(?))'
            found = {id: label for id, label in self.connection.execute(sql, (json.dumps(sorted(ids)),))}  # noqa: C416 (typed)
            self._known.update({(type_, id): str(found.get(id) or id) for id in ids})

    def ref(self, type_: str, id: str) -> Ref:
        """A link to a record with its label."""
        if (type_, id) not in self._known:
            self.ask([(type_, id)])
        return Ref(type_, id, self._known[type_, id])


def concept_entity(shapes: Shapes) -> Entity | None:
    """The entity whose records are the values of vocabularies."""
    return next((e for e in shapes.entities if "skos:Concept" in e.classes), None)


def code_target(shapes: Shapes, column: Column, value: str) -> tuple[str, str] | None:
    """Type and id of the concept that a code stands for."""
    concept = concept_entity(shapes)
    return (concept.name, f"{column.scheme}.{value}") if concept and column.scheme else None


def link_type(shapes: Shapes, connection: apsw.Connection, column: Link, value: str, beside: str = "") -> str:
    """The entity that a link's value belongs to: `beside` where the row says it, else by the shared id space."""
    if beside:
        return beside
    targets = shapes.targets(column.target)
    if len(targets) == 1:
        return targets[0].name
    found = connection.execute("SELECT type FROM subjects WHERE id = ?", (value,)).fetchone()
    return str(found[0]) if found else targets[0].name


def shown(labels: Labels, column: Column, value: str, beside: str = "") -> Shown:
    """A stored value as a page shows it."""
    if isinstance(column, Link):
        type_ = link_type(labels.shapes, labels.connection, column, value, beside)
        ref = labels.ref(type_, value)
        return Shown(ref.label, ref)
    if column.kind is Kind.CODE and (target := code_target(labels.shapes, column, value)):
        ref = labels.ref(*target)
        return Shown(ref.label, ref)
    if column.kind is Kind.URL:
        return Shown(value, url=value)
    if column.kind is Kind.DATE:
        words = when(value)
        return Shown(value, note=words if words != value else "")
    if column.kind is Kind.LANGUAGE:
        return Shown(value, note=language_name(value))
    if column.kind is Kind.FLAG:
        return Shown("yes" if value in ("1", "yes") else "no")
    return Shown(value)


def name_of(column: str) -> str:
    """A column's name in words."""
    return "URL" if column == "url" else column.replace("_", " ").capitalize()


def read(connection: apsw.Connection, shapes: Shapes, entity: Entity, id: str) -> Page | None:
    """The page of a record; None where there is no such record."""
    record = row(connection, f'SELECT * FROM "{entity.plural}" WHERE id = ?', (id,))
    if record is None:
        return None
    labels = Labels(connection, shapes)
    claims = _claims(connection, shapes, entity, id)
    cited = _sources(labels, shapes, claims)
    facts = [_column_fact(labels, entity, column, record, claims, cited) for column in entity.columns]
    sets = [_values_fact(labels, values, id, claims, cited) for values in shapes.values_of(entity)]
    former = rows(connection, "SELECT id FROM redirects WHERE type = ? AND target = ? ORDER BY id", (entity.name, id))
    return Page(
        entity,
        Ref(entity.name, id, str(record[label_field(entity)])),
        tuple(fact for fact in facts if fact.values),
        tuple(fact for fact in sets if fact.values),
        tuple(cited.values()),
        tuple(str(r["id"]) for r in former),
        tuple(fact.name for fact in (*facts, *sets) if not fact.values),
        _language(entity, entity.label, record),
    )


def _language(entity: Entity, column: str, record: Row) -> str:
    """The language of a column's value, where a column beside it says so."""
    beside = next((c for c in entity.columns if c.kind is Kind.LANGUAGE and c.beside == column), None)
    return str(record[beside.name] or "") if beside else ""


def _claims(connection: apsw.Connection, shapes: Shapes, entity: Entity, id: str) -> dict[str, list[Row]]:
    claim = shapes.entity("claim")
    if entity is claim:
        return {}
    sql = f'SELECT * FROM "{claim.plural}" WHERE record_type = ? AND record = ? ORDER BY "column", chosen DESC, id'
    by_column: dict[str, list[Row]] = {}
    for found in rows(connection, sql, (entity.name, id)):
        by_column.setdefault(str(found["column"]), []).append(found)
    return by_column


def _sources(labels: Labels, shapes: Shapes, claims: dict[str, list[Row]]) -> dict[str, Cited]:
    """The sources of a page, numbered in the order in which its facts name them."""
    link = next(link for link in shapes.entity("claim").links if link.name == "source")
    entity = shapes.targets(link.target)[0]
    order = list(dict.fromkeys(str(c["source"]) for group in claims.values() for c in group if c["source"]))
    sql = f'SELECT * FROM "{entity.plural}" WHERE id IN (SELECT value FROM json_each(?))'
    records = {str(r["id"]): r for r in rows(labels.connection, sql, (json.dumps(order),))}
    address = next((c for c in entity.columns if c.kind is Kind.URL), None)
    telling = [
        c for c in entity.columns if c.kind in (Kind.TEXT, Kind.DATE, Kind.CODE) and c.terms and c.name != "note"
    ]
    cited = {}
    for number, id in enumerate(order, 1):
        record = records[id]
        about = tuple(shown(labels, c, str(record[c.name])).text for c in telling if record[c.name] is not None)
        url = str(record[address.name]) if address else ""
        cited[id] = Cited(number, Ref(entity.name, id, str(record[label_field(entity)])), url, about)
    return cited


def _column_fact(
    labels: Labels, entity: Entity, column: Column, record: Row, claims: dict[str, list[Row]], cited: dict[str, Cited]
) -> Fact:
    about = claims.get(column.name, [])
    if column.many:
        sql = f'SELECT value FROM "{set_table_name(entity, column)}" WHERE "{entity.name}" = ? ORDER BY value'
        chosen = [str(found["value"]) for found in rows(labels.connection, sql, (record["id"],))]
    else:
        stored = record[column.name]
        if column.kind is Kind.FLAG:
            stored = "yes" if stored else None
        chosen = [] if stored is None else [str(stored)]
    beside = str(record.get(f"{column.name}_type") or "")
    said = _said(chosen, about, cited, lambda value: (shown(labels, column, value, beside if value in chosen else ""),))
    return Fact(column.name, column.doc, said, reason=_reason(labels, about))


def _values_fact(
    labels: Labels, values: Values, id: str, claims: dict[str, list[Row]], cited: dict[str, Cited]
) -> Fact:
    about = claims.get(values.name, [])
    found = rows(labels.connection, f'SELECT * FROM "{values.name}" WHERE subject = ? ORDER BY position', (id,))
    chosen = [_compound({c.name: r[c.name] for c in values.columns if r[c.name] is not None}) for r in found]

    tag = next((c.name for c in values.columns if c.kind is Kind.LANGUAGE), "")

    def parts(value: str) -> tuple[Shown, ...]:
        content = {name: str(part) for name, part in json.loads(value).items() if part is not None}
        language, address = content.get(tag, ""), _registered(values, content)
        return tuple(_part(labels, c, content.get(c.name, ""), language, address) for c in values.columns)

    headings = tuple(name_of(c.name) for c in values.columns)
    return Fact(values.name, values.doc, _said(chosen, about, cited, parts), headings, _reason(labels, about))


def _registered(values: Values, content: dict[str, str]) -> str:
    """The page of a registry about an identifier; empty where it has none."""
    codes = {content.get(c.name) for c in values.columns if c.kind is Kind.CODE}
    registry = next((r for r in values.registries if r.code in codes and r.address), None)
    text = next((content.get(c.name, "") for c in values.columns if c.kind is Kind.TEXT), "")
    return registry.address.format(value=text.replace(" ", "")) if registry and text else ""


def _part(labels: Labels, column: Column, text: str, language: str, address: str) -> Shown:
    if column.kind is Kind.NAME or not text:
        return Shown(text, language=language)
    return Shown(text, url=address) if address and column.kind is Kind.TEXT else shown(labels, column, text)


def _compound(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _said(chosen: Sequence[str], claims: Sequence[Row], cited: dict[str, Cited], parts: object) -> tuple[Said, ...]:
    by_value: dict[str, list[Row]] = {value: [] for value in chosen}
    for claim in claims:
        by_value.setdefault(str(claim["value"]), []).append(claim)
    standing = set(chosen)
    said = []
    for value, group in by_value.items():
        marks = tuple(
            Mark(cited[str(c["source"])], EVIDENCE[str(c["evidence"])], str(c["locator"] or ""), str(c["id"]))
            for c in group
            if c["source"]
        )
        marks = tuple(sorted(marks, key=lambda mark: mark.source.number))
        editorial = any(not c["source"] for c in group)
        said.append(Said(parts(value), value in standing, marks, editorial))  # type: ignore[operator]
    return tuple(said)


def _reason(labels: Labels, claims: Sequence[Row]) -> Shown | None:
    reasons = {str(c["reason"]) for c in claims if c["reason"]}
    if not reasons:
        return None
    column = labels.shapes.entity("claim").column("reason")
    return shown(labels, column, min(reasons))
