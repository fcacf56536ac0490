"""What a journalist comes for, from the first page to the end, in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.needs("chromium", "chromium")


def test_find_the_alliances_of_a_university_and_cite_it(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Search").fill("jade univ")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Jade University", exact=True).first.click()
    assert "Jade University" in page.locator("p.lead").inner_text()
    alliances = page.locator("section", has=page.locator("h2#alliances"))
    assert "Orchid River Universities Alliance" in alliances.inner_text()
    citation = page.locator(".citation").inner_text()
    release = re.search(r"release (2026-02-28-[0-9a-f]{10})", citation)
    assert release
    permalink = f"/releases/{release[1]}/doc/organization/jade-university"
    assert f"http://world.example{permalink}" in citation
    page.get_by_text("CSL-JSON").click()
    item = json.loads(page.locator("details[open] pre").inner_text())[0]
    assert (item["title"], item["version"]) == ("Jade University", release[1])
    page.goto(permalink)
    assert page.locator("h1").inner_text() == "Jade University"
    assert release[1] in page.locator(".older").inner_text()


def test_download_a_filtered_table_as_excel_and_check_what_it_is(page: Page, tmp_path: Path) -> None:
    page.goto("/questions/members-then")
    page.get_by_label("Alliance").select_option("orchid-alliance")
    page.get_by_label("Year").select_option("2018")
    page.get_by_role("button", name="Answer").click()
    shown = page.locator("main table tbody tr").count()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Excel").click()
    path = tmp_path / "answer.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Data", "About this file"]
    assert book["Data"].max_row - 1 == shown > 0
    about = {row[0].value: row[1].value for row in book["About this file"].iter_rows()}
    assert about["Alliance"].startswith("Orchid River Universities Alliance")
    assert about["Year"] == "2018"
    assert about["licence"] == "CC-BY-4.0"
    assert re.fullmatch(
        r"http://world.example/releases/2026-02-28-\w+/questions/members-then\?alliance=orchid-alliance&year=2018",
        about["permalink"],
    )


def test_compare_two_alliances(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Main").get_by_role("link", name="Compare").click()
    page.get_by_label("First alliance").select_option("lotus-network")
    page.get_by_label("Second alliance").select_option("orchid-alliance")
    page.get_by_role("button", name="Compare").click()
    numbers = [int(n) for n in re.findall(r"\d+", page.locator("p.lead").inner_text())]
    rows = [group.locator("tbody tr").count() for group in page.locator("section:has(h2[id^=group])").all()]
    assert rows == numbers
    page.get_by_role("row", name=re.compile("Founded")).get_by_role("link", name="source").first.click()
    assert page.url.endswith("#fact-founded")


def test_follow_a_figure_to_its_source(page: Page) -> None:
    page.goto("/doc/alliance/lotus-network")
    section = page.locator("section", has=page.locator("h2#figures"))
    assert "never subtracted" in section.inner_text()
    row = section.get_by_role("row").filter(has_text="14")
    row.get_by_role("link").nth(-2).click()
    assert page.url.endswith("/doc/source/lotus-2016")
    page.go_back()
    row.get_by_role("link", name="figure").click()
    mark = page.locator("[data-column=value] .mark").first
    mark.click()
    assert re.search(r"#source-\d+$", page.url)
    assert page.locator("li:target").get_by_role("link").first.get_attribute("href") == "/doc/source/lotus-2016"


def test_find_what_changed_since_the_last_release(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Main").get_by_role("link", name="Releases").click()
    assert "1 record changed" in page.locator("main section").first.inner_text()
    page.get_by_role("link", name="What changed, in words").first.click()
    change = page.locator("ul.hits > li")
    assert change.count() == 1
    assert "Lotus Network of Universities" in change.inner_text()
    assert "Scope: “Asia and Africa” became “Asia, Africa and Oceania”" in change.inner_text()
    change.get_by_role("link").click()
    step = page.locator("section", has=page.locator("h2#history")).get_by_role("listitem").first
    assert step.inner_text().startswith("28 February 2026: changed")
    assert "Scope: “Asia and Africa” became “Asia, Africa and Oceania”" in step.inner_text()
    step.get_by_role("link").click()
    assert page.url.endswith("/doc/alliance/lotus-network")
    assert "/releases/2026-02-28-" in page.url


def test_filter_a_table_and_take_just_that_along(page: Page, tmp_path: Path) -> None:
    page.goto("/browse/")
    page.get_by_role("rowheader", name="Memberships").first.get_by_role("link").click()
    page.get_by_label("Column").select_option("role")
    page.get_by_role("textbox", name="Value").fill("Founding member")
    page.get_by_role("button", name="Apply").click()
    page.locator("#narrow").get_by_role("link", name="Thailand").click()
    found = int(page.locator(".found strong").inner_text().split()[0])
    assert page.locator("table.rows-and-columns tbody tr").count() == found > 0
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    path = tmp_path / "memberships.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    rows = list(book["Data"].iter_rows(values_only=True))
    role, country = rows[0].index("role"), rows[0].index("organization_country")
    assert [(row[role], row[country]) for row in rows[1:]] == [("Founding member", "Thailand")] * found
    about = {row[0]: row[1] for row in book["About this file"].iter_rows(values_only=True)}
    assert about["permalink"].endswith(
        "/browse/sheets/memberships?role__exact=Founding+member&organization_country=Thailand"
    )
    assert about["release"] in about["cite"]
