"""Every happening in any order, against a model that knows only what came, what went and what was traded at what price.

The model has no positions, no costs and no entry prices: of each market it keeps the cash and the quantity that trades
left behind, as fractions. Whatever the account makes of them, cash and open positions must add up to the same.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract_tests.oracles import futures as futures_oracle
from contract_tests.oracles import spot as spot_oracle
from mockserver.account_file import parse_account
from mockserver.account_file.writing import write_state
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_accounts import get_accounts
from mockserver.endpoints.get_extended_balance import get_extended_balance
from mockserver.exchange.assets import ASSETS
from mockserver.exchange.extended_balance import extended_balance
from mockserver.exchange.fidelity import DOCUMENTED
from mockserver.exchange.happenings import HAPPENINGS, Rejected
from mockserver.exchange.trade_balance import TradeBalance, trade_balance
from mockserver.wire import to_json
from tests.exchange.amounts import amounts, printed
from tests.exchange.happenings.happen import account

DECIMALS = {"ZUSD": 4, "XXBT": 10, "XBT.F": 10, "XETH": 10}
COLLATERAL = {"ZUSD": Fraction(1), "XXBT": Fraction("0.99"), "XETH": Fraction("0.99"), "XBT.F": Fraction(0)}
PAIRS = {"XXBTZUSD": ("XXBT", "ZUSD", 1), "XETHZUSD": ("XETH", "ZUSD", 2), "XETHXXBT": ("XETH", "XXBT", 6)}
LINEAR, INVERSE = "PF_XBTUSD", "PI_XBTUSD"
DUST = Fraction(1, 10**15)
START = {
    "balances": {"ZUSD": "20000.0000", "XXBT": "1.5000000000", "XETH": "10.0000000000"},
    "prices": {"XXBT": "40000", "XETH": "2000"},
    "futures": {"margin_accounts": {"fi_xbtusd": "2"}, "flex": {"USD": "50000"}},
}

assets = st.sampled_from(sorted(DECIMALS))
sides = st.sampled_from(["buy", "sell"])
parts = st.sampled_from([Fraction(1, 3), Fraction(1), Fraction(2, 7), Fraction(10**9 + 1, 10**9)])
leverages = st.none() | st.sampled_from([Decimal(2), Decimal(3), Decimal(5)])
slips = st.sampled_from([Fraction(1), Fraction(97, 100), Fraction(103, 100), Fraction(1, 3)])


def down(amount: Fraction, decimals: int) -> Decimal:
    return Decimal(printed(amount, decimals, int))


def near(amount: Fraction | Decimal, other: Fraction | Decimal, tolerance: Fraction = DUST) -> bool:
    return abs(Fraction(amount) - Fraction(other)) <= tolerance


class Account(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state = account(**START)
        self.own = defaultdict(Fraction, {asset: Fraction(x) for asset, x in START["balances"].items()})
        self.credit: dict[str, Fraction] = {}
        self.prices = {asset: Fraction(x) for asset, x in START["prices"].items()} | {"ZUSD": Fraction(1)}
        self.holds: dict[str, tuple[str, Fraction, Fraction]] = {}
        """Order to its asset, what one unit of its volume holds of it, and the volume left."""
        self.cash: dict[str, Fraction] = defaultdict(Fraction)
        """What margin trading of a pair earned and cost, in its quote."""
        self.volume: dict[str, Fraction] = defaultdict(Fraction)
        self.roundings: dict[str, int] = defaultdict(int)
        """Of the quote amounts that margin trading rounded, by pair; of a wallet, by symbol."""
        self.wallets = {LINEAR: Fraction(50000), INVERSE: Fraction(2)}
        self.contracts: dict[str, Fraction] = defaultdict(Fraction)
        self.negative: set[str] = set()
        self.may_lose = False

    def happen(self, name: str, **arguments: Any) -> str | None:
        """Kraken's error, if it was rejected."""
        self.may_lose = False
        try:
            happened = HAPPENINGS[name](self.state, **arguments)
        except Rejected as rejected:
            return rejected.error
        self.state = happened.state
        return None

    def row(self, asset: str) -> dict[str, Fraction]:
        row = self.state.balances.get(asset)
        figures = {name: Fraction(getattr(row, name, None) or 0) for name in ("balance", "credit", "credit_used")}
        figures["hold_trade"] = sum(
            (unit * left for held, unit, left in self.holds.values() if held == asset), Fraction(0)
        )
        figures["available"] = figures["balance"] + figures["credit"] - figures["credit_used"] - figures["hold_trade"]
        return figures

    def some(self, asset: str, part: Fraction, of: str = "available") -> Decimal:
        return down(max(self.row(asset)[of] * part, Fraction(0)), DECIMALS[asset])

    def price(self, pair: str) -> Fraction:
        base, quote, _ = PAIRS[pair]
        return self.prices[base] / self.prices[quote]

    def limit_price(self, pair: str, slip: Fraction) -> Decimal:
        return down(self.price(pair) * slip, PAIRS[pair][2])

    # Funds

    @rule(asset=assets, data=st.data())
    def deposit(self, asset: str, data: st.DataObject) -> None:
        amount = Decimal(data.draw(amounts(DECIMALS[asset], least=1).filter(lambda text: Decimal(text) < 10**6)))
        assert not self.happen("deposit", asset=asset, amount=amount)
        self.own[asset] += Fraction(amount)

    @rule(asset=assets, part=parts)
    def withdraw(self, asset: str, part: Fraction) -> None:
        amount, before = self.some(asset, part), self.row(asset)
        error = self.happen("withdraw", asset=asset, amount=amount)
        assert (error is None) == (0 < amount <= min(before["available"], before["balance"]))
        if error is None:
            self.own[asset] -= Fraction(amount)

    @rule(asset=assets, data=st.data())
    def grant_credit(self, asset: str, data: st.DataObject) -> None:
        amount = Decimal(data.draw(st.integers(1, 5000)))
        assert not self.happen("grant-credit", asset=asset, amount=amount)
        self.credit[asset] = self.credit.get(asset, Fraction(0)) + Fraction(amount)

    @rule(asset=assets, part=parts, draws=st.booleans())
    def draw_or_repay_credit(self, asset: str, part: Fraction, draws: bool) -> None:
        before = self.row(asset)
        most = before["credit"] - before["credit_used"] if draws else min(before["credit_used"], before["balance"])
        amount = down(max(most * part, Fraction(0)), DECIMALS[asset])
        error = self.happen("draw-credit" if draws else "repay-credit", asset=asset, amount=amount)
        assert (error is None) == (0 < amount <= most)
        change = Fraction(amount if draws else -amount) if error is None else Fraction(0)
        after = self.row(asset)
        assert after["balance"] - before["balance"] == after["credit_used"] - before["credit_used"] == change
        assert after["available"] == before["available"]

    @rule(back=st.booleans(), part=parts)
    def move_balance(self, back: bool, part: Fraction) -> None:
        source, target = ("XBT.F", "XXBT") if back else ("XXBT", "XBT.F")
        amount, before = self.some(source, part), self.row(source)
        error = self.happen("move-balance", source=source, target=target, amount=amount)
        assert (error is None) == (0 < amount <= min(before["available"], before["balance"]))
        if error is None:
            self.own[source] -= Fraction(amount)
            self.own[target] += Fraction(amount)

    # Spot orders

    @rule(pair=st.sampled_from(sorted(PAIRS)), type=sides, slip=slips, part=parts, leverage=leverages)
    def place_order(self, pair: str, type: str, slip: Fraction, part: Fraction, leverage: Decimal | None) -> None:
        base, quote, _ = PAIRS[pair]
        price, asset = self.limit_price(pair, slip), quote if type == "buy" else base
        unit = Fraction(price) if type == "buy" else Fraction(1)
        volume = down(self.row(asset)["available"] * part / unit, 8)
        before, free = self.row(asset)["available"], self.margin_free()
        error = self.happen("place-order", pair=pair, type=type, price=price, volume=volume, leverage=leverage)
        if error is None:
            if leverage is None:
                assert unit * Fraction(volume) <= before
                self.holds[self.state.orders[-1].txid] = asset, unit, Fraction(volume)
            else:
                opposing = sum(
                    Fraction(position.volume)
                    for position in self.state.positions
                    if position.pair.name == pair and position.type != type
                )
                opens = max(Fraction(volume) - opposing, Fraction(0))
                assert opens * Fraction(price) * self.prices[quote] / Fraction(leverage) <= max(free, Fraction(0))
        elif leverage is None and error == "EOrder:Insufficient funds":
            assert unit * Fraction(volume) > before

    @precondition(lambda self: self.state.orders)
    @rule(at=st.integers(0, 10**6))
    def cancel_order(self, at: int) -> None:
        order = self.state.orders[at % len(self.state.orders)]
        assert not self.happen("cancel-order", txid=order.txid)
        self.holds.pop(order.txid, None)

    @precondition(lambda self: self.state.orders)
    @rule(at=st.integers(0, 10**6), part=parts, better=st.booleans())
    def fill_order(self, at: int, part: Fraction, better: bool) -> None:
        order = self.state.orders[at % len(self.state.orders)]
        left = Fraction(order.volume) - Fraction(order.vol_exec)
        volume = down(left * part, 8) if part < 1 else None
        filled = Fraction(volume) if volume is not None else left
        price = Decimal(order.price)
        if better:
            price = down(Fraction(price) * Fraction(101 if order.type == "sell" else 99, 100), 12)
        base, quote, _ = PAIRS[order.pair.name]
        value = filled * Fraction(price)
        available = self.row(quote)["available"]
        if self.happen("fill-order", txid=order.txid, volume=volume, price=price):
            assert not filled or Fraction(printed(value, DECIMALS[quote])) == 0
            return
        bought = filled if order.type == "buy" else -filled
        if order.leverage is None:
            asset, unit, _ = self.holds.pop(order.txid)
            if filled < left:
                self.holds[order.txid] = asset, unit, left - filled
            rounded = Fraction(printed(value, DECIMALS[quote]))
            if order.type == "buy" and rounded > available + unit * filled >= value:
                rounded = Fraction(printed(value, DECIMALS[quote], int))
            self.own[base] += bought
            self.own[quote] -= rounded if order.type == "buy" else -rounded
        else:
            self.trade(order.pair.name, bought, price)

    # Spot positions

    @rule(pair=st.sampled_from(sorted(PAIRS)), type=sides, data=st.data(), at_mid=st.booleans())
    def open_position(self, pair: str, type: str, data: st.DataObject, at_mid: bool) -> None:
        leverage = data.draw(st.sampled_from([Decimal(2), Decimal(3), Decimal(5)]))
        volume = down(Fraction(data.draw(st.integers(10**5, 10**8)), 10**8), 8)
        price = None if at_mid else self.limit_price(pair, data.draw(slips))
        at, free = Fraction(price) if price else self.price(pair), self.margin_free()
        error = self.happen("open-position", pair=pair, type=type, volume=volume, leverage=leverage, price=price)
        needed = Fraction(volume) * at * self.prices[PAIRS[pair][1]] / Fraction(leverage)
        if error is None:
            assert needed <= free
            self.trade(pair, Fraction(volume if type == "buy" else -volume), at)
        elif error == "EOrder:Insufficient margin":
            assert needed > free

    @precondition(lambda self: self.state.positions)
    @rule(at=st.integers(0, 10**6), part=parts, slip=slips)
    def close_position(self, at: int, part: Fraction, slip: Fraction) -> None:
        position = self.state.positions[at % len(self.state.positions)]
        pair = position.pair.name
        volume = down(Fraction(position.volume) * part, 8) if part < 1 else None
        price = self.limit_price(pair, slip)
        if not self.happen("close-position", txid=position.txid, volume=volume, price=price):
            closed = Fraction(position.volume if volume is None else volume)
            self.trade(pair, -closed if position.type == "buy" else closed, price)

    def trade(self, pair: str, bought: Fraction, price: Fraction | Decimal) -> None:
        self.cash[pair] -= bought * Fraction(price)
        self.volume[pair] += bought
        self.roundings[pair] += 1 + len(self.state.positions)
        self.may_lose = True

    def margin_free(self) -> Fraction:
        figures = self.figures()
        orders = sum(
            (Fraction(order.volume) - Fraction(order.vol_exec)) * Fraction(order.price)
            * self.prices[order.pair.quote] / Fraction(order.leverage)
            for order in self.state.orders
            if order.leverage is not None
        )  # fmt: skip
        return figures["mf"] - orders

    # Futures

    @rule(symbol=st.sampled_from([LINEAR, INVERSE]), long=st.booleans(), data=st.data())
    def open_futures_position(self, symbol: str, long: bool, data: st.DataObject) -> None:
        size = down(Fraction(data.draw(st.integers(1, 20000)), 10**4 if symbol == LINEAR else 1), 4)
        price = data.draw(st.none() | st.integers(20000, 60000).map(Decimal))
        side = "long" if long else "short"
        if not self.happen("open-futures-position", symbol=symbol, side=side, size=size, price=price):
            self.trade_futures(symbol, Fraction(size if long else -size), price)

    @precondition(lambda self: self.state.futures.positions)
    @rule(at=st.integers(0, 1), part=parts, price=st.none() | st.integers(20000, 60000).map(Decimal))
    def close_futures_position(self, at: int, part: Fraction, price: Decimal | None) -> None:
        position = self.state.futures.positions[at % len(self.state.futures.positions)]
        decimals = position.instrument.contract_value_trade_precision
        size = down(Fraction(position.size) * part, decimals) if part < 1 else None
        symbol = position.instrument.symbol
        error = self.happen("close-futures-position", symbol=symbol, size=size, price=price)
        assert (error is None) == (size is None or size > 0)
        if error is None:
            closed = Fraction(position.size if size is None else size)
            self.trade_futures(symbol, -closed if position.side == "long" else closed, price)

    @precondition(lambda self: self.state.futures.positions)
    @rule(at=st.integers(0, 1), amount=amounts(8).map(Decimal).filter(lambda amount: abs(amount) < 1000))
    def apply_funding(self, at: int, amount: Decimal) -> None:
        symbol = self.state.futures.positions[at % len(self.state.futures.positions)].instrument.symbol
        assert not self.happen("apply-funding", symbol=symbol, amount=amount)
        self.wallets[symbol] += Fraction(amount)

    def trade_futures(self, symbol: str, bought: Fraction, price: Decimal | None) -> None:
        at = self.prices["XXBT"] if price is None else Fraction(price)
        self.wallets[symbol] += bought / at if symbol == INVERSE else -bought * at
        self.contracts[symbol] += bought
        self.roundings[symbol] += 1

    # The market

    @rule(asset=st.sampled_from(["XXBT", "XETH"]), cents=st.integers(90000, 6000000))
    def move_price(self, asset: str, cents: int) -> None:
        price = Fraction(cents, 100 if asset == "XXBT" else 2000)
        assert not self.happen("move-price", prices={asset: down(price, 4)})
        self.prices[asset] = price

    # What is always true

    def figures(self) -> dict[str, Fraction]:
        """TradeBalance, from the balances, costs and volumes that the other invariants vouch for."""
        signed = [(1 if position.type == "buy" else -1, position) for position in self.state.positions]
        quoted = [self.prices[position.pair.quote] for _, position in signed]
        costs = [Fraction(position.cost) * quote for (_, position), quote in zip(signed, quoted, strict=True)]
        values = [Fraction(position.volume) * self.prices[position.pair.base] for _, position in signed]
        tb = sum(
            self.row(asset)["balance"] * self.prices[asset] * COLLATERAL[asset]
            for asset in DECIMALS
            if asset != "XBT.F"
        )
        margins = [
            Fraction(printed(Fraction(position.cost) / Fraction(position.leverage), DECIMALS[position.pair.quote]))
            for _, position in signed
        ]
        m = sum(margin * quote for margin, quote in zip(margins, quoted, strict=True))
        n = sum(sign * (value - cost) for (sign, _), value, cost in zip(signed, values, costs, strict=True))
        return {"tb": tb, "m": m, "n": n, "c": sum(costs), "v": sum(values), "e": tb + n, "mf": tb + n - m}

    @invariant()
    def nothing_is_created_or_lost(self) -> None:
        for asset, decimals in DECIMALS.items():
            row = self.row(asset)
            realised = row["balance"] - row["credit_used"] - self.own[asset]
            pairs = [name for name, (_, quote, _) in PAIRS.items() if quote == asset]
            invested = sum(
                Fraction(position.cost if position.type == "buy" else -position.cost)
                for position in self.state.positions
                if position.pair.name in pairs
            )
            error = sum(self.roundings[name] for name in pairs) * Fraction(1, 2 * 10**decimals)
            assert near(realised - invested, sum(self.cash[name] for name in pairs), error)
            assert asset in ("ZUSD", "XXBT") or realised == 0
        for name in PAIRS:
            opened = [position for position in self.state.positions if position.pair.name == name]
            assert self.volume[name] == sum(
                Fraction(position.volume if position.type == "buy" else -position.volume) for position in opened
            )
            assert len({position.type for position in opened}) <= 1

    @invariant()
    def what_is_held_and_what_is_available(self) -> None:
        rows = {row.asset.code: row for row in extended_balance(self.state)}
        for asset, row in rows.items():
            expected = self.row(asset)
            assert Fraction(row.hold_trade) == expected["hold_trade"]
            assert Fraction(row.available) == expected["available"]
            assert expected["credit"] == self.credit.get(asset, 0)
            assert (row.credit is None) == (asset not in self.credit)
            assert 0 <= expected["credit_used"] <= expected["credit"]
        negative = {asset for asset, row in rows.items() if row.available < 0}
        assert self.may_lose or negative <= self.negative
        self.negative = negative
        payload = get_extended_balance(self.call(rebase_multiplier="rebased"))
        assert spot_oracle.balance_ex_findings(spot_oracle.read(to_json({"result": payload})), DECIMALS) == []

    @invariant()
    def every_figure_of_trade_balance(self) -> None:
        figures: TradeBalance = trade_balance(self.state, ASSETS["ZUSD"])
        for name, expected in self.figures().items():
            assert near(getattr(figures, name), expected, Fraction(1, 10**100)), name
        assert near(figures.mfo, self.margin_free(), Fraction(1, 10**100))
        assert near(figures.e, figures.tb + figures.n)
        assert near(figures.mf, figures.e - figures.m)

    @invariant()
    def the_wallets_and_their_positions(self) -> None:
        accounts = futures_oracle.read(to_json(get_accounts(self.call())))
        assert futures_oracle.accounts_findings(accounts) == []
        futures, mark = self.state.futures, self.prices["XXBT"]
        balances = {LINEAR: futures.flex["USD"], INVERSE: futures.margin_accounts["fi_xbtusd"]}
        for symbol, wallet in self.wallets.items():
            opened = [position for position in futures.positions if position.instrument.symbol == symbol]
            size, pnl, funding = self.contracts[symbol], Fraction(0), Fraction(0)
            assert [Fraction(position.signed_size) for position in opened] == ([size] if size else [])
            for position in opened:
                entry = Fraction(position.entry_price)
                pnl = size * (mark - entry if symbol == LINEAR else 1 / entry - 1 / mark)
                funding = Fraction(position.unrealized_funding)
            worth = wallet + (size * mark if symbol == LINEAR else -size / mark)
            rounded = self.roundings[symbol] * Fraction(1, 2 * 10**11)
            assert near(Fraction(balances[symbol]) + pnl + funding, worth, rounded + DUST)

    @invariant()
    def its_file_is_the_account(self) -> None:
        assert parse_account(write_state(self.state), name="a").state == self.state

    def call(self, **arguments: Any) -> Call:
        return Call(arguments=arguments, state=self.state, assets=self.state.assets, now=0.0, fidelity=DOCUMENTED)


TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=100, stateful_step_count=50)
