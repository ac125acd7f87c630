"""Authorities, purposes, and people who go from one employer to another."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from contactcore import Company, ContactCoreError, Forbidden, Invalid, NotFound, Person
from contactcore.model import Authority, PortalLogin


@pytest.fixture
def client(workspace, amelie):
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois & Fils"))


def add(workspace, actor, client, given, **details):
    with workspace.write(actor) as session:
        return session.people.add(client, Person(given, "Doe", emails=[f"{given.lower()}@bois.fr"]), **details)


@pytest.mark.req("PER-4")
@pytest.mark.req("PER-5")
def test_a_person_may_what_was_granted_and_the_answer_names_the_grant(workspace, amelie, client):
    jane = add(workspace, amelie, client, "Jane", authorities=["collect-mail"])
    with workspace.read(amelie) as session:
        answer = session.people.may(jane.person, "collect-mail", client)
        assert (bool(answer), answer.reason, answer.authority) == (True, "sole", Authority(slug="collect-mail"))
        assert session.people.may(jane.person, "represent", client).reason == "no-grant"
        assert session.people.may(jane, "collect-mail", client) == answer


@pytest.mark.req("PER-5")
@pytest.mark.req("DIR-17")
def test_only_a_person_whom_the_actor_sees_may_be_asked_about(workspace, amelie, bob, client):
    jane = add(workspace, amelie, client, "Jane")
    with workspace.write(amelie) as session:
        joan = session.contacts.add(Person("Joan"))
        may = session.people.may
        assert may(joan, "represent", client).reason == "not-affiliated"
        with pytest.raises(Invalid) as company:
            may(client.id, "represent", client)
        with pytest.raises(Invalid) as among:
            may(jane, "represent", client, together_with=[joan, client.id])
        with pytest.raises(NotFound) as nonsense:
            may("nonsense", "represent", client)
        with pytest.raises(NotFound) as affiliation_id:
            may(jane.id, "represent", client)
        with pytest.raises(NotFound) as helper:
            may(jane, "represent", client, together_with=[joan.id, jane, "x"])
        with pytest.raises(Invalid) as login:
            may(PortalLogin(id=jane.person_id, email="jane@bois.fr"), "represent", client)
    assert [(one.value.code, one.value.path) for one in (company, among, login)] == [
        ("not-a-person", "person"),
        ("not-a-person", "together_with[1]"),
        ("record-type", "person"),
    ]
    assert [one.value.path for one in (nonsense, affiliation_id, helper)] == ["person", "person", "together_with[2]"]
    with workspace.write(bob) as session:
        own = session.contacts.add(Company("Own"))
        with pytest.raises(NotFound):
            session.people.may(jane.person_id, "represent", own)


@pytest.mark.req("PER-5")
def test_a_withdrawn_authority_still_answers_for_the_days_before(workspace, amelie, client):
    jane = add(workspace, amelie, client, "Jane")
    granted = Authority(slug="represent", start="2020-01-01", evidence="Deed 12")
    with workspace.write(amelie) as session:
        session.people.grant(jane.id, granted)
        session.people.withdraw(jane.id, "represent", on=date(2021, 1, 1))
        may = session.people.may
        assert may(jane.person, "represent", client, on=date(2019, 12, 31)).reason == "not-yet"
        assert may(jane.person, "represent", client, on=date(2020, 12, 31)).allowed
        answer = may(jane.person, "represent", client, on=date(2021, 1, 1))
        assert (answer.allowed, answer.reason) == (False, "expired")
        assert answer.authority == attrs.evolve(granted, end="2020-12-31")


@pytest.mark.req("PER-5")
def test_a_joint_power_is_held_only_together_with_another_holder(workspace, amelie, client):
    joint = Authority(slug="represent", joint=True)
    jane = add(workspace, amelie, client, "Jane", authorities=[joint])
    karl = add(workspace, amelie, client, "Karl", authorities=[joint])
    lea = add(workspace, amelie, client, "Lea")
    with workspace.read(amelie) as session:
        may = session.people.may
        assert may(jane.person, "represent", client).reason == "joint-only"
        assert may(jane.person, "represent", client).with_others == (karl.person_id,)
        assert not may(jane.person, "represent", client, together_with=[lea.person])
        assert may(jane.person, "represent", client, together_with=[karl.person]).reason == "joint"


@pytest.mark.req("PER-5")
def test_nobody_may_anything_outside_the_days_of_their_affiliation(workspace, amelie, client):
    jane = add(workspace, amelie, client, "Jane", authorities=["collect-mail"], start="2020-01-01", end="2020-12-31")
    with workspace.read(amelie) as session:
        assert session.people.may(jane.person, "collect-mail", client, on=date(2020, 6, 1))
        assert session.people.may(jane.person, "collect-mail", client, on=date(2021, 6, 1)).reason == "not-current"


@pytest.mark.req("PER-4")
def test_a_power_that_the_workspace_does_not_know_is_refused_not_denied(workspace, amelie, root, client):
    jane = add(workspace, amelie, client, "Jane")
    with workspace.read(amelie) as session, pytest.raises(Invalid) as refused:
        session.people.may(jane.person, "colect-mail", client)
    assert refused.value.code == "power-unknown"
    with workspace.write(root) as session:
        session.settings.notices.add_authority("order")
        session.people.grant(jane.id, "order")
        assert session.people.may(jane.person, "order", client)


@pytest.mark.req("PER-4")
def test_who_may_only_read_a_contact_grants_nothing(workspace, amelie, bob, client):
    jane = add(workspace, amelie, client, "Jane")
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "shared-read", with_people=True)
    with workspace.write(bob) as session, pytest.raises(Forbidden):
        session.people.grant(jane.id, "represent")


@pytest.mark.req("PER-3")
def test_a_purpose_has_one_primary_person_and_falls_back_to_the_primary(workspace, amelie, client):
    jane, karl = (add(workspace, amelie, client, given) for given in ("Jane", "Karl"))
    with workspace.write(amelie) as session:
        people = session.people
        assert people.primary_for(client, "billing").id == jane.id
        people.make_primary_for(karl.id, "billing")
        assert people.primary_for(client, "billing").id == karl.id
        people.make_primary_for(jane.id, "billing")
        assert [one.id for one in people.list(client) if "billing" in one.purposes] == [jane.id]
        people.make_primary_for(karl.id, "technical")
        people.save(attrs.evolve(people.get(karl.id), active=False))
        assert people.primary_for(client, "technical").id == jane.id
        people.make_primary_for(jane.id, "billing", on=False)
        assert not people.get(jane.id).purposes
        with pytest.raises(Invalid) as refused:
            people.primary_for(client, "biling")
    assert refused.value.code == "purpose-unknown"


@pytest.mark.req("PER-1")
def test_a_change_of_employer_ends_one_affiliation_opens_another_and_retires_the_old_address(workspace, amelie, client):
    jane = add(workspace, amelie, client, "Jane", position="CFO")
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Autre SA"))
        first_day = date(2026, 6, 1)
        session.people.change_employer(
            jane.id, other, on=first_day, retire=["jane@bois.fr"], position="CEO", email="jane@autre.fr"
        )
    with workspace.read(amelie) as session:
        old, new = session.people.get(jane.id), session.people.list(other)[0]
        assert (old.end, new.start, new.position) == (date(2026, 5, 31), first_day, "CEO")
        assert session.contacts.get(jane.person_id).emails == ()
        assert [one.id for one in session.people.recognise("JANE@bois.fr")] == [jane.person_id]
        assert [one.id for one in session.people.recognise("jane@autre.fr")] == [jane.person_id]


@pytest.mark.req("PER-1")
def test_nothing_ends_before_the_first_day_there_is(workspace, amelie, client):
    with workspace.write(amelie) as session:
        jane = session.people.add(client, Person("Jane"), authorities=["represent"])
        other = session.contacts.add(Company("Sud"))
        for ask in (
            lambda: session.people.withdraw(jane, "represent", on=date.min),
            lambda: session.people.change_employer(jane, other, on=date.min),
        ):
            with pytest.raises(Invalid) as refused:
                ask()
            assert (refused.value.path, refused.value.code) == ("on", "date-too-early")
        assert session.people.list(client) == (session.people.get(jane.id),)


@pytest.mark.req("PER-1")
def test_a_change_of_employer_that_is_refused_leaves_everything_as_it_was(workspace, amelie, bob, client):
    jane = add(workspace, amelie, client, "Jane", start="2025-01-01")
    with workspace.write(amelie) as session:
        other = session.contacts.add(Company("Autre SA"))
        session.people.add(other, jane.person_id)
        before = session.people.get(jane.id)
        for refused in (
            {"contact": other},
            {"contact": client},
            {"contact": "nobody"},
            {"contact": other, "on": date(2024, 1, 1)},
            {"contact": other, "start": "2026-01-01"},
            {"contact": other, "phone": "no number"},
        ):
            with pytest.raises(ContactCoreError):
                session.people.change_employer(jane.id, **refused, retire=["jane@bois.fr"])
            assert session.people.get(jane.id) == before
        assert session.contacts.get(jane.person_id).emails == jane.person.emails
    with workspace.write(bob) as session:
        theirs = session.contacts.add(Company("Leurs SA", access="shared-write"))
    with workspace.write(amelie) as session:
        session.contacts.share(client.id, "shared-write")
        session.contacts.share(jane.person_id, "shared-read")
    with workspace.write(bob) as session:
        with pytest.raises(Forbidden):
            session.people.change_employer(jane.id, theirs, retire=["jane@bois.fr"])
        assert session.people.get(jane.id) == before
        assert session.people.list(theirs) == ()


@pytest.mark.req("PER-1")
def test_every_retired_address_leaves_the_person_and_is_still_recognised(workspace, amelie, client):
    jane = add(workspace, amelie, client, "Jane", email="work@bois.fr", end="2025-12-31")
    with workspace.write(amelie) as session:
        person = session.contacts.get(jane.person_id)
        addresses = ["jane@bois.fr", "j.doe@bois.fr", "jane@home.fr", "work@bois.fr"]
        session.contacts.save(attrs.evolve(person, emails=addresses))
        other = session.contacts.add(Company("Autre SA"))
        session.people.change_employer(jane.id, other, retire=["Jane@bois.fr", "j.doe@bois.fr"])
    with workspace.read(amelie) as session:
        old = session.people.get(jane.id)
        assert old.end == date(2025, 12, 31)
        assert [str(one) for one in session.contacts.get(jane.person_id).emails] == ["jane@home.fr"]
        assert [str(one) for one in (old.email, *old.retired)] == ["work@bois.fr", "jane@bois.fr", "j.doe@bois.fr"]
        for address in addresses:
            assert [one.id for one in session.people.recognise(address)] == [jane.person_id]


@pytest.mark.req("PER-1")
def test_adding_a_contact_person_by_e_mail_finds_the_person_who_is_there(workspace, amelie, client):
    with workspace.write(amelie) as session:
        known = session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))
        assert session.people.add(client, "Jane@Bois.fr").person_id == known.id
        new = session.people.add(client, "nobody@bois.fr")
        assert new.person.display_name == "nobody@bois.fr"
        session.contacts.add(Person("Twin", "Doe", emails=["jane@bois.fr"]))
        other = session.contacts.add(Company("Autre SA"))
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.people.add(other, "jane@bois.fr")
    assert refused.value.code == "person-ambiguous"


@pytest.mark.req("ACC-3")
def test_a_hidden_person_is_not_recognised(workspace, amelie, bob):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Jane", "Doe", emails=["jane@bois.fr"]))
    with workspace.read(bob) as session:
        assert session.people.recognise("jane@bois.fr") == ()


@pytest.mark.req("ACC-3")
def test_who_does_not_see_the_new_primary_for_a_purpose_goes_on_seeing_the_old_one(workspace, amelie, bob):
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", access="shared-write"))
        jane = session.people.add(client, Person("Jane"))
        hidden = session.people.add(client, Person("Hidden", access="private", responsibles=["amelie"]))
        session.people.make_primary_for(jane, "billing")
    with workspace.read(bob) as session:
        before = session.people.list(client)
    with workspace.write(amelie) as session:
        session.people.make_primary_for(hidden, "billing")
        assert session.people.primary_for(client, "billing").id == hidden.id
        assert [one.purposes for one in session.people.list(client)] == [(), ("billing",)]
    with workspace.read(bob) as session:
        assert session.people.list(client) == before
        assert session.people.primary_for(client, "billing").id == jane.id
    with workspace.write(amelie) as session:
        session.people.make_primary_for(jane, "billing")
        assert [one.purposes for one in session.people.list(client)] == [("billing",), ()]


@pytest.mark.req("PER-3")
def test_a_purpose_has_one_primary_person_also_after_a_restore_and_after_sharing(workspace, amelie, bob, root, client):
    jane, karl = (add(workspace, amelie, client, given) for given in ("Jane", "Karl"))
    with workspace.write(amelie) as session:
        session.people.make_primary_for(karl.id, "billing")
        session.contacts.delete(karl.person_id)
        session.people.make_primary_for(jane.id, "billing")
        session.trash.restore(karl.person_id)
        assert [one.id for one in session.people.list(client) if one.purposes] == [jane.id]
        session.contacts.share(client.id, "shared-write")
    with workspace.write(bob) as session:
        theirs = session.people.add(client.id, Person("Theirs", access="private", responsibles=["bob"]))
        session.people.make_primary_for(theirs.id, "billing")
    for actor, chosen in ((amelie, jane), (bob, theirs), (root, jane)):
        with workspace.read(actor) as session:
            assert session.people.primary_for(client, "billing").id == chosen.id
            assert [one.id for one in session.people.list(client) if one.purposes] == [chosen.id]


@pytest.mark.req("PER-5")
def test_an_authority_that_was_never_granted_cannot_be_withdrawn_and_an_ended_one_can_again(workspace, amelie):
    with workspace.write(amelie) as session:
        jane = session.people.grant(
            session.people.add(session.contacts.add(Company("Bois")), "jane@bois.fr"), "represent"
        )
        with pytest.raises(Invalid) as refused:
            session.people.withdraw(jane, "collect-mail")
        assert (refused.value.code, refused.value.path) == ("power-not-granted", "authority")
        assert "represent" in refused.value.reason
        ended = session.people.withdraw(jane, "represent")
        assert session.people.withdraw(ended, "represent").authorities == ended.authorities
