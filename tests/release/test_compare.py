from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.canonical.read import Record
from datasets.release.compare import Operation, Side, compare
from datasets.release.delta import as_json, as_text
from datasets.release.open import Release
from tests.release.tools import added, changed, having, new, put, with_set, without

Records = tuple[Record, ...]


def delta(path: Path) -> dict[str, object]:
    found = json.loads((path / "delta.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_first_release_adds_everything(world_release: Release) -> None:
    found = delta(world_release.path)
    counts = world_release.manifest["counts"]
    assert isinstance(counts, dict)
    records = sum(counts.values()) - counts["claims"]
    assert found["from"] is None
    assert found["to"] == world_release.id
    assert found["counts"] == {"ADD": records, "MOD": 0, "DEL": 0}
    changes = found["changes"]
    assert isinstance(changes, list)
    assert len(changes) == records
    assert changes[0] == {"op": "ADD", "type": "country", "id": "AD"}


def test_what_changed_is_told_with_old_and_new_value(records: Records, tmp_path: Path) -> None:
    first = put(records, tmp_path)
    content = changed(records, "alliance", "orchid-alliance", founded="2017", acronym=None)
    content = [with_set(r, "objectives", ["joint campus", "quiet"]) if r.id == "ficus-ring" else r for r in content]
    content = added(content, new("event", "new-event", name="New event", kind="summit"))
    content = without(without(content, "figure", figure := figures(records)[0]), "figure", other := figures(records)[1])
    second = put(content, tmp_path, redirects=[("figure", figure, figures(records)[2]), ("figure", other, "")])
    found = delta(second.path)
    assert (found["from"], found["to"]) == (first.id, second.id)
    assert found["counts"] == {"ADD": 1, "MOD": 2, "DEL": 2}
    assert found["changes"] == [
        {
            "op": "MOD",
            "type": "alliance",
            "id": "ficus-ring",
            "columns": {"objectives": [["joint campus", "shared library"], ["joint campus", "quiet"]]},
            "claims": {"added": 2, "removed": 4, "changed": 0},
        },
        {
            "op": "MOD",
            "type": "alliance",
            "id": "orchid-alliance",
            "columns": {"acronym": ["ORUA", None], "founded": ["2017-04-29", "2017"]},
            "claims": {"added": 1, "removed": 5, "changed": 0},
        },
        {"op": "ADD", "type": "event", "id": "new-event"},
        {"op": "DEL", "type": "figure", "id": figure, "target": figures(records)[2]},
        {"op": "DEL", "type": "figure", "id": other, "target": None},
    ]
    manifest = Release.open(second.path).manifest
    chain, datacite = manifest["chain"], manifest["datacite"]
    assert isinstance(chain, dict)
    assert isinstance(datacite, dict)
    assert (chain["sequence"], chain["previous"], chain["delta"]["counts"]) == (2, first.id, found["counts"])
    assert datacite["relatedIdentifiers"] == [
        {
            "relatedIdentifier": f"http://localhost:8000/releases/{first.id}",
            "relatedIdentifierType": "URL",
            "relationType": "IsNewVersionOf",
            "resourceTypeGeneral": "Dataset",
        }
    ]


def figures(records: Records) -> list[str]:
    return [record.id for record in records if record.type == "figure"]


def test_a_delta_is_there_also_when_nothing_changed(records: Records, tmp_path: Path) -> None:
    put(records, tmp_path)
    second = put(records, tmp_path, redirects=[("alliance", "gone", "")])
    assert delta(second.path)["changes"] == []
    assert delta(second.path)["counts"] == {"ADD": 0, "MOD": 0, "DEL": 0}


def test_another_source_or_reason_is_a_change(records: Records, tmp_path: Path) -> None:
    put(records, tmp_path)
    record = next(r for r in records if r.id == "jade-university")
    claims = (record.claims[0]._replace(reason="pinned"), *record.claims[1:])
    second = put([Record(r.type, r.id, r.values, r.sets, claims) if r is record else r for r in records], tmp_path)
    assert delta(second.path)["changes"] == [
        {
            "op": "MOD",
            "type": "organization",
            "id": "jade-university",
            "columns": {},
            "claims": {"added": 0, "removed": 0, "changed": 1},
        }
    ]


def test_changes_as_text(records: Records, tmp_path: Path) -> None:
    old = Release.open(put(records, tmp_path).path)
    content = changed(records, "alliance", "orchid-alliance", founded="2017", acronym=None)
    content = [with_set(r, "objectives", ["joint campus", "quiet"]) if r.id == "ficus-ring" else r for r in content]
    gone, stays = figures(records)[:2]
    new_ = Release.open(put(without(content, "figure", gone), tmp_path, redirects=[("figure", gone, stays)]).path)
    with closing(old.connect()) as one, closing(new_.connect()) as two:
        changes = list(compare(Side(one, old.shapes), Side(two, new_.shapes)))
        back = list(compare(Side(two, new_.shapes), Side(one, old.shapes)))
    assert [line for change in changes for line in as_text(change)] == [
        "MOD alliance/ficus-ring",
        "    objectives - shared library",
        "    objectives + quiet",
        "    claims: 2 added, 4 removed, 0 chosen otherwise",
        "MOD alliance/orchid-alliance",
        "    acronym: ORUA → nothing",
        "    founded: 2017-04-29 → 2017",
        "    claims: 1 added, 5 removed, 0 chosen otherwise",
        f"DEL figure/{gone} → figure/{stays}",
    ]
    assert [(c.operation, c.id) for c in back] == [
        (Operation.MODIFY, "ficus-ring"),
        (Operation.MODIFY, "orchid-alliance"),
        (Operation.ADD, gone),
    ]


NAMES = st.text("abc", min_size=1, max_size=2)


@given(
    before=st.dictionaries(NAMES, NAMES, min_size=1, max_size=6),
    after=st.dictionaries(NAMES, NAMES, min_size=1, max_size=6),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_comparison_is_a_difference_of_sets(
    records: Records, tmp_path: Path, before: dict[str, str], after: dict[str, str]
) -> None:
    few = [r for r in records if r.type in ("concept", "source")]

    def release(acronyms: dict[str, str], title: str) -> Release:
        base = {"kind": "university_network", "status": "active"}
        alliances = [having(new("alliance", id, name=id, **base), acronym=acronym) for id, acronym in acronyms.items()]
        folder = tmp_path / title / str(len(list(tmp_path.rglob("manifest.json"))))
        return Release.open(put(added(few, *alliances), folder).path)

    old, young = release(before, "old"), release(after, "new")
    with closing(old.connect()) as one, closing(young.connect()) as two:
        found = [as_json(change) for change in compare(Side(one, old.shapes), Side(two, young.shapes))]
    wanted = [
        *(("ADD", id) for id in after.keys() - before.keys()),
        *(("DEL", id) for id in before.keys() - after.keys()),
        *(("MOD", id) for id in after.keys() & before.keys() if before[id] != after[id]),
    ]
    assert [(change["op"], change["id"]) for change in found] == sorted(wanted, key=lambda pair: pair[1])
