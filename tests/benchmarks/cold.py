"""Documents that were never seen: our parse, limits, validation and plan, against stock parse and validate alone.

    python -m tests.benchmarks cold [--rounds 15]

Each document is made new by a comment, so that no cache knows it. CPU milliseconds in this process, medians; the
promise is at most 5 ms more than graphql-core's parse and validate of the same text over the same schema.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from graphql import parse, validate

from graph_schema.answer import Answer
from graph_schema.engine import Engine
from graph_schema.opening import open_engine
from graph_schema.page import EXAMPLES
from graph_schema.request import Request
from tests.benchmarks import world
from tests.benchmarks.graphql.questions import questions

PROMISED = 5.0
"""Milliseconds over stock, at the median of all documents."""


def documents(engine: Engine) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Name, text and variables: the questions of the other benchmark and the examples of /graphql."""
    for question in questions(world.current().database):
        if question.name != "Q7":  # its cursor is had by paging there
            yield question.name, question.documents["ours"], question.variables["ours"]
    for name, text in EXAMPLES:
        if not isinstance(engine.ready(Request(text, None, {}, {})), Answer):
            yield name, text, {}


def milliseconds(function: Callable[[], object]) -> float:
    """CPU time of one call."""
    began = time.process_time()
    function()
    return 1000 * (time.process_time() - began)


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks cold", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args(arguments)
    engine = open_engine(world.current())
    engine = replace(engine, limits=replace(engine.limits, cold_documents=1_000_000))
    schema = engine.built.schema
    over = []
    print("| document | ours ms | parse and validate ms | over ms |\n|---|---:|---:|---:|")
    for name, text, variables in documents(engine):
        ours, stock = [], []
        for number in range(given.rounds):
            new = f"{text}\n# {number}"

            def cold(new: str = new, variables: Mapping[str, object] = variables) -> None:
                found = engine.ready(Request(new, None, dict(variables), {}))
                assert not isinstance(found, Answer), found.body

            def plain(new: str = new) -> None:
                assert not validate(schema, parse(new))

            ours.append(milliseconds(cold))
            stock.append(milliseconds(plain))
        one, other = statistics.median(ours), statistics.median(stock)
        over.append(one - other)
        print(f"| {name} | {one:.2f} | {other:.2f} | {one - other:.2f} |")
    print(f"over stock at the median of {len(over)} documents: {statistics.median(over):.2f} ms (promised: {PROMISED})")


if __name__ == "__main__":
    main(sys.argv[1:])
