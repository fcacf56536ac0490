"""A process of its own that answers statements of readers: `python -m datasets.browse.answering DATABASE [SHEETS]`.

It reads one JSON object a line ({"sql", "bindings"}) and writes one a line: {"columns", "rows"} or {"refused"}. It
holds the fence, SQLite's own limits on memory, the system's limit on this process, and a deadline between steps; what
none of these can stop, a single call that goes on, is stopped by whoever started it, who ends the process.
"""

from __future__ import annotations

import contextlib
import resource
import sys
import time
from contextlib import closing
from pathlib import Path

import apsw
import orjson

from datasets.browse.guard import LIMITS, MOST_BYTES, MOST_PATTERN, authorize_own
from datasets.browse.sheets import NAME

SECONDS = 1.0
"""What a statement may take, of work."""
MOST_ROWS = 10_000
"""Of an answer."""
MOST_ANSWER_BYTES = 4_000_000
"""Of the values of an answer, counted while they are fetched."""
MEMORY = 96 << 20
"""Bytes of memory that the process may write to."""
HEAP = 32 << 20
"""Bytes of these for SQLite."""
STEPS = 5_000
"""Steps of SQLite's machine between two looks at the clock."""


class RefusedError(Exception):
    """A statement that is not answered; the message says why and what to do."""


def main(arguments: list[str]) -> None:
    """Answer until the input ends."""
    with contextlib.suppress(ValueError, OSError):  # where the system does not know the limit, HEAP still holds
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    with closing(opened(Path(arguments[0]), Path(arguments[1]))) as connection:
        apsw.hard_heap_limit(HEAP)  # of the whole process: nobody who only opens a connection may be held to it
        for line in sys.stdin.buffer:
            sys.stdout.buffer.write(answered(connection, orjson.loads(line)) + b"\n")
            sys.stdout.buffer.flush()


def opened(database: Path, sheets: Path) -> apsw.Connection:
    """A fenced connection to a release, with its sheets attached under their name."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(f"{database.absolute().as_uri()}?immutable=1", flags=flags)
    connection.execute(f"ATTACH ? AS {NAME}", (f"{sheets.absolute().as_uri()}?immutable=1",))
    connection.pragma("cache_size", -8_000)
    connection.pragma("temp_store", 2)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    for limit, value in LIMITS.items():
        connection.limit(limit, value)
    connection.authorizer = authorize_own
    return connection


def answered(connection: apsw.Connection, asked: dict[str, object]) -> bytes:
    """The answer to one statement, or why it is refused, as JSON."""
    bindings = asked.get("bindings")
    try:
        assert isinstance(bindings, dict)
        return orjson.dumps(_run(connection, str(asked["sql"]), bindings))
    except RefusedError as error:
        return orjson.dumps({"refused": str(error)})
    except apsw.Error as error:
        return orjson.dumps({"refused": _reason(error)})
    except KeyError as error:
        return orjson.dumps({"refused": f"The statement needs a value for :{error.args[0]}; add it to the address."})
    except MemoryError:
        return orjson.dumps({"refused": "The statement needs more memory than it may have; ask for less."})


def _run(connection: apsw.Connection, sql: str, bindings: dict[str, object]) -> dict[str, object]:
    end = time.process_time() + SECONDS
    connection.set_progress_handler(lambda: time.process_time() > end, STEPS)
    cursor = connection.cursor()
    columns: list[str] = []
    started = 0

    def one(running: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        nonlocal started
        started += 1
        if started > 1:
            raise RefusedError("Ask one statement at a time.")
        if not running.is_readonly:
            raise RefusedError("Only reading is possible: begin with SELECT or WITH.")
        columns.extend(str(described[0]) for described in running.get_description())
        return True

    cursor.exec_trace = one
    rows: list[list[object]] = []
    size = 0
    for row in cursor.execute(sql, bindings):
        shown = [value.hex() if isinstance(value, bytes) else value for value in row]
        size += sum(len(value) if isinstance(value, str) else 8 for value in shown)
        if len(rows) == MOST_ROWS or size > MOST_ANSWER_BYTES:
            raise RefusedError(
                f"The answer has more than {MOST_ROWS:,} rows or {MOST_ANSWER_BYTES // 1_000_000} MB, and is never cut "
                "silently: add a LIMIT, ask for fewer columns, or download the table or the whole database."
            )
        rows.append(shown)
    if not columns:
        raise RefusedError("There is no statement; begin with SELECT or WITH.")
    return {"columns": columns, "rows": rows}


def _reason(error: apsw.Error) -> str:
    if isinstance(error, apsw.InterruptError):
        return f"The statement took longer than {SECONDS:g} s; narrow it, or download the database and ask it at home."
    if isinstance(error, apsw.TooBigError):
        return f"A value would have more than {MOST_BYTES:,} bytes."
    if isinstance(error, apsw.NoMemError):
        return "The statement needs more memory than it may have; ask for less."
    if isinstance(error, apsw.AuthError):
        return f"That is not possible here ({error}): only known functions and reading are."
    said = str(error)
    if "pattern too complex" in said:
        return f"A pattern has more than {MOST_PATTERN} bytes."
    return f"SQLite says: {said.removeprefix('SQLError: ')}."


if __name__ == "__main__":
    main(sys.argv[1:])
