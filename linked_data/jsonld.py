"""JSON-LD documents, made by SQLite: one statement gives the whole text of a document, compacted with the context.

The statement is compiled once per type from the same plan as the N-Triples; a test proves that both say the same.
Helper nodes stand inside the record, everything else that the document holds under `included`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import apsw
import orjson

from datasets.release.ddl import literal, quote
from datasets.release.layout import link_key, set_table_name, sort_field
from datasets.shapes.model import Link
from linked_data import terms
from linked_data.compound import label_language
from linked_data.context import Context
from linked_data.documents import VOCABULARY, scheme_title
from linked_data.mapping import (
    CLAIM,
    DERIVED,
    IDENTIFIER,
    PROPERTY,
    SAME,
    SOURCE,
    EntityPlan,
    Fact,
    Form,
    ValuesPlan,
    claim_properties,
    identity_part,
    plans,
    shortcut_end,
    shortcut_start,
)

Sql = str
_LONGEST = 14_000
"""Statements of 16 KiB and more are not kept prepared by apsw."""
IRI_FUNCTION, SEGMENT_FUNCTION = "linked_data_iri", "linked_data_segment"


def prepare(connection: apsw.Connection) -> None:
    """Give a connection the two functions that the statements call."""
    connection.create_scalar_function(IRI_FUNCTION, _iri, 1, deterministic=True)
    connection.create_scalar_function(SEGMENT_FUNCTION, _segment, 1, deterministic=True)


def _iri(*values: apsw.SQLiteValue) -> str | None:
    (value,) = values
    return None if value is None else terms.iri(str(value))


def _segment(*values: apsw.SQLiteValue) -> str | None:
    (value,) = values
    return None if value is None else terms.segment(str(value))


@dataclass(frozen=True, slots=True)
class Pointed:
    """Rows that a record points at from elsewhere: the id and type of what is pointed at, and where to read them."""

    id: Sql
    type: Sql
    """An SQL expression: a field where the type varies, else a literal."""
    types: tuple[str, ...]
    origin: Sql
    where: Sql

    @property
    def varies(self) -> bool:
        """Whether the type stands in a field."""
        return not self.type.startswith("'")


@dataclass(slots=True)
class Keys:
    """What stands under the keys of one node: SQL expressions of JSON text, NULL where there is nothing.

    An expression under `lists` gives several values separated by commas.
    """

    context: Context
    singles: dict[str, list[Sql]] = field(default_factory=dict)
    lists: dict[str, list[Sql]] = field(default_factory=dict)

    def add(self, curie: str, value: Sql) -> None:
        """One value of a property."""
        self.singles.setdefault(self.context.key(curie), []).append(value)

    def extend(self, curie: str, values: Sql) -> None:
        """Several values of a property."""
        self.lists.setdefault(self.context.key(curie), []).append(values)

    def inner(self) -> Sql:
        """All keys with their values, each after a comma; the empty text where there is nothing."""
        found = []
        for key in dict.fromkeys((*self.singles, *self.lists)):
            one, many = self.singles.get(key, []), self.lists.get(key, [])
            if len(one) == 1 and not many:
                found.append(f"ifnull({literal(f',{_quoted(key)}:')} || {one[0]}, '')")
            else:
                start = literal(f",{_quoted(key)}:[")
                found.append(f"ifnull({start} || nullif({listed((*one, *many))}, '') || ']', '')")
        return joined(found)


def joined(parts: Sequence[Sql]) -> Sql:
    """Texts one after another, balanced by parentheses: SQLite's parser is not deep."""
    if not parts:
        return "''"
    if len(parts) <= 2:
        return " || ".join(parts)
    half = len(parts) // 2
    return f"({joined(parts[:half])}) || ({joined(parts[half:])})"


def listed(parts: Iterable[Sql]) -> Sql:
    """Texts with commas between those that are not NULL; the empty text where all are."""
    return "rtrim(" + joined([f"ifnull({part} || ',', '')" for part in parts]) + ", ',')"


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


class Compiler:
    """Compiles the statements of all types of a release."""

    def __init__(self, context: Context, day: str) -> None:
        """`day` is the date of the release: whoever is a member on it counts as a current member."""
        self.context = context
        self.names = context.names
        self.shapes = context.names.shapes
        self.plans = plans(self.shapes)
        self._day = day

    def statements(self, type_: str) -> tuple[Sql, ...]:
        """The statements for documents of a type, each with the id bound once: the record, then what is included.

        The first gives no row when there is no record. They are several because a connection keeps only statements
        of less than 16 KiB prepared, and preparing costs ten times as much as running.
        """
        plan = self.plans[type_]
        origin = f"FROM {plan.entity.plural} AS a WHERE a.id = ?"
        record = f"SELECT {self.node(plan, 'a', close=False)} {origin}"
        included = [*self._related(plan), *_chunked(tuple(self._labels(plan)))]
        return (record, *(f"SELECT {part} {origin}" for part in included))

    def every(self, type_: str) -> Sql:
        """The statement that gives every record of a type, without what documents hold beside it, by id."""
        plan = self.plans[type_]
        return f"SELECT {self.node(plan, 'a')} FROM {plan.entity.plural} AS a ORDER BY a.id"

    def vocabulary(self) -> Sql:
        """The statement for documents of vocabularies: name, JSON of its own properties and name again bound."""
        plan = self.plans[VOCABULARY]
        key = quote(plan.entity.key[0])
        head = self.names.thing(VOCABULARY, "")
        refs = (
            f"SELECT group_concat({_opening(head)} || a.id || '\"', ',' ORDER BY a.id) FROM {plan.entity.plural} AS a"
        )
        nodes = f"SELECT group_concat({self.node(plan, 'a')}, ',' ORDER BY a.id) FROM {plan.entity.plural} AS a"
        top = literal(f",{_quoted(self.context.key('skos:hasTopConcept'))}:[")
        return (
            f"SELECT ?1 || ifnull({top} || ({refs} WHERE a.{key} = ?2) || '],\"included\":[' "
            f"|| ({nodes} WHERE a.{key} = ?2) || ']', '') || '}}'"
        )

    def vocabulary_head(self, name: str) -> str:
        """The beginning of the document about a vocabulary: what is said of it but its concepts."""
        scheme = self.shapes.scheme(name)
        key = self.context.key
        head = {
            "@context": self.context.path,
            "id": self.names.scheme(name),
            "type": [key("skos:ConceptScheme")],
            key("skos:prefLabel"): {"@language": "en", "@value": scheme_title(scheme)},
            key("dct:description"): {"@language": "en", "@value": scheme.doc},
        }
        return orjson.dumps(head).decode()[:-1]

    # --- a record ---------------------------------------------------------------------------------------------------

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
            value = self._value(fact, "s", "value")
            rows = f"FROM {quote(table)} AS s WHERE s.{quote(plan.entity.name)} = {row}.id"
            keys.extend(fact.term, f"(SELECT group_concat({value}, ',') {rows})")
        for values in plan.values:
            self._values(keys, plan, values, row)
        for pointing, pointed in self._pointing(plan, row):
            listed_ = self._listed(pointed)
            for term in pointing:
                keys.extend(term, listed_)
        if plan.entity.name == CLAIM:
            keys.add(PROPERTY, self._property(row))
        self._hang(plan, by_node, f"{literal(head)} || {row}.id")
        opening = literal('{"id":"' + head)
        start = f"{opening} || {row}.id || '\"' || {self._types(plan, row)}"
        end = " || '}'" if close else ""
        return f"({start} || {keys.inner()}{end})"

    def _types(self, plan: EntityPlan, row: str) -> Sql:
        classes = [_quoted(self.context.key(c)) for c in plan.classes]
        fixed = _typed_as(classes, "")
        further = [f for f in plan.facts if f.form is Form.VOCABULARY]
        cases = [
            f"WHEN {literal(s.name)} THEN {literal(''.join(f',{_quoted(self.context.key(c))}' for c in s.classes))}"
            for s in self.shapes.schemes
            if s.classes
        ]
        if further and cases:
            chosen = f"CASE {row}.{quote(further[0].column.name)} {' '.join(cases)} ELSE '' END"
            return f"{fixed} || {chosen} || ']'"
        return _typed_as(classes)

    def _hang(self, plan: EntityPlan, by_node: dict[str, Keys], record: Sql) -> None:
        """Put helper nodes where they hang, the innermost first."""
        for node in reversed(plan.nodes):
            types = _typed_as(_quoted(self.context.key(c)) for c in node.classes)
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
                keys.add(term, f"CASE WHEN {_is(datatype, value)} THEN '\"' || {_bare(datatype, value)} || '\"' END")
        else:
            keys.add(fact.term, self._value(fact, row, fact.column.name))

    def _value(self, fact: Fact, row: str, name: str) -> Sql:
        """A value as JSON text, NULL where nothing is said."""
        value = f"{row}.{quote(name)}"
        match fact.form:
            case Form.TEXT:
                spoken = f"{row}.{quote(fact.language)}" if fact.language else ""
                return _text(value, fact.column.language, spoken, required=fact.column.required)
            case Form.INTEGER:
                return value
            case Form.TRUE:
                return f"CASE {value} WHEN 1 THEN 'true' END"
            case Form.DATE:
                return _date(value)
            case Form.EARLIEST:
                return f"'\"' || nullif({row}.{quote(f'{name}_earliest')}, {literal(terms.FIRST_DAY)}) || '\"'"
            case Form.LATEST:
                return f"'\"' || nullif({row}.{quote(f'{name}_latest')}, {literal(terms.LAST_DAY)}) || '\"'"
            case Form.DECIMAL | Form.EDTF:
                return f"'\"' || {value} || '\"'"
            case _:
                return self._iri_value(fact, row, value)

    def _iri_value(self, fact: Fact, row: str, value: Sql) -> Sql:
        column = fact.column
        if fact.form is Form.ADDRESS:
            iri = f"CASE WHEN {value} IS NOT NULL THEN json_quote({_iri_of(value)}) END"
        elif fact.form is Form.CONCEPT:
            iri = f"{_opening(self.names.concept(column.scheme, ''))} || {value} || '\"'"
        elif fact.form is Form.VOCABULARY:
            iri = f"{_opening(self.names.scheme(''))} || {value} || '\"'"
        elif isinstance(column, Link) and self.shapes.is_family(column.target):
            type_ = f"{row}.{quote(f'{column.name}_type')}"
            iri = f"{_opening(self.names.things)} || {type_} || '/' || {value} || '\"'"
        else:
            target = column.target if isinstance(column, Link) else ""
            iri = f"{_opening(self.names.thing(target, ''))} || {value} || '\"'"
        return iri if self.context.coerced(fact.term) else f"'{{\"id\":' || {iri} || '}}'"

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
            f"WHEN {literal(f'{entity} {column}')} THEN {literal(_quoted(self.names.expand(curie)))}"
            for (entity, column), curie in claim_properties(self.shapes).items()
        ]
        return f"CASE {row}.record_type || ' ' || {row}.\"column\" {' '.join(cases)} END"

    def _listed(self, pointed: Pointed) -> Sql:
        """The IRIs of what a record points at, separated by commas, in order."""
        origin = f"FROM {pointed.origin} WHERE {pointed.where}"
        if pointed.varies:
            rows = f"SELECT DISTINCT {pointed.type} AS t, {pointed.id} AS x {origin} ORDER BY 2, 1"
            iri = f"{_opening(self.names.things)} || t || '/' || x || '\"'"
        else:
            rows = f"SELECT DISTINCT {pointed.id} AS x {origin} ORDER BY 1"
            iri = f"{_opening(self.names.thing(pointed.types[0], ''))} || x || '\"'"
        return f"(SELECT group_concat({iri}, ',') FROM ({rows}))"

    # --- compound values --------------------------------------------------------------------------------------------

    def _values(self, keys: Keys, plan: EntityPlan, values: ValuesPlan, row: str) -> None:
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
        text = _text(f"v.{quote(values.text.name)}", "", spoken, required=True)
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
            pieces += ["'-'", _segment_of(f"v.{quote(column.name)}")]
        return joined([*pieces, literal('"')])

    def _values_node(self, plan: EntityPlan, values: ValuesPlan, row: str) -> Sql:
        keys = Keys(self.context)
        for fact in values.facts:
            keys.add(fact.term, self._value(fact, "v", fact.column.name))
        types = _typed_as(_quoted(self.context.key(c)) for c in values.values.classes)
        iri = self._values_iri(plan, values, row)
        return f"('{{\"id\":' || {iri} || {types} || {keys.inner()} || '}}')"

    def _identity(self, values: ValuesPlan) -> Sql:
        """The IRI of the same thing in the registry; NULL where the registry has none."""
        cases = []
        for registry in values.values.registries:
            if registry.identity:
                before, _, after = registry.identity.partition("{value}")
                bare = f"replace(v.{quote(identity_part(values.values).name)}, ' ', '')"
                iri = f"{literal(before)} || {_segment_of(bare, IRI_FUNCTION)} || {literal(after)}"
                cases.append(f"WHEN {literal(registry.code)} THEN json_quote({iri})")
        if not cases or values.code is None:
            return ""
        return f"CASE v.{quote(values.code.name)} {' '.join(cases)} END"

    # --- what else is said of a record ------------------------------------------------------------------------------

    def _pointing(self, plan: EntityPlan, row: str) -> Iterator[tuple[tuple[str, ...], Pointed]]:
        """What a record points at from elsewhere, by the properties that say so."""
        for spans in plan.spans:
            where = (
                f"p.{quote(spans.own)} = {row}.id "
                f"AND p.to_latest >= {literal(self._day)} AND p.from_earliest <= {literal(self._day)}"
            )
            yield spans.terms, self._pointed(f"p.{quote(spans.other)}", spans.entity.name, spans.spans.name, where)
        for reverse in plan.reverses:
            entity, link = reverse.entity, reverse.link
            if link.many:
                table = set_table_name(entity, link)
                pointed = self._pointed(f"p.{quote(entity.name)}", entity.name, table, f"p.value = {row}.id")
            else:
                pointed = self._pointed("p.id", entity.name, entity.plural, self._points(plan, link, row, "p."))
            yield link.reverse_terms, pointed
        for other, cut in plan.shortcuts:
            start, end = shortcut_start(other, cut), shortcut_end(other, cut)
            key = link_key(self.shapes, end)
            where = self._points(plan, start, row, "p.")
            type_ = f"p.{quote(key[0])}" if len(key) > 1 else literal(end.target)
            types = tuple(e.name for e in self.shapes.targets(end.target))
            yield cut.terms, Pointed(f"p.{quote(end.name)}", type_, types, f"{quote(other.plural)} AS p", where)
        if plan.entity.name != CLAIM:
            typed = f"p.record_type = {literal(plan.entity.name)} AND p.record = {row}.id AND p.source IS NOT NULL"
            yield (DERIVED,), self._pointed("p.source", SOURCE, self.plans[CLAIM].entity.plural, typed)

    def _pointed(self, id_: Sql, type_: str, table: str, where: Sql) -> Pointed:
        return Pointed(id_, literal(type_), (type_,), f"{quote(table)} AS p", where)

    def _points(self, plan: EntityPlan, link: Link, row: str, at: str) -> Sql:
        """Whether a link points at the row at hand."""
        key = link_key(self.shapes, link)
        typed = f"{at}{quote(key[0])} = {literal(plan.entity.name)} AND " if len(key) > 1 else ""
        return f"{typed}{at}{quote(link.name)} = {row}.id"

    # --- what documents hold beside the record ----------------------------------------------------------------------

    def _related(self, plan: EntityPlan) -> Iterator[Sql]:
        """The records that tie this one to others, in full, separated by commas."""
        for reverse in plan.related:
            entity, link = reverse.entity, reverse.link
            order = sort_field(entity, next((o for o in entity.orders if o != link.name), entity.orders[0]))
            node = self.node(self.plans[entity.name], "r")
            where = self._points(plan, link, "a", "r.")
            rows = f"(SELECT * FROM {entity.plural} AS r WHERE {where} ORDER BY r.{quote(order)}, r.id)"
            yield f"(SELECT group_concat({node}, ',') FROM {rows} AS r)"

    def _labels(self, plan: EntityPlan) -> Iterator[Sql]:
        """Labels of all records that the document points at, type by type."""
        wanted: dict[str, list[Sql]] = {}
        for type_, rows in self._mentions(plan, "a", ""):
            wanted.setdefault(type_, []).append(rows)
        for reverse in plan.related:
            rows = f"FROM {reverse.entity.plural} AS r WHERE {self._points(plan, reverse.link, 'a', 'r.')}"
            for type_, mentioned in self._mentions(self.plans[reverse.entity.name], "r", rows):
                wanted.setdefault(type_, []).append(mentioned)
        told = {reverse.entity.name for reverse in plan.related}
        for type_, selects in sorted(wanted.items()):
            if type_ in self.plans and type_ not in told:
                yield self._label_nodes(type_, selects, plan)
        yield from self._vocabulary_labels(plan)

    def _label_nodes(self, type_: str, selects: Sequence[Sql], plan: EntityPlan) -> Sql:
        target = self.plans[type_]
        label, language = target.label, label_language(target.entity)
        spoken = f"l.{quote(language)}" if language else ""
        value = _text(f"l.{quote(label.column.name)}", label.column.language, spoken, required=True)
        start = literal('{"id":"' + self.names.thing(type_, ""))
        middle = literal(f'",{_quoted(self.context.key(label.term))}:')
        itself = " AND l.id <> a.id" if type_ == plan.entity.name else ""
        return (
            f"(SELECT group_concat({start} || l.id || {middle} || {value} || '}}', ',' ORDER BY l.id) "
            f"FROM {target.entity.plural} AS l WHERE l.id IN ({' UNION '.join(selects)}){itself})"
        )

    def _vocabulary_labels(self, plan: EntityPlan) -> Iterator[Sql]:
        for fact in plan.facts:
            if fact.form is Form.VOCABULARY:
                cases = []
                for scheme in self.shapes.schemes:
                    node = {
                        "id": self.names.scheme(scheme.name),
                        self.context.key("skos:prefLabel"): {"@language": "en", "@value": scheme_title(scheme)},
                    }
                    cases.append(f"WHEN {literal(scheme.name)} THEN {literal(orjson.dumps(node).decode())}")
                yield f"CASE a.{quote(fact.column.name)} {' '.join(cases)} END"

    def _mentions(self, plan: EntityPlan, row: str, rows: Sql) -> Iterator[tuple[str, Sql]]:
        """Type and SELECT of the ids of the records that a row points at. `rows` is its FROM and WHERE, if any."""
        columns = {f.column.name: f.column for f in plan.facts if f.form in (Form.RECORD, Form.CONCEPT)}
        for column in columns.values():
            yield from self._mentioned(column, f"{row}.{quote(column.name)}", row, rows)
        for fact in {f.column.name: f for f in plan.sets if f.form in (Form.RECORD, Form.CONCEPT)}.values():
            table = f"{quote(set_table_name(plan.entity, fact.column))} AS s"
            yield from self._mentioned(
                fact.column, "s.value", row, _also(rows, table, f"s.{quote(plan.entity.name)} = {row}.id")
            )
        for values in plan.values:
            for fact in values.facts:
                if fact.form is Form.CONCEPT:
                    source = _also(rows, f"{quote(values.values.name)} AS v", f"v.subject = {row}.id")
                    yield from self._mentioned(fact.column, f"v.{quote(fact.column.name)}", row, source)
        for _, pointed in self._pointing(plan, row):
            for type_ in pointed.types:
                typed = f" AND {pointed.type} = {literal(type_)}" if pointed.varies else ""
                yield type_, f"SELECT {pointed.id} {_also(rows, pointed.origin, pointed.where + typed)}"

    def _mentioned(self, column: object, value: Sql, row: str, rows: Sql) -> Iterator[tuple[str, Sql]]:
        if isinstance(column, Link):
            family = self.shapes.is_family(column.target)
            for target in self.shapes.targets(column.target):
                typed = (
                    f"{row}.{quote(f'{column.name}_type')} = {literal(target.name)}"
                    if family
                    else f"{value} IS NOT NULL"
                )
                yield target.name, f"SELECT {value} {_and(rows, typed)}"
        else:
            scheme = getattr(column, "scheme", "")
            yield VOCABULARY, f"SELECT {literal(f'{scheme}.')} || {value} {_and(rows, f'{value} IS NOT NULL')}"


def _and(rows: Sql, condition: Sql) -> Sql:
    return f"{rows} AND {condition}" if rows else f"WHERE {condition}"


def _also(rows: Sql, table: Sql, condition: Sql) -> Sql:
    """The rows joined with a further table, which is read after them."""
    if not rows:
        return f"FROM {table} WHERE {condition}"
    origin, where, rest = rows.partition(" WHERE ")
    return f"{origin} CROSS JOIN {table}{where}{rest} AND {condition}"


def _iri_of(value: Sql) -> Sql:
    """An address as an IRI; the function is called only where there may be something to encode."""
    return f"CASE WHEN {value} GLOB '*[^A-Za-z0-9/:.?=&_-]*' THEN {IRI_FUNCTION}({value}) ELSE {value} END"


def _segment_of(value: Sql, function: str = SEGMENT_FUNCTION) -> Sql:
    """A value as a part of an IRI; the function is called only where there is something to encode."""
    return f"CASE WHEN {value} GLOB '*[^A-Za-z0-9]*' THEN {function}({value}) ELSE {value} END"


def _opening(iri: str) -> Sql:
    """The beginning of an IRI as a JSON string."""
    return literal(f'"{iri}')


def _typed_as(classes: Iterable[str], end: str = "]") -> Sql:
    """The key `type` with the classes of a node."""
    return literal(f',"type":[{",".join(classes)}{end}')


def _text(value: Sql, fixed: str, spoken: Sql, *, required: bool) -> Sql:
    """A string as JSON, with its language where it is known."""
    if fixed:
        text = _tagged(literal(fixed), value)
    elif spoken:
        text = f"CASE WHEN {spoken} IS NULL THEN json_quote({value}) ELSE {_tagged(spoken, value)} END"
    else:
        text = f"json_quote({value})"
    return f"({text})" if required else f"CASE WHEN {value} IS NOT NULL THEN {text} END"


def _tagged(language: Sql, value: Sql) -> Sql:
    return f"'{{\"@language\":\"' || {language} || '\",\"@value\":' || json_quote({value}) || '}}'"


_DIGIT = "[0-9]"
_YEAR = _DIGIT * 4
_GLOBS: dict[str, Callable[[Sql], Sql]] = {
    "gYear": lambda value: f"{value} GLOB '{_YEAR}'",
    "gYearMonth": lambda value: (
        f"({value} GLOB '{_YEAR}-{_DIGIT * 2}' AND substr({value}, 6, 2) BETWEEN '01' AND '12')"
    ),
    "date": lambda value: (
        f"({value} GLOB '{_YEAR}-{_DIGIT * 2}-{_DIGIT * 2}' OR {value} GLOB '{_YEAR}-{_DIGIT * 2}-{_DIGIT * 2}T*')"
    ),
}


def _is(datatype: str, value: Sql) -> Sql:
    """Whether a date has the precision of an XSD datatype."""
    return _GLOBS[datatype](f"rtrim({value}, '?~%')")


def _bare(datatype: str, value: Sql) -> Sql:
    """The lexical form of a date of known precision."""
    bare = f"rtrim({value}, '?~%')"
    return f"substr({bare}, 1, 10)" if datatype == "date" else bare


def _date(value: Sql) -> Sql:
    """A date as a typed value, NULL where XSD has no datatype for it."""
    cases = []
    for datatype in ("date", "gYear", "gYearMonth"):
        opening = literal('{"@type":"xsd:' + datatype + '","@value":"')
        cases.append(f"WHEN {_is(datatype, value)} THEN {opening} || {_bare(datatype, value)} || '\"}}'")
    return f"CASE {' '.join(cases)} END"


def _chunked(parts: Sequence[Sql]) -> Iterator[Sql]:
    """Lists put together as long as a statement of them stays short enough to be kept prepared."""
    found: list[Sql] = []
    for part in parts:
        if found and sum(map(len, found)) + len(part) > _LONGEST:
            yield listed(found)
            found = []
        found.append(part)
    if found:
        yield listed(found)


class JsonLd:
    """Composes JSON-LD documents from one release file through one connection. Not to be shared between threads."""

    def __init__(self, connection: apsw.Connection, compiler: Compiler) -> None:
        prepare(connection)
        self._connection = connection
        self._compiler = compiler
        self._statements = {name: compiler.statements(name) for name in compiler.plans}
        self._vocabulary = compiler.vocabulary()
        self._schemes = frozenset(scheme.name for scheme in compiler.shapes.schemes)
        self._start = f'{{"@context":{_quoted(compiler.context.path)},'

    def document(self, type_: str, id_: str) -> bytes | None:
        """The document about a record, or None when there is no such record."""
        execute = self._connection.execute
        if type_ == VOCABULARY and id_ in self._schemes:
            head = self._compiler.vocabulary_head(id_)
            return "".join(str(text) for (text,) in execute(self._vocabulary, (head, id_))).encode()
        first, *further = self._statements[type_]
        record = execute(first, (id_,)).fetchone()
        if record is None:
            return None
        included = ",".join(str(text) for sql in further for (text,) in execute(sql, (id_,)) if text)
        end = f',"included":[{included}]}}' if included else "}"
        return f"{self._start}{str(record[0])[1:]}{end}".encode()
