"""The mapping of a release's tables as R2RML (https://www.w3.org/TR/r2rml/), read off the same plans as our writers.

It says the chosen facts and the graph of all claims: what another engine needs to make the same statements. A date
becomes one column per datatype, a text in a language that stands beside it one map per language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import apsw

from datasets.release.layout import label_field, link_key, set_table_name
from datasets.shapes.model import Column, Kind, Link, Reverse
from linked_data.compound import label_language
from linked_data.documents import scheme_title
from linked_data.mapping import (
    CLAIM,
    DERIVED,
    IDENTIFIER,
    PROPERTY,
    REPLACED,
    SAME,
    EntityPlan,
    Fact,
    Form,
    ValuesPlan,
    claim_properties,
    identity_part,
    shortcut_end,
    shortcut_start,
    split,
)
from linked_data.namespaces import EDTF, RDF_TYPE, XSD
from linked_data.terms import BY_PRECISION, FIRST_DAY, LAST_DAY
from linked_data.triples import Writers

PRECISIONS = {
    "date": "CASE WHEN {bare} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' THEN {bare} END",
    "gYearMonth": "CASE WHEN {bare} GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]' AND substr({bare}, 6) BETWEEN '01' AND '12' "
    "THEN {bare} END",
    "gYear": "CASE WHEN {bare} GLOB '[0-9][0-9][0-9][0-9]' THEN {bare} END",
}
"""SQL by XSD datatype: the date where it is that precise, else NULL. `bare` is the date without its marks."""


@dataclass(slots=True)
class Map:
    """A triples map: of each row of a query, what is said of one subject."""

    query: str
    subject: str
    """Template, or an IRI for a constant."""
    graph: str = ""
    said: list[tuple[str, str]] = field(default_factory=list)
    """IRI of the property, object map in Turtle."""

    def add(self, term: str, object_: str) -> None:
        """Say a property of it."""
        self.said.append((term, object_))


def constant(iri: str) -> str:
    """The object map of an IRI."""
    return f"rr:constant <{iri}>"


def column(name: str, *, datatype: str = "", language: str = "", iri: bool = False) -> str:
    """The object map of a column: a literal, or an IRI."""
    kind = "; rr:termType rr:IRI" if iri else f"; rr:datatype <{datatype}>" if datatype else ""
    tongue = f'; rr:language "{language}"' if language else ""
    return f'rr:column "{name}"{kind}{tongue}'


def template(text: str) -> str:
    """The object map of an IRI that is made of columns."""
    return f'rr:template "{text}"; rr:termType rr:IRI'


class Mapping:
    """All maps of a release. The database is only asked which languages there are."""

    def __init__(self, writers: Writers, connection: apsw.Connection, day: str) -> None:
        """`day` is the date of the release: whoever is a member on it counts as a current member."""
        self._writers = writers
        self._names = writers.names
        self._connection = connection
        self._day = day
        self._expand = writers.names.expand

    def turtle(self) -> str:
        """The mapping as a document."""
        lines = ["@prefix rr: <http://www.w3.org/ns/r2rml#> ."]
        for number, one in enumerate(self.maps()):
            kind = "template" if "{" in one.subject else "constant"
            subject = f'"{one.subject}"' if kind == "template" else f"<{one.subject}>"
            graph = f"; rr:graph <{one.graph}>" if one.graph else ""
            lines.append(f'<#m{number}> rr:logicalTable [ rr:sqlQuery """{one.query}""" ] ;')
            lines.append(f"  rr:subjectMap [ rr:{kind} {subject}; rr:termType rr:IRI{graph} ]")
            for term, object_ in one.said:
                lines.append(f"  ; rr:predicateObjectMap [ rr:predicate <{term}>; rr:objectMap [ {object_} ] ]")
            lines.append("  .")
        return "\n".join(lines) + "\n"

    def maps(self) -> Iterator[Map]:
        """Every map."""
        for plan in self._writers.plans.values():
            yield from self._records(plan)
            if plan.entity.name != CLAIM:
                yield from self._beside(plan)
        yield from self._vocabularies()
        redirects = "SELECT type, id, target FROM redirects WHERE target IS NOT NULL AND target <> ''"
        former = Map(redirects, self._names.thing("{type}", "{id}"))
        former.add(self._expand(REPLACED), template(self._names.thing("{type}", "{target}")))
        yield former

    def _subject(self, plan: EntityPlan, id_: str = "{id}") -> str:
        return self._names.thing(plan.entity.name, id_)

    def _records(self, plan: EntityPlan) -> Iterator[Map]:
        """What a row itself says: of the record, of its helper nodes, and in the language that the row names."""
        entity = plan.entity
        graph = self._names.claims_graph if entity.name == CLAIM else ""
        facts = (plan.label, *plan.facts) if entity.templated else plan.facts
        query = f"SELECT {', '.join(['id', *self._columns(plan)])} FROM {entity.plural}"
        record = Map(query, self._subject(plan), graph)
        nodes = {node.name: Map(query, self._subject(plan, f"{{at_{node.name}}}-{node.name}")) for node in plan.nodes}
        for class_ in plan.classes:
            record.add(RDF_TYPE, constant(self._expand(class_)))
        record.add(self._expand(IDENTIFIER), column("id"))
        for node in plan.nodes:
            for class_ in node.classes:
                nodes[node.name].add(RDF_TYPE, constant(self._expand(class_)))
            for term in node.terms:
                parent, curie = split(term)
                tied = template(self._subject(plan, f"{{at_{node.name}}}-{node.name}"))
                (nodes[parent] if parent else record).add(self._expand(curie), tied)
        for fact in facts:
            target = nodes[fact.node] if fact.node else record
            for term, object_ in self._said(fact):
                target.add(term, object_)
        for node_name, term, group in plan.groups:
            text = f'rr:column "{group.name}"; rr:datatype <{self._expand(group.datatype)}>'
            (nodes[node_name] if node_name else record).add(self._expand(term), text)
        if entity.name == CLAIM:
            record.add(self._expand(PROPERTY), column("property", iri=True))
        yield record
        yield from nodes.values()
        for fact in facts:
            if fact.language:
                yield from self._spoken(plan, fact)
            if fact.form is Form.VOCABULARY:
                yield from self._classes(plan, fact)

    def _columns(self, plan: EntityPlan) -> Iterator[str]:
        """The columns of the query of an entity: those of the table, and those made of them."""
        entity = plan.entity
        if entity.templated:
            yield label_field(entity)
        for one in entity.columns:
            if one.many:
                continue
            yield _selected(one.name) if one.kind is not Kind.FLAG else _flag(one)
            if isinstance(one, Link) and self._names.shapes.is_family(one.target):
                yield f'"{one.name}_type"'
            if one.kind is Kind.DATE:
                bare = f"rtrim(\"{one.name}\", '?~%')"
                yield from (f'{sql.format(bare=bare)} AS "{one.name}_{kind}"' for kind, sql in PRECISIONS.items())
                for end, open_ in (("earliest", FIRST_DAY), ("latest", LAST_DAY)):
                    yield f'nullif("{one.name}_{end}", \'{open_}\') AS "{one.name}_{end}"'
        for _, _, group in plan.groups:
            yield f"{_joined(group.template)} AS {group.name}"
        for node in plan.nodes:
            yield f"CASE WHEN {' OR '.join(self._conditions(plan, node.name))} THEN id END AS at_{node.name}"
        if entity.name == CLAIM:
            known = claim_properties(self._names.shapes).items()
            cases = (f"WHEN '{type_}/{name}' THEN '{self._expand(curie)}'" for (type_, name), curie in known)
            yield f"CASE record_type || '/' || \"column\" {' '.join(cases)} END AS property"

    def _conditions(self, plan: EntityPlan, node: str) -> Iterator[str]:
        """When something is said of a helper node."""
        for fact in plan.facts:
            if fact.node == node:
                if fact.form in (Form.DATE, Form.INSTANT):
                    bare = f"rtrim(\"{fact.column.name}\", '?~%')"
                    yield from (f"({sql.format(bare=bare)}) IS NOT NULL" for sql in PRECISIONS.values())
                else:
                    yield f'"{fact.column.name}" IS NOT NULL'
        for name, _, group in plan.groups:
            if name == node:
                yield f"({_joined(group.template)}) IS NOT NULL"
        for child in plan.nodes:
            if any(split(term)[0] == node for term in child.terms):
                yield from self._conditions(plan, child.name)

    def _said(self, fact: Fact) -> Iterator[tuple[str, str]]:
        """Properties and object maps of a column, but for those that depend on another column's language."""
        name, term = _alias(fact.column.name), self._expand(fact.term)
        match fact.form:
            case Form.TEXT:
                if not fact.language:
                    yield term, column(name, language=fact.column.language)
            case Form.DATE:
                yield from ((term, column(f"{name}_{kind}", datatype=XSD + kind)) for kind in PRECISIONS)
            case Form.INSTANT:
                for kind, curie in BY_PRECISION[fact.term].items():
                    yield self._expand(curie), column(f"{name}_{kind}", datatype=XSD + kind)
            case Form.EARLIEST | Form.LATEST:
                yield term, column(f"{name}_{fact.form}", datatype=f"{XSD}date")
            case Form.INTEGER | Form.DECIMAL | Form.TRUE | Form.EDTF:
                datatype = (
                    EDTF if fact.form is Form.EDTF else XSD + ("boolean" if fact.form is Form.TRUE else fact.form)
                )
                yield term, column(name, datatype=datatype)
            case Form.ADDRESS:
                yield term, column(name, iri=True)
            case Form.VOCABULARY:
                yield term, template(self._names.scheme(f"{{{name}}}"))
            case Form.CONCEPT:
                yield term, template(self._names.concept(fact.column.scheme, f"{{{name}}}"))
            case Form.RECORD:
                yield term, template(self._target(fact.column))

    def _target(self, link: Column) -> str:
        assert isinstance(link, Link)
        family = self._names.shapes.is_family(link.target)
        return self._names.thing(f"{{{link.name}_type}}" if family else link.target, f"{{{_alias(link.name)}}}")

    def _spoken(self, plan: EntityPlan, fact: Fact) -> Iterator[Map]:
        """A text in each language that the field beside it names."""
        name, tongue, table = fact.column.name, fact.language, plan.entity.plural
        for (language,) in self._connection.execute(f'SELECT DISTINCT "{tongue}" FROM {table}'):
            which = f"\"{tongue}\" = '{language}'" if language else f'"{tongue}" IS NULL'
            one = Map(f'SELECT id, "{name}" FROM {table} WHERE {which}', self._subject(plan))
            one.add(self._expand(fact.term), column(name, language=str(language or "")))
            yield one

    def _classes(self, plan: EntityPlan, fact: Fact) -> Iterator[Map]:
        for scheme in self._names.shapes.schemes:
            if scheme.classes:
                query = f"SELECT id FROM {plan.entity.plural} WHERE \"{fact.column.name}\" = '{scheme.name}'"
                one = Map(query, self._subject(plan))
                for class_ in scheme.classes:
                    one.add(RDF_TYPE, constant(self._expand(class_)))
                yield one

    def _beside(self, plan: EntityPlan) -> Iterator[Map]:
        """What other tables say of a record."""
        entity, shapes = plan.entity, self._names.shapes
        for fact in plan.sets:
            table = set_table_name(entity, fact.column)
            one = Map(f'SELECT "{entity.name}", value AS "{fact.column.name}" FROM {table}', "")
            one.subject = self._subject(plan, f"{{{entity.name}}}")
            for term, object_ in self._said(fact):
                one.add(term, object_)
            yield one
        for values in plan.values:
            yield from self._values(plan, values)
        for spans in plan.spans:
            where = f"to_latest >= '{self._day}' AND from_earliest <= '{self._day}'"
            query = f'SELECT DISTINCT "{spans.own}", "{spans.other}" FROM {spans.spans.name} WHERE {where}'
            one = Map(query, self._subject(plan, f"{{{spans.own}}}"))
            for term in spans.terms:
                one.add(self._expand(term), template(self._names.thing(spans.entity.name, f"{{{spans.other}}}")))
            yield one
        for reverse in plan.reverses:
            yield self._reverse(plan, reverse)
        for other, cut in plan.shortcuts:
            start, end = shortcut_start(other, cut), shortcut_end(other, cut)
            fields = ", ".join(_selected(f) for f in (start.name, *link_key(shapes, end)))
            query = f"SELECT DISTINCT {fields} FROM {other.plural} WHERE {_typed(link_key(shapes, start), plan)}"
            one = Map(query, self._subject(plan, f"{{{_alias(start.name)}}}"))
            for term in cut.terms:
                one.add(self._expand(term), template(self._target(end)))
            yield one
        claims = self._writers.plans[CLAIM].entity.plural
        where = f"record_type = '{entity.name}' AND source IS NOT NULL"
        one = Map(f"SELECT DISTINCT record, source FROM {claims} WHERE {where}", self._subject(plan, "{record}"))
        one.add(self._expand(DERIVED), template(self._names.thing("source", "{source}")))
        yield one

    def _reverse(self, plan: EntityPlan, reverse: Reverse) -> Map:
        link, other = reverse.link, reverse.entity
        if link.many:
            query, own, far = f'SELECT value, "{other.name}" FROM {set_table_name(other, link)}', "value", other.name
        else:
            where = _typed(link_key(self._names.shapes, link), plan)
            query = f"SELECT id, {_selected(link.name)} FROM {other.plural} WHERE {where}"
            own, far = _alias(link.name), "id"
        one = Map(query, self._subject(plan, f"{{{own}}}"))
        for term in link.reverse_terms:
            one.add(self._expand(term), template(self._names.thing(other.name, f"{{{far}}}")))
        return one

    def _values(self, plan: EntityPlan, values: ValuesPlan) -> Iterator[Map]:
        """Names, one map per language and sort of term; or the nodes of identifiers."""
        entity, table = plan.entity, values.values.name
        if values.text is None:
            yield from self._nodes(plan, values)
            return
        text, tongue = values.text.name, values.language.name if values.language else ""
        own = f'e."{label_language(entity)}"' if label_language(entity) else "NULL"
        code = values.code.name if values.code else "NULL"
        order = " ".join(f"WHEN '{one}' THEN {place}" for place, one in enumerate(values.values.preferred))
        rank = (
            f'row_number() OVER (PARTITION BY v.subject, v."{tongue}" ORDER BY CASE v."{code}" {order} END, v.position)'
        )
        wanted = f'CASE v."{code}" {order} END IS NOT NULL AND v."{tongue}" IS NOT NULL AND v."{tongue}" IS NOT {own}'
        preferred = f"{wanted} AND {rank} = 1" if order else "0"
        # A value that is not preferred at all may not take the first place from one that is.
        rank_key = f"CASE WHEN {wanted} THEN 0 ELSE 1 END, " if order else ""
        preferred = preferred.replace("ORDER BY ", f"ORDER BY {rank_key}")
        ranked = (
            f'SELECT v.subject AS owner, v."{text}", v."{tongue}" AS tongue, {preferred} AS best '
            f"FROM {table} AS v JOIN {entity.plural} AS e ON e.id = v.subject"
        )
        for (language,) in self._connection.execute(f'SELECT DISTINCT "{tongue}" FROM {table}'):
            which = f"tongue = '{language}'" if language else "tongue IS NULL"
            for best, said in ((1, values.values.preferred_terms), (0, values.values.terms)):
                query = f'SELECT owner, "{text}" FROM ({ranked}) WHERE best = {best} AND {which}'
                one = Map(query, self._subject(plan, "{owner}"))
                for term in said:
                    one.add(self._expand(term), column(text, language=str(language or "")))
                if said:
                    yield one

    def _nodes(self, plan: EntityPlan, values: ValuesPlan) -> Iterator[Map]:
        entity, table = plan.entity, values.values.name
        fields = ", ".join(f'v."{c.name}"' for c in values.values.columns)
        query = f"SELECT v.subject AS owner, {fields} FROM {table} AS v JOIN {entity.plural} AS e ON e.id = v.subject"
        key = "-".join(f"{{{c.name}}}" for c in values.key)
        node = self._subject(plan, f"{{owner}}-{values.values.singular}-{key}")
        owner = Map(query, self._subject(plan, "{owner}"))
        for term in values.values.terms:
            owner.add(self._expand(term), template(node))
        yield owner
        described = Map(query, node)
        for class_ in values.values.classes:
            described.add(RDF_TYPE, constant(self._expand(class_)))
        for fact in values.facts:
            for term, object_ in self._said(fact):
                described.add(term, object_)
        yield described
        part = identity_part(values.values).name
        for registry in values.values.registries:
            if registry.identity and values.code:
                bare = f"SELECT owner, replace(\"{part}\", ' ', '') AS bare FROM ({query}) AS v"
                one = Map(f"{bare} WHERE v.\"{values.code.name}\" = '{registry.code}'", owner.subject)
                one.add(self._expand(SAME), template(registry.identity.replace("{value}", "{bare}")))
                yield one

    def _vocabularies(self) -> Iterator[Map]:
        for scheme in self._names.shapes.schemes:
            one = Map("SELECT 1 AS one", self._names.scheme(scheme.name))
            one.add(RDF_TYPE, constant(self._expand("skos:ConceptScheme")))
            texts = {"skos:prefLabel": scheme_title(scheme), "dct:description": scheme.doc}
            for term, text in texts.items():
                escaped = text.replace("\\", "\\\\").replace('"', '\\"')
                one.add(self._expand(term), f'rr:constant "{escaped}"; rr:language "en"')
            yield one
            plan = self._writers.plans["concept"]
            key = plan.entity.key[0]
            top = Map(f"SELECT id FROM {plan.entity.plural} WHERE \"{key}\" = '{scheme.name}'", one.subject)
            top.add(self._expand("skos:hasTopConcept"), template(self._subject(plan)))
            yield top


def _alias(name: str) -> str:
    """The name of a column in the queries: morph-kgc mixes up a column `subject` with its own of that name."""
    return "about" if name == "subject" else name


def _selected(name: str) -> str:
    return f'"{name}" AS "{_alias(name)}"'


def _flag(one: Column) -> str:
    return f"CASE WHEN \"{one.name}\" IN (1, 'yes') THEN 'true' END AS \"{one.name}\""


def _joined(text: str) -> str:
    """A template of columns as SQL; NULL where one of them is."""
    pieces: list[str] = []
    for piece in text.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if piece:
            pieces.append(f'"{piece[1:-1]}"' if piece[0] == "{" else f"'{piece}'")
    return " || ".join(pieces)


def _typed(key: Sequence[str], plan: EntityPlan) -> str:
    """The condition that a link points at a record of this plan's entity."""
    return f"\"{key[0]}\" = '{plan.entity.name}'" if len(key) > 1 else f'"{key[0]}" IS NOT NULL'
