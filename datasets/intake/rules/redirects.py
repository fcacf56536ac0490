"""Rules about redirects.csv: ids that went."""

from __future__ import annotations

from collections.abc import Iterator

from datasets.intake.facts import REDIRECTS, Redirect
from datasets.intake.rules.kinds import SLUG, minted
from datasets.intake.rules.rule import Spot, survey_rule
from datasets.intake.survey import Survey, space
from datasets.shapes import Entity

_TYPE, _ID, _TARGET = range(3)


def _spot(redirect: Redirect, at: int, message: str, mend: str = "") -> Spot:
    return Spot(REDIRECTS, redirect.line, at, str(redirect[at]), message, mend)


def _entity(survey: Survey, redirect: Redirect) -> Entity | None:
    return next((entity for entity in survey.shapes.entities if entity.name == redirect.type and entity.file), None)


def _is_id(entity: Entity, id: str) -> bool:
    """Ids of concepts are not slugs, so only their being there counts."""
    if len(entity.key) > 1:
        return bool(id)
    return (minted(entity.mint) if entity.mint else SLUG).fullmatch(id) is not None


def _sound(survey: Survey) -> list[tuple[Redirect, Entity]]:
    """The redirects whose type and ids have the right form, each id once: what other rules look at."""
    found: dict[tuple[str, str], tuple[Redirect, Entity]] = {}
    for redirect in survey.redirects:
        entity = _entity(survey, redirect)
        if entity is not None and _is_id(entity, redirect.id):
            found.setdefault((space(entity), redirect.id), (redirect, entity))
    return list(found.values())


@survey_rule(
    "malformed_redirect",
    mend="write type, id and target as the records have or had them",
    example="universities,tsinghua,tsinghua-university",
)
def malformed_redirect(survey: Survey) -> Iterator[Spot]:
    """A redirect of a type that has no records, or of an id that the type cannot have."""
    types = sorted(entity.name for entity in survey.shapes.entities if entity.file)
    for redirect in survey.redirects:
        entity = _entity(survey, redirect)
        if entity is None:
            yield _spot(redirect, _TYPE, f"there is no type {redirect.type!r}", f"write one of {', '.join(types)}")
        elif not _is_id(entity, redirect.id):
            yield _spot(redirect, _ID, f"{redirect.id!r} cannot be the id of the type {entity.name}")


@survey_rule(
    "repeated_redirect",
    mend="keep the line that is right",
    example="organization,tsinghua,tsinghua-university / organization,tsinghua,national-tsing-hua-university",
)
def repeated_redirect(survey: Survey) -> Iterator[Spot]:
    """An id that is redirected twice."""
    seen: dict[tuple[str, str], int] = {}
    for redirect in survey.redirects:
        entity = _entity(survey, redirect)
        if entity is None:
            continue
        first = seen.setdefault((space(entity), redirect.id), redirect.line)
        if first != redirect.line:
            yield _spot(redirect, _ID, f"line {first} redirects {redirect.id!r} already")


@survey_rule(
    "redirect_alive",
    mend="remove the redirect, or the record",
    example="organization,tsinghua-university,peking-university  (though tsinghua-university is a record)",
)
def redirect_alive(survey: Survey) -> Iterator[Spot]:
    """A redirect of an id that a record still has."""
    for redirect, entity in _sound(survey):
        found = survey.types[space(entity)].get(redirect.id)
        if found is not None:
            yield _spot(redirect, _ID, f"{redirect.id!r} is the id of a record of the type {found}")


@survey_rule(
    "redirect_chain",
    mend="name the record at the end as the target of each",
    example="organization,a,b / organization,b,c",
)
def redirect_chain(survey: Survey) -> Iterator[Spot]:
    """A redirect to an id that is itself redirected, or that goes in a circle."""
    sound = _sound(survey)
    next_of = {(space(entity), redirect.id): redirect for redirect, entity in sound}
    for redirect, entity in sound:
        further = next_of.get((space(entity), redirect.target))
        if further is not None:
            end = "withdrawn" if not further.target else f"redirected to {further.target!r}"
            yield _spot(redirect, _TARGET, f"{redirect.target!r} is itself {end} (line {further.line})")


@survey_rule(
    "redirect_target",
    mend="name a record of the same type, or leave the target empty if the record was withdrawn",
    example="organization,tsinghua,tsinghua-univeristy",
)
def redirect_target(survey: Survey) -> Iterator[Spot]:
    """A redirect to something that is not there, or to a record of another type."""
    redirected = {(space(entity), redirect.id) for redirect, entity in _sound(survey)}
    for redirect, entity in _sound(survey):
        target = redirect.target
        if not target or entity.name in survey.blind or (space(entity), target) in redirected:
            continue
        found = survey.types[space(entity)].get(target)
        if found is None:
            hint = survey.near(target, survey.types[space(entity)])
            yield _spot(redirect, _TARGET, f"no {entity.name} has the id {target!r}{hint}")
        elif found != entity.name:
            yield _spot(redirect, _TARGET, f"{target!r} is of the type {found}, not {entity.name}")


REDIRECT_RULES = (malformed_redirect, repeated_redirect, redirect_alive, redirect_chain, redirect_target)
