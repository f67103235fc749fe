"""API-Key and API-Sign of Spot, APIKey and Authent of Futures.

A Spot refusal says whether the key or the signature is wrong; Futures has one code for all of it.
"""

from uuid import uuid4

from hypothesis import strategies as st

from contract_tests.calls import ACCOUNTS, BALANCE_EX, FORM, TRADE_BALANCE, Encoding, Futures, Spot
from contract_tests.case import MUST, Violation, case
from contract_tests.server import Control
from contract_tests.signing import api_sign, authent
from contract_tests.strategies.requests import (
    FUTURES_SIGNING_MISTAKES,
    SPOT_SIGNING_MISTAKES,
    encodings,
    operations,
    unknown_parameters,
)

INVALID_KEY = "EAPI:Invalid key"
INVALID_SIGNATURE = "EAPI:Invalid signature"
AUTHENTICATION_ERROR = "authenticationError"

OTHER_SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
UNKNOWN_KEY = "nobodyhasthiskey0000000000000000000000000000000000000000"

SPOT_AUTH = "docs.kraken.com/api/docs/guides/spot-rest-auth"
ERRORS = "docs.kraken.com/exchange/guides/general/errors"
FUTURES_AUTH = "docs.kraken.com/api/docs/guides/futures-rest"
ONE_CODE = "recorded: CryptoFacilities/REST-v3-Python issue 8, python-kraken-sdk issue 303 (GET accounts)"


@case(
    "spot/auth/signed",
    MUST,
    "A request with its key's signature over path, nonce and body is answered, whatever else is in the body.",
    source=f'{SPOT_AUTH}: "HMAC-SHA512 of (URI path + SHA256(nonce + POST data)) and base64 decoded secret API key"',
    path=operations,
    encoding=encodings,
    parameters=unknown_parameters,
)
def signed(spot: Spot, path: str, encoding: Encoding, parameters: dict[str, str]) -> None:
    spot(path, parameters, encoding=encoding).accepted()


@case(
    "spot/auth/published-example",
    MUST,
    "The signed TradeBalance request that Kraken published is accepted from a key with the secret it was signed with.",
    source="support.kraken.com article 360029054811; its signature was recomputed from the other values",
)
def published_example(control: Control) -> None:
    secret = "FRs+gtq09rR7OFtKj9BGhyOGS3u5vtY/EdiIBO9kD8NFtRX7w7LeJDSrX6cq1D8zmQmGkWFjksuhBvKOAWJohQ=="
    published = "RdQzoXRC83TPmbERpFj0XFVArq0Hfadm0eLolmXTuN2R24hzIqtAnF/f7vSfW1tGt7xQOn8bjm+Ht+X0KrMwlA=="
    spot = control.account({"keys": {"spot": {"api_key": f"published-{uuid4()}", "api_secret": secret}}}).spot
    spot(TRADE_BALANCE, body=b"nonce=1540973848000&asset=xbt", signature=published).accepted()


@case(
    "spot/auth/wrong-secret",
    MUST,
    "A request that was signed with another secret is refused.",
    source=f"{ERRORS}: EAPI:Invalid signature; recorded: ccxt issue 5128",
)
def wrong_secret(spot: Spot) -> None:
    spot(secret=OTHER_SECRET).refused(INVALID_SIGNATURE)


@case(
    "spot/auth/missing-signature",
    MUST,
    "A request without API-Sign, or with an empty one, is refused for its signature.",
    source=f"{ERRORS}: EAPI:Invalid signature",
)
def missing_signature(spot: Spot) -> None:
    spot(drop=["API-Sign"]).refused(INVALID_SIGNATURE)
    spot(signature="").refused(INVALID_SIGNATURE)


@case(
    "spot/auth/garbage-signature",
    MUST,
    "An API-Sign that is cut short, or no base64 at all, is a wrong signature.",
    source="recorded: superuser.com question 1123526 (base64 of the wrong length); no base64: assumed",
    signature=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=100)
    | st.binary(max_size=63).map(lambda cut: api_sign(OTHER_SECRET, BALANCE_EX, "1", cut)[: len(cut)]),
)
def garbage_signature(spot: Spot, signature: str) -> None:
    spot(signature=signature).refused(INVALID_SIGNATURE)


@case(
    "spot/auth/unknown-key",
    MUST,
    "A key that nobody has is refused.",
    source=f"{ERRORS}: EAPI:Invalid key; recorded: python-kraken-sdk tests/spot/test_spot_base_api.py",
)
def unknown_key(spot: Spot) -> None:
    spot(headers={"API-Key": UNKNOWN_KEY}).refused(INVALID_KEY)


@case(
    "spot/auth/missing-key",
    MUST,
    "A request without API-Key, or with an empty one, is refused for its key.",
    source=f"{ERRORS}: EAPI:Invalid key",
)
def missing_key(spot: Spot) -> None:
    spot(drop=["API-Key"]).refused(INVALID_KEY)
    spot(headers={"API-Key": ""}).refused(INVALID_KEY)


@case(
    "spot/auth/key-before-signature",
    MUST,
    "Of a request with unknown key, wrong signature and no arguments, the key is what is wrong.",
    source='recorded: python-kraken-sdk tests/spot/test_spot_base_api.py (key and secret "fake", no arguments)',
)
def key_before_signature(spot: Spot) -> None:
    spot(headers={"API-Key": UNKNOWN_KEY}, secret=OTHER_SECRET).refused(INVALID_KEY)


@case(
    "spot/auth/body-changed",
    MUST,
    "A body that is not, byte for byte, the one that was signed is refused.",
    source=f"{SPOT_AUTH}; recorded: npm-kraken-api issue 61 (otp altered after signing)",
    parameters=unknown_parameters,
    changed=st.sampled_from([b"&asset=ZUSD", b"&", b"&x=", b"&x=+"]),
)
def body_changed(spot: Spot, parameters: dict[str, str], changed: bytes) -> None:
    nonce = next(spot.nonces)
    body = FORM.write({"nonce": nonce, **parameters})
    spot(body=body + changed, signature=api_sign(spot.secret, BALANCE_EX, nonce, body)).refused(INVALID_SIGNATURE)


@case(
    "spot/auth/other-path",
    MUST,
    "A signature for one operation is not one for another.",
    source=f"{SPOT_AUTH}: the URI path is part of the message",
)
def other_path(spot: Spot) -> None:
    nonce = next(spot.nonces)
    body = FORM.write({"nonce": nonce})
    spot(BALANCE_EX, body=body, signature=api_sign(spot.secret, TRADE_BALANCE, nonce, body)).refused(INVALID_SIGNATURE)


@case(
    "spot/auth/signing-mistakes",
    MUST,
    "A signature made in any of the ways that clients get wrong is refused.",
    source=f"{SPOT_AUTH}: one message, one key, one algorithm",
    mistake=st.sampled_from(sorted(SPOT_SIGNING_MISTAKES)),
    path=operations,
    encoding=encodings,
)
def spot_signing_mistakes(spot: Spot, mistake: str, path: str, encoding: Encoding) -> None:
    nonce = next(spot.nonces)
    body = encoding.write({"nonce": nonce, "asset": "ZUSD"})
    signature = SPOT_SIGNING_MISTAKES[mistake](spot.secret, path, str(nonce), body)
    spot(path, encoding=encoding, body=body, signature=signature).refused(INVALID_SIGNATURE)


@case(
    "spot/auth/futures-key",
    MUST,
    "A key of Futures is no key of Spot.",
    source="recorded: freqtrade issue 10685, pykrakenapi issue 49, ccxt issue 11793",
)
def futures_key(spot: Spot, futures: Futures) -> None:
    spot(headers={"API-Key": futures.key}, secret=futures.secret).refused(INVALID_KEY)


@case(
    "spot/auth/own-account",
    MUST,
    "A key sees the balances of its own account and of no other.",
    source="docs.kraken.com, Get Extended Balance: the account's balances",
)
def spot_own_account(control: Control) -> None:
    accounts = {amount: control.account({"balances": {"ZUSD": amount}}) for amount in ("1.0000", "2.0000", "3.0000")}
    for amount, account in [*accounts.items(), *reversed(accounts.items())]:
        found = account.spot().accepted()["ZUSD"]["balance"]
        if found != amount:
            raise Violation(f"expected the ZUSD balance of its own account, {amount}, found {found}")


@case(
    "futures/auth/signed",
    MUST,
    "A request with its key's Authent over parameters, nonce and path is answered.",
    source=f"{FUTURES_AUTH}: Authent over postData + Nonce + endpointPath, from /api on",
)
def futures_signed(futures: Futures) -> None:
    futures().accepted()
    futures(nonce=next(futures.nonces)).accepted()


@case(
    "futures/auth/published-example",
    MUST,
    "Authents made elsewhere from Kraken's published secret, with a nonce and without, are accepted.",
    source=f"{FUTURES_AUTH} (the secret); values for /api/v3/accounts from an independent computation",
)
def futures_published_example(control: Control) -> None:
    secret = "DuWQ3317vPm8tlOoylWmhfQJwGkKiR+ABuNNocaPxU2DA5H9aZAKkGO0sYBSGKirtdlkm8dL9DAp6husEABgWyOr"
    keys = {"futures": {"api_key": f"published-{uuid4()}", "api_secret": secret}}
    futures = control.account({"keys": keys}).futures
    bare = "co4sJC5RJXAcPA3fAxD+A3WM0Ukul0mue+rlbx+bgUgyFVdrXemMxxn/6humhJWm7KQdIqPb9SHonByckv9fLA=="
    with_nonce = "vITB6h9Mcxi+OAHzkPbyeu8ev74T3Zz03vEV4k+oFOFxGoMkxyx5ImOPTR8LMK2/KU12JObeQQ+EO4TxIfxvHg=="
    futures(signature=bare).accepted()
    futures(signature=with_nonce, nonce=1415957147987).accepted()


@case(
    "futures/auth/repeated",
    MUST,
    "Without a nonce the same signature is good for every call.",
    source=f'{FUTURES_AUTH}: "Nonce is not required"; ccxt sends the same Authent each time',
)
def futures_repeated(futures: Futures) -> None:
    for _ in range(3):
        futures().accepted()


@case(
    "futures/auth/wrong-secret",
    MUST,
    "A request that was signed with another secret is refused.",
    source=ONE_CODE,
)
def futures_wrong_secret(futures: Futures) -> None:
    futures(secret=OTHER_SECRET).refused(AUTHENTICATION_ERROR)


@case(
    "futures/auth/missing-headers",
    MUST,
    "A request without APIKey, without Authent or without both is refused with the one code.",
    source=ONE_CODE,
    missing=st.sampled_from([("APIKey",), ("Authent",), ("APIKey", "Authent")]),
)
def futures_missing_headers(futures: Futures, missing: tuple[str, ...]) -> None:
    futures(drop=missing).refused(AUTHENTICATION_ERROR)


@case("futures/auth/unknown-key", MUST, "A key that nobody has is refused with the one code.", source=ONE_CODE)
def futures_unknown_key(futures: Futures) -> None:
    futures(headers={"APIKey": UNKNOWN_KEY}).refused(AUTHENTICATION_ERROR)


@case(
    "futures/auth/signing-mistakes",
    MUST,
    "An Authent made in any of the ways that clients get wrong is refused.",
    source=f"{FUTURES_AUTH}: one message, one key, one algorithm",
    mistake=st.sampled_from(sorted(FUTURES_SIGNING_MISTAKES)),
)
def futures_signing_mistakes(futures: Futures, mistake: str) -> None:
    nonce = next(futures.nonces)
    signature = FUTURES_SIGNING_MISTAKES[mistake](futures.secret, ACCOUNTS, str(nonce))
    futures(nonce=nonce, signature=signature).refused(AUTHENTICATION_ERROR)


@case(
    "futures/auth/changed-nonce",
    MUST,
    "A Nonce header that is not the signed one is refused.",
    source=f"{FUTURES_AUTH}: the nonce is part of the message",
)
def futures_changed_nonce(futures: Futures) -> None:
    signature = authent(futures.secret, ACCOUNTS, str(next(futures.nonces)))
    futures(nonce=next(futures.nonces), signature=signature).refused(AUTHENTICATION_ERROR)


@case(
    "futures/auth/spot-key",
    MUST,
    "A key of Spot is no key of Futures.",
    source="support.kraken.com: Futures has API keys of its own; recorded: the one code",
)
def spot_key(spot: Spot, futures: Futures) -> None:
    futures(headers={"APIKey": spot.key}, secret=spot.secret).refused(AUTHENTICATION_ERROR)


@case(
    "futures/auth/own-account",
    MUST,
    "A key sees the wallets of its own account and of no other.",
    source="docs.kraken.com, Get wallets: your accounts",
)
def futures_own_account(control: Control) -> None:
    accounts = {amount: control.account({"futures": {"flex": {"USD": amount}}}) for amount in (1, 2, 3)}
    for amount, account in [*accounts.items(), *reversed(accounts.items())]:
        found = account.futures().accepted()["flex"]["currencies"]["USD"]["quantity"]
        if found != amount:
            raise Violation(f"expected the USD of its own multi-collateral wallet, {amount}, found {found}")
