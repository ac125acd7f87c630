"""Attacks on the pages: nonsense in every form, hostile files, forms sent twice, late, or beside somebody else."""

from __future__ import annotations

import io
import re
import threading
import zipfile

import attrs
import pytest

from contactcore import Company, Item, Person, Site, User
from support.webapp import CONTACT_PAGES, STAFF_PAGES, full_contact, token

ROOT = User("ada", admin=True)
FIRM = "northfield"


def ids_of(services, contact):
    """The first part of a path -> the id of a record that is there."""
    with services.workspaces[FIRM].read(ROOT) as session:
        jane = session.people.list(contact.id)
        site, item = session.sites.of(contact.id), session.items.of(contact.id)
        return {
            **dict.fromkeys(("contacts", "duplicates"), contact.id),
            "people": jane[0].id,
            "privacy": jane[0].person_id,
            "sites": site[0].id,
            "items": item[0].id,
        }


def form_routes():
    from examples.webapp.app import AREAS

    for area in AREAS:
        name = area.__name__.rpartition(".")[2]
        for route in area.pages.routes:
            if "POST" in route.methods and name not in {"signing_in", "portal"} and not route.path.startswith("/f/"):
                yield route.path


NAMES = (
    *("name", "given_name", "family_name", "emails", "phones", "addresses-street", "date", "amount", "type", "key"),
    *("start", "end", "title", "body", "zoom", "x", "y", "version", "person_version", "section", "act", "slug"),
    *("access", "responsibles", "min_seconds", "field", "on", "topics", "birthday", "holder", "role", "candidate"),
    *("authorities", "represent-end", "known", "primary", "login", "user", "to", "agree", "purpose", "id", "at"),
    *("list", "person", "topic", "policy", "header", "expiry", "last_four", "currency", "path", "kind", "state"),
)
NONSENSE = ("\0", "é" * 3_000, "-1", "9" * 400, "2026-99-99T99:99", "../../x", "nan", "[0].", "{x}", "%00")


@pytest.mark.parametrize("shift", [0, 5])
def test_nonsense_in_every_field_of_every_form_is_refused_and_never_an_error_of_python(visitor, services, shift):
    ids = ids_of(services, full_contact(services, access="shared-write"))
    visitor.sign_in()
    nonsense = {name: NONSENSE[(place + shift) % len(NONSENSE)] for place, name in enumerate(NAMES)}
    fields = {**nonsense, "csrf": token(visitor.get("/add").text)}
    # What removes the records comes last.
    for path in sorted(form_routes(), key=lambda path: path.endswith(("/delete", "/remove", "/erase"))):
        acts = ["", fields["act"], *(("add", "field", "form", "portal", "defaults") if path == "/settings" else ())]
        for act in acts:
            to = re.sub(r"\{\w+\}", ids.get(path.split("/")[1], "5"), path)
            answer = visitor._client.post(to, data=fields | {"act": act}, follow_redirects=False)
            assert answer.status_code < 500, (path, act)


def test_nonsense_in_every_query_is_no_error_of_python(visitor, services):
    from examples.webapp.app import AREAS

    ids = ids_of(services, full_contact(services, access="shared-write"))
    visitor.sign_in()
    names = (
        *("q", "order", "letter", "after", "before", "kind", "type", "category", "tag", "access", "source", "role"),
    )
    names += (
        "without",
        "responsible",
        "tab",
        "item",
        "at",
        "like",
        "section",
        "topic",
        "email",
        "user",
        "to",
        "preset",
    )
    for place, route in enumerate(route for area in AREAS for route in area.pages.routes if "GET" in route.methods):
        path = re.sub(r"\{\w+\}", ids.get(route.path.split("/")[1], "5"), route.path)
        query = {name: NONSENSE[(at + place) % len(NONSENSE)] for at, name in enumerate(names)}
        for params in (query, {"order": "zzz", "tab": "zzz"}):
            assert visitor._client.get(path, params=params, follow_redirects=False).status_code < 500, (path, params)


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize("nonsense", ["\0", "nan", "emails[99999999999]", "fields.none", "drop"])
def test_nonsense_in_the_decisions_of_an_import_is_refused_by_the_wizard(visitor, services, nonsense):
    visitor.sign_in(firm=FIRM)
    uploaded = visitor.post("/import", files={"file": ("people.csv", b"Name,E-mail\nJo,jo@jo.example\n")})
    before = count(services)
    for name in ("policy", "encoding", "delimiter", "type", "tags", "field", "header"):
        fields = {"header": ["Name", "E-mail"], "field": ["full_name", "emails"], name: nonsense}
        answer = visitor.post(uploaded.url.path, act="preview", **fields)
        assert answer.status_code < 500, name
    assert count(services) == before


def test_every_form_of_every_page_has_a_token_and_a_number(visitor, services):
    contact = full_contact(services, access="shared-write")
    visitor.sign_in()
    for path in [*STAFF_PAGES, *(page.format(id=contact.id) for page in CONTACT_PAGES)]:
        for form in re.findall(r'<form method="post".*?</form>', visitor.get(path).text, re.DOTALL):
            needed = ["csrf"] if re.search('action="/(language|sign-out)"', form) else ["csrf", "once"]
            assert [name for name in needed if f'name="{name}" value="' not in form] == [], (path, form[:200])


def zip_bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", b" " * 100_000_000)
    return file.getvalue()


HOSTILE_FILES = {
    "empty": ("people.csv", b""),
    "spaces": ("people.csv", b" \r\n\r\n"),
    "binary": ("people.csv", bytes(range(256)) * 400),
    "long-line": ("people.csv", b"Name,E-mail\n" + b"x" * 5_000_000 + b",a@b.example\n"),
    "long-header": ("people.csv", b"x" * 5_000_000),
    "half-utf-16": ("people.csv", "Name;E-mail\nJosé;a@b.example\n".encode("utf-16")[:-1]),
    "mixed-encodings": ("people.csv", "Name\nJosé\n".encode() + "José\n".encode("latin-1") + b"\xff\xfe\n"),
    "zip-bomb": ("people.xlsx", zip_bomb),
    "no-zip": ("people.xlsx", b"PK\x03\x04" + b"no zip at all"),
    "html-as-xls": ("people.xls", b"<html><table><tr><td>Name</td></tr></table></html>"),
    "card-without-end": ("people.vcf", b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jo\r\n" * 3),
    "card-of-one-line": ("people.vcf", b"BEGIN:VCARD\r\nNOTE:" + b"x" * 5_000_000),
    "hostile-name": ("../../<script>.csv", b"Name\nJo\n"),
}


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("kind", HOSTILE_FILES)
def test_a_hostile_file_is_refused_or_previewed_and_the_wizard_says_why(visitor, services, kind):
    visitor.sign_in(firm=FIRM)
    with services.workspaces[FIRM].read(ROOT) as session:
        before = session.contacts.count()
    name, data = HOSTILE_FILES[kind]
    answer = visitor.post("/import", files={"file": (name, data() if callable(data) else data)})
    assert answer.status_code in {200, 422}
    assert "<script>" not in answer.text
    if answer.status_code == 422:
        assert re.search(r'class="summary"[^>]*>.*?<li>[^<]+</li>', answer.text, re.DOTALL)
    else:
        previewed = visitor.post(answer.url.path, act="preview")
        assert previewed.status_code in {200, 422}
        assert "<script>" not in previewed.text
    with services.workspaces[FIRM].read(ROOT) as session:
        assert session.contacts.count() == before


def form_of(html):
    """The hidden fields of the form of a page."""
    return dict(re.findall(r'<input type="hidden" name="(csrf|once|version|person_version)" value="([^"]*)"', html))


def sent(visitor, path, fields):
    return visitor._client.post(path, data=fields, follow_redirects=True)


def count(services):
    with services.workspaces[FIRM].read(ROOT) as session:
        return session.contacts.count()


@pytest.mark.req("DIR-13")
def test_a_form_that_is_sent_twice_is_carried_out_once(visitor, services):
    visitor.sign_in(firm=FIRM)
    fields = form_of(visitor.get("/add?kind=person").text) | {"kind": "person", "given_name": "Nora"}
    before = count(services)
    first, second = sent(visitor, "/add", fields), sent(visitor, "/add", fields)
    assert count(services) == before + 1
    assert second.url == first.url
    assert "This form was sent already" in second.text
    # Going back and adding somebody else on the same page is another form.
    other = sent(visitor, "/add", fields | {"given_name": "Otto"})
    assert other.url != first.url
    assert count(services) == before + 2


@pytest.mark.req("DIR-22")
def test_the_undo_of_a_bulk_act_survives_a_double_click(visitor, services, mill):
    visitor.sign_in(firm=FIRM)
    fields = form_of(visitor.get("/contacts").text) | {"id": mill.id, "add_tag": "fair", "act": "change"}
    session = visitor._client.cookies.get("webapp")
    sent(visitor, "/contacts/bulk", fields)
    # The second click left before the first answer came.
    visitor._client.cookies.clear()
    visitor._client.cookies.set("webapp", session)
    again = sent(visitor, "/contacts/bulk", fields)
    assert 'action="/contacts/bulk/undo"' in again.text
    visitor.post("/contacts/bulk/undo")
    assert stored(services, "contacts", mill.id).tags == ()


def test_a_refused_form_can_be_sent_again_and_two_clicks_at_once_add_one_contact(visitor, services):
    visitor.sign_in(firm=FIRM)
    fields = form_of(visitor.get("/add?kind=person").text) | {"kind": "person", "given_name": "Nora"}
    assert sent(visitor, "/add", fields | {"emails": "nora@"}).status_code == 422
    before = count(services)
    clicks = [threading.Thread(target=sent, args=(visitor, "/add", fields)) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert count(services) == before + 1


@pytest.fixture
def mill(services):
    with services.workspaces[FIRM].write(ROOT) as session:
        return session.contacts.add(
            Company("Mill", access="shared-write", description="old", phones=["020 7946 0001"]),
            sites=[Site("Barn", access_notes="old", phones=["020 7946 0001"])],
            items=[Item("Lorry", description="old")],
            people=[Person("Jane", "Doe", phones=["020 7946 0001"])],
        )


def stored(services, service, id):
    with services.workspaces[FIRM].read(ROOT) as session:
        return getattr(session, service).get(id)


def changed(services, service, id, **values):
    with services.workspaces[FIRM].write(ROOT) as session:
        return getattr(session, service).save(attrs.evolve(getattr(session, service).get(id), **values))


@pytest.mark.req("DIR-15")
def test_the_second_of_two_editors_sees_both_values_and_loses_nothing_of_the_first(visitor, services, mill):
    visitor.sign_in(firm=FIRM)
    page = form_of(visitor.get(f"/contacts/{mill.id}/edit").text)
    changed(services, "contacts", mill.id, description="theirs", phones=["020 7946 0099"])
    typed = {"kind": "company", "name": "Mill", "description": "mine", "phones": "020 7946 0001"}
    answer = sent(visitor, f"/contacts/{mill.id}/edit", page | typed)
    shown = re.search(r'class="summary conflict".*?</table>', answer.text, re.DOTALL)[0]
    assert re.findall(r">([^<>\n]+)</t[hd]>", shown)[3:] == ["Description", "mine", "theirs"]
    phone = re.search(r'name="phones" type="tel" value="([^"]+)"', answer.text)[1]
    again = form_of(answer.text) | typed | {"phones": phone}
    assert sent(visitor, f"/contacts/{mill.id}/edit", again).status_code == 200
    now = stored(services, "contacts", mill.id)
    assert (now.description, [one.e164[-2:] for one in now.phones]) == ("mine", ["99"])


@pytest.mark.req("DIR-15")
def test_a_correction_after_a_refusal_takes_back_nothing_that_somebody_else_saved_meanwhile(visitor, services, mill):
    visitor.sign_in(firm=FIRM)
    page = form_of(visitor.get(f"/contacts/{mill.id}/edit").text)
    typed = {"kind": "company", "name": "Mill", "description": "old", "phones": "020 7946 0001", "emails": "office@"}
    changed(services, "contacts", mill.id, description="theirs")
    refused = sent(visitor, f"/contacts/{mill.id}/edit", page | typed)
    assert refused.status_code == 422
    sent(visitor, f"/contacts/{mill.id}/edit", form_of(refused.text) | typed | {"emails": "office@mill.example"})
    now = stored(services, "contacts", mill.id)
    assert (now.description, [one.text for one in now.emails]) == ("theirs", ["office@mill.example"])


@pytest.mark.req("DIR-15")
def test_a_contact_that_is_gone_meanwhile_leaves_what_was_typed_on_the_page(visitor, services, mill):
    visitor.sign_in(firm=FIRM)
    page = form_of(visitor.get(f"/contacts/{mill.id}/edit").text)
    with services.workspaces[FIRM].write(ROOT) as session:
        session.contacts.delete(mill.id)
    typed = {"kind": "company", "name": "Mill", "description": "a long <b>text</b>"}
    answer = sent(visitor, f"/contacts/{mill.id}/edit", page | typed)
    assert answer.status_code == 404
    assert "a long &lt;b&gt;text&lt;/b&gt;" in answer.text


@pytest.mark.req("DIR-15")
@pytest.mark.parametrize("service", ["sites", "items"])
def test_two_editors_of_a_site_or_an_item_see_both_values(visitor, services, mill, service):
    visitor.sign_in(firm=FIRM)
    with services.workspaces[FIRM].read(ROOT) as session:
        (one,) = getattr(session, service).of(mill.id)
    field = {"sites": "access_notes", "items": "description"}[service]
    page = form_of(visitor.get(f"/{service}/{one.id}/edit").text)
    changed(services, service, one.id, **{field: "theirs", "name": "Renamed"})
    answer = sent(visitor, f"/{service}/{one.id}/edit", page | {"name": one.name, field: "mine"})
    shown = re.search(r'class="summary conflict".*?</table>', answer.text, re.DOTALL)[0]
    assert re.findall(r">([^<>\n]+)</td>", shown) == ["mine", "theirs"]
    assert 'value="Renamed"' in answer.text
    sent(visitor, f"/{service}/{one.id}/edit", form_of(answer.text) | {"name": "Renamed", field: "mine"})
    now = stored(services, service, one.id)
    assert (now.name, getattr(now, field)) == ("Renamed", "mine")


@pytest.mark.req("DIR-15")
def test_two_editors_of_a_contact_person_lose_nothing_of_the_person_nor_of_the_position(visitor, services, mill):
    visitor.sign_in(firm=FIRM)
    with services.workspaces[FIRM].read(ROOT) as session:
        (jane,) = session.people.list(mill.id)
    path, base = f"/people/{jane.id}/edit", {"given_name": "Jane", "family_name": "Doe", "permissions-default": "1"}
    base |= {"notifications-default": "1", "phones": "020 7946 0001", "position": ""}
    page = form_of(visitor.get(path).text)
    changed(services, "contacts", jane.person_id, phones=["020 7946 0099"])
    # Another field of the same person: both changes stay.
    sent(visitor, path, page | base | {"emails": "jane@mill.example", "position": "CFO"})
    now = stored(services, "people", jane.id)
    assert (now.position, [one.text for one in now.person.emails]) == ("CFO", ["jane@mill.example"])
    assert [one.e164[-2:] for one in now.person.phones] == ["99"]
    # The same field: a conflict with both values, and nothing is saved, not even the position.
    page = form_of(visitor.get(path).text)
    changed(services, "contacts", jane.person_id, given_name="Joan")
    mine = base | {"given_name": "Janet", "emails": "jane@mill.example", "phones": "020 7946 0099", "position": "CEO"}
    answer = sent(visitor, path, page | mine)
    shown = re.search(r'class="summary conflict".*?</table>', answer.text, re.DOTALL)[0]
    assert re.findall(r">([^<>\n]+)</td>", shown) == ["Janet", "Joan"]
    assert stored(services, "people", jane.id).position == "CFO"
    assert 'value="CEO"' in answer.text
    sent(visitor, path, form_of(answer.text) | mine)
    now = stored(services, "people", jane.id)
    assert (now.position, now.person.given_name) == ("CEO", "Janet")


HERE = {"origin": "http://testserver"}


def test_a_login_that_ends_in_the_middle_of_a_form_loses_nothing_that_was_typed(visitor, services):
    visitor.sign_in(firm=FIRM)
    fields = form_of(visitor.get("/add?kind=person").text) | {"kind": "person", "given_name": "Nora", "tags": "a, b"}
    before = count(services)
    visitor._client.cookies.clear()
    ended = visitor._client.post("/add", data=fields, headers=HERE)
    assert ended.status_code == 403
    assert "Your session has ended. What you typed is kept." in ended.text
    assert count(services) == before
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', ended.text))
    assert (hidden["kept-given_name"], hidden["again"]) == ("Nora", "/add")
    signed_in = visitor._client.post("/sign-in", data=hidden | {"firm": FIRM, "user": "eve"})
    assert count(services) == before
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', signed_in.text))
    assert 'action="/add"' in signed_in.text
    assert "kept-given_name" not in again
    added = sent(visitor, "/add", again)
    assert "Nora was added." in added.text
    assert count(services) == before + 1


def test_the_form_of_another_site_is_never_kept_and_passwords_are_not_either(visitor):
    for origin in ({}, {"origin": "https://evil.example"}, {"origin": "null"}):
        answer = visitor._client.post("/add", data={"given_name": "Evil", "csrf": "x"}, headers=origin)
        assert answer.status_code == 403
        assert "Evil" not in answer.text
    answer = visitor._client.post("/people/5/edit", data={"password": "tulip horse", "position": "CFO"}, headers=HERE)
    assert "CFO" in answer.text
    assert "tulip horse" not in answer.text


def test_a_part_of_a_page_never_shows_the_page_for_signing_in(visitor):
    fragment = {"hx-request": "true"}
    searched = visitor._client.get("/contacts?q=a", headers=fragment, follow_redirects=False)
    assert (searched.status_code, searched.headers["hx-redirect"]) == (401, "/sign-in")
    assert visitor._client.post("/check/contact", data={}, headers=fragment | HERE).status_code == 401


@pytest.mark.req("DIR-20")
@pytest.mark.parametrize(
    ("form", "fields", "path", "message"),
    [
        ("contact", {"kind": "person", "emails": ["", "jan@"]}, "emails[1]", "Podaj jeden adres"),
        ("contact", {"kind": "company", "phones": "12"}, "phones[0]", "Numer"),
        ("contact", {"kind": "person", "birthday": "yesterday"}, "birthday", "Zapisz datę"),
        ("contact", {"kind": "company", "emails": "jan@", "name": "Młyn"}, "name", ""),
        ("person", {"emails": "jan@", "given_name": "Jan"}, "person.emails[0]", "Podaj jeden adres"),
        ("person", {"given_name": "Jan", "start": "2026-02-02", "end": "2026-01-01"}, "end", "Ostatni dzień"),
        ("site", {"name": "Hala", "phones": "12"}, "phones[0]", "Numer"),
        ("item", {"name": ""}, "name", "nazw"),
    ],
)
def test_a_field_is_checked_while_somebody_types_by_the_library_in_the_language_of_the_user(
    visitor, form, fields, path, message
):
    visitor.sign_in(firm="wisla")
    answer = visitor.post(f"/check/{form}", **fields, path=path)
    assert answer.status_code == 200
    faults = re.findall(r'<p class="fault">([^<]+)</p>', answer.text)
    assert (message in faults[0], len(faults)) == (True, 1) if message else faults == []
    assert "<html" not in answer.text
