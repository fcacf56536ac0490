"""The committed facts: nothing of the seed documents is lost, and every value used is defined."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from datasets.intake.facts import read
from datasets.shapes import SHAPES, Entity, Kind, Link, Values

FACTS = Path(__file__).parent.parent / "datasets" / "facts"
FOLDERS = [FACTS, Path(__file__).parent / "world"]
# How many rows cite each of the five documents that the collection began with.
SEEDS = {
    "seed-aua-msu": 51,
    "seed-kunming-declaration": 7,
    "seed-njupt-2025": 31,
    "seed-nu-mou-2023": 20,
    "seed-sseaun-profile-2021": 28,
}


def table(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_no_row_of_a_seed_document_is_missing() -> None:
    cited: Counter[str] = Counter()
    for path in FACTS.glob("*.csv"):
        for row in table(FACTS, path.name):
            cited.update({entry.split("#")[0] for entry in row.get("sources", "").split("|")})
    assert {seed: cited[seed] for seed in SEEDS if cited[seed] < SEEDS[seed]} == {}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_concepts_define_every_value_in_use(folder: Path) -> None:
    defined = {(row["scheme"], row["slug"]) for row in table(folder, "concepts.csv")}
    used = set()
    every: tuple[Entity | Values, ...] = (*SHAPES.entities, *SHAPES.values)
    for declared in every:
        if not declared.file:
            continue
        for row in table(folder, declared.file):
            for column in declared.columns:
                if column.kind is Kind.CODE or (isinstance(column, Link) and column.scheme):
                    used |= {(column.scheme, slug) for slug in row[column.csv].split("|") if slug}
    assert used - defined == set()
    assert {scheme for scheme, _ in defined} == {scheme.name for scheme in SHAPES.schemes}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_a_definition_is_a_sentence(folder: Path) -> None:
    rows = table(folder, "concepts.csv")
    assert [row for row in rows if not row["definition"].endswith(".") or not row["label"][:1].isupper()] == []
    assert [f"{row['scheme']}.{row['slug']}" for row in rows] == sorted(f"{r['scheme']}.{r['slug']}" for r in rows)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_what_is_not_a_record_can_be_read(folder: Path) -> None:
    facts = read(folder, SHAPES)
    assert facts.redirects is not None
    assert facts.release
    assert {"date", "title", "description", "licence", "publisher", "creators", "contact"} <= facts.release.keys()
    assert facts.expectations
    for pin in facts.pins or ():
        rows = [row for row in table(folder, SHAPES.entity(pin.type).file) if row["id"] == pin.id]
        assert pin.value in {row[pin.column] for row in rows}, f"{pin.id}: no source says {pin.value}"
        assert len({row[pin.column] for row in rows if row[pin.column]}) > 1, f"{pin.id}: there is nothing to choose"
