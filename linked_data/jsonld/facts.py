"""One value of a record or of a compound value as JSON."""

from __future__ import annotations

from datasets.release.ddl import literal, quote
from datasets.shapes.model import Link
from linked_data import terms
from linked_data.context import Context
from linked_data.documents import VOCABULARY
from linked_data.jsonld.sql import MENTION, Sql, date_of, iri_of, opening, text_of
from linked_data.mapping import Fact, Form


class Facts:
    """Writes values as SQL expressions of JSON text."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.names = context.names
        self.shapes = context.names.shapes

    def value(self, fact: Fact, row: str, name: str) -> Sql:
        """A value as JSON text, NULL where nothing is said."""
        value = f"{row}.{quote(name)}"
        match fact.form:
            case Form.TEXT:
                spoken = f"{row}.{quote(fact.language)}" if fact.language else ""
                return text_of(value, fact.column.language, spoken, required=fact.column.required)
            case Form.INTEGER:
                return value
            case Form.TRUE:
                return f"CASE {value} WHEN 1 THEN 'true' END"
            case Form.DATE:
                return date_of(value)
            case Form.EARLIEST:
                return f"'\"' || nullif({row}.{quote(f'{name}_earliest')}, {literal(terms.FIRST_DAY)}) || '\"'"
            case Form.LATEST:
                return f"'\"' || nullif({row}.{quote(f'{name}_latest')}, {literal(terms.LAST_DAY)}) || '\"'"
            case Form.DECIMAL | Form.EDTF:
                return f"'\"' || {value} || '\"'"
            case _:
                return self._iri_value(fact, row, value)

    def _iri_value(self, fact: Fact, row: str, value: Sql) -> Sql:
        column = fact.column
        if fact.form is Form.ADDRESS:
            iri = f"CASE WHEN {value} IS NOT NULL THEN json_quote({iri_of(value)}) END"
        elif fact.form is Form.CONCEPT:
            iri = f"{opening(f'{MENTION}{VOCABULARY}/{column.scheme}.')} || {value} || '\"'"
        elif fact.form is Form.VOCABULARY:
            iri = f"{opening(f'{MENTION}{VOCABULARY}/')} || {value} || '\"'"
        elif isinstance(column, Link) and self.shapes.is_family(column.target):
            type_ = f"{row}.{quote(f'{column.name}_type')}"
            iri = f"{opening(MENTION)} || {type_} || '/' || {value} || '\"'"
        else:
            target = column.target if isinstance(column, Link) else ""
            iri = f"{opening(f'{MENTION}{target}/')} || {value} || '\"'"
        return iri if self.context.coerced(fact.term) else f"'{{\"id\":' || {iri} || '}}'"
