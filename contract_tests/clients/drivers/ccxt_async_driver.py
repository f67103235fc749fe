"""ccxt's async half (aiohttp)."""

import ccxt.async_support as ccxt
from ccxt_driver import KINDS, RETRYABLE, exchanges, figures
from envelope import accounts, result
from lines import Driver, serve


class Client:
    def __init__(self, target, timeout):
        self._spot, self._futures = exchanges(ccxt, target, timeout)

    async def BalanceEx(self, parameters):
        return result(await self._spot.private_post_balanceex(parameters))

    async def TradeBalance(self, parameters):
        return result(await self._spot.private_post_tradebalance(parameters))

    async def accounts(self, parameters):
        return accounts(await self._futures.private_get_accounts(parameters))

    async def available(self, parameters):
        return figures(await self._spot.fetch_balance(parameters))

    async def futures_balance(self, parameters):
        return figures(await self._futures.fetch_balance({"type": parameters["wallet"]}))


if __name__ == "__main__":
    about = {"name": "ccxt-async", "version": ccxt.__version__, "features": ("at_once", "timeout", "envelope")}
    serve(Driver(Client, **about, kinds=KINDS, retryable=RETRYABLE))
