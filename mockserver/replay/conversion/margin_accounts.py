"""Single-collateral wallets of Futures: the balance, and the position that their requirements and triggers tell of."""

from mockserver.exchange.instruments import INSTRUMENTS, MARGIN_ACCOUNTS
from mockserver.exchange.money import ZERO
from mockserver.exchange.prices import mark_price
from mockserver.replay.conversion.draft import Draft, amount
from mockserver.replay.conversion.futures_positions import position, size_and_rate, written
from mockserver.replay.conversion.rows import Row, amounts, kept, mapping


def add_margin_account(draft: Draft, name: str, account: Row) -> None:
    """Its contracts are inverse: size in USD, margins and profit in the currency of the wallet, as ``coins``."""
    recorded = mapping(account, "balances").get(MARGIN_ACCOUNTS[name])
    balance = amount(recorded)
    draft.futures["margin_accounts"][name] = "0" if balance is None else kept(recorded, balance)
    instrument = next((row for row in INSTRUMENTS.values() if row.margin_account == name), None)
    auxiliary, needed = amounts(mapping(account, "auxiliary")), amounts(mapping(account, "marginRequirements"))
    if instrument is None or not (needed.get("im") or needed.get("mm")):
        return
    coins, rate = size_and_rate(needed.get("im"), needed.get("mm"), instrument)
    pnl = auxiliary.get("pnl", ZERO)
    triggers = amounts(mapping(account, "triggerEstimates"))
    long = triggers.get("im", ZERO) > triggers.get("mm", ZERO) or ("im" not in triggers and pnl >= 0)
    signed = coins if long else -coins
    worth = (balance or ZERO) + pnl + signed
    mark = mark_price(draft.state(), instrument)
    if triggers.get("im") and signed + coins * rate and worth / (signed + coins * rate) > 0:
        factor = (signed + coins * rate) / worth
        mark = written(triggers["im"] / factor, lambda price: price * factor, triggers["im"])
        draft.prices[instrument.symbol] = mark
    inverse_entry = (pnl / signed + 1) / mark
    if inverse_entry <= 0:
        return
    size = written(coins * mark, lambda size: size / mark * rate, coins * rate)
    contracts = size if long else -size
    entry = written(1 / inverse_entry, lambda price: contracts * (1 / price - 1 / mark), pnl)
    draft.futures["positions"].append(
        position(instrument, long, size, entry, auxiliary.get("funding", ZERO), rate, coins)
    )
