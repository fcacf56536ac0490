"""The dialect of SQLite."""

from __future__ import annotations

from collections.abc import Callable

from datasets.query.bind import Binding, Values, json_list
from datasets.query.dialect import Precision
from datasets.query.json_text import Absent, Value, identifier
from datasets.query.words import phrases
from datasets.release.layout import SEARCH, SEARCH_INDEX

_YEAR = "[0-9][0-9][0-9][0-9]"
_MONTH = f"{_YEAR}-[01][0-9]"
_DAY = f"{_MONTH}-[0-3][0-9]"
_GLOBS = {Precision.YEAR: _YEAR, Precision.MONTH: _MONTH, Precision.DAY: _DAY}


class Sqlite:
    """SQLite, from 3.40. The connection must know the function `fold` (`datasets.text.fold`)."""

    name = "sqlite"

    def mark(self, number: int) -> str:
        return f"?{number}"

    def finished(self, text: str) -> str:
        return f"SELECT CAST({text} AS BLOB)"

    def row(self, text: str) -> str:
        return f"CAST({text} AS BLOB)"

    def string(self, text: str, *, nullable: bool) -> Value:
        return Value((f"json_quote({text})",), Absent.TEXT if nullable else Absent.NEVER)

    def number(self, number: str, *, nullable: bool) -> Value:
        return Value((number,), Absent.NULL if nullable else Absent.NEVER)

    def as_text(self, number: str) -> str:
        return number

    def joined(self, text: str) -> str:
        return f"group_concat({text},',')"

    def limit(self, count: str) -> str:
        # A sub-query without LIMIT may lose its ORDER BY.
        return f" LIMIT {count or '-1'}"

    def cross_join(self) -> str:
        return "CROSS JOIN"

    def unled(self, column: str) -> str:
        return f"+{column}"

    def among(self, column: str, mark: str) -> str:
        return f"{column} IN (SELECT value FROM json_each({mark}))"

    def list_binding(self, items: Callable[[Values], list[str]] | Callable[[Values], list[int]]) -> Binding:
        return json_list(items)

    def differs(self, left: str, right: str) -> str:
        return f"{left} IS NOT {right}"

    def holds(self, text: str, part: str) -> str:
        return f"instr({text},{part})>0"

    def hexadecimal(self, text: str) -> str:
        return f"hex({text})"

    def folded(self, alias: str, field: str) -> str:
        return f"fold({alias}.{identifier(field)})"

    def precise(self, date: str, precision: Precision) -> str:
        return f"{date} GLOB '{_GLOBS[precision]}'"

    def bare_date(self, date: str) -> str:
        timed = f"{date} GLOB '{_DAY}T*' AND {date} NOT GLOB '*/*'"
        return f"CASE WHEN {timed} THEN substr({date},1,10) ELSE rtrim({date},'?~%') END"

    def pairs(self, mark: str) -> str:
        columns = "json_extract(value,'$[0]') AS type,json_extract(value,'$[1]') AS id"
        return f"(SELECT {columns} FROM json_each({mark}) ORDER BY key LIMIT -1)"

    def found(self, query: str) -> str:
        index = identifier(SEARCH_INDEX)
        return f"{index} CROSS JOIN {identifier(SEARCH)} e ON e.entry={index}.rowid WHERE {index} MATCH {query}"

    def hit(self, query: str, *, aliases: bool) -> str:
        index = identifier(SEARCH_INDEX)
        return f"e.entry IN (SELECT rowid FROM {index} WHERE {index} MATCH {query})"

    def search_binding(self, slot: str, columns: tuple[str, ...]) -> Binding:
        prefix = f"{{{' '.join(columns)}}} : " if columns else ""

        def bound(values: Values) -> str:
            found = phrases(values, slot)
            if not found:
                return '""'
            terms = ['"' + " ".join(phrase) + '"' for phrase in found]
            return f"{prefix}({' AND '.join(terms)} *)"

        return bound
