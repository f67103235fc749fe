"""Parameters: what may be given, what is assumed where nothing is, and what is refused."""

from hypothesis import strategies as st

from contract_tests.calls import ENCODINGS, JSON, TRADE_BALANCE, Encoding, Futures, Spot
from contract_tests.case import MUST, SHOULD, Violation, case
from contract_tests.cases.authentication import ERRORS
from contract_tests.server import USUAL, Control
from contract_tests.strategies.requests import encodings, operations, texts, unknown_parameters

INVALID_ARGUMENTS = ("EGeneral:Invalid arguments", "EGeneral:Invalid arguments:rebase_multiplier")
UNKNOWN_ASSET = ("EQuery:Unknown asset", "EGeneral:Invalid arguments", "EGeneral:Invalid arguments:asset")

REBASE = 'vendored document: rebase_multiplier, "rebased" or "base"'


@case(
    "spot/arguments/rebase-multiplier",
    MUST,
    "rebase_multiplier is rebased, base, null or not there.",
    source=f"{REBASE}, nullable",
    path=operations,
    encoding=encodings,
    parameters=st.sampled_from([{}] + [{"rebase_multiplier": value} for value in ("rebased", "base")])
    | st.just({"rebase_multiplier": None}),
)
def rebase_multiplier(spot: Spot, path: str, encoding: Encoding, parameters: dict[str, str | None]) -> None:
    if None not in parameters.values() or encoding.content_type == JSON.content_type:
        spot(path, parameters, encoding=encoding).accepted()


@case(
    "spot/arguments/bad-rebase-multiplier",
    MUST,
    "Another rebase_multiplier is an invalid argument.",
    source=f"{REBASE}; {ERRORS}: EGeneral:Invalid arguments",
    path=operations,
    encoding=encodings,
    value=st.sampled_from(["nonsense", "Base", "REBASED", "base ", "0", "true"])
    | texts.filter(lambda text: text not in ("", "base", "rebased")),
)
def bad_rebase_multiplier(spot: Spot, path: str, encoding: Encoding, value: str) -> None:
    spot(path, {"rebase_multiplier": value}, encoding=encoding).refused(*INVALID_ARGUMENTS)


@case(
    "spot/arguments/asset",
    MUST,
    "TradeBalance takes an asset by its code or its other name, in small letters too.",
    source="support.kraken.com article 360029054811 (asset=xbt); vendored document (ZUSD); recorded: python-kraken-sdk",
    asset=st.sampled_from(["ZUSD", "USD", "XXBT", "XBT", "xbt", "ZEUR", "EUR", "zusd"]),
    encoding=encodings,
)
def asset(spot: Spot, asset: str, encoding: Encoding) -> None:
    spot(TRADE_BALANCE, {"asset": asset}, encoding=encoding).accepted()


@case(
    "spot/arguments/default-asset",
    MUST,
    "Without an asset TradeBalance is in ZUSD.",
    source="vendored document: asset, default ZUSD",
)
def default_asset(control: Control) -> None:
    spot = control.account(USUAL).spot
    expected, found = spot(TRADE_BALANCE, {"asset": "ZUSD"}).accepted(), spot(TRADE_BALANCE).accepted()
    if found != expected:
        raise Violation(f"expected the figures of asset=ZUSD, {expected}, found {found}")


@case(
    "spot/arguments/unknown-asset",
    SHOULD,
    "An asset that does not exist is refused.",
    source="EQuery:Unknown asset is a known error (ccxt, python-kraken-sdk); for this operation: assumed",
    asset=st.sampled_from(["NOTANASSET", "ZUSDX", "0", "ü"]) | st.text("QWJ", min_size=7, max_size=9),
    encoding=encodings,
)
def unknown_asset(spot: Spot, asset: str, encoding: Encoding) -> None:
    spot(TRADE_BALANCE, {"asset": asset}, encoding=encoding).refused(*UNKNOWN_ASSET)


@case(
    "spot/arguments/unknown-parameter",
    MUST,
    "Parameters that an operation does not know are ignored.",
    source='Kraken support, quoted in docs.rs/kraapi: "unnecessary parameters would simply be ignored"',
    path=operations,
    encoding=encodings,
    parameters=unknown_parameters.filter(bool),
)
def unknown_parameter(spot: Spot, path: str, encoding: Encoding, parameters: dict[str, str]) -> None:
    bare, more = spot(path, encoding=encoding).accepted(), spot(path, parameters, encoding=encoding).accepted()
    if bare.keys() != more.keys():
        raise Violation(f"expected {sorted(bare)} as without {parameters}, found {sorted(more)}")


@case(
    "spot/arguments/empty-body",
    MUST,
    "A call with no body at all is refused for its arguments.",
    source="recorded with headers: antoniocasero/Kraken issue 1 (nonce in the query string)",
)
def empty_body(spot: Spot) -> None:
    spot(TRADE_BALANCE, nonce="", body=b"").refused("EGeneral:Invalid arguments")


@case(
    "spot/arguments/undecodable",
    MUST,
    "A body that holds no parameters as its Content-Type writes them is a bad request.",
    source='recorded: python-kraken-sdk issue 65, EAPI:Bad request ("malformed, incorrect or ambiguous")',
    body=st.sampled_from([b"{", b"[1]", b'"x"', b"nonce=1", b'{"nonce":}', b"\xff\xfe", b"nul"]),
)
def undecodable(spot: Spot, body: bytes) -> None:
    json_encodings = [encoding for encoding in ENCODINGS if encoding.content_type == JSON.content_type]
    spot(TRADE_BALANCE, nonce=1, body=body, encoding=json_encodings[0]).refused("EAPI:Bad request")


@case(
    "futures/arguments/unknown-parameter",
    SHOULD,
    "Parameters of the query string are part of what is signed, and are ignored.",
    source="docs.kraken.com/api/docs/guides/futures-rest: postData is the query string; ignored: assumed, as in Spot",
    query=st.sampled_from(["a=1", "symbol=PF_XBTUSD", "a=b%20c&d=%2B", "x="]),
)
def futures_unknown_parameter(futures: Futures, query: str) -> None:
    futures(query=query).accepted()
