"""pykrakenapi (on krakenex): Spot alone, as pandas frames. It has no BalanceEx; its totals are those of Balance.

By default it sends a call that failed again and again, each second, and counts calls itself; ``retry=0`` and
``tier="None"`` are its ways to be told not to.
"""

from importlib.metadata import version

import krakenex
from lines import Driver, serve
from pykrakenapi import KrakenAPI
from pykrakenapi.pykrakenapi import CallRateLimitError
from requests_errors import KINDS


class Client:
    def __init__(self, target, timeout):
        api = krakenex.API(target.api_key, target.api_secret)
        api.uri = target.spot_url
        self._kraken = KrakenAPI(api, tier="None", retry=0, crl_sleep=0)

    def TradeBalance(self, parameters):
        frame = self._kraken.get_trade_balance(**parameters)
        return frame[frame.columns[0]].to_dict()

    def available(self, parameters):
        frame = self._kraken.get_account_balance(**parameters)
        return {asset: {"total": total} for asset, total in frame["vol"].to_dict().items()}


if __name__ == "__main__":
    kinds = {**KINDS, CallRateLimitError: "rate-limit"}
    serve(Driver(Client, name="pykrakenapi", version=version("pykrakenapi"), kinds=kinds, features=["at_once"]))
