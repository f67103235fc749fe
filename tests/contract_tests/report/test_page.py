"""``report.html`` in a headless Chromium: filters, keys, and nothing that its own policy forbids."""

import os
import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from contract_tests.report import files
from tests.contract_tests.report.made_up import clients, everything

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
def context(browser, tmp_path):
    """A page may complain of nothing and ask for nothing else."""
    context = browser.new_context()
    context.set_default_timeout(5000)
    troubles, asked = [], []
    context.on("console", lambda message: troubles.append(message.text))
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    assert troubles == []
    assert [url for url in asked if not url.startswith((f"file://{tmp_path}/report.html", "data:"))] == []


def opened(context, tmp_path, address):
    page = context.new_page()
    page.goto(f"file://{tmp_path}/report.html{address}")
    return page


@pytest.fixture
def visit(context, tmp_path):
    """``visit("#hash")``: the page on a server."""
    files.write(everything(), tmp_path)
    return lambda address="": opened(context, tmp_path, address)


@pytest.fixture
def matrix(context, tmp_path):
    """``matrix("#hash")``: the page on clients."""
    files.write_matrix(clients(), tmp_path)
    return lambda address="": opened(context, tmp_path, address)


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


def rows(page):
    return [row.locator(".id").inner_text() for row in page.locator(".row").all() if row.is_visible()]


def test_rows_by_outcome_level_and_text(matrix):
    page = matrix()
    assert rows(page) == ["path", "key", "html", "kinds", "never", "reset"]
    page.get_by_label("Failed 1").check(force=True)
    assert rows(page) == ["html"]
    expect(page.locator(".topic").filter(has_text="client/request")).to_be_hidden()
    page.get_by_label("SHOULD").check(force=True)
    expect(page.get_by_text("No case is like that.")).to_be_visible()
    page.get_by_label("All").check(force=True)
    assert rows(page) == ["kinds"]
    page.get_by_label("Any").check(force=True)
    page.keyboard.press("/")
    page.keyboard.type("until 2027")
    assert rows(page) == ["never"]
    expect(page.locator("#count")).to_have_text("1 of 6 cases")


def test_a_cell_opens_from_the_keyboard_and_closes(matrix):
    page = matrix()
    cell = page.get_by_role("button", name="failed: krakenex, client/failures/html")
    cell.focus()
    page.keyboard.press("Enter")
    panel = page.locator("[id='krakenex:client/failures/html']")
    expect(panel).to_be_visible()
    expect(panel.get_by_text("The client gave").first).to_be_visible()
    expect(page).to_have_url(re.compile("#krakenex%3Aclient%2Ffailures%2Fhtml$"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile("report.html$"))
    expect(cell).to_be_focused()


def test_a_cell_opens_by_its_address(matrix):
    page = matrix("#node%3Aclient%2Ffailures%2Freset")
    panel = page.locator("[id='node:client/failures/reset']")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
