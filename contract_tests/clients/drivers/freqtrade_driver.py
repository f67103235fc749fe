"""freqtrade's classes for Kraken (on ccxt). Free is total less what its own open orders hold, whatever Kraken says.

By itself it tries a call that failed 4 times more.
"""

from importlib.metadata import version

from freqtrade import exceptions
from freqtrade.enums import RunMode
from freqtrade.exchange.kraken import Kraken
from freqtrade.exchange.krakenfutures import Krakenfutures
from lines import Driver, serve

FUTURES = {"trading_mode": "futures", "margin_mode": "isolated", "stake_currency": "USD"}


class Client:
    def __init__(self, target, timeout):
        wait = {"timeout": timeout * 1000} if timeout else {}
        keys = {"key": target.api_key, "secret": target.api_secret}
        self._spot = Kraken(config("kraken", keys, target.spot_url, wait), validate=False)
        keys = {"key": target.futures_api_key, "secret": target.futures_api_secret}
        url = target.futures_url.removesuffix("v3")
        self._futures = Krakenfutures({**config("krakenfutures", keys, url, wait), **FUTURES}, validate=False)

    def available(self, parameters):
        return figures(self._spot.get_balances(parameters))

    def futures_balance(self, parameters):
        return figures(self._futures.get_balances({"type": parameters["wallet"]}))


def config(exchange, keys, url, wait):
    ccxt = {"enableRateLimit": False, "urls": {"api": {"public": url, "private": url}}, **wait}
    return {"dry_run": False, "runmode": RunMode.OTHER, "exchange": {"name": exchange, "ccxt_config": ccxt, **keys}}


def figures(balances):
    return {currency: row for currency, row in balances.items() if isinstance(row, dict)}


if __name__ == "__main__":
    kinds = {exceptions.DDosProtection: "rate-limit"}
    retryable = {exceptions.TemporaryError: True, exceptions.OperationalException: False}
    serve(Driver(Client, name="freqtrade", version=version("freqtrade"), kinds=kinds, retryable=retryable))
