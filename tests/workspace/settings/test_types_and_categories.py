from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Invalid


def names(page: Any) -> Any:
    return [card.name for card in page]


@pytest.mark.req("DIR-2")
def test_the_list_starts_with_four_types_and_a_client_changes_between_them(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        assert [one.slug for one in session.settings.types] == [
            "commercial-client",
            "residential-client",
            "contractor",
            "supplier",
        ]
        client = session.contacts.add(Company("Bois", type="commercial-client", description="x"))
        there = session.contacts.save(attrs.evolve(client, type="residential-client"))
        back = session.contacts.save(attrs.evolve(there, type="commercial-client"))
        assert (back.id, back.description) == (client.id, "x")


@pytest.mark.req("DIR-2")
def test_a_type_in_use_is_renamed_and_removed_without_dangling(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", type="supplier"))
        other = session.contacts.add(Company("Forêt", type="contractor"))
    with workspace.write(root) as session:
        session.settings.rename_type("supplier", "Vendor")
        session.settings.remove_type("supplier", "contractor")
        assert session.contacts.get(client.id).type == "contractor"
        assert {card.type for card in session.contacts.page()} == {"contractor"}
        assert names(session.contacts.page(type="contractor")) == names(session.contacts.page(type="supplier"))
        session.settings.remove_type("contractor")
        assert {card.type for card in session.contacts.page()} == {""}
        assert names(session.contacts.page(type="contractor")) == names(session.contacts.page(type="supplier")) == []
    with workspace.write(amelie) as session:
        kept = session.contacts.save(attrs.evolve(client, description="read before the type went"))
        assert (kept.type, kept.version) == ("", 2)
        assert session.contacts.save(session.contacts.get(other.id)).version == 1
        with pytest.raises(Invalid) as refused:
            session.contacts.add(Company("New", type="supplier"))
        assert refused.value.code == "type-unknown"


@pytest.mark.req("DIR-2")
def test_an_archived_type_stays_with_its_contacts_and_can_be_offered_again(
    workspace: Any, amelie: Any, root: Any
) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", type="supplier"))
    with workspace.write(root) as session:
        session.settings.archive_type("supplier")
    with workspace.write(amelie) as session:
        assert session.contacts.save(attrs.evolve(client, description="x")).type == "supplier"
        assert names(session.contacts.page(type="supplier")) == ["Bois"]
        with pytest.raises(Invalid) as refused:
            session.contacts.add(Company("New", type="supplier"))
        assert refused.value.code == "type-unknown"
    with workspace.write(root) as session:
        session.settings.archive_type("supplier", archived=False)
        assert session.contacts.add(Company("New", type="supplier")).type == "supplier"


@pytest.mark.req("DIR-7")
def test_categories_are_renamed_reordered_archived_and_removed(workspace: Any, amelie: Any, root: Any) -> None:
    with workspace.write(root) as session:
        key, vip, old = (session.settings.add_category(name).slug for name in ("Key", "VIP access", "Old"))
        session.settings.reorder_categories([old, key])
        assert [one.slug for one in session.settings.categories] == [old, key, vip]
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois", categories=[key, vip, old]))
    with workspace.write(root) as session:
        session.settings.rename_category(key, "Important")
        session.settings.archive_category(old)
        session.settings.remove_category(vip, key)
        assert [one.name for one in session.settings.categories] == ["Important"]
        assert session.contacts.get(client.id).categories == (key, old)
        (card,) = session.contacts.page(category=vip)
        assert card.categories == (key, old)
        assert names(session.contacts.page(category=old)) == ["Bois"]
    with workspace.write(amelie) as session:
        assert session.contacts.save(attrs.evolve(client, description="x")).categories == (key, old)
        with pytest.raises(Invalid) as refused:
            session.contacts.add(Company("New", categories=[old]))
        assert refused.value.code == "category-unknown"


def test_lists_refuse_what_would_confuse(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        settings = session.settings
        for code, act in (
            ("entry-exists", lambda: settings.add_type(" FOURNISSEUR ")),
            ("entry-exists", lambda: settings.rename_type("supplier", "Sous-traitant")),
            ("entry-nameless", lambda: settings.add_type("  ")),
            ("entry-unknown", lambda: settings.rename_type("nothing", "x")),
            ("entry-unknown", lambda: settings.remove_type("supplier", "supplier")),
            ("entry-unknown", lambda: settings.remove_type("supplier", "nothing")),
            ("entry-unknown", lambda: settings.reorder_types(["nothing"])),
            ("text-nul", lambda: settings.add_type("a\0")),
            ("setting-unknown", lambda: settings.change(language="pl")),
            ("setting-not-yes-no", lambda: settings.change(full_names_required="no")),
            ("country-unknown", lambda: settings.change(country="XX")),
            ("access-unknown", lambda: settings.change(default_access="open")),
        ):
            with pytest.raises(Invalid) as refused:
                act()
            assert refused.value.code == code
        assert refused.value.path == "default_access"
        again = settings.add_type("Partner").slug
        settings.remove_type(again)
        assert settings.add_type("Partner").slug != again
