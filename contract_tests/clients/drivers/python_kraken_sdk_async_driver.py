"""python-kraken-sdk's async clients (aiohttp), which have no methods of their own for an endpoint."""

from importlib.metadata import version

import aiohttp
from envelope import accounts
from kraken.base_api import FuturesAsyncClient, SpotAsyncClient
from lines import Driver, serve
from python_kraken_sdk_driver import KINDS


class Client:
    def __init__(self, target, timeout):
        self._spot = SpotAsyncClient(target.api_key, target.api_secret, target.spot_url)
        url = target.futures_url.removesuffix("/derivatives/api/v3")
        self._futures = FuturesAsyncClient(target.futures_api_key, target.futures_api_secret, url)
        for client in (self._spot, self._futures) if timeout else ():
            client.TIMEOUT = timeout

    async def BalanceEx(self, parameters):
        return await self._spot.request("POST", "/0/private/BalanceEx", params=parameters)

    async def TradeBalance(self, parameters):
        return await self._spot.request("POST", "/0/private/TradeBalance", params=parameters)

    async def accounts(self, parameters):
        path = "/derivatives/api/v3/accounts"
        return accounts(await self._futures.request("GET", path, query_params=parameters or None))


if __name__ == "__main__":
    kinds = {
        **KINDS,
        TimeoutError: "timeout",
        aiohttp.ClientConnectionError: "network",
        aiohttp.ClientPayloadError: "network",
        aiohttp.ContentTypeError: "payload",
    }
    serve(Driver(Client, name="python-kraken-sdk-async", version=version("python-kraken-sdk"), kinds=kinds))
