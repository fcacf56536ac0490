"""The JSON-LD context, read off the shapes and named by its hash: served at its address for ever, it never changes.

Terms of schema.org and of our own vocabulary stand under their bare names, all others under prefix and name, so that
no new column can change the key of an old one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import orjson

from datasets.shapes.model import Shapes
from linked_data.mapping import DERIVED, IDENTIFIER, PROPERTY, REPLACED, SAME, EntityPlan, Form, plans, split
from linked_data.namespaces import EDTF, OWN, Namespaces
from linked_data.terms import BY_PRECISION

_IRI = "@id"
_MIXED = ""
_KEYWORDS = {"id": "@id", "type": "@type", "included": "@included"}
_COERCED: dict[Form, str] = {
    Form.DECIMAL: "xsd:decimal",
    Form.EARLIEST: "xsd:date",
    Form.LATEST: "xsd:date",
    Form.EDTF: EDTF,
    Form.ADDRESS: _IRI,
    Form.CONCEPT: _IRI,
    Form.RECORD: _IRI,
    Form.VOCABULARY: _IRI,
}
_BARE = ("schema", OWN)


@dataclass(frozen=True)
class Context:
    """The context of a release: keys by CURIE, how values are coerced, and the document itself."""

    names: Namespaces

    @cached_property
    def coercions(self) -> dict[str, str]:
        """The type that values of a property have by themselves: `@id` for records and addresses, "" for none."""
        found: dict[str, set[str]] = {}
        for plan in plans(self.names.shapes).values():
            for term, coercion in _uses(plan):
                found.setdefault(term, set()).add(coercion)
        return {term: next(iter(kinds)) if len(kinds) == 1 else _MIXED for term, kinds in sorted(found.items())}

    @cached_property
    def _bare(self) -> dict[str, str]:
        """CURIEs of terms that stand under their bare names, by name; schema.org comes before our own."""
        found: dict[str, str] = {}
        classes = {c for p in plans(self.names.shapes).values() for c in _classes(p)}
        classes |= {c for s in self.names.shapes.schemes for c in s.classes}
        for prefix in _BARE:
            for curie in sorted((*self.coercions, *classes)):
                head, _, local = curie.partition(":")
                if head == prefix and local not in _KEYWORDS:
                    found.setdefault(local, curie)
        return found

    def key(self, curie: str) -> str:
        """The key of a property, or the value of `type` for a class."""
        local = curie.partition(":")[2]
        return local if self._bare.get(local) == curie else curie

    def coerced(self, curie: str) -> bool:
        """Whether values that are IRIs can be given as plain strings."""
        return self.coercions.get(curie) == _IRI

    @cached_property
    def document(self) -> bytes:
        """The context as JSON, sorted, two spaces."""
        terms: dict[str, object] = {"@version": 1.1, **_KEYWORDS, **self.names.prefixes}
        for curie, coercion in self.coercions.items():
            key = self.key(curie)
            if coercion:
                terms[key] = {"@id": curie, "@type": coercion}
            elif key != curie:
                terms[key] = curie
        for local, curie in self._bare.items():
            terms.setdefault(local, curie)
        return orjson.dumps({"@context": terms}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"

    @cached_property
    def hash(self) -> str:
        """16 hex digits of SHA-256 over the document."""
        return hashlib.sha256(self.document).hexdigest()[:16]

    @property
    def path(self) -> str:
        """The address of the context, path-absolute, so that a release works at any address."""
        return f"/context/{self.hash}.jsonld"


def context(shapes: Shapes, base: str) -> Context:
    """The context of a release."""
    return Context(Namespaces(shapes, base))


def _classes(plan: EntityPlan) -> set[str]:
    return {
        *plan.classes,
        *(c for n in plan.nodes for c in n.classes),
        *(c for v in plan.values for c in v.values.classes),
    }


def _uses(plan: EntityPlan) -> list[tuple[str, str]]:
    """Every property that documents about an entity use, with the type of its values."""
    found = [(IDENTIFIER, _MIXED), (DERIVED, _IRI), (SAME, _IRI), (REPLACED, _IRI), (PROPERTY, _IRI)]
    found += [("skos:hasTopConcept", _IRI), ("dct:description", _MIXED), (plan.label.term, _MIXED)]
    for fact in (*plan.facts, *plan.sets, *(f for v in plan.values for f in v.facts)):
        if fact.form is Form.INSTANT:
            found += [(term, f"xsd:{datatype}") for datatype, term in BY_PRECISION[fact.term].items()]
        else:
            found.append((fact.term, _COERCED.get(fact.form, _MIXED)))
    for _, term, group in plan.groups:
        found.append((term, group.datatype))
    for node in plan.nodes:
        found += [(split(term)[1], _IRI) for term in node.terms]
    for values in plan.values:
        coercion = _IRI if values.text is None else _MIXED
        found += [(term, coercion) for term in (*values.values.terms, *values.values.preferred_terms)]
    found += [(term, _IRI) for spans in plan.spans for term in spans.terms]
    found += [(term, _IRI) for reverse in plan.reverses for term in reverse.link.reverse_terms]
    found += [(term, _IRI) for _, cut in plan.shortcuts for term in cut.terms]
    return found
