from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from datasets.canonical.read import Record
from datasets.intake.facts import Expectation
from datasets.release.build import Content, build
from datasets.release.errors import RejectedError, Violation
from datasets.shapes import SHAPES
from tests.release.tools import IMPRINT, SHAPES_ONLY, added, changed, claimed, names, new, put, with_set, without

Records = tuple[Record, ...]


def violations(records: list[Record], folder: Path) -> list[Violation]:
    """What is wrong with records, after making sure that nothing was published."""
    with pytest.raises(RejectedError) as raised:
        put(records, folder)
    assert names(folder) == [".lock"]
    return raised.value.violations


def altered(type: str, id: str, **values: str | None) -> Callable[[Records], list[Record]]:
    return lambda records: changed(records, type, id, **values)


BROKEN: list[tuple[Callable[[Records], list[Record]], str]] = [
    (altered("alliance", "orchid-alliance", name=None), "alliances/orchid-alliance/name: a value is required here [required]"),
    (altered("alliance", "orchid-alliance", website="orchid.org"), "alliances/orchid-alliance/website 'orchid.org': an address begins with http:// or https:// and has no spaces [form]"),
    (altered("alliance", "orchid-alliance", website="https://a b"), "alliances/orchid-alliance/website 'https://a b': an address begins"),
    (altered("alliance", "orchid-alliance", language="English!"), "alliances/orchid-alliance/language 'English!': a language is a BCP 47 tag"),
    (altered("alliance", "orchid-alliance", kind="club"), "alliances/orchid-alliance/kind 'club': no concept `alliance_kind.…` has this value; choose one of that vocabulary or add it [vocabulary]"),
    (altered("alliance", "orchid-alliance", founded="spring"), "alliances/orchid-alliance/founded 'spring':"),
    (altered("alliance", "orchid-alliance", secretariat_organization="nowhere"), "alliances/orchid-alliance/secretariat_organization 'nowhere': no organization has this id [link]"),
    (altered("organization", "jade-university", latitude="twelve"), "organizations/jade-university/latitude 'twelve': a number is digits"),
    (altered("organization", "jade-university", latitude="1.", longitude="2.0"), "organizations/jade-university/latitude '1.': a number is digits"),
    (altered("organization", "jade-university", latitude="1.5", longitude=None), "organizations/jade-university/location '1.5': latitude and longitude make one value: give all of them or none [group]"),
    (altered("organization", "jade-university", country="XX"), "organizations/jade-university/country 'XX': no country has this id [link]"),
    (altered("membership", "m-o00002", until="2011"), "memberships/m-o00002/until '2011': until lies before since [order]"),
    (altered("membership", "m-o00001", ended="no"), "memberships/m-o00001/ended 'no': a flag is `yes` or nothing [form]"),
    (altered("party", "p-r00001", actor="river-charter-2018"), "parties/p-r00001/actor 'river-charter-2018': no alliance or organization has this id [link]"),
    (lambda records: with_value(records, "007"), "figures/f-"),
    (lambda records: with_value(records, "2147483648"), "figures/f-"),
    (lambda records: [with_set(r, "predecessors", ["nobody"]) if r.id == "ficus-ring" else r for r in records], "alliance_predecessors/ficus-ring/predecessors 'nobody': no alliance has this id [link]"),
    (lambda records: [with_set(r, "themes", ["measure.members"]) if r.id == "river-charter-2018" else r for r in records], "agreement_themes/river-charter-2018/themes 'measure.members': no concept of the vocabulary `theme` [vocabulary]"),
    (lambda records: [with_set(r, "names", ['{"kind":"nick","text":"J"}']) if r.id == "jade-university" else r for r in records], "names/jade-university/kind 'nick': no concept `name_kind.…`"),
    (lambda records: [with_set(r, "names", ['{"kind": "alias","text":"J"}']) if r.id == "jade-university" else r for r in records], "organizations/jade-university/names"),
    (lambda records: [with_set(r, "names", ['{"kind":"alias"}']) if r.id == "jade-university" else r for r in records], "names/jade-university/text: a value is required here [required]"),
    (lambda records: added(records, new("event", "jade-university", name="J", kind="summit")), "subjects/jade-university/id 'organization, event': organizations, alliances, agreements, events share one id space"),
    (lambda records: without(records, "source", "wiki-saffron"), "claims/c-"),
    (lambda records: [unclaimed(r) if r.id == "jade-university" else r for r in records], "organizations/jade-university/name 'Jade University': the value is shown but no chosen claim says it [claims]"),
    (lambda records: [replace(r, values=dict(r.values) | {"colour": "green"}) if r.id == "jade-university" else r for r in records], "organizations/jade-university/colour 'green': the shapes know no such single column [unknown-column]"),
    (lambda records: [replace(r, sets=dict(r.sets) | {"mottos": ("x",)}) if r.id == "jade-university" else r for r in records], "organizations/jade-university/mottos: the shapes know no such set [unknown-column]"),
]  # fmt: skip


def with_value(records: Records, value: str) -> list[Record]:
    figure = next(record for record in records if record.type == "figure")
    return changed(records, "figure", figure.id, value=value)


def unclaimed(record: Record) -> Record:
    return claimed(record, [s for s in record.claims if s.column != "name"])


@pytest.mark.parametrize(("change", "message"), BROKEN, ids=[message.split(":")[0] for _, message in BROKEN])
def test_a_broken_value_lets_nothing_be_published(
    records: Records, tmp_path: Path, change: Callable[[Records], list[Record]], message: str
) -> None:
    found = [str(violation) for violation in violations(change(records), tmp_path)]
    assert any(text.startswith(message) for text in found), found


def test_several_problems_are_told_at_once(records: Records, tmp_path: Path) -> None:
    broken = changed(records, "alliance", "orchid-alliance", kind="club", website="x")
    broken = changed(broken, "party", "p-r00001", role="guest")
    found = violations(broken, tmp_path)
    assert {(v.table, v.column) for v in found} == {
        ("alliances", "kind"),
        ("alliances", "website"),
        ("parties", "role"),
    }
    text = str(RejectedError(found * 5))
    assert text.startswith("Nothing was published: 15 values break what the shapes and expectations say.\n  alliances/")
    assert text.endswith("\n  … and 5 more")


REDIRECTS = [
    ([("alliance", "orchid-alliance", "ficus-ring")], "redirects/orchid-alliance/id 'orchid-alliance': the alliance has a redirect but is a record still"),
    ([("alliance", "old", "nowhere")], "redirects/old/target 'nowhere': the former alliance leads to no record"),
    ([("planet", "mars", "")], "redirects/mars/type 'planet': no such type of record"),
    ([("alliance", "a", "b"), ("alliance", "b", "a")], "redirects/a/target 'a': the former alliance leads back to itself"),
    ([("alliance", "a", "ficus-ring"), ("alliance", "a", "")], "redirects/a/target: the former alliance has two targets"),
]  # fmt: skip


@pytest.mark.parametrize(("redirects", "message"), REDIRECTS)
def test_a_redirect_leads_to_a_living_record(
    records: Records, tmp_path: Path, redirects: list[tuple[str, str, str]], message: str
) -> None:
    with pytest.raises(RejectedError) as raised:
        put(records, tmp_path, redirects=redirects)
    assert str(raised.value.violations[0]).startswith(message)


def test_expectations(records: Records, tmp_path: Path) -> None:
    content = Content(records, ())
    expected = [
        Expectation("alliance", "", rivals=False, min=6, max=6),
        Expectation("alliance", "founded", rivals=False, min=5, max=None),
        Expectation("alliance", "founded", rivals=True, min=2, max=None),
        Expectation("alliance", "objectives", rivals=False, min=1, max=None),
        Expectation("organization", "names", rivals=False, min=1, max=None),
        Expectation("membership", "ended", rivals=False, min=2, max=2),
        Expectation("organization", "", rivals=False, min=None, max=3),
    ]
    done = build(content, tmp_path, SHAPES, IMPRINT, exporters=SHAPES_ONLY, expectations=expected)
    message = (
        "organizations: 12 organizations, but at most 3 are expected; raise the number if that is right [expectation]"
    )
    assert [str(warning) for warning in done.warnings] == [message]
    for lost, message in [
        (Expectation("alliance", "", rivals=False, min=7, max=None), "6 alliances, but at least 7 are expected; look"),
        (Expectation("alliance", "founded", rivals=False, min=6, max=None), "5 alliances with founded, but at least 6"),
        (
            Expectation("alliance", "founded", rivals=True, min=9, max=None),
            "2 alliances whose sources disagree on founded",
        ),
        (
            Expectation("organization", "", rivals=True, min=99, max=None),
            "organizations whose sources disagree, but at",
        ),
    ]:
        with pytest.raises(RejectedError, match=message):
            build(content, tmp_path / "n", SHAPES, IMPRINT, exporters=SHAPES_ONLY, expectations=[lost])
    for unknown in (("planet", ""), ("alliance", "colour")):
        wrong = Expectation(*unknown, rivals=False, min=1, max=None)
        with pytest.raises(ValueError, match="an expectation names an unknown"):
            build(content, tmp_path / "n", SHAPES, IMPRINT, exporters=SHAPES_ONLY, expectations=[wrong])
    assert names(tmp_path / "n") == [".lock"]
