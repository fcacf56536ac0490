"""The command line. One thin function per command; what they do stands elsewhere.

Exit codes: 0 done, 1 findings or a negative result, 2 the command was wrong or cannot be done (one line on stderr).
"""

from __future__ import annotations

import errno
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from service.errors import OperationError
from service.settings import Settings, origins, resolve

FOLDER = click.Path(file_okay=False, path_type=Path)


class Commands(click.Group):
    """Turns errors that the user can mend into one line on stderr and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except Exception as error:
            message = explained(error)
            if message is None:
                raise
            raise Failure(message) from error


class Failure(click.ClickException):
    """An operation that cannot be done."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """The line on stderr."""
        click.echo(f"alliances: {self.format_message()}", err=True)


def explained(error: Exception) -> str | None:
    """What to tell the user of an error that they can mend; None for a fault of the program."""
    if isinstance(error, OperationError):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        mend = {
            errno.ENOSPC: "; free some space and try again",
            errno.EACCES: "; change its permissions, or give another place",
            errno.EROFS: "; give a place that can be written",
        }
        return f"{where}{error.strerror or error}{mend.get(error.errno or 0, '')}"
    from datasets.canonical.errors import CanonicalError
    from datasets.intake.finding import BadFacts
    from datasets.release.errors import ReleaseError

    return str(error) if isinstance(error, CanonicalError | ReleaseError | BadFacts) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def alliances() -> None:
    """University alliances, their members and their agreements as data.

    Facts (CSV) are checked and loaded into the canonical database, published from it as an immutable release, and
    served as GraphQL, linked data and tables. Every option can also be set by an environment variable; `alliances
    settings` lists them.
    """


def _facts(function: click.decorators.FC) -> click.decorators.FC:
    return click.argument("facts", type=FOLDER, required=False)(function)


def _database(function: click.decorators.FC) -> click.decorators.FC:
    return click.option("--database", metavar="URL", help="Canonical database.")(function)


def _releases(function: click.decorators.FC) -> click.decorators.FC:
    return click.option("--releases", type=FOLDER, help="Folder of the releases.")(function)


@alliances.command()
@_facts
@click.option("--mint", is_flag=True, help="First give ids to the rows that have none, in the files themselves.")
@click.option("--json", "as_json", is_flag=True, help="One finding per line as JSON.")
def check(facts: Path | None, *, mint: bool, as_json: bool) -> None:
    """Check FACTS, and print all findings as file:line:column code severity value message mend.

    Exit code 1 when there are errors; warnings alone are 0. FACTS defaults to the committed facts.
    """
    from service import work

    settings = resolve(facts=facts)
    if mint:
        for file, number in work.minted(settings).items():
            click.echo(f"{file}: {number} new ids", err=True)
    findings = work.checked(settings)
    _print(findings, as_json=as_json)
    errors = len(work.errors(findings))
    click.echo(f"{settings.facts}: {errors} errors, {len(findings) - errors} warnings", err=True)
    if errors:
        raise click.exceptions.Exit(1)


def _print(findings: Sequence[object], *, as_json: bool = False) -> None:
    for finding in findings:
        click.echo(finding.as_json() if as_json else str(finding))  # type: ignore[attr-defined]


@alliances.command()
@_facts
@_database
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--origin", default="facts", help="Who says it: `facts` are the editors, others are importers.")
def load(facts: Path | None, database: str | None, origin: str, *, dry_run: bool) -> None:
    """Make the canonical database equal to FACTS, for what the folder contains, and say what changed.

    The facts are checked first; with errors nothing is loaded and the exit code is 1. What other origins have loaded
    stays, and may be referred to.
    """
    from service import work

    settings = resolve(facts=facts, database=database)
    if origin == "facts":
        _refuse_errors(settings)
    with work.database(settings) as engine:
        if origin != "facts":
            _refuse_errors(settings, work.known_records(engine, origin))
        click.echo(str(work.loaded(settings, engine, dry_run=dry_run, origin=origin)))


def _refuse_errors(settings: Settings, known: Sequence[tuple[str, str]] = ()) -> None:
    """Print the errors of the facts and end with 1, if there are any."""
    from service import work

    errors = work.errors(work.checked(settings, known))
    if errors:
        _print(errors)
        click.echo(f"{settings.facts}: {len(errors)} errors; nothing was loaded", err=True)
        raise click.exceptions.Exit(1)


@alliances.command()
@click.argument("folder", type=FOLDER)
@_database
def export(folder: Path, database: str | None) -> None:
    """Write the canonical database as a folder of facts, as `load` would read it."""
    from service import work

    settings = resolve(database=database)
    with work.database(settings) as engine:
        names = work.exported(engine, folder)
    click.echo(f"{len(names)} files written to {folder}")


@alliances.command()
@_database
@_releases
@click.option("--date", metavar="YYYY-MM-DD", help="Date of the release; by default that of release.toml.")
@click.option("--base-iri", metavar="IRI", help="What the address of every record begins with.")
@click.option(
    "--facts", type=FOLDER, help="Folder with release.toml and expectations.toml; by default those that were loaded."
)
@click.option("--load", "load_first", is_flag=True, help="First check and load the facts.")
def publish(
    database: str | None,
    releases: Path | None,
    date: str | None,
    base_iri: str | None,
    facts: Path | None,
    *,
    load_first: bool,
) -> None:
    """Publish what the canonical database holds as an immutable release, and make it current."""
    from service import work

    settings = resolve(database=database, releases=releases, base_iri=base_iri, facts=facts)
    if load_first:
        _refuse_errors(settings)
    with work.database(settings) as engine:
        if load_first:
            click.echo(str(work.loaded(settings, engine)))
        done = work.published(settings, engine, date, facts)
    for warning in done.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(str(done))


@alliances.command()
@_releases
@click.argument("release", required=False)
def verify(releases: Path | None, release: str | None) -> None:
    """Check RELEASE (by default the current one) against its manifest and itself. Exit code 1 if it is not whole."""
    from datasets.release.verify import verify as problems_of
    from service.progress import Progress

    path = _release(resolve(releases=releases), release)
    with Progress("Verifying") as progress:
        problems = problems_of(path, progress)
    for problem in problems:
        click.echo(f"{path.name}: {problem}")
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{path.name} is whole")


def _release(settings: Settings, name: str | None) -> Path:
    """The folder of a release given by id or path; the current one where none is given."""
    from datasets.release import pointer
    from datasets.release.files import MANIFEST
    from datasets.release.identity import RELEASE_ID

    if name is None:
        found = pointer.current(settings.releases)
        if found is None:
            raise OperationError(f"nothing is published in {settings.releases}; run `alliances publish`")
        return found
    for path in ((settings.releases / name).resolve(), Path(name).resolve()):
        if path.is_dir() and (RELEASE_ID.fullmatch(path.name) or (path / MANIFEST).is_file()):
            return path
    known = ", ".join(path.name for path in pointer.listed(settings.releases)[:5]) or "none"
    raise OperationError(f"there is no release {name!r} in {settings.releases}; the newest are: {known}")


@alliances.command()
@_releases
def rollback(releases: Path | None) -> None:
    """Make the release before the current one current. A running service switches by itself."""
    from datasets.release import pointer

    click.echo(f"{pointer.rollback(resolve(releases=releases).releases).name} is current")


@alliances.command()
@_releases
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="One change per line as JSON.")
def diff(releases: Path | None, old: str, new: str, *, as_json: bool) -> None:
    """Print what differs between two releases, record by record. Exit code 1 when anything does."""
    from contextlib import closing

    from datasets.release.compare import Side, compare
    from datasets.release.delta import as_json as plain
    from datasets.release.delta import as_text
    from datasets.release.open import Release

    settings = resolve(releases=releases)
    before, after = (Release.open(_release(settings, name)) for name in (old, new))
    number = 0
    with closing(before.connect()) as left, closing(after.connect()) as right:
        for change in compare(Side(left, before.shapes), Side(right, after.shapes)):
            number += 1
            if as_json:
                click.echo(json.dumps(plain(change), ensure_ascii=False))
            else:
                click.echo("\n".join(as_text(change)))
    click.echo(f"{number} records differ", err=True)
    if number:
        raise click.exceptions.Exit(1)


@alliances.command()
@click.argument("record", metavar="TYPE/ID")
@click.argument("column", required=False)
@_database
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(record: str, column: str | None, database: str | None, *, as_json: bool) -> None:
    """Print what every source says of a record (of one COLUMN), what is chosen, and why."""
    from service import work

    with work.database(resolve(database=database)) as engine:
        explanation = work.explained(engine, record, column)
    click.echo(explanation.as_json() if as_json else str(explanation))


@alliances.command("import-ror")
@click.argument("dump", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("folder", type=FOLDER, default=Path(".alliances/ror"))
@click.option("--enrich", is_flag=True, help="Only what ROR adds to organizations that the facts know by their ROR id.")
@click.option("--facts", type=FOLDER, help="Folder of the facts whose organizations keep their ids.")
def import_ror(dump: Path, folder: Path, facts: Path | None, *, enrich: bool) -> None:
    """Write the organizations of a ROR DUMP (JSON, or CSV, also packed) as a FOLDER of facts, to be loaded.

    FOLDER defaults to .alliances/ror; load it with `alliances load FOLDER --origin ror`.
    """
    from service import work

    click.echo(str(work.imported_ror(resolve(facts=facts), dump, folder, enrich=enrich)))
    click.echo(f"to load it beside the facts: alliances load {folder} --origin ror", err=True)


@alliances.command()
@_releases
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 for any free one.")
@click.option("--workers", type=int, help="Processes that answer requests.")
def serve(releases: Path | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the current release; publish the committed facts first if there is none."""
    from service.serve import serve as run

    run(resolve(releases=releases, host=host, port=port, workers=workers))


@alliances.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_releases
@click.option("--column", help="The column with the names; by default found by its header.")
@click.option("--country-column", help="The column with countries (names or codes); by default found by its header.")
@click.option(
    "--type", "types", multiple=True, help="What the names are of: organization, alliance, event …; repeatable."
)
@click.option("--limit", type=click.IntRange(1, 50), default=1, help="Candidates of each row, the best first.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; by default standard output."
)
def match(
    file: Path,
    releases: Path | None,
    column: str | None,
    country_column: str | None,
    *,
    types: tuple[str, ...],
    limit: int,
    out: Path | None,
) -> None:
    """Match the names in FILE (CSV) with the records of the current release.

    Writes the rows as CSV with id, label, score, whether the match is certain, and why. A row without a candidate keeps
    those cells empty. By default alliances and organizations are looked at.
    """
    from datasets.release.open import Release
    from service.matching import Wish
    from service.matching import match as matched
    from service.progress import Progress

    release = Release.open(_release(resolve(releases=releases), None))
    wish = Wish(column, country_column, types or ("actor",), limit)
    with Progress("Matching") as progress, click.open_file(str(out or "-"), "w", "utf-8", lazy=True) as stream:
        outcome = matched(release, file, wish, stream, progress)
    click.echo(str(outcome), err=True)


@alliances.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def settings(*, as_json: bool) -> None:
    """Print every setting with its value, where that comes from, and what it means."""
    found = origins()
    if as_json:
        rows = [{n: getattr(o, n) for n in ("name", "variable", "value", "origin", "doc")} for o in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for origin in found:
        click.echo(f"{origin.variable}={origin.value}  ({origin.origin})\n    {origin.doc}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    try:
        alliances.main(arguments, prog_name="alliances")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 (the last resort: what comes here is a fault of ours)
        traceback.print_exc()
        click.echo("alliances: this is a fault of the program; please report it with the lines above", err=True)
        return 2


if __name__ == "__main__":
    sys.exit(main())
