"""Why an operation is refused before anything runs. Every refusal has a code and says how to mend the operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphql import FieldNode, GraphQLError, Node


class Refusal(Exception):
    """An operation that is not run. `code` is public (`extensions.code`); `facts` go beside it."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        facts: Mapping[str, object] | None = None,
        nodes: Sequence[Node] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.facts = dict(facts or {})
        self.nodes = tuple(nodes)
        self.headers = dict(headers or {})

    def error(self) -> dict[str, object]:
        """The refusal as an error of a GraphQL answer."""
        found: dict[str, object] = {"message": self.message}
        if self.nodes:
            located = GraphQLError(self.message, nodes=list(self.nodes))
            found["locations"] = [{"line": spot.line, "column": spot.column} for spot in located.locations or ()]
        found["extensions"] = {"code": self.code, **self.facts}
        return found


def bad_input(message: str, *nodes: Node) -> Refusal:
    """An argument that cannot be used."""
    return Refusal("BAD_USER_INPUT", message, nodes=nodes)


def over_limit(limit: str, spent: int, allowed: int, advice: str, *nodes: FieldNode) -> Refusal:
    """More than a published limit allows."""
    message = f"{limit}: {spent} is over the limit of {allowed}; {advice}. All limits stand at /graphql/limits."
    facts = {"limit": limit, "spent": spent, "allowed": allowed}
    return Refusal("LIMIT_EXCEEDED", message, facts=facts, nodes=nodes)
