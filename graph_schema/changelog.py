"""What changed in the schema from release to release, in words, read off the releases themselves."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from graphql.utilities import BreakingChange, DangerousChange, find_schema_changes

from datasets.release.chain import Past, chain
from datasets.release.errors import ReleaseError
from datasets.release.open import Release
from graph_schema.schema import build
from graph_schema.scope import Scope
from graph_schema.vocabulary import read_vocabularies

HEAD = """\
# Changes of the GraphQL schema

The schema follows the shapes of a release. What is to go is marked `@deprecated` first, with the date and with what
stands in its place, and is served for a year at least. Every release keeps its own schema: `/releases/{id}/graphql`
answers as it did. A *breaking* change can make an operation invalid, a *dangerous* one can change what it means to a
client (a new value of an enum), all others are safe.
"""


def changelog(release: Release) -> str:
    """The changes up to a release, newest first, as Markdown. Takes a good part of a second for each other schema."""
    pieces = [HEAD]
    schemas = [(past, _schema(past)) for past in chain(release)]
    for (past, new), (_, old) in itertools.pairwise(schemas):
        pieces.append(f"\n## {past.id}\n\n")
        if new is None or old is None:
            pieces.append("The schema before cannot be read any more.\n")
            continue
        lines = sorted(set(described(old, new)))
        pieces += [f"- {line}\n" for line in lines] or ["No change.\n"]
    pieces.append(f"\n## {schemas[-1][0].id}\n\nThe first release that is kept.\n")
    return "".join(pieces)


def described(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    """The changes between two schemas, each as one line, those that can break clients first when sorted."""
    for change in find_schema_changes(old, new):
        kind = "Safe"
        if isinstance(change, BreakingChange):
            kind = "Breaking"
        elif isinstance(change, DangerousChange):
            kind = "Dangerous"
        if not change.description.startswith("Description"):
            yield f"{kind}: {change.description}"
    for name, field in _fields(new).items():
        before = _fields(old).get(name)
        if field.deprecation_reason and before is not None and not before.deprecation_reason:
            yield f"Deprecated: {name}: {field.deprecation_reason}"


def _fields(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    return {
        f"{name}.{key}": field
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for key, field in kind.fields.items()
    }


def _schema(past: Past) -> GraphQLSchema | None:
    try:
        release = Release.open(past.path)
        with closing(release.connect()) as connection:
            vocabularies = read_vocabularies(connection, release.shapes)
    except ReleaseError:
        return None
    return build(Scope(release.shapes, vocabularies, release.base_iri)).schema
