"""What every rule of the machine needs: two accounts, a way to make something happen, and the comparison after it."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from contract_tests.case import Violation
from contract_tests.oracles.books import Books, Order, Position
from contract_tests.server import Control
from contract_tests.state_machine import happenings, spot_trading
from contract_tests.state_machine.listing import Listing
from contract_tests.state_machine.steps import Steps
from contract_tests.state_machine.tenant import Tenant
from mockserver import AccountError, Rejected, RemoteError

T = TypeVar("T")


class Bench(RuleBasedStateMachine):
    """Raises ``Violation`` with what is wrong, and with every call that led to it, having told ``failed``."""

    def __init__(self, control: Control, listing: Listing, fidelity: str, failed: Callable[[Violation], None]) -> None:
        super().__init__()
        self.tenants: list[Tenant] = []
        self.listing = listing
        self._control = control
        self._fidelity = fidelity
        self._failed = failed
        self._steps = Steps()

    def make(self, *documents: dict[str, Any]) -> None:
        for name, document in zip(("one", "two"), documents, strict=True):
            self._steps.add("POST", "/accounts", {"name": name, **document})
            books = Books.from_document(document, self.listing.market)
            self.tenants.append(Tenant(name, self._control.account(document), books))
            self._compare(self.tenants[-1], changed=True)

    def teardown(self) -> None:
        for tenant in self.tenants:
            tenant.mock.delete()

    def happen(self, tenant: Tenant, name: str, **arguments: Any) -> None:
        """A method of ``mockserver.Account`` and its arguments, without those that are ``None``."""
        given = {field: value for field, value in arguments.items() if value is not None}
        change = happenings.change(name, self.listing, given)
        path = f"/accounts/{tenant.name}/happenings"
        self.do(
            tenant, partial(getattr(tenant.mock, name), **given), change, "POST", path, happenings.body(name, given)
        )

    def do(
        self,
        tenant: Tenant,
        call: Callable[[], str | None],
        change: Callable[[Books], Books | None],
        *step: Any,
    ) -> str | None:
        """``call``, which is the ``step``: it must end as ``change`` does, and leave what is in the books after it."""
        self._steps.add(*step)
        made, error, detail = None, None, "it was accepted"
        books, expected = tenant.predicted(change)
        try:
            made = call()
        except Rejected as refused:
            error, detail = refused.error, str(refused)
        except (AccountError, LookupError, RemoteError) as refused:
            error, detail = type(refused).__name__, str(refused)
        if error is not None:
            self._steps.refused(error)
        if error != expected:
            self._fail([f"expected {expected or 'that it is accepted'}, found: {detail}"])
        if error is None:
            tenant.books, tenant.age = books, tenant.age + 1
            self._name(tenant, made)
        self._compare(tenant, changed=error is None)
        return made

    def _name(self, tenant: Tenant, txid: str | None) -> None:
        """A new order or position has the id that was answered; that of a filled order's position is looked up."""
        rows: list[Order | Position] = [*tenant.books.orders, *tenant.books.positions]
        for row in rows:
            if row.txid == spot_trading.UNNAMED:
                known = {row.txid for row in rows}
                given = [txid] if txid else [row["txid"] for row in tenant.mock.read()["positions"]]
                row.txid = next((txid for txid in given if txid not in known), spot_trading.UNNAMED)
                if row.txid == spot_trading.UNNAMED:
                    self._fail([f"expected a new transaction id, found {', '.join(given)}"])

    def _compare(self, acting: Tenant, *, changed: bool) -> None:
        """All payloads of the ``acting`` account; where it has ``changed``, those of the other one, which has not."""
        try:
            findings = acting.findings(self._fidelity) if changed else acting.changes()
            for tenant in self.tenants:
                findings += tenant.changes() if changed and tenant is not acting else []
        except Violation as violation:
            findings = [str(violation)]
        if findings:
            self._fail(findings)

    def _fail(self, findings: list[str]) -> None:
        violation = Violation("\n".join([*findings, "after the last of these calls:", str(self._steps)]))
        self._failed(violation)
        raise violation
