"""Every answer and every error of the library becomes JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import attrs
import pytest

from contactcore import AccountEntry, Company, ContactCoreError, PaymentMethod, Person, Workspace, from_plain, to_plain
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT


def read_back(public: Any) -> Any:
    written = json.dumps(to_plain(public), allow_nan=False)
    assert not any(mark in written for mark in ("object at 0x", "attrs", "EmailAddress(", "PermissionSet("))
    return json.loads(written)


@pytest.mark.req("DIR-18")
def test_every_answer_becomes_json(storage: Storage) -> None:
    workspace = Workspace(storage, "acme", country="FR", currency="EUR")
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://x.fr/?token={token}")
        field = session.settings.define_field("Size", "number")
        bois = session.contacts.add(Company("Bois", emails=["office@bois.fr"], phones=["01 44 55 66 77"], tags=["VIP"]))
        jane = session.people.add(bois, Person("Jane", emails=["jane@bois.fr"], birthday="--05-20"), start="2020-01-01")
        jane = session.people.grant(jane, "represent")
        jane = session.people.save(attrs.evolve(jane, notifications=["invoice"], permissions=[]))
        who = session.notifications.recipients(bois, "invoice")
        queued = session.notifications.send(bois, who, subject="Invoice", text="Here.")
        messages = [one.message for one in queued]
        invitation = session.portal.invite(jane, password="correct horse battery")
        gone = session.contacts.add(Company("Gone"))
        session.contacts.delete(gone)
        user = session.portal.choose(invitation.login, bois)
        for entry in (
            AccountEntry("invoice", "120 EUR", key="F1", date="2026-01-05"),
            AccountEntry("amendment", "-20 EUR", key="F1a", date="2026-01-06", amends="F1"),
        ):
            posted = session.account.post(bois, entry)
        method = session.account.save_method(bois, PaymentMethod("tok_1", brand="Visa", last_four="4242"))
        january = session.account.statement(bois, date(2026, 1, 1), date(2026, 1, 31))
        answers: dict[str, Any] = {
            "contact": session.contacts.get(bois.id),
            "affiliation": session.people.get(jane),
            "affiliations": session.people.list(bois),
            "decision": session.people.may(jane, "represent", bois),
            "page": session.contacts.page(),
            "letters": session.contacts.letters(),
            "hits": session.contacts.search("jan"),
            "prefill": session.contacts.prefill(bois),
            "recipients": who,
            "messages": messages,
            "outbox": session.outbox.list(),
            "invitation": invitation,
            "clients": session.portal.clients(invitation.login),
            "menu": session.portal.menu(invitation.login, bois),
            "module": session.portal.may_see(invitation.login, bois, "invoices"),
            "trash": session.trash.list(),
            "settings": session.settings.current,
            "field": field,
            "tags": session.settings.tags,
            "types": session.settings.types,
            "values": session.documents.values(bois),
            "missing": session.documents.missing("{{ client.phone }}", bois),
            "entry": posted,
            "method": method,
            "history": session.account.history(bois),
            "amended": session.account.amended(bois),
            "balance": session.account.balance(bois),
            "statement": january,
            "variables": session.documents.variables(),
            "actors": [ROOT, user],
        }
    with workspace.read(ROOT) as session:
        answers["feed"] = session.feed()
    imports = workspace.imports(ROOT)
    plan = imports.plan("Name,E-mail\nJo Doe,jo@\n")
    report = imports.apply(plan)
    answers |= {"plan": plan, "sign_in": workspace.sign_in("a", "b")}
    imported = read_back(report)
    answers["undone"] = imports.undo(report)
    plain = {name: read_back(answer) for name, answer in answers.items()}
    assert plain["hits"][0]["name"] == "Bois"
    assert plain["hits"][0]["matched"] == [{"by": "person", "id": jane.person_id, "text": "Jane"}]
    assert plain["page"]["items"][0]["access"] == "private"
    assert plain["prefill"]["primary"]["person"]["display_name"] == "Jane"
    assert plain["decision"]["reason"] == "sole"
    assert plain["feed"][0]["event"]["data"] == {"actor": "root"}
    assert imported["problems"][0]["code"] == "email-syntax"
    assert plain["balance"] == {"EUR": {"amount": "100.00", "currency": "EUR"}}
    assert plain["statement"]["closing"]["amount"] == "100.00"
    assert plain["amended"]["items"][0]["current"]["total"]["amount"] == "100.00"
    assert [from_plain(plain[name]) for name in ("entry", "method")] == [posted, method]
    assert plain["field"]["type"] == "number"
    assert plain["tags"] == ["VIP"]
    back = [from_plain(one) for one in (plain["contact"], plain["affiliation"], *plain["messages"], plain["settings"])]
    assert back == [answers["contact"], answers["affiliation"], *messages, answers["settings"]]
    assert back[1].person == answers["affiliation"].person


@pytest.mark.req("DIR-18")
@pytest.mark.req("DIR-17")
def test_an_affiliation_that_went_through_json_is_saved_with_its_person(storage: Storage) -> None:
    workspace = Workspace(storage, "acme")
    with workspace.write(AMELIE) as session:
        jane = session.people.add(session.contacts.add(Company("Bois")), Person("Jane"))
        again = from_plain(json.loads(json.dumps(to_plain(jane))))
        assert session.people.save(again) == session.people.get(jane)
        saved = session.people.save(attrs.evolve(again, person=attrs.evolve(again.person, given_name="Zoe")))
        assert saved.person.given_name == "Zoe"


@pytest.mark.req("DIR-18")
def test_every_error_becomes_json(storage: Storage) -> None:
    workspace = Workspace(storage, "acme")
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane"))
        session.contacts.save(attrs.evolve(bois, division="North"))
        found = []
        for call in (
            lambda: session.contacts.get("nobody"),
            lambda: session.contacts.save(attrs.evolve(bois, division="South")),
            lambda: Person(emails=["a@", 5]),
            lambda: session.people.add(bois, jane),
            lambda: session.settings.add_type("x"),
        ):
            with pytest.raises(ContactCoreError) as error:
                call()
            found.append(read_back(error.value))
    assert [one["code"] for one in found] == ["not-found", "conflict", "email-syntax", "duplicate", "admin-only"]
    assert (found[0]["path"], found[1]["stored"]["division"], found[2]["problems"][0]["path"]) == (
        "contact",
        "North",
        "emails[0]",
    )
