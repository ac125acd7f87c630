"""Portal users read the account of their own client, with the permission for invoices (POR-6, POR-7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import AccountEntry, Company, ContactCoreError, Forbidden, Invalid, NotFound, PaymentMethod, PortalUser
from contactcore.storage import Storage
from contactcore.workspace.session import Session
from support.actors import AMELIE, ROOT
from support.firm import Firm

pytestmark = pytest.mark.req("POR-7")

DAY = date(2026, 1, 5)
QUESTIONS: dict[str, Callable[[Session, Any], Any]] = {
    "history": lambda session, client: session.account.history(client),
    "payments": lambda session, client: session.account.payments(client),
    "amended": lambda session, client: session.account.amended(client),
    "invoice": lambda session, client: session.account.invoice(client, "F1"),
    "balance": lambda session, client: session.account.balance(client),
    "statement": lambda session, client: session.account.statement(client, DAY, DAY, "EUR"),
    "methods": lambda session, client: session.account.methods(client),
}
CHANGES: dict[str, Callable[[Session, Any], Any]] = {
    "post": lambda session, client: session.account.post(client, entry("F9")),
    "save_method": lambda session, client: session.account.save_method(client, PaymentMethod("tok_2")),
    "remove_method": lambda session, client: session.account.remove_method(session.account.methods(client)[0].id),
}


def entry(key: str) -> AccountEntry:
    return AccountEntry("invoice", "120 EUR", key=key, date=DAY, number=key)


class Visit:
    """A client with an account, and a contact person with a login."""

    def __init__(self, storage: Storage) -> None:
        self.firm = Firm(storage)
        self.client, self.other = self.firm.client("Bois"), self.firm.client("Other")
        self.jane = self.firm.person(self.client)
        self.login = self.firm.login(self.jane)
        with self.firm.workspace.write(AMELIE) as session:
            for client, key in ((self.other, "F2"), (self.client, "F1")):
                session.account.post(client, entry(key))
                self.method = session.account.save_method(
                    client, PaymentMethod(f"tok_{key}", brand="Visa", last_four="4242")
                ).id

    def permitted(self, *modules: str) -> PortalUser:
        with self.firm.workspace.write(AMELIE) as session:
            session.people.save(attrs.evolve(session.people.get(self.jane.id), permissions=modules))
        return self.firm.user(self.login, self.client)


@pytest.fixture
def visit(storage: Storage) -> Visit:
    return Visit(storage)


def answers(visit: Visit, actor: Any, client: Any) -> dict[str, Any]:
    """The answer to each question, or the text of its refusal."""
    found: dict[str, Any] = {}
    with visit.firm.workspace.read(actor) as session:
        for name, ask in QUESTIONS.items():
            try:
                found[name] = ask(session, client)
            except ContactCoreError as error:
                found[name] = f"{type(error).__name__}: {error}"
    return found


def test_with_the_permission_a_portal_user_reads_what_staff_read_except_references(visit: Visit) -> None:
    seen, known = (answers(visit, actor, visit.client.id) for actor in (visit.permitted("invoices"), AMELIE))
    assert [one.mask for one in seen["methods"]] == ["Visa •••• 4242"]
    assert [one.reference for one in seen.pop("methods")] == [""]
    known.pop("methods")
    assert seen == known
    assert [one.key for one in seen["history"]] == ["F1"]


@pytest.mark.req("POR-6")
def test_without_the_permission_there_is_no_account(visit: Visit) -> None:
    refusals = answers(visit, visit.permitted("projects"), visit.client.id)
    message = f"NotFound: There is no account {visit.client.id!r} that you may see."
    assert refusals == dict.fromkeys(QUESTIONS, message)
    with visit.firm.workspace.write(visit.permitted("projects")) as session:
        for change in CHANGES.values():
            with pytest.raises(NotFound):
                change(session, visit.client.id)
        with pytest.raises(NotFound):
            session.account.remove_method(visit.method)
    with visit.firm.workspace.write(ROOT) as session:
        session.settings.archive_module("invoices")
    assert answers(visit, visit.permitted("invoices"), visit.client.id) == refusals


def test_the_account_of_another_client_is_as_one_that_does_not_exist(visit: Visit) -> None:
    user = visit.permitted("invoices")
    hidden, missing = answers(visit, user, visit.other.id), answers(visit, user, "nobody")
    assert {name: text.replace(visit.other.id, "nobody") for name, text in hidden.items()} == missing
    with visit.firm.workspace.read(user) as session, pytest.raises(NotFound):
        session.account.invoice(visit.client.id, "F2")


def test_a_portal_user_changes_nothing(visit: Visit) -> None:
    with visit.firm.workspace.write(visit.permitted("invoices")) as session:
        for change in CHANGES.values():
            with pytest.raises(Forbidden) as refusal:
                change(session, visit.client.id)
            assert refusal.value.code == "portal-reads-only"


def test_the_variables_of_a_statement_are_there_with_the_permission_only(visit: Visit) -> None:
    template = "{{ statement.closing }}"
    with visit.firm.workspace.read(visit.permitted("invoices")) as session:
        statement = session.account.statement(visit.client.id, DAY, DAY, "EUR")
        assert session.documents.render(template, visit.client.id, statement=statement) == "€120.00"
        with pytest.raises(Invalid) as of_another:
            session.documents.render(template, visit.client.id, statement=attrs.evolve(statement, contact_id="other"))
        assert (of_another.value.code, of_another.value.path) == ("statement-of-another", "statement")
    with visit.firm.workspace.read(visit.permitted("projects")) as session:
        assert not any(one.name.startswith("statement.") for one in session.documents.variables())
        with pytest.raises(Invalid) as unknown:
            session.documents.render(template, visit.client.id, statement=statement)
        assert unknown.value.code == "variable-unknown"


def test_an_answer_does_not_depend_on_keys_of_hidden_entries(storage: Storage) -> None:
    visit = Visit(storage)
    user = visit.permitted("invoices")
    before = answers(visit, user, visit.client.id)
    with visit.firm.workspace.write(ROOT) as session:
        hidden = session.contacts.add(Company("Hidden"))
        session.account.post(hidden, entry("F7"))
        session.account.post(hidden, AccountEntry("amendment", "-1 EUR", key="F7a", date=DAY, amends="F7"))
    assert answers(visit, user, visit.client.id) == before
    with visit.firm.workspace.write(AMELIE) as session:
        # An amendment of a hidden invoice is refused as one of nothing.
        texts = []
        for key in ("F7", "F8"):
            with pytest.raises(Invalid) as refusal:
                session.account.post(visit.client, AccountEntry("amendment", "-1 EUR", key="A1", date=DAY, amends=key))
            texts.append(str(refusal.value).replace(key, ""))
        assert texts[0] == texts[1]
