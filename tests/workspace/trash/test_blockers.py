"""The application names contacts that it needs, such as those with open invoices; they are not deleted (DIR-11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from contactcore import BulkAct, Company, ContactCoreError, Forbidden, Host, Invalid, Person, StorageError, Workspace
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT

pytestmark = [pytest.mark.req("DIR-11"), pytest.mark.cases_in_memory]


class Invoices:
    """The billing of an application, which needs some contacts."""

    def __init__(self) -> None:
        self.open: dict[str, list[str]] = {}
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, workspace: str, ids: tuple[str, ...]) -> dict[str, list[str]]:
        self.asked.append((workspace, ids))
        return {id: self.open[id] for id in ids if id in self.open}


@pytest.fixture
def invoices() -> Invoices:
    return Invoices()


@pytest.fixture
def space(storage: Storage, invoices: Invoices) -> Workspace:
    return Workspace(storage, "acme", host=Host(blockers=invoices))


@pytest.fixture
def client(space: Workspace) -> Company:
    with space.write(AMELIE) as session:
        return session.contacts.add(Company("Bois", access="shared-read"), people=[Person("Jane")])


def state(storage: Storage) -> list[object]:
    with storage.read("acme") as reader:
        return [*(reader.dump(kind.name) for kind in KINDS if kind.name not in {"job", "job-part"}), reader.feed()]


@contextmanager
def refused(code: str = "blocked-by-host") -> Iterator[Any]:
    with pytest.raises(ContactCoreError) as error:
        yield error
    assert error.value.code == code


def test_a_blocked_contact_is_not_deleted_and_the_preview_says_why(
    space: Workspace, client: Company, invoices: Invoices, storage: Storage
) -> None:
    invoices.open = {client.id: ["has open invoices", "is a supplier."]}
    before = state(storage)
    with space.write(AMELIE) as session:
        preview = session.trash.preview(client)
        assert not preview
        assert [(one.contact.name, one.reasons) for one in preview.blockers] == [
            ("Bois", ("has open invoices", "is a supplier."))
        ]
        with refused() as error:
            session.contacts.delete(client)
        assert isinstance(error.value, Forbidden)
        assert "has open invoices, is a supplier" in str(error.value)
        assert session.contacts.count() == 1
    assert state(storage) == before
    invoices.open = {}
    with space.write(AMELIE) as session:
        session.contacts.delete(client)
        assert session.contacts.count() == 0


def test_a_blocked_person_keeps_the_client_with_whom_the_person_would_go(
    space: Workspace, client: Company, invoices: Invoices
) -> None:
    with space.write(AMELIE) as session:
        (jane,) = session.people.list(client)
        invoices.open = {jane.person_id: ["has a rental"]}
        with refused() as error:
            session.contacts.delete(client)
        assert "contact person" in str(error.value)
        assert "has a rental" in str(error.value)
        listed = session.contacts.add(Person("Listed"))
        session.people.add(listed, jane.person_id)  # Jane acts for somebody else now, and stays
        session.contacts.delete(client)
    assert all(workspace == "acme" for workspace, _ in invoices.asked)


def test_a_bulk_delete_reports_blocked_contacts_and_deletes_the_others(
    space: Workspace, client: Company, invoices: Invoices
) -> None:
    with space.write(AMELIE) as session:
        others = [session.contacts.add(Company(f"C{number}")) for number in range(3)]
    invoices.open = {client.id: ["has open invoices"]}
    bulk = space.maintenance(AMELIE).bulk(ids=[client, *others])
    for report in (bulk.preview(BulkAct(delete=True)), bulk.apply(BulkAct(delete=True))):
        assert (report.changed, report.selected) == (3, 4)
        assert [(one.name, one.code) for one in report.refused] == [("Bois", "blocked-by-host")]
        assert "has open invoices" in report.refused[0].reason
    with space.read(AMELIE) as session:
        assert [card.name for card in session.contacts.page()] == ["Bois"]


def test_a_purge_of_a_contact_that_the_application_needs_by_now_is_refused(
    space: Workspace, client: Company, invoices: Invoices
) -> None:
    with space.write(AMELIE) as session:
        session.contacts.delete(client)
    invoices.open = {client.id: ["has open invoices"]}
    with space.write(ROOT) as session:
        with refused():
            session.trash.purge(client.id)
        assert session.trash.restore(client.id).id == client.id
        session.contacts.share(client.id, "shared-read")


def test_the_undo_of_an_import_keeps_a_blocked_contact(space: Workspace, invoices: Invoices) -> None:
    imports = space.imports(AMELIE)
    report = imports.apply(imports.plan("Company,E-mail\nBois,a@bois.fr\nSud,a@sud.fr\n"))
    with space.read(AMELIE) as session:
        bois, _ = session.contacts.page()
    invoices.open = {bois.id: ["has open invoices"]}
    undone = imports.undo(report.id)
    assert (undone.removed, [(one.name, one.code) for one in undone.kept]) == (1, [("Bois", "blocked-by-host")])


@pytest.mark.req("ACC-3")
def test_the_application_is_not_asked_about_contacts_that_the_actor_may_not_delete(
    space: Workspace, client: Company, invoices: Invoices
) -> None:
    invoices.open = {client.id: ["has open invoices"]}
    with space.write(BOB) as session:
        for act in (session.contacts.delete, session.trash.preview):
            with refused("read-only"):
                act(client.id)
    report = space.maintenance(BOB).bulk(ids=[client.id, "42"]).apply(BulkAct(delete=True))
    assert [one.code for one in report.refused] == ["read-only", "not-found"]
    assert invoices.asked == []


def _raise(workspace: str, ids: tuple[str, ...]) -> Any:
    raise RuntimeError("the billing is down")


WRONG: dict[str, Callable[..., Any]] = {
    "raises": _raise,
    "refuses in its own words": lambda *_: (_ for _ in ()).throw(Invalid("x", "y")),
    "nothing": lambda *_: None,
    "a list": lambda *_: ["has open invoices"],
    "a text": lambda _, ids: {ids[0]: "has open invoices"},
    "a number": lambda _, ids: {ids[0]: [1]},
    "an empty reason": lambda _, ids: {ids[0]: [" "]},
    "half a character": lambda _, ids: {ids[0]: ["\ud800"]},
    "another contact": lambda *_: {"somebody else": ["x"]},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_host_that_fails_is_a_named_error_and_nothing_is_changed(
    storage: Storage, client: Company, wrong: str
) -> None:
    space = Workspace(storage, "acme", host=Host(blockers=WRONG[wrong]))
    before = state(storage)
    for act in (
        lambda session: session.contacts.delete(client),
        lambda session: session.trash.preview(client),
    ):
        with pytest.raises(StorageError) as error, space.write(AMELIE) as session:
            act(session)
        assert error.value.code == "blockers-failed"
    bulk = space.maintenance(AMELIE).bulk(ids=[client.id])
    with pytest.raises(StorageError) as error:
        bulk.apply(BulkAct(delete=True))
    assert error.value.code == "blockers-failed"
    assert state(storage) == before
    # The application answers again, and the act goes on.
    mended = Workspace(storage, "acme", host=Host(blockers=lambda *_: {}))
    report = mended.maintenance(AMELIE).bulk(ids=[client.id]).apply(BulkAct(delete=True))
    assert (report.changed, report.resumed) == (1, True)


def test_only_a_function_that_does_its_work_when_called_is_accepted() -> None:
    async def later(workspace: str, ids: tuple[str, ...]) -> Any:
        return {}

    for value, code in ((later, "function-deferred"), (5, "not-a-function")):
        with refused(code) as error:
            Host(blockers=value)
        assert error.value.path == "blockers"
