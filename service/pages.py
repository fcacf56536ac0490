"""Pages for people: templates filled with what is read off a release."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from service import reports
from service.pictures.world import base_map
from service.problems import KINDS, Problem, kind_of
from service.records import Shown, name_of
from service.switching import Held
from service.words import counted, day, when

_HERE = Path(__file__).resolve().parent
STYLE = (_HERE / "static" / "style.css").read_bytes()
STYLE_HASH = hashlib.sha256(STYLE).hexdigest()[:16]
STYLE_PATH = f"/static/style.{STYLE_HASH}.css"
"""The stylesheet stands at an address with its hash, so it can be kept for ever."""
SCRIPT = (_HERE / "static" / "page.js").read_bytes()
SCRIPT_PATH = f"/static/page.{hashlib.sha256(SCRIPT).hexdigest()[:16]}.js"
"""The one script of the pages; every page does its work without."""
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
    environment.filters["host"] = _host
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["size"] = size
    environment.filters["day"] = day
    environment.filters["when"] = when
    environment.filters["value"] = value
    environment.filters["prose"] = prose
    environment.filters["counted"] = counted
    environment.globals["style"] = STYLE_PATH
    environment.globals["script"] = SCRIPT_PATH
    environment.globals["icon"] = ICON_PATH
    return environment


def render(template: str, **context: object) -> bytes:
    """A page as UTF-8. `root` is what every link to the release begins with."""
    return _environment().get_template(template).render(**context).encode()


def page(request: Request, held: Held, template: str, **context: object) -> HTMLResponse:
    """A page of the release that a request holds. `path` is its address below the root, for its permalink."""
    path = context.setdefault("path", _path(request, held.root))
    permalink = f"{held.release.base_iri}/releases/{held.release.id}{path}"
    issues = request.app.state.settings.issues
    context.setdefault("report", reports.report(held.release, issues, str(path), permalink))
    return HTMLResponse(render(template, root=held.root, release=held.release, **context))


def _path(request: Request, root: str) -> str:
    """The address that was asked for, below the root of the release, as it was sent."""
    path = str(request.scope.get("raw_path", b"").decode("latin-1") or request.scope["path"]).partition("?")[0]
    query = request.scope["query_string"].decode("latin-1")
    return path.removeprefix(root) + (f"?{query}" if query else "")


def problem_page(problem: Problem, request_id: str, root: str) -> bytes:
    """A problem as a page."""
    return render(
        "problem.html", problem=problem, kind=kind_of(problem.status), request_id=request_id, root=root, kinds=KINDS
    )


def value(shown: Shown, root: str) -> Markup:
    """A value of a record for a page below `root`: its words, and where they lead. A page has thousands of them."""
    text = escape(shown.text)
    if shown.ref:
        path = f"{root}/doc/{quote(shown.ref.type, safe='')}/{quote(shown.ref.id, safe='')}"
        return Markup(f'<a href="{path}">{text}</a>')  # noqa: S704 (the text is escaped, the address quoted)
    if shown.url:
        words = escape(_host(shown.url)) if shown.text == shown.url else text
        return Markup(f'<a href="{escape(shown.url)}" rel="nofollow external">{words}</a>')  # noqa: S704 (escaped)
    if shown.language:
        return Markup(f'<span lang="{escape(shown.language)}">{text}</span>')  # noqa: S704 (escaped)
    return text


def _host(address: str) -> str:
    return (urlsplit(address).hostname or address).removeprefix("www.")


def prose(text: str) -> Markup:
    """A text of the shapes, in which names stand in backticks, for a page."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped first)


def size(count: int) -> str:
    """A number of bytes in words."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
