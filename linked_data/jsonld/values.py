"""Compound values as JSON: names as texts, the preferred ones told apart; identifiers as nodes."""

from __future__ import annotations

from datasets.release.ddl import literal, quote
from linked_data.compound import label_language
from linked_data.jsonld.facts import Facts
from linked_data.jsonld.keys import Keys
from linked_data.jsonld.sql import IRI_FUNCTION, Sql, joined, quoted, segment_of, text_of, typed_as
from linked_data.mapping import SAME, EntityPlan, ValuesPlan, identity_part


class CompoundValues:
    """Writes the sets of compound values of a record."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.context = facts.context
        self.names = facts.names

    def add(self, keys: Keys, plan: EntityPlan, values: ValuesPlan, row: str) -> None:
        """Put the values of a set under the keys of the record."""
        rows = f"FROM {quote(values.values.name)} AS v WHERE v.subject = {row}.id"
        order = "','"
        if values.text is None:
            node = self._values_node(plan, values, row)
            first, *others = values.values.terms
            keys.extend(first, f"(SELECT group_concat({node}, {order}) {rows})")
            for term in others:
                keys.extend(term, f"(SELECT group_concat({self._values_iri(plan, values, row)}, {order}) {rows})")
            same = self._identity(values)
            if same:
                keys.extend(SAME, f"(SELECT group_concat({same}, {order}) {rows})")
            return
        spoken = f"v.{quote(values.language.name)}" if values.language else ""
        text = text_of(f"v.{quote(values.text.name)}", "", spoken, required=True)
        chosen = self._preferred(plan, values, row)
        for condition, found in (
            (f"AND NOT ({chosen})", values.values.terms),
            (f"AND {chosen}", values.values.preferred_terms),
        ):
            for term in found if chosen != "0" or condition.startswith("AND NOT") else ():
                keys.extend(term, f"(SELECT group_concat({text}, {order}) {rows} {condition})")

    def _preferred(self, plan: EntityPlan, values: ValuesPlan, row: str) -> Sql:
        """Whether a value is the first of its language among those that are preferred."""
        if not values.values.preferred or values.language is None or values.code is None:
            return "0"
        language, code = quote(values.language.name), quote(values.code.name)
        codes = ", ".join(literal(c) for c in values.values.preferred)
        ranks = " ".join(f"WHEN {literal(c)} THEN {place}" for place, c in enumerate(values.values.preferred))
        label = label_language(plan.entity)
        other = f"AND v.{language} IS NOT {row}.{quote(label)}" if label else ""
        return (
            f"v.{code} IN ({codes}) AND v.{language} IS NOT NULL {other} AND NOT EXISTS (SELECT 1 FROM "
            f"{quote(values.values.name)} AS w WHERE w.subject = v.subject AND w.{language} = v.{language} "
            f"AND w.{code} IN ({codes}) "
            f"AND (CASE w.{code} {ranks} END, w.position) < (CASE v.{code} {ranks} END, v.position))"
        )

    def _values_iri(self, plan: EntityPlan, values: ValuesPlan, row: str) -> Sql:
        head = self.names.thing(plan.entity.name, "")
        pieces = [literal(f'"{head}'), f"{row}.id", literal(f"-{values.values.singular}")]
        for column in values.key:
            pieces += ["'-'", segment_of(f"v.{quote(column.name)}")]
        return joined([*pieces, literal('"')])

    def _values_node(self, plan: EntityPlan, values: ValuesPlan, row: str) -> Sql:
        keys = Keys(self.context)
        for fact in values.facts:
            keys.add(fact.term, self._facts.value(fact, "v", fact.column.name))
        types = typed_as(quoted(self.context.key(c)) for c in values.values.classes)
        iri = self._values_iri(plan, values, row)
        return f"('{{\"id\":' || {iri} || {types} || {keys.inner()} || '}}')"

    def _identity(self, values: ValuesPlan) -> Sql:
        """The IRI of the same thing in the registry; NULL where the registry has none."""
        cases = []
        for registry in values.values.registries:
            if registry.identity:
                before, _, after = registry.identity.partition("{value}")
                bare = f"replace(v.{quote(identity_part(values.values).name)}, ' ', '')"
                iri = f"{literal(before)} || {segment_of(bare, IRI_FUNCTION)} || {literal(after)}"
                cases.append(f"WHEN {literal(registry.code)} THEN json_quote({iri})")
        if not cases or values.code is None:
            return ""
        return f"CASE v.{quote(values.code.name)} {' '.join(cases)} END"
