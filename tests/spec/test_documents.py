"""The documents in openapi/: vendored content untouched, overlays reasoned and effective, every example true."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from mockserver.spec.document import effective, parse_yaml

FOLDER = Path(__file__).parents[2] / "openapi"
OVERLAYS = FOLDER / "overlays"
FIDELITIES = ("documented", "observed")


def read_yaml(path):
    return parse_yaml(path.read_bytes(), path)


SPOT, FUTURES = read_yaml(FOLDER / "spot-rest.yaml"), read_yaml(FOLDER / "futures-rest.yaml")

DOCUMENTS = {
    f"{name}-{fidelity}": effective(FOLDER / f"{name}.yaml", OVERLAYS, fidelity=fidelity)
    for name in ("spot-rest", "futures-rest", "support")
    for fidelity in FIDELITIES
}
BALANCE_EX = "/paths/~1private~1BalanceEx/post/responses/200/content/application~1json/schema"
TRADE_BALANCE = "/paths/~1private~1TradeBalance/post/responses/200/content/application~1json/schema"
ACCOUNTS = "/paths/~1accounts/get/responses/200/content/application~1json/schema"


def errors(document: dict[str, Any], pointer: str, instance: Any) -> list[str]:
    """What is wrong with ``instance`` by the schema at ``pointer``, judged by another validator than the server's."""
    kind = OAS30Validator if document["openapi"].startswith("3.0") else OAS31Validator
    registry = Registry().with_resource("urn:document", DRAFT202012.create_resource(document))
    return [
        error.message for error in kind({"$ref": f"urn:document#{pointer}"}, registry=registry).iter_errors(instance)
    ]


def examples(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every example as a pointer to its schema and its value."""

    def walk(node: Any, pointer: str) -> Iterator[tuple[str, Any]]:
        if isinstance(node, list):
            for index, item in enumerate(node):
                yield from walk(item, f"{pointer}/{index}")
        elif isinstance(node, dict):
            schema = f"{pointer}/schema" if "schema" in node else pointer
            if "example" in node:
                yield schema, node["example"]
            match node.get("examples"):
                case list() as values:
                    yield from ((schema, value) for value in values)
                case dict() as named if "schema" in node:
                    yield from ((schema, dereferenced(document, example)["value"]) for example in named.values())
            for key, value in node.items():
                if key not in ("example", "examples"):
                    yield from walk(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")

    return walk(document, "")


def dereferenced(document: dict[str, Any], node: Any) -> Any:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


class TestVendored:
    """What Kraken published, mistakes included."""

    def test_spot(self) -> None:
        assert (SPOT["openapi"], SPOT["info"]) == (
            "3.0.0",
            {"title": "REST API", "version": "1.1.0", "description": ""},
        )
        assert list(SPOT["paths"]) == ["/private/BalanceEx", "/private/TradeBalance"]
        assert list(SPOT["components"]) == ["requestBodies", "schemas", "securitySchemes"]
        assert list(SPOT["components"]["schemas"]) == [
            "balance-4", "nonce", "rebase_multiplier", "balanceex-2", "balanceex", "balance-3", "error",
        ]  # fmt: skip
        request = SPOT["components"]["requestBodies"]["balance"]["content"]["application/json"]["schema"]
        assert request["title"] == "Update Account Profile Request"

    def test_futures(self) -> None:
        assert (FUTURES["openapi"], FUTURES["info"]["version"]) == ("3.1.0", "v3")
        assert list(FUTURES["paths"]) == ["/accounts"]
        assert len(FUTURES["components"]["schemas"]) == 18
        assert len(FUTURES["components"]["schemas"]["Error"]["enum"]) == 17

    def test_the_published_example_of_balance_ex_breaks_its_own_schema(self) -> None:
        media = SPOT["paths"]["/private/BalanceEx"]["post"]["responses"]["200"]["content"]["application/json"]
        row = media["schema"]["example"]["result"]["ZUSD"]
        assert row == {"balance": 25435.21, "hold_trade": 8249.76}
        assert len(errors(SPOT, "/components/schemas/balanceex", row)) == 2

    def test_the_published_schema_of_balance_ex_sees_no_asset(self) -> None:
        assert not errors(SPOT, BALANCE_EX, {"error": [], "result": {"ZUSD": "not even a row"}})


class TestOverlays:
    @pytest.mark.parametrize("path", sorted(OVERLAYS.glob("*.yaml")), ids=lambda path: path.stem)
    def test_every_action_has_a_reason_and_evidence(self, path: Path) -> None:
        overlay = read_yaml(path)
        assert (path.parent / overlay["extends"]).resolve() == FOLDER / f"{path.name.split('.')[0]}.yaml"
        assert overlay["info"].keys() == {"title", "version"}
        for action in overlay["actions"]:
            assert action["description"], action
            assert action["x-evidence"], action
            for evidence in action["x-evidence"]:
                ((certainty, source),) = evidence.items()
                assert certainty in ("documented", "observed", "assumed"), action
                assert isinstance(source, str), action


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
class TestEffective:
    def test_is_valid_openapi(self, document: dict[str, Any]) -> None:
        validate(document)

    def test_every_example_is_true(self, document: dict[str, Any]) -> None:
        found = list(examples(document))
        assert len(found) > 5
        assert not [(pointer, value, wrong) for pointer, value in found if (wrong := errors(document, pointer, value))]

    def test_every_operation_is_complete(self, document: dict[str, Any]) -> None:
        for path, item in document["paths"].items():
            for operation in (value for key, value in item.items() if key in ("get", "post")):
                assert {"200", "404", "405"} <= operation["responses"].keys(), path
                secured = bool(operation.get("security", document.get("security")))
                assert secured == ("x-permissions" in operation), path


ROW = {"balance": "21.9050", "hold_trade": "17.2000"}
FIGURES = {
    "eb": "99.7418", "tb": "99.1982", "m": "0.0000", "uv": "0.0000", "n": "0.0000", "c": "0.0000", "v": "0.0000",
    "e": "99.1982", "mf": "99.1982", "mfo": "90.3483",
}  # fmt: skip
"""roq-trading/roq-kraken test/json_trade_balance_ack.cpp"""


@pytest.mark.parametrize(
    ("pointer", "payload", "valid"),
    [
        (BALANCE_EX, {"error": [], "result": {"ZUSD": ROW}}, True),
        (BALANCE_EX, {"error": [], "result": {}}, True),
        (BALANCE_EX, {"error": ["WDatabase:No change"], "result": {}}, True),
        (BALANCE_EX, {"error": ["EService: Throttled: 1695828490"]}, True),
        (BALANCE_EX, {"error": ["EAPI:Invalid key"], "result": {}}, False),
        (BALANCE_EX, {"error": ["WDatabase:No change"]}, False),
        (BALANCE_EX, {"error": []}, False),
        (BALANCE_EX, {"result": {}}, False),
        (BALANCE_EX, {"error": ["nonsense"]}, False),
        (BALANCE_EX, {"error": [], "result": {"ZUSD": {"balance": "1.0000"}}}, False),
        (BALANCE_EX, {"error": [], "result": {"ZUSD": ROW | {"balance": 21.905}}}, False),
        (BALANCE_EX, {"error": [], "result": {"ZUSD": ROW | {"balance": "2.1e1"}}}, False),
        (BALANCE_EX, {"error": [], "result": {"ZUSD": ROW | {"balance": "-0.0001"}}}, True),
        (TRADE_BALANCE, {"error": [], "result": FIGURES}, True),
        (TRADE_BALANCE, {"error": [], "result": FIGURES | {"m": "151.1935", "ml": "132.73"}}, True),
        (TRADE_BALANCE, {"error": [], "result": FIGURES | {"ml": None}}, False),
        (TRADE_BALANCE, {"error": [], "result": FIGURES | {"ml": "132.7368"}}, False),
        (TRADE_BALANCE, {"error": [], "result": FIGURES | {"e": "99.19"}}, False),
        (TRADE_BALANCE, {"error": [], "result": FIGURES | {"n": "-11.3794"}}, True),
        (TRADE_BALANCE, {"error": [], "result": FIGURES | {"v": "-11.3794"}}, False),
        (TRADE_BALANCE, {"error": [], "result": {"eb": "99.7418"}}, False),
    ],
)
def test_spot_answers(pointer: str, payload: Any, valid: bool) -> None:
    assert (not errors(DOCUMENTS["spot-rest-documented"], pointer, payload)) == valid


@pytest.mark.parametrize(
    ("nonce", "valid"),
    [
        *((nonce, True) for nonce in (0, 2**64 - 1, "1540973848000", "1" * 20)),
        *((nonce, False) for nonce in (2**64, -1, 1.5, None, True, "", "-1", "1e3", "1" * 21)),
    ],
)
@pytest.mark.parametrize("media_type", ["application~1json", "application~1x-www-form-urlencoded"])
def test_nonce(media_type: str, nonce: Any, valid: bool) -> None:
    pointer = f"/components/requestBodies/balance/content/{media_type}/schema"
    assert (not errors(DOCUMENTS["spot-rest-documented"], pointer, {"nonce": nonce, "otp": "123456"})) == valid


@pytest.mark.parametrize(("fidelity", "balance"), [("documented", "5000.0"), ("observed", 5000.0)])
def test_futures_balances_by_fidelity(fidelity: str, balance: Any) -> None:
    example = FUTURES["components"]["examples"]["AccountsExample"]["value"]
    cash = {"type": "cashAccount", "balances": {"usd": balance}}
    payload = example | {"accounts": {"cash": cash, "flex": example["accounts"]["flex"]}}
    for name in FIDELITIES:
        assert (not errors(DOCUMENTS[f"futures-rest-{name}"], ACCOUNTS, payload)) == (name == fidelity)
