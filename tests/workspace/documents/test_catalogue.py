"""The catalogue of variables, and what each says of a client (PER-6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import Company, Host, Invalid, NotFound, Person, User, Workspace
from contactcore.formats.documents import render, values_of, variables
from contactcore.model import Authority, FieldDefinition, Settings
from contactcore.storage import Storage
from support.actors import AMELIE
from support.clock import Clock
from support.firm import SigningFirm

pytestmark = pytest.mark.req("PER-6")

SAYS = {
    "client.name": "Bois & Fils",
    "client.display_name": "Bois & Fils, Lyon",
    "client.kind": "company",
    "client.division": "Lyon",
    "client.email": "office@bois.fr",
    "client.emails": "office@bois.fr, second@bois.fr",
    "client.phone": "+33 1 44 55 66 77",
    "client.website": "https://bois.fr",
    "client.currency": "EUR",
    "client.language": "fr",
    "client.type": "Client professionnel",
    "client.tags": "vip, wood",
    "billing_address.lines": "1 rue <Vauban>\n80331 Munich\nAllemagne",
    "billing_address.line": "1 rue <Vauban>, 80331 Munich, Allemagne",
    "billing_address.street": "1 rue <Vauban>",
    "billing_address.city": "Munich",
    "billing_address.postal_code": "80331",
    "billing_address.country": "Allemagne",
    "primary.name": "Jane Doe",
    "primary.family_name": "Doe",
    "primary.position": "CFO",
    "primary.email": "jane@bois.fr",
    "representatives.names": "Ada A, Bo B et Cy C",
    "representatives[1].name": "Ada A",
    "representatives[1].joint": "non",
    "representatives[2].position": "Director Bo",
    "representatives[3].joint": "oui",
    "representation.kind": "sole",
    "representation.names": "Ada A",
    "fields.contract-date": "31 janvier 2026",
    "fields.discount": "12,5",
    "fields.vip": "oui",
    "fields.colours": "red et blue",
    "workspace.name": "acme",
    "workspace.today": "5 mars 2026",
    "workspace.today_iso": "2026-03-05",
}


def test_every_variable_says_what_the_client_is(signing_firm: SigningFirm) -> None:
    with signing_firm.workspace.read(AMELIE) as session:
        said = {name: session.documents.render(f"{{{{ {name} }}}}", signing_firm.client_id) for name in SAYS}
    assert said == SAYS


def test_every_variable_that_is_listed_can_be_written_in_a_template(signing_firm: SigningFirm) -> None:
    with signing_firm.workspace.read(AMELIE) as session:
        listed = session.documents.variables()
        assert len({one.name for one in listed}) == len(listed) > 40
        assert all(one.type and one.description.endswith(".") for one in listed)
        template = " ".join("{{" + one.name.replace("[n]", "[1]") + "}}" for one in listed)
        assert "Bois & Fils" in session.documents.render(template, signing_firm.client_id)


def test_custom_fields_are_listed_with_their_type_and_name(signing_firm: SigningFirm) -> None:
    with signing_firm.workspace.read(AMELIE) as session:
        listed = {one.name: one for one in session.documents.variables()}
    assert (listed["fields.vip"].type, listed["fields.vip"].description) == ("yes-no", "VIP.")


def test_a_field_of_items_only_is_no_variable_of_a_client() -> None:
    settings = Settings(fields=(FieldDefinition(slug="breed", name="Breed", on=["item"]),))
    assert "fields.breed" not in {one.name for one in variables(settings)}


def test_representation_is_joint_when_nobody_may_sign_alone(storage: Storage) -> None:
    workspace = Workspace(storage, name="acme", language="pl", host=Host(clock=Clock()))
    with workspace.write(AMELIE) as session:
        client = session.contacts.add(Company("Żabka"))
        for given in ("Jan", "Ewa"):
            one = session.people.add(client, Person(given, "Lis"))
            session.people.save(attrs.evolve(one, authorities=[Authority(slug="represent", joint=True)]))
        made = session.documents.render("{{ representation.kind }}: {{ representation.names }}", client)
    assert made == "joint: Jan Lis i Ewa Lis"


def test_representation_is_none_where_nobody_may_sign(storage: Storage) -> None:
    workspace = Workspace(storage, name="acme", language="en")
    with workspace.write(AMELIE) as session:
        client = session.contacts.add(Company("X"))
        session.people.add(client, Person("Jan", "Lis"))
        assert session.documents.render("{{ representation.kind }}{{ representation.names }}", client) == "none"


def test_missing_lists_what_a_document_would_leave_blank(signing_firm: SigningFirm) -> None:
    template = "{{ client.name }} {{ primary.phone }} {{ representatives[4].name }} {{ billing_address.po_box }}"
    with signing_firm.workspace.read(AMELIE) as session:
        found = session.documents.missing(template, signing_firm.client_id)
        assert session.documents.render(template, signing_firm.client_id) == "Bois & Fils   "
    assert [one.name for one in found] == ["primary.phone", "representatives[4].name", "billing_address.po_box"]
    assert [one.variable.name for one in found][1] == "representatives[n].name"


@pytest.mark.parametrize(
    ("name", "close"), [("client.nmae", "client.name"), ("representative[1].name", "representatives[n].name")]
)
def test_an_unknown_variable_is_named_with_what_is_like_it(signing_firm: SigningFirm, name: str, close: str) -> None:
    with signing_firm.workspace.read(AMELIE) as session:
        for use in (session.documents.render, session.documents.missing):
            with pytest.raises(Invalid) as refused:
                use(f"{{{{ client.name }}}} {{{{ {name} }}}}", signing_firm.client_id)
            assert (refused.value.code, refused.value.value) == ("variable-unknown", name)
            assert close in refused.value.problems[0].facts["close"]


@pytest.mark.parametrize("number", ["0", "n", "01"])
def test_representatives_are_counted_from_one(number: str) -> None:
    values = values_of(Company("X"), (), Settings(), date(2026, 1, 1))
    with pytest.raises(Invalid) as refused:
        render(f"{{{{ representatives[{number}].name }}}}", values)
    assert (refused.value.code, "counting from 1" in refused.value.reason) == ("variable-unknown", True)


@pytest.mark.req("ACC-3")
def test_hidden_people_never_appear_in_a_document(signing_firm: SigningFirm) -> None:
    ben = User("ben")
    with signing_firm.workspace.write(AMELIE) as session:
        session.contacts.share(signing_firm.client_id, "shared-read")
        shown = next(one for one in session.people.list(signing_firm.client_id) if one.person.given_name == "Bo")
        session.contacts.share(shown.person_id, "shared-read")
        hidden = [one.person.given_name for one in session.people.list(signing_firm.client_id) if one.id != shown.id]
    every = "{{ representatives.names }}|{{ representation.names }}|{{ representation.kind }}|{{ primary.name }}"
    with signing_firm.workspace.read(ben) as session:
        made = session.documents.render(every, signing_firm.client_id)
        assert session.documents.missing("{{ representatives[2].name }}", signing_firm.client_id)
    assert made == "Bo B|Bo B|joint|Bo B"
    assert not any(name in made for name in hidden)


@pytest.mark.req("ACC-3")
def test_a_hidden_client_has_no_documents(signing_firm: SigningFirm) -> None:
    with signing_firm.workspace.read(User("ben")) as session, pytest.raises(NotFound):
        session.documents.missing("{{ client.name }}", signing_firm.client_id)


@pytest.mark.parametrize(
    ("template", "target", "code"),
    [
        ("{{ client.nmae }}", "text", "variable-unknown"),
        ("{{ client.name", "text", "template-syntax"),
        ("{% for one in client %}", "html", "template-construct"),
        ("x", "docx", "template-type"),
        (b"x", "docx", "not-a-docx"),
    ],
)
def test_each_refusal_of_a_template_names_the_template(
    workspace: Any, amelie: Any, template: Any, target: Any, code: str
) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("Bois & Fils"))
        with pytest.raises(Invalid) as rendered:
            session.documents.render(template, client, target)
        assert (rendered.value.code, rendered.value.path) == (code, "template")
        if target == "text":
            with pytest.raises(Invalid) as judged:
                session.documents.missing(template, client)
            assert (judged.value.code, judged.value.path) == (code, "template")
