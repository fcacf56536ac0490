"""Every type of page in a real browser: nothing for axe to complain of, nothing from elsewhere, nothing cut off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import AXE, NARROW, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.needs("chromium", "chromium")
PAGES = (
    "/",
    "/about",
    "/problems",
    "/search?q=jade",
    "/questions",
    "/questions/shared-members",
    "/countries",
    "/map",
    "/timeline",
    "/network",
    "/compare?a=lotus-network&b=orchid-alliance",
    "/dictionary",
    "/news",
    "/releases",
    "/doc/alliance/orchid-alliance",
    "/doc/organization/jade-university",
    "/doc/country/TH",
    "/doc/figure/f-l00002",
    "/doc/source/lotus-2016",
    "/doc/concept/membership_role",
    "/doc/agreement/lotus-statement",
    "/embed/map",
    "/embed/timeline/alliance/lotus-network",
    "/embed/network/alliance/lotus-network",
    "/search?q=universit&type=alliance",
    "/browse/",
    "/browse/sheets",
    "/browse/alliances",
    "/browse/sheets/memberships?role=Member&_facet=alliance&_search=university",
    "/browse/sheets/countries_by_alliances",
    "/browse/alliances/organizations",
    "/browse/sheets/memberships/m-f00001",
    "/browse/alliances/alliances/lotus-network",
    "/browse/alliances/universities-of-a-country?country=TH",
    "/browse/-/sql?sql=select+*+from+sheets.timeline+limit+5",
    "/doc/alliance/nowhere",
)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async tags => (await axe.run({ runOnly: tags, resultTypes: ["violations"] })).violations
.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | ")}`)"""


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is missing; install tests/clients with npm")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site: str, dark: bool) -> None:
    source = AXE.read_text(encoding="utf-8")
    context = browser.new_context(
        base_url=site,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        viewport=NARROW if dark else WIDE,
    )
    page = context.new_page()
    found = []
    for path in PAGES:
        page.goto(path)
        page.evaluate(source)
        found += [f"{path}: {problem}" for problem in page.evaluate(_RUN, _RULES)]
    context.close()
    assert not found, "\n".join(found)


def test_every_page_fits_a_phone_and_asks_nobody_else(page: Page) -> None:
    page.set_viewport_size(NARROW)
    wide = {}
    for path in PAGES[:-1]:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            wide[path] = width
    assert wide == {}


def test_without_scripts_nothing_is_missing(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Search").fill("jade univ")
    page.get_by_label("Search").press("Enter")
    page.get_by_role("link", name="Jade University", exact=True).first.click()
    assert page.locator("h1").inner_text() == "Jade University"
    page.locator("summary", has_text="BibTeX").click()
    assert "@misc" in page.locator("details[open] pre").first.inner_text()
    page.goto("/compare")
    page.get_by_label("First alliance").select_option("lotus-network")
    page.get_by_label("Second alliance").select_option("orchid-alliance")
    page.get_by_role("button", name="Compare").click()
    assert "They share" in page.locator("p.lead").inner_text()
    assert page.locator("[role=combobox], .copy").count() == 0
    context.close()


def test_suggestions_are_chosen_with_the_keyboard(page: Page) -> None:
    page.goto("/about")
    field = page.get_by_role("combobox", name="Search")
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("jade univ")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    if AXE.is_file():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(_RUN, _RULES) == []
    field.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.get_attribute("id") == field.get_attribute("aria-activedescendant")
    assert "Jade University" in chosen.inner_text()
    field.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("ArrowUp")
    assert options.last.get_attribute("aria-selected") == "true"
    field.press("Escape")
    assert page.get_by_role("option").count() == 0
    assert field.input_value() == "jade univ"
    field.press("ArrowDown")
    options.first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/doc/organization/jade-university*")


def test_suggestions_are_chosen_with_the_mouse_and_close_when_left(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("lotus")
    page.get_by_role("option").first.wait_for()
    field.press("Tab")
    assert page.get_by_role("option").count() == 0
    field.focus()
    field.press("ArrowDown")
    page.get_by_role("option", name="Lotus Network of Universities").click()
    page.wait_for_url("**/doc/alliance/lotus-network*")


def test_a_citation_is_copied(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto("/doc/alliance/lotus-network")
    page.get_by_role("button", name="Copy", exact=True).first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".citation").inner_text()
    context.close()


@contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """The address of somebody else's site: the files of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_picture_stands_in_a_foreign_page_and_a_page_does_not(browser: Browser, site: str, tmp_path: Path) -> None:
    drawn = {"map": "svg.world path", "timeline": "svg.timeline rect", "network": "svg.network line"}
    for what in drawn:
        frame = f'<iframe src="{site}/embed/{what}/alliance/lotus-network" title="A picture"></iframe>'
        (tmp_path / f"{what}.html").write_text(frame, encoding="utf-8")
    (tmp_path / "page.html").write_text(f'<iframe src="{site}/map" title="A page"></iframe>', encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    with elsewhere(tmp_path) as foreign:
        for what, shape in drawn.items():
            page.goto(f"{foreign}/{what}.html")
            inside = page.frame_locator("iframe")
            inside.locator(shape).first.wait_for(state="attached")
            with page.expect_popup() as opened:
                inside.get_by_role("link", name="Open Alliances").click()
            opened.value.wait_for_url("**/doc/alliance/lotus-network*")
            opened.value.close()
        page.goto(f"{foreign}/page.html")
        assert page.frame_locator("iframe").locator("svg.world").count() == 0
    context.close()


_TRANSFERRED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
.reduce((sum, entry) => sum + entry.transferSize, 0)"""


def test_pages_transfer_at_most_100_kb(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    heavy = {}
    for path in PAGES[:-1]:
        page.goto(path)
        size = page.evaluate(_TRANSFERRED)
        if not 1_000 < size <= 100_000:
            heavy[path] = size
    context.close()
    assert heavy == {}


def test_print_leaves_out_what_cannot_be_used_on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.goto("/doc/alliance/orchid-alliance")
    for hidden in ("header.site", "nav.contents", ".downloads"):
        assert page.locator(hidden).first.is_hidden(), hidden
    assert page.locator("h1").is_visible()
    assert page.locator("#sources-of-this-page").is_visible()
