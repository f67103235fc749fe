"""Several clients side by side, in each format, whatever they put into their words."""

import json
import re
from collections import Counter
from xml.etree import ElementTree

import pytest
from click import unstyle
from jsonschema_rs import validator_for

from contract_tests.report import badge, console, files, json_report, junit, matrix_html, matrix_markdown
from contract_tests.report.html import STYLE
from contract_tests.report.matrix import Column, score
from contract_tests.report.model import Outcome
from contract_tests.report.text import printable
from tests.contract_tests.report.made_up import ERROR, FAILED, PASSED, SKIPPED, client, clients, matrix, report, result
from tests.contract_tests.report.test_formats import Page, hostile, tokens

PASS = result(verdict=PASSED)
BROKEN = result(verdict=FAILED)
ACCEPTED = result(verdict=FAILED, accepted="until 2027-01-31: known")
SHOULD_BROKEN = result(verdict=FAILED, level="SHOULD")
SKIP = result(verdict=SKIPPED, message="why")
BROKE = result(verdict=ERROR)
GONE = Column(name="c", unavailable="npm is missing")


@pytest.mark.parametrize(
    ("columns", "usual", "strict", "all"),
    [
        ([client("a", PASS), client("b", PASS)], 0, 0, 0),
        ([client("a", PASS), client("b", BROKEN)], 1, 1, 1),
        ([client("a", PASS), client("b", ACCEPTED)], 0, 0, 0),
        ([client("a", PASS), client("b", SHOULD_BROKEN)], 0, 1, 0),
        ([client("a", PASS), client("b", BROKE)], 1, 1, 1),
        ([client("a", PASS), client("b", SKIP)], 2, 2, 2),
        ([client("a", PASS), client("b", PASS, SKIP)], 0, 0, 1),
        ([client("a", PASS), GONE], 2, 2, 2),
        ([client("a", BROKEN), client("b", SKIP), GONE], 1, 1, 1),
    ],
)
def test_exit_code(columns, usual, strict, all):
    judged = matrix(*columns)
    assert [judged.exit_code(), judged.exit_code(strict=True), judged.exit_code(all=True)] == [usual, strict, all]


def test_what_is_fixed_counts_where_strict():
    judged = matrix(client("a", PASS), fixed=("x is fixed",))
    assert [judged.exit_code(), judged.exit_code(strict=True)] == [0, 1]


def test_score_is_of_what_was_judged():
    assert score([PASS, BROKEN, ACCEPTED, BROKE, SHOULD_BROKEN, SKIP]) == "1/5"
    assert score([SKIP]) == score([]) == ""


def test_counts_are_of_all_clients():
    expected = {"passed": 7, "failed": 1, "warning": 1, "accepted": 1, "error": 1, "skipped": 1}
    assert clients().counts == {Outcome(name): count for name, count in expected.items()}


def test_a_report_without_acceptances_does_not_speak_of_them():
    judged = report(PASS)
    assert "accepted" not in judged.summary()
    assert "accepted" not in unstyle(console.render(judged))
    assert "accepted" not in json_report.describe(judged)["counts"]


def test_console_of_what_is_accepted():
    told = unstyle(
        console.render(client("a", PASS, result("x/y", FAILED, message="1\n2", accepted="until then: so")).report)
    )
    assert "ACCEPTED 1 failure\n  x/y: accepted until then: so\n    1\n" in told
    assert "FAILED" not in told
    assert told.splitlines()[-1].startswith("1 passed, 0 failed, 0 warnings, 1 accepted, 0 skipped, ")


def test_console_of_a_call():
    told = unstyle(console.render(clients().columns[0].report))
    assert "no answer\n" in told
    assert "client gave  BalanceEx: returned error (no kind, retryable or not: unsaid): found 1, expected 2\n" in told
    assert "BalanceEx: driver error (late): found 1, expected 2\n" in told


def test_console_clients():
    told = unstyle(console.clients(clients("gone", fixed=("x is fixed",)))).splitlines()
    assert [line.split() for line in told] == [
        ["passed", "of", "judged", "request", "failures", "all"],
        ["krakenex", "1/1", "0/4", "1/5"],
        ["node", "2/2", "4/4", "6/6"],
        ["npm-ccxt", "not", "available:", "gone"],
        ["x", "is", "fixed"],
    ]
    assert len({len(line) for line in told[:3]}) == 1
    assert console.clients(matrix(client("a", PASS))) == ""


@hostile
def test_a_terminal_obeys_no_client(text):
    judged = clients(text, name=text)
    told = unstyle(console.clients(judged) + console.render(judged.reports[0]))
    assert all(c.isprintable() or c in "\n\t" for c in told)


SHAPE = Page(matrix_html.render(clients("x", name="x"))).tags


@hostile
def test_html_shows_every_text_and_none_of_it_is_markup(text):
    page = Page(matrix_html.render(clients(text, name=text)))
    if text:
        assert page.tags == SHAPE or "kraken.com/" in text or "github.com/" in text
        assert page.pre.count("\n" + printable(text)) == 5, "skipped, failed, warned, accepted, error"


def test_html_needs_nothing_else():
    page = Page(matrix_html.render(clients()))
    assert {link for link in page.links if not link.startswith("https://docs.kraken.com")} == {"data:,"}
    assert page.tags["script"] == page.tags["style"] == 1
    assert matrix_html.OWN_STYLE.startswith(STYLE)
    assert "@import" not in matrix_html.OWN_STYLE
    assert "url(" not in matrix_html.OWN_STYLE


def test_html_has_a_cell_for_each_client_and_case():
    told = matrix_html.render(clients())
    cells = Counter(re.findall(r'<td class="cell"(?: data-outcome="(\w+)")?', told))
    assert cells == {"passed": 7, "failed": 1, "warning": 1, "accepted": 1, "error": 1, "skipped": 1, "": 6}
    ids = [id for id in Page(told).ids if ":" in id]
    assert len(ids) == len(set(ids)) == 12
    assert {f'popovertarget="{id}"' in told for id in ids} == {True}
    assert "<b>npm-ccxt</b> is not available: found 1, expected 2" in told


def test_html_tells_what_a_cell_means():
    told = matrix_html.render(clients())
    for part in (
        '<span class="unseen">failed: krakenex, client/failures/html</span>',
        "<dt>Smallest example</dt>",
        "kraken-mock verify client krakenex --profile dev --case client/failures/html",
        "<dt>Accepted</dt><dd>until 2027-01-31: found 1, expected 2</dd>",
        "<figcaption>The client gave</figcaption>",
        "no answer</pre>",
        "fault: body truncated",
        "1 of 2 clients breaks the contract",
    ):
        assert part in told


def test_html_of_one_client_has_room_for_requirements():
    one, many = matrix(client("a", PASS)), matrix(*(client(f"c{n}", PASS) for n in range(9)))
    assert '<td class="requirement">A request.</td>' in matrix_html.render(one)
    assert '<td class="requirement">' not in matrix_html.render(many)
    assert "<title>Nothing is broken: a</title>" in matrix_html.render(one)


KINDS = Counter(token.type for token in tokens(matrix_markdown.render(clients("x", name="x"))))


@hostile
def test_markdown_holds_its_shape(text):
    found = tokens(matrix_markdown.render(clients(text, name=text)))
    if text.strip():
        assert Counter(token.type for token in found) == KINDS


def test_markdown_tells_all():
    told = matrix_markdown.render(clients())
    for line in (
        "# Kraken's contract: 3 clients",
        "| krakenex | 2.2.2 | Python 3.11.7 | 1/1 | 0/4 | 1/5 |",
        "- **npm-ccxt** not available: `found 1, expected 2`",
        "| html | MUST | ❌ | ✅ |  |",
        "| kinds | SHOULD | ⚠️ | ✅ |  |",
        "| never | MUST | 📌 | ✅ |  |",
        "| reset | MUST | 💥 | ✅ |  |",
        "| key | MUST | · | ✅ |  |",
        "- **krakenex**: `found 1, expected 2`",
        "- **krakenex** (accepted until 2027-01-31: found 1, expected 2): `found 1, expected 2`",
        "## Fixed, and still in the baseline\n\n- found 1, expected 2",
    ):
        assert f"\n{line}\n" in f"\n{told}"
    headings = re.findall("^##.*", told, re.MULTILINE)
    assert headings[-6:] == [
        "## What breaks a MUST",
        "### client/failures/html",
        "### client/failures/never",
        "### client/failures/reset",
        "## What breaks a SHOULD",
        "### client/failures/kinds",
    ]


def test_markdown_cuts_what_a_client_says():
    told = matrix_markdown.render(clients("x" * 900 + "\nsecond"))
    [line] = re.findall(r"^- \*\*krakenex\*\*: .*", told.partition("## What breaks a SHOULD")[2], re.MULTILINE)
    assert 200 < len(line) < 260
    assert "second" not in line


def test_markdown_of_one_client_is_that_of_a_server():
    told = matrix_markdown.render(matrix(client("a", PASS, BROKEN, ACCEPTED), fixed=("x is fixed",)))
    assert told.startswith("# Kraken's contract: client a: a 2.2.2, Python 3.11.7\n")
    assert "\n### Failed: spot/auth/signed\n" in told
    assert "| Topic | Passed | Failed | Errors | Warnings | Accepted | Skipped | Seconds |" in told
    assert "\n## Failures that the baseline accepts\n" in told
    assert told.endswith("\n## Fixed, and still in the baseline\n\n- x is fixed\n")


@hostile
def test_junit_is_xml(text):
    root = ElementTree.fromstring(junit.render_matrix(clients(text, name=text)).encode())
    assert {test.get("name") for test in root[1]} == {
        f"client/failures/{id}" for id in ("html", "kinds", "never", "reset")
    }
    assert root[1].get("name") == f"{printable(text)}: client/failures"


def test_junit_has_a_suite_for_each_client_and_topic():
    root = ElementTree.fromstring(junit.render_matrix(clients()).encode())
    names = ("name", "tests", "failures", "errors", "skipped")
    assert [[suite.get(name) for name in names] for suite in [root, *root]] == [
        ["kraken-mock verify client", "13", "1", "2", "3"],
        ["krakenex: client/request", "2", "0", "0", "1"],
        ["krakenex: client/failures", "4", "1", "1", "2"],
        ["node: client/request", "2", "0", "0", "0"],
        ["node: client/failures", "4", "0", "0", "0"],
        ["npm-ccxt", "1", "0", "1", "0"],
    ]
    assert root[0][0].get("classname") == "krakenex: client/request"
    messages = [element.get("message") for element in root[1].iter("skipped")]
    assert messages == [
        "warning, a SHOULD is broken: found 1, expected 2",
        "accepted until 2027-01-31: found 1, expected 2: found 1, expected 2",
    ]


@hostile
def test_json_is_as_its_schema_says(text):
    validate = validator_for(json.loads(json_report.SCHEMA.read_text())).validate
    several = json.loads(json_report.render_matrix(clients(text, name=text)).encode())
    validate(several)
    assert [each["name"] for each in several["clients"]] == [text, "node", "npm-ccxt"]
    assert several["clients"][2] == {"name": "npm-ccxt", "report": None, "unavailable": text}
    assert several["fixed"] == [text]
    one = json.loads(json_report.render_matrix(matrix(clients(text).columns[0])))
    validate(one)
    assert one["client"] == {"name": "krakenex", "version": "2.2.2", "language": "Python 3.11.7"}
    assert one["counts"]["accepted"] == 1
    assert [each.get("accepted") for each in one["results"]].count(f"until 2027-01-31: {text}") == 1


@pytest.mark.parametrize(
    ("results", "value", "color"),
    [
        ([PASS, SKIP], "1/1", Outcome.PASSED),
        ([PASS, SHOULD_BROKEN], "1/2", Outcome.WARNING),
        ([PASS, ACCEPTED], "1/2", Outcome.ACCEPTED),
        ([PASS, BROKEN, SHOULD_BROKEN, SKIP], "1/3", Outcome.FAILED),
        ([PASS, BROKE], "1/2", Outcome.ERROR),
        ([SKIP], "not judged", Outcome.SKIPPED),
    ],
)
def test_badge(results, value, color):
    root = ElementTree.fromstring(badge.render(client("a", *results)))
    assert [text.text for text in root.findall(".//{*}text")] == ["kraken contract", value]
    assert [shape.get("fill") for shape in root.findall(".//{*}rect")][2] == badge.COLORS[color]
    assert root.get("aria-label") == f"a: kraken contract: {value}"


def test_badge_of_a_client_that_is_not_available():
    assert ">not judged</text>" in badge.render(GONE)


@hostile
def test_badge_is_xml_alone(text):
    root = ElementTree.fromstring(badge.draw(text, text, "#fff", title=text))
    assert len(list(root.iter())) == 10
    assert [element.text or "" for element in root.findall(".//{*}text")] == [printable(text)] * 2


def test_badge_is_as_wide_as_its_texts():
    root = ElementTree.fromstring(badge.draw("ab", "mi", "#fff", title="t"))
    assert [text.get("textLength") for text in root.findall(".//{*}text")] == ["14", "14"]
    assert [root.get("width"), *(text.get("x") for text in root.findall(".//{*}text"))] == ["52", "6", "32"]


def test_badges_have_names_of_their_own():
    assert badge.file_names(["krakenex", "exec:./a b", "exec:../a/b", "../../etc/passwd", "€"]) == {
        "krakenex": "badge-krakenex.svg",
        "exec:./a b": "badge-exec-.-a-b.svg",
        "exec:../a/b": "badge-exec-..-a-b.svg",
        "../../etc/passwd": "badge-..-..-etc-passwd.svg",
        "€": "badge-.svg",
    }
    assert list(badge.file_names(["a:b", "a/b", "a b"]).values()) == [
        "badge-a-b.svg",
        "badge-a-b-2.svg",
        "badge-a-b-3.svg",
    ]
    assert len(badge.file_names(["x" * 500])["x" * 500]) < 100


def test_files(tmp_path):
    files.write_matrix(clients(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "badge-krakenex.svg",
        "badge-node.svg",
        "badge-npm-ccxt.svg",
        "junit.xml",
        "report.html",
        "report.json",
        "report.md",
    ]
    assert all("krakenex" in path.read_text() for path in tmp_path.glob("[jr]*"))
