"""Documents laid out in pieces at publishing: what a record says, once, and which other pieces its document holds.

A document repeats what is said elsewhere: a membership stands in full in those of its alliance and of its member, and
every document has labels of all that it mentions. Finding these out takes ten times as long as putting the pieces
together, and a release never changes; so publishing finds them out. The same bytes come out as without the pieces,
which is how documents are composed of types that are not laid out: claims, as there are ten for each record and they
are looked at one by one, and concepts, whose documents speak of vocabularies, which are no records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import apsw
import orjson

from datasets.release.exporter import Draft, ExportFile, FromDatabase
from datasets.release.layout import link_key, sort_field
from linked_data.context import Context
from linked_data.documents import VOCABULARY, Documents, mentions, order_of
from linked_data.jsonld.compiler import Compiler
from linked_data.jsonld.sql import MENTION, prepare
from linked_data.mapping import CLAIM
from linked_data.records import Merge
from linked_data.saying import Block
from linked_data.triples import Writers
from linked_data.turtle import Turtle

PIECES_FILE = ExportFile(
    name="documents.sqlite",
    title="Documents about records in pieces, as a service puts them together",
    media_type="application/vnd.sqlite3",
)
MARK = MENTION
"""What stands in the pieces for the beginning of all addresses of records; nothing that is quoted holds it."""
_TABLES = """
PRAGMA page_size = 8192; PRAGMA temp.cache_size = -16384;
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
CREATE TABLE labels (n INTEGER PRIMARY KEY, json BLOB NOT NULL, turtle BLOB NOT NULL);
CREATE TABLE heads (n INTEGER PRIMARY KEY, turtle BLOB NOT NULL);
CREATE TABLE pieces (n INTEGER PRIMARY KEY, json BLOB NOT NULL, turtle BLOB NOT NULL);
CREATE TABLE documents (
    type TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, related TEXT NOT NULL, labels TEXT NOT NULL,
    head INTEGER NOT NULL, PRIMARY KEY (type, id)
) WITHOUT ROWID;
CREATE TEMP TABLE numbers (type TEXT, id TEXT, n INTEGER, prefixes INTEGER, PRIMARY KEY (type, id)) WITHOUT ROWID;
CREATE TEMP TABLE mentioned (n INTEGER, type TEXT, id TEXT, PRIMARY KEY (n, type, id)) WITHOUT ROWID;
CREATE TEMP TABLE prefixes (n INTEGER PRIMARY KEY, piece INTEGER, label INTEGER);
BEGIN;
"""
_NUMBER = "SELECT n FROM numbers WHERE type = ? AND id = ?"
_MENTIONED = "SELECT n.n FROM mentioned AS m JOIN numbers AS n ON n.type = m.type AND n.id = m.id WHERE m.n = ?"


class Pieces(FromDatabase):
    """The pieces of all documents."""

    FILES: ClassVar[tuple[ExportFile, ...]] = (PIECES_FILE,)

    def finish(self, draft: Draft) -> None:
        """Lay them out."""
        writers = Writers(draft.shapes, draft.imprint.base_iri)
        with closing(apsw.Connection(str(self.folder / PIECES_FILE.name))) as to:
            layout = _Layout(draft.connection, to, writers, draft.imprint.date)
            layout.write()


class _Layout:
    """Writes pieces, then documents. Records are numbered by type and id, which is the order of labels in documents."""

    def __init__(self, connection: apsw.Connection, to: apsw.Connection, writers: Writers, day: str) -> None:
        prepare(connection)
        names = writers.names
        self._connection = connection
        self._to = to
        self._writers = writers
        self._things = names.things
        self._documents = Documents(connection, writers, day)
        self._compiler = Compiler(Context(names), day)
        self._turtle = Turtle(names.prefixes, names.things)
        self._bits = {name: 1 << place for place, name in enumerate(sorted(names.prefixes))}
        self._types = sorted(name for name in writers.plans if name != CLAIM)
        self._heads: dict[int, int] = {}

    def write(self) -> None:
        """Write everything."""
        for _ in self._to.execute(_TABLES):  # some answer: the next is run when that is read
            pass
        number = 0
        for type_ in self._types:
            number = self._pieces(type_, number)
        for type_ in self._types:
            if type_ != VOCABULARY:
                self._relate(type_)
        self._to.execute("COMMIT")

    def _pieces(self, type_: str, number: int) -> int:
        """The pieces of a type, numbered from the one after `number`; gives the last number."""
        nodes = (str(node) for (node,) in self._connection.execute(self._compiler.every(type_)))
        label = self._compiler.labels(type_)
        start = len(self._things) + len(type_) + 2
        for blocks, node in zip(self._documents.records.all(type_), nodes, strict=True):
            number += 1
            id_ = blocks[0][0][start:-1]
            (told,) = self._connection.execute(label, (orjson.dumps([id_]).decode(),)).fetchone() or ("",)
            of_piece, of_label = self._said(blocks), self._said(self._documents.labels_of(type_, [id_]))
            execute = self._to.execute
            execute(
                "INSERT INTO pieces VALUES (?, ?, ?)", (number, self._short(self._compiler.finished(node)), of_piece[0])
            )
            execute(
                "INSERT INTO labels VALUES (?, ?, ?)",
                (number, self._short(self._compiler.finished(str(told))), of_label[0]),
            )
            execute("INSERT INTO numbers VALUES (?, ?, ?, ?)", (type_, id_, number, 0))
            execute("INSERT INTO prefixes VALUES (?, ?, ?)", (number, of_piece[1], of_label[1]))
            self._to.executemany(
                "INSERT INTO mentioned VALUES (?, ?, ?)", [(number, *to) for to in mentions(blocks, self._things)]
            )
        return number

    def _said(self, blocks: Iterable[Block]) -> tuple[bytes, int]:
        """Blocks as a piece of Turtle, and the prefixes that it uses."""
        used: set[str] = set()
        text = self._turtle.text(blocks, used)
        return self._short(text), sum(self._bits[name] for name in self._turtle.prefixes_of(used))

    def _short(self, text: str) -> bytes:
        return text.replace(self._things, MARK).encode()

    def _relate(self, type_: str) -> None:
        """The documents of a type: what belongs to each."""
        scans = list(self._scans(type_))
        for id_, number in self._to.execute("SELECT id, n FROM numbers WHERE type = ? ORDER BY id", (type_,)):
            related = [int(str(row[0])) for scan in scans for row in scan.take(str(id_))]
            told = {int(str(number)), *related}
            labels = sorted({n for of in told for n in self._mentioned(of)} - told)
            lists = (orjson.dumps(related).decode(), orjson.dumps(labels).decode())
            row = (type_, id_, number, *lists, self._head(told, labels))
            self._to.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", row)

    def _mentioned(self, number: int) -> list[int]:
        return [int(str(n)) for (n,) in self._to.execute(_MENTIONED, (number,))]

    def _scans(self, type_: str) -> Iterator[Merge]:
        """The numbers of the records that tie those of a type to others, by the id of the latter."""
        for reverse in self._writers.plans[type_].related:
            entity, key = reverse.entity, link_key(self._writers.shapes, reverse.link)
            order = sort_field(entity, order_of(entity.orders, reverse.link.name))
            typed = f"\"{key[0]}\" = '{type_}' AND " if len(key) > 1 else ""
            rows = f'FROM {entity.plural} WHERE {typed}"{key[-1]}" NOT NULL'
            sql = f'SELECT "{key[-1]}", id {rows} ORDER BY 1, "{order}", id'
            yield Merge(iter(self._numbered(entity.name, sql)))

    def _numbered(self, type_: str, sql: str) -> Iterator[tuple[str, int]]:
        for owner, id_ in self._connection.execute(sql):
            yield str(owner), self._to.execute(_NUMBER, (type_, id_)).get

    def _head(self, told: Iterable[int], labels: Iterable[int]) -> int:
        """The number of the declarations of all prefixes that a document uses."""
        used = 0
        for column, numbers in (("piece", told), ("label", labels)):
            for number in numbers:
                used |= self._to.execute(f"SELECT {column} FROM prefixes WHERE n = ?", (number,)).get
        if used not in self._heads:
            self._heads[used] = len(self._heads) + 1
            head = self._turtle.head(name for name, bit in self._bits.items() if bit & used)
            self._to.execute("INSERT INTO heads VALUES (?, ?)", (self._heads[used], head.encode()))
        return self._heads[used]


class LaidOut:
    """Puts documents together from the pieces of one release, through one connection. Not to be shared by threads."""

    def __init__(self, connection: apsw.Connection, pieces: Path, context: Context) -> None:
        """`pieces` is attached to the connection, and closed with it."""
        self._connection = connection
        self._things = context.names.things.encode()
        self._start = f'{{"@context":{orjson.dumps(context.path).decode()},'.encode()
        if _SCHEMA not in {str(name) for _, name, _ in connection.execute("PRAGMA database_list")}:
            address = f"{pieces.absolute().as_uri()}?mode=ro&immutable=1"
            connection.execute(f"ATTACH ? AS {_SCHEMA}", (address,))

    def json_ld(self, type_: str, id_: str) -> bytes | None:
        """The JSON-LD document about a record; None where none is laid out."""
        found = self._connection.execute(_JSON_LD, (type_, id_)).fetchone()
        if found is None:
            return None
        own, related, labels = found
        assert isinstance(own, bytes)
        included = b",".join([part for part in (related, labels) if isinstance(part, bytes)])
        end = b',"included":[' + included + b"]}" if included else b"}"
        return b"".join((self._start, own[1:-1], end)).replace(_MARK, self._things)

    def turtle(self, type_: str, id_: str) -> bytes | None:
        """The Turtle document about a record; None where none is laid out."""
        found = self._connection.execute(_TURTLE, (type_, id_)).fetchone()
        return (
            None
            if found is None
            else b"".join([part for part in found if isinstance(part, bytes)]).replace(_MARK, self._things)
        )


def _composing(column: str, between: str, before: str) -> str:
    """The statement that gives the pieces of a document: its own, those that stand in it in full, the labels."""

    def gathered(table: str, numbers: str) -> str:
        rows = f"json_each(d.{numbers}) AS w CROSS JOIN {_SCHEMA}.{table} AS p ON p.n = w.value"
        return f"(SELECT CAST(group_concat(p.{column}, '{between}') AS BLOB) FROM {rows})"

    own = f"(SELECT {column} FROM {_SCHEMA}.pieces WHERE n = d.n)"
    parts = ", ".join((*([before] if before else []), own, gathered("pieces", "related"), gathered("labels", "labels")))
    return f"SELECT {parts} FROM {_SCHEMA}.documents AS d WHERE d.type = ? AND d.id = ?"


_SCHEMA = "laid_out"
_MARK = MARK.encode()
_JSON_LD = _composing("json", ",", "")
_TURTLE = _composing("turtle", "", f"(SELECT turtle FROM {_SCHEMA}.heads WHERE n = d.head)")
