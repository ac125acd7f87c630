"""The report of what is held on a person is whole for an admin, and has no data of others (IMP-8)."""

from __future__ import annotations

import base64
import io
import json
from html.parser import HTMLParser
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import (
    BulkAct,
    Company,
    Forbidden,
    Form,
    FormField,
    Host,
    Interaction,
    Invalid,
    Item,
    NotFound,
    Person,
    PortalUser,
    Site,
    Workspace,
    to_plain,
)
from contactcore.formats.privacy_page import PAGE_LANGUAGES, held_html
from contactcore.mapping.entities import ENTITIES
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.known_person import KnownPerson, known_person
from support.pictures import opened
from support.web_forms import Website, send_form

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", language="fr", country="FR", host=Host(clock=Clock(tick=TICK)))


@pytest.fixture
def known(space: Workspace) -> KnownPerson:
    return known_person(space)


def _report(space: Workspace, known: KnownPerson, **options: Any) -> Any:
    with space.read(ROOT) as session:
        return session.privacy.report(known.person, **options)


def test_the_report_of_an_admin_has_all_kinds_of_records(space: Workspace, known: KnownPerson) -> None:
    data = json.loads(json.dumps(to_plain(_report(space, known).data)))
    assert data["complete"]
    assert (data["person"]["family_name"], data["person"]["external_id"]) == ("Quixóte", "squire-of-1605")
    assert set(data["records"]) == {
        *("affiliation", "site", "item", "account-entry", "payment-method", "interaction", "item-role", "picture"),
        *("submission", "consent"),
    }
    assert data["records"]["affiliation"][0]["of"] == "Bois & Fils"
    assert data["records"]["site"][0]["name"] == "Windmill"
    assert data["records"]["consent"][0]["wording"] == "I, Quixote, agree."
    assert data["records"]["submission"][0]["fields"]["family_name"] == "Quixote"
    (elsewhere,) = data["elsewhere"]["interaction"]
    assert (elsewhere["of"], elsewhere["start"][:4]) == ("Bois & Fils", "2026")
    assert not {"title", "display_name", "body"} & set(elsewhere)
    assert [one["email"]["text"] for one in data["login"]] == ["knight@dulcinea.es"]
    assert {"For Quixote"} <= {one["subject"] for one in data["messages"]}
    assert any(one["fields"].get("description") for one in data["history"])
    assert [one["value"] for one in data["imports"] if "value" in one]
    picture = opened(base64.b64decode(data["records"]["picture"][0]["data"]))
    assert picture.size == (120, 80)


def test_the_report_names_nobody_else(space: Workspace, known: KnownPerson) -> None:
    report = _report(space, known)
    text = json.dumps(to_plain(report.data), ensure_ascii=False)
    for other in ("Nagy", "nagy@", "Panza", "root", "amelie", "argon2", "token", "Ask +34"):
        assert other not in text, other
        assert other not in report.html, other
    # Letters with a link that works once are not shown.
    assert "acme.example" not in text


def test_the_report_of_a_client_has_nothing_of_the_people_who_act_for_the_client(space: Workspace) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Doe"))
        ann = session.people.add(
            jane, Person("Ann", "Nagy"), position="Secretary", email="ann@nagy.hu", phone="+33144556699"
        )
        session.timeline.add(jane, Interaction("Rang Ann Nagy twice", person_id=ann.person_id))
    with space.write(ROOT) as session:
        session.people.save(attrs.evolve(session.people.get(ann.id), position="Boss", email="ann2@nagy.hu"))
        (call,) = session.timeline.page(jane)
        session.timeline.save(attrs.evolve(call, title="Rang Ann Nagy thrice"))
    for removed in (False, True):
        with space.write(ROOT) as session:
            if removed:
                session.people.remove(session.people.get(ann.id))
            report = session.privacy.report(jane)
        text = json.dumps(report.data, ensure_ascii=False) + report.html
        for other in ("Ann", "Nagy", "nagy", "Secretary", "Boss", "44556699"):
            assert other not in text, other
        assert "Rang … thrice" in text


def test_a_letter_to_somebody_else_about_the_person_does_not_name_its_recipient(space: Workspace) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Doe"))
        ann = session.people.add(jane, Person("Ann", "Nagy", emails=["ann@nagy.hu"]))
        to = session.notifications.by_hand(jane, "invoice", [ann.person_id])
        session.notifications.send(jane, to, subject="For Ann Nagy", text="Dear ANN NAGY <ann@nagy.hu>, Jane Doe paid.")
    with space.read(ROOT) as session:
        (letter,) = session.privacy.report(jane).data["messages"]
    assert (letter["to"], letter["subject"], letter["text"]) == ("…", "For …", "Dear … <…>, Jane Doe paid.")


def test_the_report_of_a_user_lacks_what_is_hidden_from_the_user(space: Workspace, known: KnownPerson) -> None:
    with space.read(BOB) as session, pytest.raises(NotFound):
        session.privacy.report(known.person.id)
    with space.write(ROOT) as session:
        session.contacts.share(known.person.id, "shared-read", responsibles=["amelie"])
    with space.read(AMELIE) as session:
        data = session.privacy.report(known.person.id).data
    assert not data["complete"]
    # The company is hidden from the user.
    assert "affiliation" not in data["records"]
    assert "Bois" not in json.dumps(to_plain(data))
    assert data["elsewhere"] == {}
    assert data["messages"] == data["history"] == data["imports"] == []
    assert data["records"]["site"][0]["name"] == "Windmill"


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("case", ["the address at work", "the address of somebody else"])
def test_the_report_of_a_user_depends_on_nothing_that_is_hidden_from_the_user(
    storage: Storage, clock: Clock, case: str
) -> None:
    """A submission that waits beside a company of Bob names somebody by an address."""
    fields = {"name": "Bois", "email": "office@bois.fr", "person.family_name": "Roe", "person.email": "zoe@elm.fr"}
    at_work = case == "the address at work"
    space = Workspace(storage, "acme", language="fr", country="FR", host=Host(clock=clock))
    with space.write(ROOT) as session:
        form = session.forms.add(Form("Firms", makes="company", fields=[FormField(name) for name in fields]))
        session.contacts.add(Company("Bois", emails=["office@bois.fr"], responsibles=["bob"]))
        own = [] if at_work else ["zoe@elm.fr"]
        zoe = session.contacts.add(Person("Zoé", "Doe", responsibles=["bob"], emails=own))
        hidden = session.contacts.add(Company("Elm", responsibles=["eve"]))
        other = zoe.id if at_work else Person("Eve", "Elm", responsibles=["eve"])
        session.people.add(hidden, other, email="zoe@elm.fr")
    assert send_form(Website(space, form), clock, fields).reason == "form-received"
    with space.read(ROOT) as session:
        whole = session.privacy.report(zoe.id).data["elsewhere"]
    with space.read(BOB) as session:
        seen = session.privacy.report(zoe.id).data["elsewhere"]
    assert ("submission" in whole, "submission" in seen) == (at_work, not at_work)


def test_a_person_in_the_trash_is_reported(space: Workspace, known: KnownPerson) -> None:
    with space.write(ROOT) as session:
        session.contacts.delete(known.person)
    data = _report(space, known).data
    assert data["person"]["deleted"]
    assert data["records"]["site"][0]["deleted"]


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
def test_the_page_speaks_each_language(space: Workspace, known: KnownPerson, language: str) -> None:
    report = _report(space, known, language=language)
    assert (report.language, f'<html lang="{language}">' in report.html) == (language, True)
    assert "Quixóte" in report.html
    assert '<img alt="" src="data:image/' in report.html


def test_the_page_is_in_the_language_of_the_workspace(space: Workspace, known: KnownPerson) -> None:
    html = _report(space, known).html
    assert "<h1>Données détenues sur une personne</h1>" in html
    assert html.count("Données détenues sur une personne") == 2
    assert "<dt>Ajouté le</dt><dd>2026-" in html
    for name in ("added at", "contact id", "version", "kind"):
        assert f"<dt>{name}</dt>" not in html
    with space.read(ROOT) as session, pytest.raises(Invalid) as caught:
        session.privacy.report(known.person, language="xx")
    assert caught.value.code == "report-language"


def test_there_is_no_report_on_a_company_and_none_for_a_portal_user(space: Workspace, known: KnownPerson) -> None:
    with space.read(ROOT) as session, pytest.raises(Invalid) as caught:
        session.privacy.report(known.company)
    assert caught.value.code == "not-a-person"
    with space.write(ROOT) as session:
        from contactcore.workspace.portal.portal import Portal

        assert isinstance(session.portal, Portal)
        (client,) = [session.contacts.add(Company("Solo"))]
        acting = session.people.add(client, Person("Jo", "Doe", emails=["jo@solo.fr"]))
        invitation = session.portal.invite(acting, password="correct horse battery", send=False)
    signed = space.sign_in("jo@solo.fr", "correct horse battery")
    assert signed
    assert invitation
    user = PortalUser(signed.login, signed.clients[0], signed.login.epoch)  # type: ignore[union-attr]
    with space.read(user) as session, pytest.raises(Forbidden) as refused:
        session.privacy.report(acting.person_id)
    assert refused.value.code == "staff-only"


class _Texts(HTMLParser):
    """The tags of a page, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(_PLAIN, st.sampled_from(PAGE_LANGUAGES))
def test_no_text_becomes_a_tag(value: object, language: str) -> None:
    hostile = {"person": {"given_name": "<script>alert(1)</script>", "more": value}, "records": {"<b>": [value]}}
    page = _Texts()
    page.feed(held_html(hostile, language))
    assert page.tags <= {*("html", "head", "meta", "title", "body", "h1", "h2", "p", "section", "dl", "dt", "dd")} | {
        *("ul", "li")
    }
    assert "<script>alert(1)</script>" in "".join(page.texts)


def test_every_type_says_where_it_has_data_of_people() -> None:
    # A new type decides this: an erasure and a report follow the declaration.
    assert {one.name: one.personal for one in ENTITIES if one.personal not in {"owned", "named", "noted", "none"}} == {}
    assert [one.name for one in ENTITIES if one.personal == "named" and one.forget is None] == []
    # What belongs to a person follows it to the trash, from where an erasure removes it; logins are removed apart.
    owned = {one.name for one in ENTITIES if one.personal == "owned" and not one.follows_owner}
    assert owned == {"contact", "login"}


def test_what_jobs_noted_of_the_person_before_a_change_is_reported_and_nothing_of_others(storage: Storage) -> None:
    space = Workspace(storage, "acme", language="en", country="FR", host=Host(clock=Clock(tick=TICK)))
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.contacts.add(Person("Jane", "Quixote"), sites=[Site("Windmill")], items=[Item("Rosinante")])
        session.people.add(bois, jane, position="Knight")
        # Ann acts for Jane: the position is Ann's.
        ann = session.people.add(jane, Person("Ann", "Nagy"), position="Squire")
        session.sites.add(ann.person_id, Site("Hut"))
    out = io.BytesIO()
    space.exports(ROOT).csv(out)
    text = out.getvalue().decode()
    for before, after in (("Windmill", "Mill"), ("Rosinante", "Horse"), ("Knight", "Boss"), ("Squire", "Aide")):
        assert before in text
        text = text.replace(before, after)
    imports = space.imports(ROOT)
    imports.apply(imports.plan(text.replace("Hut", "House").encode(), policy="overwrite"))
    space.maintenance(ROOT).bulk(ids=[jane.id]).apply(BulkAct(add_tags=["VIP"], type="residential-client"))
    with space.read(ROOT) as session:
        found = session.privacy.report(jane.id).data["imports"]
    before = [one["before"] for one in found if isinstance(one.get("before"), dict)]
    assert {str(one.get("name") or one.get("position")) for one in before} >= {"Windmill", "Rosinante", "Knight"}
    assert not any(word in repr(found) for word in ("Squire", "Hut"))
