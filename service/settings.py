"""Every setting of the service and the command line: one frozen dataclass, each field also an environment variable."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from service.errors import OperationError

PREFIX = "ALLIANCES_"
_PASSWORD = re.compile(r"(://[^:/@]*:)[^/@]*@")
COMMITTED_FACTS = Path(__file__).resolve().parent.parent / "datasets" / "facts"


def _about(doc: str, parse: Callable[[str], object]) -> dict[str, Any]:
    return {"doc": doc, "parse": parse}


def _whole(smallest: int, largest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"give a whole number from {smallest} to {largest}") from None
        if not smallest <= number <= largest:
            raise ValueError(f"give a whole number from {smallest} to {largest}")
        return number

    return parse


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError("give a number above 0")
    return number


def _yes_or_no(text: str) -> bool:
    words = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError("give yes or no")
    return words[text.strip().lower()]


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("give an absolute http or https address without query and fragment")
    return text.rstrip("/")


def _base_iri(text: str) -> str:
    from datasets.release.identity import BASE_IRI

    base = _address(text)
    if not BASE_IRI.fullmatch(base):
        raise ValueError("give an address without spaces, quotes, brackets and the name of a user")
    return base


def _address_or_none(text: str) -> str:
    return _address(text) if text else ""


def _postgres_or_none(text: str) -> str:
    if text and urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("give an address that begins with postgresql://")
    return text


def _path(text: str) -> Path:
    if not text:
        raise ValueError("give a folder")
    return Path(text)


def _text(text: str) -> str:
    if not text:
        raise ValueError("give a value that is not empty")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set. Durations are seconds, sizes bytes; folders are relative to where the command is called."""

    facts: Path = field(
        default=COMMITTED_FACTS, metadata=_about("Folder of facts that check, load and serve read.", _path)
    )
    database: str = field(
        default="sqlite:///.alliances/canonical.sqlite",
        metadata=_about("Canonical database: sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME.", _text),
    )
    graphql_database: str = field(
        default="",
        metadata=_about(
            "PostgreSQL from which GraphQL is answered, postgresql://USER:PASSWORD@HOST/NAME; releases are copied "
            "there when they are opened. Without it, GraphQL is answered from the file of the release.",
            _postgres_or_none,
        ),
    )
    releases: Path = field(
        default=Path(".alliances/releases"),
        metadata=_about("Folder of the releases, with the pointer `current`.", _path),
    )
    base_iri: str = field(
        default="http://localhost:8000",
        metadata=_about(
            "What the address of every record begins with; baked into a release when it is published.", _base_iri
        ),
    )
    host: str = field(
        default="127.0.0.1", metadata=_about("Address that the service listens on; 0.0.0.0 for all.", _text)
    )
    port: int = field(
        default=8000, metadata=_about("Port that the service listens on; 0 for any free one.", _whole(0, 65535))
    )
    workers: int = field(default=1, metadata=_about("Processes that answer requests.", _whole(1, 64)))
    poll_seconds: float = field(
        default=1.0, metadata=_about("How often the pointer to the current release is looked at.", _positive)
    )
    open_releases: int = field(
        default=4, metadata=_about("How many older releases are held open at once.", _whole(1, 100))
    )
    cache_bytes: int = field(
        default=64_000_000,
        metadata=_about("Memory for finished answers of each open release; 0 keeps none.", _whole(0, 2**40)),
    )
    drain_seconds: int = field(
        default=30, metadata=_about("How long a stopping service waits for requests in flight.", _whole(1, 3600))
    )
    fresh_days: int = field(
        default=400, metadata=_about("Age of a release in days from which /health/fresh answers 503.", _whole(1, 36500))
    )
    issues: str = field(
        default="",
        metadata=_about(
            "Page for new issues, where readers report errors (title and body are added to the address); "
            "without it, readers are sent to the contact of the release.",
            _address_or_none,
        ),
    )
    sparql: bool = field(
        default=True,
        metadata=_about(
            "Whether /sparql answers: the RDF store that it needs takes some ten times the room of the release's "
            "tables, and a minute or more to build. Without it there are the dumps, for a store elsewhere.",
            _yes_or_no,
        ),
    )
    sql: bool = field(
        default=True,
        metadata=_about(
            "Whether /browse/-/sql answers SQL of the reader's own, in processes of their own, limited in time, "
            "memory and size of the answer. Without it there are named questions and the database to download.",
            _yes_or_no,
        ),
    )
    access_log: bool = field(
        default=True, metadata=_about("Whether each request is logged as a line of JSON on stdout.", _yes_or_no)
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """A setting as it stands: name, environment variable, value, where it comes from, meaning."""

    name: str
    variable: str
    value: str
    origin: str
    doc: str


def resolve(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """The settings: what is given (options of a command; None is not given), else the environment, else the default.

    Raises OperationError for a variable that cannot be read, or that names no setting.
    """
    environ = os.environ if environ is None else environ
    known = {variable(f): f for f in fields(Settings)}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            raise OperationError(f"{name} is not a setting; `alliances settings` lists them all")
    values: dict[str, object] = {}
    for name, spec in known.items():
        if given.get(spec.name) is not None:
            values[spec.name] = _read(spec, str(given[spec.name]), f"--{spec.name.replace('_', '-')}")
        elif name in environ:
            values[spec.name] = _read(spec, environ[name], name)
    return Settings(**values)  # type: ignore[arg-type]


def origins(environ: Mapping[str, str] | None = None) -> list[Origin]:
    """Every setting with its value and where that comes from. Raises OperationError like `resolve`."""
    environ = os.environ if environ is None else environ
    settings = resolve(environ)
    return [
        Origin(
            spec.name,
            variable(spec),
            _PASSWORD.sub(r"\1***@", _shown(getattr(settings, spec.name))),
            "environment" if variable(spec) in environ else "default",
            str(spec.metadata["doc"]),
        )
        for spec in fields(Settings)
    ]


def environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, to hand them to worker processes."""
    return {variable(spec): _shown(getattr(settings, spec.name)) for spec in fields(Settings)}


def variable(spec: Field[object]) -> str:
    """The environment variable of a setting."""
    return PREFIX + spec.name.upper()


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _read(spec: Field[object], text: str, where: str) -> object:
    try:
        return spec.metadata["parse"](text)
    except ValueError as error:
        raise OperationError(f"{where}: {text!r} cannot be used: {error}") from error
