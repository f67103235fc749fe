"""Each check of ours fails on a server that breaks what it demands, and on no other."""

import json
from functools import partial

import pytest

from contract_tests.case import Violation
from contract_tests.checks.engine import Effort, explore
from mockserver import effective_document

EFFORT = Effort(requests=5, coverage=True)
OPERATIONS = ["getExtendedBalance", "getTradeBalance", "getAccounts"]


def run(url, account, operation, document=None, effort=EFFORT):
    answers = []
    send = partial(explore, operation=operation, effort=effort, observe=answers.append)
    if operation == "getAccounts":
        document = document or effective_document("futures-rest")
        url, key, secret = f"{url}/derivatives/api/v3", account.futures_api_key, account.futures_api_secret
    else:
        document = document or effective_document("spot-rest")
        url, key, secret = f"{url}/0", account.api_key, account.api_secret
    send(document, url=url, key=key, secret=secret)
    return answers


def replacing(old, new):
    """A part of every answer by another."""
    return lambda seen: (seen.status, seen.answer.replace(old, new)) if old in seen.answer else None


def accepting(error):
    """What is refused with ``error`` gets the last success instead."""
    last = {}

    def lie(seen):
        if error.encode() not in seen.answer:
            if b'"error":[]' in seen.answer or b'"success"' in seen.answer:
                last["answer"] = seen.answer
            return None
        return 200, last["answer"]

    return lie


def refusing(part, error):
    """What holds ``part`` is refused with ``error``."""
    refusal = json.dumps({"error": [error]}).encode()
    return lambda seen: (200, refusal) if part in seen.body else None


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_truth(kraken, account, lying, operation):
    with lying(lambda seen: None) as url:
        assert len(run(url, account, operation)) > 20


SPOT_LIES = [
    ("kraken_envelope", replacing(b'"]}', b'"],"result":{}}'), "there is not either a `result` or an error"),
    ("kraken_envelope", replacing(b'"EAPI:Invalid nonce"', b'"Invalid nonce"'), "'Invalid nonce' is not <severity>"),
    ("kraken_signed_accepted", refusing(b'"nonce": "', "EAPI:Invalid nonce"), 'expected "error":[] and a result'),
    ("kraken_signed_accepted", refusing(b"&rebase_multiplier=base", "EGeneral:Invalid arguments"), "Invalid arguments"),
    ("kraken_negative_rejected", accepting("EGeneral:Invalid arguments"), "expected EAPI:Bad request or EAPI:Invalid"),
    ("kraken_negative_rejected", accepting("EAPI:Invalid nonce"), "EAPI:Invalid signature or EAPI:Bad"),
    ("kraken_negative_rejected", replacing(b"EAPI:Invalid nonce", b"EGeneral:Internal error"), "Internal error"),
    ("kraken_auth_rejected", accepting("EAPI:Invalid key"), "for a request without a key, found 200"),
    ("kraken_auth_rejected", accepting("EAPI:Invalid signature"), "for a request signed with another secret"),
]


@pytest.mark.parametrize("operation", OPERATIONS[:2])
@pytest.mark.parametrize(("check", "lie", "part"), SPOT_LIES, ids=[f"{lie[0]}-{n}" for n, lie in enumerate(SPOT_LIES)])
def test_spot_lies(account, lying, operation, check, lie, part):
    with lying(lie) as url, pytest.raises(Violation, match=f"(?m)^{check}: ") as broken:
        run(url, account, operation)
    assert part in str(broken.value)


FUTURES_LIES = [
    ("kraken_envelope", replacing(b'Z"}', b'"}'), "`serverTime` is not a UTC time"),
    (
        "kraken_envelope",
        replacing(b'"result":"error","error"', b'"result":"failure","error"'),
        "neither success nor error",
    ),
    ("kraken_envelope", replacing(b'"error":"authentication', b'"accounts":{},"error":"authentication'), "not either"),
    ("kraken_signed_accepted", replacing(b'"result":"success"', b'"result":"error"'), "expected"),
    ("kraken_auth_rejected", accepting("authenticationError"), "for a request without a key, found 200"),
    ("kraken_figures", replacing(b'"portfolioValue":0', b'"portfolioValue":1'), "portfolioValue"),
]


@pytest.mark.parametrize(("check", "lie", "part"), FUTURES_LIES, ids=[lie[2][:20] for lie in FUTURES_LIES])
def test_futures_lies(account, lying, check, lie, part):
    with lying(lie) as url, pytest.raises(Violation, match=f"(?m)^{check}: ") as broken:
        run(url, account, "getAccounts")
    assert part in str(broken.value)


@pytest.mark.parametrize(
    ("operation", "lie", "part"),
    [
        ("getExtendedBalance", replacing(b'"hold_trade":"0.0000"', b'"hold_trade":"0.00"'), "hold_trade"),
        ("getTradeBalance", replacing(b'"mf":"100.0000"', b'"mf":"100.0002"'), "mf"),
    ],
)
def test_figures(account, lying, operation, lie, part):
    with lying(lie) as url, pytest.raises(Violation, match=r"(?m)^kraken_figures: ") as broken:
        run(url, account, operation)
    assert part in str(broken.value)


def test_a_nonce_that_is_not_a_number_is_accepted_by_futures(account, lying):
    success = {}

    def lie(seen):
        if b'"success"' in seen.answer:
            success["answer"] = seen.answer
        if not seen.headers.get("nonce", "0").isdecimal() and seen.status == 200:
            return 200, success["answer"]
        return None

    with (
        lying(lie) as url,
        pytest.raises(Violation, match=r"^kraken_negative_rejected: expected authenticationError or"),
    ):
        run(url, account, "getAccounts")


@pytest.mark.parametrize(
    ("check", "lie"),
    [
        ("status_code_conformance", lambda seen: (418, seen.answer) if seen.status == 200 else None),
        ("not_a_server_error", lambda seen: (500, seen.answer) if seen.status == 200 else None),
        ("response_schema_conformance", replacing(b'"hold_trade"', b'"hold"')),
    ],
)
def test_checks_of_schemathesis_that_are_kept(account, lying, check, lie):
    with lying(lie) as url, pytest.raises(Violation, match=f"(?m)^{check}: "):
        run(url, account, "getExtendedBalance")


def test_a_method_that_does_not_exist(account, lying):
    def lie(seen):
        return (200, b'{"error":[],"result":{}}') if seen.status == 405 else None

    with (
        lying(lie) as url,
        pytest.raises(Violation, match="kraken_negative_rejected: expected EGeneral:Unknown method"),
    ):
        run(url, account, "getExtendedBalance")


def test_no_answer(account):
    with pytest.raises(Violation, match="got no answer"):
        run("http://127.0.0.1:9", account, "getAccounts")


def test_no_secret_in_a_violation(account, lying):
    sent = set()

    def lie(seen):
        sent.update(value for name, value in seen.headers.items() if name in ("api-key", "api-sign"))
        return 500, b""

    with lying(lie) as url, pytest.raises(Violation) as broken:
        run(url, account, "getTradeBalance")
    assert account.api_key in sent
    assert "curl -X POST" in str(broken.value)
    assert [secret for secret in (*sent, account.api_secret) if secret in str(broken.value)] == []


def test_two_accounts_one_after_the_other(kraken, account):
    """Nothing of a run is left for the next."""
    other = kraken.create_account()
    for one in (account, other, account):
        answers = run(kraken.url, one, "getTradeBalance")
        keys = {answer.request.headers.get("API-Key") for answer in answers}
        assert keys - {None, "contract/tests/unknown/key"} == {one.api_key}


def test_the_same_requests_in_every_run(kraken, account):
    def bodies(answers):
        return [answer.request.body for answer in answers if b"nonce" not in answer.request.body]

    first, second = (run(kraken.url, account, "getExtendedBalance") for _ in range(2))
    assert [answer.request.method for answer in first] == [answer.request.method for answer in second]
    assert bodies(first) == bodies(second)


def test_another_document_is_refused(account):
    document = {"openapi": "3.0.0", "info": {"title": "Pets", "version": "1"}, "paths": {"/pets": {"get": {}}}}
    with pytest.raises(ValueError, match="not a document of Kraken's"):
        run("http://127.0.0.1:9", account, "getPets", document)
