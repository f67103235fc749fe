"""One account of a running fake, in the hand of a test."""

from collections.abc import Mapping
from typing import Any

from mockserver.exchange.clock import Clock
from mockserver.fake import Fake

Amount = Any
"""Text, ``int`` or ``Decimal``; a ``float`` is refused, as it is not exact."""


class Account:
    """An account: its keys, its document, and what can happen to it.

    Each method does what the control call of that name does. What Kraken would refuse raises ``Rejected`` with Kraken's
    ``error``; then nothing has changed.
    """

    def __init__(self, fake: Fake, name: str) -> None:
        self._fake = fake
        self.name = name
        """Its name, which never changes."""

    def __repr__(self) -> str:
        return f"Account({self.name!r})"

    @property
    def api_key(self) -> str:
        """Its first Spot key."""
        return self._fake.tenant(self.name).account.spot_keys[0].api_key

    @property
    def api_secret(self) -> str:
        return self._fake.tenant(self.name).account.spot_keys[0].api_secret

    @property
    def futures_api_key(self) -> str:
        """Its first Futures key."""
        return self._fake.tenant(self.name).account.futures_keys[0].api_key

    @property
    def futures_api_secret(self) -> str:
        return self._fake.tenant(self.name).account.futures_keys[0].api_secret

    def credentials(self) -> dict[str, str]:
        """``name`` and the four keys, as in the ready line."""
        names = ("name", "api_key", "api_secret", "futures_api_key", "futures_api_secret")
        return {name: getattr(self, name) for name in names}

    def read(self) -> dict[str, Any]:
        """Its document, of the account file's shape, keys in front as in the ready line."""
        return self._fake.describe(self.name)

    def update(self, patch: Mapping[str, Any]) -> None:
        """Change it by a JSON Merge Patch (RFC 7396) of its document; a wrong one raises and changes nothing."""
        self._fake.patch(self.name, patch)

    def replace(self, document: Mapping[str, Any]) -> None:
        """Make it anew from a document; keys that are not given stay."""
        self._fake.replace(self.name, document)

    def reset(self) -> None:
        """Back to its beginning: state, nonces, limits, clock, faults, journal."""
        self._fake.reset([self.name])

    def delete(self) -> None:
        self._fake.delete(self.name)

    def snapshot(self) -> str:
        """Remember this account; the id is for ``restore``."""
        return self._fake.snapshot([self.name]).id

    def restore(self, snapshot: str) -> None:
        """As it was at ``snapshot()``."""
        self._fake.restore(snapshot)

    @property
    def clock(self) -> Clock:
        """Its clock, the server's until it is moved: ``set``, ``advance``, ``freeze``, ``unfreeze``, ``reset``."""
        return self._fake.tenant(self.name).clock

    def journal(self, *, operation: str | None = None, diagnosis: str | None = None) -> list[dict[str, Any]]:
        """Its requests and their answers, oldest first."""
        entries = self._fake.journal.entries(account=self.name, operation=operation, diagnosis=diagnosis)
        return [entry.describe() for entry in entries]

    def violations(self) -> list[dict[str, Any]]:
        """Its requests that broke the contract."""
        return [entry.describe() for entry in self._fake.journal.entries(account=self.name, violations=True)]

    def explain(self, operation_id: str) -> dict[str, Any]:
        """How every figure of the last answer came about, or of the one that it would get now: formula, inputs, source.

        Of ``getExtendedBalance``, ``getTradeBalance``, ``getAccounts`` and ``getAccountBalance``.
        """
        return self._fake.explain(self.name, operation_id)

    def add_fault(self, fault: Mapping[str, Any], **document: Any) -> str:
        """Queue a fault for this account, such as ``{"error": "EService:Busy"}``; returns its id."""
        return self._fake.add_fault({"account": self.name, "fault": fault, **document}).id

    def deposit(self, asset: str, amount: Amount) -> None:
        self._happen("deposit", asset=asset, amount=amount)

    def withdraw(self, asset: str, amount: Amount) -> None:
        """Refused beyond what is available."""
        self._happen("withdraw", asset=asset, amount=amount)

    def grant_credit(self, asset: str, amount: Amount) -> None:
        """A credit line, or a higher one."""
        self._happen("grant-credit", asset=asset, amount=amount)

    def draw_credit(self, asset: str, amount: Amount) -> None:
        self._happen("draw-credit", asset=asset, amount=amount)

    def repay_credit(self, asset: str, amount: Amount) -> None:
        self._happen("repay-credit", asset=asset, amount=amount)

    def move_balance(self, source: str, target: str, amount: Amount) -> None:
        """Stake, or move to Kraken Rewards and back: between variants of one asset, such as ``XBT`` and ``XBT.F``."""
        self._happen("move-balance", source=source, target=target, amount=amount)

    def place_order(
        self,
        pair: str,
        type: str,
        *,
        price: Amount,
        volume: Amount,
        leverage: Amount | None = None,
        txid: str | None = None,
    ) -> str:
        """A spot limit order; without leverage it holds funds. Returns its transaction id."""
        arguments = {"price": price, "volume": volume, "leverage": leverage, "txid": txid}
        return str(self._happen("place-order", pair=pair, type=type, **arguments))

    def cancel_order(self, txid: str) -> None:
        self._happen("cancel-order", txid=txid)

    def fill_order(self, txid: str, *, volume: Amount | None = None, price: Amount | None = None) -> None:
        """Execute an order, all that is left of it unless ``volume`` says less, at its price or a better one."""
        self._happen("fill-order", txid=txid, volume=volume, price=price)

    def open_position(
        self, pair: str, type: str, *, volume: Amount, leverage: Amount, price: Amount | None = None
    ) -> str:
        """A spot margin position, at the market's price unless one is given. Returns its transaction id."""
        return str(self._happen("open-position", pair=pair, type=type, volume=volume, leverage=leverage, price=price))

    def close_position(self, txid: str, *, volume: Amount | None = None, price: Amount | None = None) -> None:
        """Close a spot margin position, or ``volume`` of it; its profit or loss goes to the quote asset's balance."""
        self._happen("close-position", txid=txid, volume=volume, price=price)

    def open_futures_position(
        self, symbol: str, side: str, *, size: Amount, price: Amount | None = None, leverage: Amount | None = None
    ) -> None:
        """Buy (``long``) or sell (``short``) contracts, at the mark price unless one is given."""
        self._happen("open-futures-position", symbol=symbol, side=side, size=size, price=price, leverage=leverage)

    def close_futures_position(self, symbol: str, *, size: Amount | None = None, price: Amount | None = None) -> None:
        """Close a futures position, or ``size`` of it; its profit or loss and its funding go to the wallet."""
        self._happen("close-futures-position", symbol=symbol, size=size, price=price)

    def apply_funding(self, symbol: str, amount: Amount) -> None:
        """Unrealised funding of a futures position, in its wallet's currency; negative where it is paid."""
        self._happen("apply-funding", symbol=symbol, amount=amount)

    def move_prices(self, prices: Mapping[str, Amount]) -> None:
        """Prices in USD by asset or futures symbol, for this account alone."""
        self._happen("move-price", prices=prices)

    def _happen(self, happening: str, **arguments: Any) -> str | None:
        given = {name: value for name, value in arguments.items() if value is not None}
        return self._fake.happen(self.name, happening, **given)
