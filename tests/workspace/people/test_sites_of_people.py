"""A contact person may act at one of the sites of the contact (SIT-1, PER-2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Invalid, NotFound, Person, Site, from_plain, to_plain

pytestmark = pytest.mark.req("SIT-1")


@pytest.fixture
def firm(workspace: Any, amelie: Any) -> Any:
    """A company with two sites, and a guard at the first."""
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"), sites=[Site("Mill"), Site("Shop")], people=[Person("Ann")])
        mill, shop = session.sites.of(bois)
        return bois, mill, shop, session.people.add(bois, Person("Jane", "Doe"), site=mill)


def names(people: Any) -> list[str]:
    return [one.person.display_name for one in people]


def test_people_are_listed_by_their_site(workspace: Any, amelie: Any, firm: Any) -> None:
    bois, mill, shop, jane = firm
    assert jane.site_id == mill.id
    assert from_plain(to_plain(jane)) == jane
    with workspace.write(amelie) as session:
        assert names(session.people.list(bois, site=mill)) == ["Jane Doe"]
        assert session.people.list(bois, site=shop.id) == ()
        assert names(session.people.list(bois)) == ["Ann", "Jane Doe"]
        moved = session.people.save(attrs.evolve(jane, site_id=shop.id))
        assert names(session.people.list(bois, site=shop)) == ["Jane Doe"]
        assert session.people.save(attrs.evolve(moved, site_id="")).site_id == ""
        named = session.people.add(bois, Affiliation(site_id=mill.id, person=Person("Zoé")))
        assert session.people.get(named).site_id == mill.id


def test_a_site_that_is_none_of_the_contacts_is_refused(workspace: Any, amelie: Any, bob: Any, firm: Any) -> None:
    bois, mill, _, jane = firm
    with workspace.write(bob) as session:
        (hidden,) = session.sites.of(session.contacts.add(Company("Hidden"), sites=[Site("Lair")]))
    with workspace.write(amelie) as session:
        (other,) = session.sites.of(session.contacts.add(Company("Sud"), sites=[Site("Port")]))
        session.sites.delete(other.id)
        deleted = session.sites.add(bois, Site("Gone"))
        session.sites.delete(deleted)
        for id in (hidden.id, other.id, deleted.id, bois.id, "7"):
            for act, path in (
                (lambda id: session.people.add(bois, Person("Zoé"), site=id), "site_id"),
                (lambda id: session.people.add(bois, Person("Zoé"), site_id=id), "site_id"),
                (lambda id: session.people.save(attrs.evolve(jane, site_id=id)), "site_id"),
                (lambda id: session.people.list(bois, site=id), "site"),
                (
                    lambda id: session.contacts.add(
                        Company("New"), people=[Affiliation(site_id=id, person=Person("Z"))]
                    ),
                    "people[0].site_id",
                ),
            ):
                with pytest.raises(Invalid) as refusal:
                    act(id)
                assert (refusal.value.code, refusal.value.path) == ("site-unknown", path)
        assert (names(session.people.list(bois, site=mill)), session.contacts.count()) == (["Jane Doe"], 2)


@pytest.mark.req("DIR-11")
def test_the_mention_of_a_deleted_site_waits_for_its_return(workspace: Any, amelie: Any, firm: Any) -> None:
    bois, mill, shop, jane = firm
    with workspace.write(amelie) as session:
        session.sites.delete(mill)
        for shown in (session.people.get(jane), session.people.list(bois)[1], *session.people.of(jane)):
            assert (shown.site_id, shown.version) == ("", jane.version)
        kept = session.people.save(attrs.evolve(session.people.get(jane), position="Guard"))
        assert (kept.site_id, kept.position) == ("", "Guard")
        session.people.make_primary(kept)
        session.trash.restore(mill.id)
        assert session.people.get(jane).site_id == mill.id
        session.sites.delete(mill.id)
        elsewhere = session.people.save(attrs.evolve(session.people.get(jane), site_id=shop.id))
        session.trash.restore(mill.id)
        assert session.people.get(elsewhere).site_id == shop.id


@pytest.mark.req("DIR-17")
def test_a_changed_site_is_not_dropped_by_an_act_that_does_not_store_it(workspace: Any, amelie: Any, firm: Any) -> None:
    _, mill, shop, jane = firm
    with workspace.write(amelie) as session:
        session.sites.delete(mill)
        with pytest.raises(Invalid) as refusal:
            session.people.make_primary(attrs.evolve(session.people.get(jane), site_id=shop.id))
        assert refusal.value.code == "edit-not-stored"


@pytest.mark.req("DIR-11")
@pytest.mark.parametrize("trashed", [False, True])
def test_a_purged_site_is_mentioned_no_more(workspace: Any, amelie: Any, root: Any, firm: Any, trashed: bool) -> None:
    _, mill, _, jane = firm
    with workspace.write(amelie) as session:
        session.sites.delete(mill)
        if trashed:
            session.contacts.delete(jane.person_id)
    with workspace.write(root) as session:
        session.trash.purge(mill.id)
    with workspace.write(amelie) as session:
        if trashed:
            session.trash.restore(jane.person_id)
        shown = session.people.get(jane)
        assert (shown.site_id, shown.site_when_read) == ("", None)
        with pytest.raises(NotFound):
            session.sites.get(mill.id)


@pytest.mark.req("DIR-11")
def test_a_restored_contact_has_its_people_at_its_sites(workspace: Any, amelie: Any, firm: Any) -> None:
    bois, mill, _, _ = firm
    with workspace.write(amelie) as session:
        session.contacts.delete(bois)
        session.trash.restore(bois.id)
        assert names(session.people.list(bois.id, site=mill)) == ["Jane Doe"]


def test_a_new_employer_has_other_sites(workspace: Any, amelie: Any, firm: Any) -> None:
    _, mill, _, jane = firm
    with workspace.write(amelie) as session:
        sud = session.contacts.add(Company("Sud"), sites=[Site("Port")])
        (port,) = session.sites.of(sud)
        moved = session.people.change_employer(jane, sud)
        assert (moved.site_id, session.people.get(jane).site_id) == ("", mill.id)
        with pytest.raises(Invalid) as refusal:
            session.people.change_employer(
                moved, session.contacts.add(Company("Est")), on=date(2999, 1, 1), site_id=port.id
            )
        assert refusal.value.code == "site-unknown"
