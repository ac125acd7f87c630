"""The lists of topics, purposes and authorities are edited like the other lists of the settings."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Forbidden, Invalid, Workspace

pytestmark = pytest.mark.cases_in_memory

LISTS = ["topics", "purposes", "authorities"]
ADD = {"topics": "add_topic", "purposes": "add_purpose", "authorities": "add_authority"}
KNOWN = {"topics": "invoice", "purposes": "billing", "authorities": "represent"}


@pytest.fixture
def notices(workspace: Workspace, root: Any) -> Any:
    with workspace.write(root) as session:
        yield session.settings.notices


def entry(notices: Any, of: str, slug: str) -> Any:
    return getattr(notices._settings, of).get(slug)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("of", LISTS)
def test_a_slug_is_made_from_the_name_or_given_in_its_syntax(notices: Any, of: str) -> None:
    add = getattr(notices, ADD[of])
    assert (add("Sign Contracts!").slug, entry(notices, of, "sign-contracts").name) == (
        "sign-contracts",
        "Sign Contracts!",
    )
    assert (add("price-list").slug, add("Order books ", slug="order").slug) == ("price-list", "order")
    for slug in ("Order", "order books", "-order", "ord!er", "x" * 61):
        with pytest.raises(Invalid) as refused:
            add("Another", slug=slug)
        assert (refused.value.code, refused.value.path) == ("slug-syntax", "slug"), slug
    for name in ("", "  "):
        with pytest.raises(Invalid) as refused:
            add(name)
        assert refused.value.code == "entry-nameless"


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("of", LISTS)
def test_an_entry_that_exists_is_refused_by_one_code(storage: Any, root: Any, of: str, language: str) -> None:
    with Workspace(storage, "lists", language=language).write(root) as session:
        notices = session.settings.notices
        add, known = getattr(notices, ADD[of]), KNOWN[of]
        for name, slug, path in ((known, "", "name"), (f"{known} ", "", "name"), ("Another", known, "slug")):
            with pytest.raises(Invalid) as refused:
                add(name, slug=slug)
            assert (refused.value.code, refused.value.path) == ("entry-exists", path)


@pytest.mark.req("NOT-1")
@pytest.mark.parametrize("of", LISTS)
def test_entries_are_renamed_archived_reordered_and_removed(notices: Any, of: str) -> None:
    slug = getattr(notices, ADD[of])("Orders").slug
    notices.rename(of, slug, "Order books")
    notices.archive(of, slug)
    assert (entry(notices, of, slug).name, entry(notices, of, slug).offered) == ("Order books", False)
    notices.archive(of, slug, archived=False)
    notices.reorder(of, [slug])
    assert getattr(notices._settings, of).slugs[0] == slug
    notices.remove(of, slug)
    assert slug not in getattr(notices._settings, of)
    assert slug not in notices.topics
    assert getattr(notices, ADD[of])("Orders").slug != slug
    for act in (
        lambda: notices.rename(of, slug, "X"),
        lambda: notices.archive(of, slug),
        lambda: notices.remove(of, slug),
        lambda: notices.reorder(of, [slug]),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert refused.value.code == "entry-unknown"


@pytest.mark.req("PER-4")
def test_a_removed_authority_has_no_effect_and_its_grants_can_still_be_saved(workspace: Any, root: Any) -> None:
    with workspace.write(root) as session:
        notices, people = session.settings.notices, session.people
        order = notices.add_authority("Order").slug
        jane = people.grant(people.add(session.contacts.add(Company("Bois")), "jane@bois.fr"), order)
        notices.remove("authorities", order)
        with pytest.raises(Invalid) as refused:
            people.may(jane.person_id, order, jane.contact_id)
        assert refused.value.code == "power-unknown"
        assert people.make_primary(jane).authorities == jane.authorities
        for needed in ("contact", "collect-mail", "represent"):
            with pytest.raises(Invalid) as refused:
                notices.remove("authorities", needed)
            assert (refused.value.code, refused.value.path) == ("entry-needed", "slug")


@pytest.mark.req("ACC-3")
def test_a_list_that_does_not_exist_and_an_actor_who_is_no_admin_are_refused(
    workspace: Any, notices: Any, amelie: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        notices.remove("types", "supplier")
    assert (refused.value.code, refused.value.path) == ("list-unknown", "list")
    with workspace.read(amelie) as session:
        for act in (
            lambda: session.settings.notices.remove("authorities", "represent"),
            lambda: session.settings.notices.rename("nonsense", "x", "y"),
        ):
            with pytest.raises(Forbidden) as forbidden:
                act()
            assert forbidden.value.code == "admin-only"
