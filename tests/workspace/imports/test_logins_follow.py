"""Logins follow the addresses that an import or its undo takes away (POR-9)."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Person, Workspace
from support.actors import AMELIE, ROOT

pytestmark = pytest.mark.req("POR-9")

HEAD = "First name,Last name,Phone,E-mail\n"


@pytest.fixture
def jo(workspace: Workspace) -> str:
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://portal.example/password?token={token}")
    with workspace.write(AMELIE) as session:
        jo = Person("Jo", "Doe", emails=["jo@bois.fr"], phones=["+33 1 44 55 66 77"])
        return str(session.contacts.add(jo).id)


def _invited(workspace: Workspace, person: str, address: str) -> None:
    with workspace.write(AMELIE) as session:
        session.portal.invite(person, address)


def _name_and_letters(workspace: Workspace, person: str, address: str) -> tuple[str, list[str]]:
    """The name of the login of a person, and the states of the letters to an address."""
    with workspace.read(ROOT) as session:
        login = session.portal.of(person)
        assert login is not None
        return login.email.text, [one.state for one in session.outbox.list() if one.to.text == address]


def test_no_link_stays_at_an_address_that_the_undo_of_an_import_takes_away(workspace: Workspace, jo: str) -> None:
    imports = workspace.imports(AMELIE)
    text = "First name,Last name,E-mail,Email 2\nJo,Doe,jo@bois.fr,stranger@example.org\n"
    report = imports.apply(imports.plan(text, policy="update"))
    assert report.updated == 1
    _invited(workspace, jo, "stranger@example.org")
    assert imports.undo(report).restored == 1
    assert _name_and_letters(workspace, jo, "stranger@example.org") == ("jo@bois.fr", ["dead"])


def test_no_link_stays_at_an_address_that_a_row_replaces(workspace: Workspace, jo: str) -> None:
    with workspace.write(AMELIE) as session:
        person = session.contacts.get(jo)
        session.contacts.save(attrs.evolve(person, emails=["jo@bois.fr", "old@example.org"]))
    _invited(workspace, jo, "old@example.org")
    imports = workspace.imports(AMELIE)
    report = imports.apply(imports.plan(f"{HEAD}Jo,Doe,,jo@bois.fr\n", policy="overwrite"))
    assert report.updated == 1
    assert _name_and_letters(workspace, jo, "old@example.org") == ("jo@bois.fr", ["dead"])
