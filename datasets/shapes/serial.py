"""Shapes as JSON and back: a release carries its shapes, and faces are built from those, never from the code's."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any

from datasets.shapes.model import (
    Column,
    Entity,
    Family,
    Group,
    Kind,
    Link,
    Node,
    Ranking,
    Registry,
    Scheme,
    Shapes,
    Shortcut,
    Spans,
    Values,
    Weight,
)

_CLASSES = {
    c.__name__: c
    for c in (Column, Entity, Family, Group, Link, Node, Registry, Scheme, Shapes, Shortcut, Spans, Values)
}
_ENUMS: dict[str, type[StrEnum]] = {"Kind": Kind, "Ranking": Ranking, "Weight": Weight}


def to_json(shapes: Shapes) -> str:
    """The shapes as JSON text: sorted keys, two spaces, values equal to their default left out, class under `is`."""
    return json.dumps(_plain(shapes), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def from_json(text: str) -> Shapes:
    """The shapes that `to_json` wrote. Raises ValueError when the text is something else."""
    try:
        shapes = _built(json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError(f"these are not shapes: {error}") from error
    if not isinstance(shapes, Shapes):
        raise ValueError("these are not shapes: the outermost object is of another class")
    return shapes


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        plain: dict[str, object] = {"is": type(value).__name__}
        for spec in fields(value):
            content = getattr(value, spec.name)
            if spec.default is MISSING or content != spec.default:
                plain[spec.name] = _plain(content)
        return plain
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _built(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_built(item) for item in value)
    if not isinstance(value, dict):
        return value
    cls: Any = _CLASSES[value["is"]]
    arguments = {}
    for spec in fields(cls):
        if spec.name not in value:
            continue
        content = _built(value[spec.name])
        enum = _ENUMS.get(str(spec.type))
        arguments[spec.name] = enum(content) if enum else content
    return cls(**arguments)
