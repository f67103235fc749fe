"""One small handler per operationId: exchange state -> Kraken payload."""

from collections.abc import Mapping
from types import MappingProxyType

from mockserver.endpoints.call import Handler
from mockserver.endpoints.get_account_balance import get_account_balance
from mockserver.endpoints.get_accounts import get_accounts
from mockserver.endpoints.get_extended_balance import get_extended_balance
from mockserver.endpoints.get_open_orders import get_open_orders
from mockserver.endpoints.get_trade_balance import get_trade_balance
from mockserver.endpoints.public import (
    get_asset_info,
    get_instruments,
    get_server_time,
    get_system_status,
    get_tradable_asset_pairs,
)

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "getExtendedBalance": get_extended_balance,
        "getTradeBalance": get_trade_balance,
        "getAccounts": get_accounts,
        "getAccountBalance": get_account_balance,
        "getOpenOrders": get_open_orders,
        "getServerTime": get_server_time,
        "getSystemStatus": get_system_status,
        "getAssetInfo": get_asset_info,
        "getTradableAssetPairs": get_tradable_asset_pairs,
        "getInstruments": get_instruments,
    }
)
