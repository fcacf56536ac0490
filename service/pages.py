"""Pages for people: templates filled with what is read off a release."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.pictures.world import base_map
from service.problems import KINDS, Problem, kind_of
from service.records import name_of
from service.words import day, when

_HERE = Path(__file__).resolve().parent
STYLE = (_HERE / "static" / "style.css").read_bytes()
STYLE_HASH = hashlib.sha256(STYLE).hexdigest()[:16]
STYLE_PATH = f"/static/style.{STYLE_HASH}.css"
"""The stylesheet stands at an address with its hash, so it can be kept for ever."""
ICON = (_HERE / "static" / "icon.svg").read_bytes()
ICON_PATH = f"/static/icon.{hashlib.sha256(ICON).hexdigest()[:16]}.svg"
WORLD = base_map()
WORLD_PATH = f"/static/world.{hashlib.sha256(WORLD).hexdigest()[:16]}.svg"
"""The outlines that every map lies over: fetched once, kept for ever."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["words"] = name_of
    environment.filters["segment"] = lambda text: quote(str(text), safe="")
    environment.filters["host"] = lambda address: (urlsplit(address).hostname or address).removeprefix("www.")
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["size"] = size
    environment.filters["day"] = day
    environment.filters["when"] = when
    environment.globals["style"] = STYLE_PATH
    environment.globals["icon"] = ICON_PATH
    return environment


def render(template: str, **context: object) -> bytes:
    """A page as UTF-8. `root` is what every link to the release begins with."""
    return _environment().get_template(template).render(**context).encode()


def problem_page(problem: Problem, request_id: str, root: str) -> bytes:
    """A problem as a page."""
    return render(
        "problem.html", problem=problem, kind=kind_of(problem.status), request_id=request_id, root=root, kinds=KINDS
    )


def size(count: int) -> str:
    """A number of bytes in words."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
