"""The faces agree: every value of every record is the same in SQL, GraphQL, RDF, JSON-LD, the page and Datasette.

What a value must look like on a face is written here a second time, plainly and from the kinds alone, so that no
code of a face is asked about itself. The world has a column and an entity that no face has heard of.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

import apsw
import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from datasets.release.layout import label_field, set_table_name
from datasets.release.open import Release
from datasets.shapes import Column, Entity, Kind, Link, Shapes

Cell = str | int | None
NAMESPACES = {"ua": "http://world.example/ns#"}


@dataclass(frozen=True)
class Told:
    """A record as SQL tells it: single values, sets, compound values as rows of their parts."""

    entity: Entity
    id: str
    values: dict[str, Cell]
    sets: dict[str, list[str]]
    compound: dict[str, list[dict[str, Cell]]]


def told(shapes: Shapes, connection: apsw.Connection, entity: Entity) -> list[Told]:
    """All records of an entity, by plain SQL."""
    found = []
    for values in _rows(connection, f"SELECT * FROM {entity.plural} ORDER BY id"):
        id_ = str(values["id"])
        sets = {
            c.name: [
                str(row["value"])
                for row in _rows(
                    connection,
                    f"SELECT value FROM {set_table_name(entity, c)} WHERE {entity.name} = ? ORDER BY value",
                    id_,
                )
            ]
            for c in entity.columns
            if c.many
        }
        compound = {
            v.name: _rows(connection, f"SELECT * FROM {v.name} WHERE subject = ? ORDER BY position", id_)
            for v in shapes.values_of(entity)
        }
        found.append(Told(entity, id_, values, sets, compound))
    return found


def _rows(connection: apsw.Connection, sql: str, *bindings: str) -> list[dict[str, Cell]]:
    cursor = connection.execute(sql, bindings)
    found = []
    for row in cursor:
        names = [name for name, _ in cursor.get_description()]
        found.append(dict(zip(names, row, strict=True)))
    return found


def singles(entity: Entity) -> list[Column]:
    return [column for column in entity.columns if not column.many]


@pytest.fixture(scope="session")
def everything(release: Release) -> dict[str, list[Told]]:
    """Every record by entity."""
    connection = release.connect()
    found = {entity.name: told(release.shapes, connection, entity) for entity in release.shapes.entities}
    connection.close()
    assert all(found.values()), "every entity has a record, or the walk would prove nothing about it"
    return found


ENTITIES = [
    "country",
    "concept",
    "source",
    "organization",
    "alliance",
    "membership",
    "agreement",
    "party",
    "event",
    "figure",
    "official",
    "prize",
    "claim",
]


def test_the_walk_knows_every_entity(release: Release) -> None:
    assert [entity.name for entity in release.shapes.entities] == ENTITIES


# --- GraphQL ---------------------------------------------------------------------------------------------------------


def camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def enum(value: Cell) -> str | None:
    return None if value is None else re.sub(r"\W", "_", str(value)).upper()


def graphql_selection(shapes: Shapes, entity: Entity) -> str:
    grouped = {name: group.name for group in entity.groups for name in group.columns}
    fields = ["id", "label"]
    for column in entity.columns:
        if column.name in grouped:
            continue
        fields.append(camel(column.name) + (" { id }" if isinstance(column, Link) else ""))
    fields += [f"{camel(g.name)} {{ {' '.join(map(camel, g.columns))} }}" for g in entity.groups]
    for values in shapes.values_of(entity):
        fields.append(f"{values.name} {{ {' '.join(camel(c.name) for c in values.columns)} }}")
    if entity.name != "claim":
        fields.append("claims { id column value chosen reason evidence locator source { id } }")
    return " ".join(fields)


def graphql_value(column: Column, value: Cell) -> object:
    if column.kind is Kind.FLAG:
        return bool(value)
    if value is None:
        return None
    if column.kind is Kind.CODE or (column.name == "column"):
        return enum(value)
    if column.kind is Kind.LINK:
        return {"id": value}
    if column.kind is Kind.DECIMAL:
        return float(value)
    return value


def graphql_record(shapes: Shapes, record: Told) -> dict[str, object]:
    entity = record.entity
    grouped = {name for group in entity.groups for name in group.columns}
    expected: dict[str, object] = {"id": record.id, "label": record.values[label_field(entity)]}
    for column in entity.columns:
        if column.many:
            chosen = record.sets[column.name]
            expected[camel(column.name)] = [{"id": v} for v in chosen] if isinstance(column, Link) else chosen
        elif column.name not in grouped:
            expected[camel(column.name)] = graphql_value(column, record.values[column.name])
    for group in entity.groups:
        parts = {camel(n): graphql_value(entity.column(n), record.values[n]) for n in group.columns}
        expected[camel(group.name)] = None if None in parts.values() else parts
    for values in shapes.values_of(entity):
        expected[values.name] = [
            {camel(c.name): graphql_value(c, row[c.name]) for c in values.columns}
            for row in record.compound[values.name]
        ]
    return expected


@pytest.mark.parametrize("name", ENTITIES)
def test_graphql_tells_what_sql_tells(
    release: Release,
    client: TestClient,
    everything: dict[str, list[Told]],
    name: str,
) -> None:
    shapes, records = release.shapes, {record.id: record for record in everything[name]}
    entity = shapes.entity(name)
    by_record: dict[str, list[Told]] = {}
    for claim in everything["claim"]:
        if claim.values["record_type"] == name:
            by_record.setdefault(str(claim.values["record"]), []).append(claim)
    query = f"query Walk($after: String) {{ all: {camel(entity.plural)}(first: 50, after: $after) {{ totalCount "
    query += f"pageInfo {{ hasNextPage endCursor }} nodes {{ {graphql_selection(shapes, entity)} }} }} }}"
    after, seen = None, 0
    while True:
        answer = client.post("/graphql", json={"query": query, "variables": {"after": after}}).json()
        assert "errors" not in answer, answer["errors"]
        page = answer["data"]["all"]
        assert page["totalCount"] == len(everything[name])
        for node in page["nodes"]:
            claims = node.pop("claims", None)
            record = records.pop(node["id"])
            assert node == graphql_record(shapes, record)
            if claims is not None:
                assert sorted(claims, key=lambda c: str(c["id"])) == [
                    graphql_claim(c) for c in sorted(by_record.get(record.id, []), key=lambda c: c.id)
                ]
            seen += 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert not records
    assert seen == len(everything[name])


def graphql_claim(claim: Told) -> dict[str, object]:
    values = claim.values
    return {
        "id": claim.id,
        "column": enum(values["column"]),
        "value": values["value"],
        "chosen": bool(values["chosen"]),
        "reason": enum(values["reason"]),
        "evidence": enum(values["evidence"]),
        "locator": values["locator"] or None,
        "source": {"id": values["source"]} if values["source"] else None,
    }


# --- RDF and JSON-LD -------------------------------------------------------------------------------------------------


def iri(type_: str, id_: str) -> str:
    return f"http://world.example/id/{type_}/{id_}"


def link_type(record: Told, link: Link) -> str:
    return str(record.values.get(f"{link.name}_type") or link.target)


def spoken(record: Told, column: Column, value: Cell) -> set[str]:
    """The lexical forms or IRIs of which one must stand where a value is said in RDF."""
    text = str(value)
    if column.kind is Kind.CODE:
        return {iri("concept", f"{column.scheme}.{text}")}
    if isinstance(column, Link):
        return {iri(link_type(record, column), text)}
    if column.kind is Kind.DATE:
        return {re.sub(r"[~?%]+$", "", text)}
    if column.name == "scheme":
        return {iri("concept", text)}
    if column.kind is Kind.FLAG:
        return {"true"}
    return {text}


def expanded(shapes: Shapes, term: str) -> str:
    prefix, _, local = term.rpartition(">")[2].partition(":")
    return (dict(shapes.prefixes) | NAMESPACES)[prefix] + local


def lexical(term: object) -> str:
    assert isinstance(term, ox.Literal | ox.NamedNode | ox.BlankNode)
    return term.value


@pytest.mark.parametrize("name", ENTITIES)
def test_rdf_tells_what_sql_tells(
    release: Release,
    client: TestClient,
    everything: dict[str, list[Told]],
    name: str,
) -> None:
    shapes = release.shapes
    for record in _some(everything[name]):
        address = f"/doc/{name}/{record.id}"
        answer = client.get(f"{address}.ttl")
        assert answer.status_code == 200, answer.text
        graph = {(t.subject, t.predicate.value, t.object) for t in ox.parse(answer.content, ox.RdfFormat.TURTLE)}
        subject = iri(name, record.id)
        for column in record.entity.columns:
            values = record.sets[column.name] if column.many else [record.values[column.name]]
            for value in values:
                if value is None or (column.kind is Kind.FLAG and not value) or not column.terms:
                    continue
                if column.kind is Kind.DATE:
                    _dates_agree(record, column, subject, graph)
                    if not re.fullmatch(r"\d{4}(-(0\d|1[0-2])(-\d\d)?)?[~?%]?", str(value)):
                        continue
                for term in column.terms:
                    node = term.rpartition(">")[0]
                    from_ = f"{subject}-{node}" if node else subject
                    said = {lexical(o) for s, p, o in graph if lexical(s) == from_ and p == expanded(shapes, term)}
                    if term.endswith(">time:inXSDDate") and not said:
                        continue  # the precision decides among inXSDDate, inXSDgYearMonth and inXSDgYear
                    assert said & spoken(record, column, value), f"{subject} {term} {value!r}: {sorted(said)[:5]}"
        for rows in record.compound.values():
            texts = {lexical(o) for _, _, o in graph}
            for row in rows:
                assert str(row.get("text") or row.get("value")) in texts
        _same_in_json_ld(client, address, graph)


def _dates_agree(record: Told, column: Column, subject: str, graph: set[tuple[object, str, object]]) -> None:
    for suffix, field in (("Edtf", ""), ("Earliest", "_earliest"), ("Latest", "_latest")):
        property_ = f"{NAMESPACES['ua']}{camel(column.name)}{suffix}"
        said = {lexical(o) for s, p, o in graph if lexical(s) == subject and p == property_}
        assert said == {record.values[f"{column.name}{field}"]}, f"{subject} {property_}"


def _some(records: list[Told]) -> list[Told]:
    """All records, or every so many where there are very many: claims and countries are alike."""
    return records[:: max(1, len(records) // 120)]


def _same_in_json_ld(client: TestClient, address: str, graph: set[tuple[object, str, object]]) -> None:
    answer = client.get(f"{address}.jsonld")
    assert answer.status_code == 200
    document = json.loads(answer.content)
    document["@context"] = client.get(document["@context"]).json()["@context"]
    triples = ox.parse(json.dumps(document).encode(), ox.RdfFormat.JSON_LD)
    assert {(t.subject, t.predicate.value, t.object) for t in triples} == graph


# --- pages and tables ------------------------------------------------------------------------------------------------


def words(page: str) -> str:
    """The text of a page, white space folded."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("name", ENTITIES)
def test_the_page_tells_what_sql_tells(
    release: Release,
    client: TestClient,
    everything: dict[str, list[Told]],
    name: str,
) -> None:
    labels = {(r.entity.name, r.id): str(r.values[label_field(r.entity)]) for rs in everything.values() for r in rs}
    for record in _some(everything[name]):
        answer = client.get(f"/doc/{name}/{record.id}.html")
        assert answer.status_code == 200, answer.text
        page, text = html.unescape(answer.text), words(answer.text)
        for column in record.entity.columns:
            values = record.sets[column.name] if column.many else [record.values[column.name]]
            for value in values:
                if value is None or column.kind in (Kind.FLAG, Kind.LANGUAGE):
                    continue
                if column.kind is Kind.CODE:
                    shown = labels["concept", f"{column.scheme}.{value}"]
                elif isinstance(column, Link):
                    shown = labels[link_type(record, column), str(value)]
                elif column.kind is Kind.URL:
                    assert f'href="{value}"' in page, f"{record.id}.{column.name}"
                    continue
                else:
                    shown = re.sub(r"\s+", " ", str(value)).strip()
                assert shown in text, f"{name}/{record.id} {column.name}: {shown!r}"
        for rows in record.compound.values():
            for row in rows:
                assert str(row.get("text") or row.get("value")) in text


@pytest.mark.parametrize("name", ENTITIES)
def test_datasette_tells_what_sql_tells(
    release: Release,
    client: TestClient,
    everything: dict[str, list[Told]],
    name: str,
) -> None:
    entity = release.shapes.entity(name)
    path: str | None = f"/browse/alliances/{entity.plural}.json?_shape=objects&_labels=off&_size=500&_nofacet=1"
    rows: dict[str, dict[str, Cell]] = {}
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows |= {str(row["id"]): row for row in page["rows"]}
        path = page["next_url"].removeprefix("http://testserver") if page.get("next_url") else None
    assert rows == {record.id: record.values for record in everything[name]}
    for column in entity.columns:
        if column.many:
            table = set_table_name(entity, column)
            answer = client.get(f"/browse/alliances/{table}.json?_shape=array&_size=1000")
            expected = [(r.id, v) for r in everything[name] for v in r.sets[column.name]]
            assert sorted((row[entity.name], row["value"]) for row in answer.json()) == sorted(expected)


def test_what_no_face_has_heard_of_is_on_all_of_them(client: TestClient) -> None:
    sdl = client.get("/graphql/schema.graphql").text
    assert "motto: String" in sdl
    assert "type Prize implements" in sdl
    assert "motto" in client.get("/ns", headers={"accept": "text/turtle"}).text
    prize = "/doc/prize/z-000001"
    assert "Bridge Prize" in client.get(f"{prize}.html").text
    assert "Bridge Prize" in client.get(f"{prize}.jsonld").text
    assert "What it writes over its door." in client.get("/browse/alliances/alliances").text
    assert client.get("/browse/alliances/prizes/z-000001").status_code == 200
