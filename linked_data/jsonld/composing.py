"""JSON-LD documents of one release, through one connection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import apsw
import orjson

from linked_data.jsonld.compiler import Compiler
from linked_data.jsonld.sql import MENTION, RECORD, prepare, quoted

_MENTIONED = re.compile(f'{MENTION}([^"]+)"')
_TOLD = re.compile(f'{RECORD}([^"]+)"')


class JsonLd:
    """Composes documents from one release file. Not to be shared between threads."""

    def __init__(self, connection: apsw.Connection, compiler: Compiler) -> None:
        prepare(connection)
        self._connection = connection
        self._compiler = compiler
        self._statements = {name: compiler.statements(name) for name in compiler.plans}
        self._labels = {name: compiler.labels(name) for name in compiler.plans}
        self._vocabulary = compiler.vocabulary()
        self._vocabularies = compiler.vocabulary_labels()
        self._start = f'{{"@context":{quoted(compiler.context.path)},'

    def document(self, type_: str, id_: str) -> bytes | None:
        """The document about a record, or None when there is no such record."""
        execute = self._connection.execute
        if f"{type_}/{id_}" in self._vocabularies:
            head = self._compiler.vocabulary_head(id_)
            text = "".join(str(text) for (text,) in execute(self._vocabulary, (head, id_)))
            return self._compiler.finished(text).encode()
        first, *further = self._statements[type_]
        record = execute(first, (id_,)).fetchone()
        if record is None:
            return None
        own = str(record[0])
        related = [str(text) for sql in further for (text,) in execute(sql, (id_,)) if text]
        included = ",".join((*related, *self._labelled((own, *related))))
        end = f',"included":[{included}]}}' if included else "}"
        return self._compiler.finished(f"{self._start}{own[1:]}{end}").encode()

    def _labelled(self, texts: Iterable[str]) -> Iterator[str]:
        """The labels of all records that are mentioned and not told, type by type; those of vocabularies come last."""
        mentioned: set[str] = set()
        told: set[str] = set()
        for text in texts:
            mentioned.update(_MENTIONED.findall(text))
            told.update(_TOLD.findall(text))
        by_type: dict[str, list[str]] = {}
        vocabularies = []
        for named in sorted(mentioned - told):
            if named in self._vocabularies:
                vocabularies.append(self._vocabularies[named])
            else:
                type_, _, id_ = named.partition("/")
                by_type.setdefault(type_, []).append(id_)
        for type_, ids in by_type.items():
            for (text,) in self._connection.execute(self._labels[type_], (orjson.dumps(ids).decode(),)):
                if text:
                    yield str(text)
        yield from vocabularies
