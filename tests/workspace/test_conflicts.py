from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Conflict, Duplicate, Forbidden, Host, NotFound, Person, StorageError, User, Workspace
from contactcore.storage import StaleRecord
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, BOB, ROOT


@pytest.fixture
def client(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois", access="shared-write"))


@pytest.mark.req("DIR-15")
def test_the_second_of_two_editors_gets_both_versions(workspace: Any, amelie: Any, bob: Any, client: Any) -> None:
    with workspace.write(bob) as session:
        theirs = session.contacts.save(attrs.evolve(client, description="bob was here"))
    mine = attrs.evolve(client, description="amelie was here")
    with workspace.write(amelie) as session, pytest.raises(Conflict) as conflict:
        session.contacts.save(mine)
    assert (conflict.value.mine, conflict.value.stored) == (mine, theirs)


@pytest.mark.req("DIR-15")
@pytest.mark.req("ACC-2")
def test_a_change_of_access_is_not_silently_undone_by_an_older_form(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(client, "private")
    with workspace.write(amelie) as session, pytest.raises(Conflict):
        session.contacts.save(attrs.evolve(client, description="x"))
    with workspace.read(amelie) as session:
        assert session.contacts.get(client.id).access.value == "private"


@pytest.mark.req("DIR-15")
def test_a_deleted_contact_cannot_be_saved_nor_an_old_one_deleted(workspace: Any, amelie: Any, client: Any) -> None:
    with workspace.write(amelie) as session:
        newer = session.contacts.save(attrs.evolve(client, description="x"))
        with pytest.raises(Conflict):
            session.contacts.delete(client)
        session.contacts.delete(newer)
        with pytest.raises(NotFound):
            session.contacts.save(newer)


@pytest.mark.req("DIR-15")
@pytest.mark.req("PER-3")
def test_an_older_form_of_a_person_neither_overwrites_nor_moves_the_mark(
    workspace: Any, amelie: Any, client: Any
) -> None:
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"))
        joe = session.people.add(client, Person("Joe"))
        session.people.make_primary(joe)
        saved = session.people.save(attrs.evolve(jane, position="CFO"))
        assert (saved.position, saved.primary) == ("CFO", False)
        assert session.people.primary(client).id == joe.id
        with pytest.raises(Conflict) as conflict:
            session.people.save(attrs.evolve(jane, position="CEO"))
        assert conflict.value.stored == saved


def test_run_repeats_a_whole_function_after_a_conflict(workspace: Any, amelie: Any, client: Any) -> None:
    seen = []

    def rename(session: Any) -> Any:
        now = session.contacts.get(client.id)
        seen.append(now.version)
        if len(seen) < 3:
            raise Conflict(now, now)
        return session.contacts.save(attrs.evolve(now, name="Forêt"))

    assert workspace.run(amelie, rename).name == "Forêt"
    assert len(seen) == 3
    seen.clear()
    with pytest.raises(Conflict):
        workspace.run(amelie, rename, attempts=2)


def test_a_session_is_all_or_nothing_and_a_reading_one_changes_nothing(workspace: Any, amelie: Any) -> None:
    with pytest.raises(RuntimeError, match="crash"), workspace.write(amelie) as session:  # noqa: PT012 - the block is it
        session.contacts.add(Company("Bois"))
        raise RuntimeError("crash")
    with workspace.read(amelie) as session:
        assert session.contacts.count() == 0
        with pytest.raises(Forbidden) as refused:
            session.contacts.add(Company("Bois"))
    assert refused.value.code == "read-only-session"


def test_others_errors_leave_a_session_as_they_are(workspace: Any, amelie: Any) -> None:
    def fail(_session: Any) -> Any:
        raise StorageError("full", "storage-full")

    with pytest.raises(StorageError, match="full"):
        workspace.run(amelie, fail)


def test_an_id_that_is_given_twice_is_told_as_an_id() -> None:
    workspace = Workspace(MemoryStorage(), name="acme", host=Host(ids=lambda _now: "once"))
    with workspace.write(User("amelie")) as session:
        session.contacts.add(Company("Bois"))
    with pytest.raises(Duplicate) as refused, workspace.write(User("amelie")) as session:
        session.contacts.add(Company("Sud"))
    assert str(refused.value) == "The id once exists already: use it, or choose another."


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize(("actor", "shown"), [(AMELIE, True), (BOB, False), (ROOT, True)])
def test_a_conflict_shows_the_stored_version_only_to_those_who_see_it(
    workspace: Any, actor: User, *, shown: bool
) -> None:
    with workspace.write(AMELIE) as session:
        hidden = session.contacts.add(Company("Hidden", access="private"))
    with workspace._transaction(actor) as transaction:
        # A storage with several writers can refuse a record that was hidden from the actor meanwhile.
        (stored,) = transaction.reader.get("contact", [hidden.id])
        with pytest.raises(Conflict) as conflict, transaction.refusals(hidden):
            raise StaleRecord(stored)
        assert (conflict.value.stored == hidden) is shown
        assert (conflict.value.stored is None) is not shown
        (settings,) = transaction.reader.get("settings", ["settings"])
        with pytest.raises(Conflict) as conflict, transaction.refusals(transaction.settings):
            raise StaleRecord(settings)
        assert conflict.value.stored == transaction.settings
