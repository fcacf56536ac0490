"""The files beside the database: each is read by a tool that others use, and compared with the database."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import warnings
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from datasets.canonical.read import Record
from datasets.intake.partial_date import PartialDate
from datasets.release.layout import tables
from datasets.release.open import Release
from datasets.release.public import public_tables
from datasets.shapes import SHAPES, Kind
from datasets.shapes.serial import from_json
from tests.release.tools import rows

GOLDEN = Path(__file__).parents[1] / "golden" / "release"
Records = tuple[Record, ...]


@pytest.fixture(scope="session")
def unpacked(world_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CSV files of the small world."""
    folder = tmp_path_factory.mktemp("csv")
    zipfile.ZipFile(world_release.path / "alliances-csv.zip").extractall(folder)
    return folder


@pytest.fixture
def broken(unpacked: Path, tmp_path: Path) -> Path:
    """The same files with a year where a number of degrees stands, and an id that is there twice."""
    folder = shutil.copytree(unpacked, tmp_path / "broken")
    with (folder / "organizations.csv").open(encoding="utf-8", newline="") as stream:
        header, first, *rest = csv.reader(stream)
    first[header.index("latitude")] = "in the north"
    with (folder / "organizations.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\r\n").writerows([header, first, first, *rest])
    return folder


def test_csvw_describes_the_csv_files(unpacked: Path) -> None:
    from csvw import CSVW

    group = CSVW(str(unpacked / "csv-metadata.json"), validate=True)
    assert group.is_valid, [str(warning.message) for warning in group.warnings]
    assert len(group.tables) == len(public_tables(SHAPES))
    for table in group.tables:
        assert list(table.iterdicts()), table.local_name


def test_csvw_catches_planted_errors(broken: Path, caplog: pytest.LogCaptureFixture) -> None:
    from csvw import CSVW

    with warnings.catch_warnings(), contextlib.suppress(ValueError):  # of what is so wrong that it reads no further
        warnings.simplefilter("ignore")
        assert not CSVW(str(broken / "csv-metadata.json"), validate=True).is_valid
    assert "latitude: Invalid value for decimal" in caplog.text


def test_frictionless_finds_the_data_package_valid(unpacked: Path) -> None:
    from frictionless import Package, system

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package has deprecation warnings of its own
        with system.use_context(trusted=True):
            report = Package(str(unpacked / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldNumber", "type", "note"])[:10]
    assert len(report.tasks) == len(public_tables(SHAPES))


def test_frictionless_catches_planted_errors(broken: Path) -> None:
    from frictionless import Package, system

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package has deprecation warnings of its own
        with system.use_context(trusted=True):
            report = Package(str(broken / "datapackage.json")).validate()
    found = {type_ for (type_,) in report.flatten(["type"])}
    assert {"type-error", "primary-key"} <= found


def test_csv_holds_what_the_database_holds(world_release: Release, unpacked: Path) -> None:
    for table in public_tables(SHAPES):
        with (unpacked / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
            header, *lines = csv.reader(stream)
        fields = ", ".join(f'"{name}"' for name in table.fields)
        key = ", ".join(f'"{name}"' for name in table.table.primary_key)
        there = rows(world_release.database, f'SELECT {fields} FROM "{table.name}" ORDER BY {key}')
        assert header == list(table.fields)
        assert lines == [["" if cell is None else str(cell) for cell in row] for row in there], table.name
    raw = (unpacked / "release.csv").read_bytes()
    assert raw.startswith(b"key,value\r\n")


def test_sort_keys_and_search_entries_stay_in_the_database() -> None:
    shown = {(table.name, name) for table in public_tables(SHAPES) for name in table.fields}
    hidden = {(t.name, f.name) for t in tables(SHAPES) for f in t.fields} - shown
    assert {name for table, name in hidden if table != "search_entries"} == {
        "name_sort", "founded_sort", "title_sort", "signed_sort", "label_sort", "published_sort", "organization_sort",
        "alliance_sort", "since_sort", "actor_sort", "agreement_sort", "start_sort", "as_of_sort",
    }  # fmt: skip
    assert ("member_spans", "from_earliest") in shown


def test_parquet_holds_what_the_database_holds(world_release: Release) -> None:
    archive = zipfile.ZipFile(world_release.path / "alliances-parquet.zip")
    assert archive.namelist() == [f"{table.name}.parquet" for table in public_tables(SHAPES)]
    for table in public_tables(SHAPES):
        read = pq.read_table(io.BytesIO(archive.read(f"{table.name}.parquet")))
        kinds = {c.field.name: c.column.kind for c in table.columns if c.column is not None}
        for column in table.columns:
            name = column.field.name
            field = read.schema.field(name)
            assert field.nullable is not column.field.not_null
            assert field.metadata[b"description"].decode() == column.field.doc
            key = ", ".join(f'"{part}"' for part in table.table.primary_key)
            there = [
                cell for (cell,) in rows(world_release.database, f'SELECT "{name}" FROM "{table.name}" ORDER BY {key}')
            ]
            found = read.column(name).to_pylist()
            if kinds.get(name) is Kind.DECIMAL:
                assert found == [None if cell is None else float(str(cell)) for cell in there]
            else:
                assert found == there, (table.name, name)


def test_json_lines_hold_each_record_whole(world_release: Release, records: Records) -> None:
    lines = (world_release.path / "alliances.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [(line["type"], line["id"]) for line in found] == [(r.type, r.id) for r in records]
    by_id = {line["id"]: line for line in found}
    assert by_id["orchid-alliance"] == {
        "type": "alliance",
        "id": "orchid-alliance",
        "name": "Orchid River Universities Alliance",
        "language": "en",
        "acronym": "ORUA",
        "kind": "university_network",
        "scope": "Orchid River",
        "founded": "2017-04-29",
        "status": "active",
        "secretariat_organization": "jade-university",
        "secretariat_place": "Qinghe, China",
        "website": "https://orchid.example.org/",
        "objectives": ["climate research", "shared courses", "student exchange"],
        "names": [
            {"kind": "alias", "language": "zh", "text": "兰江大学联盟"},
            {"kind": "short", "language": "en", "text": "ORU Alliance"},
        ],
        "identifiers": by_id["orchid-alliance"]["identifiers"],
    }
    assert by_id["m-b00002"]["ended"] is True
    assert all(isinstance(line["value"], int) for line in found if line["type"] == "figure")
    place = next(line for line in lines if '"latitude"' in line)
    stored = next(r for r in records if r.id == json.loads(place)["id"]).values["latitude"]
    assert f'"latitude":{stored},' in place


def test_json_lines_hold_every_claim(world_release: Release, records: Records) -> None:
    lines = (world_release.path / "alliances-claims.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [line["id"] for line in found] == [claim.id for record in records for claim in record.claims]
    rivals = [line for line in found if line["record"] == "orchid-alliance" and line["column"] == "founded"]
    assert {(line["value"], line.get("chosen", False)) for line in rivals} == {
        ("2017-04-29", True), ("2017-05", False), ("2016-21", False), ("2017", False),
    }  # fmt: skip
    assert rivals[0].keys() >= {
        "type",
        "id",
        "record_type",
        "record",
        "column",
        "value",
        "source",
        "evidence",
        "reason",
    }


def test_the_database_holds_every_value_and_claim(world_release: Release, records: Records) -> None:
    """Against the records as they came, by a reader that shares no code with the writer."""
    connection = world_release.connect()

    def ask(sql: str, parameters: tuple[str, ...] = ()) -> list[tuple[object, ...]]:
        return list(connection.execute(sql, parameters))

    for record in records:
        entity = SHAPES.entity(record.type)
        for column in entity.columns:
            if column.many:
                sql = f'SELECT value FROM "{entity.name}_{column.name}" WHERE "{entity.name}" = ? ORDER BY value'
                assert tuple(v for (v,) in ask(sql, (record.id,))) == record.sets.get(column.name, ())
                continue
            extra = f', "{column.name}_earliest", "{column.name}_latest"' if column.kind is Kind.DATE else ""
            (row,) = ask(f'SELECT "{column.name}"{extra} FROM "{entity.plural}" WHERE id = ?', (record.id,))
            value = record.values.get(column.name)
            if column.kind is Kind.FLAG:
                assert row == (int(value == "yes"),)
            elif column.kind is Kind.DATE:
                date = PartialDate.parse(value) if value else None
                assert row == ((date.text, date.earliest, date.latest) if date else (None, None, None))
            else:
                assert row == (int(value) if value and column.kind is Kind.INTEGER else value,)
    sql = "SELECT id, \"column\", value, coalesce(source, ''), coalesce(locator, ''), evidence, chosen, reason FROM claims ORDER BY id"
    claims = sorted(claim for record in records for claim in record.claims)
    assert ask(sql) == [(*claim[:6], int(claim.chosen), claim.reason) for claim in claims]


def test_shapes_of_a_release_are_read_back(world_release: Release) -> None:
    assert from_json((world_release.path / "shapes.json").read_text(encoding="utf-8")) == SHAPES


def test_the_dictionary_explains_everything(world_release: Release) -> None:
    dictionary = json.loads((world_release.path / "dictionary.json").read_text(encoding="utf-8"))
    text = (world_release.path / "dictionary.md").read_text(encoding="utf-8")
    described = {table["name"]: table for table in dictionary["tables"]}
    for table in public_tables(SHAPES):
        assert described[table.name]["doc"]
        assert f"## {table.name}\n" in text
        assert [field["name"] for field in described[table.name]["fields"]] == list(table.fields)
        assert all(field["doc"] for field in described[table.name]["fields"])
    codes = {c.scheme for e in SHAPES.entities for c in e.columns if c.kind is Kind.CODE}
    for vocabulary in dictionary["vocabularies"]:
        assert vocabulary["values"] or vocabulary["name"] not in codes, vocabulary["name"]
        for value in vocabulary["values"]:
            assert value["label"]
            assert value["meaning"]
            assert f"| `{value['slug']}` |" in text


def without_sizes(manifest: dict[str, object]) -> dict[str, object]:
    """The manifest without what differs between versions of libraries: sizes and checksums of files."""
    chain, files, datacite = manifest["chain"], manifest["files"], manifest["datacite"]
    assert isinstance(chain, dict)
    assert isinstance(files, list)
    assert isinstance(datacite, dict)
    for file in (*files, chain["delta"]):
        file["size"], file["sha256"] = 0, ""
    datacite["sizes"] = len(datacite["sizes"])
    return manifest


@pytest.mark.parametrize("name", ["manifest.json", "dictionary.md", "csv-metadata.json", "datapackage.json"])
def test_public_contracts_are_what_they_were(world_release: Release, unpacked: Path, name: str) -> None:
    """A golden changes by UPDATE_GOLDEN=1, and the difference is read before it is committed."""
    path = next(p for p in (world_release.path / name, unpacked / name) if p.exists())
    content = path.read_text(encoding="utf-8")
    if name == "manifest.json":
        content = json.dumps(without_sizes(json.loads(content)), ensure_ascii=False, indent=2) + "\n"
    golden = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(content, encoding="utf-8")
    assert content == golden.read_text(encoding="utf-8")


def test_the_manifest_is_ready_for_datacite(world_release: Release) -> None:
    """What DataCite 4.6 requires is there, nothing is a placeholder, and all files are told of."""
    datacite = world_release.manifest["datacite"]
    assert isinstance(datacite, dict)
    required = {"identifiers", "creators", "titles", "publisher", "publicationYear", "types", "schemaVersion"}
    assert required <= datacite.keys()
    assert datacite["identifiers"][0]["identifier"] == f"https://data.example.org/releases/{world_release.id}"
    assert datacite["rightsList"][0]["rightsIdentifier"] == "CC-BY-4.0"
    files = world_release.manifest["files"]
    assert isinstance(files, list)
    assert len(datacite["sizes"]) == len(files)
    assert "relatedIdentifiers" not in datacite
    text = json.dumps(datacite)
    assert not any(word in text.lower() for word in ("10.5072", "todo", "xxxx", "placeholder", ":null"))


def test_credits_come_from_the_sources(facts_release: Release) -> None:
    credits_ = facts_release.manifest["attribution"]
    assert isinstance(credits_, list)
    licences = {(credit.get("licence", ""), credit["text"].split(",")[0].split(":")[0]) for credit in credits_}
    assert ("CC0-1.0", "ROR records") in licences
    assert ("", "Erasmus charter holders (ECHE 2021-2027)") in licences
    assert ("CC-BY-4.0", "Place names and coordinates") in licences
    wikipedia = [credit for credit in credits_ if credit.get("licence") == "CC-BY-SA-4.0"]
    assert len(wikipedia) == 1
    assert "Wikipedia" in wikipedia[0]["text"]
    assert sum(credit.get("sources", 0) for credit in credits_) == 1044
