"""A column and an entity more: declared once, found in the tables, the files and the dictionary of a release."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

from datasets.canonical.read import Record
from datasets.release.build import Content, build
from datasets.release.compare import Side, compare
from datasets.release.open import Release
from datasets.release.verify import verify
from datasets.shapes import SHAPES, Column, Entity, Family, Kind, Link, Shapes, Weight
from tests.release.tools import IMPRINT, changed, new, put, rows

MOTTO = Column(name="motto", kind=Kind.TEXT, doc="What it writes over its door.", weight=Weight.SUMMARY)
PRIZE = Entity(
    name="prize",
    plural="prizes",
    doc="A prize that an alliance gives.",
    classes=("schema:Thing",),
    label="{title} of {alliance} to {membership}",
    orders=("title", "given", "amount", "membership"),
    mint="z",
    file="prizes.csv",
    columns=(
        Column(name="title", kind=Kind.NAME, doc="Its title.", required=True, weight=Weight.NAME),
        Link(name="alliance", target="alliance", doc="Who gives it.", reverse="prizes", reverse_doc="Prizes given."),
        Link(name="membership", target="membership", doc="Whose.", reverse="prizes", reverse_doc="Prizes had."),
        Column(name="given", kind=Kind.DATE, doc="When it was given."),
        Column(name="amount", kind=Kind.INTEGER, doc="How much it is worth."),
        Column(name="fields", kind=Kind.TEXT, doc="For what.", many=True),
    ),
)


def moved() -> Shapes:
    entities = [
        replace(e, columns=(*e.columns, MOTTO), orders=(*e.orders, "motto")) if e.name == "alliance" else e
        for e in SHAPES.entities
    ]
    place = next(place for place, entity in enumerate(entities) if entity.name == "membership")
    entities.insert(place, PRIZE)  # before the entity that it links to, and whose labels its own are made of
    families = [
        Family(name=f.name, plural=f.plural, doc=f.doc, members=(*f.members, "prize")) if f.name == "record" else f
        for f in SHAPES.families
    ]
    return replace(SHAPES, entities=tuple(entities), families=tuple(families))


def with_prize(records: tuple[Record, ...]) -> list[Record]:
    content = changed(records, "alliance", "orchid-alliance", motto="Über den Fluss")
    prize = new(
        "prize", "z-1", title="Prize", alliance="orchid-alliance", membership="m-o00009", given="2020-05", amount="7"
    )
    place = next(place for place, record in enumerate(content) if record.type == "membership")
    return [*content[:place], prize, *content[place:]]


def test_a_column_and_an_entity_more(records: tuple[Record, ...], tmp_path: Path) -> None:
    before = Release.open(put(records, tmp_path).path)
    done = build(Content(with_prize(records), ()), tmp_path, moved(), IMPRINT)
    release = Release.open(done.path)
    assert verify(release.path) == []
    assert release.shapes == moved() != before.shapes
    assert rows(release.database, "SELECT motto, motto_sort FROM alliances WHERE id = 'orchid-alliance'") == [
        ("Über den Fluss", "uber den fluss")
    ]
    label = "Prize of Orchid River Universities Alliance to Steppe University in Orchid River Universities Alliance"
    sql = "SELECT label, given_earliest, given_latest, given_sort, amount, amount_sort, membership_sort FROM prizes"
    assert rows(release.database, sql) == [
        (
            label,
            "2020-05-01",
            "2020-05-31",
            "2020-05-01",
            7,
            7,
            "steppe university in orchid river universities alliance",
        )
    ]
    assert rows(release.database, "SELECT type, label FROM search_entries WHERE type = 'prize'") == [("prize", label)]
    assert rows(release.database, "SELECT count(*) FROM claims WHERE record_type = 'prize'") == [(5,)]
    assert '"title":"Prize","alliance":"orchid-alliance"' in (release.path / "alliances.jsonl").read_text("utf-8")
    for archive, suffix in (("alliances-csv.zip", "csv"), ("alliances-parquet.zip", "parquet")):
        assert {f"prizes.{suffix}", f"prize_fields.{suffix}"} <= set(zipfile.ZipFile(release.path / archive).namelist())
    dictionary = (release.path / "dictionary.md").read_text("utf-8")
    assert "| `motto` | text | What it writes over its door. |  |" in dictionary
    assert "## prizes\n" in dictionary
    changes = json.loads((release.path / "delta.json").read_text("utf-8"))["changes"]
    assert [(c["op"], c["type"], c["id"]) for c in changes] == [
        ("MOD", "alliance", "orchid-alliance"),
        ("ADD", "prize", "z-1"),
    ]
    with_column = changes[0]["columns"]
    assert with_column == {"motto": [None, "Über den Fluss"]}


def test_going_back_to_fewer_entities(records: tuple[Record, ...], tmp_path: Path) -> None:
    more = Release.open(build(Content(with_prize(records), ()), tmp_path, moved(), IMPRINT).path)
    less = Release.open(put(records, tmp_path).path)
    one, two = more.connect(), less.connect()
    found = [(c.operation, c.type, c.id) for c in compare(Side(one, more.shapes), Side(two, less.shapes))]
    one.close()
    two.close()
    assert found == [("MOD", "alliance", "orchid-alliance"), ("DEL", "prize", "z-1")]
    assert verify(more.path) == []


def test_labels_made_of_each_other_are_refused(records: tuple[Record, ...], tmp_path: Path) -> None:
    import pytest

    from datasets.release.fill import label_order

    circle = [
        replace(
            e,
            label="{prize}",
            columns=(*e.columns, Link(name="prize", target="prize", doc="P", reverse="x", reverse_doc="X")),
        )
        if e.name == "membership"
        else e
        for e in moved().entities
    ]
    with pytest.raises(ValueError, match=r"labels are made of each other in a circle: .*prize"):
        label_order(replace(moved(), entities=tuple(circle)))
