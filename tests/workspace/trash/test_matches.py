"""What is in the trash never prevents adding the same contact again, and is offered for restoring (DIR-11)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore import Company, Contact, Invalid, Person, User, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT

pytestmark = pytest.mark.req("DIR-11")


@pytest.fixture
def gone(workspace: Any) -> Any:
    """A deleted company with a mere contact person."""
    with workspace.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois & Fils", emails=["info@bois.fr"], phones=["01 44 55 66 77"]))
        session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]))
        session.contacts.delete(client)
    return client


def found(workspace: Any, contact: Contact, actor: User = AMELIE) -> list[tuple[str, tuple[str, ...]]]:
    with workspace.read(actor) as session:
        return [(one.name, one.matched) for one in session.trash.matches(contact)]


def test_a_deleted_contact_is_found_by_what_both_have(workspace: Any, gone: Any) -> None:
    assert found(workspace, Company("Other", emails=["INFO@bois.fr"])) == [("Bois & Fils", ("email",))]
    assert found(workspace, Company("Other", phones=["+33 1 44 55 66 77"])) == [("Bois & Fils", ("phone",))]
    assert found(workspace, Company("Other", phones=["0144556677"])) == [("Bois & Fils", ("phone",))]
    assert found(workspace, Company("bois  & FILS")) == [("Bois & Fils", ("name",))]
    whole = Company("Bois & Fils", emails=["info@bois.fr"], phones=["01 44 55 66 77"])
    assert found(workspace, whole) == [("Bois & Fils", ("email", "phone", "name"))]
    assert found(workspace, Company("Bois")) == []
    # A person is not a company.
    assert found(workspace, Person("Jo", emails=["info@bois.fr"])) == []
    assert found(workspace, Person(emails=["nobody@bois.fr"])) == []


def test_a_person_who_went_along_is_offered_with_the_contact_to_restore(workspace: Any, gone: Any) -> None:
    with workspace.write(AMELIE) as session:
        (match,) = session.trash.matches(Person("Jane", "Doe"))
        assert (match.name, match.matched, match.root, match.by) == ("Jane Doe", ("name",), gone.id, "amelie")
        session.trash.restore(match.root)
        assert session.contacts.get(match.id).display_name == "Jane Doe"
        assert session.trash.matches(Person("Jane", "Doe")) == ()


def test_a_contact_in_the_trash_never_prevents_adding_it_again(workspace: Any, gone: Any) -> None:
    with workspace.write(AMELIE) as session:
        again = session.contacts.add(Company("Bois & Fils", emails=["info@bois.fr"]))
        jane = session.people.add(again, Person("Jane", "Doe", emails=["jane@bois.fr"]))
        other = session.contacts.add(Company("Sud"))
        # An address stands for the person outside the trash.
        assert session.people.add(other, "jane@bois.fr").person_id == jane.person_id
        session.trash.restore(gone.id)
        assert session.contacts.count() == 3


def test_an_import_of_the_same_file_after_a_deletion_creates_the_contact_again(workspace: Any, gone: Any) -> None:
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan("Company,E-mail\nBois & Fils,info@bois.fr\n"))
    assert (report.companies_created, report.rejected) == (1, 0)
    assert [(one.line, one.code, one.kind, one.value) for one in report.problems] == [
        (2, "restorable", "note", "info@bois.fr")
    ]
    assert gone.id in report.problems[0].reason


@pytest.mark.req("ACC-3")
def test_an_import_notes_only_contacts_that_its_user_may_restore(workspace: Any, gone: Any) -> None:
    plans = workspace.imports(BOB)
    report = plans.preview(plans.plan("Company,E-mail\nBois & Fils,info@bois.fr\n"))
    assert [*report.problems] == []
    plans = workspace.imports(AMELIE)
    report = plans.preview(plans.plan("Company,E-mail\nBois & Fils,other@bois.fr\n"))
    assert [*report.problems] == []


@pytest.mark.req("ACC-3")
def test_only_contacts_that_one_may_restore_are_offered(workspace: Any, gone: Any) -> None:
    wanted = Company("Bois & Fils")
    assert found(workspace, wanted, BOB) == []
    assert found(workspace, wanted, ROOT) == [("Bois & Fils", ("name",))]
    with workspace.write(AMELIE) as session:
        session.trash.restore(gone.id)
        session.contacts.share(gone.id, "shared-read", with_people=True)
        session.contacts.delete(gone.id)
    # Bob sees it in the trash, but may not restore it.
    assert found(workspace, wanted, BOB) == []
    assert found(workspace, Person("Jane", "Doe"), BOB) == []
    assert found(workspace, Person("Jane", "Doe")) == [("Jane Doe", ("name",))]


def test_matches_by_address_come_first_and_the_latest_deletion_before_others(workspace: Any, clock: Any) -> None:
    with workspace.write(AMELIE) as session:
        for name, email in (("Same", ""), ("Same", ""), ("Other", "a@x.fr")):
            session.contacts.delete(session.contacts.add(Company(name, emails=[email] if email else [])))
        wanted = Company("Same", emails=["a@x.fr"])
        assert [one.name for one in session.trash.matches(wanted)] == ["Other", "Same", "Same"]
        assert [one.name for one in session.trash.matches(wanted, limit=1)] == ["Other"]
        for limit in (0, 1_001):
            with pytest.raises(Invalid) as refused:
                session.trash.matches(wanted, limit=limit)
            assert refused.value.code == "limit-out-of-range"


def test_a_name_in_another_order_of_the_language_is_the_same_name(storage: Storage) -> None:
    with Workspace(storage, "hu", language="hu").write(AMELIE) as session:
        session.contacts.delete(session.contacts.add(Person("Jane", "Doe")))
        session.contacts.delete(session.contacts.add(Person("Ann", "Lee", language="en")))
        assert [one.matched for one in session.trash.matches(Person("Ann", "Lee"))] == [("name",)]


_NAMES = st.sampled_from(["Bois", "Sud", "Mill"])
_EMAILS = st.lists(st.sampled_from(["a@x.fr", "b@x.fr", "c@x.fr"]), unique=True, max_size=2)


@given(stored=st.lists(st.tuples(_NAMES, _EMAILS), min_size=1, max_size=5), name=_NAMES, emails=_EMAILS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_exactly_the_contacts_with_something_in_common_match(
    storage: Storage, stored: list[tuple[str, list[str]]], name: str, emails: list[str]
) -> None:
    with Workspace(storage, f"w{abs(hash((str(stored), name, str(emails))))}").write(AMELIE) as session:
        expected = []
        for its_name, its_emails in stored:
            contact = session.contacts.add(Company(its_name, emails=its_emails))
            session.contacts.delete(contact)
            if its_name == name or {*its_emails} & {*emails}:
                expected.append(contact.id)
        assert {one.id for one in session.trash.matches(Company(name, emails=emails))} == {*expected}
