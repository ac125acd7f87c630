"""One call hands other modules what they need of a contact (DIR-12)."""

from __future__ import annotations

import pytest

from contactcore import NotFound, Person, User
from contactcore.workspace.contacts.prefill import prefill
from support.actors import AMELIE
from support.firm import SigningFirm

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
