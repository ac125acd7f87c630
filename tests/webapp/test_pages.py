"""What holds for every page: who may see it, its forms, and the limits."""

from __future__ import annotations

import io
import re

import attrs
import pytest
import xlsxwriter

from contactcore import Company, User
from support.webapp import CONTACT_PAGES, HOSTILE, full_contact, token

ROOT = User("ada", admin=True)


def staff_routes(method):
    from examples.webapp.app import AREAS

    open_areas = {"signing_in", "portal"}
    for area in AREAS:
        for route in area.pages.routes:
            public = area.__name__.rpartition(".")[2] in open_areas or route.path.startswith("/f/") or route.path == "/"
            if method in route.methods and not public:
                yield re.sub(r"\{\w+\}", "5", route.path)


def test_nobody_sees_a_page_of_the_staff_before_signing_in(visitor):
    for path in staff_routes("GET"):
        answer = visitor._client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path


def test_a_form_without_its_token_changes_nothing(visitor):
    visitor.sign_in()
    for path in staff_routes("POST"):
        for sent in ({}, {"csrf": "guessed"}):
            assert visitor._client.post(path, data=sent).status_code == 403, path


@pytest.mark.req("ACC-3")
def test_a_hidden_contact_and_one_that_does_not_exist_give_the_same_page(visitor, services):
    hidden = full_contact(services, access="private", responsibles=["ada"])
    visitor.sign_in("vic")

    def shown(id):
        answers = [visitor.get(page.format(id=id)) for page in CONTACT_PAGES]
        return [
            (answer.status_code, answer.text.replace(id, "ID").replace(token(answer.text), "")) for answer in answers
        ]

    assert {status for status, _ in shown(hidden.id)} == {404}
    assert shown(hidden.id) == shown("01a229dc-0980-73f7-9d55-deb35ff30e9a")
    assert "hostile" not in visitor.get("/contacts?q=hostile").text.partition('id="results"')[2]


def test_an_unknown_act_is_not_said_to_have_saved_the_settings(visitor):
    visitor.sign_in()
    answer = visitor.post("/settings", on="/settings", section="defaults", act="save", country="FR")
    assert (answer.status_code, "The settings were saved." in answer.text) == (404, False)


@pytest.mark.req("SIT-2")
def test_a_role_needs_a_chosen_contact_and_a_conflict_names_the_roles(visitor, services):
    contact = full_contact(services)
    with services.workspaces["northfield"].write(ROOT) as session:
        (item,) = session.items.of(contact)
        given = session.items.assign(item, contact, "guardian")
        session.items.save_role(attrs.evolve(given, role="payer"))
    path = f"/items/{item.id}/roles"
    visitor.sign_in()
    refused = visitor.post(path, on=path, role="payer")
    assert (refused.status_code, "Choose a contact first." in refused.text) == (422, True)
    outdated = {"act": "save", "version": given.version, "role": "emergency"}
    conflict = visitor.post(f"{path}/{given.id}", on=path, **outdated).text.partition("</table>")[0]
    assert "<td>Emergency contact</td><td>Payer</td>" in conflict


@pytest.mark.req("IMP-1")
def test_a_workbook_is_shown_without_an_encoding_and_a_csv_file_with_it(visitor):
    table = io.BytesIO()
    with xlsxwriter.Workbook(table) as book:
        book.add_worksheet().write_row(0, 0, ["First name"])
    visitor.sign_in()
    found = [
        "Encoding:" in visitor.post("/import", on="/import", files={"file": (name, data)}).text
        for name, data in (("a.xlsx", table.getvalue()), ("a.csv", b"First name,Last name\nJane,Doe\n"))
    ]
    assert found == [False, True]


@pytest.mark.req("ACC-2")
def test_a_user_who_may_only_read_gets_no_form_accepted(visitor, services):
    contact = full_contact(services, access="shared-read", responsibles=["ada"])
    visitor.sign_in("vic")
    page = visitor.get(f"/contacts/{contact.id}")
    assert page.status_code == 200
    assert "/edit" not in page.text
    answer = visitor.post(f"/contacts/{contact.id}/edit", name="Mine", version="1", kind="company")
    assert answer.status_code == 422
    with services.workspaces["northfield"].read(ROOT) as session:
        assert session.contacts.get(contact.id).version == 1


@pytest.mark.parametrize(
    "back", ["https://evil.example/x", "//evil.example/x", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_choice_of_a_language_sends_nobody_to_another_site(visitor, back):
    sent = {"csrf": token(visitor.get("/sign-in").text), "language": "fr", "back": back}
    answer = visitor._client.post("/language", data=sent, follow_redirects=False)
    assert re.match(r"/(?![/\\])", answer.headers["location"])
    assert "Choisissez une société" in visitor.get("/sign-in").text


def test_a_request_that_is_too_large_is_refused_before_it_is_read(visitor):
    answer = visitor._client.post("/import", headers={"content-length": "25000001"}, content=b"")
    assert answer.status_code == 413
    assert visitor._client.post("/import", content=iter([b"a", b"b"])).status_code == 413


@pytest.mark.req("DIR-3")
def test_refusals_stand_beside_their_fields_and_what_was_typed_stays(visitor):
    visitor.sign_in(firm="wisla")
    fields = {"kind": "person", "given_name": "Jan", "emails": "jan@", "phones": "12"}
    answer = visitor.post("/add", **fields)
    assert answer.status_code == 422
    assert 'id="fault-emails-0"' in answer.text
    assert 'value="jan@" aria-label="E-mail 1" aria-invalid="true" aria-describedby="fault-emails-0"' in answer.text
    assert "Podaj jeden adres" in answer.text


@pytest.mark.req("DIR-15")
def test_two_editors_of_one_field_see_both_versions_and_the_second_may_save_again(visitor, services):
    visitor.sign_in()
    with services.workspaces["northfield"].write(ROOT) as session:
        contact = session.contacts.add(Company("Mill", access="shared-write"))
        session.contacts.save(attrs.evolve(contact, description="By hand"))
    form = {"kind": "company", "name": "Mill", "description": "By form"}
    answer = visitor.post(f"/contacts/{contact.id}/edit", version="1", **form)
    assert answer.status_code == 200
    assert "By hand" in answer.text
    assert 'name="version" value="2"' in answer.text
    saved = visitor.post(f"/contacts/{contact.id}/edit", version="2", **form)
    assert "By form" in saved.text
    with services.workspaces["northfield"].read(ROOT) as session:
        assert session.contacts.get(contact.id).description == "By form"


@pytest.mark.req("IMP-6")
def test_a_visitor_of_the_published_form_is_answered_and_the_contact_is_there(visitor, services):
    with services.workspaces["northfield"].write(ROOT) as session:
        (form,) = session.forms.list()
        session.forms.save(attrs.evolve(form, min_seconds=0))
    page = visitor.get(f"/f/northfield/{form.id}")
    signed = re.search('name="cc_token" value="([^"]+)"', page.text)[1]
    sent = {"cc_token": signed, "cc_consent": "yes", "given_name": HOSTILE, "email": "jo@visitor.example"}
    answer = visitor._client.post(f"/f/northfield/{form.id}", data=sent)
    assert answer.status_code == 200
    assert HOSTILE not in visitor.sign_in("eve").get("/submissions").text
    with services.workspaces["northfield"].read(ROOT) as session:
        assert [card.source for card in session.contacts.page(source="form")] == ["form"]
