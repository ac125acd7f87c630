"""The roles for items, which admins edit (SIT-2), and the topics of notices that they get (NOT-4)."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Forbidden, Invalid, from_plain, to_plain
from contactcore.model import Role, Settings
from contactcore.model.starting_lists import ROLES, STARTING_LANGUAGES, starting_name

pytestmark = [pytest.mark.req("SIT-2"), pytest.mark.req("NOT-4")]


def test_a_new_workspace_has_three_roles_in_its_language(workspace: Any, amelie: Any) -> None:
    with workspace.read(amelie) as session:
        assert [(one.slug, one.name, one.topics) for one in session.settings.item_roles] == [
            ("guardian", "Responsable légal", ("booking", "reminder")),
            ("payer", "Payeur", ("payment-request",)),
            ("emergency", "Contact d'urgence", ()),
        ]
        assert session.settings.current.item_topics == ("booking", "payment-request", "reminder")


def test_the_starting_roles_and_topics_have_a_name_in_each_language() -> None:
    for list_name, slugs in (("role", ROLES), ("topic", Settings().item_topics)):
        for slug in slugs:
            names = {starting_name(list_name, slug, language) for language in STARTING_LANGUAGES}
            assert all(names)
            assert len(names) == len(STARTING_LANGUAGES)


def test_an_admin_edits_the_roles_and_their_topics(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        roles = session.settings.item_roles
        roles.add("Trainer")
        roles.set_topics("trainer", ["reminder", "booking"])
        roles.rename("payer", "Who pays")
        roles.reorder(["trainer"])
        roles.archive("emergency")
    with workspace.read(root) as session:
        assert [(one.slug, one.name, one.topics) for one in session.settings.item_roles][:1] == [
            ("trainer", "Trainer", ("reminder", "booking"))
        ]
        settings = session.settings.current
        assert settings.item_roles.get("payer") == Role(slug="payer", name="Who pays", topics=["payment-request"])
        assert from_plain(to_plain(settings)) == settings


@pytest.mark.req("DIR-17")
def test_unknown_topics_and_roles_are_refused(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        roles = session.settings.item_roles
        for topics, place in ((["nothing"], 0), (["booking", "invoice"], 1)):
            with pytest.raises(Invalid, match="Topics of notices about items are booking") as refusal:
                roles.set_topics("payer", topics)
            assert (refusal.value.code, refusal.value.path) == ("topic-unknown", f"topics[{place}]")
        with pytest.raises(Invalid) as refusal:
            roles.set_topics("aunt", ["booking"])
        assert (refusal.value.code, refusal.value.path) == ("entry-unknown", "slug")


@pytest.mark.req("ACC-3")
def test_only_admins_edit_the_roles(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        for act in (
            lambda: session.settings.item_roles.add("Trainer"),
            lambda: session.settings.item_roles.set_topics("payer", []),
            lambda: session.settings.notices.set_for_items("estimate", on=True),
        ):
            with pytest.raises(Forbidden) as refusal:
                act()
            assert refusal.value.code == "admin-only"
