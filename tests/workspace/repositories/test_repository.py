"""The repository: what it remembers of locked records is what is stored, and every act is refused once it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Conflict, ContactCoreError, NotFound, Person, StorageError, Workspace
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.trash import Trashed, trashed_of
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from support.actors import AMELIE, BOB, ROOT

pytestmark = pytest.mark.req("DIR-15")


@pytest.fixture
def bois(workspace: Workspace) -> Company:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Company("Bois & Fils"))


@pytest.fixture
def transaction(workspace: Workspace, bois: Company) -> Iterator[Transaction]:
    with workspace._transaction(AMELIE) as opened:
        yield opened


def check_memory(transaction: Transaction) -> None:
    """What the transaction remembers of locked records is what the storage has."""
    for (kind, id), known in transaction.locked.items():
        (stored,) = transaction.reader.get(kind, [id])
        assert known == stored


def test_a_locked_record_is_remembered_as_each_write_leaves_it(transaction: Transaction, bois: Company) -> None:
    contacts = ContactRepository(transaction)
    locked = contacts.lock(bois.id)
    check_memory(transaction)
    renamed = contacts.put(attrs.evolve(locked.entity, name="Lune"), locked.stored)
    check_memory(transaction)
    assert contacts.lock_any(bois.id).entity == renamed
    assert (renamed.version, contacts.get(bois.id)) == (2, renamed)
    contacts.open_to_portal([bois.id])
    check_memory(transaction)
    assert f"portal:{bois.id}" in contacts.load(bois.id).access
    contacts.reindex([contacts.load(bois.id).stored])
    check_memory(transaction)
    again = contacts.lock(bois.id)
    at = "2026-03-01T00:00:00.000000Z"
    contacts.put(again.entity, again.stored, trashed=Trashed(at, "amelie", bois.id, tuple(sorted(again.access))))
    check_memory(transaction)
    with pytest.raises(NotFound):
        contacts.get(bois.id)
    trashed = contacts.lock_any(bois.id)
    assert trashed_of(trashed.stored) is not None
    contacts.remove(trashed.entity, trashed.stored, event="purged")
    check_memory(transaction)
    assert contacts.stored([bois.id]) == [None]
    with pytest.raises(NotFound):
        contacts.load_any(bois.id)


def test_a_new_record_is_remembered_as_the_storage_has_it(transaction: Transaction) -> None:
    contacts = ContactRepository(transaction)
    added = contacts.add_prepared(contacts.prepare(Person("Jane", "Doe", emails=["jane@bois.fr"], tags=["vip"])))
    assert ("contact", added.id) in transaction.locked
    check_memory(transaction)


def test_records_that_follow_an_owner_are_read_anew_after_they_were_reindexed(
    transaction: Transaction, bois: Company
) -> None:
    contacts, affiliations = ContactRepository(transaction), AffiliationRepository(transaction)
    session = Session(transaction)
    jane = session.people.add(bois, Person("Jane", "Doe"))
    affiliations.lock_any(jane.id)
    session.contacts.share(bois, "shared-read")
    check_memory(transaction)
    session.contacts.save(attrs.evolve(contacts.get(bois.id), name="Lune"))
    check_memory(transaction)
    assert affiliations.load(jane.id).access == {"visible:!admin", "visible:=amelie"}


def test_a_version_that_is_not_the_locked_one_is_a_conflict(workspace: Workspace, bois: Company) -> None:
    def lock(session: Session) -> None:
        contacts = ContactRepository(session._transaction)
        assert contacts.lock_any(bois.id, 1) == contacts.lock_any(bois.id)
        contacts.lock_any(bois.id, 7)

    with pytest.raises(Conflict) as refused:
        workspace.run(AMELIE, lock, 1)
    assert refused.value.stored == bois


def test_a_refused_write_leaves_nothing_that_could_be_kept(workspace: Workspace, bois: Company) -> None:
    def refused(session: Session) -> None:
        transaction = session._transaction
        contacts = ContactRepository(transaction)
        locked = contacts.lock(bois.id)
        stale = attrs.evolve(locked.stored, version=7)
        with pytest.raises(Conflict):
            contacts.put(attrs.evolve(locked.entity, name="Lune", version=7), stale)
        # The refusal was caught. What was remembered is still what is stored.
        assert transaction.locked["contact", bois.id] == locked.stored
        with pytest.raises(StorageError):
            contacts.put(attrs.evolve(locked.entity, name="Sud"), locked.stored)

    with pytest.raises(StorageError) as voided:
        workspace.run(AMELIE, refused)
    assert voided.value.code == "transaction-void"
    with workspace.read(AMELIE) as session:
        assert session.contacts.get(bois.id) == bois


def test_acts_at_random_leave_the_memory_of_locked_records_right(workspace: Workspace) -> None:
    random, checks = Random(11), 0
    for _ in range(8):
        # A refusal of the storage ends the session.
        with suppress(StorageError), workspace.write(ROOT) as session:
            for _ in range(15):
                with suppress(ContactCoreError, IndexError):
                    random.choice(_ACTS)(random, session)
                check_memory(session._transaction)
                checks += len(session._transaction.locked)
    assert checks > 200


def _any_contact(random: Random, session: Session) -> Any:
    cards = session.contacts.page(role="any").items
    return session.contacts.get(random.choice(cards).id)


def _any_link(random: Random, session: Session) -> Affiliation:
    return random.choice(session.people.list(_any_contact(random, session)))


_ACTS: list[Callable[[Random, Session], object]] = [
    lambda r, s: s.contacts.add(Company(f"Co {r.randrange(99)}", access=r.choice(["private", "shared-read"]))),
    lambda r, s: s.contacts.add(Person("Jo", f"Doe {r.randrange(99)}", emails=[f"j{r.randrange(99)}@x.fr"])),
    lambda r, s: s.people.add(_any_contact(r, s), Person("Ann", f"Lee {r.randrange(99)}")),
    lambda r, s: s.people.add(_any_contact(r, s), _any_contact(r, s).id, primary=r.random() < 0.5),
    lambda r, s: s.contacts.save(attrs.evolve(_any_contact(r, s), description=f"d{r.randrange(99)}", tags=["vip"])),
    lambda r, s: s.contacts.share(_any_contact(r, s), r.choice(["private", "shared-write"]), with_people=True),
    lambda r, s: s.people.save(attrs.evolve(_any_link(r, s), position=f"p{r.randrange(99)}")),
    lambda r, s: s.people.make_primary(_any_link(r, s)),
    lambda r, s: s.people.remove(_any_link(r, s)),
    lambda r, s: s.portal.invite(_any_link(r, s), send=False),
    lambda r, s: s.contacts.delete(_any_contact(r, s).id),
    lambda r, s: s.trash.restore(r.choice(s.trash.list())),
    lambda r, s: s.trash.purge(r.choice(s.trash.list())),
]


def test_what_belongs_to_several_contacts_is_given_once(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        people = [session.contacts.add(Person(f"P{n}", "Doe")) for n in range(130)]
        links = [session.people.add(bois, person) for person in people]
        repository = AffiliationRepository(session._transaction)
        found = [one.entity.id for one in repository.owned_by(bois.id, bois.id, *(person.id for person in people))]
        assert sorted(found) == sorted(link.id for link in links)
        assert list(repository.owned_by()) == []
        assert [one.entity.id for one in repository.owned_by(people[3].id)] == [links[3].id]
        assert list(repository.owned_by(bois.id, trashed=True)) == []
        session.contacts.delete(bois)
        assert len(list(repository.owned_by(bois.id, *(person.id for person in people), trashed=True))) == len(links)
        assert list(repository.owned_by(bois.id)) == []


def test_reindexing_the_trash_leaves_everything_there(workspace: Workspace, bois: Company) -> None:
    with workspace.write(AMELIE) as session:
        session.people.add(bois, Person("Jane", "Doe", emails=["jane@bois.fr"]))
        session.contacts.delete(bois)
    with workspace._transaction(AMELIE) as transaction:
        for repository in (ContactRepository(transaction), AffiliationRepository(transaction)):
            kind = repository.type.name
            before = transaction.reader.dump(kind)
            ids = [record.id for record in before]
            trashed = [one for one in repository.stored(ids) if one is not None]
            assert all(trashed_of(one) is not None for one in trashed)
            assert repository.reindex(trashed) == len(ids) > 0  # type: ignore[attr-defined] # both have it
            assert transaction.reader.dump(kind) == before
            check_memory(transaction)
    with workspace.write(AMELIE) as session:
        assert session.contacts.count(role="any") == 0
        session.trash.restore(bois.id)
        assert [one.person and one.person.given_name for one in session.people.list(bois)] == ["Jane"]


def test_nothing_is_answered_once_the_session_has_ended(workspace: Workspace, bois: Company) -> None:
    calls: list[Callable[[Session], object]] = [
        lambda s: s.contacts.get(bois.id),
        lambda s: s.contacts.page(),
        lambda s: s.contacts.search("bois"),
        lambda s: s.people.list(bois.id),
        lambda s: s.trash.list(),
        lambda s: s.contacts.save(attrs.evolve(bois, name="Lune")),
        lambda s: s.contacts.add(Company("Lune")),
        lambda s: s.contacts.delete(bois.id),
    ]
    with workspace.write(AMELIE) as written:
        written.contacts.save(attrs.evolve(bois, name="Sud"))
    with workspace.read(AMELIE) as read:
        read.contacts.get(bois.id)
    for session in (written, read):
        for call in calls:
            with pytest.raises(ContactCoreError):
                call(session)
    with workspace.read(AMELIE) as session:
        assert session.contacts.get(bois.id).display_name == "Sud"


def test_a_record_that_was_locked_before_is_not_answered_after_the_session(workspace: Workspace, bois: Company) -> None:
    with workspace._transaction(AMELIE) as transaction:
        ContactRepository(transaction).lock(bois.id)
    assert transaction.locked == {}
    with pytest.raises(StorageError):
        ContactRepository(transaction).get(bois.id)
    with suppress(ZeroDivisionError), workspace._transaction(AMELIE) as failed:
        ContactRepository(failed).lock(bois.id)
        raise ZeroDivisionError
    assert failed.locked == {}


@pytest.mark.req("ACC-3")
def test_an_actor_locks_only_what_the_actor_sees(workspace: Workspace, bois: Company) -> None:
    with workspace._transaction(BOB) as transaction:
        contacts = ContactRepository(transaction)
        for act in (contacts.lock, contacts.get, contacts.load, contacts.seen, contacts.lock_for_change):
            with pytest.raises(NotFound) as refused:
                act(bois.id)
            assert str(refused.value) == str(NotFound("contact", bois.id))
        assert transaction.locked == {}
        assert contacts.load_any(bois.id).entity == bois


def test_the_repository_of_a_type_gives_many_without_the_missing_and_the_trashed(
    transaction: Transaction, bois: Company
) -> None:
    session = Session(transaction)
    gone = session.contacts.add(Company("Gone"))
    session.contacts.delete(gone)
    repository = Repository(transaction, CONTACTS)
    assert list(repository.get_many([bois.id, gone.id, "nobody", bois.id])) == [bois.id]
    found: list[Stored | None] = repository.stored([gone.id, "nobody", bois.id])
    assert [one and one.id for one in found] == [gone.id, None, bois.id]


def test_a_version_that_is_not_the_locked_one_is_a_conflict_after_the_settings_changed_too(
    workspace: Workspace, bois: Company
) -> None:
    def act(session: Session) -> None:
        session.settings.add_category("Wood")
        ContactRepository(session._transaction).lock_any(bois.id, 7)

    with pytest.raises(Conflict) as refused:
        workspace.run(ROOT, act, 1)
    assert refused.value.stored == bois
