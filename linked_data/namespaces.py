"""Addresses of everything that has one, and the namespaces of the vocabularies.

`{base}/id/{type}/{id}` is a thing, `{base}/doc/{type}/{id}` the document about it. Helper nodes are `{thing}-{name}`:
no address below a record has a fragment, because rdflib's Turtle writer takes quadratic time over those.
A vocabulary is `{base}/id/concept/{scheme}`, its concepts `{base}/id/concept/{scheme}.{slug}`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from datasets.shapes.model import Shapes

OWN = "ua"
"""The prefix of our own vocabulary, `{base}/ns#`."""
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
"""The datatype of dates as the source gives them, partial and uncertain ones included."""


@dataclass(frozen=True)
class Namespaces:
    """The addresses of a release, made from its base IRI and the prefixes of its shapes."""

    shapes: Shapes
    base: str
    _expanded: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Namespace by prefix, our own included, sorted by prefix."""
        return dict(sorted({**dict(self.shapes.prefixes), OWN: f"{self.base}/ns#"}.items()))

    def expand(self, curie: str) -> str:
        """The IRI of a CURIE. Raises ValueError when its prefix is not declared."""
        known = self._expanded.get(curie)
        if known is not None:
            return known
        prefix, colon, local = curie.partition(":")
        namespace = self.prefixes.get(prefix)
        if not colon or namespace is None:
            raise ValueError(f"the term {curie!r} has no declared prefix; there are {', '.join(self.prefixes)}")
        return self._expanded.setdefault(curie, namespace + local)

    def compact(self, iri: str) -> str:
        """The CURIE of an IRI of a declared namespace, else the IRI itself."""
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    @property
    def things(self) -> str:
        """What the IRIs of all records begin with."""
        return f"{self.base}/id/"

    def thing(self, type_: str, id_: str) -> str:
        """The IRI of a record."""
        return f"{self.base}/id/{type_}/{id_}"

    def document(self, type_: str, id_: str, suffix: str = "") -> str:
        """The IRI of the document about a record, in all formats or, with a suffix such as `.ttl`, in one."""
        return f"{self.base}/doc/{type_}/{id_}{suffix}"

    def concept(self, scheme: str, slug: str) -> str:
        """The IRI of a concept."""
        return f"{self.base}/id/concept/{scheme}.{slug}"

    def scheme(self, scheme: str) -> str:
        """The IRI of a vocabulary."""
        return f"{self.base}/id/concept/{scheme}"

    def source_graph(self, source: str) -> str:
        """The graph of what a source states."""
        return f"{self.base}/graph/source/{source}"

    @property
    def claims_graph(self) -> str:
        """The graph of all claims."""
        return f"{self.base}/graph/claims"

    @property
    def ontology(self) -> str:
        """The IRI of our own vocabulary as a whole."""
        return f"{self.base}/ns"

    @property
    def catalogue(self) -> str:
        """The IRI of the catalogue; datasets, files and services are parts of it."""
        return f"{self.base}/catalog"

    @property
    def dataset(self) -> str:
        """The IRI of the dataset that all releases are releases of."""
        return f"{self.base}/catalog#dataset"


def own_name(column: str, suffix: str = "") -> str:
    """The CURIE of a property of ours named after a column: `as_of`, `earliest` is `ua:asOfEarliest`."""
    first, *rest = column.split("_") + ([suffix] if suffix else [])
    return f"{OWN}:{first}{''.join(word.capitalize() for word in rest)}"
