"""A contact: its page, adding, changing, sharing and deleting it."""

from __future__ import annotations

from typing import Any

import attrs
from starlette.responses import JSONResponse, Response

from contactcore import Company, Conflict, Contact, Person, from_plain, to_plain
from contactcore.workspace.session import Session

from ..contact_form import asked, contact_sent, form_values
from ..firms import USERS
from ..pages import Pages
from ..web import Visit

pages = Pages()

TABS = {
    "overview": "Overview",
    "people": "Contact persons",
    "sites": "Sites",
    "items": "Items",
    "timeline": "Timeline",
    "account": "Account",
    "history": "History",
}


@pages.get("/contacts/{id}")
def show(visit: Visit) -> Response:
    tab = visit.asked("tab", "overview")
    tab = tab if tab in TABS else "overview"
    with visit.read() as session:
        contact = session.contacts.get(visit.id())
        values = page_values(session, contact, tab)
        if tab == "overview":
            values["submissions"] = session.forms.submissions.of(contact)
            values["roles"] = session.items.responsible_for(contact)
            values["works_for"] = _works_for(session, contact)
        if tab in {"overview", "people"}:
            values["people"] = session.people.list(contact)
            values["logins"] = {one.affiliation_id: one for one in session.portal.openings(contact)}
            values["sites"] = session.sites.of(contact)
        elif tab == "sites":
            values["sites"] = session.sites.of(contact)
        elif tab == "items":
            values["items"] = session.items.of(contact)
            values["pictures"] = session.pictures.thumbnails(values["items"])
            values["roles_of"] = {one.id: session.items.roles(one) for one in values["items"]}
        elif tab == "timeline":
            values |= _timeline(visit, session, contact)
        elif tab == "account":
            values["entries"] = session.account.history(contact, limit=100)
            values["balances"] = session.account.balance(contact)
            values["methods"] = session.account.methods(contact)
            values["amended"] = session.account.amended(contact)
            values["items"] = session.items.of(contact)
        elif tab == "history":
            values["acts"] = session.history.of(contact, limit=30, after=visit.asked("after") or None)
        return visit.html(f"contact/{tab}.html", **values)


def page_values(session: Session, contact: Person | Company, tab: str) -> dict[str, Any]:
    """What the head of a contact's page shows."""
    settings = session.settings
    return {
        "contact": contact,
        "tab": tab,
        "tabs": TABS,
        "may_change": bool(session.contacts.may_change(contact)),
        "picture": session.pictures.of(contact),
        "types": {one.slug: one for one in settings.types},
        "categories": {one.slug: one for one in settings.categories},
        "definitions": [one for one in settings.fields if contact.kind in one.on],
        "term": settings.term,
        "settings": settings.current,
    }


def _works_for(session: Session, contact: Contact) -> list[tuple[Any, Any]]:
    """The contacts for which a person acts, each with the affiliation."""
    if not isinstance(contact, Person):
        return []
    of = [one for one in session.people.of(contact) if one.contact_id != contact.id]
    cards = {card.id: card for card in session.contacts.get_many([one.contact_id for one in of])}
    return [(one, cards[one.contact_id]) for one in of if one.contact_id in cards]


def _timeline(visit: Visit, session: Session, contact: Contact) -> dict[str, Any]:
    item, kind = visit.asked("item") or None, visit.asked("type")
    return {
        "items": session.items.of(contact),
        "item": item,
        "kind": kind,
        "counts": session.timeline.counts(contact, item=item),
        "interaction_types": {one.slug: one for one in session.settings.interaction_types},
        "entries": session.timeline.page(
            contact, item=item, types=[kind] if kind else [], limit=50, after=visit.asked("after") or None
        ),
        "upcoming": session.timeline.page(contact, item=item, upcoming=True, limit=5) if not kind else None,
    }


@pages.get("/add")
def add_form(visit: Visit) -> Response:
    kind = "company" if visit.asked("kind") == "company" else "person"
    with visit.read() as session:
        values: dict[str, Any] = {"fields": {}, "type": visit.asked("type")}
        if visit.asked("like"):
            like = session.contacts.get(visit.asked("like"))
            kind = like.kind
            values |= form_values(session.contacts.another(like))
        return _form(visit, session, kind, values)


def _form(visit: Visit, session: Session, kind: str, values: dict[str, Any], **more: Any) -> Response:
    """The form of a new or a stored contact; after a refusal with what was typed."""
    settings = session.settings
    fields = asked(settings.entry.fields(kind, type=values.get("type") or ""))
    answer = {
        "kind": kind,
        "data": values,
        "fields": fields,
        "types": [one for one in settings.types if one.offered or one.slug == values.get("type")],
        "categories": [one for one in settings.categories if one.offered or one.slug in values.get("categories", ())],
        "tags": settings.tags,
        "users": USERS,
        "contact": None,
        "conflict": None,
        "site_address": False,
        "version": 0,
        "check": "/check/contact",
        **more,
    }
    return visit.html("contact/form.html", 422 if more.get("problems") else 200, **answer)


@pages.post("/add")
def add(visit: Visit) -> Response:
    kind = "company" if visit.sent("kind") == "company" else "person"
    with visit.problems_of_form() as problems, visit.write() as session:
        data = sent(visit, session, kind)
        if visit.sent("act") == "fields":  # the type was chosen, which decides about the fields
            return _form(visit, session, kind, data)
        rights = {name: value for name in ("access",) if (value := visit.sent(name))}
        contact = from_plain({**data, "kind": kind, **rights}, country=visit.firm.country)
        people = [address for address in visit.sent_all("person-email") if address]
        stored = session.contacts.add(contact, people=people)
        if visit.sent("site_address") and stored.billing_address:
            session.sites.add_from_billing(stored)
    if problems:
        with visit.read() as session:
            data = sent(visit, session, kind)
            return _form(visit, session, kind, data, problems=problems, site_address=visit.sent("site_address"))
    visit.say("{name} was added.", name=stored.display_name)
    if visit.sent("act") == "another":
        return visit.go("/add", like=stored.id)
    return visit.go(f"/contacts/{stored.id}")


def sent(visit: Visit, session: Session, kind: str) -> dict[str, Any]:
    fields = asked(session.settings.entry.fields(kind, type=visit.sent("type")))
    return {"fields": {}, **contact_sent(visit, fields)}


@pages.post("/check")
def check(visit: Visit) -> Response:
    """A part of the form of a new contact: who may be the same, among the stored contacts and in the trash."""
    kind = "company" if visit.sent("kind") == "company" else "person"
    with visit.read() as session:
        data = {"kind": kind} | {name: one for name, one in sent(visit, session, kind).items() if one}
        found = session.duplicates.check(data)
        return visit.html("contact/alike.html", found=found)


@pages.get("/contacts/{id}/edit")
def edit_form(visit: Visit) -> Response:
    with visit.read() as session:
        contact = session.contacts.get(visit.id())
        return _form(visit, session, contact.kind, form_values(contact), contact=contact, version=contact.version)


@pages.post("/contacts/{id}/edit")
def edit(visit: Visit) -> Response:
    conflict: Conflict | None = None
    kept: tuple[str, ...] = ()
    with visit.problems_of_form() as problems:
        try:
            with visit.write() as session:
                contact = session.contacts.get(visit.id())
                data = sent(visit, session, contact.kind)
                data["version"] = visit.number("version")
                wanted = from_plain(data, onto=contact, also=["version"], country=visit.firm.country)
                if visit.sent("access") or visit.sent_all("responsibles"):
                    people = [name for name in visit.sent_all("responsibles") if name]
                    wanted = attrs.evolve(wanted, access=visit.sent("access"), responsibles=people)
                saved = session.contacts.save(wanted, merge_changes=True)
                kept = saved.merged
        except Conflict as error:
            conflict = error
    if problems or conflict:
        with visit.read() as session:
            contact = session.contacts.get(visit.id())
            # After a conflict the form has the version of now, and the changes of others that are in no conflict.
            merged = form_values(conflict.merged or conflict.mine) if conflict else {}
            data = form_values(contact) | (merged or sent(visit, session, contact.kind))
            more = {"version": contact.version if conflict else visit.number("version"), "conflict": conflict}
            return _form(visit, session, contact.kind, data, contact=contact, problems=problems, **more)
    if kept:
        visit.say("Changes of others were kept: {fields}.", fields=", ".join(visit.label(one) for one in kept))
    visit.say("The changes were saved.")
    return visit.go(f"/contacts/{visit.id()}")


@pages.post("/contacts/{id}/share")
def share(visit: Visit) -> Response:
    with visit.write() as session:
        people = [name for name in visit.sent_all("responsibles") if name]
        session.contacts.share(visit.id(), visit.sent("access"), responsibles=people)
    visit.say("The changes were saved.")
    # Who gives a contact away may not see it any more.
    with visit.read() as session:
        seen = session.contacts.get_many([visit.id()])
    return visit.go(f"/contacts/{visit.id()}" if seen else "/contacts")


@pages.get("/contacts/{id}/delete")
def delete_form(visit: Visit) -> Response:
    with visit.read() as session:
        contact = session.contacts.get(visit.id())
        preview = session.trash.preview(contact)
        return visit.html("contact/delete.html", contact=contact, preview=preview)


@pages.post("/contacts/{id}/delete")
def delete(visit: Visit) -> Response:
    with visit.write() as session:
        contact = session.contacts.get(visit.id())
        session.contacts.delete(contact)
    visit.say("{name} is in the trash.", name=contact.display_name)
    return visit.go("/contacts")


@pages.post("/contacts/{id}/convert")
def convert(visit: Visit) -> Response:
    with visit.write() as session:
        session.contacts.convert(visit.id(), visit.sent("kind"))
    return visit.go(f"/contacts/{visit.id()}")


@pages.get("/contacts/{id}/prefill.json")
def prefill(visit: Visit) -> Response:
    """The data of a contact, as another module of the application copies it into an invoice."""
    with visit.read() as session:
        return JSONResponse(to_plain(session.contacts.prefill(visit.id())))
