"""``report.html`` in a headless Chromium: filters, keys, and nothing that its own policy forbids."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from contract_tests.report import files
from tests.contract_tests.report.made_up import everything

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium")
    if not found:
        hint = "needs Chromium: apt-get install chromium"
        pytest.fail(hint) if os.environ.get("CI") else pytest.skip(hint)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def visit(browser, tmp_path):
    """``visit("#hash")``: the page, which may complain of nothing and ask for nothing else."""
    files.write(everything(), tmp_path)
    context = browser.new_context()
    context.set_default_timeout(5000)
    troubles, asked = [], []

    def visit(address=""):
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"file://{tmp_path}/report.html{address}")
        return page

    yield visit
    context.close()
    assert troubles == []
    assert [url for url in asked if not url.endswith(".html") and not url.startswith(("data:", "file:"))] == []


def shown(page):
    return [one.get_attribute("id") for one in page.locator(".case").all() if one.is_visible()]


def test_by_outcome_and_level(visit):
    page = visit()
    assert len(shown(page)) == 5
    page.get_by_label("Warnings 1").check(force=True)
    assert shown(page) == ["spot/nonces/window"]
    expect(page.locator("#count")).to_have_text("1 of 5 cases")
    page.get_by_label("MUST", exact=True).check(force=True)
    assert shown(page) == []
    expect(page.get_by_text("No case is like that.")).to_be_visible()


def test_by_text_from_the_keyboard(visit):
    page = visit()
    page.keyboard.press("/")
    page.keyboard.type("FUTURES spot-key")
    assert shown(page) == ["futures/auth/spot-key"]
    page.keyboard.press("Escape")
    assert len(shown(page)) == 5


def test_a_case_opens_from_the_keyboard_and_by_its_address(visit):
    page = visit("#spot%2Fauth%2Fsigned")
    named = page.locator("[id='spot/auth/signed']")
    expect(named).to_have_attribute("open", "")
    named.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(named).not_to_have_attribute("open", "")


def test_what_went_wrong_is_open_and_the_rest_opens_at_once(visit):
    page = visit()
    assert page.locator(".case[open]").count() == 3
    page.get_by_role("button", name="Open all").click()
    assert page.locator(".case[open]").count() == 5
    page.get_by_role("button", name="Close all").click()
    assert page.locator(".case[open]").count() == 0
