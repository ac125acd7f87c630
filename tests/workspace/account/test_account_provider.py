"""A host with billing of its own answers in place of posted entries, and its answers are checked (POR-7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import (
    AccountEntry,
    Company,
    Forbidden,
    Host,
    Invalid,
    Money,
    NotFound,
    PaymentMethod,
    StorageError,
    Workspace,
)
from contactcore.model.account import AccountPage, AmendedPage, InvoiceHistory
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import AMELIE
from support.clock import TICK, Clock
from support.firm import Firm

pytestmark = [pytest.mark.req("POR-7"), pytest.mark.cases_in_memory]

DAY = date(2026, 1, 5)
END = date(2026, 1, 31)


class Billing:
    """The billing of a host: it answers from the accounts of another workspace, and may be spoilt."""

    def __init__(self, storage: Storage) -> None:
        self.workspace = Workspace(storage, "billing", host=Host(clock=Clock(tick=TICK)))
        with self.workspace.write(AMELIE) as session:
            self.contact = session.contacts.add(Company("Bois"))
            for entry in (
                AccountEntry("invoice", "120 EUR", key="F1", date=DAY),
                AccountEntry("payment", "50 EUR", key="P1", date=date(2026, 1, 20)),
                AccountEntry("amendment", "-20 EUR", key="F1a", date=date(2026, 1, 21), amends="F1"),
                AccountEntry("invoice", "5 USD", key="F2", date=END),
            ):
                session.account.post(self.contact, entry)
            session.account.save_method(self.contact, PaymentMethod("tok_1", brand="Visa", last_four="4242"))
        self.asked: list[tuple[str, str]] = []
        self.spoil: Callable[[Any], Any] = lambda answer: answer

    def _answer(self, workspace: str, contact_id: str, ask: Callable[[Session], Any]) -> Any:
        self.asked.append((workspace, contact_id))
        with self.workspace.read(AMELIE) as session:
            found = ask(session)
        return self.spoil(found)

    @staticmethod
    def _unowned(entry: AccountEntry) -> AccountEntry:
        return attrs.evolve(entry, contact_id="")

    def _unowned_history(self, one: InvoiceHistory) -> InvoiceHistory:
        return InvoiceHistory(tuple(attrs.evolve(each, entry=self._unowned(each.entry)) for each in one.versions))

    def history(self, workspace: str, contact_id: str, *, types: Any, item_id: str, limit: int, after: Any) -> Any:
        def ask(session: Session) -> Any:
            read = session.account.payments if types else session.account.history
            page = read(self.contact, item=item_id or None, limit=limit, after=after)
            return AccountPage(tuple(map(self._unowned, page.items)), page.next)

        return self._answer(workspace, contact_id, ask)

    def amended(self, workspace: str, contact_id: str, *, item_id: str, limit: int, after: Any) -> Any:
        def ask(session: Session) -> Any:
            page = session.account.amended(self.contact, item=item_id or None, limit=limit, after=after)
            return AmendedPage(tuple(map(self._unowned_history, page.items)), page.next)

        return self._answer(workspace, contact_id, ask)

    def invoice(self, workspace: str, contact_id: str, key: str) -> Any:
        def ask(session: Session) -> Any:
            try:
                return self._unowned_history(session.account.invoice(self.contact, key))
            except NotFound:
                return None

        return self._answer(workspace, contact_id, ask)

    def balance(self, workspace: str, contact_id: str, *, on: Any, item_id: str) -> Any:
        return self._answer(
            workspace,
            contact_id,
            lambda session: [*session.account.balance(self.contact, on=on, item=item_id or None).values()][::-1],
        )

    def statement(self, workspace: str, contact_id: str, start: date, end: date, currency: Any) -> Any:
        def ask(session: Session) -> Any:
            found = session.account.statement(self.contact, start, end, currency)
            entries = tuple(map(self._unowned, found.entries))
            return attrs.evolve(found, contact_id=contact_id, entries=entries)

        return self._answer(workspace, contact_id, ask)

    def methods(self, workspace: str, contact_id: str) -> Any:
        return self._answer(
            workspace,
            contact_id,
            lambda session: [attrs.evolve(one, contact_id="") for one in session.account.methods(self.contact)],
        )


QUESTIONS: dict[str, Callable[[Session, str], Any]] = {
    "history": lambda session, id: session.account.history(id, limit=2),
    "payments": lambda session, id: session.account.payments(id),
    "amended": lambda session, id: session.account.amended(id),
    "invoice": lambda session, id: session.account.invoice(id, "F1"),
    "balance": lambda session, id: session.account.balance(id, on=END),
    "statement": lambda session, id: session.account.statement(id, DAY, END, "EUR"),
    "methods": lambda session, id: session.account.methods(id),
}


@pytest.fixture
def billing(storage: Storage) -> Billing:
    return Billing(storage)


@pytest.fixture
def provided(storage: Storage, billing: Billing) -> Workspace:
    return Workspace(storage, "acme", host=Host(clock=Clock(tick=TICK), account_provider=billing))


@pytest.fixture
def client(provided: Workspace) -> Any:
    with provided.write(AMELIE) as session:
        return session.contacts.add(Company("Bois"))


def _anonymous(answer: Any, own: str) -> str:
    return repr(answer).replace(own, "(contact)")


def test_staff_see_no_difference(provided: Workspace, billing: Billing, client: Any) -> None:
    with provided.read(AMELIE) as session, billing.workspace.read(AMELIE) as other:
        for name, ask in QUESTIONS.items():
            found, stored = ask(session, client.id), ask(other, billing.contact.id)
            assert _anonymous(found, client.id) == _anonymous(stored, billing.contact.id), name
        page = session.account.history(client, limit=2)
        assert [one.key for one in session.account.history(client, limit=2, after=page.next)] == ["P1", "F1"]
        with pytest.raises(NotFound):
            session.account.invoice(client, "P1")
        statement = session.account.statement(client, DAY, END, "EUR")
        written = session.documents.render(
            "{{ statement.lines }}\n{{ statement.closing }}", client, statement=statement
        )
    assert written == (
        "January 5, 2026, Invoice, €120.00\nJanuary 20, 2026, Payment, -€50.00\n"
        "January 21, 2026, Amendment, -€20.00\n€50.00"
    )
    assert set(billing.asked) == {("acme", client.id)}


def test_nothing_is_posted_beside_a_provider(provided: Workspace, client: Any) -> None:
    with provided.write(AMELIE) as session:
        for act in (
            lambda: session.account.post(client, AccountEntry("invoice", "1 EUR", key="F1", date=DAY)),
            lambda: session.account.save_method(client, PaymentMethod("tok_1")),
            lambda: session.account.remove_method("nothing"),
        ):
            with pytest.raises(Forbidden) as refusal:
                act()
            assert refusal.value.code == "account-provided"


@pytest.mark.req("POR-6")
def test_the_provider_is_asked_only_after_the_rights_of_the_actor(storage: Storage, billing: Billing) -> None:
    firm = Firm(storage)
    client = firm.client("Bois")
    jane = firm.person(client)
    login = firm.login(jane)
    host = Host(clock=firm.clock, passwords=firm.passwords, account_provider=billing)
    workspace = Workspace(storage, "acme", host=host)
    for modules in ((), ("invoices",)):
        with workspace.write(AMELIE) as session:
            session.people.save(attrs.evolve(session.people.get(jane.id), permissions=modules))
        with workspace.read(firm.user(login, client)) as session:
            for ask in QUESTIONS.values():
                if modules:
                    ask(session, client.id)
                else:
                    with pytest.raises(NotFound):
                        ask(session, client.id)
                with pytest.raises(NotFound):
                    ask(session, "nobody")
            if modules:
                assert [(one.reference, one.mask) for one in session.account.methods(client.id)] == [
                    ("", "Visa •••• 4242")
                ]
        assert bool(billing.asked) == bool(modules)


def _foreign(entry: AccountEntry) -> AccountEntry:
    return attrs.evolve(entry, contact_id="another")


NONSENSE: dict[str, list[tuple[str, Callable[[Any], Any]]]] = {
    "history": [
        ("another contact", lambda page: AccountPage((_foreign(page.items[0]),))),
        ("wrong order", lambda page: AccountPage(page.items[::-1])),
        ("too many", lambda page: AccountPage(page.items * 2)),
        ("a list", lambda page: [*page.items]),
        ("a wrong cursor", lambda page: AccountPage(page.items, 5)),  # type: ignore[arg-type] # the fault under test
        ("no entries", lambda page: AccountPage(("F1",))),  # type: ignore[arg-type] # the fault under test
    ],
    "payments": [("an invoice", lambda page: AccountPage((attrs.evolve(page.items[0], type="invoice"),)))],
    "amended": [
        ("no versions", lambda page: AmendedPage((InvoiceHistory(()),))),
        ("another page", lambda page: AccountPage(())),
    ],
    "invoice": [
        ("no invoice", lambda one: InvoiceHistory(one.versions[1:])),
        ("a wrong total", lambda one: InvoiceHistory((attrs.evolve(one.versions[0], total=Money(1, "EUR")),))),
        (
            "another invoice",
            lambda one: InvoiceHistory(
                (attrs.evolve(one.versions[0], entry=attrs.evolve(one.versions[0].entry, key="F9")),)
            ),
        ),
    ],
    "balance": [
        ("one currency twice", lambda found: [*found, *found]),
        ("numbers", lambda found: [one.amount for one in found]),
    ],
    "statement": [
        ("a wrong closing balance", lambda one: attrs.evolve(one, closing=Money(1, "EUR"))),
        ("another contact", lambda one: attrs.evolve(one, contact_id="another")),
        ("another period", lambda one: attrs.evolve(one, start=END)),
        ("wrong order", lambda one: attrs.evolve(one, entries=one.entries[::-1])),
        ("a wrong opening balance", lambda one: attrs.evolve(one, opening="0")),
    ],
    "methods": [
        ("another contact", lambda found: [attrs.evolve(found[0], contact_id="another")]),
        ("texts", lambda found: ["4242"]),
    ],
}


def _fail(answer: Any) -> Any:
    raise TimeoutError("secret address of the billing server")


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        pytest.param(name, spoil, id=f"{name}: {what}")
        for name, faults in NONSENSE.items()
        for what, spoil in [*faults, ("nothing", lambda answer: None), ("a failure", _fail)]
        if not (name == "invoice" and what == "nothing")
    ],
)
def test_a_provider_that_fails_or_answers_nonsense_gives_one_error(
    provided: Workspace, billing: Billing, client: Any, name: str, spoil: Callable[[Any], Any]
) -> None:
    billing.spoil = spoil
    with provided.read(AMELIE) as session, pytest.raises(StorageError) as refusal:
        QUESTIONS[name](session, client.id)
    assert refusal.value.code == "account-provider"
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("wrong", [5, "billing", object()])
def test_what_is_no_provider_is_refused_by_the_host(wrong: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        Host(account_provider=wrong)
    assert (refusal.value.path, refusal.value.code) == ("account_provider", "not-an-account-provider")
