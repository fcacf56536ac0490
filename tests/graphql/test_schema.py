"""The schema: golden SDL, descriptions, promises, and a column and an entity that only exist here."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLObjectType, build_schema, validate_schema

from datasets.release.open import Release
from datasets.shapes import SHAPES, Column, Entity, Kind, Link, Shapes
from graph_schema.compile import refuse_unserved
from graph_schema.declare import DeclarationError
from graph_schema.engine import Engine
from graph_schema.opening import open_engine
from graph_schema.schema import UnservedField, build
from graph_schema.scope import Scope
from graph_schema.vocabulary import Code
from tests.graphql.tools import Ask, golden, publish_folder

VOCABULARIES = {scheme.name: (Code("one", "One", "The first."),) for scheme in SHAPES.schemes if scheme.closed}


def test_the_schema_is_the_golden_one(engine: Engine) -> None:
    golden("schema.graphql", engine.built.sdl)


def test_the_sdl_is_a_valid_schema_of_its_own(engine: Engine) -> None:
    assert validate_schema(build_schema(engine.built.sdl)) == []
    assert validate_schema(engine.built.schema) == []


@pytest.mark.slow
def test_the_facts_give_the_same_schema_as_the_small_world(engine: Engine, tmp_path: Path) -> None:
    facts = open_engine(publish_folder(Path(__file__).parents[2] / "datasets" / "facts", tmp_path))
    facts.database.close()
    assert facts.built.sdl == engine.built.sdl


def test_vocabularies_are_enums_described_by_the_release(engine: Engine) -> None:
    role = engine.built.schema.type_map["MembershipRole"]
    assert isinstance(role, GraphQLEnumType)
    assert "FOUNDING_MEMBER" in role.values
    assert (role.values["FOUNDING_MEMBER"].description or "").startswith("Founding member: ")


def test_a_column_has_one_nullability_everywhere(engine: Engine) -> None:
    seen: dict[tuple[str, str], bool] = {}
    for name, kind in engine.built.schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and name in {e.name.title() for e in SHAPES.entities}:
            for field_name, field in kind.fields.items():
                key = (field_name, str(field.type).rstrip("!"))
                required = isinstance(field.type, GraphQLNonNull)
                if field_name in ("id", "iri", "label", "name", "title", "claims", "formerIds"):
                    assert seen.setdefault(key, required) == required, f"{name}.{field_name}"


def test_a_field_without_a_plan_is_refused_at_start_up(engine: Engine) -> None:
    meanings = {name: dict(fields) for name, fields in engine.built.meanings.items()}
    meanings["Alliance"]["name"] = object()
    with pytest.raises(UnservedField, match=r"Alliance\.name"):
        refuse_unserved(replace(engine.built, meanings=meanings))


def test_two_fields_of_one_name_are_refused() -> None:
    alliance = SHAPES.entity("alliance")
    twin = Column(name="former_ids", kind=Kind.TEXT, doc="Collides with what every record has.")
    changed = replace(alliance, columns=(*alliance.columns, twin))
    entities = tuple(changed if e is alliance else e for e in SHAPES.entities)
    with pytest.raises(DeclarationError, match="formerIds"):
        build(Scope(replace(SHAPES, entities=entities), VOCABULARIES, "http://world.example"))


def test_a_vocabulary_without_values_leaves_plain_text() -> None:
    fewer = {name: codes for name, codes in VOCABULARIES.items() if name != "event_kind"}
    built = build(Scope(SHAPES, fewer, "http://world.example"))
    event = built.schema.type_map["Event"]
    assert isinstance(event, GraphQLObjectType)
    assert str(event.fields["kind"].type) == "String!"


PRIZE = Entity(
    name="prize",
    plural="prizes",
    doc="A prize, only for this test.",
    classes=("ua:Prize",),
    label="title",
    orders=("title",),
    file="prizes.csv",
    columns=(
        Column(name="title", kind=Kind.NAME, doc="What it is called.", required=True),
        Link(
            name="winner",
            target="organization",
            doc="Who won it.",
            reverse="prizes",
            reverse_doc="The prizes that this organization won.",
        ),
    ),
)


@pytest.fixture(scope="module")
def wider(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Release:
    """A release with a column and an entity that no code knows."""
    folder = tmp_path_factory.mktemp("wider")
    shutil.copytree(world, folder / "facts")
    path = folder / "facts" / "alliances.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*rows[0], "motto"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "motto": "Rivers join" if row["name"] else ""} for row in rows)
    (folder / "facts" / "prizes.csv").write_text(
        "id,title,winner,sources\ngreen-prize,Green Prize,jade-university,orchid-home\n", encoding="utf-8"
    )
    return publish_folder(folder / "facts", folder, _wider_shapes())


def _wider_shapes() -> Shapes:
    alliance = SHAPES.entity("alliance")
    motto = Column(name="motto", kind=Kind.TEXT, doc="Its motto, only for this test.")
    entities = [replace(e, columns=(*e.columns, motto)) if e is alliance else e for e in SHAPES.entities]
    records = tuple(replace(f, members=(*f.members, PRIZE.name)) if f.name == "record" else f for f in SHAPES.families)
    return replace(SHAPES, entities=(*entities[:-1], PRIZE, entities[-1]), families=records)


def test_a_new_column_and_entity_need_no_code(wider: Release) -> None:
    opened = open_engine(wider)
    try:
        ask = Ask(opened)
        found = ask(
            """{
              alliances(filter: { motto: { startsWith: "rivers" } }, first: 1) { nodes { motto claims(column: MOTTO) { value } } }
              prize(id: "green-prize") { title winner { name prizes { totalCount nodes { id iri } } } }
              search(text: "jade university") { nodes { record { __typename } } }
            }"""
        )
    finally:
        opened.database.close()
    assert found["alliances"]["nodes"][0]["motto"] == "Rivers join"
    assert found["alliances"]["nodes"][0]["claims"][0]["value"] == "Rivers join"
    assert found["prize"] == {
        "title": "Green Prize",
        "winner": {
            "name": "Jade University",
            "prizes": {
                "totalCount": 1,
                "nodes": [{"id": "green-prize", "iri": "http://world.example/id/prize/green-prize"}],
            },
        },
    }
