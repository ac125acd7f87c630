"""A purge leaves nothing behind: no text of a purged contact is in the storage any more (DIR-11)."""

from __future__ import annotations

import pytest

from contactcore import Attachment, BulkAct, Company, Item, Person, Site, Workspace
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT

pytestmark = pytest.mark.req("DIR-11")

TRACES = (b"zoltan", b"quixote", b"34911223344", b"911 22 33 44", b"sancho", b"windmill", b"rosinante", b"knight")
"""Texts of the person and their records, in lower case."""


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR")


def dumped(storage: Storage) -> list[tuple[str, str, bytes]]:
    """Every record that has a trace of the person."""
    with storage.read("acme") as reader:
        records = [(kind.name, record) for kind in KINDS for record in reader.dump(kind.name)]
    texts = [
        (
            kind,
            record.id,
            b" ".join([record.body, record.card, repr((record.terms, record.words, record.keys)).encode()]),
        )
        for kind, record in records
    ]
    return [(kind, id, text) for kind, id, text in texts if any(trace in text.lower() for trace in TRACES)]


def purged(space: Workspace, id: str) -> None:
    with space.write(ROOT) as session:
        session.contacts.delete(id)
        session.trash.purge(id)


def test_no_text_of_a_purged_contact_is_left(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        session.settings.change(portal_link="https://acme.example/{token}")
    with space.write(AMELIE) as session:
        client = session.contacts.add(
            Person("Zoltan", "Quixote", emails=["zoltan@quixote.es"], phones=["+34 911 22 33 44"])
        )
        site = session.sites.add(client, Site("Windmill"))
        item = session.items.add(client, Item("Rosinante"))
        squire = session.people.add(client, Person("Squire", "Quixote", emails=["squire@quixote.es"]), site=site)
        session.items.assign(item, squire.person_id, "payer")
        session.portal.invite(squire, password="correct horse battery", send=False)
        session.portal.invite(client.id)
        to = session.notifications.recipients(client, "invoice")
        session.notifications.send(
            client, to, subject="For Quixote", text="Knight", attachments=[Attachment("q.txt", b"x")]
        )
    assert dumped(storage)
    purged(space, client.id)
    assert dumped(storage) == []
    with storage.read("acme") as reader:
        kept = {"settings", "credential", "counter", "history"}
        assert {kind.name for kind in KINDS if reader.dump(kind.name)} <= kept
        assert [record.id for record in reader.dump("credential")] in ([], ["nobody"])


def test_imports_forget_a_purged_contact_and_still_account_for_every_row(space: Workspace, storage: Storage) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Person("Zoltan", "Quixote", emails=["zoltan@quixote.es"], description="Knight"))
        other = session.contacts.add(Person("Jo", "Doe", emails=["jo@doe.fr"]))
    imports = space.imports(AMELIE)
    report = imports.apply(
        imports.plan(
            "First name,Last name,E-mail,Phone,Birthday\n"
            "Zoltan,Quixote,zoltan@quixote.es,+34 911 22 33 44,never\n"
            "Zoltan,Quixote,zoltan@quixote.es,not a number of zoltan@quixote.es,\n"
            ",,ZOLTAN@quixote.es but wrong,,\n"
            ",,jo@,,\n"
            "Jo,Doe,jo@doe.fr,nothing,\n"
            "Zoltan,Quixote,zoltan@quixote.es,ask Sancho,\n"
        )
    )
    before = [(one.line, one.code) for one in report.problems]
    assert any("quixote" in one.value.lower() for one in report.problems)
    assert dumped(storage)
    purged(space, client.id)
    assert dumped(storage) == []
    assert [(one.line, one.code) for one in report.problems] == before
    assert any(one.value == "jo@" for one in report.problems)
    # The rest of the import is undone as before.
    assert imports.undo(report.id).removed == 0
    with space.read(AMELIE) as session:
        assert session.contacts.get(other.id).display_name == "Jo Doe"


def test_bulk_acts_forget_a_purged_contact_and_are_undone_for_the_others(space: Workspace, storage: Storage) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Person("Zoltan", "Quixote", tags=["knight"]))
        other = session.contacts.add(Company("Bois", tags=["lead"]))
        session.contacts.share(client, "private", responsibles=["amelie"])
    maintenance = space.maintenance(AMELIE)
    report = maintenance.bulk(ids=[client, other]).apply(BulkAct(add_tags=["VIP"], remove_tags=["knight", "lead"]))
    purged(space, client.id)
    assert [(kind, id) for kind, id, _ in dumped(storage) if kind != "tag"] == []
    undone = maintenance.undo(report)
    assert (undone.restored, [(one.id, one.code) for one in undone.kept]) == (1, [(client.id, "not-found")])


def test_the_notes_of_other_contacts_stay(space: Workspace, storage: Storage) -> None:
    with space.write(AMELIE) as session:
        ann = session.contacts.add(Person("Ann"))
    imports = space.imports(AMELIE)
    report = imports.apply(imports.plan("Company,E-mail\nPlanning,planning@\n"))
    values = [one.value for one in report.problems]
    assert values == ["planning@"]
    purged(space, ann.id)
    assert [one.value for one in report.problems] == values


class _KilledError(Exception):
    pass


def test_a_purge_that_does_not_end_removes_nothing(space: Workspace, storage: Storage) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"), people=[Person("Jane")])
        session.contacts.delete(client)
    with storage.read("acme") as reader:
        before = [reader.dump(kind.name) for kind in KINDS]

    def purge_and_end() -> None:
        with space.write(ROOT) as session:
            session.trash.purge(client.id)
            raise _KilledError

    with pytest.raises(_KilledError):
        purge_and_end()
    with storage.read("acme") as reader:
        assert [reader.dump(kind.name) for kind in KINDS] == before
