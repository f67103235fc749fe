"""ccxt (requests): ``kraken`` and ``krakenfutures``. Its balances are floats; Kraken's own answer comes beside them."""

import ccxt
from envelope import accounts, result
from lines import Driver, serve

KINDS = {
    ccxt.AuthenticationError: "authentication",
    ccxt.InvalidNonce: "nonce",
    ccxt.PermissionDenied: "permission",
    ccxt.RateLimitExceeded: "rate-limit",
    ccxt.DDoSProtection: "rate-limit",
    ccxt.BadRequest: "argument",
    ccxt.ArgumentsRequired: "argument",
    ccxt.ExchangeNotAvailable: "unavailable",
    ccxt.RequestTimeout: "timeout",
    ccxt.NetworkError: "network",
    ccxt.BadResponse: "payload",
}
RETRYABLE = {ccxt.OperationFailed: True, ccxt.BaseError: False}


class Client:
    def __init__(self, target, timeout):
        self._spot, self._futures = exchanges(ccxt, target, timeout)

    def BalanceEx(self, parameters):
        return result(self._spot.private_post_balanceex(parameters))

    def TradeBalance(self, parameters):
        return result(self._spot.private_post_tradebalance(parameters))

    def accounts(self, parameters):
        return accounts(self._futures.private_get_accounts(parameters))

    def available(self, parameters):
        return figures(self._spot.fetch_balance(parameters))

    def futures_balance(self, parameters):
        return figures(self._futures.fetch_balance({"type": parameters["wallet"]}))


def exchanges(module, target, timeout):
    """``kraken`` and ``krakenfutures`` of ccxt's sync or async ``module``, without their pause between calls."""
    options = {"enableRateLimit": False, **({"timeout": timeout * 1000} if timeout else {})}
    spot = module.kraken({**options, "apiKey": target.api_key, "secret": target.api_secret})
    futures = module.krakenfutures({**options, "apiKey": target.futures_api_key, "secret": target.futures_api_secret})
    spot.urls["api"]["public"] = spot.urls["api"]["private"] = target.spot_url
    futures.urls["api"]["public"] = futures.urls["api"]["private"] = target.futures_url.removesuffix("v3")
    return spot, futures


def figures(balance):
    return {currency: balance[currency] for currency in balance["total"]}


if __name__ == "__main__":
    about = {"name": "ccxt", "version": ccxt.__version__, "features": ("at_once", "timeout", "envelope")}
    serve(Driver(Client, **about, kinds=KINDS, retryable=RETRYABLE))
