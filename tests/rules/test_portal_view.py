"""What a client may know, as a pure projection (POR-8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from contactcore.errors import Forbidden, Invalid
from contactcore.model import (
    Company,
    FieldDefinition,
    NotificationPreferences,
    PermissionSet,
    PortalUser,
    Settings,
    User,
)
from contactcore.model.settings import PortalModule, Topic
from contactcore.rules.access import check_staff
from contactcore.rules.portal_view import HIDDEN_FACETS, check_filters, known_contact, known_settings
from support.entity_strategies import contacts

pytestmark = pytest.mark.req("POR-8")

INVOICES = PortalModule(slug="invoices", name="Invoices")
SETTINGS = Settings(
    version=7,
    language="fr",
    country="FR",
    currency="EUR",
    fields=[
        FieldDefinition(slug="shown", name="Shown", in_portal=True, on=["company"]),
        FieldDefinition(slug="secret", name="Secret", on=["company"]),
        FieldDefinition(slug="of-people", name="Of people", in_portal=True, on=["person"]),
    ],
    modules=[INVOICES, PortalModule(slug="support", name="Support")],
    topics=[
        Topic(slug="invoice", name="Invoices", module="invoices", fall_back=["client"]),
        Topic(slug="ticket", name="Tickets", module="support"),
        Topic(slug="news", name="News", archived=True),
        Topic(slug="gone", name="Gone", removed=True),
    ],
    default_permissions=PermissionSet(["invoices"]),
    default_notifications=NotificationPreferences(["invoice"]),
    notices_need_permission=True,
)


@given(contacts())
def test_a_contact_keeps_what_its_people_wrote_and_has_the_default_of_everything_else(contact: Any) -> None:
    known = known_contact(contact, Settings())
    for name in ("id", "version", "emails", "phones", "websites", "socials", "addresses", "currency", "language"):
        assert getattr(known, name) == getattr(contact, name)
    assert known.display_name == contact.display_name
    assert (known.description, known.type, known.external_id) == ("", "", "")
    assert (known.tags, known.categories, known.responsibles, known.access) == ((), (), (), None)
    assert (dict(known.fields), dict(known.unmapped)) == ({}, {})
    if contact.kind == "person":
        assert (known.permissions, known.notifications) == (contact.permissions, contact.notifications)


def test_a_custom_field_is_shown_if_it_is_marked_and_belongs_to_the_kind() -> None:
    company = Company("Bois", fields={"shown": "a", "secret": "b", "of-people": "c", "undefined": "d"})
    assert dict(known_contact(company, SETTINGS).fields) == {"shown": "a"}


def test_settings_show_the_own_modules_their_topics_and_nothing_that_staff_decide() -> None:
    known = known_settings(SETTINGS, iter([INVOICES]))
    assert (known.version, str(known.language), known.country, str(known.currency)) == (7, "fr", "FR", "EUR")
    assert [one.slug for one in known.modules] == ["invoices"]
    assert [(one.slug, one.name, one.archived, one.module, one.fall_back) for one in known.topics] == [
        ("invoice", "Invoices", False, "invoices", ()),
        ("ticket", "Tickets", False, "", ()),
        ("news", "News", True, "", ()),
    ]
    assert [one.slug for one in known.fields] == ["shown", "of-people"]
    assert (known.default_permissions.modules, known.default_notifications.topics) == ((), ())
    for name in ("types", "categories", "purposes", "authorities"):
        assert getattr(known, name).slugs == ()
    assert not known.notices_need_permission


@pytest.mark.parametrize("name", HIDDEN_FACETS)
def test_a_portal_user_filters_by_no_decision_of_staff(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_filters(PortalUser("l", "c", 0), ["letter", name])
    assert (refused.value.code, refused.value.path) == ("filter-hidden", name)
    check_filters(PortalUser("l", "c", 0), ["letter"])
    check_filters(User("amelie"), [name])


def test_what_is_for_staff_is_refused_to_portal_users() -> None:
    with pytest.raises(Forbidden) as refused:
        check_staff(PortalUser("l", "c", 0))
    assert refused.value.code == "staff-only"
    check_staff(User("amelie"))
