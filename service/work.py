"""What several commands do: open the canonical database, check, load, publish. Heavy libraries are imported here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, select

from datasets.canonical.explain import Explanation, explain
from datasets.canonical.export import export
from datasets.canonical.load import FACTS, load
from datasets.canonical.read import attached
from datasets.canonical.store import open_database, reading
from datasets.canonical.summary import Summary
from datasets.canonical.tables import claim
from datasets.intake.check import check
from datasets.intake.facts import EXPECTATIONS, RELEASE, RELEASE_LISTS, RELEASE_TEXTS, Folder, read
from datasets.intake.finding import Finding, Severity
from datasets.intake.malformed import Malformed
from datasets.intake.mint import mint
from datasets.intake.ror.importer import Imported, import_ror
from datasets.intake.sheet import sheets
from datasets.release.build import Printed, Published, identify, publish
from datasets.shapes import SHAPES
from service.errors import OperationError
from service.exporters import exporters
from service.progress import Progress
from service.settings import Settings


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """The canonical database of the settings, closed at the end."""
    engine = open_database(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


def facts_folder(settings: Settings) -> Folder:
    """The facts of the settings. Raises OperationError where there is no such folder, or nothing of facts in it."""
    try:
        facts = read(settings.facts, SHAPES)
    except NotADirectoryError as error:
        raise OperationError(str(error)) from error
    if not any(path.suffix.lower() in (".csv", ".toml") for path in settings.facts.iterdir()):
        raise OperationError(f"{settings.facts} holds no facts: name the folder with {sheets(SHAPES)[0].file} …")
    return facts


def checked(settings: Settings, known: Iterable[tuple[str, str]] = ()) -> list[Finding]:
    """All findings about the facts. `known` are records that stand elsewhere, as (type, id)."""
    facts_folder(settings)
    with Progress("Checking") as progress:
        return check(settings.facts, SHAPES, progress, known)


def known_records(engine: Engine, origin: str) -> list[tuple[str, str]]:
    """Type and id of the records that others than an origin have loaded: what its folder may refer to."""
    query = select(claim.c.type, claim.c.record).where(claim.c.origin != origin).distinct()
    with reading(engine) as connection:
        return [(str(type), str(record)) for type, record in connection.execute(query)]


def imported_ror(settings: Settings, dump: Path, folder: Path, *, enrich: bool) -> Imported:
    """Write what a dump of ROR says as a folder of facts."""
    try:
        with Progress("Importing") as progress:
            return import_ror(dump, folder, SHAPES, facts=settings.facts, enrich=enrich, progress=progress)
    except (Malformed, ValueError) as error:
        raise OperationError(str(error)) from error


def minted(settings: Settings) -> dict[str, int]:
    """Give ids to the rows that have none, in the files of facts; how many, by file."""
    facts_folder(settings)
    return mint(settings.facts, SHAPES)


def errors(findings: list[Finding]) -> list[Finding]:
    """Those findings that keep facts from being loaded."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def loaded(settings: Settings, engine: Engine, *, dry_run: bool = False, origin: str = FACTS) -> Summary:
    """Load the facts; they were checked before."""
    with Progress("Loading") as progress:
        return load(engine, settings.facts, SHAPES, origin=origin, dry_run=dry_run, progress=progress)


def published(
    settings: Settings,
    engine: Engine,
    date: str | None = None,
    facts: Path | None = None,
) -> Published:
    """Publish what the database holds.

    What the release says of itself and what it must hold stand in release.toml and expectations.toml as they were
    loaded, or in the folder `facts`; `date` overrides the date. Raises OperationError where something is not said.
    """
    with _said(engine, facts) as folder, Progress("Publishing") as progress:
        try:
            return publish(
                engine,
                settings.releases,
                SHAPES,
                expectations=folder.expectations or (),
                exporters=exporters(),
                progress=progress,
                **imprint(folder, settings.base_iri, date),
            )
        except ValueError as error:  # what the release says of itself cannot be printed
            raise OperationError(str(error)) from error


@contextmanager
def _said(engine: Engine, facts: Path | None) -> Iterator[Folder]:
    """The folder that says what is to be printed: the one given, else one made of what was loaded with the facts."""
    if facts is not None:
        yield read(facts, SHAPES)
        return
    with TemporaryDirectory(prefix="alliances-") as scratch:
        for name in (RELEASE, EXPECTATIONS):
            said = attached(engine, name)
            if said is not None:
                (Path(scratch) / name).write_text(said, encoding="utf-8")
        yield read(Path(scratch), SHAPES)


def imprint(facts: Folder, base_iri: str, date: str | None = None) -> Printed:
    """What a release of the facts says of itself. Raises OperationError where release.toml says something unknown."""
    said = facts.release or {}
    unknown = sorted(set(said) - {*RELEASE_TEXTS, *RELEASE_LISTS})
    if unknown:
        known = ", ".join((*RELEASE_TEXTS, *RELEASE_LISTS))
        raise OperationError(f"{facts.path / 'release.toml'}: {unknown[0]!r} is not known; known are {known}")
    printed: Printed = {"base_iri": base_iri}
    for name in RELEASE_TEXTS:
        if name in said:
            printed[name] = str(said[name])  # type: ignore[literal-required]
    for name in RELEASE_LISTS:
        if name in said:
            value = said[name]
            printed[name] = tuple(value) if isinstance(value, list) else (value,)  # type: ignore[literal-required]
    if date:
        printed["date"] = date
    missing = [name for name in ("date", "title", "licence") if name not in printed]
    if missing:
        raise OperationError(
            f"what is published has no {' and no '.join(missing)}: write it in release.toml beside the facts and load "
            "them, or name a folder that has one with --facts",
        )
    return printed


def changed_since(settings: Settings, release: str, base_iri: str) -> bool:
    """Whether publishing the facts now would give another release. Reads everything, writes nothing.

    The facts are compared with the canonical database and that with the release, so importers' claims count too.
    """
    facts = facts_folder(settings)
    with database(settings) as engine:
        if load(engine, settings.facts, SHAPES, dry_run=True).changed:
            return True
        return identify(engine, SHAPES, **imprint(facts, base_iri)) != release


def with_facts(settings: Settings, facts: Path | None) -> Settings:
    """The settings with another folder of facts, if one is given."""
    return settings if facts is None else replace(settings, facts=facts)


def exported(engine: Engine, folder: Path) -> tuple[str, ...]:
    """Write the facts of the database into a folder; the names of the files."""
    return export(engine, SHAPES, folder)


def explained(engine: Engine, address: str, column: str | None) -> Explanation:
    """What every source says of a record, what is chosen, and why."""
    return explain(engine, SHAPES, address, column)
