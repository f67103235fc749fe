"""What each operation of the control API does, by operationId: thin over ``Fake``.

Returns a status and a payload: text, or what becomes JSON.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from mockserver.control.problems import Problem
from mockserver.dialects.futures import iso_milliseconds
from mockserver.exchange.clock import Clock
from mockserver.fake import Fake, Snapshot
from mockserver.journal import Entry
from mockserver.version import VERSION
from mockserver.wire import Request, to_json

MOST_EXPLAINED = 20

Arguments = Mapping[str, Any]
Answer = tuple[int, Any]
Handler = Callable[[Fake, Arguments, Any], Answer]


def get_health(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, {"status": "ok", "version": VERSION, "fidelity": fake.fidelity.name, "accounts": len(fake.store)}


def list_accounts(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, {"accounts": [fake.describe(tenant.name) for tenant in fake.store]}


def create_account(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 201, fake.describe(fake.create(body).name)


def get_account(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, fake.describe(arguments["name"])


def replace_account(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.replace(arguments["name"], body)
    return get_account(fake, arguments, body)


def patch_account(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.patch(arguments["name"], body)
    return get_account(fake, arguments, body)


def delete_account(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.delete(arguments["name"])
    return 204, None


def reset_account(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.reset([arguments["name"]])
    return get_account(fake, arguments, body)


def reset(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.reset()
    return 204, None


def happen(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    happening, given = body["happening"], {name: value for name, value in body.items() if name != "happening"}
    txid = fake.happen(arguments["name"], happening, **given)
    return 200, {"txid": txid, "account": fake.describe(arguments["name"])}


def get_account_clock(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, _clock(fake.tenant(arguments["name"]).clock)


def set_account_clock(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, _clock(_changed(fake.tenant(arguments["name"]).clock, body))


def get_clock(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, _clock(fake.clock)


def set_clock(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, _clock(_changed(fake.clock, body))


def get_account_prices(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, _prices(fake.tenant(arguments["name"]).state.prices)


def set_account_prices(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.happen(arguments["name"], "move-price", prices=body)
    return get_account_prices(fake, arguments, body)


def get_prices(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, _prices(fake.prices)


def set_prices(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.move_prices(body)
    return get_prices(fake, arguments, body)


def get_account_limits(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    tenant = fake.tenant(arguments["name"])
    return 200, tenant.limits.describe(tenant.clock.now())


def explain_operation(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    from mockserver.doctor.numbers import as_text

    explanation = fake.explain(arguments["name"], arguments["operationId"])
    return 200, as_text(explanation) if arguments["format"] == "text" else explanation


def list_snapshots(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, {"snapshots": [_snapshot(snapshot) for snapshot in fake.snapshots()]}


def create_snapshot(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 201, _snapshot(fake.snapshot((body or {}).get("accounts")))


def restore_snapshot(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, _snapshot(fake.restore(arguments["id"]))


def delete_snapshot(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.drop_snapshot(arguments["id"])
    return 204, None


def list_faults(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    account = arguments.get("account")
    return 200, {"faults": [fault.describe() for fault in fake.faults if account in (None, fault.account)]}


def create_fault(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 201, fake.add_fault(body).describe()


def delete_faults(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    fake.faults.clear(account=arguments.get("account"))
    return 204, None


def delete_fault(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    try:
        fake.faults.remove(arguments["id"])
    except KeyError as error:
        raise Problem(404, f"there is no fault {arguments['id']} in the queue") from error
    return 204, None


def list_recordings(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return 200, {"recordings": fake.recordings(unused=arguments["unused"])}


def get_journal(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return _entries(fake, arguments, violations=False)


def get_violations(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    return _entries(fake, arguments, violations=True)


def get_journal_entry(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    entry = fake.journal.entry(arguments["entry"])
    if entry is None:
        raise Problem(404, f"the journal has no entry {arguments['entry']}, or no longer")
    return 200, entry.describe()


def delete_journal(fake: Fake, arguments: Arguments, body: Any) -> Answer:
    account = arguments.get("account")
    fake.journal.clear(None if account is None else [account])
    return 204, None


def explain(judge: Callable[[Request], Entry]) -> Handler:
    """``judge`` tells what would become of a request. The readers of saved ones are loaded with the first."""

    def handler(fake: Fake, arguments: Arguments, body: Any) -> Answer:
        from mockserver.saved_requests import UnreadableError, read_requests

        text = body["text"].encode() if "text" in body else to_json(body)
        try:
            saved = read_requests(text)
        except UnreadableError as error:
            raise Problem(409, str(error)) from error
        if len(saved) > MOST_EXPLAINED:
            raise Problem(409, f"{len(saved)} requests; at most {MOST_EXPLAINED} are explained at a time")
        return 200, {"entries": [one.recorded or judge(one.request).describe() for one in saved]}

    return handler


def _entries(fake: Fake, arguments: Arguments, *, violations: bool) -> Answer:
    filters = {name: arguments.get(name) for name in ("account", "operation", "diagnosis")}
    entries = (
        entry for entry in fake.journal.entries(**filters, violations=violations) if entry.id > arguments["after"]
    )
    return 200, {"entries": [entry.describe() for entry in islice(entries, arguments["limit"])]}


def _clock(clock: Clock) -> dict[str, Any]:
    now = clock.now()
    return {"now": now, "iso": iso_milliseconds(now), "frozen": clock.frozen}


def _changed(clock: Clock, change: Mapping[str, Any]) -> Clock:
    try:
        if change.get("reset"):
            clock.reset()
        if "frozen" in change:
            (clock.freeze if change["frozen"] else clock.unfreeze)()
        if "now" in change:
            clock.set(float(change["now"]))
        if "advance" in change:
            clock.advance(float(change["advance"]))
    except ValueError as error:
        raise Problem(409, str(error)) from error
    return clock


def _prices(prices: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: format(price, "f") for name, price in prices.items()}


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    return {"id": snapshot.id, "accounts": list(snapshot.accounts)}


HANDLERS: Mapping[str, Handler] = {
    "getHealth": get_health,
    "listAccounts": list_accounts,
    "createAccount": create_account,
    "getAccount": get_account,
    "replaceAccount": replace_account,
    "patchAccount": patch_account,
    "deleteAccount": delete_account,
    "resetAccount": reset_account,
    "reset": reset,
    "happen": happen,
    "getAccountClock": get_account_clock,
    "setAccountClock": set_account_clock,
    "getClock": get_clock,
    "setClock": set_clock,
    "getAccountPrices": get_account_prices,
    "setAccountPrices": set_account_prices,
    "getPrices": get_prices,
    "setPrices": set_prices,
    "getAccountLimits": get_account_limits,
    "explainOperation": explain_operation,
    "listSnapshots": list_snapshots,
    "createSnapshot": create_snapshot,
    "restoreSnapshot": restore_snapshot,
    "deleteSnapshot": delete_snapshot,
    "listFaults": list_faults,
    "createFault": create_fault,
    "deleteFaults": delete_faults,
    "deleteFault": delete_fault,
    "listRecordings": list_recordings,
    "getJournal": get_journal,
    "getViolations": get_violations,
    "getJournalEntry": get_journal_entry,
    "deleteJournal": delete_journal,
}
