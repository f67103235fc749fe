"""What a newer document changes: by meaning, for our operations alone, and never in silence."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.resources import OPENAPI
from mockserver.spec.diff import NAMES, Diff, diff
from mockserver.spec.document import DocumentError, read_yaml

VENDORED = {name: read_yaml(OPENAPI / f"{name}.yaml") for name in NAMES}


@pytest.fixture
def told(tmp_path: Path) -> Callable[[Any], Diff]:
    def told(document: Any) -> Diff:
        file = tmp_path / "new.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return diff(file)

    return told


def mutated(name: str, change: Callable[[Any], object]) -> Any:
    document = copy.deepcopy(VENDORED[name])
    change(document)
    return document


def at(document: Any, path: str) -> Any:
    for part in path.split():
        document = document[int(part) if isinstance(document, list) else part]
    return document


def found(told: Diff) -> list[tuple[str, str, str, Any, Any]]:
    return [(row.operation, c.kind, c.place, c.was, c.now) for row in told.operations for c in row.changes]


SPOT, FUTURES = NAMES
BALANCE_EX, TRADE_BALANCE, ACCOUNTS = "getExtendedBalance", "getTradeBalance", "getAccounts"


@pytest.mark.parametrize("name", NAMES)
def test_the_vendored_document_is_the_same(name: str) -> None:
    same = diff(OPENAPI / f"{name}.yaml")
    assert same.is_same
    assert found(same) == []
    assert same.name == name
    assert len(same.actions) > 15
    assert all(trial.verdict == "applies" and trial.changes for trial in same.actions)


def put(path: str, **values: Any) -> Callable[[Any], None]:
    return lambda document: at(document, path).update(values)


def drop(path: str, name: str) -> Callable[[Any], object]:
    return lambda document: at(document, path).pop(name)


SCHEMAS = "components schemas"
FIGURES = f"{SCHEMAS} balance-3 properties"
SCHEMES = VENDORED[SPOT]["components"]["securitySchemes"]
ROW = f"{SCHEMAS} balanceex properties"
BODY = "components requestBodies balance content application/json schema"


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        pytest.param(
            SPOT,
            put(f"{ROW} hold_trade", type="number"),
            [(BALANCE_EX, "changed", "answer 200 / result / asset / hold_trade / type", "string", "number")],
            id="type",
        ),
        pytest.param(
            SPOT,
            put(f"{FIGURES} ml", type="number"),
            [(TRADE_BALANCE, "changed", "answer 200 / result / ml / type", ["null", "string"], ["null", "number"])],
            id="type of a nullable one",
        ),
        pytest.param(
            SPOT,
            drop(f"{FIGURES} ml", "nullable"),
            [(TRADE_BALANCE, "changed", "answer 200 / result / ml / type", ["null", "string"], "string")],
            id="nullable",
        ),
        pytest.param(
            SPOT,
            drop(FIGURES, "uv"),
            [(TRADE_BALANCE, "removed", "answer 200 / result / uv", at(VENDORED[SPOT], f"{FIGURES} uv"), None)],
            id="property removed",
        ),
        pytest.param(
            SPOT,
            put(FIGURES, type={"type": "string"}),
            [(TRADE_BALANCE, "added", 'answer 200 / result / "type"', None, {"type": "string"})],
            id="property called as a keyword",
        ),
        pytest.param(
            SPOT,
            put(BODY, required=["asset", "nonce"]),
            [(TRADE_BALANCE, "added", "body / required", None, "asset")],
            id="required",
        ),
        pytest.param(
            SPOT,
            put("components requestBodies balance", required=1),
            [(TRADE_BALANCE, "changed", "body / required", True, 1)],
            id="1 is not true",
        ),
        pytest.param(
            SPOT,
            put(f"{BODY} properties asset", default="ZEUR"),
            [(TRADE_BALANCE, "changed", "body / asset / default", "ZUSD", "ZEUR")],
            id="default",
        ),
        pytest.param(
            SPOT,
            lambda document: at(document, "components requestBodies balance content").update(
                {"application/x-www-form-urlencoded": {}}
            ),
            [(TRADE_BALANCE, "added", "body / application/x-www-form-urlencoded", None, {})],
            id="media type",
        ),
        pytest.param(
            SPOT,
            lambda document: document.update(security=[{"API-Key": []}]),
            [
                row
                for operation in (BALANCE_EX, TRADE_BALANCE)
                for row in (
                    (
                        operation,
                        "removed",
                        "security / API-Key and API-Sign",
                        {
                            name: {"scopes": [], "scheme": scheme}
                            for name, scheme in SCHEMES.items()
                        },
                        None,
                    ),
                    (
                        operation,
                        "added",
                        "security / API-Key",
                        None,
                        {"API-Key": {"scopes": [], "scheme": SCHEMES["API-Key"]}},
                    ),
                )
            ],
            id="security",
        ),
        pytest.param(
            FUTURES,
            put("components securitySchemes authent", name="Authentication"),
            [
                (
                    ACCOUNTS,
                    "changed",
                    "security / authent and general-api-key-read-only / authent / scheme / name",
                    "Authent",
                    "Authentication",
                )
            ],
            id="security scheme",
        ),
        pytest.param(
            FUTURES,
            put("servers 0", url="https://api.futures.kraken.com/v4"),
            [
                (
                    ACCOUNTS,
                    "changed",
                    "servers / 1 / url",
                    "https://futures.kraken.com/derivatives/api/v3",
                    "https://api.futures.kraken.com/v4",
                )
            ],
            id="server",
        ),
        pytest.param(
            FUTURES,
            put("paths /accounts", parameters=[{"name": "symbol", "in": "query", "schema": {}}]),
            [
                (
                    ACCOUNTS,
                    "added",
                    "parameter symbol (query)",
                    None,
                    {"name": "symbol", "in": "query", "schema": {}},
                )
            ],
            id="parameter of the path",
        ),
        pytest.param(
            FUTURES,
            put("paths /accounts get responses", default={"description": "Anything"}),
            [(ACCOUNTS, "added", "answer default", None, {"description": "Anything"})],
            id="status",
        ),
        pytest.param(
            FUTURES,
            put(f"{SCHEMAS} DecimalString", type="number"),
            [
                (ACCOUNTS, "changed", f"answer 200 / <Success Response> / accounts / {account}", "string", "number")
                for account in ("cash / balances / <any other> / type", "<any other> / balances / <any other> / type")
            ],
            id="in every place",
        ),
        pytest.param(
            FUTURES,
            lambda document: at(document, f"{SCHEMAS} Error enum").append("insufficientPrivileges"),
            [
                (ACCOUNTS, "added", f"answer 200 / <oneOf 2> / {place} / enum", None, "insufficientPrivileges")
                for place in ("errors / <each>", "error")
            ],
            id="enum",
        ),
        pytest.param(
            SPOT,
            lambda document: at(document, "paths").update(
                {"/private/TradeBalance2": at(document, "paths").pop("/private/TradeBalance")}
            ),
            [
                (
                    TRADE_BALANCE,
                    "changed",
                    "method and path",
                    "POST /private/TradeBalance",
                    "POST /private/TradeBalance2",
                )
            ],
            id="another path with the same id",
        ),
        pytest.param(
            SPOT,
            put("paths /private/TradeBalance post", operationId="tradeBalance"),
            [(TRADE_BALANCE, "changed", "operationId", TRADE_BALANCE, "tradeBalance")],
            id="another id under the same path",
        ),
        pytest.param(
            SPOT,
            drop("paths", "/private/TradeBalance"),
            [(TRADE_BALANCE, "removed", "operation", "POST /private/TradeBalance", None)],
            id="operation gone",
        ),
    ],
)  # fmt: skip
def test_a_difference_has_its_place(
    told: Callable[[Any], Diff], name: str, change: Callable[[Any], object], expected: list[Any]
) -> None:
    new = told(mutated(name, change))
    assert sorted(map(repr, found(new))) == sorted(map(repr, expected))
    assert not any(change.words for row in new.operations for change in row.changes)
    assert not new.is_same


def test_a_formula_is_words(told: Callable[[Any], Diff]) -> None:
    new = told(mutated(SPOT, put(f"{FIGURES} e", description="Equity: `trade balance`", example="1.0000")))
    ((_, balances), (_, figures)) = ((row.operation, row.changes) for row in new.operations)
    assert balances == []
    assert [(change.place, change.words, change.now) for change in figures] == [
        ("answer 200 / result / e / description", True, "Equity: `trade balance`"),
        ("answer 200 / result / e / examples / 1", True, "1.0000"),
    ]
    assert not new.is_same


def rewritten(document: Any) -> None:
    """The same said otherwise: schemas renamed and written in place, keys, lists and line breaks in another order."""
    schemas = document["components"]["schemas"]
    schemas["balance-7"] = schemas.pop("balance-3")
    schemas["balance-4"]["properties"]["result"] = {"$ref": "#/components/schemas/balance-7"}
    schemas["balanceex-2"]["properties"]["error"] = schemas["error"]
    schemas["rebase_multiplier"]["enum"].reverse()
    schemas["error"]["deprecated"] = False
    schemas["balance-7"]["additionalProperties"] = True
    body = document["components"]["requestBodies"]["balance"]["content"]["application/json"]["schema"]
    body["properties"] = dict(reversed(body["properties"].items()))
    operation = document["paths"]["/private/BalanceEx"]["post"]
    operation["description"] = " ".join(operation["description"].split())
    operation["servers"], operation["security"] = document["servers"], [dict(reversed(document["security"][0].items()))]
    document["components"]["responses"] = {"ok": operation["responses"]["200"]}
    operation["responses"] = {200: {"$ref": "#/components/responses/ok"}}


def test_the_same_in_other_clothes_is_no_difference(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(yaml.safe_dump(mutated(SPOT, rewritten)), encoding="utf-8")
    assert found(diff(file)) == []


def test_alternatives_have_no_order(told: Callable[[Any], Diff]) -> None:
    def reverse(document: Any) -> None:
        for name in ("SuccessResponse", "ErrorResponse"):
            at(document, f"{SCHEMAS} {name} allOf").reverse()
        at(document, "paths /accounts get responses 200 content application/json schema oneOf").reverse()

    assert found(told(mutated(FUTURES, reverse))) == []


def in_3_1(document: Any) -> None:
    document["openapi"] = "3.1.0"
    level = document["components"]["schemas"]["balance-3"]["properties"]["ml"]
    del level["nullable"]
    level.update(type=["string", "null"], examples=[level.pop("example")])
    multiplier = document["components"]["schemas"]["rebase_multiplier"]
    del multiplier["nullable"]
    multiplier["type"] = ["null", "string"]


def test_openapi_3_1_says_the_same_in_other_words(told: Callable[[Any], Diff]) -> None:
    new = told(mutated(SPOT, in_3_1))
    assert found(new) == []
    sentence = "OpenAPI 3.1 knows no 'nullable'; say it by 'type'"
    assert verdicts(new) == dict.fromkeys(
        ("$..[?@.properties.nonce]", "$.components.schemas['balance-3'].properties.ml"), ("no longer applies", sentence)
    )


def test_nullable_says_nothing_in_openapi_3_1(told: Callable[[Any], Diff]) -> None:
    new = told(mutated(SPOT, lambda document: document.update(openapi="3.1.0")))
    assert (TRADE_BALANCE, "changed", "answer 200 / result / ml / type", ["null", "string"], "string") in found(new)


def test_a_schema_may_contain_itself(told: Callable[[Any], Diff]) -> None:
    def nest(properties: Any, name: str, kind: str) -> None:
        at(properties, SCHEMAS)["tree"] = {
            "type": "object",
            "properties": {"leaf": {"type": kind}, "branch": {"$ref": f"#/components/schemas/{name}"}},
        }
        at(properties, FIGURES)["tree"] = {"$ref": "#/components/schemas/tree"}

    new = told(mutated(SPOT, lambda document: nest(document, "tree", "string")))
    assert [row[1:3] for row in found(new)] == [("added", "answer 200 / result / tree")]


# Overlays


def verdicts(told: Diff) -> dict[str, tuple[str, str]]:
    return {trial.target: (trial.verdict, trial.reason) for trial in told.actions if trial.verdict != "applies"}


def as_recorded(document: Any) -> None:
    for name in ("CashAccountBalances", "MarginAccountBalances"):
        at(document, f"{SCHEMAS} {name}")["additionalProperties"] = {"type": "number"}


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        pytest.param(
            SPOT,
            put(f"{SCHEMAS} balanceex", required=["hold_trade", "balance"]),
            {"$.components.schemas.balanceex": ("already so", "the document says it itself")},
            id="an update that repeats what is there",
        ),
        pytest.param(
            SPOT,
            put(f"{SCHEMAS} balanceex", required=["balance"]),
            {
                "$.components.schemas.balanceex": (
                    "no longer applies",
                    "would repeat 'balance' in components / schemas / balanceex / required, "
                    "as the document says a part of it itself",
                )
            },
            id="an update of which a part is there",
        ),
        pytest.param(
            SPOT,
            put(BODY, title="Trade Balance Request", description="Trade Balance Request Body"),
            {
                "$.components.requestBodies.balance.content['application/json'].schema": (
                    "already so",
                    "the document says it itself",
                )
            },
            id="words that are mended",
        ),
        pytest.param(
            FUTURES,
            as_recorded,
            {
                "$.components.schemas.DecimalString": ("no longer applies", "matches nothing"),
                **dict.fromkeys(
                    (
                        "$.components.schemas['CashAccountBalances','MarginAccountBalances'].additionalProperties",
                        "$.components.schemas['CashAccountBalances','MarginAccountBalances']",
                    ),
                    ("already so", "the document says it itself: what one action removes, the next puts back"),
                ),
            },
            id="removed and put back",
        ),
        pytest.param(
            SPOT,
            put(f"{SCHEMAS} rebase_multiplier", enum={"rebased": 1}),
            {
                "$.components.schemas.rebase_multiplier": (
                    "no longer applies",
                    "'update' has an array where 'enum' is an object",
                )
            },
            id="another kind",
        ),
    ],
)
def test_actions(told: Callable[[Any], Diff], name: str, change: Any, expected: dict[str, Any]) -> None:
    new = told(mutated(name, change))
    assert verdicts(new) == expected
    assert not new.is_same


# Whole documentation


def elsewhere(document: Any, noise: Any) -> None:
    document["info"].update(description="Everything", version="9")
    document["tags"].append({"name": "More"})
    document["paths"] |= {
        "/private/Other": {"post": {"operationId": "other", "x-noise": noise, "responses": {"200": {"$ref": "#/no"}}}},
        "/broken": noise,
    }
    document["components"]["schemas"]["other"] = noise
    document["components"]["securitySchemes"]["other"] = {"properties": {"nonce": noise, "otp": "no schema"}}
    document["components"]["callbacks"] = noise
    for path in ("/private/BalanceEx", "/private/TradeBalance", "/accounts"):
        if path in document["paths"]:
            document["paths"][path]["delete"] = {"properties": {"nonce": noise, "otp": "no schema"}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda node: st.lists(node, max_size=3) | st.dictionaries(st.text(max_size=5), node, max_size=3),
    max_leaves=8,
)
ONCE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONCE
@given(name=st.sampled_from(NAMES), noise=JSON)
def test_what_changes_elsewhere_is_never_reported(told: Callable[[Any], Diff], name: str, noise: Any) -> None:
    new = told(mutated(name, lambda document: elsewhere(document, noise)))
    assert found(new) == []
    assert verdicts(new) == {}
    assert new.is_same


def leaves(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if not children:
        yield path
    for name, child in children:
        yield from leaves(child, (*path, name))


LEAVES = {
    name: [
        path
        for part in ("servers", "security", "paths", "components")
        for path in leaves(document[part], (part,))
        if path[-1] != "operationId" or len(document["paths"]) > 1
    ]
    for name, document in VENDORED.items()
}


SAID_TWICE = [("type", "asset"), ("type", "balanceex")]
"""``type: object`` stands in a schema and beside the ``$ref`` to it."""


def differs(told: Callable[[Any], Diff], document: Any) -> bool:
    """Also by an error."""
    try:
        new = told(document)
    except DocumentError:
        return True
    return any(row.changes for row in new.operations) and not new.is_same


def other(value: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(["something else", 17, False, None, ["a", "b"], {"c": "d"}]).filter(lambda new: new != value)


@ONCE
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_what_changes_in_our_operations_is_always_reported(
    told: Callable[[Any], Diff], data: st.DataObject, name: str
) -> None:
    *path, last = data.draw(st.sampled_from(LEAVES[name]))
    document = copy.deepcopy(VENDORED[name])
    node = document
    for part in path:
        node = node[part]
    node[last] = data.draw(other(node[last]))
    assert differs(told, document)


@ONCE
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_what_is_gone_from_our_operations_is_always_reported(
    told: Callable[[Any], Diff], data: st.DataObject, name: str
) -> None:
    path = data.draw(st.sampled_from([path for path in LEAVES[name] if path[-1:] + path[-2:-1] not in SAID_TWICE]))
    depth = data.draw(st.integers(min_value=min(3, len(path) - 1), max_value=len(path) - 1))
    document = copy.deepcopy(VENDORED[name])
    node = document
    for part in path[:depth]:
        node = node[part]
    del node[path[depth]]
    assert differs(told, document)


# What cannot be compared

MINIMAL = {"openapi": "3.0.0", "paths": {}}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (MINIMAL, "holds none of the operations getExtendedBalance, getTradeBalance, getAccounts"),
        (
            MINIMAL | {"paths": VENDORED[SPOT]["paths"] | VENDORED[FUTURES]["paths"]},
            "holds operations of spot-rest and of futures-rest",
        ),
        ({"openapi": "3.0.0"}, "paths: expected an object, found NoneType"),
        ({"swagger": "2.0"}, "expected an OpenAPI 3.0 or 3.1 document, found Swagger 2"),
        ({"openapi": "4.0.0"}, "expected an OpenAPI 3.0 or 3.1 document, found openapi: 4.0.0"),
        ({"info": {}}, "expected an OpenAPI 3.0 or 3.1 document, found no openapi"),
        ([], "expected an OpenAPI document, found list"),
        ("# Get wallets\n\n> Text: with\n  : yaml\n", "cannot be read"),
        (
            "# Get wallets\n\n> Text: with\n  : yaml\n\n````yaml\nopenapi: 3.1.0\n````\n",
            "it is a page of Kraken's in Markdown: give what stands between the lines ````yaml and ````",
        ),
        ("openapi: 3.0.0\npaths: &p {x: *p}\n", "contains itself by a YAML alias"),
        (
            "openapi: 3.0.0\npaths: {}\na0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
            "is too large",
        ),
        (
            mutated(SPOT, put(f"{FIGURES} e", **{"$ref": "#/components/schemas/money"})),
            "getTradeBalance: answer 200 / result / e: the $ref #/components/schemas/money points to nothing",
        ),
        (
            mutated(SPOT, put("paths /private/TradeBalance post", requestBody={"$ref": "other.yaml#/body"})),
            "getTradeBalance: body: the $ref other.yaml#/body points to nothing in this document",
        ),
        (
            mutated(SPOT, put(f"{FIGURES}", new={"$ref": "#/components/schemas/money"})),
            "getTradeBalance: answer 200 / result / new: the $ref #/components/schemas/money points to nothing",
        ),
        (
            mutated(SPOT, put(SCHEMAS, error={"$ref": "#/components/schemas/error"})),
            "the $ref #/components/schemas/error points back to itself",
        ),
        (
            mutated(SPOT, put("paths /private/TradeBalance", post="gone")),
            "getTradeBalance: expected an operation, found str",
        ),
        (
            mutated(SPOT, put("paths /private/TradeBalance post", parameters={"nonce": {}})),
            "getTradeBalance: parameters: expected a list, found dict",
        ),
        (
            mutated(SPOT, lambda document: document.update(security="API-Key")),
            "getExtendedBalance: security: expected a list of objects",
        ),
        (
            mutated(
                SPOT,
                lambda document: (
                    document["paths"].update(dict.fromkeys(("/a", "/b"), document["paths"]["/private/BalanceEx"]))
                    or document["paths"].pop("/private/BalanceEx")
                ),
            ),
            "getExtendedBalance is the operationId of POST /a, POST /b; it can be of one alone",
        ),
    ],
)
def test_a_file_that_cannot_be_compared(told: Callable[[Any], Diff], document: Any, sentence: str) -> None:
    with pytest.raises(DocumentError) as caught:
        told(document)
    assert "new.json" in str(caught.value)
    assert sentence in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"none\.yaml: cannot be read: No such file"):
        diff(tmp_path / "none.yaml")
