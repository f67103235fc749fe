"""``POST /_mock/explain``: the doctor for a posted request, which changes nothing."""

import json

import pytest

from tests.requests import BALANCE_EX, FORM, api_sign, fresh_nonce, send, spot


def explain(kraken, document):
    return send(kraken.url, "POST", "/_mock/explain", body=json.dumps(document))


def document(account, nonce, *, path=BALANCE_EX, signed=None):
    body = f"nonce={nonce}"
    headers = {
        "API-Key": account.api_key,
        "API-Sign": api_sign(account.api_secret, signed or path, nonce, body.encode()),
        "Content-Type": FORM,
    }
    return {"method": "POST", "url": f"https://api.kraken.com{path}", "headers": headers, "body": body}


def test_as_the_journal_would_show_it(kraken, account):
    (entry,) = explain(kraken, document(account, 5, signed="/private/BalanceEx")).json["entries"]
    assert entry["diagnosis"]["codes"] == ["signature/path-without-0"]
    assert entry["response"]["body"] == '{"error":["EAPI:Invalid signature"]}'
    assert entry["account"] == account.name
    assert entry["request"]["headers"]["api-sign"] == "(redacted)"


def test_nothing_is_changed(kraken, account):
    account.update({"keys": {"tier": "starter"}})
    before, limits = account.read(), f"/_mock/accounts/{account.name}/limits"
    counters = send(kraken.url, "GET", limits).json
    nonce = fresh_nonce()
    for _ in range(3):
        (entry,) = explain(kraken, document(account, nonce)).json["entries"]
        assert entry["diagnosis"] is None
        assert json.loads(entry["response"]["body"])["result"]["ZUSD"]["balance"] == "100.0000"
        explain(kraken, document(account, nonce, signed="/"))
    assert (account.journal(), account.read(), send(kraken.url, "GET", limits).json) == ([], before, counters)
    assert spot(kraken.url, account, nonce=nonce).json["error"] == []


def test_it_knows_what_has_happened(kraken, account):
    nonce = fresh_nonce()
    number = int(spot(kraken.url, account, nonce=nonce).headers["mock-request-id"])
    (entry,) = explain(kraken, document(account, nonce)).json["entries"]
    assert entry["diagnosis"]["code"] == "nonce/raced"
    assert entry["diagnosis"]["related"] == [number]


def test_a_pasted_command(kraken, account):
    command = f"curl {kraken.url}{BALANCE_EX} -d nonce=5 -H 'API-Key: {account.api_key}' -H 'API-Sign: wrong'"
    (entry,) = explain(kraken, {"text": command}).json["entries"]
    assert entry["diagnosis"]["code"] == "signature/malformed"


def test_an_entry_of_the_journal_stays_as_it_was_judged(kraken, account):
    spot(kraken.url, account)
    (recorded,) = account.journal()
    assert explain(kraken, {"text": json.dumps(recorded)}).json["entries"] == [recorded]


@pytest.mark.parametrize(
    ("path", "code"), [("/private/BalanceEx", "path/without-0"), ("/0/private/AddOrder", "path/unknown")]
)
def test_paths_that_are_not_there(kraken, account, path, code):
    (entry,) = explain(kraken, document(account, 5, path=path)).json["entries"]
    assert (entry["diagnosis"]["code"], entry["account"]) == (code, account.name)


WRONG = [
    ({}, 400),
    ({"method": "GET"}, 400),
    ({"text": "hello"}, 409),
    ({"text": "curl 'http"}, 409),
    ({"text": "curl http://h/0/private/Balance -d @/etc/hostname"}, 409),
    ({"text": "curl" + " h" * 21}, 409),
]


@pytest.mark.parametrize(("document", "status"), WRONG)
def test_what_is_no_request(kraken, document, status):
    answer = explain(kraken, document)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
