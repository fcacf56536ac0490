"""Every type of page in a real browser: nothing for axe to complain of, nothing from elsewhere, nothing cut off."""

from __future__ import annotations

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


def test_without_scripts_nothing_is_missing(page: Page) -> None:
    for path in PAGES[:-1]:
        page.goto(path)
        runs = page.evaluate("[...document.scripts].filter(s => s.type !== 'application/ld+json').length")
        assert runs == 0, path
