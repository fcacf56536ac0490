"""What a release calls its records: all names of each, and where it is, as matching needs them. Read off the shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from datasets.release.layout import label_field
from datasets.shapes.model import Column, Entity, Kind, Link, Shapes, Values, Weight

LABEL = "label"
"""The sort of the name that a record is shown by."""
COUNTRY_CLASS = "schema:Country"
IDENTIFIER_CLASS = "schema:PropertyValue"
LOCALITY = "schema:addressLocality"


@dataclass(frozen=True, slots=True)
class Name:
    """A name: the text, what sort it is (`label`, a column or a code such as `former`), and its language."""

    text: str
    sort: str
    language: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A record to be found: type, id, label, names, and the words that say where it is."""

    type: str
    id: str
    label: str
    names: tuple[Name, ...]
    places: tuple[str, ...]
    country: str

    @property
    def key(self) -> str:
        """Type and id as one text, as the addresses of records end."""
        return f"{self.type}/{self.id}"


def reconcilable(shapes: Shapes) -> tuple[Entity, ...]:
    """The entities whose records go by a name of their own, those with further names first."""
    named = [e for e in shapes.entities if not e.templated and e.column(e.label).kind is Kind.NAME]
    return tuple(sorted(named, key=lambda e: not naming_values(shapes, e)))


def naming_values(shapes: Shapes, entity: Entity) -> tuple[Values, ...]:
    """The compound values that are further names of the entity's records."""
    return tuple(v for v in shapes.values_of(entity) if any(c.kind is Kind.NAME for c in v.columns))


def identifier_values(shapes: Shapes, entity: Entity) -> Values | None:
    """The compound values that are identifiers in registries."""
    return next((v for v in shapes.values_of(entity) if IDENTIFIER_CLASS in v.classes), None)


def country_link(shapes: Shapes, entity: Entity) -> Link | None:
    """The link that says in which country a record is."""
    for link in entity.links:
        single = not link.many and not shapes.is_family(link.target)
        if single and COUNTRY_CLASS in shapes.entity(link.target).classes:
            return link
    return None


def locality(entity: Entity) -> Column | None:
    """The column that says in which city a record is."""
    return next((c for c in entity.columns if any(t.endswith(LOCALITY) for t in c.terms)), None)


def entries(connection: apsw.Connection, shapes: Shapes, entity: Entity) -> Iterator[Entry]:
    """All records of an entity with their names, in order of their ids."""
    further = [c for c in entity.columns if c.kind is Kind.NAME and c.name != entity.label and c.weight is Weight.ALIAS]
    country, city = country_link(shapes, entity), locality(entity)
    tongue = next((c.name for c in entity.columns if c.kind is Kind.LANGUAGE), "")
    fields = ["id", label_field(entity), *(c.name for c in further)]
    optional = [c.name if c else "" for c in (city, country)] + [tongue]
    said = _further_names(connection, shapes, entity)
    countries = dict(_countries(connection, shapes, country)) if country else {}
    chosen = ", ".join([f'"{f}"' for f in fields] + [f'"{name}"' if name else "''" for name in optional])
    for row in connection.execute(f'SELECT {chosen} FROM "{entity.plural}" ORDER BY id'):
        texts = ["" if cell is None else str(cell) for cell in row]
        id_, label, *others = texts[: len(fields)]
        place, land, language = texts[len(fields) :]
        names = [Name(label, LABEL, language)]
        names += [Name(text, c.name, "") for text, c in zip(others, further, strict=True) if text]
        names += said.get(id_, ())
        places = tuple(text for text in (place, land, *countries.get(land, ())) if text)
        yield Entry(entity.name, id_, label, tuple(names), places, land)


def _further_names(connection: apsw.Connection, shapes: Shapes, entity: Entity) -> dict[str, list[Name]]:
    found: dict[str, list[Name]] = {}
    for values in naming_values(shapes, entity):
        text = next(c.name for c in values.columns if c.kind is Kind.NAME)
        tongue = next((f'"{c.name}"' for c in values.columns if c.kind is Kind.LANGUAGE), "''")
        sort = next((f'"{c.name}"' for c in values.columns if c.kind is Kind.CODE), f"'{values.singular}'")
        sql = f'SELECT subject, "{text}", {sort}, {tongue} FROM "{values.name}" ORDER BY subject, position'
        for subject, name, code, language in connection.execute(sql):
            found.setdefault(str(subject), []).append(Name(str(name), str(code), str(language or "")))
    return found


def _countries(connection: apsw.Connection, shapes: Shapes, link: Link) -> Iterator[tuple[str, tuple[str, ...]]]:
    """By id, what a country is called and coded."""
    target = shapes.entity(link.target)
    texts = [c.name for c in target.columns if c.kind in (Kind.TEXT, Kind.NAME) and not c.many]
    fields = ", ".join(f'"{name}"' for name in texts)
    for id_, *said in connection.execute(f'SELECT id, {fields} FROM "{target.plural}"'):
        yield str(id_), tuple(str(text) for text in said if text)
