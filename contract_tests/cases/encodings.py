"""How a body may be written."""

from hypothesis import strategies as st

from contract_tests.calls import BALANCE_EX, ENCODINGS, FORM, TRADE_BALANCE, Encoding, Spot
from contract_tests.case import MUST, SHOULD, Violation, case
from contract_tests.signing import api_sign
from contract_tests.strategies.requests import encodings, operations

INTRODUCTION = "docs.kraken.com/exchange/guides/rest/introduction.md"
BY_NAME = {encoding.name: encoding for encoding in ENCODINGS}


@case(
    "spot/encodings/same-answer",
    MUST,
    "A form and JSON, in any order and spacing, say the same and get the same answer.",
    source=f'{INTRODUCTION}: "Request payloads supports Json encoding ... as well as form-encoded"',
    encoding=encodings,
    parameters=st.sampled_from([{"rebase_multiplier": "base"}, {"rebase_multiplier": "rebased"}, {}]),
)
def same_answer(spot: Spot, encoding: Encoding, parameters: dict[str, str]) -> None:
    expected = spot(BALANCE_EX, parameters, encoding=FORM).accepted()
    found = spot(BALANCE_EX, parameters, encoding=encoding).accepted()
    if found != expected:
        raise Violation(f"expected the answer to the form, {expected}, found {found}")


@case(
    "spot/encodings/json",
    MUST,
    "A body may be JSON.",
    source=INTRODUCTION,
    path=operations,
)
def json(spot: Spot, path: str) -> None:
    spot(path, {"asset": "ZUSD"}, encoding=BY_NAME["JSON"]).accepted()


@case(
    "spot/encodings/no-content-type",
    MUST,
    "A body without Content-Type is read as a form.",
    source="relied upon: npm kraken-api sends none",
    path=operations,
)
def no_content_type(spot: Spot, path: str) -> None:
    spot(path, {"asset": "ZUSD"}, encoding=BY_NAME["form without Content-Type"]).accepted()


@case(
    "spot/encodings/nonce-as-text",
    MUST,
    "In JSON the nonce is a number or a text; the signature covers its digits.",
    source="relied upon: krakenfx/api-go and ccxt send a text, kraken-cli and the document's example a number",
    path=operations,
)
def nonce_as_text(spot: Spot, path: str) -> None:
    spot(path, encoding=BY_NAME["JSON, nonce as text"]).accepted()
    spot(path, encoding=BY_NAME["JSON"]).accepted()


@case(
    "spot/encodings/header-nonce",
    SHOULD,
    "A nonce in the header API-Nonce counts where the body has none.",
    source="relied upon: krakenfx/api-go; undocumented for these calls",
)
def header_nonce(spot: Spot) -> None:
    nonce = next(spot.nonces)
    body = FORM.write({"asset": "ZUSD"})
    spot(TRADE_BALANCE, nonce=nonce, body=body, headers={"API-Nonce": str(nonce)}).accepted()


@case(
    "spot/encodings/header-names",
    MUST,
    "Header names are read in whatever letters.",
    source="RFC 9110, section 5.1; relied upon: npm kraken-api sends api-key and api-sign",
)
def header_names(spot: Spot) -> None:
    nonce = next(spot.nonces)
    body = FORM.write({"nonce": nonce})
    lower = {"api-key": spot.key, "api-sign": api_sign(spot.secret, BALANCE_EX, nonce, body)}
    spot(body=body, headers=lower, drop=["API-Key", "API-Sign"]).accepted()
