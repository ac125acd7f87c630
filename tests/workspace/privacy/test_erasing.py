"""An erasure leaves nothing of a person, and everything of others (IMP-8)."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import attrs
import pytest

from contactcore import (
    Company,
    ContactCoreError,
    Forbidden,
    Form,
    Host,
    Interaction,
    Invalid,
    NotFound,
    Person,
    User,
    Workspace,
)
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock
from support.known_person import KnownPerson, known_person, left_in

pytestmark = pytest.mark.req("IMP-8")


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))


@pytest.fixture
def known(space: Workspace) -> KnownPerson:
    return known_person(space)


def test_nothing_of_the_person_is_left(space: Workspace, storage: Storage, known: KnownPerson) -> None:
    kinds = {kind for kind, _, _ in left_in(storage, "acme")}
    assert kinds >= {"contact", "affiliation", "site", "item", "interaction", "history", "message", "job-part"}
    assert kinds >= {"submission", "consent", "account-entry", "payment-method"}
    receipt = space.privacy(ROOT).erase(known.person)
    assert receipt
    assert (receipt.state, receipt.kept, receipt.erased["contact"]) == ("erased", (), 1)
    assert left_in(storage, "acme") == []


def test_the_data_of_others_stays(space: Workspace, known: KnownPerson) -> None:
    with space.read(ROOT) as session:
        before = [session.contacts.get(one.id) for one in (known.company, known.namesake, known.sharer)]
    space.privacy(ROOT).erase(known.person.id)
    with space.read(ROOT) as session:
        assert [session.contacts.get(one.id) for one in before] == before
        assert [str(email) for email in session.contacts.get(known.sharer.id).emails] == ["house@farm.es"]
        (stays,) = session.people.list(known.company)
        assert (stays.person_id, stays.primary) == (known.namesake.id, True)
        call = session.timeline.get(known.call)
        assert (call.title, call.body, call.person_id) == ("Call with …", "Ask ….", "")
        assert [hit.id for hit in session.contacts.search("zoltan")] == [known.company.id]
        assert list(session.contacts.search("quixote")) == []
        assert session.trash.list() == ()


def test_letters_that_wait_are_withdrawn_and_stay_without_their_texts(space: Workspace, known: KnownPerson) -> None:
    space.privacy(ROOT).erase(known.person)
    with space.read(ROOT) as session:
        (letter,) = [one for one in session.outbox.list().items if one.id in known.letters]
        assert (letter.state, letter.withdrawn, letter.subject, letter.text) == ("dead", "erased", "…", "")
        assert (str(letter.to), letter.to_name, letter.attachments) == ("erased@erased.invalid", "", ())


def test_erasing_twice_gives_the_same_receipt(space: Workspace, known: KnownPerson) -> None:
    privacy = space.privacy(ROOT)
    first = privacy.erase(known.person)
    assert privacy.erase(known.person.id) == first
    with space.read(ROOT) as session:
        assert session.privacy.receipt(known.person.id) == first


def test_a_person_in_the_trash_is_erased(space: Workspace, storage: Storage, known: KnownPerson) -> None:
    with space.write(ROOT) as session:
        session.contacts.delete(known.person)
    assert space.privacy(ROOT).erase(known.person.id)
    assert left_in(storage, "acme") == []


def test_a_person_in_the_trash_with_a_company_is_erased_and_the_company_can_be_restored(
    space: Workspace, storage: Storage
) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"), people=[Person("Jo", "Quixote"), Person("Ann", "Nagy")])
        jo, ann = session.people.list(bois)
        session.contacts.delete(bois)
    assert space.privacy(ROOT).erase(jo.person_id)
    assert left_in(storage, "acme") == []
    with space.write(ROOT) as session:
        session.trash.restore(bois.id)
        assert [one.person_id for one in session.people.list(bois)] == [ann.person_id]


def test_people_who_were_deleted_with_the_person_can_be_restored(space: Workspace) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote"), people=[Person("Ann", "Nagy")])
        (ann,) = session.people.list(jane)
        session.contacts.delete(jane)
    space.privacy(ROOT).erase(jane.id)
    with space.write(ROOT) as session:
        (card,) = session.trash.list()
        assert card.id == ann.person_id
        assert session.trash.restore(card).display_name == "Ann Nagy"


def test_the_contact_persons_of_an_erased_client_stay(space: Workspace) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote"), people=[Person("Ann", "Nagy")])
        (ann,) = session.people.list(jane)
    space.privacy(ROOT).erase(jane.id)
    with space.read(ROOT) as session:
        assert session.contacts.get(ann.person_id).display_name == "Ann Nagy"


def test_the_address_at_work_is_erased_and_marked(space: Workspace, known: KnownPerson) -> None:
    space.privacy(ROOT).erase(known.person)
    with space.write(ROOT) as session, pytest.raises(Invalid) as caught:
        session.contacts.add(Person(emails=["Knight@dulcinea.es"]))
    assert caught.value.code == "person-erased"


def test_what_was_merged_into_the_person_is_erased_with_it(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Doe", emails=["jane@doe.org"])).person
        twice = session.people.add(bois, Person("Dulcinea", "Quixote", emails=["dulcinea@quixote.es"])).person
        assert jane is not None
        assert twice is not None
        session.timeline.add(bois, Interaction("Called Dulcinea Quixote", person_id=twice.id))
        session.contacts.save(attrs.evolve(twice, description="Squire of La Mancha"))
    merging = space.merging(ROOT)
    merged = merging.apply(merging.plan(jane, [twice.id]))
    assert space.privacy(ROOT).erase(twice.id).person_id == jane.id
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert session.people.list(bois) == ()
        assert [(one.title, one.person_id) for one in session.timeline.page(bois)] == [("Called …", "")]
    with pytest.raises(NotFound):
        space.privacy(ROOT).erase(twice.id)
    with suppress(ContactCoreError):
        merging.undo(merged)
    assert left_in(storage, "acme") == []


def test_only_an_admin_erases(space: Workspace, known: KnownPerson) -> None:
    with pytest.raises(Forbidden) as caught:
        space.privacy(AMELIE).erase(known.person)
    assert caught.value.code == "admin-only"
    with space.read(ROOT) as session:
        assert session.contacts.get(known.person.id)


@pytest.mark.parametrize(("wrong", "code"), [(5, "record-type"), (None, "record-type")])
def test_an_argument_that_is_no_person_is_refused(space: Workspace, wrong: Any, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        space.privacy(ROOT).erase(wrong)
    assert (caught.value.code, caught.value.problems[0].path) == (code, "person")


def test_somebody_who_never_was_is_not_found(space: Workspace) -> None:
    with pytest.raises(NotFound):
        space.privacy(ROOT).erase("nobody")


def test_a_company_is_not_erased(space: Workspace, known: KnownPerson) -> None:
    with pytest.raises(Invalid) as caught:
        space.privacy(ROOT).erase(known.company)
    assert caught.value.code == "not-a-person"


def test_somebody_whom_the_application_needs_is_not_erased(storage: Storage) -> None:
    host = Host(blockers=lambda _, ids: {id: ["has open invoices"] for id in ids})
    space = Workspace(storage, "acme", host=host)
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Doe"))
        assert session.privacy.obstacles(jane) == ("has open invoices",)
    with pytest.raises(Forbidden, match="has open invoices") as caught:
        space.privacy(ROOT).erase(jane)
    assert caught.value.code == "blocked-by-host"
    with space.read(User("root", admin=True)) as session:
        assert session.contacts.get(jane.id) == jane


def test_a_submission_beside_another_contact_is_erased_with_its_history(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        form = session.forms.add(Form("Contact", fields=["given_name", "family_name", "email"], min_seconds=0))
        bois = session.contacts.add(Company("Bois", emails=["house@farm.es"]))
    for name in ("Quixote", "Farmer"):
        (token,) = re.findall(r'name="cc_token" value="([^"]*)"', space.forms.render(form))
        sent = {"cc_token": token, "given_name": "Jane", "family_name": name, "email": "house@farm.es"}
        assert space.forms.submit(form, sent).reason == "form-received"
    with space.write(ROOT) as session:
        assert len(session.forms.submissions.of(bois)) == 2
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["house@farm.es"]))
        report = session.privacy.report(jane)
        (found,) = report.data["elsewhere"]["submission"]
        assert found["fields"]["family_name"] == "Quixote"
    assert space.privacy(ROOT).erase(jane).erased["submission"] == 1
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert [one.display_name for one in session.forms.submissions.of(bois)] == ["Jane Farmer"]


def test_a_submission_with_the_name_and_the_number_of_the_person_is_erased(space: Workspace, storage: Storage) -> None:
    with space.write(ROOT) as session:
        form = session.forms.add(Form("Contact", fields=["given_name", "family_name", "email", "phone"], min_seconds=0))
        bois = session.contacts.add(Company("Bois", emails=["house@farm.es"]))
        jane = session.contacts.add(Person("Jane", "Quixote", phones=["+33144556677"]))
    for name, number in (("Quixote", "01 44 55 66 77"), ("Farmer", "01 44 55 66 77"), ("Farmer", "01 44 55 66 78")):
        (token,) = re.findall(r'name="cc_token" value="([^"]*)"', space.forms.render(form))
        sent = {"cc_token": token, "given_name": "Jane", "family_name": name, "email": "house@farm.es"}
        assert space.forms.submit(form, {**sent, "phone": number}).reason == "form-received"
    assert space.privacy(ROOT).erase(jane).erased["submission"] == 1
    assert left_in(storage, "acme") == []
    with space.read(ROOT) as session:
        assert [one.display_name for one in session.forms.submissions.of(bois)] == ["Jane Farmer", "Jane Farmer"]
