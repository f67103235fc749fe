"""krakenex (requests): Spot alone. It returns Kraken's envelope as it is, errors included."""

from importlib.metadata import version

import krakenex
from envelope import result
from lines import Driver, serve
from requests_errors import KINDS


class Client:
    def __init__(self, target, timeout):
        self._api = krakenex.API(target.api_key, target.api_secret)
        self._api.uri = target.spot_url
        self._timeout = timeout

    def BalanceEx(self, parameters):
        return self._private("BalanceEx", parameters)

    def TradeBalance(self, parameters):
        return self._private("TradeBalance", parameters)

    def _private(self, method, parameters):
        return result(self._api.query_private(method, parameters, timeout=self._timeout))


if __name__ == "__main__":
    features = ("at_once", "timeout", "envelope")
    serve(Driver(Client, name="krakenex", version=version("krakenex"), kinds=KINDS, features=features))
