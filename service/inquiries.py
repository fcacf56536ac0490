"""The queries behind a record's page: what GraphQL and SPARQL are asked for the same."""

from __future__ import annotations

import json
from urllib.parse import quote
from weakref import WeakKeyDictionary

from graphql import GraphQLSchema, parse, print_ast

from datasets.shapes.model import Entity
from graph_schema.engine import Engine
from linked_data.namespaces import Namespaces
from service.json_documents import question

_TEXTS: WeakKeyDictionary[GraphQLSchema, dict[str, str]] = WeakKeyDictionary()
"""The questions of each schema by entity, laid out, with `_ID` for the id: they are gone when their schema is."""
_ID = '(id: "")'


def graphql(engine: Engine, entity: Entity, id: str) -> str:
    """The question that gives the record as GraphQL, its id filled in."""
    texts = _TEXTS.setdefault(engine.built.schema, {})
    if entity.name not in texts:
        text = question(engine.built.schema, entity).replace("query($id: ID!) ", "", 1)
        texts[entity.name] = print_ast(parse(text.replace("(id: $id)", _ID, 1)))
    return texts[entity.name].replace(_ID, f"(id: {json.dumps(id, ensure_ascii=False)})", 1)


def sparql(names: Namespaces, entity: Entity, id: str) -> str:
    """The question that gives all statements about the record; where it has a list of spans, that list by name."""
    iri = f"{names.things}{entity.name}/{quote(id, safe='')}"
    for spans in names.shapes.spans:
        if entity.name in (spans.whole, spans.part):
            forward = entity.name == spans.whole
            terms = spans.forward_terms if forward else spans.backward_terms
            there = names.shapes.entity(spans.part if forward else spans.whole)
            label = next((c.terms[0] for c in there.columns if c.name == there.label and c.terms), "")
            if terms and label:
                used = {curie.partition(":")[0] for curie in (terms[0], label)}
                prefixes = "".join(f"PREFIX {p}: <{names.prefixes[p]}>\n" for p in sorted(used))
                return (
                    f"{prefixes}SELECT ?{there.name} ?name WHERE {{\n  <{iri}> {terms[0]} ?{there.name} .\n"
                    f"  ?{there.name} {label} ?name .\n}}\nORDER BY ?name"
                )
    return f"SELECT ?property ?value WHERE {{\n  <{iri}> ?property ?value .\n}}"
