"""python-kraken-sdk (requests): Spot and Futures. Most errors have a class; some come back as data."""

from importlib.metadata import version

from envelope import accounts
from kraken import exceptions
from kraken.futures import User as FuturesUser
from kraken.spot import User
from lines import Driver, serve
from requests_errors import KINDS as REQUESTS

KINDS = {
    exceptions.KrakenInvalidAPIKeyError: "authentication",
    exceptions.KrakenInvalidSignatureError: "authentication",
    exceptions.KrakenAuthenticationError: "authentication",
    exceptions.KrakenAuthenticationFailedError: "authentication",
    exceptions.KrakenInvalidNonceError: "nonce",
    exceptions.KrakenPermissionDeniedError: "permission",
    exceptions.KrakenRateLimitExceededError: "rate-limit",
    exceptions.KrakenApiLimitExceededError: "rate-limit",
    exceptions.KrakenTemporaryLockoutError: "lockout",
    exceptions.KrakenInvalidArgumentsError: "argument",
    exceptions.KrakenBadRequestError: "argument",
    exceptions.KrakenRequiredArgumentMissingError: "argument",
    exceptions.KrakenUnknownAssetError: "argument",
    exceptions.KrakenServiceUnavailableError: "unavailable",
    exceptions.KrakenUnavailableError: "unavailable",
    ValueError: "payload",  # what it raises for an answer that is not JSON
}


class Client:
    def __init__(self, target, timeout):
        self._spot = User(key=target.api_key, secret=target.api_secret, url=target.spot_url)
        url = target.futures_url.removesuffix("/derivatives/api/v3")
        self._futures = FuturesUser(key=target.futures_api_key, secret=target.futures_api_secret, url=url)
        for client in (self._spot, self._futures) if timeout else ():
            client.TIMEOUT = timeout

    def BalanceEx(self, parameters):
        return self._spot.get_balances(extra_params=parameters)

    def TradeBalance(self, parameters):
        asset = {"asset": parameters.pop("asset")} if "asset" in parameters else {}
        return self._spot.get_trade_balance(**asset, extra_params=parameters)

    def accounts(self, parameters):
        return accounts(self._futures.get_wallets(extra_params=parameters))

    def available(self, parameters):
        rows = [self._spot.get_balance(asset) for asset in self._spot.get_balances()]
        return {row["currency"]: {"total": row["balance"], "available": row["available_balance"]} for row in rows}


if __name__ == "__main__":
    kinds = {**KINDS, **REQUESTS}
    serve(Driver(Client, name="python-kraken-sdk", version=version("python-kraken-sdk"), kinds=kinds))
