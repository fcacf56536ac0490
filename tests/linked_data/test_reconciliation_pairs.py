"""How well names are matched with the committed facts: precision and recall over labelled pairs, with a floor.

The matcher was tuned on `reconciliation_pairs.csv`. `reconciliation_held_out.csv` was labelled afterwards and measured
before anything was changed: precision 0.989, recall 0.834, first candidate 0.896. Of its rows only every other one,
from the first on, was then looked at; the rest tells what to expect of names that nobody has tuned for.

Run as a script it prints the misses: `python -m tests.linked_data.test_reconciliation_pairs RELEASES`.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.intake.facts import read
from datasets.release.build import publish
from datasets.release.open import Release
from datasets.shapes import SHAPES
from linked_data.reconcile.asking import Constraint, Query
from linked_data.reconcile.matching import Candidate, Matcher
from service.settings import Settings
from service.work import imprint

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Floor:
    """The least of each measure. `first`: of the pairs with an answer those that have it as the first candidate."""

    precision: float
    recall: float
    first: float


FLOORS = {"tuned": Floor(0.97, 0.93, 0.95), "seen": Floor(0.97, 0.85, 0.90), "unseen": Floor(0.97, 0.82, 0.88)}


@dataclass(frozen=True, slots=True)
class Pair:
    """A name as somebody wrote it, the country they gave, the record that is meant (none: empty), and what is hard."""

    name: str
    country: str
    expected: str
    sort: str


@dataclass(slots=True)
class Result:
    """What came of the pairs: the candidates of each, in order."""

    found: list[tuple[Pair, list[Candidate]]]

    def _count(self, *, answered: bool, right: bool) -> int:
        matched = [(p, c[0]) for p, c in self.found if c and c[0].match and bool(p.expected) >= answered]
        return sum(not right or c.entry.key == p.expected for p, c in matched)

    @property
    def precision(self) -> float:
        """Of the certain matches the right ones."""
        return self._count(answered=False, right=True) / self._count(answered=False, right=False)

    @property
    def recall(self) -> float:
        """Of the pairs with an answer those matched for certain and rightly."""
        return self._count(answered=True, right=True) / self.answers

    @property
    def first(self) -> float:
        """Of the pairs with an answer those that have it as the first candidate."""
        return sum(bool(c) and c[0].entry.key == p.expected for p, c in self.found if p.expected) / self.answers

    @property
    def answers(self) -> int:
        """How many pairs have an answer."""
        return sum(bool(pair.expected) for pair, _ in self.found)

    def __str__(self) -> str:
        """In words, by what is hard about the names."""
        asked = Counter(pair.sort for pair, _ in self.found)
        right = Counter(p.sort for p, c in self.found if (c[0].entry.key if c and c[0].match else "") == p.expected)
        by_sort = ", ".join(f"{sort} {right[sort]}/{number}" for sort, number in sorted(asked.items()))
        return (
            f"{len(self.found)} pairs, {self.answers} with an answer: precision {self.precision:.3f}, "
            f"recall {self.recall:.3f}, first candidate {self.first:.3f}; {by_sort}"
        )


def pairs() -> dict[str, list[Pair]]:
    """The labelled pairs: those that the matcher was tuned on, and the two halves of the others."""
    held_out = _read("reconciliation_held_out.csv")
    return {"tuned": _read("reconciliation_pairs.csv"), "seen": held_out[::2], "unseen": held_out[1::2]}


def _read(name: str) -> list[Pair]:
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return [Pair(row["name"], row["country"], row["expected"], row["sort"]) for row in csv.DictReader(stream)]


def evaluated(release: Release, labelled: list[Pair]) -> Result:
    """Every pair matched against a release."""
    matcher = Matcher(release.shapes)
    found = []
    with closing(release.connect()) as connection:
        for pair in labelled:
            constraints = (Constraint("country", (pair.country,)),) if pair.country else ()
            query = Query(pair.name.strip(), ("organization", "alliance"), 3, constraints)
            found.append((pair, matcher.match(connection, query)))
    return Result(found)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The committed facts, published without further files."""
    folder = tmp_path_factory.mktemp("facts")
    committed = Settings().facts
    engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
    load(engine, committed, SHAPES)
    printed = imprint(read(committed, SHAPES), "http://localhost:8000")
    published = publish(engine, folder / "releases", SHAPES, **printed)
    engine.dispose()
    return Release.open(published.path)


def _exists(connection: apsw.Connection, key: str) -> bool:
    type_, _, id_ = key.partition("/")
    sql = f'SELECT 1 FROM "{SHAPES.entity(type_).plural}" WHERE id = ?'
    return connection.execute(sql, (id_,)).fetchone() is not None


def test_the_pairs_are_many_and_their_answers_exist(facts: Release) -> None:
    known = pairs()
    assert len(known["tuned"]) >= 300
    assert len(known["seen"] + known["unseen"]) >= 120
    labelled = [pair for part in known.values() for pair in part]
    assert sum(not pair.expected for pair in labelled) >= 80
    assert len({(pair.name, pair.country) for pair in labelled}) == len(labelled)
    with closing(facts.connect()) as connection:
        assert [pair for pair in labelled if pair.expected and not _exists(connection, pair.expected)] == []


@pytest.mark.parametrize("part", FLOORS)
def test_precision_and_recall(facts: Release, capsys: pytest.CaptureFixture[str], part: str) -> None:
    result, floor = evaluated(facts, pairs()[part]), FLOORS[part]
    with capsys.disabled():
        sys.stdout.write(f"\n{part}: {result}\n")
    assert result.precision >= floor.precision
    assert result.recall >= floor.recall
    assert result.first >= floor.first


if __name__ == "__main__":
    matched = Release.current(Path(sys.argv[1]))
    for label, those in pairs().items():
        outcome = evaluated(matched, those)
        for pair, candidates in outcome.found if label != "unseen" else ():
            best = candidates[0] if candidates else None
            if (best.entry.key if best and best.match else "") != pair.expected:
                shown = [f"{c.score} {c.match} {c.entry.key}: {'; '.join(c.reasons)}" for c in candidates[:2]]
                sys.stdout.write(f"{pair.sort}: {pair.name!r} ({pair.country}) → {pair.expected or 'nothing'}\n")
                sys.stdout.write("".join(f"    {line}\n" for line in shown))
        sys.stdout.write(f"{label}: {outcome}\n")
