"""The words of the statements: JSON text put together in SQL, NULL where nothing is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import apsw
import orjson

from datasets.release.ddl import literal
from linked_data import terms

Sql = str
IRI_FUNCTION, SEGMENT_FUNCTION = "linked_data_iri", "linked_data_segment"
MENTION, RECORD = "\x01", "\x02"
"""What stands in the text for the beginning of all addresses of records: of one that is mentioned, of one that is told.

Quoted text never holds these characters, so that a document can be asked which records it mentions.
"""


def prepare(connection: apsw.Connection) -> None:
    """Give a connection the two functions that the statements call, and keep its statements prepared.

    Without the guarantee of stable plans, SQLite prepares a statement anew whenever a value is bound that its
    statistics know something of: that costs more than running it.
    """
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.create_scalar_function(IRI_FUNCTION, _iri, 1, deterministic=True)
    connection.create_scalar_function(SEGMENT_FUNCTION, _segment, 1, deterministic=True)


def _iri(*values: apsw.SQLiteValue) -> str | None:
    (value,) = values
    return None if value is None else terms.iri(str(value))


def _segment(*values: apsw.SQLiteValue) -> str | None:
    (value,) = values
    return None if value is None else terms.segment(str(value))


def joined(parts: Sequence[Sql]) -> Sql:
    """Texts one after another, balanced by parentheses: SQLite's parser is not deep."""
    if not parts:
        return "''"
    if len(parts) <= 2:
        return " || ".join(parts)
    half = len(parts) // 2
    return f"({joined(parts[:half])}) || ({joined(parts[half:])})"


def listed(parts: Iterable[Sql]) -> Sql:
    """Texts with commas between those that are not NULL; the empty text where all are."""
    return "rtrim(" + joined([f"ifnull({part} || ',', '')" for part in parts]) + ", ',')"


def quoted(text: str) -> str:
    """A text as JSON, at once."""
    return orjson.dumps(text).decode()


def iri_of(value: Sql) -> Sql:
    """An address as an IRI; the function is called only where there may be something to encode."""
    return f"CASE WHEN {value} GLOB '*[^A-Za-z0-9/:.?=&_-]*' THEN {IRI_FUNCTION}({value}) ELSE {value} END"


def segment_of(value: Sql, function: str = SEGMENT_FUNCTION) -> Sql:
    """A value as a part of an IRI; the function is called only where there is something to encode."""
    return f"CASE WHEN {value} GLOB '*[^A-Za-z0-9]*' THEN {function}({value}) ELSE {value} END"


def opening(iri: str) -> Sql:
    """The beginning of an IRI as a JSON string."""
    return literal(f'"{iri}')


def typed_as(classes: Iterable[str], end: str = "]") -> Sql:
    """The key `type` with the classes of a node."""
    return literal(f',"type":[{",".join(classes)}{end}')


def text_of(value: Sql, fixed: str, spoken: Sql, *, required: bool) -> Sql:
    """A string as JSON, with its language where it is known."""
    if fixed:
        text = _tagged(literal(fixed), value)
    elif spoken:
        text = f"CASE WHEN {spoken} IS NULL THEN json_quote({value}) ELSE {_tagged(spoken, value)} END"
    else:
        text = f"json_quote({value})"
    return f"({text})" if required else f"CASE WHEN {value} IS NOT NULL THEN {text} END"


def _tagged(language: Sql, value: Sql) -> Sql:
    return f"'{{\"@language\":\"' || {language} || '\",\"@value\":' || json_quote({value}) || '}}'"


_DIGIT = "[0-9]"
_YEAR = _DIGIT * 4
_PATTERNS: dict[str, Callable[[Sql], Sql]] = {
    "gYear": lambda value: f"{value} GLOB '{_YEAR}'",
    "gYearMonth": lambda value: f"{value} GLOB '{_YEAR}-[01]{_DIGIT}' AND substr({value}, 6) BETWEEN '01' AND '12'",
    "date": lambda value: f"{value} GLOB '{_YEAR}-{_DIGIT * 2}-{_DIGIT * 2}'",
}
_LENGTHS = {"gYear": 4, "gYearMonth": 7, "date": 10}


def has_precision(datatype: str, value: Sql) -> Sql:
    """Whether a date has the precision of an XSD datatype. The length is looked at first: it is told at once."""
    whole = bare("", value)
    plain = f"length({whole}) = {_LENGTHS[datatype]} AND {_PATTERNS[datatype](whole)}"
    return f"({plain} OR {value} GLOB '{_YEAR}-{_DIGIT * 2}-{_DIGIT * 2}T*')" if datatype == "date" else f"({plain})"


def bare(datatype: str, value: Sql) -> Sql:
    """The lexical form of a date of known precision."""
    whole = f"rtrim({value}, '?~%')"
    return f"substr({value}, 1, 10)" if datatype == "date" else whole


def date_of(value: Sql) -> Sql:
    """A date as a typed value, NULL where XSD has no datatype for it."""
    cases = []
    for datatype in ("date", "gYear", "gYearMonth"):
        opening = literal('{"@type":"xsd:' + datatype + '","@value":"')
        cases.append(f"WHEN {has_precision(datatype, value)} THEN {opening} || {bare(datatype, value)} || '\"}}'")
    return f"CASE {' '.join(cases)} END"
