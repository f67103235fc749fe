"""Where a statement of an effective document is from."""

import pytest

from mockserver import document_origin

ROW = ("components", "schemas", "balanceex")
FIGURES = ("components", "schemas", "balance-3")
FLEX = ("components", "schemas", "FlexBalanceSummary", "required")
CASH = ("components", "schemas", "CashAccountBalances", "additionalProperties")


@pytest.mark.parametrize(
    ("name", "pointer", "entry", "sentence", "source"),
    [
        (
            "spot-rest",
            (*ROW, "properties", "balance", "type"),
            "",
            "Total balance amount for an asset: type string",
            "openapi/spot-rest.yaml#/components/schemas/balanceex/properties/balance/type",
        ),
        (
            "spot-rest",
            (*FIGURES, "required"),
            "mfo",
            "All figures but `ml` are always present.",
            "openapi/overlays/spot-rest.yaml, actions[20], documented: description of `ml`",
        ),
        (
            "spot-rest",
            (*FIGURES, "properties", "m", "pattern"),
            "",
            "Margin, cost and valuation are absolute values, for short positions too.",
            "openapi/overlays/spot-rest.yaml, actions[22], documented: the example is a short position",
        ),
        (
            "futures-rest",
            FLEX,
            "type",
            "The `type` is required in the other two kinds of account and present in every answer.",
            "openapi/overlays/futures-rest.yaml, actions[8], observed: every recording",
        ),
        (
            "futures-rest",
            FLEX,
            "pnl",
            "FlexBalanceSummary: required currencies, initialMargin, ",
            "openapi/futures-rest.yaml#/components/schemas/FlexBalanceSummary/required",
        ),
        (
            "futures-rest",
            ("paths", "/accounts", "get", "responses", 200, "content", "application/json", "schema", "oneOf"),
            "",
            "",
            "openapi/futures-rest.yaml#/paths/~1accounts/get/responses/200/content/application~1json/schema/oneOf",
        ),
        (
            "support",
            ("components", "schemas", "Decimal", "pattern"),
            "",
            r"Decimal: pattern ^-?[0-9]+(\.[0-9]+)?$",
            "openapi/support.yaml#/components/schemas/Decimal/pattern",
        ),
    ],
)
def test_origin(name: str, pointer: tuple[str | int, ...], entry: str, sentence: str, source: str) -> None:
    origin = document_origin(name, pointer, entry=entry)
    assert origin.sentence.startswith(sentence)
    assert origin.source.startswith(source)


def test_an_overlay_of_one_fidelity_counts_under_it_alone() -> None:
    observed = document_origin("futures-rest", (*CASH, "type"), fidelity="observed")
    assert observed.sentence == "Balances are numbers, not strings."
    assert observed.source.startswith("openapi/overlays/futures-rest.observed.yaml, actions[1], observed: demo of")
    documented = document_origin("futures-rest", (*CASH, "$ref"), fidelity="documented")
    assert (
        documented.source
        == "openapi/futures-rest.yaml#/components/schemas/CashAccountBalances/additionalProperties/$ref"
    )
