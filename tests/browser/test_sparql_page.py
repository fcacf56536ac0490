"""The query page in a browser: accessible, on a phone, without scripts, from an example to an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browser.conftest import AXE, NARROW, WIDE
from tests.browser.test_pages import _RULES, _RUN
from tests.linked_data.conftest import published_world
from tests.linked_data.test_comunica import wait_for_store
from tests.service.running import Running, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.needs("chromium", "chromium")
DOCUMENT = "SELECT * { <http://localhost:8000/id/alliance/orchid-alliance> ?property ?value }"
PATHS = (
    "/sparql",
    f"/sparql?query={quote(DOCUMENT)}",
    f"/sparql?query={quote('DESCRIBE <http://localhost:8000/id/alliance/orchid-alliance>')}",
    f"/sparql?query={quote('SELECT * { ?a foo:b ?c }')}",
)


@pytest.fixture(scope="module")
def service(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service over the small world with its linked data."""
    with published_world(world) as release:
        settings = {"ALLIANCES_RELEASES": str(release.path.parent)}
        with running(tmp_path_factory.mktemp("sparql"), settings) as found:
            wait_for_store(found)
            yield found


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is missing; install tests/clients with npm")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_every_answer_fits(browser: Browser, service: Running, dark: bool) -> None:
    source = AXE.read_text(encoding="utf-8")
    size = NARROW if dark else WIDE
    context = browser.new_context(
        base_url=service.address, viewport=size, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((service.address, "data:")) else outside.append(r.url))
    found: list[str] = []
    for path in PATHS:
        page.goto(path)
        page.evaluate(source)
        found += [f"{path}: {problem}" for problem in page.evaluate(_RUN, _RULES)]
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"], path
    context.close()
    assert found == []
    assert outside == []


def test_from_an_example_to_an_answer_without_scripts(browser: Browser, service: Running) -> None:
    context = browser.new_context(base_url=service.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_role("link", name="Which alliances have the most members now?").click()
    table = page.get_by_role("region", name="Answers")
    assert table.get_by_role("columnheader").all_inner_texts() == ["alliance", "name", "members"]
    query = page.get_by_label("Query", exact=True)
    query.fill(query.input_value().replace("20", "1"))
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("heading", name="1 answer").is_visible()
    query.fill("SELECT * { ?a foo:b ?c }")
    page.get_by_role("button", name="Ask").click()
    assert "the prefix foo: is not declared" in page.get_by_role("alert").inner_text()
    assert query.input_value() == "SELECT * { ?a foo:b ?c }"
    context.close()
