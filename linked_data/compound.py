"""Compound values of a record in RDF: names as texts, the preferred ones told apart; identifiers as nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasets.shapes.model import Entity, Registry
from linked_data import terms
from linked_data.mapping import SAME, EntityPlan, ValuesPlan, identity_part, language_field
from linked_data.namespaces import RDF_TYPE, Namespaces
from linked_data.saying import Block, Row, sayer


class ValuesWriter:
    """The rows of one set of compound values. `fields` are what a row has to hold, in this order."""

    def __init__(self, names: Namespaces, plan: EntityPlan, values: ValuesPlan, places: Mapping[str, int]) -> None:
        """`places` tells where the fields of the record's own row stand."""
        self._plan = values
        columns = values.values.columns
        self.fields = tuple(c.name for c in columns)
        self._at = {name: place for place, name in enumerate(self.fields)}
        self._predicates = [f"<{names.expand(t)}> " for t in values.values.terms]
        self._preferred = [f"<{names.expand(t)}> " for t in values.values.preferred_terms]
        label = label_language(plan.entity)
        self._language = places[label] if label else None
        self._types = [f"<{RDF_TYPE}> <{names.expand(c)}>" for c in values.values.classes]
        self._says = [
            (self._at[c.name], sayer(names, [f for f in values.facts if f.column is c])) for c in columns if c.terms
        ]
        self._same = f"<{names.expand(SAME)}> "
        self._registries = {r.code: r for r in values.values.registries if r.identity}

    def say(self, record: str, row: Row, rows: Sequence[Row], own: list[str]) -> list[Block]:
        """Add what is said of the record to `own`, and give the nodes of the values."""
        if self._plan.text is None:
            return [self._node(record, value, own) for value in rows]
        self._texts(row, rows, own)
        return []

    def _texts(self, row: Row, rows: Sequence[Row], own: list[str]) -> None:
        assert self._plan.text is not None
        text_at = self._at[self._plan.text.name]
        language_at = self._at[self._plan.language.name] if self._plan.language else None
        chosen = self._chosen(row, rows, language_at)
        for place, value in enumerate(rows):
            language = value[language_at] if language_at is not None else None
            literal = terms.text(str(value[text_at]), str(language) if language else None)
            own += [p + literal for p in (self._preferred if place in chosen else self._predicates)]

    def _chosen(self, row: Row, rows: Sequence[Row], language_at: int | None) -> set[int]:
        """Places of the values that are preferred: one per language that the display name is not in."""
        preferred = self._plan.values.preferred
        if not preferred or language_at is None or self._plan.code is None:
            return set()
        code_at = self._at[self._plan.code.name]
        taken = {row[self._language] if self._language is not None else None, None}
        chosen = set()
        for code in preferred:
            for place, value in enumerate(rows):
                if value[code_at] == code and value[language_at] not in taken:
                    taken.add(value[language_at])
                    chosen.add(place)
        return chosen

    def _node(self, record: str, value: Row, own: list[str]) -> Block:
        iri = values_iri(record, self._plan, {name: str(value[at]) for name, at in self._at.items()})
        own += [f"{p}<{iri}>" for p in self._predicates]
        said = list(self._types)
        for at, saying in self._says:
            if value[at] is not None:
                said += saying(value[at])
        if self._plan.code is not None:
            registry = self._registries.get(str(value[self._at[self._plan.code.name]]))
            if registry:
                bare = str(value[self._at[identity_part(self._plan.values).name]])
                own.append(f"{self._same}<{identity(registry, bare)}>")
        return (f"<{iri}>", said)


def label_language(entity: Entity) -> str:
    """The field that holds the language in which records of an entity are named, or ""."""
    return "" if entity.templated else language_field(entity.columns, entity.column(entity.label))


def values_iri(record: str, plan: ValuesPlan, parts: Mapping[str, str]) -> str:
    """The node of a compound value: `{record}-identifier-ror-03cve4549`."""
    return "-".join((record, plan.values.singular, *(terms.segment(parts[c.name]) for c in plan.key)))


def identity(registry: Registry, value: str) -> str:
    """The IRI of the thing that a registry knows by a bare value."""
    return terms.iri(registry.identity.format(value=value.replace(" ", "")))
