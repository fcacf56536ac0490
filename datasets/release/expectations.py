"""How many records, values and conflicts a release must at least hold: the alarm against lost facts.

An expectation counts the records of an entity; with `column` those that have a value in it; with `rivals` those whose
sources disagree on it. Fewer than `min`: nothing is published. More than `max`: a warning.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from datasets.canonical.read import CLAIMS
from datasets.intake.facts import Expectation
from datasets.release import layout
from datasets.release.ddl import literal, quote
from datasets.release.errors import Violation
from datasets.release.fill import staged
from datasets.shapes import Kind, Shapes


def count(connection: apsw.Connection, shapes: Shapes, expectation: Expectation) -> int:
    """What an expectation counts in the staged content. Raises ValueError when it names what the shapes do not know."""
    try:
        entity = shapes.entity(expectation.entity)
    except KeyError as error:
        raise ValueError(f"an expectation names an unknown entity: {error.args[0]}") from error
    name = expectation.column
    if name and name not in shapes.claimable(entity):
        raise ValueError(f"an expectation names an unknown column: {entity.name} has no {name!r}")
    if expectation.rivals:
        claims = staged(shapes.entity(CLAIMS).plural)
        column = f"AND {quote('column')} = {literal(name)} " if name else ""
        sql = f"record FROM {claims} WHERE record_type = {literal(entity.name)} {column}AND NOT chosen"
        return _number(connection, f"SELECT count(*) FROM (SELECT DISTINCT {sql})")
    if not name:
        return _number(connection, f"SELECT count(*) FROM {staged(entity.plural)}")
    if any(values.name == name for values in shapes.values_of(entity)):
        return _number(connection, f"SELECT count(DISTINCT subject) FROM {staged(f'{entity.name} {name}')}")
    column_ = entity.column(name)
    if column_.many:
        return _number(
            connection, f"SELECT count(DISTINCT owner) FROM {staged(layout.set_table_name(entity, column_))}"
        )
    said = f"{quote(name)} = 1" if column_.kind is Kind.FLAG else f"{quote(name)} IS NOT NULL"
    return _number(connection, f"SELECT count(*) FROM {staged(entity.plural)} WHERE {said}")


def _number(connection: apsw.Connection, sql: str) -> int:
    return int(connection.execute(sql).get)


def unmet(
    connection: apsw.Connection, shapes: Shapes, expectations: Sequence[Expectation]
) -> tuple[list[Violation], list[Violation]]:
    """The expectations that forbid publishing, and those that only warn."""
    errors: list[Violation] = []
    warnings: list[Violation] = []
    for expectation in expectations:
        number = count(connection, shapes, expectation)
        plural = shapes.entity(expectation.entity).plural
        what = f"{plural} whose sources disagree" if expectation.rivals else plural
        if expectation.column:
            what += f" on {expectation.column}" if expectation.rivals else f" with {expectation.column}"
        if expectation.min is not None and number < expectation.min:
            message = f"{number} {what}, but at least {expectation.min} are expected; look for lost facts"
            errors.append(Violation("expectation", plural, "", expectation.column, "", message))
        if expectation.max is not None and number > expectation.max:
            message = f"{number} {what}, but at most {expectation.max} are expected; raise the number if that is right"
            warnings.append(Violation("expectation", plural, "", expectation.column, "", message))
    return errors, warnings
