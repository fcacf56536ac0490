"""Rules about pins.csv: choices of the editors."""

from __future__ import annotations

from collections.abc import Iterator

from datasets.intake.facts import PINS, Pin
from datasets.intake.rules.rule import Record, Spot, survey_rule, watch_rule
from datasets.intake.sheet import Sheet
from datasets.intake.stored import compound, stored
from datasets.intake.survey import Survey, elements, space
from datasets.shapes import Entity

_TYPE, _ID, _COLUMN, _VALUE, _REASON = range(5)


def _spot(pin: Pin, at: int, message: str, mend: str = "") -> Spot:
    return Spot(PINS, pin.line, at, str(pin[at]), message, mend)


def _entity(survey: Survey, pin: Pin) -> Entity | None:
    return next((entity for entity in survey.shapes.entities if entity.name == pin.type and entity.file), None)


def _is_set(survey: Survey, entity: Entity, name: str) -> bool:
    """Whether several values of a column can be pinned, one by one."""
    return any(values.name == name for values in survey.shapes.values_of(entity)) or any(
        column.name == name and column.many for column in entity.columns
    )


@survey_rule(
    "pin_record",
    mend="write type and id of a record",
    example="alliance,aua-asia,founded,2017,…",
)
def pin_record(survey: Survey) -> Iterator[Spot]:
    """A pin of a record that is not there."""
    for pin in survey.pins:
        entity = _entity(survey, pin)
        if entity is None:
            yield _spot(pin, _TYPE, f"there is no type {pin.type!r}")
        elif entity.name not in survey.blind and survey.types[space(entity)].get(pin.id) != entity.name:
            hint = survey.near(pin.id, survey.types[space(entity)])
            yield _spot(pin, _ID, f"no {entity.name} has the id {pin.id!r}{hint}")


@survey_rule(
    "pin_column",
    mend="write a column of the type, by the name that the shapes give it",
    example="alliance,aua,foundation,2017,…",
)
def pin_column(survey: Survey) -> Iterator[Spot]:
    """A pin of a column that the type does not have."""
    for pin in survey.pins:
        entity = _entity(survey, pin)
        if entity is not None and pin.column not in survey.shapes.claimable(entity):
            names = ", ".join(survey.shapes.claimable(entity))
            yield _spot(pin, _COLUMN, f"the type {entity.name} has no column {pin.column!r}", f"write one of {names}")


@survey_rule(
    "pin_reason",
    mend="write why, for readers who ask",
    example="alliance,aua,founded,2017-04-29,",
)
def pin_reason(survey: Survey) -> Iterator[Spot]:
    """A pin without a reason. The reason is shown to readers."""
    for pin in survey.pins:
        if not pin.reason.strip():
            yield _spot(pin, _REASON, "the pin has no reason")


@survey_rule(
    "repeated_pin",
    mend="keep the pin that is right",
    example="two lines with alliance,aua,founded",
)
def repeated_pin(survey: Survey) -> Iterator[Spot]:
    """A column of a record that is pinned twice; of a set, a value that is."""
    seen: dict[tuple[str, ...], int] = {}
    for pin in survey.pins:
        entity = _entity(survey, pin)
        if entity is None:
            continue
        key = (pin.type, pin.id, pin.column, pin.value if _is_set(survey, entity, pin.column) else "")
        first = seen.setdefault(key, pin.line)
        if first != pin.line:
            yield _spot(pin, _COLUMN, f"line {first} pins this already")


class PinValue:
    """A pin of a value that no source states of the record. An editor chooses among what is said, and adds nothing."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._pins: dict[str, list[Pin]] = {}
        for pin in survey.pins:
            entity = _entity(survey, pin)
            if entity is None or (pin.type, pin.id) in survey.known or not survey.sees(entity, pin.column):
                continue
            there = survey.types[space(entity)].get(pin.id) == entity.name
            if there and pin.column in survey.shapes.claimable(entity):
                self._pins.setdefault(pin.id, []).append(pin)
        self._stated: dict[tuple[str, str, str], set[str]] = {}

    def wants(self, sheet: Sheet) -> bool:
        """Every sheet, if anything is pinned."""
        return bool(self._pins)

    def see(self, record: Record) -> None:
        """Take note of the values of a pinned record."""
        for pin in self._pins.get(record.id, ()):
            sheet = record.sheet
            stated = self._stated.setdefault((pin.type, pin.id, pin.column), set())
            if sheet.values is not None and sheet.values.name == pin.column:
                for row in record.rows:
                    stated.add(
                        compound({c.name: stored(c, row.get(c.csv)) if row.get(c.csv) else "" for c in sheet.columns})
                    )
            elif sheet.entity is not None and sheet.entity.name == pin.type:
                for column in sheet.columns:
                    if column.name == pin.column:
                        stated.update(
                            stored(column, v) for row in record.rows for v in elements(column, row.get(column.csv))
                        )

    def finish(self) -> Iterator[Spot]:
        """The pins whose value was not seen."""
        for pins in self._pins.values():
            for pin in pins:
                stated = self._stated.get((pin.type, pin.id, pin.column), set())
                if pin.value not in stated:
                    said = ", ".join(sorted(stated)) or "nothing"
                    yield _spot(pin, _VALUE, f"no source states {pin.value!r} of {pin.id!r}", f"sources state: {said}")


PIN_VALUE = watch_rule(
    PinValue,
    "pin_value",
    mend="write one of the values that sources state, as their cell has it",
    example="alliance,aua,founded,2018,…  (no source says 2018)",
)
PIN_RULES = (pin_record, pin_column, pin_reason, repeated_pin, PIN_VALUE)
