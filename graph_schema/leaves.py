"""How values of each kind are written and read: the scalars, and the GraphQL type of a column."""

from __future__ import annotations

from typing import assert_never

from datasets.intake.partial_date import PartialDate
from datasets.query.selection import Form
from datasets.shapes.model import Column, Kind
from graph_schema.declare import Registry, nullable
from graph_schema.vocabulary import Vocabularies
from graph_schema.words import pascal

EDTF = "https://www.loc.gov/standards/datetime/"
PARTIAL_DATE = "PartialDate"
DAY = "Date"


def declare_scalars(registry: Registry) -> None:
    """The scalars beside those of GraphQL itself."""
    registry.scalar(
        PARTIAL_DATE,
        "A date as precise as its source, as EDTF level 0 or 1: `2017-04-29`, `2018-12`, `2016`, `2016-21` (spring), "
        "`2019-10?` (uncertain), `2019-10~` (about), `2010/2015` (interval), `2015/..` (open end). Never rounded.",
        EDTF,
        parse_partial_date,
    )
    registry.scalar(DAY, "A calendar day, `YYYY-MM-DD`.", EDTF, parse_partial_date)


def parse_partial_date(value: object) -> PartialDate:
    """The date that a client wrote. Raises ValueError with a mending message."""
    if not isinstance(value, str):
        raise ValueError('write a date as a string, such as "2017-04"')
    return PartialDate.parse(value)


def leaf_type(column: Column, vocabularies: Vocabularies) -> str:
    """The annotation of a column's single value, never null."""
    match column.kind:
        case Kind.NAME | Kind.TEXT | Kind.URL | Kind.LANGUAGE:
            return "str"
        case Kind.INTEGER:
            return "int"
        case Kind.DECIMAL:
            return "float"
        case Kind.DATE:
            return PARTIAL_DATE
        case Kind.FLAG:
            return "bool"
        case Kind.CODE:
            return pascal(column.scheme) if column.scheme in vocabularies else "str"
        case Kind.LINK:
            return "ID"
    assert_never(column.kind)


def leaf_form(column: Column, vocabularies: Vocabularies) -> Form:
    """How the planner writes a column's single value."""
    return Form.ENUM if column.kind is Kind.CODE and column.scheme in vocabularies else Form.PLAIN


def column_type(column: Column, vocabularies: Vocabularies) -> str:
    """The annotation of a column of a record: null only where nothing may be known."""
    leaf = leaf_type(column, vocabularies)
    return leaf if column.required or column.kind is Kind.FLAG else nullable(leaf)
