"""Filters and sort orders, read off the shapes."""

from __future__ import annotations

from datasets.shapes.model import Column, Entity, Kind, Link
from graph_schema.declare import Field, Registry, listed, nullable
from graph_schema.leaves import PARTIAL_DATE
from graph_schema.meaning import (
    ColumnFilter,
    Comparison,
    Junction,
    LinkFilter,
    MemberFilter,
    OrderKey,
    RelationFilter,
    SetFilter,
)
from graph_schema.scope import FILTER_DEPTH, Scope, type_name
from graph_schema.words import camel, pascal

_EQUALITY = {
    "eq": "Is this value.",
    "ne": "Is not this value; holds where nothing is known, too.",
    "in": "Is one of these values.",
}
_NULL = "Whether nothing is known; false asks for what is known."
_NOTHING = "A condition that is null is as if it were not there."
_QUANTIFIERS = {
    "some": "Holds for at least one.",
    "none": "Holds for none.",
    "every": "Holds for each; also where there are none.",
}


def declare_filters(registry: Registry, scope: Scope) -> None:
    """Comparisons by kind, then one filter, list filter, link filter and order per entity."""
    _declare_comparisons(registry, scope)
    for values in scope.shapes.values:
        name = pascal(values.singular)
        fields = [_column_filter(scope, column) for column in values.columns]
        registry.input(f"{name}Filter", f"Conditions on one of {values.name}. {_NOTHING}", fields)
        _declare_list(registry, name, values.name)
    for entity in scope.shapes.entities:
        name = type_name(entity)
        fields = [*_junctions(f"{name}Filter"), *entity_conditions(scope, entity)]
        registry.input(f"{name}Filter", f"Conditions on {entity.plural}; all must hold. {_NOTHING}", fields)
        _declare_list(registry, name, entity.plural)
        registry.input(
            f"{name}LinkFilter",
            f"Which {entity.name} it is: by id, or by conditions on it. {_NOTHING}",
            (*_link_comparisons(), *(f for f in fields if f.name != "id")),
        )
        orders = [
            Field(
                camel(order),
                nullable("Direction"),
                f"By {order.replace('_', ' ')}; missing values last, first when descending.",
                OrderKey(order),
            )
            for order in entity.orders
        ]
        registry.input(f"{name}Order", f"One sort key for {entity.plural}: exactly one field.", orders)
    for family in scope.shapes.families:
        members = [scope.shapes.entity(member) for member in family.members]
        registry.input(
            f"{pascal(family.name)}LinkFilter",
            f"Which {family.name} it is: by id, or by type and conditions on it. {_NOTHING}",
            (*_link_comparisons(), *(_member(entity, "") for entity in members)),
        )
    registry.enum(
        "Direction",
        "Which way to sort.",
        {"ASC": ("asc", "From the smallest, earliest or first letter."), "DESC": ("desc", "From the other end.")},
    )


def entity_conditions(scope: Scope, entity: Entity) -> list[Field]:
    """The conditions that can be put on a record: on its columns, its values and its related records."""
    found = [Field("id", nullable("IDFilter"), f"Id of the {entity.name}.", ColumnFilter("id"))]
    found += [_column_filter(scope, column) for column in entity.columns]
    found += _member_shortcuts(scope, entity, {field.name for field in found})
    for values in scope.shapes.values_of(entity):
        kind = f"{pascal(values.singular)}ListFilter"
        found.append(Field(camel(values.name), nullable(kind), values.doc, RelationFilter(values=values.name)))
    for spans in scope.shapes.spans:
        for owner, field, doc, end, forward in (
            (spans.whole, spans.forward, spans.forward_doc, spans.part, True),
            (spans.part, spans.backward, spans.backward_doc, spans.whole, False),
        ):
            if owner == entity.name:
                text = f"{doc.split(' that are members now')[0].split(' that this')[0]} at any time."
                meaning = RelationFilter(entity=end, members=spans.name, forward=forward)
                found.append(Field(camel(field), nullable(f"{pascal(end)}ListFilter"), text, meaning))
    for reverse in scope.shapes.reverses(entity):
        kind = f"{type_name(reverse.entity)}ListFilter"
        meaning = RelationFilter(entity=reverse.entity.name, link=reverse.link.name)
        found.append(Field(camel(reverse.name), nullable(kind), reverse.doc, meaning))
    return found


def _member_shortcuts(scope: Scope, entity: Entity, taken: set[str]) -> list[Field]:
    """Conditions on the members of a family that every record links to, without naming the link in between."""
    links = [link for link in entity.links if scope.shapes.is_family(link.target) and not link.many]
    if len(links) != 1 or not links[0].required:
        return []
    members = [_member(target, links[0].name) for target in scope.shapes.targets(links[0].target)]
    return [field for field in members if field.name not in taken]


def _member(entity: Entity, column: str) -> Field:
    where = f" (in `{camel(column)}`)" if column else ""
    doc = f"It is of type {type_name(entity)}{where} and the conditions hold for it."
    kind = f"{type_name(entity)}LinkFilter" if column else f"{type_name(entity)}Filter"
    return Field(camel(entity.name), nullable(kind), doc, MemberFilter(entity.name, column))


def _column_filter(scope: Scope, column: Column) -> Field:
    name = camel(column.name)
    if isinstance(column, Link):
        if column.many:
            meaning: object = RelationFilter(entity=column.target, column=column.name)
            return Field(name, nullable(f"{pascal(column.target)}ListFilter"), column.doc, meaning)
        entity = "" if scope.shapes.is_family(column.target) else column.target
        kind = f"{pascal(column.target)}LinkFilter"
        return Field(name, nullable(kind), column.doc, LinkFilter(column.name, entity, kind))
    if column.many:
        return Field(name, nullable("TextListFilter"), column.doc, SetFilter(column.name))
    return Field(name, nullable(_comparison_type(scope, column)), column.doc, ColumnFilter(column.name))


def _comparison_type(scope: Scope, column: Column) -> str:
    match column.kind:
        case Kind.INTEGER:
            return "IntFilter"
        case Kind.DECIMAL:
            return "KnownFilter"
        case Kind.DATE:
            return f"{PARTIAL_DATE}Filter"
        case Kind.FLAG:
            return "BooleanFilter"
        case Kind.CODE if column.scheme in scope.vocabularies:
            return f"{pascal(column.scheme)}Filter"
        case Kind.CODE | Kind.LANGUAGE:
            return "TagFilter"
        case _:
            return "TextFilter"


def _comparisons(kind: str, names: dict[str, str], *, null: bool = True) -> list[Field]:
    found = [
        Field(name, nullable(listed(kind) if name == "in" else kind), doc, Comparison(name))
        for name, doc in names.items()
    ]
    if null:
        found.append(Field("isNull", nullable("bool"), _NULL, Comparison("isNull")))
    return found


def _link_comparisons() -> list[Field]:
    return _comparisons("ID", _EQUALITY)


def _junctions(kind: str) -> list[Field]:
    return [
        Field("and", nullable(listed(kind)), "All of these hold.", Junction.AND),
        Field("or", nullable(listed(kind)), "At least one of these holds; none does in an empty list.", Junction.OR),
        Field("not", nullable(kind), "This does not hold.", Junction.NOT),
    ]


def _declare_list(registry: Registry, name: str, plural: str) -> None:
    fields = [Field(key, nullable(f"{name}Filter"), doc, Comparison(key)) for key, doc in _QUANTIFIERS.items()]
    doc = f"Conditions on related {plural}; such conditions nest at most {FILTER_DEPTH} deep."
    registry.input(f"{name}ListFilter", doc, fields)


def _declare_comparisons(registry: Registry, scope: Scope) -> None:
    text = {
        **_EQUALITY,
        "contains": "Contains this, whatever the case and accents.",
        "startsWith": "Starts with this, whatever the case and accents.",
    }
    registry.input("IDFilter", f"Conditions on an id. {_NOTHING}", _comparisons("ID", _EQUALITY, null=False))
    registry.input("TextFilter", f"Conditions on a text. {_NOTHING}", _comparisons("str", text))
    registry.input(
        "TextListFilter",
        f"Conditions on a set of texts. {_NOTHING}",
        [Field(key, nullable("ElementFilter"), doc, Comparison(key)) for key, doc in _QUANTIFIERS.items()],
    )
    element = f"Conditions on one text of a set; all must hold for the same text. {_NOTHING}"
    registry.input("ElementFilter", element, _comparisons("str", text, null=False))
    registry.input("TagFilter", f"Conditions on a tag or code, as a whole. {_NOTHING}", _comparisons("str", _EQUALITY))
    bounds = {"lt": "Is less.", "lte": "Is less, or the same.", "gt": "Is greater.", "gte": "Is greater, or the same."}
    registry.input("IntFilter", f"Conditions on a number. {_NOTHING}", _comparisons("int", {**_EQUALITY, **bounds}))
    registry.input("KnownFilter", f"Whether a value is known. {_NOTHING}", _comparisons("str", {}))
    registry.input(
        "BooleanFilter",
        f"Conditions on yes or no. {_NOTHING}",
        _comparisons("bool", {"eq": _EQUALITY["eq"]}, null=False),
    )
    spans = {
        "within": "Lies wholly in this time: `2023`, `2010/2015`, `../2000`.",
        "overlaps": "Can lie in this time, at least in part.",
    }
    registry.input(
        f"{PARTIAL_DATE}Filter",
        f"Conditions on a partial date; eq, ne and in compare it as written. {_NOTHING}",
        _comparisons(PARTIAL_DATE, {**_EQUALITY, **spans}),
    )
    for scheme in scope.vocabularies:
        doc = f"Conditions on a value of {pascal(scheme)}. {_NOTHING}"
        registry.input(f"{pascal(scheme)}Filter", doc, _comparisons(pascal(scheme), _EQUALITY))
