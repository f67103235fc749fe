"""The market of a server, from its own public answers."""

from functools import lru_cache
from typing import Any, NamedTuple

from contract_tests.calls import FUTURES_PATH, Answer, SpotAnswer
from contract_tests.oracles.market import Market
from contract_tests.server import Server


class PublicAnswers(NamedTuple):
    """``assets`` and ``asset_pairs`` by name, tokenised ones among them; numbers as ``Decimal``."""

    assets: dict[str, Any]
    asset_pairs: dict[str, Any]
    instruments: list[Any]


@lru_cache(maxsize=1)
def public_answers(server: Server) -> PublicAnswers:
    """Asked for once."""

    def result(path: str) -> dict[str, Any]:
        return server.get(f"/0/public/{path}", SpotAnswer).accepted()

    return PublicAnswers(
        assets=result("Assets") | result("Assets?aclass=tokenized_asset"),
        asset_pairs=result("AssetPairs") | result("AssetPairs?aclass_base=tokenized_asset"),
        instruments=server.get(f"{FUTURES_PATH}/instruments", Answer).envelope["instruments"],
    )


@lru_cache(maxsize=1)
def market_of(server: Server) -> Market:
    """Assets, pairs and contracts, without prices."""
    return Market.from_public(*public_answers(server))
