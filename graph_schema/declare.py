"""Strawberry types made at run time: the one place that knows how Strawberry wants to be told.

Types refer to each other by name (annotations are strings, read when the schema is assembled), so they can be
declared in any order. Every field carries what it means as `metadata`; no field has a resolver that gives a value.
"""

from __future__ import annotations

import dataclasses
import keyword
import types
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, NoReturn, Optional

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from graph_schema.words import is_name

MEANING = "meaning"
"""Key of a field's metadata: what the field asks of the planner."""


class PlannedOnly(RuntimeError):
    """Somebody executed a field; the planner alone answers operations."""


class DeclarationError(ValueError):
    """Shapes from which no sound schema can be made: a name twice, or one that GraphQL does not take."""


def _planned_only() -> NoReturn:
    raise PlannedOnly("fields are planned, never executed one by one: send the operation through Engine.answer")


_RESOLVER: StrawberryResolver[Any] = StrawberryResolver(_planned_only)


def nullable(annotation: str) -> str:
    """The annotation of a value that can be missing."""
    return f"Optional[{annotation}]"


def listed(annotation: str) -> str:
    """The annotation of a list without gaps."""
    return f"list[{annotation}]"


@dataclasses.dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a field. `default` None means that there is none."""

    name: str
    type: str
    doc: str
    default: int | bool | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A field of an object or interface and what it means; for inputs, `meaning` says what the filter does."""

    name: str
    type: str
    doc: str
    meaning: object
    arguments: tuple[Argument, ...] = ()
    deprecated: str = ""

    @property
    def signature(self) -> tuple[object, ...]:
        """What two fields must share for an interface to promise both."""
        return (self.type, tuple((a.name, a.type, a.default) for a in self.arguments))


class Registry:
    """The types declared so far, by their GraphQL name."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {
            "Optional": Optional,
            "list": list,
            "str": str,
            "int": int,
            "float": float,
            "bool": bool,
            "ID": strawberry.ID,
        }
        self._own: dict[str, type] = {}
        self.scalars: dict[object, Any] = {}

    @property
    def types(self) -> tuple[type, ...]:
        """All objects, interfaces, inputs and enums."""
        return tuple(self._own.values())

    def declared(self, name: str) -> type[object]:
        """The type of that name. Raises KeyError."""
        return self._own[name]

    def __contains__(self, name: str) -> bool:
        return name in self._own

    def _add(self, name: str, made: Any) -> None:
        if not is_name(name):
            raise DeclarationError(f"{name!r} cannot be the name of a GraphQL type: rename what it is made from")
        if name in self._names:
            raise DeclarationError(f"two things would be the GraphQL type {name}: rename one of them in the shapes")
        self._names[name] = made
        self._own[name] = made

    def scalar(self, name: str, doc: str, specified_by: str, parse: Any) -> None:
        """A scalar that travels as a string; `parse` raises ValueError with a mending message."""
        marker = types.new_class(name)
        self.scalars[marker] = strawberry.scalar(
            name=name, description=doc, specified_by_url=specified_by or None, serialize=str, parse_value=parse
        )
        self._names[name] = marker

    def enum(self, name: str, doc: str, values: Mapping[str, tuple[object, str]]) -> None:
        """An enum: the public name of each value with what it stands for and its description."""
        for value in values:
            if not is_name(value):
                raise DeclarationError(f"{name}: {value!r} cannot be the name of an enum value: change its slug")
        members = {key: strawberry.enum_value(value, description=text) for key, (value, text) in values.items()}
        made: Any = Enum(name, members)  # type: ignore[misc] # the members are only known here
        self._add(name, strawberry.enum(made, name=name, description=doc))

    def object(self, name: str, doc: str, fields: Sequence[Field], interfaces: Iterable[str] = ()) -> None:
        """An object type; interfaces must have been declared before."""
        self._make(name, doc, fields, tuple(self._own[i] for i in interfaces))

    def interface(self, name: str, doc: str, fields: Sequence[Field], interfaces: Iterable[str] = ()) -> None:
        """An interface type."""
        self._make(name, doc, fields, tuple(self._own[i] for i in interfaces), is_interface=True)

    def input(self, name: str, doc: str, fields: Sequence[Field]) -> None:
        """An input type. All its fields can be left out."""
        self._make(name, doc, fields, (), is_input=True)

    def _make(
        self,
        name: str,
        doc: str,
        fields: Sequence[Field],
        bases: tuple[type, ...],
        *,
        is_input: bool = False,
        is_interface: bool = False,
    ) -> None:
        made: dict[str, StrawberryField] = {}
        for field in fields:
            if not is_name(field.name):
                raise DeclarationError(f"{name}: {field.name!r} cannot be the name of a GraphQL field")
            attribute = f"{field.name}_" if keyword.iskeyword(field.name) else field.name
            if attribute in made:
                raise DeclarationError(f"{name} would have two fields {field.name}: rename one in the shapes")
            made[attribute] = self._field(field, attribute, is_input=is_input)
        space: dict[str, Any] = dict(made)
        space["__annotations__"] = dict.fromkeys(made, Any)
        bases = tuple(b for b in bases if not any(issubclass(other, b) for other in bases if other is not b))
        cls: type = types.new_class(name, bases, {}, lambda body: body.update(space))
        cls = strawberry.type(cls, name=name, description=doc, is_input=is_input, is_interface=is_interface)
        for declared in fields:
            attribute = f"{declared.name}_" if keyword.iskeyword(declared.name) else declared.name
            made[attribute].type_annotation = StrawberryAnnotation(declared.type, namespace=self._names)
        self._add(name, cls)

    def _field(self, field: Field, attribute: str, *, is_input: bool) -> StrawberryField:
        made = StrawberryField(
            python_name=attribute,
            graphql_name=field.name,
            type_annotation=StrawberryAnnotation(Any),
            description=field.doc,
            base_resolver=None if is_input else _RESOLVER,
            default=strawberry.UNSET if is_input else dataclasses.MISSING,
            metadata={MEANING: field.meaning},
            deprecation_reason=field.deprecated or None,
        )
        made.arguments = [
            StrawberryArgument(
                python_name=argument.name,
                graphql_name=argument.name,
                type_annotation=StrawberryAnnotation(argument.type, namespace=self._names),
                description=argument.doc,
                default=strawberry.UNSET if argument.default is None else argument.default,
            )
            for argument in field.arguments
        ]
        return made
