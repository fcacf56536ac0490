"""A browser, and the service over two releases of the small world that differ."""

from __future__ import annotations

import csv
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from datasets.canonical.load import load
from datasets.canonical.store import open_database
from datasets.release.build import publish
from datasets.shapes import SHAPES
from service.app import create_app
from service.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

AXE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 800}


@pytest.fixture(scope="session")
def site(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service; its current release differs from the one before in one cell."""
    folder = tmp_path_factory.mktemp("site")
    facts = folder / "facts"
    shutil.copytree(world, facts)
    engine = open_database(f"sqlite:///{folder / 'canonical.sqlite'}")
    try:
        for date in ("2026-01-31", "2026-02-28"):
            load(engine, facts, SHAPES)
            publish(
                engine,
                folder / "releases",
                SHAPES,
                date=date,
                title="The small world",
                licence="CC-BY-4.0",
                base_iri="http://world.example",
                publisher="Tests",
                creators=("Tests",),
            )
            _change(facts / "alliances.csv", "Asia and Africa", "Asia, Africa and Oceania")
    finally:
        engine.dispose()
    app = create_app(Settings(releases=folder / "releases", access_log=False))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)


def _change(path: Path, old: str, new: str) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([[new if cell == old else cell for cell in r] for r in rows])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium. It ends with each file: while it runs, no other test of the process can run an event loop."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing; install requirements-dev")
    command = shutil.which("chromium")
    assert command
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=command, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A tab that may ask only the site itself: any other request fails the test."""
    context = browser.new_context(base_url=site, accept_downloads=True)
    tab = context.new_page()
    outside: list[str] = []
    tab.on("request", lambda request: None if request.url.startswith((site, "data:")) else outside.append(request.url))
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield tab
    context.close()
    assert outside == []
    assert complaints == []
