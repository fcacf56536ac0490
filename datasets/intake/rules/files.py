"""Rules about files, headers and the shape of rows: what must be right before a value can be read."""

from __future__ import annotations

from datasets.intake.finding import Severity
from datasets.intake.rules.rule import Fault, FileRule, Rule

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


def _place(data: bytes, at: int) -> tuple[int, int]:
    """Line and column, from 1, of a byte."""
    start = data.rfind(b"\n", 0, at) + 1
    return data.count(b"\n", 0, at) + 1, len(data[start:at].decode("utf-8", errors="replace")) + 1


def _encoding(data: bytes) -> tuple[int, int, Fault] | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data, error.start)
        value = data[error.start : error.start + 1].hex()
        hint = "UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "another encoding"
        return line, column, Fault(f"the byte 0x{value} is not UTF-8: the file is in {hint}", "save it as UTF-8", value)
    return None


def _nul(data: bytes) -> tuple[int, int, Fault] | None:
    at = data.find(b"\0")
    if at < 0:
        return None
    return *_place(data, at), Fault("there is a NUL byte: this is no text file", "export the table as CSV again", "\0")


def _carriage_return(data: bytes) -> tuple[int, int, Fault] | None:
    if data.count(b"\r") == data.count(b"\r\n"):
        return None
    at = next(i for i, byte in enumerate(data) if byte == 13 and data[i + 1 : i + 2] != b"\n")
    return *_place(data, at), Fault("a carriage return stands alone", "end lines with LF", "\r")


def _empty(data: bytes) -> tuple[int, int, Fault] | None:
    return None if data.strip() else (1, 1, Fault("the file is empty", "write its header, or remove the file", ""))


def _byte_order_mark(data: bytes) -> tuple[int, int, Fault] | None:
    if not data.startswith(b"\xef\xbb\xbf"):
        return None
    return 1, 1, Fault("the file begins with a byte order mark", value="\ufeff")


def _line_ends(data: bytes) -> tuple[int, int, Fault] | None:
    at = data.find(b"\r\n")
    return None if at < 0 else (*_place(data, at), Fault("lines end with CR LF", value="\r\n"))


def _unreadable(data: bytes) -> tuple[int, int, Fault] | None:
    """Find why a file cannot be read: it must be UTF-8, without NUL bytes and lone carriage returns, not empty."""
    return _encoding(data) or _nul(data) or _carriage_return(data) or _empty(data)


UNREADABLE_FILE = FileRule(
    code="unreadable_file",
    severity=_ERROR,
    doc=(
        "A file cannot be read: it is not UTF-8, holds a NUL byte or a lone carriage return, is empty, its quoting is "
        "broken, its TOML or its header is not what is expected. Nothing else is said of it until that is mended."
    ),
    mend="save it as UTF-8 text with cells quoted as RFC 4180 says",
    example='4eu-plus,"4EU+ European University Alliance,en  (the quote is never closed)',
    check=_unreadable,
    fatal=True,
)
BYTE_ORDER_MARK = FileRule(
    code="byte_order_mark",
    severity=_WARNING,
    doc="A file begins with a byte order mark (Excel writes one). It is passed over, but other programs stumble on it.",
    mend="save it as UTF-8 without a byte order mark",
    example="EF BB BF id,name,…",
    check=_byte_order_mark,
    fatal=False,
)
LINE_ENDS = FileRule(
    code="line_ends",
    severity=_WARNING,
    doc="Lines end with CR LF. They are read, but mixed line ends make every line of a comparison differ.",
    mend="save it with LF line ends",
    example="id,name,…<CR><LF>",
    check=_line_ends,
    fatal=False,
)
UNKNOWN_FILE = Rule(
    code="unknown_file",
    severity=_ERROR,
    doc="A CSV file of the folder is none that the shapes know, so nothing of it would be loaded.",
    mend="rename it as the shapes name their files, or move it elsewhere",
    example="membership.csv  (the file is memberships.csv)",
)
MISSING_FILE = Rule(
    code="missing_file",
    severity=_ERROR,
    doc=(
        "Rows point at records of which the folder has no file, and they stand nowhere else. A file that is not there "
        "means: not contained, leave as it is; but then nothing may depend on it."
    ),
    mend="add the file, or check against the database that has its records",
    example="memberships.csv without alliances.csv",
)
UNKNOWN_COLUMN = Rule(
    code="unknown_column",
    severity=_ERROR,
    doc="A header is none of the columns that the shapes declare for the file, so its values would be lost.",
    mend="rename or remove the column",
    example="id,name,foundd,…",
)
REPEATED_COLUMN = Rule(
    code="repeated_column",
    severity=_ERROR,
    doc="A header stands twice.",
    mend="keep one of the two columns",
    example="id,name,name,…",
)
MISSING_COLUMN = Rule(
    code="missing_column",
    severity=_ERROR,
    doc="A column that no row can do without is missing.",
    mend="add the column",
    example="name,kind,…  (without id)",
)
LEFT_OUT_COLUMN = Rule(
    code="left_out_column",
    severity=_ERROR,
    doc="A column that may be empty is missing: loading would take back all that was known of it.",
    mend="add the column, empty where nothing is known",
    example="id,alliance,organization,role,since,ended,sources  (without until)",
)
RAGGED_ROW = Rule(
    code="ragged_row",
    severity=_ERROR,
    doc="A row has more or fewer cells than the header, mostly because of a comma in a cell without quotes.",
    mend="quote cells that contain commas, and write all commas of empty cells",
    example="aua,Asian Universities Alliance, Beijing,en,…",
)

FILES: tuple[Rule, ...] = (
    UNREADABLE_FILE,
    BYTE_ORDER_MARK,
    LINE_ENDS,
    UNKNOWN_FILE,
    MISSING_FILE,
    UNKNOWN_COLUMN,
    REPEATED_COLUMN,
    MISSING_COLUMN,
    LEFT_OUT_COLUMN,
    RAGGED_ROW,
)
