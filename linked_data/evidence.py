"""What sources say, as named graphs: one graph per source, and one of all claims as nodes.

`{base}/graph/source/{id}` holds what that source's own statements say, rivals of the chosen values included, in flat
properties without helper nodes. Where a source only supports a record as one of several, its graph holds
`prov:wasDerivedFrom`. `{base}/graph/claims` holds every claim as a node: of what, which property, which value,
whether chosen and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import apsw
import orjson

from datasets.intake.claim import Evidence
from datasets.intake.partial_date import PartialDate
from datasets.shapes.model import Column, Entity, Kind, Link, Values
from linked_data import terms
from linked_data.compound import identity
from linked_data.mapping import CLAIM, SAME, Form, column_facts, identity_part, language_field, values_plan
from linked_data.namespaces import Namespaces
from linked_data.records import Merge
from linked_data.saying import Cell, Row, derived, quads, sayer
from linked_data.triples import Writers

_TYPES_KEPT = 10_000

Flat = Callable[[str, str | None], list[str]]
"""What a claim's value says of its record, given the language that the same source names for it."""


class SourceGraphs:
    """Claims of one record as N-Quads. Reads through one connection; not to be shared between threads."""

    def __init__(self, connection: apsw.Connection, writers: Writers) -> None:
        self._connection = connection
        self._names = writers.names
        self._claim = writers[CLAIM]
        self._at = {field: place for place, field in enumerate(self._claim.fields)}
        self._languages = {e.name: _beside(e) for e in writers.shapes.entities}
        fields = ", ".join(f'"{f}"' for f in self._claim.fields)
        table = self._claim.entity.plural
        self._one = f'SELECT {fields} FROM {table} WHERE record_type = ? AND record = ? ORDER BY "column", id'
        self._all = f'SELECT record, {fields} FROM {table} WHERE record_type = ? ORDER BY record, "column", id'
        family = writers.shapes.family("subject")
        self._type_of = f"SELECT type FROM {family.plural} WHERE id = ?"
        type_of = lru_cache(maxsize=_TYPES_KEPT)(self._look_up)
        self._flat = {e.name: flat(self._names, e, type_of) for e in writers.shapes.entities if e.name != CLAIM}

    def of(self, entity: str, id_: str) -> str:
        """The quads of the claims about one record: what each source says, then the claims as nodes."""
        return self.quads(entity, id_, list(self._connection.execute(self._one, (entity, id_))))

    def merge(self, entity: str) -> Merge:
        """The claims about all records of an entity, to be taken in the order of their ids."""
        return Merge(iter(self._connection.execute(self._all, (entity,))))

    def quads(self, entity: str, id_: str, claims: Sequence[Row]) -> str:
        """The quads of a record's claims."""
        record = f"<{self._names.thing(entity, id_)}>"
        said = self._by_source(entity, claims)
        texts = [quads([(record, lines)], self._names.source_graph(source)) for source, lines in said.items()]
        nodes = (self._claim.blocks(claim)[0] for claim in claims)
        return "".join((*texts, quads(nodes, self._names.claims_graph)))

    def _by_source(self, entity: str, claims: Sequence[Row]) -> dict[str, list[str]]:
        source, column, value = self._at["source"], self._at["column"], self._at["value"]
        languages = self._spoken(entity, claims)
        said: dict[str, dict[str, None]] = {}
        for claim in claims:
            who = claim[source]
            if who is None:
                continue
            lines = said.setdefault(str(who), {})
            if claim[self._at["evidence"]] == Evidence.RECORD.value:
                lines.update(dict.fromkeys(derived(self._names, [str(who)])))
            else:
                name = str(claim[column])
                spoken = languages.get((who, claim[self._at["locator"]], name))
                lines.update(dict.fromkeys(self._flat[entity][name](str(claim[value]), spoken)))
        return {who: list(said[who]) for who in sorted(said)}

    def _spoken(self, entity: str, claims: Sequence[Row]) -> Mapping[tuple[Cell, Cell, str], str]:
        """The language of a text by source, locator and column; left out where the source names several."""
        columns = self._languages[entity]
        found: dict[tuple[Cell, Cell, str], set[str]] = {}
        for claim in claims:
            of = columns.get(str(claim[self._at["column"]]))
            if of:
                key = (claim[self._at["source"]], claim[self._at["locator"]], of)
                found.setdefault(key, set()).add(str(claim[self._at["value"]]))
        return {key: next(iter(tags)) for key, tags in found.items() if len(tags) == 1}

    def _look_up(self, id_: str) -> str:
        found = self._connection.execute(self._type_of, (id_,)).fetchone()
        if found is None:
            raise ValueError(f"a claim points at {id_!r}, which is no record of this release")
        return str(found[0])


def flat(names: Namespaces, entity: Entity, type_of: Callable[[str], str]) -> dict[str, Flat]:
    """How the claims of each column and set of compound values say what they say, without helper nodes."""
    known: dict[str, Flat] = {c.name: _column(names, entity, c, type_of) for c in entity.columns}
    known.update({v.name: _values(names, v) for v in names.shapes.values_of(entity)})
    return known


def _beside(entity: Entity) -> dict[str, str]:
    """The text that each language column is the language of."""
    languages = {language_field(entity.columns, c): c.name for c in entity.columns}
    languages.pop("", None)
    return languages


def _column(names: Namespaces, entity: Entity, column: Column, type_of: Callable[[str], str]) -> Flat:
    facts = column_facts(entity.columns, column)
    predicates = list(dict.fromkeys(f"<{names.expand(f.term)}> " for f in facts))
    if column.kind is Kind.DATE:
        return _date(names, entity, column)
    if isinstance(column, Link) and names.shapes.is_family(column.target):
        return lambda value, _: [f"{p}<{names.thing(type_of(value), value)}>" for p in predicates]
    if any(f.language for f in facts):
        return lambda value, language: [p + terms.text(value, language) for p in predicates]
    saying = sayer(names, facts)
    return lambda value, _: saying(value)


def _date(names: Namespaces, entity: Entity, column: Column) -> Flat:
    facts = [f for f in column_facts(entity.columns, column) if f.form is not Form.INSTANT]
    by_form = [(f.form, f"<{names.expand(f.term)}> ") for f in facts]

    def say(value: str, _: str | None) -> list[str]:
        date = PartialDate.parse(value)
        written = {
            Form.DATE: terms.date(value),
            Form.EDTF: terms.edtf(value),
            Form.EARLIEST: terms.day(date.earliest) if date.earliest != terms.FIRST_DAY else None,
            Form.LATEST: terms.day(date.latest) if date.latest != terms.LAST_DAY else None,
        }
        return [predicate + literal for form, predicate in by_form if (literal := written[form])]

    return say


def _values(names: Namespaces, values: Values) -> Flat:
    plan = values_plan(values)
    predicates = [f"<{names.expand(t)}> " for t in values.terms]
    if plan.text is not None:
        text, language = plan.text.name, plan.language.name if plan.language else ""

        def spoken(value: str, _: str | None) -> list[str]:
            parts = orjson.loads(value)
            return [p + terms.text(parts[text], parts.get(language)) for p in predicates]

        return spoken
    same = f"<{names.expand(SAME)}> "
    code, part = plan.code, identity_part(values)
    registries = {r.code: r for r in values.registries if r.identity}

    def identified(value: str, _: str | None) -> list[str]:
        parts = orjson.loads(value)
        bare = parts[part.name]
        registry = registries.get(parts[code.name]) if code else None
        told = ":".join(_present(parts, (c.name for c in plan.key)))
        said = [p + terms.text(told) for p in predicates]
        return [*said, f"{same}<{identity(registry, bare)}>"] if registry else said

    return identified


def _present(parts: Mapping[str, str], names: Iterable[str]) -> list[str]:
    return [parts[name] for name in names if name in parts]
