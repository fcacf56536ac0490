"""Single columns as JSON values, by kind and form."""

from __future__ import annotations

from datasets.query.dialect import Precision
from datasets.query.json_text import NULL, Absent, Fixed, Value, case, concatenated
from datasets.query.selection import Form, Pattern, Ref, Scalar
from datasets.query.things import Scope, SelectionError
from datasets.query.writer import Writer
from datasets.shapes import Column, Kind


def scalar(w: Writer, scope: Scope, part: Scalar) -> Value:
    """A single column of a row. Raises SelectionError when the form does not fit its kind."""
    column = scope.thing.single(part.column)
    form = part.form
    if form is Form.EARLIEST or form is Form.LATEST:
        scope.thing.date(part.column)
        return w.dialect.string(scope.sql(column.name, f"_{form.value}"), nullable=not column.required)
    if form is Form.BARE:
        scope.thing.date(part.column)
        return w.dialect.string(w.dialect.bare_date(scope.sql(column.name)), nullable=not column.required)
    return written(w, column, scope.sql(column.name), form, nullable=not column.required)


def written(w: Writer, column: Column, sql: str, form: Form, *, nullable: bool) -> Value:
    """A value of the column's kind that an expression yields, as PLAIN, STRING or ENUM."""
    if column.kind is Kind.FLAG:
        word = f"CASE WHEN {sql}=1 THEN 'true' WHEN {sql}=0 THEN 'false' END"
        if form is Form.PLAIN:
            return Value((word,), Absent.NULL if nullable else Absent.NEVER)
        return w.dialect.string(f"upper({word})" if form is Form.ENUM else word, nullable=nullable)
    if form is Form.ENUM:
        return w.dialect.string(f"upper(replace({sql},'-','_'))", nullable=nullable)
    if column.kind is Kind.INTEGER:
        if form is Form.PLAIN:
            return w.dialect.number(sql, nullable=nullable)
        return w.dialect.string(f"CAST({sql} AS TEXT)", nullable=nullable)
    if column.kind is Kind.DECIMAL and form is Form.PLAIN:
        return Value((sql,), Absent.NULL if nullable else Absent.NEVER)
    if form not in (Form.PLAIN, Form.STRING):
        raise SelectionError(f"{column.name} cannot be written as {form.value}")
    return w.dialect.string(sql, nullable=nullable)


def pattern(w: Writer, scope: Scope, part: Pattern) -> Value:
    """A string of fixed text and columns; NULL where one of the columns is."""
    pieces: list[str] = []
    nullable = False
    for piece in part.pieces:
        if isinstance(piece, Ref):
            pieces.append(_raw(w, scope, piece))
            nullable = nullable or not scope.thing.single(piece.column).required
        else:
            pieces.append(Fixed(piece))
    return w.dialect.string(concatenated(pieces), nullable=nullable)


def _raw(w: Writer, scope: Scope, ref: Ref) -> str:
    column = scope.thing.single(ref.column)
    form = ref.form
    if form in (Form.EARLIEST, Form.LATEST, Form.BARE):
        scope.thing.date(ref.column)
        return (
            w.dialect.bare_date(scope.sql(column.name))
            if form is Form.BARE
            else scope.sql(column.name, f"_{form.value}")
        )
    if column.kind is Kind.FLAG:
        raise SelectionError(f"{scope.thing.name}.{column.name} is yes or no, and cannot be part of a text")
    text = w.dialect.as_text(scope.sql(column.name)) if column.kind is Kind.INTEGER else scope.sql(column.name)
    return f"upper(replace({text},'-','_'))" if form is Form.ENUM else text


def by_precision(
    w: Writer, date: str, branches: tuple[Value | None, Value | None, Value | None, Value | None]
) -> Value:
    """The value that fits the precision of a date: year, month, day, other."""
    bare = w.dialect.bare_date(date)
    precisions = (Precision.YEAR, Precision.MONTH, Precision.DAY)
    arms = [(f"{date} IS NULL", NULL)]
    arms += [
        (w.dialect.precise(f"({bare})", precision), branch if branch is not None else NULL)
        for precision, branch in zip(precisions, branches, strict=False)
    ]
    return case(arms, otherwise=branches[3])
