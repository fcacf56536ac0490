"""Importing a dump of the Research Organization Registry as a folder of facts.

Either all its organizations (a folder that stands by itself), or only what it adds to organizations that are known by
their ROR id (`enrich`, a folder to be loaded beside the facts). The dump is read once, record by record; what the
facts say of each organization is held until all ids are known.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pycountry

from datasets.intake.facts import RELEASE
from datasets.intake.files import replace, write_csv
from datasets.intake.finding import Finding, Severity
from datasets.intake.ror.convert import Converted, convert
from datasets.intake.ror.dump import RorRecord, records
from datasets.intake.ror.known import Known
from datasets.intake.ror.parents import parents
from datasets.intake.ror.slugs import Named, ids
from datasets.intake.ror.source import Source, described, version_key
from datasets.intake.ror.write import COUNTRY, LANGUAGE, Writer
from datasets.intake.sheet import sheets
from datasets.shapes import Shapes

Progress = Callable[[str, int], None]
"""Told what is being done and how many records are done."""

_EVERY = 1000


@dataclass(frozen=True)
class Imported:
    """What an import wrote, by file, and what it left out or changed."""

    folder: Path
    rows: dict[str, int]
    findings: tuple[Finding, ...] = field(repr=False)

    def __str__(self) -> str:
        written = ", ".join(f"{number} rows in {file}" for file, number in self.rows.items())
        odd = Counter(finding.code for finding in self.findings)
        left = ", ".join(f"{number} {code}" for code, number in sorted(odd.items()))
        return f"{self.folder}: {written}" + (f"; left out or changed: {left}" if left else "")


def import_ror(
    dump: Path,
    folder: Path,
    shapes: Shapes,
    *,
    facts: Path,
    enrich: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Write the organizations of a dump as a folder of facts that checks clean.

    Organizations that `facts`, or an earlier import in `folder`, know by their ROR id keep their id; others get a slug
    of their name. The vocabularies are those of `facts`. With `enrich` only organizations that `facts` know are
    written, with what the registry adds. Raises Malformed where the dump cannot be read, BadFacts where the facts
    cannot, ValueError where the folder holds what no import wrote.
    """
    return _Import(dump, folder, shapes, facts, progress or _untold, enrich=enrich).run()


def _untold(_step: str, _done: int) -> None:
    pass


class _Import:
    def __init__(
        self, dump: Path, folder: Path, shapes: Shapes, facts: Path, progress: Progress, *, enrich: bool
    ) -> None:
        self._dump, self._folder, self._shapes, self._facts = dump, folder, shapes, facts
        self._progress, self._enrich = progress, enrich
        self._findings: list[Finding] = []
        self._concepts = next(sheet.file for sheet in sheets(shapes) if len(sheet.keys) == 2)
        writer = Writer(shapes, "")
        self._known = Known()
        if folder.exists():
            own = {sheet.file for sheet in writer.sheets} | {RELEASE, self._concepts}
            other = sorted(path.name for path in folder.iterdir() if path.name not in own and path.name[0] != ".")
            if other:
                mend = "name a new folder, or one of an earlier import"
                raise ValueError(f"{folder} holds {other[0]}, which no import wrote: {mend}")
            self._known.add(folder, shapes, writer.organization)
            self._known = Known(ids=self._known.ids, taken=set(self._known.ids.values()))
        self._known.add(facts, shapes, writer.organization)

    def run(self) -> Imported:
        organizations, source = self._read()
        if self._enrich:
            given = {o.ror: self._known.ids[o.ror] for o in organizations}
        else:
            given = ids(map(_named, organizations), self._known.ids, self._known.taken)
        held = _held(organizations)
        organizations = [self._unshared(organization, given, held) for organization in organizations]
        organizations.sort(key=lambda organization: given[organization.ror])
        rows = self._write(organizations, given, source)
        return Imported(self._folder, rows, tuple(sorted(self._findings, key=lambda finding: finding.place)))

    def _read(self) -> tuple[list[Converted], Source]:
        """What the facts say of each record that is wanted, and the dump as a source."""
        countries = frozenset(country.alpha_2 for country in pycountry.countries)
        found: dict[str, Converted] = {}
        modified, release, number = "", "", 0
        for record in records(self._dump):
            number = record.number
            if number % _EVERY == 0:
                self._progress("reading the dump", number)
            modified = max(modified, record.modified)
            release = max(release, record.release, key=version_key)
            if self._enrich and record.ror not in self._known.ids:
                continue
            tell = self._teller(record)
            if record.ror in self._known.others:
                message = f"the facts know it as a record of the type {self._known.others[record.ror]}"
                tell("other_record", record.ror, message, "the record was left out")
                continue
            converted = convert(record, countries, tell)
            if converted is not None and found.setdefault(converted.ror, converted) is not converted:
                tell("repeated_record", record.ror, "the record stands twice", "the later one was left out")
        self._progress("reading the dump", number)
        return list(found.values()), described(self._dump.name, release, modified)

    def _teller(self, record: RorRecord) -> Callable[[str, str, str, str], None]:
        def tell(code: str, value: str, message: str, mend: str) -> None:
            self._tell(record.line or record.number, code, value, f"{record.ror}: {message}", mend)

        return tell

    def _tell(self, line: int, code: str, value: str, message: str, mend: str) -> None:
        self._findings.append(Finding(self._dump.name, line, 1, code, Severity.WARNING, value, message, mend))

    def _unshared(self, organization: Converted, given: Mapping[str, str], held: Mapping[object, int]) -> Converted:
        """Without the identifiers that another record holds too: their registry gives each to one thing."""
        own = given[organization.ror]
        kept = []
        for scheme, value in organization.identifiers:
            if held[scheme, value] > 1 or self._known.holders.get((scheme, value), own) != own:
                message = f"{organization.ror}: another record holds this {scheme} identifier too"
                self._tell(organization.line, "shared_identifier", value, message, "the identifier was left out")
            else:
                kept.append((scheme, value))
        return dataclasses.replace(organization, identifiers=tuple(kept))

    def _write(self, organizations: list[Converted], given: Mapping[str, str], source: Source) -> dict[str, int]:
        self._folder.mkdir(parents=True, exist_ok=True)
        writer = Writer(self._shapes, source.id)
        files = {
            writer.organizations: self._rows(writer, organizations, given),
            writer.names: self._names(writer, organizations, given),
            writer.identifiers: self._identifiers(writer, organizations, given),
        }
        if source.id not in self._known.sources:
            files[writer.sources] = iter([writer.record(writer.sources, source.id, source.said)])
        counts = {}
        for sheet, lines in files.items():
            self._progress(f"writing {sheet.file}", 0)
            counts[sheet.file] = write_csv(self._folder / sheet.file, sheet.headers, lines)
        if not self._enrich:
            replace(self._folder / RELEASE, source.release.encode())
            replace(self._folder / self._concepts, (self._facts / self._concepts).read_bytes())
        return counts

    def _rows(self, writer: Writer, organizations: list[Converted], given: Mapping[str, str]) -> Iterator[list[str]]:
        parent, circles = parents(organizations, given)
        for ror in circles:
            self._tell(1, "odd_parent", ror, f"{ror}: its parents go in a circle", "the parent was left out")
        for o in organizations:
            said = {
                "schema:addressLocality": o.city,
                COUNTRY: o.country,
                "geo:lat": o.latitude,
                "geo:long": o.longitude,
                "schema:foundingDate": o.founded,
                "foaf:homepage": o.website,
                "org:subOrganizationOf": parent.get(o.ror, ""),
            }
            if not self._enrich:
                said |= {"skos:prefLabel": o.name, LANGUAGE: o.language, "org:classification": o.kind}
                said["skos:altLabel"] = o.acronym
            if any(said.values()):
                yield writer.record(writer.organizations, given[o.ror], said, o.ror)

    def _names(self, writer: Writer, organizations: list[Converted], given: Mapping[str, str]) -> Iterator[list[str]]:
        for o in organizations:
            names = o.names
            if self._enrich:
                known = self._known.names.get(given[o.ror], set())
                own = ((o.name, o.language, "alias"), (o.acronym, "", "acronym"))
                names = tuple(sorted(name for name in {*names, *own} if name[0] and name[0] not in known))
            for text, language, kind in names:
                yield writer.name(given[o.ror], text, language, kind, o.ror)

    def _identifiers(
        self, writer: Writer, organizations: list[Converted], given: Mapping[str, str]
    ) -> Iterator[list[str]]:
        for o in organizations:
            for identifier in sorted(o.identifiers):
                if not self._enrich or identifier not in self._known.holders:
                    yield writer.identifier(given[o.ror], *identifier, o.ror)


def _held(organizations: list[Converted]) -> Counter[object]:
    return Counter(identifier for organization in organizations for identifier in organization.identifiers)


def _named(organization: Converted) -> Named:
    """By what an organization gets its id: its name, or one in English where that has other letters."""
    further = (text for text, language, kind in organization.names if kind != "acronym" and language in {"en", ""})
    return Named(organization.ror, (organization.name, *further), organization.country)
