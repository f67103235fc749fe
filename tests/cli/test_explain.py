"""``kraken-mock explain``: the verdict on a saved request, and no secret in it."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest
from click import unstyle
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mockserver.auth.keys import fresh_secret
from mockserver.cli import main
from mockserver.cli.explanation import explanation
from tests.requests import ACCOUNTS, BALANCE_EX, FORM, api_sign, authent, spot

KEY = "CJbfPw4tnbf/9en/ZmpewCTKEwmmzO18LXZcHQcu7HPLWre4l8+V9I3y"
SECRET = "FRs+gtq09rR7OFtKj9BGhyOGS3u5vtY/EdiIBO9kD8NFtRX7w7LeJDSrX6cq1D8zmQmGkWFjksuhBvKOAWJohQ=="
MINE = "my/key+of56=="
MY_SECRET = "bXktc2VjcmV0LW9mLTY0LWJ5dGVzLW15LXNlY3JldC1vZi02NC1ieXRlcy1teS1zZWNyZXQtb2YtNjQtYnk+Pw=="
BODY = b"nonce=1700000000000&otp=654321"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch):
    for variable in ("KRAKEN_API_SECRET", "KRAKEN_FUTURES_API_SECRET", "KRAKEN_MOCK_EXPLAIN_SECRET"):
        monkeypatch.delenv(variable, raising=False)


def request(key=KEY, secret=SECRET, *, signed_path=BALANCE_EX, path=BALANCE_EX, body=BODY, **headers):
    sign = api_sign(secret, signed_path, 1700000000000, body)
    return {
        "method": "POST",
        "url": f"https://api.kraken.com{path}",
        "headers": {"API-Key": key, "API-Sign": sign, "Content-Type": FORM, **headers},
        "body": body.decode(),
    }


def run(content, *options):
    content = content if isinstance(content, str | bytes) else json.dumps(content)
    return CliRunner().invoke(main, ["explain", "-", *options], input=content)


def lines(*requests, options=()):
    result = run(list(requests), *options, "--json")
    return [json.loads(line) for line in result.stdout.splitlines()]


def code(saved, *options):
    (described,) = lines(saved, options=options)
    return described["diagnosis"] and described["diagnosis"]["code"]


def test_accepted():
    result = run(request())
    assert (result.stdout, result.exit_code) == (f"POST {BALANCE_EX}: accepted\n  answer    200\n", 0)


def test_refused():
    result = run(request(signed_path="/private/BalanceEx"))
    assert result.exit_code == 1
    assert result.stdout.startswith(
        f"""\
POST {BALANCE_EX}: refused
  answer    200 {{"error":["EAPI:Invalid signature"]}}
  mistake   signature/path-without-0
            the path was signed without its beginning /0
  path
    signed    /private/BalanceEx
    expected  /0/private/BalanceEx
               ^
"""
    )
    assert re.search(r"\n  ruled out \d+ other known mistakes\n$", result.stdout)


def test_a_journal_entry_has_the_shape_that_json_has(kraken, account):
    spot(kraken.url, account, signature="wrong")
    (described,) = lines(request(signed_path="/private/BalanceEx"))
    assert list(described) == list(account.journal()[-1])
    assert described["diagnosis"]["codes"] == ["signature/path-without-0"]


def test_several_requests():
    result = run([request(), request(signed_path="/private/BalanceEx"), request()])
    verdicts = re.findall(r"^\S.*", result.stdout, re.MULTILINE)
    assert [verdict.rpartition(" ")[2] for verdict in verdicts] == ["accepted", "refused", "accepted"]
    assert result.exit_code == 1
    assert run([request(), request(signed_path="/x")], "--entry", "1").exit_code == 0


def test_a_har_says_which_entry():
    har_request = {**request(), "headers": [{"name": k, "value": v} for k, v in request()["headers"].items()]}
    har = {"log": {"entries": [{"request": {"method": "GET", "url": "http://h/"}}, {"request": har_request}]}}
    har_request["postData"] = {"text": har_request.pop("body")}
    assert run(har).stdout.startswith(f"entry 2: POST {BALANCE_EX}: accepted\n")


def test_files_and_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    headers = " ".join(f"-H '{name}: {value}'" for name, value in request()["headers"].items())
    command = f"curl https://api.kraken.com{BALANCE_EX} {headers} -d '{BODY.decode()}'"
    assert CliRunner().invoke(main, ["explain", "--curl", command]).exit_code == 0
    result = CliRunner().invoke(main, ["explain", "--curl", f"{command} -d '\udce9'", "--json"])
    assert json.loads(result.stdout)["request"]["body"].endswith("&\\xe9")
    (tmp_path / "request.sh").write_text(command)
    assert CliRunner().invoke(main, ["explain", "request.sh"]).exit_code == 0
    assert CliRunner().invoke(main, ["explain"], input=command).exit_code == 0


def test_a_terminal_is_not_waited_for():
    terminal, stdin = pty.openpty()
    command = [sys.executable, "-m", "mockserver", "explain"]
    result = subprocess.run(command, stdin=stdin, capture_output=True, text=True, timeout=20)
    os.close(terminal)
    os.close(stdin)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "kraken-mock: give a FILE, - for standard input, or --curl 'curl ...'\n"


def test_an_unknown_key_needs_its_secret(tmp_path):
    mine = request(MINE, MY_SECRET)
    (described,) = lines(mine)
    assert described["diagnosis"]["code"] == "key/unknown"
    remedy = "Give the secret of this key with --secret, or the file of its account with --account."
    assert described["diagnosis"]["remedy"]["sentence"] == remedy
    assert code(mine, "--secret", MY_SECRET) is None
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"keys": {"spot": {"api_key": MINE, "api_secret": MY_SECRET}}}))
    assert code(mine, "--account", str(file)) is None
    assert code(request(f'"{MINE}"', MY_SECRET), "--secret", MY_SECRET) == "key/damaged"
    assert code(request(MINE.replace("+", " "), MY_SECRET), "--secret", MY_SECRET) == "key/damaged"
    assert code(request("é" * 200, MY_SECRET), "--secret", MY_SECRET) == "key/unknown"


def test_secrets_from_the_environment_are_for_unknown_keys(monkeypatch):
    monkeypatch.setenv("KRAKEN_API_SECRET", MY_SECRET)
    assert code(request(MINE, MY_SECRET)) is None
    assert code(request()) is None, "a known key keeps its own"
    assert code(request(), "--secret", MY_SECRET) == "signature/mismatch", "--secret is for any key"
    monkeypatch.setenv("KRAKEN_API_SECRET", fresh_secret())
    monkeypatch.setenv("KRAKEN_MOCK_EXPLAIN_SECRET", MY_SECRET)
    assert code(request(MINE, MY_SECRET)) is None


def test_futures(monkeypatch):
    headers = {"APIKey": MINE, "Authent": authent(MY_SECRET, ACCOUNTS)}
    saved = {"method": "GET", "url": f"https://futures.kraken.com{ACCOUNTS}", "headers": headers}
    monkeypatch.setenv("KRAKEN_API_SECRET", MY_SECRET)
    assert code(saved) == "key/unknown"
    monkeypatch.setenv("KRAKEN_FUTURES_API_SECRET", MY_SECRET)
    assert code(saved) is None
    headers["Authent"] = authent(MY_SECRET, "/derivatives" + ACCOUNTS)
    assert code(saved) == "signature/path-with-derivatives"


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        (MINE, "is the public API key"),
        (f"{MY_SECRET}\n", "has white space or a newline around it"),
        (f'"{MY_SECRET}"', "has quotes around it"),
        (MY_SECRET.replace("+", "%2B"), "is URL-encoded"),
        (MY_SECRET.replace("+", " "), "has white space in it"),
        (MY_SECRET.replace("+", "-"), "is url-safe base64"),
        (MY_SECRET[:-3], "is not base64"),
        ("é!", "is not base64"),
        ("QUJDREU=", "is not as long as a secret"),
        ("QUJD" * 65, "is not as long as a secret"),
    ],
)
@pytest.mark.parametrize("source", ["--secret", "KRAKEN_API_SECRET"])
def test_a_damaged_secret_is_not_told(secret, message, source, monkeypatch):
    if source == "--secret":
        result = run(request(MINE), "--secret", secret)
    else:
        monkeypatch.setenv(source, secret)
        result = run(request(MINE))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"kraken-mock: the secret in {source} {message}")
    assert result.stderr.count("\n") == 1
    assert secret == "" or secret.strip() == "" or secret.strip() not in result.stderr


def test_nothing_secret_is_printed():
    header = {"X-Secret": MY_SECRET}
    saved = request(MINE, MY_SECRET, signed_path="/private/BalanceEx", **header)
    saved["url"] += f"?sign={saved['headers']['API-Sign']}"
    saved["headers"]["API-OTP"] = "765432"
    for options in ([], ["--json"]):
        result = run(saved, "--secret", MY_SECRET, *options)
        assert result.exit_code == 1
        assert "(redacted)" in result.stdout
        for secret in (MY_SECRET, saved["headers"]["API-Sign"], "654321", "765432"):
            assert secret not in result.output


def test_a_journal_entry_is_not_judged_again(kraken, account):
    spot(kraken.url, account, signature="wrong")
    entry = account.journal()[-1]
    for options, printed in ([], "mistake   signature/"), (["--json"], '"signature/'):
        result = run(entry, *options)
        assert printed in result.stdout
        assert result.exit_code == 1
        assert result.stderr == (
            f"kraken-mock: journal entry {entry['id']}: the journal redacts signatures, so it is not judged again; "
            "this is what the fake said then\n"
        )


def test_a_body_beyond_what_is_read():
    assert code(request(body=BODY + b"&x=" + b"y" * 65_536)) == "body/too-large"


def explained(comparison=(), **diagnosis):
    parts = [{"name": "data", "signed": signed, "expected": expected} for signed, expected in comparison]
    told = {"code": "a/b", "codes": ["a/b", "c/d"], "sentence": "so", "comparison": parts, **diagnosis}
    asked = {"method": "POST", "path": "/p\x1b[31m\xe9", "query": "q=\n"}
    return unstyle(explanation({"request": asked, "response": None, "diagnosis": told}, "")).splitlines()


def test_the_caret_stands_under_the_first_difference():
    for signed, expected in [
        ("abc", "abd"),
        ("", "x"),
        ("ab", "abc"),
        ("\xe9x", "\xe9y"),
        ("p" * 300 + "x", "p" * 300),
    ]:
        signed_line, expected_line, caret = explained([(signed, expected)])[-3:]
        caret_at = caret.index("^")
        assert signed_line[:caret_at].replace("signed  ", "expected") == expected_line[:caret_at]
        assert signed_line[caret_at : caret_at + 1] != expected_line[caret_at : caret_at + 1]
        assert max(len(signed_line), len(expected_line)) < 120


def test_long_texts_are_cut():
    signed_line, expected_line, _ = explained([("p" * 300 + "x" * 300, "p" * 300)])[-3:]
    assert signed_line == f"    signed    ...{'p' * 40}{'x' * 56}..."
    assert expected_line == f"    expected  ...{'p' * 40}"
    assert explained(sentence="s" * 301)[-1] == f"            {'s' * 300}..."


def test_what_is_not_known_or_not_different():
    assert explained([(None, "right")])[-2:] == ["  data", "    expected  right"]
    assert explained([("same", "same")])[-1] == "            so"


def test_all_that_is_told():
    remedy = {"sentence": "Do this.", "language": "Python", "line": "x = 1"}
    told = explained(remedy=remedy, facts={"last nonce": "5"}, ruled_out=["e/f"])
    assert told == [
        r"POST /p\x1b[31m\xe9?q=\n: refused",
        "  mistake   a/b, c/d",
        "            so",
        "  remedy    Do this.",
        "            x = 1   (Python)",
        "  fact      last nonce: 5",
        "  ruled out 1 other known mistake",
    ]


def test_colour_is_for_terminals():
    assert "\x1b[31m" in CliRunner().invoke(main, ["explain", "-"], input=json.dumps(request("x")), color=True).stdout
    assert "\x1b" not in run(request("x")).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-file"], "no-such-file: cannot be read: No such file or directory"),
        (["."], ".: cannot be read: Is a directory"),
        (["-"], "standard input: no request found"),
        (["--curl", "x"], "--curl: no request found"),
        (["file", "--curl", "x"], "give a FILE or --curl, not both"),
        (["--entry", "0", "-"], "'--entry': 0 is not in the range x>=1"),
        (["--curl", "curl h", "--entry", "2"], "--curl: there is no entry 2, only 1"),
        (["--curl", "curl h", "--account", "no-such-file"], "no-such-file: cannot be read"),
    ],
)
def test_wrong_use(arguments, message):
    result = CliRunner().invoke(main, ["explain", *arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.startswith("kraken-mock: ")
    assert result.stderr.count("\n") == 1


HEADERS = st.sampled_from(
    ["API-Key", "API-Sign", "APIKey", "Authent", "Nonce", "API-Nonce", "API-OTP", "Content-Type", "Content-Length"]
)
VALUES = st.text() | st.sampled_from([KEY, SECRET, FORM, "application/json", "5"])
STRANGE = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", ""]) | st.text(),
        "url": st.sampled_from([BALANCE_EX, ACCOUNTS]) | st.text(),
    },
    optional={
        "headers": st.dictionaries(HEADERS, VALUES) | st.just({"API-Key": KEY, "API-Sign": SECRET}),
        "body": st.text()
        | st.sampled_from(["nonce=1", '{"nonce": 1}', "nonce=1&nonce=2", '{"nonce": {}}', "[" * 5_000]),
    },
)


@given(st.binary() | st.text() | STRANGE, st.sampled_from([[], ["--json"]]))
def test_any_input_has_an_answer(content, options):
    result = run(content, *options, "--secret", MY_SECRET)
    assert result.exit_code in (0, 1, 2)
    assert isinstance(result.exception, SystemExit | None)
    assert "Traceback" not in result.output
    assert (result.stdout == "") == (result.exit_code == 2)
    if result.exit_code == 2:
        assert result.stderr.count("\n") == 1
