"""manifest.json: what a release is, whom it credits, how much is in it, and the checksum of each file.

All but the part `chain` follows from the content alone. `chain` tells the place of the release among others: its number
in the order of publishing, the release that was current before it, and the delta between the two.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from datasets.canonical.read import CLAIMS
from datasets.release.attribution import as_json, credited
from datasets.release.ddl import FORMAT, quote
from datasets.release.exporter import Draft, ExportFile
from datasets.release.files import DATABASE, DELTA, MANIFEST, sha256
from datasets.release.identity import Imprint
from datasets.release.licences import licence
from datasets.shapes import Shapes

DATABASE_FILE = ExportFile(
    name=DATABASE,
    title="The database: all tables with keys, indexes and full-text search",
    media_type="application/vnd.sqlite3",
)
DELTA_FILE = ExportFile(name=DELTA, title="What changed since the previous release", media_type="application/json")


@dataclass(frozen=True, slots=True)
class Previous:
    """The place of a release among others: its number, the id before it (empty: none), the changes of each sort."""

    sequence: int
    id: str
    changes: dict[str, int]


def write_manifest(draft: Draft, files: Sequence[ExportFile], previous: Previous) -> None:
    """Write the manifest of a release whose files are all complete."""
    imprint = draft.imprint
    described = [_file(draft.folder, file) for file in (DATABASE_FILE, *files)]
    content: dict[str, object] = {
        "id": draft.id,
        "format": FORMAT,
        "date": imprint.date,
        "title": imprint.title,
        "description": imprint.description,
        "licence": imprint.licence,
        "licence_url": licence(imprint.licence).url,
        "publisher": imprint.publisher,
        "creators": list(imprint.creators),
        "contact": imprint.contact,
        "keywords": list(imprint.keywords),
        "base_iri": imprint.base_iri,
        "citation": citation(draft.id, imprint),
        "attribution": [as_json(credit) for credit in credited(draft.connection, draft.shapes)],
        "counts": counts(draft.connection, draft.shapes),
        "claims": claim_counts(draft.connection, draft.shapes),
        "conflicts": conflicts(draft.connection, draft.shapes),
        "files": described,
        "datacite": datacite(draft.id, imprint, described, previous.id),
        "chain": {
            "sequence": previous.sequence,
            "previous": previous.id or None,
            "delta": _file(draft.folder, DELTA_FILE) | {"counts": previous.changes},
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    (draft.folder / MANIFEST).write_text(text, encoding="utf-8")


def _file(folder: Path, file: ExportFile) -> dict[str, object]:
    path = folder / file.name
    return {
        "name": file.name,
        "title": file.title,
        "media_type": file.media_type,
        "size": path.stat().st_size,
        "sha256": sha256(path),
    }


def citation(release: str, imprint: Imprint) -> str:
    """How to cite the release in a text."""
    who = "; ".join(imprint.creators) or imprint.publisher
    year = imprint.date[:4]
    return f"{who} ({year}). {imprint.title} (release {release}). {imprint.publisher}. {_address(release, imprint)}"


def _address(release: str, imprint: Imprint) -> str:
    return f"{imprint.base_iri}/releases/{release}"


def counts(connection: apsw.Connection, shapes: Shapes) -> dict[str, int]:
    """The number of records of each entity, by plural."""
    return {e.plural: _number(connection, f"SELECT count(*) FROM {quote(e.plural)}") for e in shapes.entities}


def claim_counts(connection: apsw.Connection, shapes: Shapes) -> dict[str, int]:
    """The number of claims by evidence."""
    table = quote(shapes.entity(CLAIMS).plural)
    rows = connection.execute(f"SELECT evidence, count(*) FROM {table} GROUP BY evidence ORDER BY evidence")
    return {str(evidence): int(str(number)) for evidence, number in rows}


def conflicts(connection: apsw.Connection, shapes: Shapes) -> dict[str, int]:
    """The number of columns of records on which sources disagree, by entity: those with a claim not chosen."""
    table = quote(shapes.entity(CLAIMS).plural)
    rows = connection.execute(
        f"SELECT record_type, count(*) FROM (SELECT DISTINCT record_type, record, {quote('column')} FROM {table} "
        "WHERE NOT chosen) GROUP BY record_type ORDER BY record_type"
    )
    return {str(entity): int(str(number)) for entity, number in rows}


def _number(connection: apsw.Connection, sql: str) -> int:
    return int(connection.execute(sql).get)


def datacite(release: str, imprint: Imprint, files: Sequence[dict[str, object]], previous: str) -> dict[str, object]:
    """Metadata by the DataCite schema 4.6, ready to be registered; the DOI is given by whoever registers it."""
    terms = licence(imprint.licence)
    content: dict[str, object] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "identifiers": [{"identifier": _address(release, imprint), "identifierType": "URL"}],
        "url": _address(release, imprint),
        "titles": [{"title": imprint.title, "lang": "en"}],
        "creators": [{"name": name} for name in imprint.creators or (imprint.publisher,)],
        "publisher": {"name": imprint.publisher},
        "publicationYear": imprint.date[:4],
        "types": {"resourceType": "Dataset", "resourceTypeGeneral": "Dataset"},
        "language": "en",
        "version": release,
        "dates": [{"date": imprint.date, "dateType": "Issued"}],
        "formats": sorted({str(file["media_type"]) for file in files}),
        "sizes": [f"{file['size']} bytes ({file['name']})" for file in files],
        "rightsList": [
            {
                "rights": terms.name,
                "rightsUri": terms.url,
                "rightsIdentifier": terms.id,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
                "lang": "en",
            }
        ],
    }
    if imprint.description:
        content["descriptions"] = [{"description": imprint.description, "descriptionType": "Abstract", "lang": "en"}]
    if imprint.keywords:
        content["subjects"] = [{"subject": keyword, "lang": "en"} for keyword in imprint.keywords]
    if previous:
        content["relatedIdentifiers"] = [
            {
                "relatedIdentifier": _address(previous, imprint),
                "relatedIdentifierType": "URL",
                "relationType": "IsNewVersionOf",
                "resourceTypeGeneral": "Dataset",
            }
        ]
    return content
