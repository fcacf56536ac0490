"""Whether all servers give the same rows and the same values, before anything is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tests.benchmarks.graphql.questions import DEPTH, Question, document
from tests.benchmarks.graphql.servers import Server


def prepared(asked: list[Question], running: dict[str, Server]) -> list[Question]:
    """The questions with the cursors that the servers give for the deep page."""
    cursors = {}
    for server in running.values():
        if server.schema != "plain":  # which pages by offset
            cursors[server.schema] = cursor(server, DEPTH)
    found = []
    for question in asked:
        variables = dict(question.variables)
        for schema, after in cursors.items():
            if "after" in variables[schema]:
                variables[schema] = {**variables[schema], "after": after}
        found.append(replace(question, variables=variables))
    return found


def cursor(server: Server, rows: int) -> str:
    """The cursor after so many rows, paged to as a client does."""
    after: object = None
    for _ in range(rows // 100):
        data = server.ask(document(server.schema, "Cursor"), {"first": 100, "after": after})
        page = data["page"]
        assert isinstance(page, dict)
        after = page["pageInfo"]["endCursor"]
    assert isinstance(after, str)
    return after


def checked(asked: list[Question], running: dict[str, Server]) -> dict[str, int]:
    """The number of values in the answer to each question.

    Raises RuntimeError where two servers give different values; where each engine ranks in its own way, a different
    number of values.
    """
    sizes = {}
    for question in asked:
        answers = {
            name: Counter(values(server.ask(question.documents[server.schema], question.variables[server.schema])))
            for name, server in running.items()
        }
        (first, expected), *others = answers.items()
        for name, found in others:
            same = found.total() == expected.total() if question.ranked else found == expected
            if not same:
                only = (sorted((expected - found).items())[:5], sorted((found - expected).items())[:5])
                raise RuntimeError(f"{question.name}: {first} and {name} differ: {only[0]} against {only[1]}")
        sizes[question.name] = expected.total()
    return sizes


def values(data: object) -> Iterator[str]:
    """Every value of an answer; names of enum values as they are stored."""
    if isinstance(data, dict):
        for value in data.values():
            yield from values(value)
    elif isinstance(data, list):
        for value in data:
            yield from values(value)
    else:
        yield str(data).lower()
