"""The matcher: texts in, candidates with scores and reasons out. One per release; indexes are built when needed."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import apsw

from datasets.shapes.model import Entity, Kind, Shapes
from datasets.text import fold
from linked_data.reconcile.asking import BadQueryError, Constraint, Query
from linked_data.reconcile.countries import country_code
from linked_data.reconcile.entries import (
    Entry,
    country_link,
    entries,
    identifier_values,
    locality,
    naming_values,
    reconcilable,
)
from linked_data.reconcile.evidence import Finding, Verdict, bare, weigh
from linked_data.reconcile.index import Index
from linked_data.reconcile.naming import compared, is_acronym, parts
from linked_data.reconcile.properties import Property, properties
from linked_data.reconcile.scoring import (
    PART,
    PLACE_ALONE,
    Fit,
    acronyms_of,
    exact,
    fit,
    initials,
    placed_acronym,
)
from linked_data.reconcile.values import Reading

CERTAIN = 86.0
"""From this score on a candidate is a match, if nothing contradicts and no other comes near."""
MARGIN = 4.0
"""So much a match is ahead of every other candidate."""
LEAST = 30.0
"""Candidates below this score are not shown."""
_NAMES_TRIED = 250
_WEIGHED = 40
_PLACED_WORDS = 4
_UNEXPLAINED = 0.85
_SHORT_ACRONYM = 84.0
_BONUS = {True: 5.0, False: 2.0}
_MALUS = {True: 25.0, False: 5.0}
_OTHER_IDENTIFIER = 20.0
_INSIDE = frozenset(
    ("department", "faculty", "school", "institute", "college", "division", "center", "chair", "office")
)
_OWN = re.compile(r"(?:.*/(?:id|doc)/)?([a-z_]+)/([^/\s]+)")
_IDENTIFIER = re.compile(r"(?=\S*\d)(?:https?://\S+|[\w.:-]{4,40}|(?:\d{4} ){3}\d{3}[\dX])")
"""What may be an identifier: an address, or one word with a digit in it."""


@dataclass(slots=True)
class Candidate:
    """A record that may be meant: score from 0 to 100, whether that is certain, and why."""

    entry: Entry
    description: str
    score: float
    match: bool
    fit: Fit | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        """Why, in words: what fits, then what else is known."""
        found = [] if self.fit is None else [f"the text {self.fit.reason}"]
        return [*found, *(f.reason for f in self.findings)]

    @property
    def features(self) -> dict[str, float | bool]:
        """Why, for programs: the same as numbers and flags."""
        found: dict[str, float | bool] = {}
        if self.fit is not None:
            sort = self.fit.name.sort
            found["name_exact"] = self.fit.how == "exact"
            found["name_same_words"] = self.fit.how in ("exact", "same_words")
            found["acronym"] = self.fit.how in ("acronym", "placed_acronym", "initials")
            found["name_former"] = sort == "former"
            found["name_further"] = sort != "label"
            found["token_overlap"] = round(self.fit.overlap, 3)
        for finding in self.findings:
            if finding.verdict is not Verdict.UNKNOWN:
                found[f"{finding.property}_{finding.verdict}"] = True
        return found

    @property
    def contradicted(self) -> bool:
        """Whether something that decides speaks against it."""
        return any(f.verdict is Verdict.CONTRADICTS and f.country for f in self.findings)

    @property
    def identified(self) -> bool:
        """Whether an identifier says that it is meant."""
        return any(f.verdict is Verdict.EQUAL for f in self.findings)


class Overdue(Exception):
    """The time for a request is over."""


class Matcher:
    """Matches texts with the records of a release. Threads share it; the connection is the caller's."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.entities = {entity.name: entity for entity in reconcilable(shapes)}
        self.defaults = tuple(e.name for e in self.entities.values() if naming_values(shapes, e))
        """The types that most tables are about: those whose records go by several names."""
        self._indexes: dict[str, Index] = {}
        self._properties: dict[str, tuple[Property, ...]] = {}
        self._lock = threading.Lock()

    def index(self, connection: apsw.Connection, type_: str) -> Index:
        """The index of a type, built when it is first asked for."""
        found = self._indexes.get(type_)
        if found is None:
            with self._lock:
                found = self._indexes.get(type_)
                if found is None:
                    found = Index(entries(connection, self.shapes, self.entities[type_]))
                    self._indexes[type_] = found
        return found

    def properties(self, connection: apsw.Connection, type_: str) -> tuple[Property, ...]:
        """The properties of a type. Raises KeyError where there is no such type."""
        if type_ not in self._properties:
            entity = self.shapes.entity(type_)
            values = identifier_values(self.shapes, entity)
            codes: tuple[str, ...] = ()
            if values is not None:
                code = next(c.name for c in values.columns if c.kind is Kind.CODE)
                sql = f'SELECT DISTINCT "{code}" FROM "{values.name}" ORDER BY 1'
                codes = tuple(str(c) for (c,) in connection.execute(sql))
            self._properties[type_] = properties(self.shapes, entity, codes)
        return self._properties[type_]

    def country_property(self, type_: str) -> str:
        """The property that says in which country records of a type are; empty where there is none."""
        link = country_link(self.shapes, self.entities[type_])
        return link.name if link else ""

    def types(self, asked: Sequence[str]) -> list[str]:
        """The types meant: entities, families, IRIs that end in either. Raises BadQueryError."""
        found: list[str] = []
        for name in asked:
            tail = re.split(r"[/#:]", name.rstrip("/"))[-1]
            members = [tail]
            if self.shapes.is_family(tail):
                members = [e.name for e in self.shapes.targets(tail) if e.name in self.entities]
            for member in members:
                if member not in self.entities:
                    raise BadQueryError(f"there is no type {name!r}; there are {', '.join(self.entities)}")
                found.append(member)
        return list(dict.fromkeys(found)) or list(self.entities)

    def match(self, connection: apsw.Connection, query: Query, deadline: float | None = None) -> list[Candidate]:
        """The candidates of a query, the best first; at most one of them is a match.

        `deadline` is a time of the monotonic clock. Raises Overdue when it passes, BadQueryError for unknown types.
        """
        found: list[Candidate] = []
        for type_ in self.types(query.types):
            if deadline is not None and time.monotonic() > deadline:
                raise Overdue
            found += self._of_type(connection, type_, query)
        likely = () if query.types else self.defaults
        found.sort(key=lambda c: (-c.score, c.entry.type not in likely, c.entry.label, c.entry.key))
        _decide(found, likely)
        return [c for c in found if c.score >= LEAST or c.match][: query.limit]

    def _of_type(self, connection: apsw.Connection, type_: str, query: Query) -> list[Candidate]:
        index, entity = self.index(connection, type_), self.entities[type_]
        known = {p.id.casefold(): p for p in self.properties(connection, type_) if p.evidence}
        constraints = [(known[c.property.casefold()], c) for c in query.constraints if c.property.casefold() in known]
        reading = Reading(connection, self.shapes)
        text, implied = _without_country(query.text)
        link = country_link(self.shapes, entity)
        if implied and link and not any(p.id == link.name for p, _ in constraints):
            constraints.append((known[link.name], Constraint(link.name, (implied,))))
        fits = _fits(index, text or self._named(constraints))
        certain = self._identified(connection, entity, index, query.text, constraints)
        weighed = sorted(fits, key=lambda number: -fits[number].score)[:_WEIGHED]
        found = []
        for number in dict.fromkeys((*certain, *weighed)):
            entry = index.entries[number]
            findings = [
                weigh(self.shapes, property_, c.values, reading.values(entity, entry.id, property_))
                for property_, c in constraints
            ]
            if number in certain:
                findings.insert(0, certain[number])
            candidate = Candidate(entry, "", 0.0, match=False, fit=fits.get(number), findings=findings)
            candidate.score = _score(candidate)
            if candidate.score >= LEAST:
                found.append(candidate)
        found.sort(key=lambda c: (-c.score, c.entry.label))
        del found[max(query.limit, 2) :]
        for candidate in found:
            candidate.description = self.described(reading, candidate.entry)
        return found

    def _named(self, constraints: Iterable[tuple[Property, Constraint]]) -> str:
        """A name that stands among the properties, where the query itself has no text."""
        for property_, constraint in constraints:
            if property_.column is not None and property_.column.kind is Kind.NAME:
                return constraint.values[0]
        return ""

    def _identified(
        self,
        connection: apsw.Connection,
        entity: Entity,
        index: Index,
        text: str,
        constraints: Iterable[tuple[Property, Constraint]],
    ) -> dict[int, Finding]:
        """The entries that an identifier names: one of ours as the text, or one of a registry."""
        found: dict[int, Finding] = {}
        own = _OWN.fullmatch(text)
        id_ = own[2] if own and own[1] == entity.name else text
        if id_ in index.by_id and (own or "-" in id_):
            found[index.by_id[id_]] = Finding("id", Verdict.EQUAL, f"is its identifier {id_}")
        values = identifier_values(self.shapes, entity)
        if values is None:
            return found
        asked = [(p.registry, value) for p, c in constraints if p.registry for value in c.values]
        if _IDENTIFIER.fullmatch(text):
            asked.append(("", text))
        code = next(c.name for c in values.columns if c.kind is Kind.CODE)
        part = next(c.name for c in values.columns if c.kind is not Kind.CODE)
        sql = f'SELECT subject, "{part}", "{code}" FROM "{values.name}" WHERE "{part}" = ?1 AND ?2 IN (\'\', "{code}")'
        for registry, value in asked:
            plain = "".join(value.rstrip("/").rsplit("/", 1)[-1].split())
            forms = dict.fromkeys((value, plain, plain.lower(), plain.upper(), _grouped(plain), bare(value)))
            for form in forms:
                for subject, said, scheme in connection.execute(sql, (form, registry)):
                    if str(subject) in index.by_id:
                        finding = Finding(str(scheme), Verdict.EQUAL, f"has the {scheme} identifier {said}")
                        found.setdefault(index.by_id[str(subject)], finding)
        return found

    def described(self, reading: Reading, entry: Entry) -> str:
        """What tells a record from its namesakes: its kind, city and country."""
        entity = self.shapes.entity(entry.type)
        kind = next((c for c in entity.columns if c.kind is Kind.CODE), None)
        said: list[str] = [entity.name.replace("_", " ").capitalize()] if kind is None else []
        for column in (kind, locality(entity), country_link(self.shapes, entity)):
            if column is not None:
                property_ = Property(column.name, column.doc, column=column)
                said += [value.text for value in reading.values(entity, entry.id, property_)]
        return ", ".join(said)


def _fits(index: Index, text: str) -> dict[int, Fit]:
    """Of each entry that a text may mean the best fit of its names."""
    found: dict[int, Fit] = {}
    if not text:
        return found

    def keep(number: int, candidate: Fit) -> None:
        if number not in found or candidate.score > found[number].score:
            found[number] = candidate

    pieces = parts(text)
    for piece in (text, *(piece for piece in pieces if piece != text)):
        part = piece != text
        same = index.exact.get(fold(piece), ())
        rivals = len({index.owner[i] for i in same})
        fits = [(index.owner[i], exact(index, i, rivals)) for i in same]
        for words in index.respelled(compared(piece)):
            alike = {word: index.alike(word) for word in words}
            for identifier in index.candidates(words, _NAMES_TRIED):
                number = index.owner[identifier]
                fits.append((number, fit(index, identifier, words, alike)))
                placed = placed_acronym(index.entries[number], words) if len(words) <= _PLACED_WORDS else None
                if placed is not None:
                    fits.append((number, placed))
        if is_acronym(piece) and not same and not part:
            fits += [(n, initials(index.entries[n])) for n in index.acronyms.get(fold(piece), ())[:_WEIGHED]]
        for number, candidate in fits:
            factor = _part_factor(index.entries[number], candidate, piece, pieces) if part else 1.0
            keep(number, replace(candidate, score=candidate.score * factor) if part else candidate)
    return found


def _part_factor(entry: Entry, found: Fit, piece: str, pieces: Sequence[str]) -> float:
    """How much a part of a text counts: less where the rest of the text says something else."""
    explained = {word for text in (*entry.places, *(n.text for n in entry.names)) for word in compared(text)}
    explained |= acronyms_of(entry)
    own = set(compared(piece))
    for other in pieces:
        words = set(compared(other)) - own
        if words and not words <= explained and next(iter(compared(other))) not in _INSIDE:
            return _UNEXPLAINED
    if found.how in ("acronym", "initials"):
        return _UNEXPLAINED
    return PART


def _without_country(text: str) -> tuple[str, str]:
    """A text without the country at its end, and that country; none where the text ends otherwise."""
    pieces = parts(text)
    if len(pieces) < 2:
        return text, ""
    last = pieces[-1]
    if (len(last) > 3 or fold(last).replace(".", "") in ("uk", "usa", "prc", "uae")) and fold(last) != "georgia":
        code = country_code(last)
        if code:
            return text[: text.rindex(last)].rstrip(" ,;([|/-") or text, code
    return text, ""


def _grouped(identifier: str) -> str:
    """Sixteen digits in fours, as ISNI writes them."""
    if len(identifier) != 16:
        return identifier
    return " ".join(identifier[i : i + 4] for i in range(0, 16, 4))


def _score(candidate: Candidate) -> float:
    """The score of a candidate: how its name fits, moved by what else is known."""
    if candidate.identified:
        return 100.0
    if candidate.fit is None:
        return 0.0
    score = candidate.fit.score
    if candidate.fit.how == "acronym" and len(candidate.fit.name.text) < 4:
        score = min(score, _SHORT_ACRONYM)
    for finding in candidate.findings:
        if finding.verdict is Verdict.AGREES and score > PLACE_ALONE:
            score = min(100.0, score + _BONUS[finding.country])
        elif finding.verdict is Verdict.CONTRADICTS:
            score -= _OTHER_IDENTIFIER if finding.registered else _MALUS[finding.country]
    return round(max(score, 0.0), 1)


def _decide(candidates: list[Candidate], likely: Sequence[str]) -> None:
    """Say of the best candidate whether it is certain.

    `likely` are the types that are meant where the query names none: what is written about a university is often called
    like it, and no rival of it.
    """
    if not candidates:
        return
    best, *others = candidates
    if best.entry.type in likely:
        others = [other for other in others if other.entry.type in likely]
    best.match = best.score >= CERTAIN and not best.contradicted and not any(_rivals(best, other) for other in others)


def _rivals(best: Candidate, other: Candidate) -> bool:
    """Whether another candidate could as well be meant."""
    if best.identified != other.identified:
        return False
    if best.score - other.score >= MARGIN:
        return False
    alone = best.fit is not None and best.fit.how == "exact" and (other.fit is None or other.fit.how != "exact")
    return not alone
