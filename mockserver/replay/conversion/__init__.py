"""Recorded answers to an account whose answers are the same, as far as Kraken's formulas allow.

A figure that no account can have beside the others is told, with the reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import msgspec

from mockserver.account_file import parse_account
from mockserver.exchange.assets import ASSETS
from mockserver.exchange.fidelity import FIDELITIES, Fidelity
from mockserver.exchange.money import ZERO, exact
from mockserver.replay.conversion import yaml
from mockserver.replay.conversion.answers import OPERATIONS, Answer, Ignored, choose
from mockserver.replay.conversion.balances import add_balances, add_multipliers
from mockserver.replay.conversion.compare import Comparison, Difference, compare
from mockserver.replay.conversion.draft import Draft
from mockserver.replay.conversion.futures_accounts import add_futures
from mockserver.replay.conversion.rows import amounts
from mockserver.replay.conversion.targets import BELIEFS, ULP, Belief
from mockserver.replay.conversion.trade_balance import add_trade_balance, figures_in_usd, price_unit, unit_price
from mockserver.replay.recording import Recording, RecordingError

__all__ = ["Comparison", "Conversion", "Difference", "convert"]


class Conversion(msgspec.Struct, frozen=True, kw_only=True):
    """What became of recorded answers. ``document`` is an account file's, with amounts as text, without keys."""

    document: dict[str, Any]
    fidelity: str
    """In which the account's answers are the recorded ones."""
    comparisons: tuple[Comparison, ...]
    used: tuple[Answer, ...]
    ignored: tuple[Ignored, ...]

    @property
    def equal(self) -> bool:
        return all(comparison.equal for comparison in self.comparisons)

    @property
    def made_up(self) -> Iterator[str]:
        """What no recorded answer says, but the figures need."""
        balances = {"getExtendedBalance", "getAccountBalance"}
        if "balances" in self.document and not any(answer.operation.id in balances for answer in self.used):
            yield "balances, of which only eb and tb are known"
        for field in ("positions", "orders"):
            if field in self.document:
                yield f"{field}, of which only the sums are known"
        for name, price in self.document.get("prices", {}).items():
            yield f"price {price} of {name}{_usual(name, 'price')}"
        for code, row in self.document.get("assets", {}).items():
            if "collateral_value" in row:
                yield f"collateral value {row['collateral_value']} of {code}{_usual(code, 'collateral_value')}"

    def yaml(self) -> str:
        """The account file, which says in comments where it is from."""
        return yaml.write(self.document, _comment(self))


@exact
def convert(recordings: Iterable[Recording], *, name: str | None = None, fidelity: str | None = None) -> Conversion:
    """The account whose answers differ least from the recorded ones, in ``fidelity`` or in the one that fits better.

    Without ``name`` the account has none, as its file will name it. ``RecordingError`` where no recorded answer says
    anything of an account, ``AccountError`` for a bad name.
    """
    named = {} if name is None else {"name": name}
    parse_account(named, name="recorded")
    used, ignored = choose(recordings)
    if not used:
        why = f"; {ignored[0].place}: {ignored[0].reason}" if ignored else ""
        wanted = ", ".join(operation.name for operation in OPERATIONS.values())
        raise RecordingError(f"there is no good answer of {wanted} in the recordings{why}")
    choices = [FIDELITIES[fidelity]] if fidelity else list(FIDELITIES.values())
    return min(
        (_attempt(named, used, ignored, choice, belief) for choice, belief in product(choices, BELIEFS)), key=_distance
    )


def _attempt(
    named: dict[str, Any], used: list[Answer], ignored: list[Ignored], fidelity: Fidelity, belief: Belief
) -> Conversion:
    draft = _draft(used, fidelity, belief)
    state = draft.state()
    return Conversion(
        document={**named, **draft.document()},
        fidelity=fidelity.name,
        comparisons=tuple(compare(answer, state, fidelity) for answer in used),
        used=tuple(used),
        ignored=tuple(ignored),
    )


def _draft(used: list[Answer], fidelity: Fidelity, belief: Belief) -> Draft:
    """Futures first, as its values give prices, then balances, then what TradeBalance says of them."""
    draft = Draft()
    answers = {identity: [answer for answer in used if answer.operation.id == identity] for identity in _ids()}
    for answer in answers["getAccounts"]:
        with draft.attempt():
            add_futures(draft, answer.payload, fidelity)
    rows = answers["getExtendedBalance"] or answers["getAccountBalance"]
    draft.recorded_balances = bool(rows)
    by_unit = {answer.arguments["rebase_multiplier"]: answer.payload for answer in rows}
    for unit in ("rebased", "base"):
        if unit in by_unit and not draft.balances:
            with draft.attempt():
                add_balances(draft, by_unit[unit])
    if len(by_unit) > 1:
        with draft.attempt():
            add_multipliers(draft, by_unit["rebased"], by_unit["base"])
    trades = sorted(answers["getTradeBalance"], key=lambda answer: answer.arguments["asset"] != "ZUSD")
    if trades:
        main, *others = trades
        asked, counts = main.arguments["asset"], fidelity.uv_counts_margin_orders
        price = unit_price(draft, asked)
        printed = {name: figure * price for name, figure in amounts(main.payload).items()}
        for other in others:
            _price(draft, other, printed, slack=ULP / 2 * price)
        add_trade_balance(draft, main.payload, asked, belief=belief, counts_margin_orders=counts)
        for other in others:
            _price(draft, other, figures_in_usd(draft), slack=ZERO)
    return draft


def _price(draft: Draft, answer: Answer, worth: Mapping[str, Decimal], *, slack: Decimal) -> None:
    """The price of the asset that ``answer`` is in, unless it is known or balances and positions hang on it."""
    asked = answer.arguments["asset"]
    with draft.attempt():
        if not draft.depends_on(asked):
            price_unit(draft, asked, answer.payload, worth, slack)


def _usual(name: str, field: str) -> str:
    asset = ASSETS.get(name)
    usual = getattr(asset, field, None)
    return f", usually {usual}" if usual is not None else ""


def _ids() -> list[str]:
    return [operation.id for operation in OPERATIONS.values()]


def _distance(conversion: Conversion) -> tuple[int, int]:
    """How many figures differ, and how many the recordings are without."""
    comparisons = conversion.comparisons
    return sum(len(one.differences) for one in comparisons), sum(len(one.unrecorded) for one in comparisons)


def _comment(conversion: Conversion) -> Iterator[str]:
    yield f"Made by kraken-mock account from-recording; for serve --fidelity {conversion.fidelity}. Of:"
    for answer in conversion.used:
        at = answer.recording.recorded_at
        when = f", {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if at is not None else ""
        yield f"  {answer.name}: {answer.recording.place}{when}"
    made_up = list(conversion.made_up)
    if made_up:
        yield "Made up, as no recorded answer has it; all other prices are the built-in ones:"
        yield from (f"  {line}" for line in made_up)
    differing = [
        f"  {one.answer} {difference.figure}: recorded {difference.recorded}, here {difference.computed}"
        for one in conversion.comparisons
        for difference in one.differences
    ]
    yield from ["Not as recorded:", *differing] if differing else ["Every recorded figure comes out."]
