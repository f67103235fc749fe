"""The dashboard in a headless Chromium, beside real clients that make mistakes."""

import os
import re
import shutil
import socket
import threading
import time
from urllib.parse import urlsplit

import krakenex
import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright

from mockserver import KrakenMock
from tests.control.dashboards import TOKEN, guarded
from tests.requests import BALANCE_EX, TRADE_BALANCE, api_sign, fresh_nonce, send, spot

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 860}


@pytest.fixture(scope="module")
def browser():
    """Of this module alone: its event loop is the running one for as long as it is open."""
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
def fake():
    with KrakenMock() as fake:
        yield fake


@pytest.fixture
def account(fake):
    return fake.create_account({"name": "bot", "balances": {"ZUSD": "1000", "XXBT": "1.5"}})


@pytest.fixture
def visit(browser):
    """``visit(fake, hash)``: a page in a window of its own. Only ``failing`` may fail, and nothing leave its origin."""
    opened, troubles, expected = [], [], set()

    def visit(fake, address: str = "", *, failing: tuple[str, ...] = (), **options) -> Page:
        url = fake.url
        expected.update(failing)
        context = browser.new_context(**{"viewport": WIDE, **options})
        context.set_default_timeout(5000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on("request", lambda sent: None if sent.url.startswith(url) else troubles.append(sent.url))
        page.goto(f"{url}/_mock/{address}")
        return page

    yield visit
    for context in opened:
        context.close()
    assert [trouble for trouble in troubles if not any(words in trouble for words in expected)] == []


def rows(page: Page):
    return page.locator(".row:not([hidden])")


def live(page: Page) -> Page:
    expect(page.locator("#connection")).to_have_text("live")
    return page


def without_0(fake, account):
    """A request whose path was signed without /0."""
    nonce = fresh_nonce()
    signature = api_sign(account.api_secret, BALANCE_EX.removeprefix("/0"), nonce, f"nonce={nonce}".encode())
    return spot(fake.url, account, nonce=nonce, signature=signature)


def test_mistakes_of_a_client_appear_as_they_are_made(fake, account, visit):
    page = live(visit(fake))
    expect(page.locator("#empty")).to_contain_text("Waiting for the first request")
    page.evaluate("window.same = true")
    client = krakenex.API(account.api_key, account.api_secret)
    client.uri = fake.spot_url
    client.query_private("BalanceEx")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text(BALANCE_EX)
    expect(rows(page).first).to_have_attribute("data-kind", "fine")

    client.secret = fake.account().api_secret
    client.query_private("TradeBalance")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("EAPI:Invalid signature")
    expect(rows(page).first.locator(".code")).to_have_text(re.compile("^signature/"))

    client.secret = account.api_secret
    client._nonce = lambda: 5
    client.query_private("BalanceEx")
    expect(rows(page).first).to_contain_text("EAPI:Invalid nonce")
    with pytest.raises(requests.HTTPError):
        client.query_private("BalanceX")
    expect(rows(page).first).to_contain_text("EGeneral:Unknown method")
    expect(rows(page).first.locator(".status")).to_have_text("404")
    expect(page.locator("#violation-count")).to_have_text("3")
    assert page.evaluate("window.same"), "without a reload"


def test_an_opened_request_shows_why_byte_by_byte(fake, account, visit):
    without_0(fake, account)
    page = live(visit(fake))
    rows(page).first.click()
    pane = page.locator("#request")
    expect(pane.locator("h2")).to_have_text(f"POST {BALANCE_EX}")
    entry = fake.journal()[-1]
    expect(pane.locator(".verdict .sentence")).to_have_text(entry["diagnosis"]["sentence"])
    expect(pane.locator(".verdict .chip")).to_have_text(["signature/path-without-0"])
    expect(pane.locator(".verdict .error")).to_have_text("EAPI:Invalid signature")
    part = pane.locator(".part", has_text="path").first
    expect(part.locator(".signed .gap")).to_have_text("  ")
    expect(part.locator(".expected mark")).to_have_text("0/")
    expect(pane.locator(".remedy")).to_contain_text(entry["diagnosis"]["remedy"]["sentence"])
    expect(pane).to_contain_text(f"nonce={entry['request']['body'].removeprefix('nonce=')}")
    expect(pane).to_contain_text("api-sign: (redacted)")
    expect(pane).to_contain_text('"EAPI:Invalid signature"')
    pane.get_by_text("Ruled out").click()
    expect(pane.get_by_text("signature/secret-not-decoded")).to_be_visible()
    assert page.url.endswith(f"open={entry['id']}")
    for secret in (account.api_secret, account.futures_api_secret):
        assert secret not in page.content()


def test_a_related_request_is_one_click_away(fake, account, visit):
    spot(fake.url, account, nonce=7)
    spot(fake.url, account, nonce=7)
    first, second = (entry["id"] for entry in fake.journal())
    page = live(visit(fake, f"#/requests?open={second}"))
    expect(page.locator("#request .facts-line")).to_contain_text(f"#{second}")
    page.locator("#request .related button").click()
    expect(page.locator("#request .facts-line")).to_contain_text(f"#{first}")
    page.go_back()
    expect(page.locator("#request .facts-line")).to_contain_text(f"#{second}")


def test_a_request_that_the_journal_has_forgotten(fake, visit):
    page = visit(fake, "#/requests?open=4711", failing=("status of 404",))
    expect(page.locator("#request [role=alert]")).to_contain_text("forgotten request 4711")


def test_the_keyboard_does_it_all(fake, account, visit):
    for path in (BALANCE_EX, TRADE_BALANCE, BALANCE_EX):
        spot(fake.url, account, path)
    oldest, middle, newest = (entry["id"] for entry in fake.journal())
    page = live(visit(fake))
    expect(rows(page)).to_have_count(3)
    keys, selected, pane = page.keyboard, page.locator(".row[aria-selected=true]"), page.locator("#request")

    keys.press("j")
    expect(selected).to_have_id(f"row-{newest}")
    expect(page.locator("#list")).to_have_attribute("aria-activedescendant", f"row-{newest}")
    keys.press("j")
    keys.press("ArrowDown")
    expect(selected).to_have_id(f"row-{oldest}")
    keys.press("k")
    keys.press("Enter")
    expect(pane.locator(".facts-line")).to_contain_text(f"#{middle}")
    keys.press("ArrowUp")
    expect(pane.locator(".facts-line")).to_contain_text(f"#{newest}")
    keys.press("Escape")
    expect(pane).to_be_hidden()
    keys.press("G")
    expect(selected).to_have_id(f"row-{oldest}")
    keys.press("g")
    expect(selected).to_have_id(f"row-{newest}")

    keys.press("/")
    expect(page.locator("#text")).to_be_focused()
    keys.type("TradeBalance j")
    expect(rows(page)).to_have_count(0)
    keys.press("Backspace")
    keys.press("Backspace")
    expect(rows(page)).to_have_count(1)
    keys.press("Escape")
    expect(rows(page)).to_have_count(3)
    keys.press("Escape")
    expect(page.locator("#text")).not_to_be_focused()

    keys.press("p")
    expect(page.locator("#connection")).to_have_text("paused")
    spot(fake.url, account)
    expect(page.locator("#pause")).to_have_text("Resume · 1 new")
    expect(rows(page)).to_have_count(3)
    keys.press("p")
    expect(rows(page)).to_have_count(4)

    for key, view in (("2", "violations"), ("3", "accounts"), ("4", "faults"), ("1", "requests")):
        keys.press(key)
        expect(page.locator("nav [aria-current=page]")).to_have_attribute("data-view", view)
    keys.press("?")
    expect(page.locator("#keys")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    keys.press("c")
    expect(rows(page)).to_have_count(0)
    assert len(fake.journal()) == 4, "the fake forgets nothing by it"


def test_filters_and_a_link_that_keeps_them(fake, account, visit):
    other = fake.create_account({"name": "other"})
    spot(fake.url, account)
    spot(fake.url, other, TRADE_BALANCE)
    without_0(fake, account)
    spot(fake.url, other, nonce=3)
    send(fake.url, "GET", "/0/public/time")
    account.add_fault({"status": 502})
    spot(fake.url, account)
    page = live(visit(fake))

    def shown(count: int) -> None:
        expect(rows(page)).to_have_count(count)
        expect(page.locator("#count")).to_have_text("6" if count == 6 else f"{count} of 6")

    shown(6)
    for field, value, count in (("account", "other", 2), ("operation", "getExtendedBalance", 4), ("status", "404", 1)):
        page.locator(f"#{field}").select_option(value)
        shown(count)
        page.locator(f"#{field}").select_option("")
    for name, count in (("Refused", 4), ("Violations", 3), ("Faults", 1), ("All", 6)):
        page.locator("#only").get_by_text(name).click()
        shown(count)
    page.locator("#code").fill("signature/")
    shown(1)
    page.locator("#code").fill("")
    page.locator("#text").fill("invalid NONCE other")
    shown(1)
    page.locator("#only").get_by_text("Violations").click()
    again = live(visit(fake, page.url.partition("/_mock/")[2]))
    expect(rows(again)).to_have_count(1)
    expect(again.locator("#text")).to_have_value("invalid NONCE other")
    expect(again.locator("#only").get_by_label("Violations")).to_be_checked()
    again.locator("#text").fill("nowhere")
    again.get_by_role("button", name="Show all").click()
    expect(rows(again)).to_have_count(6)


def test_violations_by_their_codes(fake, account, visit):
    for _ in range(3):
        without_0(fake, account)
    spot(fake.url, account)
    spot(fake.url, account, nonce=3)
    page = live(visit(fake, "#/violations"))
    expect(rows(page)).to_have_count(4)
    groups = page.locator("#codes button")
    expect(groups).to_have_count(2)
    expect(groups.first).to_contain_text("signature/path-without-0")
    expect(groups.first.locator(".amount")).to_have_text("3")
    groups.last.click()
    expect(rows(page)).to_have_count(1)
    spot(fake.url, account, nonce=3)
    expect(groups.last.locator(".amount")).to_have_text("2")


def test_a_fault_of_the_form_befalls_the_next_request(fake, account, visit):
    page = live(visit(fake, "#/faults"))
    form, queue = page.get_by_role("form", name="Queue a fault"), page.locator(".queue article")
    expect(page.locator(".queue")).to_contain_text("Nothing")
    form.get_by_label("Fault").select_option("status")
    form.get_by_role("combobox", name="Status", exact=True).select_option("503")
    form.get_by_label("Account").fill("bot")
    form.get_by_label("Operation").fill("getExtendedBalance")
    form.get_by_role("button", name="Queue the fault").click()
    expect(queue).to_have_count(1)
    expect(queue).to_contain_text("status 503")
    expect(queue).to_contain_text("bot · getExtendedBalance · 1 of 1 left")
    expect(page.locator("#fault-count")).to_have_text("1")
    assert spot(fake.url, account, TRADE_BALANCE).status == 200
    assert spot(fake.url, account).status == 503
    assert spot(fake.url, account).status == 200
    expect(queue).to_have_count(0)

    form.get_by_label("Times").fill("")
    for kind, fields, told in (
        ("error", {"Error": "EService:Busy"}, "EService:Busy"),
        ("uniform", {"Least seconds": "0.01", "Most seconds": "0.02"}, "0.01 to 0.02 s late"),
        ("lognormal", {"Median seconds": "0.01", "Sigma": "0.5"}, "about 0.01 s late"),
        ("latency", {"Seconds": "0.01"}, "0.01 s late"),
        ("body", {}, "body: html"),
        ("socket", {}, "connection: reset"),
    ):
        form.get_by_label("Fault").select_option(kind)
        for label, value in fields.items():
            form.get_by_label(label, exact=True).fill(value)
        form.get_by_role("button", name="Queue the fault").click()
        expect(queue.last).to_contain_text(told)
        expect(queue.last).to_contain_text("for ever")
    assert spot(fake.url, account).json == {"error": ["EService:Busy"]}
    queue.filter(has_text="EService:Busy").get_by_role("button", name="Clear").click()
    expect(queue).to_have_count(5)
    page.get_by_role("button", name="Clear all").click()
    expect(queue).to_have_count(0)
    assert spot(fake.url, account).json["error"] == []


def test_a_fault_that_cannot_be_is_refused_in_words(fake, visit):
    page = live(visit(fake, "#/faults", failing=("status of 404",)))
    page.locator("#faults").get_by_label("Account").fill("nobody")
    page.get_by_role("button", name="Queue the fault").click()
    expect(page.locator("#faults [role=alert]")).to_have_text("there is no account named nobody")


def test_accounts_change_before_ones_eyes_and_show_no_secret(fake, account, visit):
    page = live(visit(fake))
    page.keyboard.press("3")
    page.locator("#account-list").get_by_text("bot").click()
    view = page.locator("#account-view")
    expect(view.locator("h2")).to_have_text("bot")
    expect(view.get_by_role("row", name="ZUSD")).to_contain_text("1000")
    account.deposit("ZUSD", "234.5")
    expect(view.get_by_role("row", name="ZUSD")).to_contain_text("1234.5")
    account.place_order("XBTUSD", "buy", price="40000", volume="0.01")
    expect(view).to_contain_text("Open orders")
    expect(view.locator(".key").first).to_have_text(account.api_key)
    for secret in (account.api_secret, account.futures_api_secret):
        assert secret not in page.content()


def test_where_a_figure_comes_from(fake, account, visit):
    account.open_position("XBTUSD", "buy", volume="0.5", leverage="4", price="40000")
    answer = spot(fake.url, account, TRADE_BALANCE)
    printed, number = answer.json["result"], answer.headers["mock-request-id"]
    page = live(visit(fake))
    page.evaluate("location.hash = '#/accounts?name=bot&figures=getTradeBalance'")

    def figure(name):
        return page.locator(f'[data-figure="{name}"]')

    expect(page.locator("details.figure")).to_have_count(len(printed))
    expect(figure("e").locator("summary .value")).to_have_text(printed["e"])
    expect(figure("e").locator("summary")).to_contain_text("e = tb + n")
    expect(page.locator(".figures")).to_contain_text(f"request {number}")
    figure("e").locator("summary").click()
    expect(figure("e")).to_contain_text("trade balance + unrealized net profit/loss")
    expect(figure("e")).to_contain_text("Rounded to 4 decimals, halves to even.")
    expect(figure("n").locator(".sum")).to_be_hidden()
    figure("e").get_by_role("button", name="figure n").click()
    expect(figure("n").locator(".sum")).to_be_visible()
    account.deposit("ZUSD", "1")
    expect(page.locator("#account-view").get_by_role("row", name="ZUSD 1001")).to_be_visible()
    expect(figure("e").locator(".sum")).to_be_visible()


def test_figures_that_nobody_explains(fake, account, visit):
    page = live(visit(fake, "#/accounts?name=bot&figures=getNothing", failing=("status of 404",)))
    expect(page.locator(".figures [role=alert]")).to_contain_text("does not explain the figures of getNothing. (404")
    expect(page.locator("#account-view").get_by_role("row", name="ZUSD")).to_contain_text("1000")


def test_dark_and_light(fake, visit):
    def ground(page: Page) -> float:
        """The lightness of what the page is drawn on."""
        return float(page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/[.0-9]+/)[0]"))

    light, dark = visit(fake, color_scheme="light"), visit(fake, color_scheme="dark")
    assert ground(light) > 0.9
    assert ground(dark) < 0.3
    dark.emulate_media(color_scheme="light")
    expect(dark.locator("html")).to_have_attribute("data-theme", "light")
    assert ground(dark) > 0.9, "the system changed its mind"
    light.keyboard.press("t")
    assert ground(light) < 0.3
    light.reload()
    assert ground(light) < 0.3, "the choice is kept"
    light.get_by_role("button", name="Switch between dark and light").click()
    assert ground(light) > 0.9


def test_markup_in_a_request_is_only_text(fake, visit):
    evil = "/0/private/<img/src=x/onerror=alert(1)>"
    page = live(visit(fake))
    send(fake.url, "POST", evil, body=b'{"a":"<script>alert(2)</script>"}', headers={"X-Evil": "<b onclick=alert(3)>"})
    rows(page).first.click()
    expect(rows(page).first).to_contain_text(evil)
    expect(page.locator("#request h2")).to_contain_text(evil)
    expect(page.locator("#request")).to_contain_text("<b onclick=alert(3)>")
    expect(page.locator("main img, main script, main [onclick], main [onerror]")).to_have_count(0)


def test_a_token_is_asked_for_and_kept(visit):
    with guarded() as fake:
        page = visit(fake, failing=("status of 401",))
        dialog = page.locator("#token-dialog")
        expect(dialog).to_be_visible()
        page.get_by_role("textbox", name="Token").fill("wrong")
        page.keyboard.press("Enter")
        expect(dialog).to_contain_text("That is not the token.")
        page.get_by_role("textbox", name="Token").fill(TOKEN)
        page.keyboard.press("Enter")
        live(page)
        spot(fake.url, fake.account())
        rows(page).first.click()
        expect(page.locator("#request .verdict")).to_contain_text("Answered.")
        page.reload()
        live(page)
        expect(dialog).to_be_hidden()
        page.close()


def test_it_finds_a_fake_that_was_started_again(visit):
    with KrakenMock() as first:
        port = int(first.url.rpartition(":")[2])
        spot(first.url, first.account())
        page = live(visit(first, failing=("net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_CONNECTION_REFUSED")))
        expect(rows(page)).to_have_count(1)
    expect(page.locator("#connection")).to_have_text("reconnecting")
    with KrakenMock(port=port) as second:
        spot(second.url, second.account(), TRADE_BALANCE)
        live(page)
        expect(rows(page)).to_have_count(1)
        expect(rows(page).first).to_contain_text(TRADE_BALANCE)
        page.close()


@pytest.mark.parametrize("width", [700, 390])
def test_a_narrow_window_holds_it_all(fake, account, visit, width):
    without_0(fake, account)
    page = live(visit(fake, viewport={"width": width, "height": 800}))
    expect(rows(page).first.locator(".code")).to_be_visible()
    number = fake.journal()[-1]["id"]
    for address in ("requests", "violations", "accounts?name=bot", "faults", f"requests?open={number}"):
        page.evaluate(f"location.hash = '#/{address}'")
        expect(page.locator("main > section:not([hidden])")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    expect(page.locator("#request .part").first).to_be_visible()


def test_everything_to_press_has_a_name_and_a_visible_focus(fake, account, visit):
    without_0(fake, account)
    page = live(visit(fake, f"#/requests?open={fake.journal()[-1]['id']}"))
    expect(page.locator("#request .part").first).to_be_visible()
    for address in ("requests", "accounts?name=bot", "faults"):
        page.evaluate(f"location.hash = '#/{address}'")
        expect(page.locator("nav [aria-current=page]")).to_have_attribute("data-view", address.partition("?")[0])
        nameless = page.evaluate("""() => [...document.querySelectorAll('button, input, select, a')]
            .filter((element) => !element.textContent.trim() && !element.ariaLabel && !element.labels?.length)
            .map((element) => element.outerHTML)""")
        assert nameless == []
    expect(page.get_by_role("form", name="Queue a fault")).to_be_visible()
    page.locator("nav a").first.focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


COMPARED = """async ([signed, expected]) => {
  const { align, bytes, lines } = await import('/_mock/page/compare.js')
  const columns = align(bytes(signed), bytes(expected))
  const side = (which) => columns.map((column) => column[which] ?? '').join('')
  return {
    whole: side(0) === signed && side(1) === expected,
    same: columns.filter(([left, right]) => left === right).map(([byte]) => byte).join(''),
    gaps: columns.filter((column) => column.includes(null)).length,
    lines: lines(columns, 10).every((line) => line.columns.length <= 10),
  }
}"""


@pytest.mark.parametrize(
    ("signed", "expected", "same", "gaps"),
    [
        ("/private/BalanceEx", "/0/private/BalanceEx", "/private/BalanceEx", 2),
        ("nonce=1&a=x+y", "nonce=1&a=x%20y", "nonce=1&a=xy", 2),
        ("", "nonce=1", "", 7),
        ("abc", "", "", 3),
        (r"\x00\xff/0", r"\x00\xfe/0", r"\x00/0", 0),
        ("asset=ZUSD&nonce=1234", "nonce=1234&asset=ZUSD", "nonce=1234", 22),
        ("a" * 3000 + "x" + "b" * 3000, "a" * 3000 + "b" * 3000, "a" * 3000 + "b" * 3000, 1),
        ("x1y2z3", "p1q2r3s", "123", 1),
        ("1a2", "a345", "", 1),
    ],
)
def test_what_is_compared_is_aligned(kraken, visit, signed, expected, same, gaps):
    found = visit(kraken).evaluate(COMPARED, [signed, expected])
    assert found == {"whole": True, "same": same, "gaps": gaps, "lines": True}


def flood(url: str, *, rate: int, seconds: float) -> int:
    """``rate`` requests a second over one connection, pipelined; returns how many."""
    request = b"GET /0/public/Time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    sent, started = 0, time.monotonic()
    with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=10) as line:
        reader = threading.Thread(target=lambda: list(iter(lambda: line.recv(1 << 16), b"")))
        reader.start()
        while (passed := time.monotonic() - started) < seconds:
            due = int(passed * rate) - sent
            line.sendall(request * due)
            sent += due
            time.sleep(0.02)
        line.shutdown(socket.SHUT_WR)
        reader.join()
    return sent


def test_a_thousand_requests_a_second(fake, account, visit):
    page = live(visit(fake))
    page.evaluate("""() => {
      window.gap = 0
      let last = performance.now()
      const frame = (now) => { window.gap = Math.max(window.gap, now - last); last = now; requestAnimationFrame(frame) }
      requestAnimationFrame(frame)
    }""")
    sent = []
    traffic = threading.Thread(target=lambda: sent.append(flood(fake.url, rate=1500, seconds=4)))
    traffic.start()
    trips = []
    while traffic.is_alive():
        asked = time.monotonic()
        page.evaluate("document.title")
        trips.append(time.monotonic() - asked)
        page.wait_for_timeout(50)
    assert sent[0] > 5600
    rates = page.locator("#rate").text_content().replace(",", "")
    assert int(rates) > 500
    assert max(trips) < 1
    assert page.evaluate("window.gap") < 1000
    without_0(fake, account)
    expect(rows(page).first).to_contain_text("signature/path-without-0")
    assert rows(page).count() < 100, "only what is in sight is drawn"
    expect(page.locator("#count")).to_have_text(re.compile("^5,[0-4][0-9]{2}$"))  # the oldest are dropped
    page.locator(".scroll").evaluate("(list) => (list.scrollTop = 5000)")
    in_sight = "() => document.elementFromPoint(500, 500).closest('.row')?.id"
    expect(page.locator(".row[aria-rowindex='190']")).to_be_visible()
    seen = page.evaluate(in_sight)
    spot(fake.url, account)
    expect(page.locator("#newer")).to_have_text("↑ 1 newer")
    assert page.evaluate(in_sight) == seen, "what is being read stays where it is"
    page.locator("#newer").click()
    expect(rows(page).first).to_contain_text(BALANCE_EX)
