"""The honest fake behind a liar, and what a liar may ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.liars.wire import App, Call, Reply, ask, encode
from contract_tests.signing import api_sign, authent
from mockserver import create_app

CONTROL = "/_mock"
LOCAL = {"host": "localhost", "content-type": "application/json"}
STATE = ("assets", "balances", "orders", "positions", "prices", "futures")
"""What of an account's document decides its answers, once it is let in."""


@dataclass(frozen=True)
class Key:
    """A key of ``account``; ``row`` is what the account's document says of it."""

    account: str
    secret: str
    row: Mapping[str, Any]


class Honest:
    """``await honest(call)`` is the honest answer."""

    def __init__(self) -> None:
        self._app: App = create_app()
        self._shadow: App = create_app()
        self._keys: dict[str, Key] = {}
        self._latest = "default"

    async def __call__(self, call: Call) -> Reply:
        return await ask(self._app, call)

    async def control(self, call: Call) -> Reply:
        """A call of the control API; the keys of the accounts in its answer are remembered."""
        reply = await self(call)
        if call.path.startswith(f"{CONTROL}/accounts") and "keys" in (reply.payload or {}):
            self._remember(reply.payload)
        return reply

    def _remember(self, document: Mapping[str, Any]) -> None:
        self._latest = document["name"]
        for keys in (document["keys"].get(world, []) for world in ("spot", "futures")):
            for row in keys if isinstance(keys, list) else [keys]:
                self._keys[row["api_key"]] = Key(document["name"], row["api_secret"], row)

    def key(self, call: Call) -> Key | None:
        """The one that a request names."""
        return self._keys.get(call.api_key)

    def is_signed(self, call: Call, *, path: str | None = None, body: bytes | None = None) -> bool:
        """Whether the signature is right, or would be if ``path`` or ``body`` were what was sent."""
        key, path, body = self.key(call), path or call.path, call.body if body is None else body
        if key is None:
            return False
        if call.is_futures:
            return call.headers.get("authent") == authent(key.secret, path, call.headers.get("nonce", ""), call.query)
        return call.headers.get("api-sign") == api_sign(key.secret, path, call.parameters.get("nonce", ""), body)

    async def document(self, call: Call) -> dict[str, Any]:
        """The account that a request's key belongs to; of a key that nobody has, the account made last."""
        key = self.key(call)
        name = self._latest if key is None else key.account
        reply = await self(Call("GET", f"{CONTROL}/accounts/{name}", headers=LOCAL))
        document: dict[str, Any] = reply.payload
        return document

    async def overlooking(self, call: Call, *errors: str) -> Reply:
        """The honest answer, or the truth where that is a refusal for one of ``errors``."""
        reply = await self(call)
        return await self.truth(call) if reply.error in errors else reply

    async def truth(self, call: Call, **parameters: Any) -> Reply:
        """What that account is answered to a faultless request for the same, or for the same with ``parameters``.

        Asked of a twin of the account, so that nonces, limits and faults are not touched.
        """
        document = await self.document(call)
        state = {name: document[name] for name in STATE if name in document}
        made = await ask(self._shadow, Call("POST", f"{CONTROL}/accounts", headers=LOCAL, body=encode(state)))
        twin = made.payload
        given = {name: value for name, value in call.parameters.items() if name in ("asset", "rebase_multiplier")}
        reply = await ask(self._shadow, _signed(call, twin, {**given, **parameters}))
        await ask(self._shadow, Call("DELETE", f"{CONTROL}/accounts/{twin['name']}", headers=LOCAL))
        return reply


def _signed(call: Call, account: Mapping[str, str], parameters: Mapping[str, Any]) -> Call:
    if call.is_futures:
        headers = {"apikey": account["futures_api_key"], "authent": authent(account["futures_api_secret"], call.path)}
        return Call("GET", call.path, headers=headers)
    body = encode({"nonce": 1, **parameters})
    signature = api_sign(account["api_secret"], call.path, 1, body)
    headers = {"api-key": account["api_key"], "api-sign": signature, "content-type": "application/json"}
    return Call("POST", call.path, headers=headers, body=body)
