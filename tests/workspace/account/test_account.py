"""The account of a contact: entries, balances, histories and statements (POR-7)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from contactcore import (
    AccountEntry,
    Company,
    Conflict,
    Duplicate,
    Forbidden,
    Invalid,
    Item,
    NotFound,
    PaymentMethod,
    Workspace,
    from_plain,
    to_plain,
)
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT

pytestmark = [pytest.mark.req("POR-7"), pytest.mark.cases_in_memory]

DAY = date(2026, 1, 5)


def invoice(key: str = "F1", amount: str = "120 EUR", **more: Any) -> AccountEntry:
    return AccountEntry("invoice", amount, key=key, date=more.pop("day", DAY), **more)


def texts(balance: Any) -> list[str]:
    return [str(one) for one in balance.values()]


def test_an_entry_keeps_what_was_posted(workspace: Workspace, bois: Any) -> None:
    given = invoice(due=date(2026, 2, 4), number="2026/1", text="Beams\nand boards")
    with workspace.write(AMELIE) as session:
        posted = session.account.post(bois, given)
    assert (posted.version, posted.contact_id, bool(posted.since)) == (1, bois.id, True)
    assert posted.amount.amount == Decimal("120.00")
    with workspace.read(AMELIE) as session:
        assert session.account.history(bois).items == (posted,)
    plain = json.loads(json.dumps(to_plain(posted)))
    assert plain["amount"] == {"amount": "120.00", "currency": "EUR"}
    assert from_plain(plain) == posted


def test_each_type_has_its_meaning_for_the_balance(workspace: Workspace, bois: Any, post: Any) -> None:
    balances = []
    for number, (type, amount, more) in enumerate(
        (
            ("invoice", "120 EUR", {}),
            ("credit-note", "10 EUR", {}),
            ("payment", "150 EUR", {}),
            ("refund", "40 EUR", {}),
            ("amendment", "-20 EUR", {"amends": "0"}),
            ("invoice", "500 JPY", {}),
        )
    ):
        post(type, amount, str(number), "2026-01-05", **more)
        with workspace.read(AMELIE) as session:
            balances.append(texts(session.account.balance(bois)))
    assert balances == [
        ["120.00 EUR"],
        ["110.00 EUR"],
        ["-40.00 EUR"],
        ["0.00 EUR"],
        ["-20.00 EUR"],
        ["-20.00 EUR", "500 JPY"],
    ]


def test_a_balance_is_that_at_the_end_of_a_day(workspace: Workspace, bois: Any, post: Any) -> None:
    post("payment", "50 EUR", "P1", "2026-01-20")
    post("invoice", "120 EUR", "F1", "2026-01-05")
    with workspace.read(AMELIE) as session:
        days = ("2026-01-04", "2026-01-05", "2026-01-19", "2026-01-20", "9999-12-31")
        found = [texts(session.account.balance(bois, on=date.fromisoformat(day))) for day in days]
    assert found == [[], ["120.00 EUR"], ["120.00 EUR"], ["70.00 EUR"], ["70.00 EUR"]]


def test_the_same_entry_again_changes_nothing(workspace: Workspace, storage: Storage, bois: Any) -> None:
    with workspace.write(AMELIE) as session:
        posted = session.account.post(bois, invoice())
    with storage.read("acme") as reader:
        before = (reader.dump("account-entry"), reader.feed())
    with workspace.write(ROOT) as session:
        assert session.account.post(bois, invoice(amount="120.000 EUR")) == posted
    with storage.read("acme") as reader:
        assert (reader.dump("account-entry"), reader.feed()) == before


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "120.01 EUR"},
        {"amount": "120 USD"},
        {"date": "2026-01-06"},
        {"due": "2026-02-01"},
        {"number": "7"},
        {"text": "Beams"},
        {"type": "refund"},
        {"item_id": "another"},
    ],
    ids=str,
)
def test_a_key_with_other_content_is_refused_with_both(workspace: Workspace, bois: Any, change: Any) -> None:
    with workspace.write(AMELIE) as session:
        posted = session.account.post(bois, invoice())
        other = attrs.evolve(invoice(), **change)
        with pytest.raises(Conflict) as refusal:
            session.account.post(bois, other)
        assert (refusal.value.mine, refusal.value.stored) == (other, posted)
        assert session.account.history(bois).items == (posted,)


def test_a_key_of_another_contact_is_refused_and_a_hidden_one_reveals_nothing(workspace: Workspace, bois: Any) -> None:
    with workspace.write(AMELIE) as session:
        posted = session.account.post(bois, invoice())
        other = session.contacts.add(Company("Other", access="shared-write"))
        with pytest.raises(Conflict) as refusal:
            session.account.post(other, invoice())
        assert refusal.value.stored == posted
    with workspace.write(BOB) as session, pytest.raises(Duplicate) as hidden:
        session.account.post(other, invoice())
    assert hidden.value.existing is None
    assert bois.id not in json.dumps(to_plain(hidden.value))
    with workspace.write(AMELIE) as session:
        session.contacts.delete(bois.id)
        with pytest.raises(Duplicate) as trashed:
            session.account.post(other, invoice())
    assert str(trashed.value) == str(hidden.value)


def test_a_stored_entry_is_not_posted_again(workspace: Workspace, bois: Any, post: Any) -> None:
    posted = post("invoice", "120 EUR", "F1", "2026-01-05")
    with workspace.write(AMELIE) as session, pytest.raises(Invalid) as refusal:
        session.account.post(bois, posted)
    assert refusal.value.code == "already-stored"


def test_an_entry_stays_with_the_contact_that_owes_whatever_happens_to_the_item(
    workspace: Workspace, bois: Any
) -> None:
    with workspace.write(ROOT) as session:
        rex, mia = (session.items.add(bois, Item(name)) for name in ("Rex", "Mia"))
        entries = [
            session.account.post(bois, invoice("F1", item_id=rex.id)),
            session.account.post(bois, invoice("F2", "5 EUR", item_id=mia.id)),
            session.account.post(bois, invoice("F3", "1 EUR")),
        ]
        assert [one.item_name for one in entries] == ["Rex", "Mia", ""]
        joan = session.contacts.add(Company("Joan", access="shared-write"))
        session.items.move(rex, joan)
        session.items.save(attrs.evolve(session.items.get(mia), name="Max"))
        session.items.delete(mia.id)
        session.trash.purge(mia.id)
    with workspace.write(AMELIE) as session:
        account = session.account
        assert account.balance(joan) == {}
        assert texts(account.balance(bois)) == ["126.00 EUR"]
        assert texts(account.balance(bois, item=rex)) == ["120.00 EUR"]
        assert texts(account.balance(bois, item=mia.id)) == ["5.00 EUR"]
        assert account.history(bois).items == tuple(reversed(entries))
        assert account.history(bois, item=mia.id).items == (entries[1],)
        # Also a retry of the host, long after the item went.
        assert account.post(bois, invoice("F2", "5 EUR", item_id=mia.id)) == entries[1]
        assert account.post(bois, invoice("F1", item_id=rex.id)) == entries[0]


def test_an_item_that_never_was_has_no_entries(workspace: Workspace, bois: Any, post: Any) -> None:
    post("invoice", "120 EUR", "F1", "2026-01-05")
    with workspace.read(AMELIE) as session:
        for id in ("nobody", "x" * 128):
            assert session.account.history(bois, item=id).items == ()
            assert session.account.balance(bois, item=id) == {}
        with pytest.raises(NotFound) as refusal:
            session.account.balance(bois, item="")
        assert refusal.value.path == "item"


def test_the_undo_of_an_import_leaves_a_contact_that_has_entries(workspace: Workspace) -> None:
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan("Company\nBois\nSud\n"))
    with workspace.write(AMELIE) as session:
        bois = next(card for card in session.contacts.page() if card.name == "Bois")
        session.account.post(bois.id, invoice())
    imports.undo(report)
    with workspace.read(AMELIE) as session:
        assert [card.name for card in session.contacts.page()] == ["Bois"]
        assert texts(session.account.balance(bois.id)) == ["120.00 EUR"]


def test_only_an_item_of_the_contact_is_named(workspace: Workspace, bois: Any) -> None:
    with workspace.write(AMELIE) as session:
        other = session.items.add(session.contacts.add(Company("Other")), Item("Rex"))
        with pytest.raises(Invalid) as refusal:
            session.account.post(bois, invoice(item_id=other.id))
        assert (refusal.value.code, refusal.value.path) == ("item-of-another", "item_id")
        with pytest.raises(NotFound) as missing:
            session.account.post(bois, invoice(item_id="nobody"))
        assert (missing.value.what, missing.value.path) == ("item", "item_id")


def test_every_version_of_an_invoice_stays_readable(workspace: Workspace, bois: Any, post: Any) -> None:
    first = post("invoice", "120 EUR", "F1", "2026-01-05", number="1", text="Beams", due=date(2026, 2, 4))
    less = post("amendment", "-20 EUR", "F1a", "2026-01-20", amends="F1", text="Fewer beams")
    later = post("amendment", "0 EUR", "F1b", "2026-01-25", amends="F1", due=date(2026, 3, 1))
    with workspace.read(AMELIE) as session:
        history = session.account.invoice(bois, "F1")
        assert history.invoice == first
        assert [version.entry for version in history.versions] == [first, less, later]
        assert [
            (str(one.total), one.number, one.text, one.due and one.due.isoformat()) for one in history.versions
        ] == [
            ("120.00 EUR", "1", "Beams", "2026-02-04"),
            ("100.00 EUR", "1", "Fewer beams", "2026-02-04"),
            ("100.00 EUR", "1", "Fewer beams", "2026-03-01"),
        ]
        assert history.current.entry == later
        for key in ("F2", "F1a", "x" * 300):
            with pytest.raises(NotFound):
                session.account.invoice(bois, key)


def test_an_amendment_has_the_item_of_its_invoice(workspace: Workspace, bois: Any, post: Any) -> None:
    with workspace.write(AMELIE) as session:
        rex, mia = (session.items.add(bois, Item(name)) for name in ("Rex", "Mia"))
    post("invoice", "120 EUR", "F1", "2026-01-05", item_id=rex.id)
    less = post("amendment", "-20 EUR", "F1a", "2026-01-20", amends="F1")
    assert (less.item_id, less.item_name) == (rex.id, "Rex")
    assert post("amendment", "-20 EUR", "F1a", "2026-01-20", amends="F1") == less
    assert post("amendment", "-20 EUR", "F1a", "2026-01-20", amends="F1", item_id=rex.id) == less
    with pytest.raises(Invalid) as refusal:
        post("amendment", "-20 EUR", "F1b", "2026-01-20", amends="F1", item_id=mia.id)
    assert refusal.value.code == "amendment-item"


@pytest.mark.parametrize(
    ("amount", "day", "amends", "problems"),
    [
        ("-20 EUR", "2026-01-20", "nothing", {("invoice-unknown", "amends")}),
        ("-20 EUR", "2026-01-20", "P1", {("invoice-unknown", "amends")}),
        ("-20 EUR", "2026-01-20", "F2", {("invoice-unknown", "amends")}),
        (
            "-20 USD",
            "2026-01-04",
            "F1",
            {("amendment-currency", "amount.currency"), ("amendment-too-early", "date")},
        ),
    ],
)
def test_an_amendment_of_something_else_is_refused(
    workspace: Workspace, post: Any, amount: str, day: str, amends: str, problems: Any
) -> None:
    post("invoice", "120 EUR", "F1", "2026-01-05")
    post("payment", "120 EUR", "P1", "2026-01-05")
    with workspace.write(AMELIE) as session:
        session.account.post(session.contacts.add(Company("Other")), invoice("F2"))
    with pytest.raises(Invalid) as refusal:
        post("amendment", amount, "A1", day, amends=amends)
    assert {(one.code, one.path) for one in refusal.value.problems} == problems


def test_an_amendment_may_repeat_a_due_day_that_has_passed_but_none_before_its_invoice(post: Any) -> None:
    post("invoice", "120 EUR", "F1", "2026-01-05", due=date(2026, 1, 31))
    post("amendment", "-1 EUR", "A1", "2026-02-10", amends="F1", due=date(2026, 1, 31))
    with pytest.raises(Invalid) as refusal:
        post("amendment", "-1 EUR", "A2", "2026-02-10", amends="F1", due=date(2026, 1, 4))
    assert (refusal.value.code, refusal.value.path) == ("due-too-early", "due")


def test_the_history_is_paged_newest_first(workspace: Workspace, bois: Any, post: Any) -> None:
    # Entries of one day are in the sequence in which they were posted.
    days = ["2026-01-03", "2026-01-01", "2026-01-02", "2026-01-02", "2026-01-02"]
    for number, day in enumerate(days):
        post("payment" if number % 2 else "invoice", "1 EUR", str(number), day)
    with workspace.read(AMELIE) as session:
        keys, after = [], None
        for _ in range(3):
            page = session.account.history(bois, limit=2, after=after)
            assert len(page) <= 2
            keys += [one.key for one in page]
            after = page.next
        assert (keys, after) == (["0", "4", "3", "2", "1"], None)
        assert [one.key for one in session.account.payments(bois)] == ["3", "1"]
        for ask in (session.account.history, session.account.payments, session.account.amended):
            for limit in (0, 1_001):
                with pytest.raises(Invalid) as refusal:
                    ask(bois, limit=limit)
                assert refusal.value.code == "limit-out-of-range"
            with pytest.raises(Invalid) as unreadable:
                ask(bois, after="nonsense")
            assert unreadable.value.code == "cursor-unreadable"


def test_amended_invoices_are_paged_by_their_latest_amendment(workspace: Workspace, bois: Any, post: Any) -> None:
    for number in range(4):
        post("invoice", "10 EUR", f"F{number}", "2026-01-01")
    for number, (day, amended) in enumerate((("09", "F0"), ("02", "F1"), ("03", "F0"), ("04", "F2"), ("05", "F1"))):
        post("amendment", "1 EUR", f"A{number}", f"2026-01-{day}", amends=amended)
    with workspace.read(AMELIE) as session:
        whole = session.account.amended(bois)
        assert [(one.invoice.key, str(one.current.total)) for one in whole] == [
            ("F0", "12.00 EUR"),
            ("F1", "12.00 EUR"),
            ("F2", "11.00 EUR"),
        ]
        found, after = [], None
        while True:
            page = session.account.amended(bois, limit=1, after=after)
            found += page.items
            after = page.next
            if after is None:
                break
        assert tuple(found) == whole.items


def test_a_statement_opens_with_the_closing_balance_of_the_one_before(
    workspace: Workspace, bois: Any, post: Any
) -> None:
    post("invoice", "120 EUR", "F1", "2026-01-31")
    post("payment", "50 EUR", "P1", "2026-02-01")
    post("invoice", "9 USD", "F2", "2026-02-01")
    paid = post("payment", "30 EUR", "P2", "2026-02-28")
    post("payment", "1 EUR", "P3", "2026-03-01")
    with workspace.read(AMELIE) as session:
        february = session.account.statement(bois, date(2026, 2, 1), date(2026, 2, 28))
        assert [str(one) for one in (february.opening, february.closing)] == ["120.00 EUR", "40.00 EUR"]
        assert [one.key for one in february.entries] == ["P1", "P2"]
        assert february.entries[1] == paid
        march = session.account.statement(bois, date(2026, 3, 1), date(2026, 3, 31), "EUR")
        assert march.opening == february.closing
        empty = session.account.statement(bois, date(2026, 2, 1), date(2026, 2, 28), "CHF")
        assert (str(empty.opening), empty.entries, str(empty.closing)) == ("0.00 CHF", (), "0.00 CHF")
        for args, code in (
            ((date(2026, 2, 2), date(2026, 2, 1)), "dates-reversed"),
            ((date(2026, 2, 1), date(2026, 2, 1), "XYZ"), "currency-unknown"),
            ((date(2026, 2, 1), date(2026, 2, 1), "XAU"), "currency-decimals"),
        ):
            with pytest.raises(Invalid) as refusal:
                session.account.statement(bois, *args)
            assert refusal.value.code == code


def test_a_statement_without_a_currency_is_in_that_of_the_contact(storage: Storage) -> None:
    workspace = Workspace(storage, "plain")
    with workspace.write(AMELIE) as session:
        bois, sud = session.contacts.add(Company("Bois")), session.contacts.add(Company("Sud", currency="PLN"))
        assert str(session.account.statement(sud, DAY, DAY).currency) == "PLN"
        with pytest.raises(Invalid) as refusal:
            session.account.statement(bois, DAY, DAY)
    assert refusal.value.code == "currency-missing"


def test_an_account_goes_to_the_trash_with_its_contact_and_comes_back(
    workspace: Workspace, storage: Storage, bois: Any, post: Any
) -> None:
    post("invoice", "120 EUR", "F1", "2026-01-05")
    post("amendment", "-20 EUR", "F1a", "2026-01-06", amends="F1")
    with workspace.write(ROOT) as session:
        before = session.account.history(bois).items
        session.contacts.delete(bois.id)
        with pytest.raises(NotFound):
            session.account.balance(bois)
        session.trash.restore(bois)
        again = session.account.history(bois).items
        assert [attrs.evolve(one, version=1) for one in again] == list(before)
        assert texts(session.account.balance(bois)) == ["100.00 EUR"]
        session.contacts.delete(bois.id)
        session.trash.purge(bois)
        # The purge frees the keys.
        session.account.post(session.contacts.add(Company("New")), invoice())
    with storage.read("acme") as reader:
        assert len(reader.dump("account-entry")) == 1


def test_users_who_see_the_contact_read_and_users_who_may_change_it_post(workspace: Workspace, bois: Any) -> None:
    with workspace.write(AMELIE) as session:
        posted = session.account.post(bois, invoice())
        method = session.account.save_method(bois, PaymentMethod("tok_1"))
    with workspace.write(BOB) as session:
        account = session.account
        for ask in (
            lambda: account.history(bois),
            lambda: account.payments(bois),
            lambda: account.amended(bois),
            lambda: account.invoice(bois, "F1"),
            lambda: account.balance(bois),
            lambda: account.statement(bois, DAY, DAY),
            lambda: account.methods(bois),
            lambda: account.post(bois, invoice("F2")),
            lambda: account.save_method(bois, PaymentMethod("tok_2")),
            lambda: account.remove_method(method),
        ):
            with pytest.raises(NotFound):
                ask()
    with workspace.write(AMELIE) as session:
        session.contacts.share(bois, "shared-read")
    with workspace.write(BOB) as session:
        assert session.account.history(bois).items == (posted,)
        assert session.account.methods(bois) == (method,)
        for act in (
            lambda: session.account.post(bois.id, invoice("F2")),
            lambda: session.account.post(bois.id, invoice()),
            lambda: session.account.save_method(bois.id, PaymentMethod("tok_2")),
            lambda: session.account.remove_method(method),
        ):
            with pytest.raises(Forbidden) as refusal:
                act()
            assert refusal.value.code == "read-only"
    with workspace.read(AMELIE) as session, pytest.raises(Forbidden) as reading:
        session.account.post(bois.id, invoice("F2"))
    assert reading.value.code == "read-only-session"


def test_a_payment_method_is_saved_by_its_reference_and_removed_for_good(
    workspace: Workspace, storage: Storage, bois: Any
) -> None:
    with workspace.write(AMELIE) as session:
        account = session.account
        given = PaymentMethod("tok_1", brand="Visa", last_four="4242", expiry="2027-05")
        card = account.save_method(bois, given)
        assert (card.mask, card.contact_id) == ("Visa •••• 4242, 2027-05", bois.id)
        assert from_plain(to_plain(card)) == card
        assert account.save_method(bois, given) == card
        renewed = account.save_method(bois, attrs.evolve(given, expiry="2030-05"))
        assert (renewed.id, renewed.version) == (card.id, 2)
        bank = account.save_method(bois, PaymentMethod("mandate_1", brand="Bank"))
        assert account.methods(bois) == (renewed, bank)
        with pytest.raises(Invalid) as refusal:
            account.save_method(bois, bank)
        assert refusal.value.code == "already-stored"
        with pytest.raises(Conflict):
            account.remove_method(card)
        with pytest.raises(Invalid) as edited:
            account.remove_method(attrs.evolve(bank, brand="Other"))
        assert (edited.value.code, edited.value.path) == ("edit-not-stored", "method")
        account.remove_method(bank.id)
        session.contacts.delete(bois)
        session.trash.restore(bois)
        assert [one.mask for one in account.methods(bois)] == ["Visa •••• 4242, 2030-05"]
    with storage.read("acme") as reader:
        assert len(reader.dump("payment-method")) == 1
