"""Rules about what points elsewhere: codes of vocabularies, countries, records."""

from __future__ import annotations

from collections.abc import Iterator

from datasets.intake.rules.rule import Fault, Record, Row, Spot, cell_rule, record_rule, spot, watch_rule
from datasets.intake.sheet import Sheet
from datasets.intake.stored import is_concept_link
from datasets.intake.survey import Survey, elements, space
from datasets.shapes import Column, Kind, Link, Shapes

COUNTRY_SPACE = "country"


@cell_rule(
    "unknown_code",
    applies=lambda column, _shapes: column.kind is Kind.CODE or is_concept_link(column),
    mend="write a code of the vocabulary, or add the new one to concepts.csv",
    example="role: founder",
)
def unknown_code(text: str, column: Column, survey: Survey) -> Fault | None:
    """A code or theme that its vocabulary does not have."""
    codes = survey.codes.get(column.scheme)
    if codes is None:  # that concepts.csv is missing, or has nothing of the vocabulary, is said once
        survey.asked |= survey.blind & {entity.name for entity in survey.shapes.entities if len(entity.key) == 2}
        return None
    if text in codes:
        return None
    if len(codes) > 12:
        return Fault(f"the vocabulary {column.scheme} has no {text!r}{survey.near(text, codes)}")
    return Fault(f"the vocabulary {column.scheme} has no {text!r}", f"write one of {', '.join(sorted(codes))}")


def _is_country(column: Column, shapes: Shapes) -> bool:
    return isinstance(column, Link) and all(e.space == COUNTRY_SPACE for e in shapes.targets(column.target))


@cell_rule(
    "unknown_country",
    applies=_is_country,
    mend="write the two capital letters of ISO 3166-1 (GB for the United Kingdom, HK, MO and TW have their own)",
    example="country: UK",
)
def unknown_country(text: str, column: Column, survey: Survey) -> Fault | None:
    """A country that ISO 3166-1 does not have under this two-letter code."""
    return None if text in survey.types[COUNTRY_SPACE] else Fault(f"{text!r} is no country of ISO 3166-1")


@cell_rule(
    "unknown_reference",
    applies=lambda column, shapes: (
        isinstance(column, Link) and not _is_country(column, shapes) and not is_concept_link(column)
    ),
    mend="mend the id, or add the record",
    example="organization: tsinghua-univeristy",
)
def unknown_reference(text: str, column: Column, survey: Survey) -> Fault | None:
    """A link to a record that is not there, is of another type, or went (redirects.csv says where to)."""
    assert isinstance(column, Link)
    found = survey.type_of(column.target, text)
    wanted = {entity.name for entity in survey.shapes.targets(column.target)}
    if found in wanted or survey.is_blind(column.target):
        return None
    if found is not None:
        return Fault(f"{text!r} is of the type {found}, not {column.target}")
    gone = survey.redirected(column.target, text)
    if gone is not None:
        return Fault(f"{text!r} went", f"write {gone.target}" if gone.target else "the record was withdrawn")
    ids = (
        id for name in {space(entity) for entity in survey.shapes.targets(column.target)} for id in survey.types[name]
    )
    return Fault(f"no {column.target} has the id {text!r}{survey.near(text, ids)}")


def _own_links(sheet: Sheet, shapes: Shapes) -> list[Link]:
    """The links of a sheet whose target its own records can be."""
    if sheet.entity is None:
        return []
    return [link for link in sheet.entity.links if sheet.entity in shapes.targets(link.target)]


@record_rule(
    "self_reference",
    applies=lambda sheet, shapes: bool(_own_links(sheet, shapes)),
    mend="name the other record, or leave the cell empty",
    example="parent of tsinghua-university: tsinghua-university",
)
def self_reference(record: Record, survey: Survey) -> Iterator[Spot]:
    """A record that points at itself."""
    for link in _own_links(record.sheet, survey.shapes):
        for row in record.rows:
            if record.id in elements(link, row.get(link.csv)):
                yield spot(row, link.csv, f"the {link.name} of {record.id!r} is itself", value=record.id)


class ReferenceCycle:
    """Records that point at each other in a circle through one link.

    Such as two organizations that are parts of each other, or alliances that replace each other.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._edges: dict[tuple[str, str], dict[str, dict[str, Row]]] = {}

    def wants(self, sheet: Sheet) -> bool:
        """Whether the sheet has a link to its own records."""
        return bool(_own_links(sheet, self._survey.shapes))

    def see(self, record: Record) -> None:
        """Take note of the links of a record to its own kind."""
        for link in _own_links(record.sheet, self._survey.shapes):
            for row in record.rows:
                for target in elements(link, row.get(link.csv)):
                    if target != record.id:
                        edges = self._edges.setdefault((record.sheet.file, link.csv), {})
                        edges.setdefault(record.id, {}).setdefault(target, row)

    def finish(self) -> Iterator[Spot]:
        """One spot for each circle, at its first record in order of ids."""
        for (_, header), edges in self._edges.items():
            done: set[str] = set()
            for start in sorted(edges):
                circle = self._circle(edges, start, done)
                if circle:
                    row = edges[circle[0]][circle[1] if len(circle) > 1 else circle[0]]
                    yield spot(row, header, f"a circle: {' → '.join([*circle, circle[0]])}")

    @staticmethod
    def _circle(edges: dict[str, dict[str, Row]], start: str, done: set[str]) -> list[str]:
        """The first circle found from a start, by a walk that never looks at a record twice."""
        path: list[str] = []
        on_path: set[str] = set()
        walk = [(start, iter(sorted(edges.get(start, ()))))] if start not in done else []
        if walk:
            path.append(start)
            on_path.add(start)
        found: list[str] = []
        while walk:
            at, targets = walk[-1]
            target = next(targets, None)
            if target is None:
                walk.pop()
                path.pop()
                on_path.discard(at)
                done.add(at)
            elif target in on_path and not found:
                found = path[path.index(target) :]
            elif target not in done and target not in on_path:
                walk.append((target, iter(sorted(edges.get(target, ())))))
                path.append(target)
                on_path.add(target)
        if found:
            first = found.index(min(found))
            found = found[first:] + found[:first]
        return found


@record_rule(
    "unknown_scheme",
    applies=lambda sheet, _shapes: len(sheet.keys) == 2,
    mend="write a vocabulary that the shapes declare, or declare the new one in datasets/shapes/vocabularies.py",
    example="rolle,founding_member,Founding member,…",
)
def unknown_scheme(record: Record, survey: Survey) -> Iterator[Spot]:
    """A concept of a vocabulary that the shapes do not declare."""
    header = record.sheet.keys[0]
    for row in record.rows:
        name = row.get(header)
        schemes = [scheme.name for scheme in survey.shapes.schemes]
        if name not in schemes:
            yield spot(row, header, f"there is no vocabulary {name!r}{survey.near(name, schemes)}")


class MissingVocabulary:
    """A vocabulary that columns draw on and of which concepts.csv has not one concept."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._concepts = ""
        self._used: set[str] = set()

    def wants(self, sheet: Sheet) -> bool:
        """Every sheet, to know which vocabularies are used and which file holds the concepts."""
        if len(sheet.keys) == 2:
            self._concepts = sheet.file
        self._used.update(
            column.scheme for column in sheet.columns if column.kind is Kind.CODE or is_concept_link(column)
        )
        return False

    def see(self, record: Record) -> None:
        """Nothing: what is wanted is known before."""

    def finish(self) -> Iterator[Spot]:
        """One spot for each vocabulary without concepts."""
        if self._concepts:
            for scheme in sorted(self._used - set(self._survey.codes)):
                yield Spot(self._concepts, 1, 0, scheme, f"the vocabulary {scheme} has no concept")


REFERENCE_CYCLE = watch_rule(
    ReferenceCycle,
    "reference_cycle",
    mend="decide which of the records comes first",
    example="a has the parent b, b has the parent a",
)
MISSING_VOCABULARY = watch_rule(
    MissingVocabulary,
    "missing_vocabulary",
    mend="add its concepts, each with a label and a definition",
    example="concepts.csv without any row of alliance_status, though alliances have one",
)
REFERENCES = (
    unknown_code,
    unknown_country,
    unknown_reference,
    self_reference,
    REFERENCE_CYCLE,
    unknown_scheme,
    MISSING_VOCABULARY,
)
