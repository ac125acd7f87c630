"""One call hands other modules what they need of a contact (DIR-12)."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Address, Company, Item, NotFound, Person, PortalUser, Site, User, Workspace, to_plain
from contactcore.storage import Storage
from contactcore.workspace.contacts.prefill import prefill
from support.actors import AMELIE, ROOT
from support.firm import GOOD, SigningFirm

pytestmark = pytest.mark.req("DIR-12")


def test_the_names_contact_details_and_billing_address_come_at_once(signing_firm: SigningFirm) -> None:
    with signing_firm.workspace.read(AMELIE) as session:
        filled = prefill(session._transaction, signing_firm.client_id)
    assert (filled.contact_id, filled.kind, filled.name) == (signing_firm.client_id, "company", "Bois & Fils, Lyon")
    assert (filled.company_name, filled.division, filled.given_name) == ("Bois & Fils", "Lyon", "")
    assert [str(one) for one in filled.emails] == ["office@bois.fr", "second@bois.fr"]
    assert [str(one) for one in filled.phones] == ["+33144556677"]
    assert (filled.currency, filled.language) == ("EUR", "fr")
    assert filled.billing_address is not None
    assert filled.billing_address.lines("fr") == ("1 rue <Vauban>", "80331 Munich", "Allemagne")
    assert filled.addresses == (filled.billing_address,)
    assert filled.site_addresses == ()
    assert filled.primary is not None
    assert filled.primary.id == signing_firm.primary_id
    assert filled.primary.person is not None
    assert filled.primary.person.given_name == "Jane"


def test_a_person_has_a_given_and_a_family_name(signing_firm: SigningFirm) -> None:
    with signing_firm.workspace.write(AMELIE) as session:
        filled = prefill(session._transaction, session.contacts.add(Person("Zoë", "Lis")))
    assert (filled.kind, filled.name, filled.given_name, filled.family_name) == ("person", "Zoë Lis", "Zoë", "Lis")
    assert (filled.company_name, filled.billing_address, filled.primary) == ("", None, None)


@pytest.mark.req("ACC-3")
def test_a_hidden_contact_or_person_is_not_handed_out(signing_firm: SigningFirm) -> None:
    with signing_firm.workspace.read(User("ben")) as session, pytest.raises(NotFound):
        prefill(session._transaction, signing_firm.client_id)
    with signing_firm.workspace.write(AMELIE) as session:
        session.contacts.share(signing_firm.client_id, "shared-read")
    with signing_firm.workspace.read(User("ben")) as session:
        assert prefill(session._transaction, signing_firm.client_id).primary is None


@pytest.mark.req("SIT-1")
@pytest.mark.req("SIT-2")
def test_sites_and_items_come_with_their_versions(signing_firm: SigningFirm) -> None:
    lyon = Address("1 rue Vauban", city="Lyon")
    with signing_firm.workspace.write(ROOT) as session:
        session.settings.add_category("Wood")
        client = session.contacts.get(signing_firm.client_id)
        client = session.contacts.save(attrs.evolve(client, categories=["wood"]))
        site = session.sites.add(client, Site("Mill", address=lyon, access_notes="Ring twice."))
        site = session.sites.save(attrs.evolve(site, name="Sawmill"))
        item = session.items.add(client, Item("Rex", description="bites"))
        session.sites.delete(session.sites.add(client, Site("Gone")))
        filled = session.contacts.prefill(client)
    assert (filled.sites, filled.items, filled.site_addresses) == ((site,), (item,), (lyon,))
    assert (filled.sites[0].access_notes, filled.categories) == ("Ring twice.", ("wood",))
    assert filled.versions == {client.id: client.version, site.id: 2, item.id: 1}
    assert to_plain(filled)["versions"] == filled.versions


@pytest.mark.req("POR-8")
def test_a_portal_user_gets_what_the_client_may_know(storage: Storage) -> None:
    workspace = Workspace(storage, "acme")
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://x.fr/?token={token}")
        bois = session.contacts.add(
            Company("Bois"),
            people=[Person("Jane", emails=["jane@bois.fr"])],
            sites=[Site("Mill", access_notes="The key is under the stone.")],
            items=[Item("Rex", description="bites")],
        )
        jane = session.people.primary(bois)
        assert jane is not None
        session.portal.invite(jane, password=GOOD)
    answer = workspace.sign_in("jane@bois.fr", GOOD)
    assert answer.login is not None
    with workspace.read(PortalUser(answer.login.id, bois.id, answer.login.epoch)) as session:
        filled = session.contacts.prefill(bois.id)
    assert [(site.name, site.access_notes) for site in filled.sites] == [("Mill", "")]
    assert [(item.name, item.description) for item in filled.items] == [("Rex", "")]
