"""``POST /0/private/OpenOrders``."""

from typing import Any

from mockserver.endpoints.call import Call
from mockserver.exchange.money import ZERO, fixed
from mockserver.exchange.state import Order


def get_open_orders(call: Call) -> dict[str, Any]:
    """``open``: transaction id to order; the orders that BalanceEx's ``hold_trade`` is made of, and margin orders."""
    return {"open": {order.txid: _payload(order) for order in call.state.orders}}


def _payload(order: Order) -> dict[str, Any]:
    pair = order.pair
    price = fixed(order.price, pair.pair_decimals)
    volume = fixed(order.volume, pair.lot_decimals)
    leverage = "none" if order.leverage is None else f"{order.leverage.normalize():f}:1"
    suffix = "" if order.leverage is None else f" with {leverage} leverage"
    return {
        "refid": None,
        "userref": None,
        "status": "open",
        "opentm": order.opentm,
        "starttm": 0,
        "expiretm": 0,
        "descr": {
            "pair": pair.altname,
            "type": order.type,
            "ordertype": "limit",
            "price": price,
            "price2": "0",
            "leverage": leverage,
            "order": f"{order.type} {volume} {pair.altname} @ limit {price}{suffix}",
            "close": "",
        },
        "vol": volume,
        "vol_exec": fixed(order.vol_exec, pair.lot_decimals),
        "cost": fixed(order.vol_exec * order.price, pair.cost_decimals),
        "fee": fixed(ZERO, pair.cost_decimals),
        "price": fixed(order.price if order.vol_exec else ZERO, pair.pair_decimals),
        "stopprice": fixed(ZERO, pair.pair_decimals),
        "limitprice": fixed(ZERO, pair.pair_decimals),
        "misc": "",
        "oflags": "fciq",
    }
