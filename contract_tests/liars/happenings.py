"""What happens to an account does not show, or shows in one place alone."""

from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.wire import Call, Reply


class _Cached:
    """The first answer to a key's question is given again."""

    operations: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._answers: dict[tuple[str, ...], Reply] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.operation not in self.operations or not reply.accepted:
            return reply
        asked = {name: str(value) for name, value in call.parameters.items() if name not in ("nonce", "otp")}
        return self._answers.setdefault((call.api_key, call.path, *map("=".join, sorted(asked.items()))), reply)


@liar("happenings/stale-balance", "BalanceEx is cached: what happens later does not show.", "account/happenings")
class StaleBalance(_Cached):
    operations = ("BalanceEx",)


@liar("happenings/stale-margin", "TradeBalance is cached: what happens later does not show.", "account/happenings")
class StaleMargin(_Cached):
    operations = ("TradeBalance",)


@liar(
    "happenings/stale-wallets", "Futures accounts are cached: what happens later does not show.", "account/happenings"
)
class StaleWallets(_Cached):
    operations = ("accounts",)
