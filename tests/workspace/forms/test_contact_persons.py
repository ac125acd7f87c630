"""A form of companies asks for the contact person, who becomes one or waits beside a stored contact (IMP-6)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Conflict, Form, FormField, Invalid, Person, Workspace
from support.actors import BOB, ROOT
from support.clock import Clock
from support.web_forms import Page, Website, send_form

pytestmark = [pytest.mark.req("IMP-6"), pytest.mark.cases_in_memory]

BOIS = {
    "name": "Bois & Fils",
    "email": "office@bois.fr",
    "person.given_name": "Zoé",
    "person.family_name": "Doe",
    "person.position": "Directrice",
    "person.email": "zoe@bois.fr",
    "person.phone": "01 44 55 66 77",
}
FIELDS = [*BOIS, "message"]


@pytest.fixture
def firms(workspace: Workspace) -> Website:
    """The website with a form of companies, for which Bob is responsible."""
    form = Form(
        "Firms",
        makes="company",
        fields=[FormField(name, required=name == "name") for name in FIELDS],
        responsibles=["bob"],
        consent="J'accepte.",
        consent_version="1",
        thank_you=True,
    )
    with workspace.write(ROOT) as session:
        return Website(workspace, session.forms.add(form))


def people_of(session: Any, company: str) -> list[tuple[str, str, bool]]:
    return [(one.person.display_name, one.position, one.primary) for one in session.people.list(company)]


def test_the_contact_person_of_a_new_company_is_primary_and_gave_the_consent(firms: Website, clock: Clock) -> None:
    assert send_form(firms, clock, BOIS).reason == "form-received"
    with firms.workspace.read(BOB) as session:
        (card,) = session.contacts.page(source="form")
        assert card.name == "Bois & Fils"
        assert people_of(session, card.id) == [("Zoé Doe", "Directrice", True)]
        (submission,) = session.forms.submissions.of(card.id)
        (affiliation,) = session.people.list(card.id)
        assert (submission.state, submission.affiliation_id) == ("new", affiliation.id)
        zoe = session.contacts.get(affiliation.person_id)
        assert (zoe.responsibles, zoe.listed, zoe.source) == (("bob",), False, "form")
        assert [one.wording for one in session.privacy.consents(zoe)] == ["J'accepte."]
    with firms.workspace.read(ROOT) as session:
        letters = [(one.template, one.to.text) for one in session.outbox.list().items]
        assert sorted(letters) == [("form-thanks", "zoe@bois.fr"), ("responsible-assigned", "bob@acme.example")]


def test_each_field_of_the_contact_person_has_a_label_of_its_own(firms: Website) -> None:
    page = Page(firms.open("de"))
    labels = {one["for"] for one in page.all("label")}
    ids = {one["id"] for one in page.all("input", "textarea") if one.get("type") != "hidden"}
    assert labels == ids
    assert "Ansprechpartner: Vorname" in page.texts
    assert page.named("person.email")["type"] == "email"


def test_a_company_without_a_contact_person_has_none(firms: Website, clock: Clock) -> None:
    assert send_form(firms, clock, {"name": "Granit"})
    with firms.workspace.read(BOB) as session:
        (card,) = session.contacts.page(source="form")
        assert people_of(session, card.id) == []


def test_a_contact_person_who_cannot_be_reached_or_read_is_asked_for_by_the_field(firms: Website, clock: Clock) -> None:
    only_position = send_form(firms, clock, {"name": "Granit", "person.position": "CFO"})
    assert [(one.path, one.code) for one in only_position.problems] == [("person.family_name", "nameless")]
    wrong = send_form(firms, clock, {"name": "Granit", "person.email": "zoe@", "person.phone": "1"})
    assert [one.path for one in wrong.problems] == ["person.email", "person.phone"]
    with firms.workspace.read(ROOT) as session:
        assert session.contacts.count() == 0


def test_a_form_of_people_has_no_contact_person() -> None:
    with pytest.raises(Invalid) as refused:
        Form("Contact", fields=["email", "person.email"])
    assert [one.code for one in refused.value.problems] == ["form-field-unknown"]


def test_a_known_contact_person_changes_nothing_until_a_user_decides(firms: Website, clock: Clock) -> None:
    with firms.workspace.write(BOB) as session:
        zoe = session.contacts.add(Person("Zoé", "Doe", emails=["zoe@bois.fr"], responsibles=["bob"]))
    assert send_form(firms, clock, BOIS).reason == "form-received"
    with firms.workspace.write(BOB) as session:
        assert session.contacts.count() == 1
        assert session.contacts.get(zoe) == zoe
        (waiting,) = session.forms.submissions.of(zoe)
        suggestion = session.forms.submissions.suggestion(waiting)
        # The details of the company are not suggested for the person.
        assert [(one.name, one.state) for one in suggestion.fields] == [
            ("given_name", "same"),
            ("family_name", "same"),
            ("email", "same"),
            ("phone", "missing"),
        ]
        company = session.forms.submissions.separate(waiting)
        assert isinstance(company, Company)
        (affiliation,) = session.people.list(company)
        assert (affiliation.person_id, affiliation.position, affiliation.primary) == (zoe.id, "Directrice", True)
        # The undo removes the company, and the person, who is known for longer, stays.
        assert session.forms.submissions.undo(waiting.id) is None
        assert session.contacts.get(zoe).display_name == "Zoé Doe"
        assert session.contacts.count() == 1


def test_a_person_who_is_known_by_the_address_at_work_is_known(website: Website, clock: Clock) -> None:
    with website.workspace.write(BOB) as session:
        company = session.contacts.add(Company("Bois", responsibles=["bob"]))
        zoe = Affiliation(person=Person("Zoé", responsibles=["bob"]), email="jo@bois.fr")
        acting = session.people.add(company, zoe)
    assert send_form(website, clock, {"email": "jo@bois.fr"})
    with website.workspace.read(BOB) as session:
        assert [one.state for one in session.forms.submissions.of(acting.person_id)] == ["suggested"]


def test_a_user_adds_the_contact_person_to_a_known_company_and_undoes_it(firms: Website, clock: Clock) -> None:
    with firms.workspace.write(BOB) as session:
        bois = session.contacts.add(
            Company("Bois", emails=["office@bois.fr"], responsibles=["bob"]), people=[Person("Karl", "Roe")]
        )
    assert send_form(firms, clock, BOIS)
    with firms.workspace.write(BOB) as session:
        submissions = session.forms.submissions
        (waiting,) = submissions.of(bois)
        suggestion = submissions.suggestion(waiting)
        field = suggestion.fields[-1]
        assert (field.name, field.state, field.stored, field.came.position) == ("person", "missing", None, "Directrice")
        submissions.accept(suggestion, ["person"])
        assert people_of(session, bois.id) == [("Karl Roe", "", True), ("Zoé Doe", "Directrice", False)]
        zoe = session.people.list(bois)[1].person
        assert [one.wording for one in session.privacy.consents(zoe)] == ["J'accepte."]
        undone = submissions.undo(waiting.id)
        assert undone is not None
        assert (undone.state, undone.affiliation_id) == ("suggested", "")
        assert people_of(session, bois.id) == [("Karl Roe", "", True)]
        # The person who came with it is gone too, and can be accepted again.
        assert session.contacts.count(role="any") == 2
        submissions.accept(submissions.suggestion(waiting.id), ["person", "name"])
        assert [one.name for one in submissions.suggestion(waiting.id).fields if one.state == "same"] == [
            "name",
            "email",
            "person",
        ]


def test_accepting_a_person_whom_the_user_knows_adds_that_person(firms: Website, clock: Clock) -> None:
    with firms.workspace.write(BOB) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"], responsibles=["bob"]))
        zoe = session.contacts.add(Person("Zoé", "Doe", emails=["zoe@bois.fr"], responsibles=["bob"]))
    assert send_form(firms, clock, BOIS)
    with firms.workspace.write(BOB) as session:
        submissions = session.forms.submissions
        (waiting,) = submissions.of(bois)
        submissions.accept(submissions.suggestion(waiting), ["person"])
        (affiliation,) = session.people.list(bois)
        assert affiliation.person_id == zoe.id
        submissions.undo(waiting.id)
        assert session.people.list(bois) == ()
        assert session.contacts.get(zoe).display_name == "Zoé Doe"


def test_a_contact_person_who_was_changed_is_not_removed_by_an_undo(firms: Website, clock: Clock) -> None:
    with firms.workspace.write(BOB) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"], responsibles=["bob"]))
    assert send_form(firms, clock, BOIS)
    with firms.workspace.write(BOB) as session:
        submissions = session.forms.submissions
        (waiting,) = submissions.of(bois)
        submissions.accept(submissions.suggestion(waiting), ["person"])
        (affiliation,) = session.people.list(bois)
        session.people.save(attrs.evolve(affiliation, position="CEO"))
        with pytest.raises(Invalid) as refused:
            submissions.undo(waiting.id)
        assert [one.code for one in refused.value.problems] == ["changed-since"]
        assert people_of(session, bois.id) == [("Zoé Doe", "CEO", True)]


def test_a_new_company_is_undone_and_restored_with_its_contact_person(firms: Website, clock: Clock) -> None:
    send_form(firms, clock, BOIS)
    with firms.workspace.write(BOB) as session:
        (card,) = session.contacts.page(source="form")
        (submission,) = session.forms.submissions.of(card.id)
        assert session.forms.submissions.undo(submission) is None
        assert session.contacts.count(role="any") == 0
        session.trash.restore(card.id)
        assert people_of(session, card.id) == [("Zoé Doe", "Directrice", True)]


def test_an_erased_contact_person_does_not_come_back_and_leaves_the_submission(firms: Website, clock: Clock) -> None:
    send_form(firms, clock, BOIS | {"message": "Zoé Doe vous écrit."})
    with firms.workspace.read(BOB) as session:
        (card,) = session.contacts.page(source="form")
        (affiliation,) = session.people.list(card.id)
    with firms.workspace.read(ROOT) as session:
        report = session.privacy.report(affiliation.person_id).data
        assert [one["fields"]["person.email"] for one in report["elsewhere"]["submission"]] == ["zoe@bois.fr"]
    firms.workspace.privacy(ROOT).erase(affiliation.person_id)
    with firms.workspace.read(ROOT) as session:
        (submission,) = session.forms.submissions.of(card.id)
        assert dict(submission.fields) == {"name": "Bois & Fils", "email": "office@bois.fr", "message": "… vous écrit."}
    assert send_form(firms, clock, BOIS | {"name": "Other", "email": "other@bois.fr"}).reason == "form-received"
    with firms.workspace.read(ROOT) as session:
        assert session.contacts.count(role="any") == 1


SHARED = {**BOIS, "person.email": "info@bois.fr"}


def suggested(website: Website, contact: Any) -> Any:
    with website.workspace.read(BOB) as session:
        (waiting,) = session.forms.submissions.of(contact)
        return session.forms.submissions.suggestion(waiting)


def shown_person(suggestion: Any) -> tuple[Any, str]:
    (person,) = [one for one in suggestion.fields if one.name == "person"]
    return person.stored and person.stored.id, person.state


@pytest.mark.parametrize(
    ("stored", "is_same"),
    [
        (Person("Zoé", "Doe"), True),
        (Person("Z.", "Doe"), True),
        (Person("Doe", "Zoé"), True),
        (Person("Zoé", "Roux"), True),  # a married name
        (Person(full_name="Zoe Doe"), True),
        (Person(phones=["01 99 88 77 66"]), True),
        (Person("Marc", "Doe"), False),  # a family
        (Person("Marc", "Blanc"), False),  # a mailbox that colleagues share
    ],
)
@pytest.mark.parametrize("acts", [False, True])
def test_somebody_else_with_the_same_address_does_not_become_the_contact_person(
    firms: Website, clock: Clock, stored: Person, is_same: bool, acts: bool
) -> None:
    known = attrs.evolve(stored, emails=["info@bois.fr"], responsibles=["bob"])
    with firms.workspace.write(BOB) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"], responsibles=["bob"]))
        known = session.contacts.add(known)
        if acts:
            session.people.add(bois, known)
    assert send_form(firms, clock, SHARED)
    suggestion = suggested(firms, bois)
    assert shown_person(suggestion) == (known.id if is_same else None, "same" if is_same and acts else "missing")
    with firms.workspace.write(BOB) as session:
        session.forms.submissions.accept(suggestion, ["person"])
        acting = [one.person_id for one in session.people.list(bois)]
        assert len(acting) == (2 if acts and not is_same else 1)
        assert (known.id in acting) == (is_same or acts)
        # The consent is that of the visitor, not that of somebody who shares the mailbox.
        assert bool(session.privacy.consents(known)) == (is_same and not acts)


def test_a_company_of_its_own_gets_the_visitor_and_not_somebody_with_the_same_address(
    firms: Website, clock: Clock
) -> None:
    with firms.workspace.write(BOB) as session:
        marc = session.contacts.add(Person("Marc", "Blanc", emails=["info@bois.fr"], responsibles=["bob"]))
    assert send_form(firms, clock, SHARED)
    with firms.workspace.write(BOB) as session:
        (waiting,) = session.forms.submissions.of(marc)
        company = session.forms.submissions.separate(waiting)
        assert [one.person.display_name for one in session.people.list(company)] == ["Zoé Doe"]
        assert not session.privacy.consents(marc)
        assert session.people.list(marc) == ()


@pytest.mark.parametrize("act", ["hidden", "deleted", "erased", "added"])
def test_a_contact_person_who_is_another_one_than_the_user_saw_is_a_conflict(
    firms: Website, clock: Clock, act: str
) -> None:
    zoe = Person("Zoé", "Doe", emails=["zoe@bois.fr"], responsibles=["bob"])
    with firms.workspace.write(BOB) as session:
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"], responsibles=["bob"]))
        zoe = zoe if act == "added" else session.contacts.add(zoe)
    assert send_form(firms, clock, BOIS)
    suggestion = suggested(firms, bois)
    if act == "erased":
        firms.workspace.privacy(ROOT).erase(zoe)
    else:
        with firms.workspace.write(ROOT) as session:
            if act == "hidden":
                session.contacts.save(attrs.evolve(zoe, responsibles=["amelie"]))
            elif act == "deleted":
                session.contacts.delete(zoe)
            else:
                session.contacts.add(zoe)
    with firms.workspace.write(BOB) as session, pytest.raises(Conflict):
        session.forms.submissions.accept(suggestion, ["person"])
    with firms.workspace.read(ROOT) as session:
        assert session.people.list(bois) == ()
        assert session.contacts.count(role="any") == (2 if act in {"hidden", "added"} else 1)
