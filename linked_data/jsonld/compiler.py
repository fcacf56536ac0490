"""The statements of all types of a release."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from datasets.release.ddl import literal, quote
from datasets.release.layout import link_key, sort_field
from linked_data.compound import label_language
from linked_data.context import Context
from linked_data.documents import VOCABULARY, scheme_title
from linked_data.jsonld.nodes import Nodes
from linked_data.jsonld.pointing import Pointing
from linked_data.jsonld.sql import MENTION, RECORD, Sql, opening, quoted, text_of
from linked_data.mapping import EntityPlan, plans


class Compiler:
    """Compiles the statements of all types of a release."""

    def __init__(self, context: Context, day: str) -> None:
        """`day` is the date of the release: whoever is a member on it counts as a current member."""
        self.context = context
        self.names = context.names
        self.shapes = context.names.shapes
        self.plans = plans(self.shapes)
        self._pointing = Pointing(self.names, day)
        self._nodes = Nodes(context, self._pointing)

    def statements(self, type_: str) -> tuple[Sql, ...]:
        """The statements for documents of a type, each with the id bound once: the record, then those told with it.

        The first gives no row when there is no record. They are several because a connection keeps only statements
        of less than 16 KiB prepared, and preparing costs ten times as much as running.
        """
        plan = self.plans[type_]
        origin = f"FROM {plan.entity.plural} AS a WHERE a.id = ?"
        return (f"SELECT {self._nodes.node(plan, 'a', close=False)} {origin}", *self._related(plan))

    def labels(self, type_: str) -> Sql:
        """The statement that gives the labels of records of a type; a JSON list of their ids is bound."""
        plan = self.plans[type_]
        label, language = plan.label, label_language(plan.entity)
        spoken = f"l.{quote(language)}" if language else ""
        value = text_of(f"l.{quote(label.column.name)}", label.column.language, spoken, required=True)
        start = literal(f'{{"id":"{RECORD}{type_}/')
        middle = literal(f'",{quoted(self.context.key(label.term))}:')
        return (
            f"SELECT group_concat({start} || l.id || {middle} || {value} || '}}', ',') "
            f"FROM json_each(?) AS w CROSS JOIN {plan.entity.plural} AS l ON l.id = w.value"
        )

    def vocabulary_labels(self) -> dict[str, str]:
        """The label of each vocabulary, by what it is mentioned as."""
        found = {}
        for scheme in self.shapes.schemes:
            name = {"@language": "en", "@value": scheme_title(scheme)}
            node = {"id": self.names.scheme(scheme.name), self.context.key("skos:prefLabel"): name}
            found[f"{VOCABULARY}/{scheme.name}"] = orjson.dumps(node).decode()
        return found

    def finished(self, text: str) -> str:
        """What the statements give, with whole addresses."""
        return text.replace(MENTION, self.names.things).replace(RECORD, self.names.things)

    def every(self, type_: str) -> Sql:
        """The statement that gives every record of a type, without what documents hold beside it, by id."""
        plan = self.plans[type_]
        return f"SELECT {self._nodes.node(plan, 'a')} FROM {plan.entity.plural} AS a ORDER BY a.id"

    def vocabulary(self) -> Sql:
        """The statement for documents of vocabularies: name, JSON of its own properties and name again bound."""
        plan = self.plans[VOCABULARY]
        key = quote(plan.entity.key[0])
        mention = opening(f"{MENTION}{VOCABULARY}/")
        refs = f"SELECT group_concat({mention} || a.id || '\"', ',' ORDER BY a.id) FROM {plan.entity.plural} AS a"
        nodes = f"SELECT group_concat({self._nodes.node(plan, 'a')}, ',' ORDER BY a.id) FROM {plan.entity.plural} AS a"
        top = literal(f",{quoted(self.context.key('skos:hasTopConcept'))}:[")
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

    def _related(self, plan: EntityPlan) -> Iterator[Sql]:
        """The records that tie this one to others, in full, separated by commas."""
        for reverse in plan.related:
            entity, link = reverse.entity, reverse.link
            order = sort_field(entity, next((o for o in entity.orders if o != link.name), entity.orders[0]))
            node = self._nodes.node(self.plans[entity.name], "r")
            key = link_key(self.shapes, link)
            typed = f"r.{quote(key[0])} = {literal(plan.entity.name)} AND " if len(key) > 1 else ""
            rows = f"SELECT * FROM {entity.plural} AS r WHERE {typed}r.{quote(link.name)} = ?"
            yield f"SELECT group_concat({node}, ',') FROM ({rows} ORDER BY r.{quote(order)}, r.id) AS r"
