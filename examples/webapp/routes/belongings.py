"""What belongs to a contact: its sites, its items, its timeline; and the directory of items."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from starlette.responses import Response

from contactcore import Conflict, Interaction, from_plain, to_plain
from contactcore.workspace.session import Session

from ..contact_form import address_sent, custom_sent, rows_sent
from ..web import Pages, Visit

pages = Pages()


def _site_sent(visit: Visit, session: Session) -> dict[str, Any]:
    data: dict[str, Any] = {name: visit.sent(name) for name in ("name", "access_notes")}
    data |= {name: rows_sent(visit, name, "text") for name in ("emails", "phones")}
    data["address"] = address_sent(visit, "address", 0) or None
    return data | {"fields": custom_sent(visit, session.settings.entry.fields("site"))}


def _site_form(visit: Visit, session: Session, contact_id: str, data: dict[str, Any], **more: Any) -> Response:
    values = {
        "contact": session.contacts.get(contact_id),
        "data": {"fields": {}, **data},
        "site": None,
        "conflict": None,
        "fields": [one for one in session.settings.entry.fields("site") if one.definition],
        **more,
    }
    return visit.html("belongings/site.html", 422 if more.get("problems") else 200, **values)


@pages.get("/contacts/{id}/sites/add")
def add_site_form(visit: Visit) -> Response:
    with visit.read() as session:
        return _site_form(visit, session, visit.id(), {})


@pages.post("/contacts/{id}/sites/add")
def add_site(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        data = {**_site_sent(visit, session), "kind": "site"}
        if visit.sent("act") == "billing":
            site = session.sites.add_from_billing(visit.id(), visit.sent("name"))
        else:
            site = session.sites.add(visit.id(), from_plain(data, country=visit.firm.country))
    if problems:
        with visit.read() as session:
            return _site_form(visit, session, visit.id(), _site_sent(visit, session), problems=problems)
    visit.say("{name} was added.", name=site.display_name)
    return visit.go(f"/contacts/{visit.id()}", tab="sites")


@pages.get("/sites/{id}/edit")
def edit_site_form(visit: Visit) -> Response:
    with visit.read() as session:
        site = session.sites.get(visit.id())
        return _site_form(visit, session, site.contact_id, to_plain(site), site=site)


@pages.post("/sites/{id}/edit")
def edit_site(visit: Visit) -> Response:
    conflict = None
    with visit.problems_of_form() as problems:
        try:
            with visit.write() as session:
                site = session.sites.get(visit.id())
                data = {**_site_sent(visit, session), "version": visit.number("version")}
                wanted = from_plain(data, onto=site, also=["version"], country=visit.firm.country)
                session.sites.save(wanted, merge_changes=True)
        except Conflict as error:
            conflict = error
    if problems or conflict:
        with visit.read() as session:
            site = session.sites.get(visit.id())
            data = _site_sent(visit, session)
            return _site_form(visit, session, site.contact_id, data, site=site, problems=problems, conflict=conflict)
    visit.say("The changes were saved.")
    return visit.go(f"/contacts/{site.contact_id}", tab="sites")


@pages.post("/sites/{id}/delete")
def delete_site(visit: Visit) -> Response:
    with visit.write() as session:
        site = session.sites.get(visit.id())
        session.sites.delete(site)
    visit.say("{name} is in the trash.", name=site.display_name)
    return visit.go(f"/contacts/{site.contact_id}", tab="sites")


@pages.get("/items")
def items(visit: Visit) -> Response:
    typed, kind = visit.asked("q"), visit.asked("type") or None
    letter, after, before = (visit.asked(name) or None for name in ("letter", "after", "before"))
    with visit.read() as session:
        page = None if typed else session.items.page(letter=letter, after=after, before=before, type=kind, limit=25)
        values = {
            "cards": session.items.search(typed, limit=50, type=kind) if page is None else page.items,
            "page": page,
            "typed": typed,
            "letter": letter,
            "kind": kind,
            "term": session.settings.term,
            "types": {one.slug: one for one in session.settings.item_types},
        }
        if visit.is_fragment:
            return visit.html("belongings/item_rows.html", **values)
        values["letters"] = session.items.letters(type=kind)
    return visit.html("belongings/items.html", **values)


def _item_sent(visit: Visit, session: Session) -> dict[str, Any]:
    data = {name: visit.sent(name) for name in ("name", "type", "description", "status") if name in visit.form}
    return data | {"fields": custom_sent(visit, session.settings.entry.fields("item", type=data.get("type", "")))}


def _item_form(visit: Visit, session: Session, contact_id: str, data: dict[str, Any], **more: Any) -> Response:
    settings = session.settings
    values = {
        "contact": session.contacts.get(contact_id) if contact_id else None,
        "owners": None,
        "data": {"fields": {}, **data},
        "item": None,
        "conflict": None,
        "term": settings.term,
        "types": [one for one in settings.item_types if one.offered],
        "fields": [one for one in settings.entry.fields("item", type=data.get("type") or "") if one.definition],
        **more,
    }
    return visit.html("belongings/item.html", 422 if more.get("problems") else 200, **values)


@pages.get("/items/add")
def find_owner(visit: Visit) -> Response:
    """An item of somebody who gives an e-mail address: the contacts to which it can belong are offered (SIT-4)."""
    with visit.problems_of_form() as problems, visit.read() as session:
        email = visit.asked("email")
        owners = session.items.owners_at(email) if email else None
        return visit.html("belongings/owner.html", email=email, owners=owners, term=session.settings.term)
    with visit.read() as session:
        values = {"email": visit.asked("email"), "owners": None, "term": session.settings.term}
        return visit.html("belongings/owner.html", 422, problems=problems, **values)


@pages.get("/contacts/{id}/items/add")
def add_item_form(visit: Visit) -> Response:
    with visit.read() as session:
        return _item_form(visit, session, visit.id(), {"type": visit.asked("type")})


@pages.post("/contacts/{id}/items/add")
def add_item(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        if visit.sent("act") == "fields":
            return _item_form(visit, session, visit.id(), _item_sent(visit, session))
        item = session.items.add(visit.id(), from_plain({**_item_sent(visit, session), "kind": "item"}))
    if problems:
        with visit.read() as session:
            return _item_form(visit, session, visit.id(), _item_sent(visit, session), problems=problems)
    visit.say("{name} was added.", name=item.display_name)
    return visit.go(f"/contacts/{visit.id()}", tab="items")


@pages.get("/items/{id}/edit")
def edit_item_form(visit: Visit) -> Response:
    with visit.read() as session:
        item = session.items.get(visit.id())
        return _item_form(visit, session, item.contact_id, to_plain(item), item=item, roles=session.items.roles(item))


@pages.post("/items/{id}/edit")
def edit_item(visit: Visit) -> Response:
    conflict = None
    with visit.problems_of_form() as problems:
        try:
            with visit.write() as session:
                item = session.items.get(visit.id())
                data = {**_item_sent(visit, session), "version": visit.number("version")}
                session.items.save(from_plain(data, onto=item, also=["version"]), merge_changes=True)
        except Conflict as error:
            conflict = error
    if problems or conflict:
        with visit.read() as session:
            item, data = session.items.get(visit.id()), _item_sent(visit, session)
            return _item_form(visit, session, item.contact_id, data, item=item, problems=problems, conflict=conflict)
    visit.say("The changes were saved.")
    return visit.go(f"/contacts/{item.contact_id}", tab="items")


@pages.post("/items/{id}/delete")
def delete_item(visit: Visit) -> Response:
    with visit.write() as session:
        item = session.items.get(visit.id())
        session.items.delete(item)
    visit.say("{name} is in the trash.", name=item.display_name)
    return visit.go(f"/contacts/{item.contact_id}", tab="items")


@pages.post("/contacts/{id}/timeline")
def add_interaction(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        start = visit.sent("start")
        moment = None
        if start:
            # The browser sends the time on the wall, and the library takes no time without a zone.
            moment = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(visit.firm.timezone))
        texts: dict[str, Any] = {name: visit.sent(name) for name in ("type", "body", "item_id") if visit.sent(name)}
        session.timeline.add(visit.id(), Interaction(visit.sent("title"), start=moment, **texts))
    visit.say_problems(problems)
    return visit.go(f"/contacts/{visit.id()}", tab="timeline", **_item_query(visit))


def _item_query(visit: Visit) -> dict[str, str]:
    return {"item": visit.sent("item_id")} if visit.sent("item_id") else {}


@pages.post("/timeline/{id}/state")
def change_state(visit: Visit) -> Response:
    with visit.write() as session:
        one = session.timeline.get(visit.id())
        if visit.sent("state") == "delete":
            session.timeline.delete(one)
        else:
            session.timeline.save(attrs.evolve(one, state=visit.sent("state")))
    return visit.go(f"/contacts/{one.contact_id}", tab="timeline")
