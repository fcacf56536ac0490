"""SHACL read off the shapes: what every document and dump of a release keeps to.

One node shape per entity, targeted by its first class, and one per kind of helper node and compound value. A property
that several columns share gets the constraints that hold for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH
from rdflib.term import Node

from datasets.shapes.model import Entity, Link, Shapes
from linked_data.mapping import IDENTIFIER, EntityPlan, Fact, Form, plans, split
from linked_data.namespaces import EDTF, XSD, Namespaces
from linked_data.terms import BY_PRECISION

_STRING, _LANG_STRING = f"{XSD}string", str(RDF.langString)
_DATATYPES: dict[Form, tuple[str, ...]] = {
    Form.TEXT: (_STRING, _LANG_STRING),
    Form.INTEGER: (f"{XSD}integer",),
    Form.DECIMAL: (f"{XSD}decimal",),
    Form.DATE: (f"{XSD}date", f"{XSD}gYearMonth", f"{XSD}gYear"),
    Form.EDTF: (EDTF,),
    Form.EARLIEST: (f"{XSD}date",),
    Form.LATEST: (f"{XSD}date",),
    Form.TRUE: (f"{XSD}boolean",),
}
_ONE_PER_LANGUAGE = "skos:prefLabel"
_ADDRESS = "^https?://"


@dataclass(slots=True)
class Path:
    """What holds for one property of one kind of node, gathered from all that say it."""

    term: str
    docs: dict[str, None] = field(default_factory=dict)
    datatypes: dict[str, None] = field(default_factory=dict)
    patterns: dict[str, None] = field(default_factory=dict)
    """Of IRIs: one of these holds."""
    required: bool = False
    several: bool = False
    contributions: int = 0
    before: str = ""
    """The property whose value is not before this one's."""


def _datatypes(fact: Fact) -> tuple[str, ...]:
    """The datatypes that the values of a fact can have; none where they are IRIs."""
    if fact.form is Form.TEXT and not fact.language:
        return (_LANG_STRING,) if fact.column.language else (_STRING,)
    return _DATATYPES.get(fact.form, ())


class ShapesGraph:
    """The constraints of a release as a graph."""

    def __init__(self, shapes: Shapes, base: str) -> None:
        self.shapes = shapes
        self.names = Namespaces(shapes, base)
        self._plans = plans(shapes)
        self._space = Namespace(f"{base}/shapes#")

    @cached_property
    def graph(self) -> Graph:
        """All node shapes."""
        graph = Graph(bind_namespaces="none")
        for prefix, namespace in self.names.prefixes.items():
            graph.bind(prefix, namespace)
        graph.bind("shape", self._space)
        for plan in self._plans.values():
            self._entity(graph, plan)
        return graph

    @cached_property
    def aimed(self) -> Graph:
        """The same constraints, each shape of a property aimed at the nodes itself, for a validator to work on.

        A validator asks a shape that has targets once for all of them, but one that hangs from another shape once for
        each node, and finds out anew each time what the shape demands. A new graph: pyshacl binds prefixes in it.
        """
        graph = Graph()
        graph += self.graph
        for shape, _, hanging in list(graph.triples((None, SH.property, None))):
            graph.remove((shape, SH.property, hanging))
            for kind in (SH.targetClass, SH.targetObjectsOf):
                for target in graph.objects(shape, kind):
                    graph.add((hanging, kind, target))
        return graph

    def _entity(self, graph: Graph, plan: EntityPlan) -> None:
        entity = plan.entity
        start = re.escape(self.names.thing(entity.name, ""))
        typed = (SH.targetClass, entity.classes[0])
        self._shape(graph, entity.name, typed, entity.doc, self._record(plan), f"^{start}[^/#]+$")
        for node in plan.nodes:
            paths = self._paths(f for f in plan.facts if f.node == node.name)
            for place, term, group in plan.groups:
                if place == node.name:
                    path = paths.setdefault(term, Path(term))
                    path.docs[group.doc] = None
                    path.datatypes[self.names.expand(group.datatype)] = None
                    path.contributions += 1
            doc = f"{node.name.capitalize()} of a record: {entity.doc}"
            reached = (SH.targetObjectsOf, split(node.terms[0])[1])
            self._shape(graph, f"{entity.name}-{node.name}", reached, doc, paths, f"^{start}.+-{node.name}$")
        for values in plan.values:
            if values.values.classes:
                typed = (SH.targetClass, values.values.classes[0])
                paths = self._paths(values.facts)
                self._shape(graph, values.values.singular, typed, values.values.doc, paths, "")

    def _record(self, plan: EntityPlan) -> dict[str, Path]:
        """The properties of a record, whatever says them."""
        paths = self._paths(f for f in (*plan.facts, *plan.sets) if not f.node)
        identifier = paths.setdefault(IDENTIFIER, Path(IDENTIFIER))
        identifier.required, identifier.contributions = True, 1
        identifier.datatypes[_STRING] = None
        for fact in plan.sets:
            paths[fact.term].several = True
        for node in plan.nodes:
            for parent, curie in map(split, node.terms):
                if not parent:
                    self._points(paths, curie, [plan.entity], f"-{node.name}$", several=False)
        self._compound(plan, paths)
        for spans in plan.spans:
            for term in spans.terms:
                self._points(paths, term, [spans.entity], "")
        for reverse in plan.reverses:
            for term in reverse.link.reverse_terms:
                self._points(paths, term, [reverse.entity], "")
        if plan.entity.templated:
            label = paths.setdefault(plan.label.term, Path(plan.label.term, required=True, contributions=1))
            label.datatypes[_STRING] = None
        return paths

    def _compound(self, plan: EntityPlan, paths: dict[str, Path]) -> None:
        """The properties that compound values are said by."""
        for values in plan.values:
            terms = (*values.values.terms, *values.values.preferred_terms)
            for term in dict.fromkeys(terms):
                path = paths.setdefault(term, Path(term))
                path.docs[values.values.doc] = None
                path.several = True
                if values.text is None:
                    path.patterns[f"^{re.escape(self.names.thing(plan.entity.name, ''))}"] = None
                else:
                    path.datatypes.update(dict.fromkeys((_STRING, _LANG_STRING)))

    def _points(
        self, paths: dict[str, Path], term: str, targets: Iterable[Entity], end: str, *, several: bool = True
    ) -> None:
        path = paths.setdefault(term, Path(term))
        path.several |= several
        path.contributions += 1
        for target in targets:
            path.patterns[f"^{re.escape(self.names.thing(target.name, ''))}.+{end}"] = None

    def _paths(self, facts: Iterable[Fact]) -> dict[str, Path]:
        paths: dict[str, Path] = {}
        latest = ""
        for fact in facts:
            if fact.form is Form.INSTANT:
                for datatype, term in BY_PRECISION[fact.term].items():
                    self._path(paths, term, fact).datatypes[f"{XSD}{datatype}"] = None
                continue
            path = self._path(paths, fact.term, fact)
            path.datatypes.update(dict.fromkeys(_datatypes(fact)))
            path.patterns.update(dict.fromkeys(self._iris(fact)))
            if fact.form is Form.EARLIEST:
                latest = fact.term
            elif fact.form is Form.LATEST:
                path.before = latest
        return paths

    def _path(self, paths: dict[str, Path], term: str, fact: Fact) -> Path:
        path = paths.setdefault(term, Path(term))
        path.docs[fact.column.doc] = None
        path.contributions += 1
        always = fact.form not in (Form.DATE, Form.INSTANT, Form.EARLIEST, Form.LATEST)
        path.required |= fact.column.required and always and not fact.column.many
        return path

    def _iris(self, fact: Fact) -> Iterable[str]:
        column, names = fact.column, self.names
        if fact.form is Form.ADDRESS:
            return (_ADDRESS,)
        if fact.form is Form.CONCEPT:
            return (f"^{re.escape(names.concept(column.scheme, ''))}",)
        if fact.form is Form.VOCABULARY:
            return (f"^{re.escape(names.scheme(''))}[^.]+$",)
        if isinstance(column, Link):
            start = f"{column.scheme}." if column.scheme else ""
            return tuple(f"^{re.escape(names.thing(t.name, start))}" for t in self.shapes.targets(column.target))
        return ()

    def _shape(
        self, graph: Graph, name: str, target: tuple[URIRef, str], doc: str, paths: dict[str, Path], pattern: str
    ) -> None:
        shape = self._space[name]
        graph.add((shape, RDF.type, SH.NodeShape))
        graph.add((shape, RDFS.label, Literal(name, lang="en")))
        graph.add((shape, RDFS.comment, Literal(doc, lang="en")))
        graph.add((shape, target[0], URIRef(self.names.expand(target[1]))))
        graph.add((shape, SH.nodeKind, SH.IRI))
        if pattern:
            graph.add((shape, SH.pattern, Literal(pattern)))
        for path in paths.values():
            self._property(graph, shape, path)

    def _property(self, graph: Graph, shape: URIRef, path: Path) -> None:
        curie = path.term.replace(":", ".")
        node = URIRef(f"{shape}-{curie}")
        graph.add((shape, SH.property, node))
        graph.add((node, RDF.type, SH.PropertyShape))
        graph.add((node, SH.path, URIRef(self.names.expand(path.term))))
        for doc in path.docs:
            graph.add((node, SH.description, Literal(doc, lang="en")))
        if path.required:
            graph.add((node, SH.minCount, Literal(1)))
        if not path.several and path.contributions == 1:
            graph.add((node, SH.maxCount, Literal(1)))
        if path.term == _ONE_PER_LANGUAGE:
            graph.add((node, SH.uniqueLang, Literal(True)))
        if path.before:
            graph.add(
                (
                    URIRef(f"{shape}-{path.before.replace(':', '.')}"),
                    SH.lessThanOrEquals,
                    URIRef(self.names.expand(path.term)),
                )
            )
        self._values(graph, node, path)

    def _values(self, graph: Graph, node: URIRef, path: Path) -> None:
        """What the values are: IRIs of one form of several, or literals of one datatype of several.

        `sh:or` makes a validator try a shape of its own on every single value, so it stands only where nothing simpler
        says the same: for dates. A text that may or may not have a language is any literal.
        """
        if path.patterns and path.datatypes:
            return
        if path.patterns:
            graph.add((node, SH.nodeKind, SH.IRI))
            graph.add((node, SH.pattern, Literal("|".join(path.patterns))))
        elif len(path.datatypes) == 1:
            graph.add((node, SH.datatype, URIRef(next(iter(path.datatypes)))))
        elif path.datatypes:
            graph.add((node, SH.nodeKind, SH.Literal))
            if _STRING not in path.datatypes:
                self._one_of(graph, node, path.datatypes)

    def _one_of(self, graph: Graph, node: URIRef, datatypes: Iterable[str]) -> None:
        name = node.rpartition("#")[2].replace(".", "-")
        alternatives: list[Node] = []
        for place, datatype in enumerate(datatypes):
            alternative = BNode(f"{name}-{place}")
            graph.add((alternative, SH.datatype, URIRef(datatype)))
            alternatives.append(alternative)
        start = BNode(f"{name}-or")
        graph.add((node, SH["or"], start))
        Collection(graph, start, alternatives)
