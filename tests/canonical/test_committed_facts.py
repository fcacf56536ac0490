"""The committed facts: their conflicts are decided as the rule says, and they come back from an export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from datasets.canonical.export import export
from datasets.canonical.load import load
from datasets.canonical.read import records
from datasets.shapes import SHAPES
from tests.canonical.tools import chosen

if TYPE_CHECKING:
    from sqlalchemy import Engine

FACTS = Path(__file__).parents[2] / "datasets" / "facts"

# What the sources say stands in the README of the facts under "Conflicts in the tables".
CONFLICTS = [
    ("alliance/brics-nu", "founded", "2015-07", "stated"),
    ("alliance/ec2u", "founded", "2020", "stated"),
    ("alliance/eut-plus", "founded", "2020", "stated"),
    ("alliance/ghmua", "founded", "2016-07", "stated"),
    ("alliance/umap", "founded", "1993", "stated"),
    ("agreement/civis-africa-partnership-2022", "signed", "2022-03-11", "pinned"),
    ("agreement/dunhuang-consensus-2015", "signed", "2015-10-17", "pinned"),
    ("agreement/imperial-tum-mou-2018", "signed", "2018-10-04", "source_id"),
    ("agreement/unesco-ichei-approval-2015", "signed", "2015-11-13", "more_sources"),
    ("event/aua-announcement-2016", "start", "2016-04", "source_id"),
    ("event/aua-summit-2019", "start", "2019-04-13", "pinned"),
    ("organization/sichuan-university", "founded", "1740", "stated"),
    ("organization/southern-university-of-science-and-technology", "founded", "2009", "stated"),
    ("organization/university-of-waterloo", "founded", "1956", "stated"),
]


@pytest.mark.slow
def test_conflicts_are_decided_by_the_rule_and_nothing_is_lost_in_an_export(engine: Engine, tmp_path: Path) -> None:
    load(engine, FACTS, SHAPES)
    for address, column, value, reason in CONFLICTS:
        type, _, id = address.partition("/")
        assert (address, *chosen(engine, type, id, column)) == (address, (value, reason))
    export(engine, SHAPES, tmp_path / "out")
    assert not load(engine, tmp_path / "out", SHAPES).changed
    required = {entity.name: [c.name for c in entity.columns if c.required] for entity in SHAPES.entities}
    for record in records(engine, SHAPES):
        assert [name for name in required[record.type] if name not in record.values] == []


@pytest.mark.slow
def test_the_committed_files_are_written_as_an_export_writes_them(sqlite: Engine, tmp_path: Path) -> None:
    load(sqlite, FACTS, SHAPES)
    written = export(sqlite, SHAPES, tmp_path / "out")
    assert {name for name in written if (tmp_path / "out" / name).read_bytes() != (FACTS / name).read_bytes()} == set()
    assert sorted(written) == sorted(path.name for path in FACTS.iterdir() if path.suffix != ".md")
