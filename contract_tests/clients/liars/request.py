"""Wrong requests, signatures and nonces."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

from contract_tests.clients.liars.liar import liar
from contract_tests.clients.liars.right import Client, written

Headers = Mapping[str, str]


@liar("request/get", "It asks for TradeBalance with GET.", "request/path", "request/contract")
class Get(Client):
    def ask(self, method: str, url: str, headers: Headers, body: str | None = None) -> Any:
        if url.endswith("TradeBalance"):
            return super().ask("GET", f"{url}?{body}", headers)
        return super().ask(method, url, headers, body)


@liar("request/trailing-slash", "Its path of TradeBalance ends with a slash.", "request/path", "request/contract")
class TrailingSlash(Client):
    def ask(self, method: str, url: str, headers: Headers, body: str | None = None) -> Any:
        return super().ask(method, f"{url}/" if url.endswith("TradeBalance") else url, headers, body)


@liar("request/twice", "It asks for Balance first, without need.", "request/path")
class Twice(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        self.spot("Balance", {})
        return super().BalanceEx(parameters)


@liar("request/secret-as-text", "It signs TradeBalance with the secret's text, not decoded.", "request/signature")
class SecretAsText(Client):
    def spot_signature(self, path: str, nonce: int, body: str) -> str:
        if not path.endswith("TradeBalance"):
            return super().spot_signature(path, nonce, body)
        message = path.encode() + hashlib.sha256(f"{nonce}{body}".encode()).digest()
        return base64.b64encode(hmac.digest(self.target.api_secret.encode(), message, "sha512")).decode()


@liar("request/secret-in-query", "It sends the secret in the query.", "request/secret")
class SecretInQuery(Client):
    def ask(self, method: str, url: str, headers: Headers, body: str | None = None) -> Any:
        return super().ask(method, f"{url}?secret={self.target.futures_api_secret}" if body else url, headers, body)


@liar("request/secret-in-header", "It sends the secret in a header of its own.", "request/secret")
class SecretInHeader(Client):
    def ask(self, method: str, url: str, headers: Headers, body: str | None = None) -> Any:
        return super().ask(method, url, {**headers, "X-Client": self.target.api_secret}, body)


@liar("request/key-in-body", "It sends the key as a parameter, too.", "request/key")
class KeyInBody(Client):
    def written(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        return {**super().written(parameters), "key": self.target.api_key}


@liar("request/default-asset", "Its TradeBalance is in euros unless told otherwise.", "request/default-asset")
class DefaultAsset(Client):
    def TradeBalance(self, parameters: Mapping[str, Any]) -> Any:
        return super().TradeBalance({"asset": "ZEUR", **parameters})


@liar("request/no-parameters", "It sends none of the parameters.", "request/parameters", "meaning/rebase-base")
class NoParameters(Client):
    def written(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        return {}


@liar("request/other-value", "It sends rebased where base was said.", "request/parameters", "meaning/rebase-base")
class OtherValue(Client):
    def written(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        return {name: "rebased" if text == "base" else text for name, text in super().written(parameters).items()}


class OtherForm(Client):
    """Signs parameters in another form than it sends them in."""

    def spot(self, method: str, parameters: Mapping[str, Any]) -> Any:
        self.given = parameters
        return super().spot(method, parameters)

    def signed(self, value: Any) -> str | None:
        return None if value is None else written(value)

    def spot_signature(self, path: str, nonce: int, body: str) -> str:
        signed = {name: text for name, value in self.given.items() if (text := self.signed(value)) is not None}
        return super().spot_signature(path, nonce, urlencode({"nonce": nonce, **signed}))


@liar("request/none-signed", "It signs None as a text, and leaves it out.", "request/awkward-parameters")
class NoneSigned(OtherForm):
    def signed(self, value: Any) -> str | None:
        return "None" if value is None else super().signed(value)


@liar("request/true-signed", "It signs True, and sends true.", "request/awkward-parameters")
class TrueSigned(OtherForm):
    def signed(self, value: Any) -> str | None:
        return str(value) if isinstance(value, bool) else super().signed(value)


@liar("request/list-signed", "It signs a list as Python prints it.", "request/awkward-parameters")
class ListSigned(OtherForm):
    def signed(self, value: Any) -> str | None:
        return str(value) if isinstance(value, list) else super().signed(value)


@liar("request/seconds", "Its nonces count seconds.", "request/consecutive-nonces")
class Seconds(Client):
    def next_nonce(self) -> int:
        return int(time.time())


@liar("request/constant-nonce", "Its nonces are those of its start.", "request/consecutive-nonces")
class ConstantNonce(Client):
    def next_nonce(self) -> int:
        self.nonce = self.nonce or time.time_ns()
        return self.nonce


@liar("request/races", "It draws nonces without a lock, in milliseconds.", "request/nonces-at-once")
class Races(Client):
    def __init__(self, target: Any, timeout: float | None) -> None:
        super().__init__(target, timeout)
        self.lock = nullcontext()

    def next_nonce(self) -> int:
        time.sleep(0.001)
        return time.time_ns() // 10**6
