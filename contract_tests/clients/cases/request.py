"""The request: what is sent is what Kraken documents, signed as it is sent, with a nonce of its own."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from hypothesis import strategies as st

from contract_tests.case import MUST, SHOULD, NotApplicable, Violation
from contract_tests.clients.cases import client_case
from contract_tests.clients.client import ANSWERS, FUTURES, SPOT, USUAL, Client, sentence
from contract_tests.clients.outcome import Failed, Given
from contract_tests.figures import demand

SPOT_AUTH = "docs.kraken.com/api/docs/guides/spot-rest-auth"
FUTURES_AUTH = "docs.kraken.com/api/docs/guides/futures-rest"
DOCUMENTS = "Get Extended Balance, Get Trade Balance, Get Wallets"
REQUESTS = {
    "BalanceEx": "POST /0/private/BalanceEx",
    "TradeBalance": "POST /0/private/TradeBalance",
    "accounts": "GET /derivatives/api/v3/accounts",
}
KEY_HEADERS = ("api-key", "apikey")
SIGNATURE_HEADERS = ("api-sign", "authent")
REDACTED = "(redacted)"
"""What the journal shows in place of a secret."""
DOLLARS = ("ZUSD", "USD")
CONSECUTIVE = 20
AT_ONCE = 16

WORDS = st.sampled_from(["", " ", "+", "a b", "a+b", "&", "=", "%20", "ü", "€", "日本", "💶", '"', "'", "\\", "None"])
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    WORDS,
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5),
    st.lists(WORDS | st.integers(0, 9) | st.booleans(), max_size=3),
)
NAMES = {
    "BalanceEx": st.sampled_from(["rebase_multiplier", "note"]),
    "TradeBalance": st.sampled_from(["asset", "note"]),
}


@client_case(
    "client/request/path",
    MUST,
    "A call is the one request that Kraken documents for it, with its method and its path.",
    source=f"{DOCUMENTS}: method and path",
)
def path(client: Client) -> None:
    for operation in client.operations(*ANSWERS):
        client.fill(USUAL)
        outcome = client.call(operation)
        sent = [f"{entry['request']['method']} {entry['request']['path']}" for entry in client.journal()]
        if sent != [REQUESTS[operation]]:
            found = ", ".join(sent) or "no request with the account's key"
            raise Violation(f"expected {operation} to send {REQUESTS[operation]}, found {found}; {sentence(outcome)}")


@client_case(
    "client/request/contract",
    MUST,
    "No request breaks the contract: no other path, method or parameter than there is.",
    source=f"{DOCUMENTS}: request bodies",
)
def contract(client: Client) -> None:
    for operation in client.operations(*SPOT, *FUTURES):
        client.fill(USUAL)
        outcome = client.call(operation)
        demand(client.diagnoses("path/", "method/", "body/", "query/", "argument/", "otp/", "permission/"))
        demand_request(client, operation, outcome)


@client_case(
    "client/request/signature",
    MUST,
    "Each request is signed with the account's secret, over what is sent.",
    source=f"{SPOT_AUTH}; {FUTURES_AUTH}",
)
def signature(client: Client) -> None:
    for operation in client.operations(*SPOT, *FUTURES):
        client.fill(USUAL)
        outcome = client.call(operation)
        demand(client.diagnoses("signature/", "key/"))
        demand_request(client, operation, outcome)


@client_case(
    "client/request/consecutive-nonces",
    MUST,
    f"The nonces of {CONSECUTIVE} calls, one right after the other, are above one another.",
    source=f'{SPOT_AUTH}: "always increasing, unsigned 64-bit integer"',
)
def consecutive_nonces(client: Client) -> None:
    for operation in first_of_each(client):
        client.fill(USUAL)
        outcomes = [client.call(operation) for _ in range(CONSECUTIVE)]
        accepted(client, operation, outcomes, "one after the other")


@client_case(
    "client/request/nonces-at-once",
    MUST,
    f"Of {AT_ONCE} calls at once on one client object none has another's nonce, and none overtakes another.",
    source=f'{SPOT_AUTH}: "always increasing"; {FUTURES_AUTH}',
)
def nonces_at_once(client: Client) -> None:
    for operation in first_of_each(client):
        client.fill(USUAL)
        accepted(client, operation, client.at_once(AT_ONCE, operation), "at once")


@client_case(
    "client/request/awkward-parameters",
    MUST,
    "Whatever a parameter is, it is signed as it is sent, or refused before anything is sent.",
    source=f"{SPOT_AUTH}: the POST data is part of the message; what Kraken then says of the argument is not judged",
    parameters=st.sampled_from(list(NAMES)).flatmap(
        lambda operation: st.tuples(st.just(operation), st.dictionaries(NAMES[operation], VALUES, min_size=1))
    ),
)
def awkward_parameters(client: Client, parameters: tuple[str, dict[str, Any]]) -> None:
    operation, given = parameters
    if operation not in client.operations("BalanceEx", "TradeBalance"):
        return
    client.call(operation, given)
    demand(client.diagnoses("signature/", "key/", "nonce/"))
    if not client.journal():
        demand_request(client, operation, client.call(operation))


@client_case(
    "client/request/parameters",
    MUST,
    "A parameter of Kraken's that is given to the library is sent.",
    source='Get Extended Balance: rebase_multiplier; Get Trade Balance: asset, "Base asset used to determine balance"',
)
def parameters_sent(client: Client) -> None:
    operations, refused = client.operations("BalanceEx", "TradeBalance"), []
    for operation, name, value in (("BalanceEx", "rebase_multiplier", "base"), ("TradeBalance", "asset", "ZEUR")):
        if operation not in operations:
            continue
        client.fill(USUAL)
        outcome = client.call(operation, {name: value})
        if isinstance(outcome, Failed) and not client.journal():
            refused.append(f"{client.name} takes no {name}: {sentence(outcome)}")
            continue
        if (sent := sent_parameters(client, operation)).get(name) != value:
            raise Violation(f"expected {operation} to send {name}={value}, found {sent}; {sentence(outcome)}")
    if len(refused) == len(operations):
        raise NotApplicable(refused[0])


@client_case(
    "client/request/default-asset",
    SHOULD,
    "Where no asset is asked for, TradeBalance is in Kraken's default, ZUSD.",
    source="Get Trade Balance: asset, default ZUSD",
)
def default_asset(client: Client) -> None:
    for operation in client.operations("TradeBalance"):
        client.fill(USUAL)
        client.given(operation)
        asset = sent_parameters(client, operation).get("asset", "ZUSD")
        if asset not in DOLLARS:
            raise Violation(f"expected TradeBalance without an asset to be in ZUSD, found that asset={asset} was sent")


@client_case(
    "client/request/secret",
    MUST,
    "Nothing that is sent holds a secret, but for the signature, which is made with it.",
    source=f"{SPOT_AUTH}; {FUTURES_AUTH}: the secret signs, and stays where it is",
)
def secret(client: Client) -> None:
    secrets = [client.account.api_secret, client.account.futures_api_secret]
    for operation in client.operations(*SPOT, *FUTURES):
        client.call(operation)
    for entry in client.everything():
        for place, text in sent_texts(entry):
            if place in SIGNATURE_HEADERS:
                continue
            if text == REDACTED or (place in ("path", "query", "body") and REDACTED in text):
                raise Violation(
                    f"expected the signature in its header and no secret anywhere, found either in the {place}"
                )
            if holds(text, secrets):
                raise Violation(f"expected no secret to be sent, found one in the {place}")
    demand_any_request(client)


@client_case(
    "client/request/key",
    MUST,
    "The key is in its header, and nowhere else, where proxies and logs keep it.",
    source=f"{SPOT_AUTH}: API-Key; {FUTURES_AUTH}: APIKey",
)
def key(client: Client) -> None:
    keys = [client.account.api_key, client.account.futures_api_key]
    for operation in client.operations(*SPOT, *FUTURES):
        client.call(operation)
    for entry in client.everything():
        for place, text in sent_texts(entry):
            if place not in KEY_HEADERS and holds(text, keys):
                raise Violation(f"expected the key in its header alone, found it in the {place}")
    demand_any_request(client)


def first_of_each(client: Client) -> list[str]:
    """The first call that it has of Spot, and of Futures."""
    names = client.operations(*SPOT, *FUTURES)
    firsts = (next((name for name in world if name in names), None) for world in (SPOT, FUTURES))
    return [name for name in firsts if name]


def demand_request(client: Client, operation: str, outcome: Given | Failed) -> None:
    """Raises ``Violation`` where a call sent nothing."""
    if not client.journal():
        raise Violation(f"expected {operation} to send a request with the account's key, found {sentence(outcome)}")


def demand_any_request(client: Client) -> None:
    """Raises ``NotApplicable`` where no call sent anything."""
    if not client.journal():
        raise NotApplicable(f"{client.name} sends no request with the account's key")


def sent_parameters(client: Client, operation: str) -> dict[str, Any]:
    """What the last request for a call had in its body. Raises ``Violation`` where there is none."""
    body = client.requests(operation)[-1]["request"]["body"]
    if body.startswith("{"):
        return dict(json.loads(body))
    return dict(parse_qsl(body, keep_blank_values=True))


def accepted(client: Client, operation: str, outcomes: list[Any], how: str) -> None:
    """Raises ``Violation`` where a nonce was wrong, or a call failed for whatever reason."""
    wrong = client.diagnoses("nonce/")
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    if wrong:
        raise Violation(
            f"of {len(outcomes)} calls {operation} {how} {len(failed)} failed; of their requests {len(wrong)}"
            f" had a bad nonce: {wrong[0]}"
        )
    if failed:
        raise Violation(f"of {len(outcomes)} calls {operation} {how} {len(failed)} failed: {sentence(failed[0])}")


def holds(text: str, words: list[str]) -> bool:
    """One of ``words``, as it is or in a form."""
    return any(word in text or word in unquote_plus(text) for word in words)


def sent_texts(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each part of a request, by its place; headers by their names in lower case."""
    request = entry["request"]
    yield from ((place, request[place]) for place in ("path", "query", "body"))
    yield from ((name.lower(), value) for name, value in request["headers"].items())
