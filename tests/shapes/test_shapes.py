"""The shapes are whole: everything is documented, has a term, and points at something that exists."""

import dataclasses
import re

import pytest

from datasets.release.layout import tables
from datasets.shapes import SHAPES
from datasets.shapes.model import Column, Entity, Kind, Link, Values
from datasets.shapes.serial import from_json, to_json

COLUMNS = [(entity, column) for entity in SHAPES.entities for column in entity.columns]
PARTS = [(values, column) for values in SHAPES.values for column in values.columns]
EVERYWHERE: list[tuple[Entity | Values, Column]] = [*COLUMNS, *PARTS]


def _name(value: object) -> str:
    return str(getattr(value, "name", value))


@pytest.mark.parametrize(("owner", "column"), EVERYWHERE, ids=_name)
def test_a_column_is_documented_and_named_in_snake_case(owner: Entity | Values, column: Column) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", column.name)
    assert column.doc.endswith("."), f"{owner.name}.{column.name}: a doc is a sentence"
    assert (column.kind is Kind.CODE) == (bool(column.scheme) and not isinstance(column, Link))


@pytest.mark.parametrize(("entity", "column"), COLUMNS, ids=_name)
def test_a_column_says_its_rdf_terms_with_known_prefixes(entity: Entity, column: Column) -> None:
    prefixes = {prefix for prefix, _ in SHAPES.prefixes} | {"ua"}
    # The language of a name is the tag of the name's literal, not a triple of its own.
    assert column.terms or column.kind is Kind.LANGUAGE
    for term in column.terms:
        node, _, curie = term.rpartition(">")
        assert curie.split(":")[0] in prefixes
        assert not node or node in {n.name for n in entity.nodes}


@pytest.mark.parametrize(("owner", "column"), EVERYWHERE, ids=_name)
def test_what_a_column_refers_to_exists(owner: Entity | Values, column: Column) -> None:
    if isinstance(column, Link):
        assert SHAPES.targets(column.target)
    if column.scheme:
        SHAPES.scheme(column.scheme)
    if column.beside:
        owner.column(column.beside)


@pytest.mark.parametrize("entity", SHAPES.entities, ids=_name)
def test_an_entity_is_whole(entity: Entity) -> None:
    names = [column.name for column in entity.columns]
    assert len(set(names)) == len(names)
    assert entity.doc.endswith(".")
    assert all(entity.column(order) for order in entity.orders)
    wanted = re.findall(r"\{(\w+)\}", entity.label) or [entity.label]
    assert all(entity.column(name) for name in wanted)
    assert not set(names) & {reverse.name for reverse in SHAPES.reverses(entity)}, "a link back hides a column"


def test_shapes_survive_json() -> None:
    assert from_json(to_json(SHAPES)) == SHAPES


@pytest.mark.parametrize("text", ["{}", "[]", '{"is": "Nonsense"}', '{"is": "Node"}', "1"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="these are not shapes"):
        from_json(text)


def test_every_table_has_one_name_and_keys_that_exist() -> None:
    found = tables(SHAPES)
    assert len({table.name for table in found}) == len(found)
    for table in found:
        for key in (table.primary_key, *table.indexes):
            assert all(table.field(name) for name in key)
        for field in table.fields:
            assert not field.references or field.references in {t.name for t in found}


def test_unknown_names_are_refused_with_what_there_is() -> None:
    for lookup in (SHAPES.entity, SHAPES.family, SHAPES.scheme, SHAPES.targets, SHAPES.entities[0].column):
        with pytest.raises(KeyError, match="nonsense"):
            lookup("nonsense")


def test_a_throw_away_column_has_a_place_in_the_release() -> None:
    motto = Column(name="motto", kind=Kind.TEXT, doc="Motto.", terms=("ua:motto",))
    alliance = SHAPES.entity("alliance")
    changed = dataclasses.replace(alliance, columns=(*alliance.columns, motto))
    entities = tuple(changed if e is alliance else e for e in SHAPES.entities)
    shapes = dataclasses.replace(SHAPES, entities=entities)
    table = next(t for t in tables(shapes) if t.name == "alliances")
    assert table.field("motto").doc == "Motto."
    assert "motto" in shapes.claimable(changed)
