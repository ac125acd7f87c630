"""What a contact needs to be stored, as a pure rule of the settings and the stored contact (DIR-1, DIR-5, ACC-1)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Invalid
from contactcore.model import AccessPolicy, Category, Company, ContactType, FieldDefinition, Person, Settings
from contactcore.rules.preparation import offered, prepare, read_phones, with_access
from contactcore.values import Address, EmailAddress, PhoneNumber, Tag


def entries(kind: type[Any]) -> tuple[Any, ...]:
    return (
        kind(slug="client", name="Client"),
        kind(slug="old", name="Old", archived=True),
        kind(slug="gone", name="Gone", removed=True, replaced_by="client"),
        kind(slug="dropped", name="Dropped", removed=True),
    )


TYPES = entries(ContactType)
SETTINGS = Settings(country="FR", default_access="shared-write", types=TYPES, categories=entries(Category))


def problems(contact: Any, before: Any = None, settings: Settings = SETTINGS, **more: Any) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in prepare(contact, settings, before, **more)[1]]


@pytest.mark.req("DIR-5")
def test_only_entries_that_are_offered_can_be_chosen_and_what_was_stored_stays() -> None:
    assert offered(TYPES) == {"client"}
    assert problems(Company("Bois", type="client", categories=["client"])) == []
    assert problems(Company("Bois", type="old")) == [("type-unknown", "type")]
    assert problems(Company("Bois", categories=["client", "nonsense"])) == [("category-unknown", "categories[1]")]
    stored = Company("Bois", type="old", categories=["old"])
    assert problems(stored, stored) == []
    assert problems(Company("Bois", categories=["old"]), Company("Bois", type="old")) == []


@pytest.mark.req("DIR-5")
def test_a_form_that_was_read_before_an_entry_was_removed_gets_its_replacement() -> None:
    stored = Company("Bois", type="client", categories=["client"])
    ready, found = prepare(Company("Bois", type="gone", categories=["gone"]), SETTINGS, stored)
    assert (ready.type, ready.categories, found) == ("client", ("client",), ())
    stored = Company("Bois")
    ready, found = prepare(Company("Bois", type="dropped", categories=["dropped"]), SETTINGS, stored)
    assert (ready.type, ready.categories, found) == ("", (), ())
    # A removed entry is no way to an entry that the contact does not have.
    assert problems(Company("Bois", type="gone", categories=["gone"]), stored) == [
        ("type-unknown", "type"), ("category-unknown", "categories[0]"),
    ]  # fmt: skip
    assert problems(Company("Bois", type="gone")) == [("type-unknown", "type")]


@pytest.mark.req("ACC-1")
def test_a_contact_has_a_policy_and_the_creator_is_responsible_unless_somebody_is_named() -> None:
    ready, _ = prepare(Company("Bois"), SETTINGS, creator="amelie")
    assert (ready.access, ready.responsibles) == (SETTINGS.default_access, ("amelie",))
    ready, _ = prepare(Company("Bois", access="shared-read", responsibles=["zoe", "bob"]), SETTINGS, creator="amelie")
    assert (ready.access, ready.responsibles) == (AccessPolicy.SHARED_READ, ("bob", "zoe"))
    assert prepare(Company("Bois"), SETTINGS)[0].responsibles == ()
    stored = Company("Bois", access="shared-write", responsibles=["bob"])
    ready, found = prepare(Company("Bois"), SETTINGS, stored, creator="amelie", admin=True)
    assert (ready.access, ready.responsibles, found) == (AccessPolicy.SHARED_WRITE, (), ())


LOST = [("responsible-missing", "responsibles")]


@pytest.mark.req("ACC-1")
@pytest.mark.parametrize("admin", [False, True])
def test_a_private_contact_never_loses_its_last_responsible_user(admin: bool) -> None:
    stored = Company("Bois", access="private", responsibles=["bob"])
    alone = attrs.evolve(stored, responsibles=[])
    assert problems(alone, stored, admin=admin) == LOST
    assert problems(alone, alone, admin=admin) == []
    assert problems(alone, attrs.evolve(alone, access="shared-read"), admin=admin) == LOST
    with pytest.raises(Invalid) as refused:
        with_access(alone, stored, admin=admin)
    assert refused.value.code == "responsible-missing"


@pytest.mark.req("ACC-1")
@pytest.mark.parametrize("access", ["shared-read", "shared-write"])
def test_a_shared_contact_loses_its_last_responsible_user_by_an_admin_only(access: str) -> None:
    stored = Company("Bois", access=access, responsibles=["bob"])
    alone = attrs.evolve(stored, responsibles=[])
    assert problems(alone, stored) == problems(alone, attrs.evolve(stored, access="private")) == LOST
    assert problems(alone, stored, admin=True) == problems(alone, alone) == []
    with pytest.raises(Invalid) as refused:
        with_access(alone, stored, admin=False)
    assert refused.value.code == "responsible-missing"
    assert with_access(alone, stored, admin=True) == alone


@pytest.mark.req("ACC-1")
def test_a_new_access_keeps_the_names_in_order_and_a_contact_without_a_policy_private() -> None:
    stored = Company("Bois", access="private", responsibles=["bob"])
    named = with_access(attrs.evolve(stored, responsibles=["zoe", "bob"], access=None), stored, admin=False)
    assert named == attrs.evolve(stored, responsibles=["bob", "zoe"])
    opened = with_access(attrs.evolve(stored, access="shared-read"), stored, admin=False)
    assert opened.access is AccessPolicy.SHARED_READ
    assert with_access(Company("B", responsibles=["b"]), Company("B"), admin=False).access is AccessPolicy.PRIVATE


@pytest.mark.req("DIR-1")
def test_full_names_are_asked_of_people_only_where_the_setting_and_the_caller_ask() -> None:
    wanted = attrs.evolve(SETTINGS, full_names_required=True)
    missing = [("name-required", "family_name")]
    assert problems(Person("Jane"), settings=wanted, full_names=True) == missing
    assert problems(Person("", "Doe"), settings=wanted, full_names=True) == [("name-required", "given_name")]
    assert problems(Person("Jane"), settings=wanted) == problems(Person("Jane"), full_names=True) == []
    assert problems(Company("Bois"), settings=wanted, full_names=True) == []


def test_own_permissions_and_topics_are_known_or_were_stored() -> None:
    odd = Person("Jane", permissions=["invoices", "nonsense"], notifications=["invoice", "gossip"])
    assert problems(odd) == [("module-unknown", "permissions"), ("topic-unknown", "notifications")]
    assert problems(odd, odd) == []
    assert problems(odd, Person("Jane")) == problems(odd, Company("Bois")) == problems(odd)
    assert problems(Person("Jane", permissions=["invoices"], notifications=["invoice"])) == []


def test_phones_are_read_with_the_country_of_an_address_then_of_the_workspace_and_each_once() -> None:
    given = Company("Bois", phones=["01 44 55 66 77", "+33144556677"])
    assert [str(phone) for phone in prepare(given, SETTINGS)[0].phones] == ["+33144556677"]
    polish = attrs.evolve(given, phones=["22 123 45 67"], addresses=[Address(country="PL", city="Warszawa")])
    assert [str(phone) for phone in prepare(polish, SETTINGS)[0].phones] == ["+48221234567"]
    bad = attrs.evolve(given, phones=["01 44 55 66 77", "call me", "x"])
    ready, found = prepare(bad, SETTINGS)
    assert [one.path for one in found] == ["phones[1]", "phones[2]"]
    assert ready.phones == bad.phones
    with pytest.raises(Invalid) as refused:
        read_phones(["x", "01 44 55 66 77", "y"], ("FR",))
    assert [one.path for one in refused.value.problems] == ["phones[0]", "phones[2]"]


def test_custom_fields_are_read_and_a_refused_one_keeps_its_value() -> None:
    settings = attrs.evolve(SETTINGS, fields=[FieldDefinition(slug="seats", name="Seats", type="number")])
    assert dict(prepare(Company("Bois", fields={"seats": "12"}), settings)[0].fields) == {"seats": 12}
    ready, found = prepare(Company("Bois", fields={"seats": "many"}), settings)
    assert dict(ready.fields) == {"seats": "many"}
    assert [one.path for one in found] == ["fields.seats"]
    assert problems(Company("Bois", fields={"nonsense": "1"})) != []
    stored = Company("Bois", fields={"nonsense": "1"})
    assert problems(stored, stored) == []


@pytest.mark.req("DIR-5")
def test_a_removed_type_and_a_removed_category_are_replaced_each_for_itself() -> None:
    stored = Company("Bois", type="client", categories=["client"])
    assert prepare(Company("Bois", type="gone", categories=["client"]), SETTINGS, stored)[0].type == "client"
    assert prepare(Company("Bois", type="client", categories=["gone"]), SETTINGS, stored)[0].categories == ("client",)
    unknown = Company("Bois", type="nonsense", categories=["dropped"])
    assert problems(unknown, Company("Bois")) == [("type-unknown", "type")]
    unknown = Company("Bois", type="dropped", categories=["nonsense"])
    assert problems(unknown, Company("Bois")) == [("category-unknown", "categories[0]")]


def test_a_phone_in_a_custom_field_is_read_with_the_country_of_the_workspace() -> None:
    settings = attrs.evolve(SETTINGS, fields=[FieldDefinition(slug="desk", name="Desk", type="phone")])
    assert "33144556677" in str(dict(prepare(Company("Bois", fields={"desk": "01 44 55 66 77"}), settings)[0].fields))
    assert (
        problems(Company("Bois", fields={"desk": "01 44 55 66 77"}), settings=attrs.evolve(settings, country="")) != []
    )


@pytest.mark.req("DIR-3")
@pytest.mark.parametrize("name", ["emails", "phones", "tags", "addresses"])
def test_a_list_of_more_entries_than_it_may_have_is_refused_unless_the_stored_one_is_as_long(name: str) -> None:
    made: dict[str, Any] = {
        "emails": [EmailAddress(f"a{number}@x.fr") for number in range(1_002)],
        "phones": [PhoneNumber(f"+336{number:08}") for number in range(1_002)],
        "tags": [Tag(f"tag {number}") for number in range(1_002)],
        "addresses": [Address(city=f"City {number}") for number in range(1_002)],
    }
    fits, long, longer = (Company("Bois", **{name: tuple(made[name][:count])}) for count in (1_000, 1_001, 1_002))
    assert problems(fits) == []
    assert problems(long) == problems(long, fits) == problems(longer, long) == [("too-many", name)]
    assert problems(long, long) == problems(long, longer) == []
