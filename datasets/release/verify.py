"""Whether a release on disk is what it says: checksums, tables, keys, counts, and the id itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw

from datasets.release import layout, stored
from datasets.release.ddl import CREATE_SEARCH_INDEX, FORMAT, create_indexes, create_table
from datasets.release.errors import DamagedError, ReleaseError
from datasets.release.files import MANIFEST, SHAPES, sha256
from datasets.release.identity import Digest, Imprint
from datasets.release.layout import SEARCH_INDEX
from datasets.release.manifest import claim_counts, counts
from datasets.release.open import Release

Step = Callable[[str, int, int | None], None]


def verify(path: Path, progress: Step | None = None) -> list[str]:
    """What is wrong with the release in a directory, one sentence each; nothing when it is whole."""
    step = progress or (lambda _step, _done, _total: None)
    try:
        release = Release.open(path)
    except ReleaseError as error:
        return [str(error)]
    found = list[str]()
    for number, check in enumerate((damage, _strangers, _database)):
        step("verify", number, 3)
        try:
            found += check(release)
        except (ReleaseError, OSError, apsw.Error, ValueError, TypeError, KeyError) as error:
            found.append(f"it cannot be read through: {error}")
    step("verify", 3, 3)
    return found


def damage(release: Release) -> Iterator[str]:
    """What differs from the manifest in the name of a release and in its files, read from end to end.

    Raises ValueError where the manifest does not list the files, OSError where one cannot be read.
    """
    if release.id != release.path.name:
        yield f"the directory is named {release.path.name}, but the manifest says {release.id}"
    for file in _listed(release):
        name = str(file["name"])
        target = release.path / name
        if not target.is_file():
            yield f"{name} is missing"
        elif target.stat().st_size != file["size"]:
            yield f"{name} has {target.stat().st_size} bytes, the manifest says {file['size']}"
        elif sha256(target) != file["sha256"]:
            yield f"{name} is not what it was when published: its SHA-256 differs from the manifest's"


def demand_whole(release: Release) -> None:
    """Raise DamagedError where a file of a release is not as it was published: what is served must be that."""
    try:
        found = next(damage(release), "")
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"it cannot be read through ({error})"
    if found:
        raise DamagedError(
            f"the release {release.path} is damaged: {found}; "
            "`alliances verify` says more, `alliances rollback` returns to the release before"
        )


def _strangers(release: Release) -> Iterator[str]:
    listed = {MANIFEST, *(str(file["name"]) for file in _listed(release))}
    for extra in sorted(found.name for found in release.path.iterdir() if found.name not in listed):
        yield f"{extra} is not part of the release; move it elsewhere"


def _listed(release: Release) -> list[dict[str, object]]:
    files, chain = release.manifest["files"], release.manifest["chain"]
    if not isinstance(files, list) or not isinstance(chain, dict):
        raise ValueError(f"{MANIFEST} does not list the files")
    return [*files, chain["delta"]]


def _database(release: Release) -> Iterator[str]:
    with closing(release.connect()) as connection:
        for (problem,) in connection.execute("PRAGMA integrity_check"):
            if problem != "ok":
                yield f"the database is damaged: {'; '.join(str(problem).splitlines())}"
        for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            yield f"a row of {table} links to no row of {parent}"
        if connection.pragma("user_version") != release.manifest["format"]:
            yield "the database and the manifest are of different formats"
        if release.manifest["format"] == FORMAT:
            yield from _layout(connection, release)
        for name, said, there in (
            ("counts", release.manifest.get("counts"), counts(connection, release.shapes)),
            ("claims", release.manifest.get("claims"), claim_counts(connection, release.shapes)),
        ):
            if said != there:
                yield f"the manifest's {name} are not the database's: {said} and {there}"
        identifier = recompute(connection, release)
        if identifier != release.id:
            yield f"the content of the database has the id {identifier}, not {release.id}"


def _layout(connection: apsw.Connection, release: Release) -> Iterator[str]:
    tables = layout.tables(release.shapes)
    wanted = {sql for table in tables for sql in (create_table(table), *create_indexes(table))} | {CREATE_SEARCH_INDEX}
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE ? AND name NOT LIKE 'sqlite_%'",
        (f"{SEARCH_INDEX}_%",),
    )
    there = {str(sql): str(name) for name, sql in rows}
    for sql in sorted(wanted - there.keys()):
        yield f"the database lacks: {' '.join(sql.split())[:80]}…"
    for sql in sorted(there.keys() - wanted):
        yield f"{there[sql]} is in the database but not in the shapes"


def recompute(connection: apsw.Connection, release: Release) -> str:
    """The id that the content of a release's database has."""
    imprint = Imprint.of(stored.facts(connection))
    version = release.manifest["format"]
    assert isinstance(version, int)
    digest = Digest((release.path / SHAPES).read_text(encoding="utf-8"), imprint, version)
    for record in stored.records(connection, release.shapes):
        digest.feed(record)
    return digest.finish(stored.redirects(connection))
