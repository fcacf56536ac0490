"""`alliances serve`: makes sure that there is a release, then answers requests until told to stop."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from datasets.release import pointer
from datasets.release.open import Release
from datasets.release.verify import demand_whole
from service import log
from service.errors import OperationError
from service.settings import Settings, environment

_ROOT = Path(__file__).resolve().parent.parent
_NOT_STARTED = "the service did not start; the line above says why"


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are answered first.

    Raises OperationError, ReleaseError, CanonicalError for what keeps it from starting.
    """
    listener = bind(settings.host, settings.port)
    with listener:
        release = ensure_release(settings)
        # The processes that answer get their settings by the environment; from here on it is all they see.
        os.environ.update(environment(settings))
        log.configure()
        announce = threading.Thread(target=_announce, args=(listener, settings, release), daemon=True)
        announce.start()
        _run(settings, listener)


def bind(host: str, port: int) -> socket.socket:
    """A socket that is bound but does not listen yet. Raises OperationError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise OperationError(f"cannot listen on {host}:{port}: {reason}; give another with --port or --host") from error
    listener.set_inheritable(True)
    return listener


def ensure_release(settings: Settings) -> Release:
    """The current release; where nothing is published, the facts are checked, loaded and published first."""
    if pointer.current(settings.releases) is None:
        _publish_facts(settings)
    release = Release.current(settings.releases)
    release.connect().close()
    demand_whole(release)
    return release


def _publish_facts(settings: Settings) -> None:
    from service import work

    _say(f"nothing is published in {settings.releases} yet; publishing the facts in {settings.facts}")
    errors = work.errors(work.checked(settings))
    if errors:
        for finding in errors[:20]:
            _say(str(finding))
        raise OperationError(f"{settings.facts} has {len(errors)} errors; `alliances check` lists them all")
    with work.database(settings) as engine:
        work.loaded(settings, engine)
        _say(str(work.published(settings, engine)))


def _run(settings: Settings, listener: socket.socket) -> None:
    config = uvicorn.Config(
        "service.app:from_environment",
        factory=True,
        loop="uvloop",
        http="httptools",
        workers=settings.workers,
        access_log=False,
        log_config=None,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    if settings.workers > 1:
        workers = Multiprocess(config, [listener])
        workers.run()
        if any(process.exitcode == STARTUP_FAILURE for process in workers.processes):
            raise OperationError(_NOT_STARTED)
        return
    # Uvicorn drains and then raises the signal anew for whoever was there before: an orderly end is no failure.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except SystemExit as end:
        raise OperationError(_NOT_STARTED) from end


def _say(line: str) -> None:
    click.echo(f"alliances: {line}", err=True)


def _announce(listener: socket.socket, settings: Settings, release: Release) -> None:
    """Say where the service listens once it does, then whether the facts have changed since the release."""
    host, port = listener.getsockname()[:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    shown = f"[{reachable}]" if ":" in reachable else reachable
    while not _ready(reachable, port):
        time.sleep(0.05)
    _say(f"serving release {release.id} at http://{shown}:{port}/")
    # Started here, because the places in the settings are relative to here; found there, where the code stands.
    found = subprocess.run(
        [sys.executable, "-m", "service.freshness"],
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if found.stdout:
        _say(found.stdout.strip())
    if found.returncode:
        why = (found.stderr.strip().splitlines() or ["no reason given"])[-1]
        _say(f"whether the facts have changed since cannot be told: {why}")


def _ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
