from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcore import Address, Company, EmailAddress, Invalid, NotFound, Person, to_plain
from support.entity_strategies import UNSTORABLE_TEXTS, contacts


@pytest.mark.req("DIR-1")
def test_a_contact_is_stored_as_it_was_given_and_read_in_the_workspaces_country(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        added = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"], phones=["01 44 55 66 77"]))
    with workspace.read(amelie) as session:
        assert session.contacts.get(added.id) == added
    assert (added.version, str(added.phones[0]), added.responsibles) == (1, "+33144556677", ("amelie",))


@pytest.mark.req("DIR-1")
def test_names_are_required_of_people_only_where_the_workspace_says_so(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Person(emails=["x@bois.fr"]))
    with workspace.write(root) as session:
        session.settings.change(full_names_required=True)
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.contacts.add(Person("Jane"))
    assert (refused.value.code, refused.value.path) == ("name-required", "family_name")


@pytest.mark.req("DIR-3")
@pytest.mark.req("DIR-4")
def test_lists_keep_their_sequence_and_one_billing_address(workspace: Any, amelie: Any) -> None:
    places = [Address(city="Lyon", country="FR", billing=False), Address(city="Paris", country="FR", billing=True)]
    with workspace.write(amelie) as session:
        id = session.contacts.add(Company("Bois", emails=["b@x.fr", "a@x.fr"], addresses=places)).id
        stored = session.contacts.get(id)
    assert [email.text for email in stored.emails] == ["b@x.fr", "a@x.fr"]
    assert [address.billing for address in stored.addresses] == [False, True]
    assert stored.billing_address.city == "Paris"
    with pytest.raises(Invalid) as refused:
        attrs.evolve(stored, addresses=[*stored.addresses, Address(city="Lille", country="FR", billing=True)])
    assert [(one.path, one.code) for one in refused.value.problems] == [("addresses[2].billing", "billing-twice")]


@pytest.mark.req("DIR-17")
def test_two_spellings_of_one_address_are_one_but_kinds_stay(workspace: Any, amelie: Any) -> None:
    def read(*emails: Any) -> list[str]:
        return [str(email) for email in Company("Bois", emails=emails).emails]

    assert read("a@b.fr", "A@B.fr", "c@b.fr") == ["a@b.fr", "c@b.fr"]
    home, work = EmailAddress("a@B.fr", kind="home"), EmailAddress("A@b.fr", kind="work")
    assert read("a@b.fr", home) == [str(home)]
    assert read(home, work, "a@b.fr") == [str(home), str(work)]


@pytest.mark.req("DIR-3")
def test_every_fault_is_named_at_once(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session, pytest.raises(Invalid) as refused:
        session.contacts.add(Company("Bois", phones=["123", "01 44 55 66 77", "abc"], type="friend"))
    assert [problem.path for problem in refused.value.problems] == ["phones[0]", "phones[2]", "type"]
    with workspace.read(amelie) as session:
        assert session.contacts.count(role="any") == 0


@pytest.mark.req("DIR-13")
def test_another_contact_starts_with_what_the_last_one_had(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(root) as session:
        gone = session.settings.add_category("Old").slug
        kept = session.settings.add_category("Key").slug
    with workspace.write(amelie) as session:
        first = session.contacts.add(
            Company(
                "Bois", type="supplier", categories=[gone, kept], tags=["VIP"], currency="PLN", access="shared-read"
            )
        )
    with workspace.write(root) as session:
        session.settings.archive_category(gone)
    with workspace.write(amelie) as session:
        draft = session.contacts.another(first, name="Forêt", tags=["new"], emails=["a@b.fr"])
        second = session.contacts.add(draft)
    assert (draft.id, draft.version) == ("", 0)
    assert (second.type, second.categories, str(second.currency)) == ("supplier", (kept,), "PLN")
    assert (second.tags[0].text, second.access, second.responsibles) == ("new", first.access, ("amelie",))
    with workspace.read(amelie) as session, pytest.raises(Invalid, match="no 'surname'"):
        session.contacts.another(first, surname="x")


@pytest.mark.req("DIR-13")
@pytest.mark.parametrize("saved", [Company("Bois", type="supplier", tags=["VIP"]), Person("Jane", type="supplier")])
def test_the_empty_form_of_the_next_contact_is_a_draft(workspace: Any, amelie: Any, saved: Any) -> None:
    with workspace.write(amelie) as session:
        first = session.contacts.add(saved)
        draft = session.contacts.another(first)
        assert (draft.id, draft.display_name, draft.type, draft.tags) == ("", "", "supplier", first.tags)
        assert to_plain(draft)["type"] == "supplier"
        for call in (
            lambda: session.contacts.add(draft),
            lambda: session.people.add(first, session.contacts.another(first)),
        ):
            with pytest.raises(Invalid) as refused:
                call()
            assert refused.value.code in {"nameless", "not-a-person"}
        named = session.contacts.add(attrs.evolve(draft, emails=["new@bois.fr"]))
        assert (named.display_name, named.type) == ("new@bois.fr", "supplier")
        with pytest.raises(Invalid) as wrong:
            session.contacts.another(first, emails=["a@"])
        assert wrong.value.path == "emails[0]"
        with pytest.raises(Invalid) as id:
            session.contacts.another(first, id="x")
        assert (id.value.path, id.value.code) == ("id", "detail-unknown")


def test_what_is_no_stored_contact_is_refused_by_name(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refused:
            session.contacts.save(Company("Bois"))
        assert refused.value.code == "not-stored"
        with pytest.raises(Invalid) as refused:
            session.contacts.add(Company("Bois", id="1"))
        assert refused.value.code == "already-stored"
        with pytest.raises(NotFound):
            session.contacts.get("nobody")


def test_a_change_of_a_kind_or_spelling_alone_is_kept(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        first = session.contacts.add(Company("Bois", phones=["01 44 55 66 77"], emails=["a@b.fr"]))
        phone = attrs.evolve(session.contacts.get(first.id), phones=["+33 1 44 55 66 77"])
        second = session.contacts.save(phone)
        assert (second.version, second.phones[0].text) == (2, "+33 1 44 55 66 77")
        assert session.contacts.save(second) == second


@pytest.mark.parametrize("text", UNSTORABLE_TEXTS)
def test_what_cannot_be_stored_is_refused_by_name_on_every_storage(workspace: Any, amelie: Any, text: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Company(text)
    assert refused.value.path == "name"
    assert refused.value.code.startswith("text-")
    with workspace.read(amelie) as session:
        for ask in (lambda: session.contacts.get(text), lambda: session.contacts.search(text)):
            try:
                assert ask() == ()
            except (Invalid, NotFound) as error:
                assert error.code.startswith(("text-", "not-found"))  # noqa: PT017 - either answer is right


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(wanted=contacts(), text=st.sampled_from(("", "x")))
def test_whatever_can_be_made_is_stored_changed_deleted_and_restored_unchanged(
    workspace: Any, root: Any, wanted: Any, text: Any
) -> None:
    with workspace.write(root) as session:
        added = session.contacts.add(attrs.evolve(wanted, tags=()))
        assert session.contacts.get(added.id) == added
        assert session.contacts.save(added).version == 1
        changed = session.contacts.save(attrs.evolve(added, description=f"{text}!"))
        session.contacts.delete(changed)
        restored = session.trash.restore(added.id)
        assert attrs.evolve(restored, version=changed.version) == changed
        found = session.contacts.page(role="any", limit=1_000)
        assert [card.name for card in found if card.id == added.id] == [_shown(restored)]


def _shown(contact: Any) -> Any:
    return contact.display_name_in(str(contact.language or "fr")) if contact.kind == "person" else contact.display_name
