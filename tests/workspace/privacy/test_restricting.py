"""A restricted person is shown to admins only, and is not mailed (IMP-8)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import BulkAct, Company, Forbidden, Invalid, Item, NotFound, Person, Site, User, Workspace
from contactcore.delivery import Deliverer
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore_memory import MemoryStorage
from support.queued_mail import Takes

pytestmark = pytest.mark.req("IMP-8")


@pytest.fixture
def jane(workspace: Any, root: Any) -> Any:
    """Jane, a client whom every user may change, and who acts for a company."""
    with workspace.write(root) as session:
        bois = session.contacts.add(Company("Bois & Fils", access="shared-write"))
        jane = session.contacts.add(
            Person("Jane", "Doe", emails=["jane@doe.org"], access="shared-write", responsibles=["bob"]),
            sites=[Site("Cottage")],
            items=[Item("Rex")],
        )
        session.people.add(bois, jane, notifications=["invoice"])
        return jane


def _restricted(workspace: Any, root: Any, jane: Any) -> Any:
    with workspace.write(root) as session:
        return session.privacy.restrict(jane)


def test_only_admins_see_a_restricted_person(workspace: Any, root: Any, bob: Any, amelie: Any, jane: Any) -> None:
    assert _restricted(workspace, root, jane).restricted
    for user in (bob, amelie):
        with workspace.read(user) as session:
            with pytest.raises(NotFound):
                session.contacts.get(jane.id)
            assert [card.name for card in session.contacts.page(role="any")] == ["Bois & Fils"]
            assert list(session.contacts.search("jane")) == list(session.contacts.search("cottage")) == []
            assert list(session.contacts.search("rex")) == []
            (bois,) = session.contacts.page()
            assert session.people.list(bois.id) == ()
    with workspace.read(root) as session:
        assert session.contacts.get(jane.id).restricted
        assert session.contacts.get(jane.id).responsibles == ("bob",)
        assert len(session.contacts.search("cottage")) == 1


def test_the_end_of_a_restriction_brings_everything_back(workspace: Any, root: Any, bob: Any, jane: Any) -> None:
    with workspace.read(bob) as session:
        before = (list(session.contacts.page(role="any")), list(session.contacts.search("jane")))
    _restricted(workspace, root, jane)
    with workspace.write(root) as session:
        assert not session.privacy.unrestrict(jane.id).restricted
    with workspace.read(bob) as session:
        assert (list(session.contacts.page(role="any")), list(session.contacts.search("jane"))) == before
        assert session.contacts.get(jane.id) == jane


@pytest.mark.req("IMP-3")
def test_the_undo_of_an_import_by_a_user_takes_no_restricted_person_away(
    workspace: Any, root: Any, amelie: Any
) -> None:
    imports = workspace.imports(amelie)
    rows = "First name,Last name,E-mail,Company\nAnn,Lee,ann@lee.org,Mill\nJoe,Roe,joe@roe.org,\n"
    report = imports.apply(imports.plan(rows, access="shared-write"))
    with workspace.read(root) as session:
        people = {card.name: card.id for card in session.contacts.page(role="any", kind="person")}
    for id in people.values():
        _restricted(workspace, root, id)
    undone = imports.undo(report)
    assert (undone.removed, undone.hidden, [one.name for one in undone.kept]) == (0, 2, ["Mill"])
    with workspace.read(amelie) as session:
        assert session.trash.list() == ()
    with workspace.write(root) as session:
        assert session.trash.list() == ()
        assert [session.privacy.unrestrict(id).display_name for id in people.values()] == list(people)
        (mill,) = session.contacts.page(kind="company")
        assert [one.person_id for one in session.people.list(mill.id)] == [people["Ann Lee"]]


@pytest.mark.req("DIR-14")
def test_an_admin_undoes_and_restores_earlier_values_of_a_restricted_person(
    workspace: Any, root: Any, bob: Any, jane: Any
) -> None:
    with workspace.write(bob) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(jane.id), description="Tall."))
    _restricted(workspace, root, jane)
    with workspace.write(root) as session:
        change = session.history.of(jane.id).items[0]
        session.history.undo(change)
        found = session.contacts.get(jane.id)
        assert (found.description, found.restricted) == ("", True)
    with workspace.write(root) as session:
        found = session.history.restore(jane.id, as_of=change.at)
        assert (found.description, found.restricted) == ("Tall.", True)
    with workspace.read(bob) as session, pytest.raises(NotFound):
        session.contacts.get(jane.id)


def test_a_restriction_outlasts_changes_the_trash_and_a_restoration(
    workspace: Any, root: Any, bob: Any, jane: Any
) -> None:
    _restricted(workspace, root, jane)
    with workspace.write(root) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(jane.id), description="Called."))
        session.contacts.share(jane.id, "shared-read", responsibles=["bob", "amelie"])
        session.contacts.delete(jane.id)
    with workspace.read(bob) as session:
        assert session.trash.list() == ()
    with workspace.write(root) as session:
        assert session.trash.restore(jane.id).restricted
    with workspace.read(bob) as session, pytest.raises(NotFound):
        session.contacts.get(jane.id)
    with workspace.write(root) as session:
        session.privacy.unrestrict(jane.id)
    with workspace.read(bob) as session:
        assert session.contacts.get(jane.id).description == "Called."


def test_a_restricted_person_is_no_recipient_and_the_reason_is_explained(workspace: Any, root: Any, jane: Any) -> None:
    _restricted(workspace, root, jane)
    with workspace.read(root) as session:
        (bois,) = session.contacts.page(kind="company")
        answer = session.notifications.recipients(bois.id, "invoice")
        assert [(one.code, one.chosen) for one in answer.explained] == [("restricted", False)]
        by_hand = session.notifications.by_hand(jane.id, "invoice", [jane.id])
        assert (by_hand.chosen, by_hand.explained[0].code) == ((), "restricted")


def test_a_waiting_letter_to_a_restricted_person_is_withdrawn(workspace: Any, root: Any, jane: Any) -> None:
    with workspace.write(root) as session:
        (bois,) = session.contacts.page(kind="company")
        to = session.notifications.recipients(bois.id, "invoice")
        (queued,) = session.notifications.send(bois.id, to, subject="Invoice", text="Enclosed.")
    _restricted(workspace, root, jane)
    with workspace.read(root) as session:
        (letter,) = [one for one in session.outbox.list().items if one.id == queued.id]
        # It does not read as waiting until somebody tries to deliver it.
        assert (letter.state, letter.withdrawn) == ("dead", "restricted")
    transport = Takes()
    with Deliverer(workspace.storage, transport, sender="no-reply@acme.example") as deliverer:
        deliverer.run_once()
    assert transport.sent == []
    with workspace.read(root) as session:
        (letter,) = [one for one in session.outbox.list().items if one.id == queued.id]
        assert (letter.state, letter.withdrawn) == ("dead", "restricted")


def test_a_letter_that_a_restriction_withdrew_waits_again_when_the_restriction_ends(
    workspace: Any, root: Any, jane: Any
) -> None:
    with workspace.write(root) as session:
        (bois,) = session.contacts.page(kind="company")
        to = session.notifications.recipients(bois.id, "invoice")
        (queued,) = session.notifications.send(bois.id, to, subject="Invoice", text="Enclosed.")
    _restricted(workspace, root, jane)
    with workspace.write(root) as session:
        session.privacy.unrestrict(jane)
    transport = Takes()
    with Deliverer(workspace.storage, transport, sender="no-reply@acme.example") as deliverer:
        deliverer.run_once()
    assert transport.sent == [str(queued.to)]


def test_only_an_admin_restricts(workspace: Any, bob: Any, jane: Any) -> None:
    for act in ("restrict", "unrestrict"):
        with workspace.write(bob) as session, pytest.raises(Forbidden) as caught:
            getattr(session.privacy, act)(jane)
        assert caught.value.code == "admin-only"


def test_a_company_is_not_restricted(workspace: Any, root: Any, jane: Any) -> None:
    with workspace.write(root) as session, pytest.raises(Invalid) as caught:
        session.privacy.restrict(session.contacts.add(Company("Bois")))
    assert caught.value.code == "not-a-person"


def test_nobody_restricts_by_saving(workspace: Any, root: Any, jane: Any) -> None:
    with workspace.write(root) as session:
        for wrong in (attrs.evolve(jane, restricted=True), Person("Jo", "Doe", restricted=True)):
            with pytest.raises(Invalid) as caught:
                session.contacts.save(wrong) if wrong.id else session.contacts.add(wrong)
            assert (caught.value.code, caught.value.problems[0].path) == ("edit-not-stored", "restricted")


def test_a_user_who_takes_over_sees_a_restricted_person_only_afterwards(workspace: Any, root: Any, jane: Any) -> None:
    _restricted(workspace, root, jane)
    workspace.maintenance(root).hand_over("bob", to="eve")
    with workspace.read(User("eve")) as session, pytest.raises(NotFound):
        session.contacts.get(jane.id)
    with workspace.write(root) as session:
        assert session.privacy.unrestrict(jane.id).responsibles == ("eve",)


def test_a_restricted_person_is_not_merged(workspace: Any, root: Any, jane: Any) -> None:
    with workspace.write(root) as session:
        twice = session.contacts.add(Person("Jane", "Doe"))
    _restricted(workspace, root, jane)
    merging = workspace.merging(root)
    for winner, loser in ((twice, jane.id), (jane.id, twice)):
        with pytest.raises(Invalid) as caught:
            merging.plan(winner, [loser])
        assert (caught.value.code, caught.value.problems[0].value) == ("contact-restricted", jane.id)


def test_a_restriction_survives_an_import_a_bulk_act_and_a_copy(workspace: Any, root: Any, bob: Any, jane: Any) -> None:
    _restricted(workspace, root, jane)
    imports = workspace.imports(root)
    imports.apply(
        imports.plan("First name,Last name,E-mail,Description\nJane,Doe,jane@doe.org,New\n", policy="overwrite")
    )
    workspace.maintenance(root).bulk(ids=[jane.id]).apply(BulkAct(access="shared-write", add_tags=["VIP"]))
    target = MemoryStorage()
    copy_workspace(workspace.storage, target, "acme")
    for space in (workspace, Workspace(target, "acme")):
        with space.read(bob) as session, pytest.raises(NotFound):
            session.contacts.get(jane.id)
        with space.read(root) as session:
            found = session.contacts.get(jane.id)
            assert (found.restricted, found.description, [tag.text for tag in found.tags]) == (True, "New", ["VIP"])
