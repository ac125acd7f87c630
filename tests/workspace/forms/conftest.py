"""A form of a firm, its website, and a clock that only the test moves."""

from __future__ import annotations

import pytest

from contactcore import Form, FormField, Host, Recipient, Workspace
from contactcore.storage import Storage
from support.actors import ROOT
from support.clock import Clock
from support.web_forms import Website

USERS = {name: Recipient(f"{name}@acme.example", name.title()) for name in ("amelie", "bob", "eve")}


@pytest.fixture
def users() -> dict[str, Recipient]:
    """The users of the application, by name."""
    return dict(USERS)


@pytest.fixture
def workspace(storage: Storage, clock: Clock, users: dict[str, Recipient]) -> Workspace:
    """A French workspace with a custom field and a category."""
    host = Host(clock=clock, users=users.get)
    workspace = Workspace(storage, "acme", language="fr", country="FR", currency="EUR", host=host)
    with workspace.write(ROOT) as session:
        session.settings.define_field("Taille", "number", on=["person"])
        session.settings.add_category("Web")
    return workspace


@pytest.fixture
def website(workspace: Workspace) -> Website:
    """The website with a form for which Bob is responsible."""
    fields = ["given_name", "family_name", FormField("email", required=True), "phone", "street", "city"]
    form = Form(
        "Contact",
        fields=[*fields, "fields.taille", "message"],
        type="residential-client",
        categories=["web"],
        tags=["Site"],
        responsibles=["bob"],
        return_to="https://www.acme.example/merci",
        consent={"fr": "J'accepte.", "en": "I agree."},
        consent_version="2026-03",
    )
    with workspace.write(ROOT) as session:
        return Website(workspace, session.forms.add(form))
