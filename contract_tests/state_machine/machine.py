"""The machine: whatever can happen to an account, with arguments at and beyond what is possible.

All is one rule, as Hypothesis leaves half of the rules out of each run, and fills are worth little without orders.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import initialize, rule

from contract_tests.oracles.books import Books, Order, Position
from contract_tests.oracles.market import Pair
from contract_tests.state_machine import funds, spot_trading
from contract_tests.state_machine.amounts import Part, text
from contract_tests.state_machine.bench import Bench, T
from contract_tests.state_machine.changes import update
from contract_tests.state_machine.documents import DOCUMENTS, PATCHES
from contract_tests.state_machine.mistakes import MISTAKES
from contract_tests.state_machine.spot_trading import Side
from contract_tests.state_machine.tenant import Tenant
from contract_tests.strategies.amounts import units

Draw = Callable[[st.SearchStrategy[Any]], Any]
Most = Callable[[Tenant, Pair, Side, Fraction], Fraction]
"""What can be traded of a pair on a side at a price, in base units."""

ASSETS = ("ZUSD", "XBT", "XBT.F", "ETH", "AAPLx", "WEI")
MOVES = (("XXBT", "XBT.F"), ("XBT.F", "BTC"), ("XBT.F", "XBT.B"), ("ETH", "ETH.F"))
SIDES: tuple[Side, ...] = ("buy", "sell")
PAIRS = ("XBTUSD", "XETHZUSD", "ETH/XBT", "AAPLxUSD")
CONTRACTS = ("PF_XBTUSD", "PI_XBTUSD", "pf_ethusd")
QUOTED = ("XBT", "ETH", "AAPLx", "ADA", "EUR", "PF_XBTUSD", "PI_XBTUSD")
GREATEST = Fraction(10**25)
"""Of a volume, so that its value has not too many digits."""
LONG = 5
"""Changes of an account until it may go back; earlier, and not much ever happens."""

parts = st.sampled_from(Part)
volumes = st.sampled_from([Part.ALL, Part.THIRD, Part.MORE])
leverages = st.sampled_from(["2", "3", "5"])
slips = st.sampled_from(["1", "0.97", "1.03", "0.333333"]).map(Fraction)
"""Shares of the market's price; 1 is not sent."""
fills = st.sampled_from(["1", "1", "0.987654321", "1.0123456789"]).map(Fraction)
"""Shares of the order's price: itself, better and worse ones; 1 is not sent."""
txids = st.none() | st.sampled_from(["OFIRST", "OSECOND"])
sizes = st.sampled_from([1, 100, 123, 10**4, 12345, 654321, 10**8])
"""In units of the last decimal."""
marks = st.none() | st.sampled_from(["42172.33", "40000", "39999.5", "47123.456789", "20000"])
fundings = st.sampled_from(["1.25", "-0.00000000001", "0.123456789012345678", "-77.7", "0"])
prices = st.sampled_from(["39123.456789012345678", "2000.5", "60000", "1", "0.001", "999999.999999999999"])


class Machine(Bench):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._saved: list[tuple[Tenant, str, Books]] = []

    @initialize(one=st.sampled_from(DOCUMENTS[1:]), two=st.sampled_from(DOCUMENTS))
    def begin(self, one: dict[str, Any], two: dict[str, Any]) -> None:
        self.make(one, two)

    @rule(data=st.data())
    def happens(self, data: st.DataObject) -> None:
        """Spot trading as often as all the rest, as most can go wrong there."""
        orders = [self.fill_order, self.fill_order, self.fill_order, self.cancel_order] if self._rows("orders") else []
        positions = [self.close_position, self.close_position] if self._rows("positions") else []
        contracts = [self.close_futures_position, self.apply_funding] if self._rows("futures_positions") else []
        old = [self.go_back] if any(tenant.age >= LONG for tenant in self.tenants) else []
        happening = data.draw(
            st.sampled_from(
                [
                    *(*orders, *positions),
                    *(self.place_order, self.place_order, self.place_margin_order, self.open_position),
                    *(self.open_futures_position, self.open_futures_position, *contracts),
                    *(self.comes, self.withdraw, self.draw_credit, self.repay_credit, self.move_balance),
                    *(self.move_prices, self.update, self.mistake, self.snapshot, *old),
                ]
            )
        )
        happening(data.draw)

    # Funds

    def comes(self, draw: Draw) -> None:
        tenant, name = draw(st.sampled_from(self.tenants)), draw(st.sampled_from(["deposit", "grant_credit"]))
        asset = tenant.books.market.asset(draw(st.sampled_from(ASSETS)))
        amount = Fraction(draw(units(least=1)), 10**asset.decimals)
        self.happen(tenant, name, asset=asset.altname, amount=text(amount))

    def withdraw(self, draw: Draw) -> None:
        self._goes(draw, "withdraw", funds.movable)

    def draw_credit(self, draw: Draw) -> None:
        self._goes(draw, "draw_credit", funds.drawable)

    def repay_credit(self, draw: Draw) -> None:
        self._goes(draw, "repay_credit", funds.repayable)

    def _goes(self, draw: Draw, name: str, most: Callable[[Books, str], Fraction]) -> None:
        options = [
            (tenant, asset, most(tenant.books, asset.code))
            for tenant in self.tenants
            for asset in map(tenant.books.market.asset, ASSETS)
        ]
        tenant, asset, amount = draw(_worthwhile(options, lambda option: option[-1] > 0))
        self.happen(tenant, name, asset=asset.altname, amount=text(draw(parts).of(amount, asset.decimals)))

    def move_balance(self, draw: Draw) -> None:
        options = [
            (tenant, tenant.books.market.asset(source), target, funds.movable(tenant.books, source))
            for tenant in self.tenants
            for source, target in MOVES
        ]
        tenant, source, target, amount = draw(_worthwhile(options, lambda option: option[-1] > 0))
        taken = text(draw(parts).of(amount, source.decimals))
        self.happen(tenant, "move_balance", source=source.code, target=target, amount=taken)

    # Orders

    def place_order(self, draw: Draw) -> None:
        tenant, order = self._order(draw, _affordable)
        self.happen(tenant, "place_order", txid=draw(txids), **order)

    def place_margin_order(self, draw: Draw) -> None:
        leverage = draw(leverages)
        tenant, order = self._order(draw, self._on_margin(leverage, closes=True))
        self.happen(tenant, "place_order", leverage=leverage, **order)

    def cancel_order(self, draw: Draw) -> None:
        tenant, order = draw(st.sampled_from(self._rows("orders")))
        self.happen(tenant, "cancel_order", txid=order.txid)

    def fill_order(self, draw: Draw) -> None:
        tenant, order = draw(st.sampled_from(self._rows("orders")))
        share, volume = draw(fills), self._some(draw, tenant, order, order.unexecuted)
        price = None if share == 1 else text(order.price * share)
        self.happen(tenant, "fill_order", txid=order.txid, volume=volume, price=price)

    # Positions

    def open_position(self, draw: Draw) -> None:
        leverage = draw(leverages)
        tenant, order = self._order(draw, self._on_margin(leverage, closes=False))
        if draw(st.booleans()):
            del order["price"]
        self.happen(tenant, "open_position", leverage=leverage, **order)

    def close_position(self, draw: Draw) -> None:
        tenant, position = draw(st.sampled_from(self._rows("positions")))
        slip, volume = draw(slips), self._some(draw, tenant, position, position.volume)
        price = None if slip == 1 else text(self._near(tenant.books, tenant.books.market.pair(position.pair), slip))
        self.happen(tenant, "close_position", txid=position.txid, volume=volume, price=price)

    # Futures

    def open_futures_position(self, draw: Draw) -> None:
        options = [(tenant, symbol) for tenant in self.tenants for symbol in CONTRACTS]
        tenant, symbol = draw(_worthwhile(options, lambda option: bool(option[0].books.flex)))
        size = Fraction(draw(sizes), 10 ** self.listing.contracts[symbol.upper()].decimals)
        given = {"side": draw(st.sampled_from(["long", "short"])), "size": text(size), "price": draw(marks)}
        leverage = draw(st.none() | leverages)
        self.happen(tenant, "open_futures_position", symbol=symbol, leverage=leverage, **given)

    def close_futures_position(self, draw: Draw) -> None:
        tenant, position = draw(st.sampled_from(self._rows("futures_positions")))
        part, decimals = draw(parts), self.listing.contracts[position.symbol].decimals
        size = None if part is Part.ALL else text(part.of(position.size, decimals))
        self.happen(tenant, "close_futures_position", symbol=position.symbol, size=size, price=draw(marks))

    def apply_funding(self, draw: Draw) -> None:
        tenant, position = draw(st.sampled_from(self._rows("futures_positions")))
        self.happen(tenant, "apply_funding", symbol=position.symbol, amount=draw(fundings))

    # The whole account

    def move_prices(self, draw: Draw) -> None:
        moved = draw(st.dictionaries(st.sampled_from(QUOTED), prices, min_size=1, max_size=3))
        self.happen(draw(st.sampled_from(self.tenants)), "move_prices", prices=moved)

    def mistake(self, draw: Draw) -> None:
        name, arguments = draw(st.sampled_from(MISTAKES))
        self.happen(draw(st.sampled_from(self.tenants)), name, **arguments)

    def update(self, draw: Draw) -> None:
        tenant, patch = draw(st.sampled_from(self.tenants)), draw(st.sampled_from(PATCHES))
        call, change = partial(tenant.mock.update, patch), partial(update, patch=patch)
        self.do(tenant, call, change, "PATCH", f"/accounts/{tenant.name}", patch)

    def snapshot(self, draw: Draw) -> None:
        tenant = draw(st.sampled_from(self.tenants))
        step = ("POST", "/snapshots", {"accounts": [tenant.name]})
        snapshot = self.do(tenant, tenant.mock.snapshot, lambda _: tenant.books, *step)
        self._saved.append((tenant, str(snapshot), tenant.books))

    def go_back(self, draw: Draw) -> None:
        """To the beginning or to a snapshot."""
        beginnings = [
            (tenant, tenant.mock.reset, tenant.initial, f"/accounts/{tenant.name}/reset") for tenant in self.tenants
        ]
        snapshots = [
            (tenant, partial(tenant.mock.restore, snapshot), books, f"/snapshots/{number}/restore")
            for number, (tenant, snapshot, books) in enumerate(self._saved, start=1)
        ]
        options = [*beginnings, *snapshots]
        tenant, call, books, path = draw(_worthwhile(options, lambda option: option[0].age >= LONG))
        self.do(tenant, call, lambda _: books, "POST", path)
        tenant.age = 0

    def _rows(self, rows: str) -> list[tuple[Tenant, Any]]:
        """Orders or positions, and whose they are."""
        return [(tenant, row) for tenant in self.tenants for row in getattr(tenant.books, rows)]

    def _some(self, draw: Draw, tenant: Tenant, row: Order | Position, most: Fraction) -> str | None:
        part = draw(parts)
        return None if part is Part.ALL else text(part.of(most, self.listing.lot_decimals(tenant.books, row.pair)))

    def _order(self, draw: Draw, most: Most) -> tuple[Tenant, dict[str, str]]:
        """Pair, side, price and volume, where there is enough for an order if there is anywhere."""
        slip, part = draw(slips), draw(volumes)
        options = [
            (tenant, pair, type, price, min(most(tenant, pair, type, price), GREATEST))
            for tenant in self.tenants
            for pair in map(tenant.books.market.pair, PAIRS)
            for price in [self._near(tenant.books, pair, slip)]
            for type in SIDES
        ]
        tenant, pair, type, price, volume = draw(_worthwhile(options, self._is_enough))
        volume = part.of(volume, self.listing.lot_decimals(tenant.books, pair.name))
        return tenant, {"pair": pair.name, "type": type, "price": text(price), "volume": text(volume)}

    def _is_enough(self, option: tuple[Tenant, Pair, Side, Fraction, Fraction]) -> bool:
        _, pair, _, price, volume = option
        rules = self.listing.pairs[pair.name]
        return volume >= 3 * rules.ordermin and volume * price >= 3 * rules.costmin

    def _on_margin(self, leverage: str, *, closes: bool) -> Most:
        """What free margin and the pair's limit leave to a new position, and what it ``closes`` before."""
        free = {tenant: spot_trading.margin_free(tenant.books) * Fraction(leverage) for tenant in self.tenants}

        def most(tenant: Tenant, pair: Pair, type: Side, price: Fraction) -> Fraction:
            covered = free[tenant] / price / tenant.books.market.price(pair.quote)
            limit = spot_trading.limit_left(tenant.books, self.listing, pair, type)
            opposing = spot_trading.opposing(tenant.books, pair, type) if closes else []
            opens = covered if limit is None else min(covered, limit)
            return opens + sum(position.volume for position in opposing)

        return most

    def _near(self, books: Books, pair: Pair, slip: Fraction) -> Fraction:
        """A price that the pair takes, about that of the market."""
        tick = self.listing.pairs[pair.name].tick_size
        return max(spot_trading.mid_price(books, pair) * slip // tick, 1) * tick


def _affordable(tenant: Tenant, pair: Pair, type: Side, price: Fraction) -> Fraction:
    if type == "buy":
        return funds.available(tenant.books, pair.quote) / price
    return funds.available(tenant.books, pair.base)


def _worthwhile(options: list[T], worthwhile: Callable[[T], bool]) -> st.SearchStrategy[T]:
    """Those that are; if none is, all."""
    return st.sampled_from([option for option in options if worthwhile(option)] or options)
