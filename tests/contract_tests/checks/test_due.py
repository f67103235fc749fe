"""What a request has coming, told from its bytes."""

import json

import pytest

from contract_tests.calls import BALANCE_EX, FORM_TYPE, TRADE_BALANCE
from contract_tests.checks.due import ACCEPTED, JSON_TYPE, Due, futures_due, spot_due


def trade_balance(parameters):
    return spot_due(TRADE_BALANCE, JSON_TYPE, json.dumps(parameters).encode())


@pytest.mark.parametrize(
    "parameters",
    [
        {"nonce": 5},
        {"nonce": "5", "asset": "ZUSD", "rebase_multiplier": "base", "otp": "123456"},
        {"nonce": 5, "rebase_multiplier": None, "otp": None},
        {"nonce": 5, "rebase_multiplier": "rebased", "otp": 123456},
        {"nonce": 5, "unknown": {"nonce": []}, "": "é𝄞"},
    ],
)
def test_no_mistake(parameters):
    assert trade_balance(parameters) == ACCEPTED


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({}, "EAPI:Invalid nonce"),
        ({"asset": "ZUSD"}, "EAPI:Invalid nonce"),
        ({"nonce": -1}, "EAPI:Invalid nonce"),
        ({"nonce": True}, "EAPI:Invalid nonce"),
        ({"nonce": 5, "rebase_multiplier": "AAA"}, "EGeneral:Invalid arguments"),
        ({"nonce": 5, "rebase_multiplier": 0}, "EGeneral:Invalid arguments:rebase_multiplier"),
        ({"nonce": 5, "asset": []}, "EQuery:Unknown asset"),
        ([5], "EAPI:Bad request"),
        ("nonce", "EAPI:Bad request"),
        (None, "EGeneral:Invalid arguments"),
    ],
)
def test_a_mistake(parameters, error):
    due = trade_balance(parameters)
    assert not due.accepted
    assert due.allows(error)
    assert not due.allows("EGeneral:Internal error")


def test_each_mistake_may_be_the_one_that_is_named():
    due = trade_balance({"nonce": -1, "rebase_multiplier": "AAA"})
    assert due.allows("EAPI:Invalid nonce")
    assert due.allows("EGeneral:Invalid arguments")


@pytest.mark.parametrize(
    ("parameters", "errors"),
    [
        ({"nonce": 5, "asset": "XXBT"}, ("EQuery:Unknown asset", "EGeneral:Invalid arguments")),
        ({"nonce": 5, "asset": None}, ("EQuery:Unknown asset", "EGeneral:Invalid arguments")),
        ({"nonce": 5, "otp": []}, ("EGeneral:Invalid arguments", "EGeneral:Permission denied")),
    ],
)
def test_either(parameters, errors):
    assert trade_balance(parameters) == Due(True, errors)


def test_an_asset_is_nothing_to_balance_ex():
    assert spot_due(BALANCE_EX, JSON_TYPE, b'{"nonce":5,"asset":[]}') == ACCEPTED


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        (b"nonce=5", True),
        (b"nonce=5&rebase_multiplier=base&asset=ZUSD&otp=null&a=%C3%A9", True),
        (b"nonce=5&rebase_multiplier=AAA", False),
        (b"nonce=&asset=ZUSD", False),
        (b"asset=ZUSD", False),
        (b"", False),
    ],
)
def test_forms(body, accepted):
    due = spot_due(TRADE_BALANCE, FORM_TYPE, body)
    assert due == ACCEPTED if accepted else not due.accepted


def test_the_null_of_a_form():
    assert spot_due(TRADE_BALANCE, FORM_TYPE, b"nonce=5&rebase_multiplier=null").accepted


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (FORM_TYPE, b"nonce=5&a=1&a=2"),
        (FORM_TYPE, b"nonce=5&a=%00"),
        (FORM_TYPE, b"nonce=5&a=%FF"),
        (JSON_TYPE, b'{"nonce":5,"a":"\\u0000"}'),
        (JSON_TYPE, b'{"nonce":5,"\\ud800":1}'),
        (JSON_TYPE, b'{"nonce":5,"a":"%s"}' % (b"a" * 2**16)),
        ("text/plain", b'{"nonce":5}'),
        ("multipart/form-data", b"nonce=5"),
    ],
)
def test_what_no_document_tells(media_type, body):
    assert spot_due(TRADE_BALANCE, media_type, body) is None


def test_undecodable():
    assert spot_due(TRADE_BALANCE, JSON_TYPE, b"\x85").allows("EAPI:Bad request")


def test_futures():
    assert futures_due(None) == futures_due("0") == futures_due("1415957147987") == ACCEPTED
    assert futures_due("") is None
    assert not futures_due("abc").accepted
    assert futures_due("1.5").allows("authenticationError")
    assert not futures_due("\u0665").accepted
