"""A submission of somebody whose data is restricted waits for an admin, and makes no second contact (IMP-8)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from contactcore import Company, Form, Host, NotFound, Person, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]

_PHONE = "+34 911 22 33 44"


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))


def _form(space: Workspace, **values: Any) -> Form:
    fields = ["given_name", "family_name", "email", "phone"]
    with space.write(ROOT) as session:
        return session.forms.add(
            Form("Contact", fields=fields, min_seconds=0, thank_you=True, access="shared-write", **values)
        )


def _submit(space: Workspace, form: Form, **fields: str) -> Any:
    (token,) = re.findall(r'name="cc_token" value="([^"]*)"', space.forms.render(form))
    return space.forms.submit(form, {"cc_token": token, **fields})


def _restricted(space: Workspace, person: Person) -> str:
    with space.write(ROOT) as session:
        return session.privacy.restrict(session.contacts.add(person)).id


def _beside(space: Workspace, id: str) -> list[tuple[str, str]]:
    with space.read(ROOT) as session:
        return [(one.display_name, one.state) for one in session.forms.submissions.of(id)]


def _names(space: Workspace, actor: Any) -> list[str]:
    with space.read(actor) as session:
        return [card.name for card in session.contacts.page(role="any")]


@pytest.mark.parametrize(
    ("stored", "came"),
    [
        ({"emails": ["jane@doe.org"]}, {"given_name": "Jane", "family_name": "Doe", "email": "Jane@doe.org"}),
        ({"emails": ["jane@doe.org"]}, {"given_name": "J.", "family_name": "D.", "email": "jane@doe.org"}),
        ({"phones": [_PHONE]}, {"given_name": "Jane", "family_name": "Doe", "phone": "0034 911223344"}),
    ],
)
def test_the_submission_of_a_restricted_person_waits_beside_them_for_admins_only(
    space: Workspace, stored: dict[str, Any], came: dict[str, str]
) -> None:
    form = _form(space)
    id = _restricted(space, Person("Jane", "Doe", access="shared-write", **stored))
    ann = _submit(space, form, given_name="Ann", family_name="Nagy", email="ann@nagy.hu")
    jane = _submit(space, form, **came)
    assert (jane.reason, jane.message, jane.html) == (ann.reason, ann.message, ann.html)
    assert _names(space, AMELIE) == ["Ann Nagy"]
    assert _names(space, ROOT) == ["Jane Doe", "Ann Nagy"]
    assert [state for _, state in _beside(space, id)] == ["suggested"]
    with space.read(AMELIE) as session:
        assert [one.email for one in session.forms.submissions.page()] == ["ann@nagy.hu"]
    with space.read(ROOT) as session:
        # Nobody is thanked whose data is restricted.
        assert [str(one.to) for one in session.outbox.list().items] == ["ann@nagy.hu"]


def test_a_restricted_person_with_an_address_at_work_only_is_found_too(space: Workspace) -> None:
    form = _form(space)
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois", access="shared-write"))
        jane = session.people.add(bois, Person("Jane", "Doe", access="shared-write"), email="jane@bois.fr")
        session.privacy.restrict(jane)
    _submit(space, form, given_name="Jane", family_name="Doe", email="jane@bois.fr")
    assert _names(space, AMELIE) == ["Bois"]
    assert _beside(space, jane.person_id) == [("Jane Doe", "suggested")]
    with space.read(ROOT) as session:
        assert session.outbox.list().items == ()


def test_a_letter_of_thanks_to_an_address_at_work_does_not_leave_once_the_person_is_restricted(
    space: Workspace,
) -> None:
    form = _form(space)
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois", access="shared-write"))
        jane = session.people.add(bois, Person("Jane", "Doe", access="shared-write"), email="jane@bois.fr")
    _submit(space, form, given_name="Jane", family_name="Doe", email="jane@bois.fr")
    with space.write(ROOT) as session:
        assert [one.state for one in session.outbox.list()] == ["waiting"]
        session.privacy.restrict(jane)
        assert [one.state for one in session.outbox.list()] == ["dead"]


def test_somebody_who_shares_an_address_with_a_restricted_person_is_received_as_ever(space: Workspace) -> None:
    form = _form(space)
    jane = _restricted(space, Person("Jane", "Doe", emails=["house@doe.org"], access="shared-write"))
    with space.write(ROOT) as session:
        joe = session.contacts.add(Person("Joe", "Doe", emails=["house@doe.org"], access="shared-write")).id
    _submit(space, form, given_name="Joe", family_name="Doe", email="house@doe.org")
    _submit(space, form, given_name="Jane", family_name="Doe", email="house@doe.org")
    assert _beside(space, joe) == [("Joe Doe", "suggested")]
    assert _beside(space, jane) == [("Jane Doe", "suggested")]
    with space.read(AMELIE) as session:
        assert [one.display_name for one in session.forms.submissions.page()] == ["Joe Doe"]


def test_a_restricted_contact_person_of_a_company_is_not_stored_a_second_time(space: Workspace) -> None:
    fields = ["name", "email", "person.given_name", "person.family_name", "person.email"]
    with space.write(ROOT) as session:
        form = session.forms.add(Form("Firm", makes="company", fields=fields, min_seconds=0, access="shared-write"))
        session.contacts.add(Company("Bois", emails=["office@bois.fr"], access="shared-write"))
    jane = _restricted(space, Person("Jane", "Doe", emails=["jane@doe.org"], access="shared-write"))
    person = {"person.given_name": "Jane", "person.family_name": "Doe", "person.email": "jane@doe.org"}
    for company, email in (("Bois", "office@bois.fr"), ("Sud", "office@sud.fr")):
        _submit(space, form, name=company, email=email, **person)
    assert _names(space, AMELIE) == ["Bois"]
    assert [state for _, state in _beside(space, jane)] == ["suggested", "suggested"]


def test_an_admin_makes_a_contact_of_a_submission_that_is_of_somebody_else(space: Workspace) -> None:
    form = _form(space)
    jane = _restricted(space, Person("Jane", "Doe", emails=["house@doe.org"], access="shared-write"))
    _submit(space, form, given_name="Ann", family_name="Doe", email="house@doe.org")
    with space.write(ROOT) as session:
        (found,) = session.forms.submissions.of(jane)
        session.forms.submissions.separate(found)
    assert _names(space, AMELIE) == ["Ann Doe"]
    assert _beside(space, jane) == []


# Received before the restriction


_JANE = {"person.given_name": "Jane", "person.family_name": "Doe", "person.email": "jane@doe.org"}


def _firm_form(space: Workspace) -> Form:
    fields = ["name", "email", "person.given_name", "person.family_name", "person.email", "person.phone"]
    with space.write(ROOT) as session:
        return session.forms.add(Form("Firm", makes="company", fields=fields, min_seconds=0, access="shared-write"))


def _added(space: Workspace, *contacts: Any) -> list[Any]:
    with space.write(ROOT) as session:
        return [session.contacts.add(one) for one in contacts]


@pytest.mark.parametrize("dismissed", [False, True])
@pytest.mark.parametrize(
    ("stored", "came"),
    [
        ({"emails": ["jane@doe.org"]}, _JANE),
        ({"emails": ["JANE@doe.org"]}, {**_JANE, "person.given_name": "J.", "person.family_name": "D."}),
        ({"phones": [_PHONE]}, {**_JANE, "person.email": "", "person.phone": "0034 911223344"}),
    ],
)
def test_a_submission_that_waits_beside_a_company_makes_no_second_person_of_a_restricted_contact_person(
    space: Workspace, stored: dict[str, Any], came: dict[str, str], dismissed: bool
) -> None:
    form = _firm_form(space)
    bois, jane = _added(
        space,
        Company("Bois", emails=["office@bois.fr"], access="shared-write"),
        Person("Jane", "Doe", access="shared-write", **stored),
    )
    _submit(space, form, name="Bois", email="office@bois.fr", **came)
    with space.write(AMELIE) as session:
        (waiting,) = session.forms.submissions.of(bois)
        if dismissed:
            waiting = session.forms.submissions.dismiss(waiting)
        suggestion = session.forms.submissions.suggestion(waiting)
    with space.write(ROOT) as session:
        session.privacy.restrict(jane)
    for act in (
        lambda submissions: submissions.accept(suggestion, ["person"]),
        lambda submissions: submissions.separate(waiting.id),
    ):
        with space.write(AMELIE) as session, pytest.raises(NotFound):
            act(session.forms.submissions)
    with space.read(AMELIE) as session:
        assert session.forms.submissions.of(bois) == ()
        assert not session.forms.submissions.page().items
        assert jane.id not in repr(session.history.of(bois))
        assert session.people.list(bois) == ()
    assert _names(space, AMELIE) == ["Bois"]
    assert _beside(space, jane.id) == [("Bois", waiting.state)]
    with space.write(ROOT) as session:
        session.privacy.unrestrict(jane)
    with space.read(AMELIE) as session:
        assert [one.id for one in session.forms.submissions.of(jane)] == [waiting.id]


def test_a_restriction_moves_the_submission_of_the_person_from_somebody_with_the_same_address(space: Workspace) -> None:
    form = _form(space)
    (joe,) = _added(space, Person("Joe", "Doe", emails=["house@doe.org"], access="shared-write"))
    for given in ("Jane", "Ann"):
        _submit(space, form, given_name=given, family_name="Doe", email="house@doe.org")
    jane = _restricted(space, Person("Jane", "Doe", emails=["house@doe.org"], access="shared-write"))
    assert _beside(space, joe.id) == [("Ann Doe", "suggested")]
    assert _beside(space, jane) == [("Jane Doe", "suggested")]


def test_a_deleted_submission_of_a_restricted_person_is_restored_beside_the_person(space: Workspace) -> None:
    form = _firm_form(space)
    bois, jane = _added(
        space,
        Company("Bois", emails=["office@bois.fr"], access="shared-write"),
        Person("Jane", "Doe", emails=["jane@doe.org"], access="shared-write"),
    )
    _submit(space, form, name="Bois", email="office@bois.fr", **_JANE)
    with space.write(ROOT) as session:
        (waiting,) = session.forms.submissions.of(bois)
        session.forms.submissions.delete(waiting)
        session.privacy.restrict(jane)
        session.trash.restore(waiting.id)
    assert _beside(space, bois.id) == []
    assert _beside(space, jane.id) == [("Bois", "suggested")]


def test_a_restriction_leaves_a_submission_that_was_decided_where_it_is(space: Workspace) -> None:
    form = _firm_form(space)
    (bois,) = _added(space, Company("Bois", emails=["office@bois.fr"], access="shared-write"))
    _submit(space, form, name="Bois", email="office@bois.fr", **_JANE)
    with space.write(AMELIE) as session:
        (waiting,) = session.forms.submissions.of(bois)
        session.forms.submissions.accept(session.forms.submissions.suggestion(waiting), ["person"])
        (acting,) = session.people.list(bois)
    with space.write(ROOT) as session:
        session.privacy.restrict(acting)
    assert _beside(space, bois.id) == [("Bois", "accepted")]
