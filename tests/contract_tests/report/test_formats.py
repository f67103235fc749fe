"""Each format says what the report says, whatever a server puts into its words."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from click import unstyle
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema_rs import validator_for
from markdown_it import MarkdownIt

from contract_tests.case import CASES
from contract_tests.report import console, files, html, json_report, junit, markdown
from contract_tests.report.text import plain, printable
from tests.contract_tests.report.made_up import FAILED, everything, report, result

HOSTILE = [
    "</script><script>alert(1)</script>",
    "]]> & < > \" ' --> <![CDATA[",
    "a | b \\| c",
    "```\n# not a heading\n```` ~~~",
    "\x00\x07\x1b[31m\x7f\x9b",
    "\nfirst line is empty",
    "| --- |\n| x |",
    "<details>&lt;&#60;",
    "{{ x }} ${y} *bold* _it_ [a](b) <https://x.y> @me #1",
    "\ud800\ufffe\ufdd0",
]
texts = st.text(st.characters(codec=None), max_size=80).map(plain) | st.sampled_from([plain(text) for text in HOSTILE])


def hostile(test):
    for text in HOSTILE:
        test = example(plain(text))(test)
    return given(texts)(test)


class Page(HTMLParser):
    """Tags, ids and the text of every ``pre``."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.ids, self.pre, self.links = Counter(), [], [], []
        self._open = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[name] for name in ("src", "href") if name in found]
        if tag == "pre":
            self._open = True
            self.pre.append("")

    def handle_endtag(self, tag):
        self._open = self._open and tag != "pre"

    def handle_data(self, data):
        if self._open:
            self.pre[-1] += data


SHAPE = Page(html.render(everything("x"))).tags


@hostile
def test_html_shows_every_text_and_none_of_it_is_markup(text):
    page = Page(html.render(everything(text)))
    shape = SHAPE - Counter(pre=4, dt=4, dd=4) if not text else SHAPE
    assert page.tags == shape or "kraken.com/" in text or "github.com/" in text
    if text:
        assert page.pre.count("\n" + printable(text)) == 4, "failed, warned, skipped, error"


def test_html_needs_nothing_else():
    page = Page(html.render(everything()))
    assert page.links == ["data:,"] + ["https://docs.kraken.com/api"] * 5
    assert page.tags["script"] == page.tags["style"] == 1
    assert "@import" not in html.STYLE
    assert "url(" not in html.STYLE


def test_html_names_each_case():
    told = everything()
    assert [id for id in Page(html.render(told)).ids if "/" in id] == [result.case.id for result in told.results]


def test_html_shows_coverage():
    told = html.render(everything("EAPI:Invalid nonce"))
    assert "<tr><td>success</td><td>7</td><td></td></tr><tr><td>EAPI:Invalid nonce</td><td>1</td><td></td></tr>" in told
    assert "<tr><td>getTradeBalance</td><td>type</td><td>2/3</td><td>0/3</td><td></td></tr>" in told
    assert "<tr><td>getTradeBalance</td><td>pattern</td><td></td><td></td><td>2/3</td></tr>" in told
    assert "Coverage" not in html.render(everything(coverage=None))


@hostile
def test_junit_is_xml_and_holds_every_text(text):
    root = ElementTree.fromstring(junit.render(everything(text)).encode())
    tests = {test.get("name"): test for test in root.iter("testcase")}
    for id, tag in {
        "spot/auth/wrong-secret": "failure",
        "spot/nonces/window": "skipped",
        "futures/auth/spot-key": "skipped",
        "account/happenings": "error",
    }.items():
        assert (tests[id].find(tag).text or "") == printable(text)


def test_junit_counts():
    root = ElementTree.fromstring(junit.render(everything()).encode())
    names = ("tests", "failures", "errors", "skipped")
    assert [root.get(name) for name in names] == ["5", "1", "1", "2"]
    assert [[suite.get(name) for name in ("name", *names)] for suite in root] == [
        ["spot/auth", "2", "1", "0", "0"],
        ["spot/nonces", "1", "0", "0", "1"],
        ["futures/auth", "1", "0", "0", "1"],
        ["account", "1", "0", "1", "0"],
    ]
    assert root.get("timestamp") == "2026-11-21T12:30:00"


def test_junit_properties_and_evidence():
    root = ElementTree.fromstring(junit.render(everything()).encode())
    passed, failed = root[0]
    assert [property.attrib for property in failed.iter("property")] == [
        {"name": "level", "value": "MUST"},
        {"name": "requirement", "value": "A request."},
        {"name": "source", "value": "docs.kraken.com/api"},
    ]
    assert [child.tag for child in passed] == ["properties"]
    told = failed.find("system-out").text
    assert "--case spot/auth/wrong-secret" in told
    assert "POST http://127.0.0.1:5725/0/private/BalanceEx" in told
    (warning,) = root[1][0].iter("skipped")
    assert warning.get("message") == "warning, a SHOULD is broken: found 1, expected 2"


@hostile
def test_json_is_as_its_schema_says(text):
    validate = validator_for(json.loads(json_report.SCHEMA.read_text())).validate
    told = json.loads(json_report.render(everything(text)).encode())
    validate(told)
    assert [result["message"] for result in told["results"]] == ["", text, text, text, text]
    assert told["results"][1]["example"] == {"amount": text}
    assert told["results"][1]["evidence"][1]["response"]["body"] == text


def test_json_counts():
    told = json.loads(json_report.render(everything(planned=9)))
    assert told["counts"] == {"error": 1, "failed": 1, "warning": 1, "skipped": 1, "passed": 1}
    assert (told["planned"], told["requests"], told["examples"], told["seconds"]) == (9, 14322, 12, 21.44)
    assert told["results"][1]["again"].endswith("--profile dev --case spot/auth/wrong-secret")


def test_json_is_read_again(monkeypatch):
    for judged in everything().results:
        monkeypatch.setitem(CASES, judged.case.id, judged.case)
        assert json_report.read_result(json.loads(json.dumps(json_report.describe_result(judged)))) == judged


def tokens(source):
    return MarkdownIt("commonmark").enable("table").parse(source)


KINDS = Counter(token.type for token in tokens(markdown.render(everything("x"))))


@hostile
def test_markdown_holds_its_shape_and_every_text(text):
    found = tokens(markdown.render(everything(text)))
    kinds = Counter(token.type for token in found)
    if text.strip():
        assert kinds == KINDS
    fences = [token.content for token in found if token.type == "fence"]
    assert fences.count(printable(text) + "\n") == 3
    inlines = [token.content for token in found if token.type == "inline"]
    assert all(child.type in ("text", "strong_open", "strong_close", "code_inline") for token in found
               if token.type == "inline" for child in token.children), inlines  # fmt: skip


@given(texts)
def test_a_cell_of_markdown_reads_as_it_was(text):
    found = tokens(markdown.table(["a", "b"], [[text, "1"]]))
    cells = ["".join(child.content for child in token.children) for token in found if token.type == "inline"]
    assert cells == ["a", "b", " ".join(printable(text).split()), "1"]


@hostile
def test_a_line_of_code_reads_as_it_was(text):
    [_, found, _] = tokens(f"a: {markdown.code(text)}")
    line = " ".join(printable(text).split())
    assert [(child.type, child.content) for child in found.children][1:] == [("code_inline", line)] * bool(line)


def test_markdown_has_room_in_a_summary_of_github():
    many = [result(f"a/{number}", FAILED, message="x" * 9_000) for number in range(400)]
    told = markdown.render(report(*many))
    assert 800_000 < len(told.encode()) < 2**20
    left = int(re.search(r"(\d+) more cases in report.html", told)[1])
    assert told.count("### Failed") + left == 400


def test_console_tells_all():
    told = unstyle(console.render(everything(planned=6)))
    assert told.splitlines()[0] == "ERROR account/happenings MUST"
    assert told.splitlines()[-1] == everything().summary(where=": see above")
    for line in (
        "FAILED spot/auth/wrong-secret MUST",
        "WARNING spot/nonces/window SHOULD",
        "  found        found 1, expected 2",
        "  requirement  A request.",
        "  source       docs.kraken.com/api",
        '  example      {\n                 "amount": "found 1, expected 2"\n               }',
        "  exchanges    POST http://127.0.0.1:5725/0/private/BalanceEx\n               nonce=1\n               200 {",
        "  again        kraken-mock verify server http://127.0.0.1:5725 --profile dev --case spot/auth/wrong-secret",
        "SKIPPED 1 case, which is not passed\n  found 1, expected 2\n    futures/auth/spot-key",
        "Interrupted: 5 of 6 cases were run.",
    ):
        assert line in told
    assert re.search(r"^spot/auth +1 +\. +\. +1 +\. +0\.5$", told, re.MULTILINE)


@hostile
def test_a_terminal_obeys_no_server(text):
    told = unstyle(console.render(everything(text)))
    assert all(c.isprintable() or c in "\n\t" for c in told)


def test_files(tmp_path):
    folder = tmp_path / "a" / "b"
    files.prepare(folder)
    files.write(everything("first"), folder)
    files.write(everything("second €"), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["junit.xml", "report.html", "report.json", "report.md"]
    assert all("second €" in path.read_text(encoding="utf-8") for path in folder.iterdir())


def test_a_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    files.write(everything("before"), tmp_path)
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        files.write(everything("after"), tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    assert all("before" in path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
