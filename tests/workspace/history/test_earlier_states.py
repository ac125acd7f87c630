from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Interaction, Invalid, Item, NotFound, Person, PortalUser, Site
from contactcore.mapping.entities import ENTITIES
from contactcore.mapping.history import values_of
from contactcore.mapping.trash import trashed_of
from contactcore.workspace.contacts import Contacts
from contactcore.workspace.history import History
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.earlier import EarlierStates
from model_based.actions import EVERY_ACTION, step
from model_based.workspace_driver import WorkspaceDriver
from support.actors import ROOT
from support.seeds import check_seeds, seeds_on

pytestmark = pytest.mark.cases_in_memory

KEPT = [entity_type.name for entity_type in ENTITIES if entity_type.kept_in_history]


def _stored(workspace: Any) -> dict[tuple[str, str], Any]:
    with workspace.storage.read(workspace.name) as reader:
        return {
            (kind, record.id): (record.version, trashed_of(record.stored()) is not None, values_of(record))
            for kind in KEPT
            for record in reader.dump(kind, limit=100_000)
        }


@pytest.mark.req("DIR-14")
def test_the_state_at_any_time_is_the_one_that_was_stored_then(
    open_storage: Any, request: pytest.FixtureRequest
) -> None:
    number = seeds_on(request.node.name, 15, 2)
    check_seeds(lambda seed: _compare_with_a_replay(open_storage, seed), number, nightly=150)


def _compare_with_a_replay(open_storage: Any, seed: int) -> None:
    random = Random(seed)
    with open_storage() as storage:
        driver = WorkspaceDriver(storage)
        replayed = []
        for _ in range(random.randrange(5, 40)):
            step(driver, random, EVERY_ACTION)
            replayed.append((driver.clock(), _stored(driver.workspace)))
        last = replayed[-1][1]
        with driver.workspace.read(ROOT) as session:
            transaction: Transaction = session._transaction
            for then, stored in replayed:
                records = {}
                for kind, id in stored:
                    (records[kind, id],) = transaction.reader.get(kind, [id])
                # The history keeps nothing of what was purged since.
                erased = {key for key, one in records.items() if one is None and stored[key][1]}
                states = EarlierStates(transaction).at(records, then)
                found = {
                    (one.kind, one.id): (one.version, one.trashed, dict(one.values))
                    for one in states.values()
                    if one.exists
                }
                gone = {key for key in stored if key not in found}
                assert gone <= {key for key in stored if key not in last}
                assert {key: one for key, one in stored.items() if key not in gone} == found
                assert all(one.is_whole for one in states.values())
                assert erased <= gone


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", access="shared-write", description="first"))


@pytest.mark.req("DIR-14")
def test_a_contact_is_returned_as_it_was(workspace: Any, amelie: Any, bob: Any, client: Any) -> None:
    versions = [client]
    for number in range(3):
        with workspace.write(bob) as session:
            changed = attrs.evolve(versions[-1], description=str(number), tags=[f"tag {number}"])
            versions.append(session.contacts.save(changed))
    with workspace.write(amelie) as session:
        versions.append(session.contacts.share(client.id, "private"))
    with workspace.read(amelie) as session:
        for version in versions:
            assert session.contacts.get(client.id, as_of=version.changed_at) == version
            assert session.contacts.get(client, Company, as_of=version.changed_at.isoformat()) == version
            assert session.history.as_of(client, version.changed_at).contact == version


@pytest.mark.req("DIR-14")
def test_all_that_belonged_to_a_contact_is_returned_as_it_was(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"), position="CFO")
        joe = session.people.add(client, Person("Joe"), position="CEO", primary=True)
        site = session.sites.add(client, Site("Mill"))
        item = session.items.add(client, Item("Saw"))
        note = session.timeline.add(client, Interaction(type="note", title="Called"))
        role = session.items.assign(item, jane.person, "payer")
        before = session.people.list(client)
        now = session.contacts.get(client.id)
    with workspace.read(amelie) as session:
        then = session._transaction.now
    with workspace.write(amelie) as session:
        session.people.remove(joe.id)
        session.people.save(attrs.evolve(session.people.get(jane.id), position="Chair"))
        session.contacts.save(attrs.evolve(session.contacts.get(jane.person.id), given_name="Janet"))
        session.sites.delete(site)
        session.items.save(attrs.evolve(item, name="Chainsaw"))
        session.timeline.delete(note)
        session.sites.add(client, Site("Later"))
    with workspace.write(amelie) as session:
        session.contacts.delete(client.id)
    with workspace.read(amelie) as session:
        was = session.history.as_of(client, then)
    assert was.contact == now
    assert was.people == before
    assert [one.person for one in was.people] == [one.person for one in before]
    assert (was.sites, was.items, was.interactions) == ((site,), (item,), (note,))
    assert was.roles == (role,)


@pytest.mark.req("DIR-14", "ACC-3")
def test_an_earlier_state_shows_nobody_who_is_hidden_today(workspace: Any, amelie: Any, bob: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        seen = session.people.add(client, Person("Seen", access="shared-read"))
        hidden = session.people.add(client, Person("Hidden", access="private"), primary=True)
    with workspace.read(bob) as session:
        then = session._transaction.now
        before = session.people.list(client)
    with workspace.write(amelie) as session:
        session.people.remove(hidden.id)
    with workspace.read(bob) as session:
        assert session.history.as_of(client, then).people == before
        assert [one.id for one in before] == [seen.id]
        assert before[0].primary


@pytest.mark.req("DIR-14")
@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2026, 2, 28, tzinfo=UTC), "as-of-before"),
        (datetime(2100, 1, 1, tzinfo=UTC), "as-of-future"),
        (datetime(2026, 3, 1), "time-without-zone"),  # noqa: DTZ001 - the fault
        ("2026-03-01T12:00", "time-without-zone"),
        ("yesterday", "time-syntax"),
    ],
)
def test_a_time_without_an_answer_is_refused_by_name(
    workspace: Any, amelie: Any, client: Any, moment: Any, code: str
) -> None:
    with workspace.read(amelie) as session:
        for ask, path in (
            (lambda: session.contacts.get(client, as_of=moment), "as_of"),
            (lambda: session.history.as_of(client, moment), "moment"),
        ):
            with pytest.raises(Invalid) as refused:
                ask()
            assert [(one.code, one.path) for one in refused.value.problems] == [(code, path)]


@pytest.mark.req("DIR-14")
def test_a_time_in_the_trash_is_refused_by_name(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.delete(client)
    with workspace.read(amelie) as session:
        then = session._transaction.now
        with pytest.raises(NotFound):
            session.contacts.get(client, as_of=then)
        assert session.history.as_of(client, client.changed_at).contact == client
    with workspace.write(amelie) as session:
        session.trash.restore(client)
    with workspace.read(amelie) as session, pytest.raises(Invalid) as refused:
        session.contacts.get(client, as_of=then)
    assert refused.value.code == "as-of-deleted"


@pytest.mark.req("DIR-14")
def test_a_wrong_type_of_time_is_refused(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.read(amelie) as session:
        for wrong in (5, b"2026", True):
            with pytest.raises(Invalid):
                session.contacts.get(client, as_of=wrong)
            with pytest.raises(Invalid):
                session.history.as_of(client, wrong)


@pytest.mark.req("DIR-14", "POR-8")
def test_portal_users_read_no_earlier_state(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.read(amelie) as session:
        transaction = session._transaction
        transaction.actor = PortalUser("1", client.id, 0)
        for ask in (
            lambda: History(transaction).as_of(client, client.changed_at),
            lambda: Contacts(transaction).get(client, as_of=client.changed_at),
        ):
            with pytest.raises(Forbidden) as refused:
                ask()
            assert refused.value.code == "staff-only"


@pytest.mark.req("DIR-14", "DIR-9")
def test_a_file_of_a_release_without_history_says_since_when_it_is_kept(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Old", description="unknown"))
    # As a release without history left it.
    with workspace.storage.write(workspace.name) as writer:
        for record in writer.dump("history"):
            writer.delete("history", record.id, record.version)
    from contactcore import Workspace

    again = Workspace(workspace.storage, workspace.name, host=workspace.host)
    with again.read(amelie) as session:
        assert session.history.of(client).items == ()
    with again.write(amelie) as session:
        changed = session.contacts.save(attrs.evolve(client, description="known"))
    with again.read(amelie) as session:
        (entry,) = session.history.of(client)
        assert session.contacts.get(client, as_of=entry.at) == changed
        with pytest.raises(Invalid) as refused:
            session.contacts.get(client, as_of=entry.at - timedelta(milliseconds=1))
    assert refused.value.code == "history-begins-later"
