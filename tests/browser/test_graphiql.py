"""GraphiQL in a real browser: starts, asks, explains, completes, under a policy without exceptions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph_schema.page import EXAMPLES
from service import graphiql

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.needs("chromium", "chromium"),
    pytest.mark.skipif(graphiql.found(graphiql.FOLDER) is None, reason="GraphiQL is missing; install npm, run make"),
]


def test_a_question_is_asked_and_the_schema_explained(page: Page, tmp_path: Path) -> None:
    page.goto("/graphql")
    page.wait_for_selector(".graphiql-container")
    assert page.locator(".graphiql-tab").count() == len(EXAMPLES)
    page.locator(".graphiql-execute-button").click()
    page.locator(".result-window", has_text="rowsExamined").wait_for()
    page.get_by_role("tab", name="Countries").click()
    page.locator(".graphiql-query-editor", has_text="groupBy").wait_for()
    page.get_by_role("button", name="Show Documentation Explorer").click()
    page.wait_for_selector(".graphiql-doc-explorer")
    page.get_by_role("link", name="Query").first.click()
    page.locator(".graphiql-doc-explorer", has_text="alliances").wait_for()
    page.get_by_role("button", name="Open settings dialog").click()
    page.wait_for_selector(".graphiql-dialog")
    page.keyboard.press("Escape")
    page.screenshot(path=tmp_path / "graphiql.png")


def test_a_field_is_completed(page: Page) -> None:
    page.goto("/graphql")
    page.locator(".graphiql-query-editor .CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("{ alli")
    page.keyboard.press("Control+Space")
    page.locator(".CodeMirror-hints", has_text="alliances").wait_for()


def test_the_form_asks_where_scripts_are_off(page: Page, site: str) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(base_url=site, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/graphql")
    plain.get_by_role("button", name="Ask").click()
    assert '"data"' in plain.content()
    context.close()
