"""The dialect of PostgreSQL, for a release copied there by `to_postgres`."""

from __future__ import annotations

from collections.abc import Callable

from datasets.query.bind import Binding, Values
from datasets.query.dialect import Precision
from datasets.query.json_text import Absent, Value, identifier
from datasets.query.words import phrases
from datasets.release.layout import SEARCH

_YEAR = "[0-9]{4}"
_MONTH = f"{_YEAR}-[01][0-9]"
_DAY = f"{_MONTH}-[0-3][0-9]"
_PATTERNS = {Precision.YEAR: _YEAR, Precision.MONTH: _MONTH, Precision.DAY: _DAY}


class Postgres:
    """PostgreSQL, from 14. Text columns are of collation "C", so that text is ordered as in SQLite."""

    name = "postgres"

    def mark(self, number: int) -> str:
        return f"${number}"

    def finished(self, text: str) -> str:
        return f"SELECT {text}"

    def row(self, text: str) -> str:
        return text

    def string(self, text: str, *, nullable: bool) -> Value:
        return Value((f"to_json({text})::text",), Absent.NULL if nullable else Absent.NEVER)

    def number(self, number: str, *, nullable: bool) -> Value:
        return Value((f"({number})::text",), Absent.NULL if nullable else Absent.NEVER)

    def as_text(self, number: str) -> str:
        return f"({number})::text"

    def joined(self, text: str) -> str:
        return f"string_agg({text},',')"

    def limit(self, count: str) -> str:
        return f" LIMIT {count}" if count else ""

    def cross_join(self) -> str:
        return "JOIN"

    def unled(self, column: str) -> str:
        return column

    def among(self, column: str, mark: str) -> str:
        return f"{column}=ANY({mark})"

    def list_binding(self, items: Callable[[Values], list[str]] | Callable[[Values], list[int]]) -> Binding:
        return items

    def differs(self, left: str, right: str) -> str:
        return f"{left} IS DISTINCT FROM {right}"

    def holds(self, text: str, part: str) -> str:
        return f"strpos({text},{part})>0"

    def hexadecimal(self, text: str) -> str:
        return f"upper(encode(convert_to({text},'UTF8'),'hex'))"

    def folded(self, alias: str, field: str) -> str:
        return f"{alias}.{identifier(field + '_folded')}"

    def precise(self, date: str, precision: Precision) -> str:
        return f"{date} ~ '^{_PATTERNS[precision]}$'"

    def bare_date(self, date: str) -> str:
        return f"CASE WHEN {date} ~ '^{_DAY}T[^/]*$' THEN substr({date},1,10) ELSE rtrim({date},'?~%') END"

    def pairs(self, mark: str) -> str:
        columns = "p.value->>0 AS type,p.value->>1 AS id"
        return f"(SELECT {columns} FROM json_array_elements({mark}::json) WITH ORDINALITY AS p(value,n) ORDER BY p.n)"

    def found(self, query: str) -> str:
        return f"{identifier(SEARCH)} e WHERE e.all_vector @@ {query}::tsquery"

    def hit(self, query: str, *, aliases: bool) -> str:
        return f"e.{'alias_vector' if aliases else 'name_vector'} @@ {query}::tsquery"

    def search_binding(self, slot: str, columns: tuple[str, ...]) -> Binding:
        def bound(values: Values) -> str:
            words = [" <-> ".join(f"'{token}'" for token in phrase) for phrase in phrases(values, slot)]
            return " & ".join(f"({word})" for word in words[:-1]) + _last(words)

        def _last(words: list[str]) -> str:
            return "" if not words else (" & " if len(words) > 1 else "") + f"({words[-1]}:*)"

        return bound
