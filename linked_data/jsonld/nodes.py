"""A record as a JSON object, its helper nodes in it."""

from __future__ import annotations

from datasets.release.ddl import literal, quote
from datasets.release.layout import set_table_name
from linked_data import terms
from linked_data.context import Context
from linked_data.jsonld.facts import Facts
from linked_data.jsonld.keys import Keys
from linked_data.jsonld.pointing import Pointing
from linked_data.jsonld.sql import RECORD, Sql, bare, has_precision, joined, quoted, typed_as
from linked_data.jsonld.values import CompoundValues
from linked_data.mapping import CLAIM, IDENTIFIER, PROPERTY, EntityPlan, Fact, Form, claim_properties


class Nodes:
    """Writes rows of any type as SQL expressions of JSON text."""

    def __init__(self, context: Context, pointing: Pointing) -> None:
        self.context = context
        self.names = context.names
        self.shapes = context.names.shapes
        self._pointing = pointing
        self._facts = Facts(context)
        self._values = CompoundValues(self._facts)

    def node(self, plan: EntityPlan, row: str, *, close: bool = True) -> Sql:
        """A record as a JSON object, without its end where more is to follow."""
        head = self.names.thing(plan.entity.name, "")
        keys = Keys(self.context)
        keys.add(IDENTIFIER, f"'\"' || {row}.id || '\"'")
        helpers = {node.name: Keys(self.context) for node in plan.nodes}
        by_node = {"": keys, **helpers}
        if plan.entity.templated:
            keys.add(plan.label.term, f"json_quote({row}.label)")
        for fact in plan.facts:
            self._fact(by_node[fact.node], fact, row)
        for node, term, group in plan.groups:
            by_node[node].add(term, self._template(group.template, group.columns, row))
        for fact in plan.sets:
            table = set_table_name(plan.entity, fact.column)
            value = self._facts.value(fact, "s", "value")
            rows = f"FROM {quote(table)} AS s WHERE s.{quote(plan.entity.name)} = {row}.id"
            keys.extend(fact.term, f"(SELECT group_concat({value}, ',') {rows})")
        for values in plan.values:
            self._values.add(keys, plan, values, row)
        for pointing, pointed in self._pointing.pointing(plan, row):
            listed_ = self._pointing.listed(pointed)
            for term in pointing:
                keys.extend(term, listed_)
        if plan.entity.name == CLAIM:
            keys.add(PROPERTY, self._property(row))
        self._hang(plan, by_node, f"{literal(head)} || {row}.id")
        opening = literal(f'{{"id":"{RECORD}{plan.entity.name}/')
        start = f"{opening} || {row}.id || '\"' || {self._types(plan, row)}"
        end = " || '}'" if close else ""
        return f"({start} || {keys.inner()}{end})"

    def _types(self, plan: EntityPlan, row: str) -> Sql:
        classes = [quoted(self.context.key(c)) for c in plan.classes]
        fixed = typed_as(classes, "")
        further = [f for f in plan.facts if f.form is Form.VOCABULARY]
        cases = [
            f"WHEN {literal(s.name)} THEN {literal(''.join(f',{quoted(self.context.key(c))}' for c in s.classes))}"
            for s in self.shapes.schemes
            if s.classes
        ]
        if further and cases:
            chosen = f"CASE {row}.{quote(further[0].column.name)} {' '.join(cases)} ELSE '' END"
            return f"{fixed} || {chosen} || ']'"
        return typed_as(classes)

    def _hang(self, plan: EntityPlan, by_node: dict[str, Keys], record: Sql) -> None:
        """Put helper nodes where they hang, the innermost first."""
        for node in reversed(plan.nodes):
            types = typed_as(quoted(self.context.key(c)) for c in node.classes)
            iri = f"'\"' || {record} || {literal('-' + node.name + chr(34))}"
            content = f"nullif({by_node[node.name].inner()}, '')"
            whole = f"'{{\"id\":' || {iri} || {types} || {content} || '}}'"
            first, *others = node.terms
            for place, term in enumerate((first, *others)):
                parent, _, curie = term.rpartition(">")
                by_node[parent].add(curie, whole if place == 0 else f"CASE WHEN {content} IS NOT NULL THEN {iri} END")

    def _fact(self, keys: Keys, fact: Fact, row: str) -> None:
        if fact.form is Form.INSTANT:
            for datatype, term in terms.BY_PRECISION[fact.term].items():
                value = f"{row}.{quote(fact.column.name)}"
                keys.add(
                    term, f"CASE WHEN {has_precision(datatype, value)} THEN '\"' || {bare(datatype, value)} || '\"' END"
                )
        else:
            keys.add(fact.term, self._facts.value(fact, row, fact.column.name))

    def _template(self, template: str, columns: tuple[str, ...], row: str) -> Sql:
        """The literal of a group; NULL where one of its columns is."""
        pieces = [literal('"')]
        rest = template
        while rest:
            found = [(rest.find(f"{{{c}}}"), c) for c in columns if f"{{{c}}}" in rest]
            if not found:
                pieces.append(literal(rest))
                break
            place, name = min(found)
            pieces += [literal(rest[:place]), f"{row}.{quote(name)}"]
            rest = rest[place + len(name) + 2 :]
        return joined([*pieces, literal('"')])

    def _property(self, row: str) -> Sql:
        cases = [
            f"WHEN {literal(f'{entity} {column}')} THEN {literal(quoted(self.names.expand(curie)))}"
            for (entity, column), curie in claim_properties(self.shapes).items()
        ]
        return f"CASE {row}.record_type || ' ' || {row}.\"column\" {' '.join(cases)} END"
