"""What search engines read in the page of a record: the part of it that schema.org has words for, as JSON-LD.

Nothing is fetched to read it: the vocabulary is named, not a context. What the record points at stands there with
class and name; of long lists the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import orjson
import pyoxigraph as ox

from linked_data.documents import Documents
from linked_data.mapping import SAME
from linked_data.namespaces import RDF_TYPE, XSD
from linked_data.saying import Block, text

MOST = 100
"""Values of one property; a page is no dump."""
_NAMED = ("skos:prefLabel", "rdfs:label")
_NUMBERS = {f"{XSD}integer": int, f"{XSD}decimal": float}
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}

Json = dict[str, object]
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Said = Mapping[str, Sequence[Term]]
"""What is said of a node, by property."""


class SchemaOrg:
    """Makes the blocks of one release."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._names = documents.writers.names
        self._plans = documents.writers.plans
        self._schema = self._names.prefixes["schema"]

    def block(self, type_: str, id_: str) -> str | None:
        """The block of a record, to be put into HTML as it is; None when there is no such record."""
        blocks = self._documents.records.record(type_, id_)
        if blocks is None:
            return None
        iri = blocks[0][0][1:-1]
        said = _by_subject(self._documents.labelled(blocks))
        own = self._node(iri, said, {iri})
        own.setdefault("name", self._label(said[iri]) or id_)
        same = [node.value for node in said[iri].get(self._names.expand(SAME), ()) if isinstance(node, ox.NamedNode)]
        if same:
            own["sameAs"] = same
        page = {"@id": self._names.document(type_, id_), "@type": "WebPage", "isPartOf": {"@id": self._names.dataset}}
        found = {"@context": {"@vocab": self._schema}, **own, "mainEntityOfPage": page}
        body = orjson.dumps(found).decode()
        for sign, written in _ESCAPES.items():
            body = body.replace(sign, written)
        return body

    def _node(self, iri: str, said: Mapping[str, Said], seen: set[str]) -> Json:
        """A node with what schema.org has words for; nodes that hang from it stand in it."""
        of = said.get(iri, {})
        classes = [c.value for c in of.get(RDF_TYPE, ()) if isinstance(c, ox.NamedNode)]
        node: Json = {"@id": iri, "@type": self._local(classes) or self._type_of(iri)}
        for predicate, values in of.items():
            if predicate.startswith(self._schema):
                found = [self._value(value, said, seen) for value in islice(values, MOST)]
                node[predicate.removeprefix(self._schema)] = found[0] if len(found) == 1 else found
        label = self._label(of)
        if label is not None:
            node.setdefault("name", label)
        return node

    def _value(self, value: object, said: Mapping[str, Said], seen: set[str]) -> object:
        if isinstance(value, ox.NamedNode):
            if value.value in said and value.value not in seen:
                return self._node(value.value, said, seen | {value.value})
            return {"@id": value.value} if value.value in said else value.value
        assert isinstance(value, ox.Literal)
        number = _NUMBERS.get(value.datatype.value)
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if number:
            return number(value.value)
        return value.value == "true" if value.datatype.value == f"{XSD}boolean" else value.value

    def _label(self, of: Said) -> object:
        """The first name of a node."""
        for term in _NAMED:
            for value in of.get(self._names.expand(term), ()):
                return self._value(value, {}, set())
        return None

    def _type_of(self, iri: str) -> list[str] | str:
        """What a record is that is only mentioned: its type stands in its address."""
        type_ = iri.removeprefix(self._names.things).partition("/")[0]
        plan = self._plans.get(type_)
        classes = [self._names.expand(c) for c in plan.classes] if plan and iri.startswith(self._names.things) else []
        return self._local(classes) or "Thing"

    def _local(self, classes: Sequence[str]) -> list[str] | str:
        """The names of classes of schema.org; a single one as text, since not every reader expects a list."""
        found = [c.removeprefix(self._schema) for c in classes if c.startswith(self._schema)]
        return found[0] if len(found) == 1 else found


def _by_subject(blocks: Sequence[Block]) -> Mapping[str, Said]:
    found: dict[str, dict[str, list[Term]]] = {}
    for quad in ox.parse(text(blocks).encode(), format=ox.RdfFormat.N_TRIPLES):
        assert isinstance(quad.subject, ox.NamedNode)
        found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return found
