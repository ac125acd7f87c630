"""An erased person is out of the portal at once: sessions, links and new addresses are gone (IMP-8)."""

from __future__ import annotations

import re

import pytest

from contactcore import Company, ContactCoreError, Host, Person, Workspace
from contactcore.mapping import json
from contactcore.model.portal import SignedIn
from contactcore.storage import Storage
from contactcore.workspace.kernel.passwords import Passwords
from support.actors import ROOT
from support.clock import TICK, Clock
from support.known_person import left_in

pytestmark = pytest.mark.req("IMP-8", "POR-10")

_PASSWORD = "correct horse battery"


def test_sessions_links_and_an_address_that_waits_for_confirmation_are_erased(storage: Storage) -> None:
    host = Host(clock=Clock(tick=TICK), passwords=Passwords(memory=8, iterations=1))
    space = Workspace(storage, "acme", country="FR", host=host)
    with space.write(ROOT) as session:
        link = "https://acme.example/?token={token}"
        session.settings.change(portal_link=link, email_link=link)
        bois = session.contacts.add(Company("Bois"))
        acting = session.people.add(bois, Person("Jane", "Quixote", emails=["jane@quixote.es"]))
        session.portal.invite(acting, password=_PASSWORD, send=False)
        signed = session.portal.authenticate("jane@quixote.es", _PASSWORD)
        assert isinstance(signed, SignedIn)
        jane = session.portal.choose(signed.login, bois.id)
    with space.write(jane) as session:
        assert session.portal.request_email("dulcinea@mancha.es", _PASSWORD)
    with space.write(ROOT) as session:
        session.portal.request_password("jane@quixote.es")
    with storage.read("acme") as reader:
        texts = [json.load(one.body).get("text", "") for one in reader.dump("message")]
    tokens = {token for text in texts for token in re.findall(r"token=([\w.~-]+)", text)}
    assert len(tokens) == 2
    assert {"login", "credential", "message"} <= {kind for kind, _, _ in left_in(storage, "acme")}
    space.privacy(ROOT).erase(acting)
    assert left_in(storage, "acme") == []
    with pytest.raises(ContactCoreError) as caught, space.read(jane) as session:
        session.contacts.get(bois.id)
    assert caught.value.code == "portal-refused"
    assert space.sign_in("jane@quixote.es", _PASSWORD).reason == "refused"
    for token in tokens:
        with space.write(ROOT) as session:
            for use in (
                lambda token: session.portal.set_password(token, "another password"),
                session.portal.confirm_email,
            ):
                with pytest.raises(ContactCoreError) as caught:
                    use(token)
                assert caught.value.code == "token-invalid"
    assert left_in(storage, "acme") == []
