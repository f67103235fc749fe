"""Whatever comes in, an answer of Kraken's kind goes out, and the next call is answered as if nothing had been."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import strategies as st

from contract_tests.calls import BALANCE_EX, ENCODINGS, FORM, TRADE_BALANCE, Answer, Encoding, Futures, Spot
from contract_tests.case import MUST, SHOULD, Violation, case
from contract_tests.server import Control
from contract_tests.strategies.requests import encodings, operations

STATUS = 'docs.kraken.com: "Status codes other than 200 indicate an issue with the request reaching our servers"'
LARGE = 200_000
DEEP = 20_000
THREADS = 8

content_types = st.sampled_from([encoding.content_type for encoding in ENCODINGS]) | st.sampled_from(
    ["", "text/plain", "application/json; charset=latin-1", "multipart/form-data", "nonsense"]
)


def demand_composure(answer: Answer) -> None:
    """No failure of the server itself."""
    if answer.status >= 500:
        raise Violation(f"expected no failure of the server, found {answer}")


def demand_refusal(spot: Spot, answer: Any) -> None:
    """An error for the bad call, and an answer for the good one after it."""
    demand_composure(answer)
    if answer.status == 200 and not answer.errors:
        raise Violation(f"expected an error, found {answer}")
    spot().accepted()


@case(
    "spot/robustness/large-body",
    MUST,
    f"A body of {LARGE:,} bytes is refused or answered, not a reason to fail.",
    source=STATUS,
    encoding=encodings,
)
def large_body(spot: Spot, encoding: Encoding) -> None:
    demand_composure(spot(BALANCE_EX, {"x": "9" * LARGE}, encoding=encoding))
    spot().accepted()


@case(
    "spot/robustness/nested-json",
    MUST,
    f"JSON that is nested {DEEP:,} deep is refused.",
    source=STATUS,
    opening=st.sampled_from([b"[", b'{"nonce":', b'{"nonce":1,"asset":[']),
)
def nested_json(spot: Spot, opening: bytes) -> None:
    json = next(encoding for encoding in ENCODINGS if encoding.content_type == "application/json")
    demand_refusal(spot, spot(nonce=1, body=opening * DEEP, encoding=json))


@case(
    "spot/robustness/garbage",
    MUST,
    "Bytes that mean nothing are refused, signed or not, whatever they are said to be.",
    source=STATUS,
    body=st.binary(min_size=1, max_size=60),
    content_type=content_types,
    path=operations,
)
def spot_garbage(spot: Spot, body: bytes, content_type: str | None, path: str) -> None:
    demand_refusal(spot, spot(path, nonce=1, body=body, encoding=Encoding("garbage", content_type, FORM.write)))


@case(
    "spot/robustness/duplicate-parameter",
    SHOULD,
    "A parameter that is given twice is refused.",
    source='recorded: python-kraken-sdk issue 65, EAPI:Bad request ("... or ambiguous"); here: assumed',
    name=st.sampled_from(["nonce", "asset"]),
)
def duplicate_parameter(spot: Spot, name: str) -> None:
    nonce = next(spot.nonces)
    value = {"nonce": nonce, "asset": "ZUSD"}[name]
    body = FORM.write({"nonce": nonce, "asset": "ZUSD"}) + f"&{name}={value}".encode()
    demand_refusal(spot, spot(TRADE_BALANCE, nonce=nonce, body=body))


@case(
    "spot/robustness/concurrent",
    MUST,
    "Calls at the same time do not disturb each other: each key gets its own account's balances.",
    source="docs.kraken.com, Get Extended Balance: the account's balances",
)
def spot_concurrent(control: Control) -> None:
    accounts = {f"{number}.0000": control.account({"balances": {"ZUSD": str(number)}}) for number in range(THREADS)}
    at_once(
        {amount: account.spot for amount, account in accounts.items()},
        lambda answer: answer.accepted()["ZUSD"]["balance"],
    )


@case(
    "futures/robustness/garbage",
    MUST,
    "Headers and query strings that mean nothing are refused.",
    source=STATUS,
    nonce=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=30),
    signature=st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=100),
)
def futures_garbage(futures: Futures, nonce: str, query: str, signature: str | None) -> None:
    answer = futures(nonce=nonce, query=query, signature=signature)
    demand_composure(answer)
    if signature is not None:
        answer.refused("authenticationError")
    futures().accepted()


@case(
    "futures/robustness/concurrent",
    MUST,
    "Calls at the same time do not disturb each other: each key gets its own wallets.",
    source="docs.kraken.com, Get wallets: your accounts",
)
def futures_concurrent(control: Control) -> None:
    accounts = {number: control.account({"futures": {"flex": {"USD": number}}}) for number in range(1, THREADS)}
    at_once(
        {number: account.futures for number, account in accounts.items()},
        lambda answer: answer.accepted()["flex"]["currencies"]["USD"]["quantity"],
    )


def at_once(callers: dict[Any, Callable[[], Any]], read: Callable[[Any], Any]) -> None:
    """Each calls ten times while the others do; ``read`` finds what it is called by in ``callers``."""

    def call(expected: Any) -> None:
        for _ in range(10):
            found = read(callers[expected]())
            if found != expected:
                raise Violation(f"expected {expected} of its own account, found {found}")

    with ThreadPoolExecutor(len(callers)) as threads:
        list(threads.map(call, callers))
