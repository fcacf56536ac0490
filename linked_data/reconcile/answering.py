"""The Reconciliation Service API 0.2 over a release: manifest, queries, suggestions, previews, data extension.

https://reconciliation-api.github.io/specs/0.2/. Everything here gives plain objects, to be written as JSON.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import apsw

from datasets.release.layout import label_field
from datasets.release.open import Release
from datasets.shapes.model import Entity, Kind
from datasets.text import fold
from linked_data.namespaces import Namespaces
from linked_data.reconcile.asking import BadQueryError, Query, batch, extension
from linked_data.reconcile.matching import Candidate, Matcher
from linked_data.reconcile.properties import Property, settled
from linked_data.reconcile.values import Reading, Value

Json = dict[str, object]
SECONDS = 10.0
"""A batch that takes longer is given up: the client sends fewer queries at once."""
MOST_SUGGESTED = 20
PREVIEW = (420, 260)
"""Width and height of a preview in pixels."""


class Reconciliation:
    """The API over one release. Connections are the caller's, one per thread."""

    def __init__(self, release: Release, root: str) -> None:
        """`root` is what the addresses of the release begin with: nothing for the current one."""
        self.release = release
        self.matcher = Matcher(release.shapes)
        self.names = Namespaces(release.shapes, release.base_iri)
        self._address = f"{release.base_iri}{root}"

    def manifest(self) -> Json:
        """What the service is and can do."""
        here = f"{self._address}/reconcile"
        width, height = PREVIEW
        suggest = {"service_url": here}
        return {
            "versions": ["0.2"],
            "name": self.release.title,
            "identifierSpace": self.names.things,
            "schemaSpace": f"{self.names.ontology}#",
            "documentation": f"{self._address}/about",
            "serviceVersion": self.release.id,
            "defaultTypes": [self._type(self.matcher.entities[name]) for name in self.matcher.defaults],
            "view": {"url": f"{self.names.things}{{{{id}}}}"},
            "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": width, "height": height},
            "suggest": {
                "entity": {
                    **suggest, "service_path": "/suggest/entity", "flyout_service_url": here,
                    "flyout_service_path": "/flyout/entity?id=${id}",
                },
                "type": {**suggest, "service_path": "/suggest/type"},
                "property": {**suggest, "service_path": "/suggest/property"},
            },
            "extend": {
                "propose_properties": {"service_url": here, "service_path": "/properties"},
                "property_settings": [
                    {
                        "name": "limit", "label": "Limit", "type": "number", "default": 0,
                        "help_text": "The most values of a record; 0 for all.",
                    }
                ],
            },
        }  # fmt: skip

    def _type(self, entity: Entity) -> Json:
        return {"id": entity.name, "name": entity.name.replace("_", " ").capitalize(), "description": entity.doc}

    def queries(self, connection: apsw.Connection, text: str) -> Json:
        """The answer to a batch of queries as JSON text. Raises BadQueryError and Overdue."""
        asked = batch(text)
        for type_ in {type_ for query in asked.values() for type_ in self.matcher.types(query.types)}:
            self.matcher.index(connection, type_)  # the time of a batch begins when there is something to search
        deadline = time.monotonic() + SECONDS
        return {key: {"result": self._results(connection, query, deadline)} for key, query in asked.items()}

    def _results(self, connection: apsw.Connection, query: Query, deadline: float) -> list[Json]:
        return [self._candidate(c) for c in self.matcher.match(connection, query, deadline)]

    def _candidate(self, candidate: Candidate) -> Json:
        entity = self.release.shapes.entity(candidate.entry.type)
        return {
            "id": candidate.entry.key,
            "name": candidate.entry.label,
            "description": candidate.description,
            "score": candidate.score,
            "match": candidate.match,
            "type": [{"id": entity.name, "name": entity.name.replace("_", " ").capitalize()}],
            "features": [{"id": id_, "value": value} for id_, value in candidate.features.items()],
            "reasons": candidate.reasons,
        }

    def suggested_entities(self, connection: apsw.Connection, asked: Mapping[str, str]) -> Json:
        """Records whose names begin with the prefix, the closest first, then what most tables are about."""
        prefix = fold(asked.get("prefix", ""))[:200]
        found: list[tuple[int, int, str, str, str, str]] = []
        if prefix:
            types = [t for t in asked.get("type", "").split(",") if t]
            for place, type_ in enumerate(self.matcher.types(types)):
                index = self.matcher.index(connection, type_)
                for number, rank in index.beginning(prefix).items():
                    entry = index.entries[number]
                    found.append((rank, place, fold(entry.label), entry.label, entry.type, entry.id))
        found.sort()
        start = _number(asked.get("cursor", "0"))
        reading = Reading(connection, self.release.shapes)
        shown = []
        for _, _, _, label, type_, id_ in found[start : start + MOST_SUGGESTED]:
            index = self.matcher.index(connection, type_)
            described = self.matcher.described(reading, index.entries[index.by_id[id_]])
            notable = [{"id": type_, "name": type_.replace("_", " ").capitalize()}]
            shown.append({"id": f"{type_}/{id_}", "name": label, "description": described, "notable": notable})
        return {"result": shown}

    def suggested_types(self, asked: Mapping[str, str]) -> Json:
        """Types whose names begin with the prefix."""
        prefix = fold(asked.get("prefix", ""))
        types = [self._type(e) for e in self.matcher.entities.values()]
        return {"result": [t for t in types if fold(str(t["name"])).startswith(prefix)]}

    def suggested_properties(self, connection: apsw.Connection, asked: Mapping[str, str]) -> Json:
        """Properties with a word that begins with the prefix, of the type or of all."""
        prefix = fold(asked.get("prefix", ""))
        types = [t for t in asked.get("type", "").split(",") if t]
        found: dict[str, Property] = {}
        for type_ in self.matcher.types(types):
            for property_ in self.matcher.properties(connection, type_):
                if any(word.startswith(prefix) for word in (fold(property_.id), *fold(property_.name).split())):
                    found.setdefault(property_.id, property_)
        return {"result": [_described(p) for p in found.values()]}

    def proposed_properties(self, connection: apsw.Connection, asked: Mapping[str, str]) -> Json:
        """The properties that records of a type can be extended with."""
        (type_, *_) = self.matcher.types([asked.get("type") or next(iter(self.matcher.entities))])
        limit = _number(asked.get("limit", "0"))
        found = [_described(p) for p in self.matcher.properties(connection, type_)]
        return {"type": type_, "properties": found[: limit or None], **({"limit": limit} if limit else {})}

    def extended(self, connection: apsw.Connection, text: str) -> Json:
        """Values of properties of records. Raises BadQueryError."""
        asked = extension(text)
        reading = Reading(connection, self.release.shapes)
        meta: dict[str, Json] = {}
        rows: dict[str, Json] = {}
        for key in asked.ids:
            entity, id_ = self._record(connection, key)
            row: Json = {}
            for name, limit in asked.properties:
                property_ = None
                if entity is not None:
                    property_ = settled(self.matcher.properties(connection, entity.name), name)
                if entity is None or property_ is None:
                    row[name] = []
                    continue
                values = reading.values(entity, id_, property_, limit or 1_000)
                row[name] = [_cell(property_, value) for value in values]
                meta.setdefault(name, self._meta(property_, values))
            rows[key] = row
        for name, _ in asked.properties:
            if name not in meta:
                meta[name] = {"id": name, "name": self._known(connection, name).replace("_", " ")}
        return {"meta": [meta[name] for name in dict.fromkeys(n for n, _ in asked.properties)], "rows": rows}

    def _known(self, connection: apsw.Connection, name: str) -> str:
        """The name of a property of any type. Raises BadQueryError."""
        for entity in self.release.shapes.entities:
            if settled(self.matcher.properties(connection, entity.name), name):
                return name
        raise BadQueryError(f"extend: no type has a property {name!r}; /reconcile/properties lists those of a type")

    def _meta(self, property_: Property, values: list[Value]) -> Json:
        found: Json = {"id": property_.id, "name": property_.name}
        types = {value.type for value in values if value.type}
        if len(types) == 1:
            found["type"] = self._type(self.release.shapes.entity(types.pop()))
        return found

    def _record(self, connection: apsw.Connection, key: str) -> tuple[Entity | None, str]:
        """The entity and present id of a record by its key; a former id leads to the present one."""
        type_, _, id_ = key.removeprefix(self.names.things).partition("/")
        entity = next((e for e in self.release.shapes.entities if e.name == type_), None)
        if entity is None:
            return None, ""
        if connection.execute(f'SELECT 1 FROM "{entity.plural}" WHERE id = ?', (id_,)).fetchone() is not None:
            return entity, id_
        sql = "SELECT target FROM redirects WHERE type = ? AND id = ?"
        former = connection.execute(sql, (type_, id_)).fetchone()
        return (entity, str(former[0])) if former and former[0] else (None, "")

    def preview(self, connection: apsw.Connection, key: str) -> tuple[str, str, list[tuple[str, str]]] | None:
        """Of a record its label, address and main facts; None where there is none."""
        entity, id_ = self._record(connection, key)
        if entity is None:
            return None
        reading = Reading(connection, self.release.shapes)
        label = reading.record(entity.name, id_).text
        facts = []
        for property_ in self.matcher.properties(connection, entity.name):
            column = property_.column
            shown = column is not None and column.kind not in (Kind.DECIMAL, Kind.LANGUAGE)
            if (shown and column is not None and column.name != label_field(entity)) or property_.values:
                if property_.registry:
                    continue
                texts = dict.fromkeys(v.text for v in reading.values(entity, id_, property_, 6))
                if texts:
                    facts.append((property_.name, " · ".join(texts)))
        return label, self.names.thing(entity.name, id_), facts


def _described(property_: Property) -> Json:
    return {"id": property_.id, "name": property_.name, "description": property_.doc}


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _cell(property_: Property, value: Value) -> Json:
    """A value as a cell: a record, a day, a number, else text. Partial dates stay text: they are no days."""
    if value.type:
        return {"id": value.key, "name": value.text}
    kind = property_.column.kind if property_.column is not None else Kind.TEXT
    if kind is Kind.DATE and _DAY.fullmatch(value.text):
        return {"date": f"{value.text}T00:00:00Z"}
    if kind is Kind.INTEGER:
        return {"int": int(value.text)}
    if kind is Kind.DECIMAL:
        return {"float": float(value.text)}
    return {"str": value.text}


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise BadQueryError(f"{text!r}: a whole number from 0 is expected")
    return int(text)
