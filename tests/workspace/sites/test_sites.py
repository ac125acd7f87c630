"""The sites of contacts (SIT-1)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import (
    Address,
    Company,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Person,
    Site,
    User,
    from_plain,
    to_plain,
)

LYON = Address("1 rue Vauban", city="Lyon", country="FR")


@pytest.fixture
def bois(workspace: Any, amelie: Any) -> Any:
    billing = attrs.evolve(LYON, billing=True, label="Head office")
    with workspace.write(amelie) as session:
        return session.contacts.add(Company("Bois & Fils", addresses=[billing]))


@pytest.mark.req("SIT-1")
def test_a_site_keeps_what_was_entered(workspace: Any, amelie: Any, bois: Any) -> None:
    given = Site(
        "Workshop",
        address=LYON,
        emails=["yard@bois.fr"],
        phones=["01 44 55 66 77"],
        access_notes="Code 1234.\nRing twice.",
    )
    with workspace.write(amelie) as session:
        added = session.sites.add(bois, given)
    assert (added.version, added.contact_id, str(added.phones[0])) == (1, bois.id, "+33144556677")
    assert added.since
    with workspace.read(amelie) as session:
        assert session.sites.get(added.id) == added
        assert session.sites.of(bois) == (added,)
    assert from_plain(to_plain(added)) == added


@pytest.mark.req("SIT-1")
def test_a_national_number_is_read_with_the_country_of_the_site(workspace: Any, amelie: Any, bois: Any) -> None:
    warsaw = Site("Plant", address=Address("1 Prosta", city="Warszawa", country="PL"), phones=["22 123 45 67"])
    with workspace.write(amelie) as session:
        assert str(session.sites.add(bois, warsaw).phones[0]) == "+48221234567"


@pytest.mark.req("SIT-1")
def test_each_site_is_saved_alone_and_a_conflict_has_both_versions(workspace: Any, amelie: Any, bois: Any) -> None:
    with workspace.write(amelie) as session:
        first, second = (session.sites.add(bois, Site(name)) for name in ("One", "Two"))
        saved = session.sites.save(attrs.evolve(first, access_notes="Ring."))
        with pytest.raises(Conflict) as refusal:
            session.sites.save(attrs.evolve(first, access_notes="Knock."))
        assert (refusal.value.mine.access_notes, refusal.value.stored) == ("Knock.", saved)
        assert session.sites.save(saved) == saved
        assert session.sites.of(bois) == (saved, second)
        assert session.contacts.get(bois.id).version == bois.version


@pytest.mark.req("SIT-1")
def test_the_copy_of_the_billing_address_goes_its_own_way(workspace: Any, amelie: Any, bois: Any) -> None:
    moved = Address("2 rue du Port", city="Sète")
    with workspace.write(amelie) as session:
        site = session.sites.add_from_billing(bois)
        assert (site.name, site.from_billing, site.address.billing) == ("Head office", True, False)
        session.sites.save(attrs.evolve(site, address=moved))
        assert session.contacts.get(bois.id).billing_address.city == "Lyon"
        session.contacts.save(attrs.evolve(bois, addresses=[attrs.evolve(moved, city="Nice", billing=True)]))
        assert session.sites.get(site).address.city == "Sète"


@pytest.mark.req("SIT-1")
def test_a_contact_without_a_billing_address_has_none_to_copy(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Sud"))
        with pytest.raises(Invalid) as refusal:
            session.sites.add_from_billing(client)
        assert refusal.value.code == "billing-missing"
        assert session.sites.of(client) == ()


@pytest.mark.req("DIR-10")
@pytest.mark.parametrize("text", ["worksh", "vaub", "lyo", "yard@bo", "bois worksh"])
def test_a_contact_is_found_by_a_site(workspace: Any, amelie: Any, bois: Any, text: str) -> None:
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(bois, addresses=[]))
        site = session.sites.add(bois, Site("Workshop", address=LYON, emails=["yard@bois.fr"]))
        (hit,) = session.contacts.search(text)
        assert (hit.id, hit.through.by, hit.through.text, hit.through.id) == (bois.id, "site", "Workshop", site.id)


@pytest.mark.req("ACC-3")
def test_a_site_opens_and_closes_with_its_contact_and_keeps_its_version(
    workspace: Any, amelie: Any, bob: Any, bois: Any
) -> None:
    with workspace.write(amelie) as session:
        site = session.sites.add(bois, Site("Workshop"))
    with workspace.read(bob) as session:
        assert session.contacts.search("workshop") == ()
        for ask in (lambda: session.sites.get(site), lambda: session.sites.of(bois)):
            with pytest.raises(NotFound):
                ask()
    with workspace.write(amelie) as session:
        session.contacts.share(bois.id, "shared-read")
    with workspace.write(bob) as session:
        assert session.sites.get(site) == site
        assert [hit.id for hit in session.contacts.search("workshop")] == [bois.id]
        for act in (
            lambda: session.sites.save(attrs.evolve(site, name="Mill")),
            lambda: session.sites.delete(site),
            lambda: session.sites.add(bois.id, Site("Mill")),
        ):
            with pytest.raises(Forbidden, match="read this contact"):
                act()
    with workspace.write(amelie) as session:
        session.contacts.share(bois.id, "private")
    with workspace.read(bob) as session, pytest.raises(NotFound):
        session.sites.get(site)


@pytest.mark.req("SIT-1")
def test_a_renamed_contact_is_found_by_its_new_name_and_its_site(workspace: Any, amelie: Any, bois: Any) -> None:
    with workspace.write(amelie) as session:
        session.sites.add(bois, Site("Workshop"))
        session.contacts.save(attrs.evolve(bois, name="Metal"))
        assert [hit.name for hit in session.contacts.search("metal worksh")] == ["Metal"]
        assert session.contacts.search("fils worksh") == ()


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    ("make", "code", "path"),
    [
        (Site, "site-nameless", "name"),
        (lambda: Site("A", address=attrs.evolve(LYON, billing=True)), "site-billing", "address.billing"),
    ],
)
def test_a_site_that_cannot_be_meant_is_refused(make: Any, code: str, path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make()
    assert [(problem.code, problem.path) for problem in refusal.value.problems] == [(code, path)]


@pytest.mark.req("DIR-17")
def test_a_site_stays_with_its_contact_and_is_added_once(workspace: Any, amelie: Any, bois: Any) -> None:
    with workspace.write(amelie) as session:
        other, site = session.contacts.add(Company("Sud")), session.sites.add(bois, Site("Workshop"))
        with pytest.raises(Invalid) as refusal:
            session.sites.save(attrs.evolve(site, contact_id=other.id))
        assert refusal.value.code == "contact-change"
        with pytest.raises(Invalid) as refusal:
            session.sites.add(bois, site)
        assert refusal.value.code == "already-stored"


@pytest.mark.req("POR-8")
def test_a_client_does_not_see_the_access_notes(workspace: Any, amelie: Any, bois: Any) -> None:
    from contactcore.model import Settings
    from contactcore.rules.portal_view import known_site

    site = Site("Workshop", access_notes="The key is under the stone.", fields={"a": "b"})
    shown = known_site(site, Settings())
    assert (shown.name, shown.access_notes, dict(shown.fields)) == ("Workshop", "", {})


@pytest.mark.req("DIR-8")
def test_a_site_has_the_custom_fields_of_sites(workspace: Any, amelie: Any, root: Any, bois: Any) -> None:
    with workspace.write(root) as session:
        session.settings.define_field("Alarm", "yes-no", on=["site"], required=True)
    with workspace.write(amelie) as session:
        with pytest.raises(Invalid) as refusal:
            session.sites.add(bois, Site("Workshop"))
        assert (refusal.value.code, refusal.value.path) == ("field-required", "fields.alarm")
        assert session.sites.add(bois, Site("Workshop", fields={"alarm": "yes"})).fields["alarm"] is True


@pytest.mark.req("DIR-11")
def test_a_deleted_site_comes_back_and_a_purged_one_does_not(
    workspace: Any, amelie: Any, root: User, bois: Any
) -> None:
    with workspace.write(amelie) as session:
        site = session.sites.add(bois, Site("Workshop"))
        session.sites.delete(site)
        assert session.sites.of(bois) == ()
        assert session.contacts.search("workshop") == ()
        (card,) = session.trash.list()
        assert (card.kind, card.name, card.by) == ("site", "Workshop", "amelie")
        restored = session.trash.restore(card)
        assert attrs.evolve(restored, version=1) == site
        session.sites.delete(restored)
    with workspace.write(root) as session:
        session.trash.purge(site.id)
        assert session.trash.list() == ()
        with pytest.raises(NotFound):
            session.trash.restore(site.id)
        assert session.contacts.get(bois.id) == bois


@pytest.mark.req("DIR-11")
def test_a_site_waits_in_the_trash_for_its_contact(workspace: Any, amelie: Any, bois: Any) -> None:
    with workspace.write(amelie) as session:
        alone, other = session.sites.add(bois, Site("Alone")), session.sites.add(bois, Site("Other"))
        session.sites.delete(alone)
        session.contacts.delete(bois)
        with pytest.raises(Invalid) as refusal:
            session.trash.restore(alone)
        assert refusal.value.code == "owner-deleted"
        session.trash.restore(bois)
        assert [site.id for site in session.sites.of(bois)] == [other.id]
        session.trash.restore(alone)
        assert [site.id for site in session.sites.of(bois)] == [alone.id, other.id]


@pytest.mark.req("ACC-3")
def test_the_trash_hides_the_site_of_a_contact_that_was_closed_since(
    workspace: Any, amelie: Any, bob: Any, bois: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(bois.id, "shared-read")
        site = session.sites.add(bois.id, Site("Workshop"))
        session.sites.delete(site)
    with workspace.read(bob) as session:
        assert [card.name for card in session.trash.list()] == ["Workshop"]
    with workspace.write(amelie) as session:
        session.contacts.share(bois.id, "private")
    with workspace.write(bob) as session:
        assert session.trash.list() == ()
        with pytest.raises(NotFound):
            session.trash.restore(site.id)


@pytest.mark.req("DIR-11")
def test_the_pages_of_the_trash_hold_every_kind_once(workspace: Any, amelie: Any, bois: Any) -> None:
    with workspace.write(amelie) as session:
        for number in range(5):
            session.sites.delete(session.sites.add(bois, Site(f"Site {number}")))
            session.contacts.delete(session.contacts.add(Person(f"Jane {number}")))
        whole = session.trash.list()
        assert sorted(card.kind for card in whole) == ["person"] * 5 + ["site"] * 5
        read, last = [], None
        while page := session.trash.list(limit=3, after=last):
            read += page
            last = page[-1]
        assert tuple(read) == whole


@pytest.mark.req("DIR-11")
def test_a_purged_contact_takes_its_sites_from_the_trash_too(workspace: Any, amelie: Any, root: Any, bois: Any) -> None:
    with workspace.write(amelie) as session:
        alone = session.sites.add(bois, Site("Alone"))
        session.sites.add(bois, Site("Other"))
        session.sites.delete(alone)
        session.contacts.delete(bois)
    with workspace.write(root) as session:
        session.trash.purge(bois)
        assert session.trash.list() == ()
