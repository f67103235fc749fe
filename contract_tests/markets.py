"""The market of a server, from its own public answers."""

from functools import lru_cache
from typing import Any

from contract_tests.calls import Answer, SpotAnswer
from contract_tests.oracles.market import Market
from contract_tests.server import FUTURES_PATH, Server


@lru_cache(maxsize=1)
def market_of(server: Server) -> Market:
    """Asked for once: assets, pairs and contracts, without prices."""

    def result(path: str) -> dict[str, Any]:
        return server.get(f"/0/public/{path}", SpotAnswer).accepted()

    return Market.from_public(
        assets=result("Assets") | result("Assets?aclass=tokenized_asset"),
        asset_pairs=result("AssetPairs") | result("AssetPairs?aclass_base=tokenized_asset"),
        instruments=server.get(f"{FUTURES_PATH}/instruments", Answer).envelope["instruments"],
    )
