"""Items: their directory, adding, changing and deleting them, and finding the contact of a new one."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from contactcore import Conflict, from_plain, to_plain
from contactcore.workspace.session import Session

from ..contact_form import custom_sent
from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.get("/items")
def show(visit: Visit) -> Response:
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
            return visit.html("items/rows.html", **values)
        values["letters"] = session.items.letters(type=kind)
    return visit.html("items/page.html", **values)


def sent(visit: Visit, session: Session) -> dict[str, Any]:
    data = {name: visit.sent(name) for name in ("name", "type", "description", "status") if name in visit.form}
    return data | {"fields": custom_sent(visit, session.settings.entry.fields("item", type=data.get("type", "")))}


def _form(visit: Visit, session: Session, contact_id: str, data: dict[str, Any], **more: Any) -> Response:
    settings = session.settings
    values = {
        "contact": session.contacts.get(contact_id) if contact_id else None,
        "owners": None,
        "data": {"fields": {}, **data},
        "item": None,
        "conflict": None,
        "version": 0,
        "check": "/check/item",
        "term": settings.term,
        "types": [one for one in settings.item_types if one.offered],
        "fields": [one for one in settings.entry.fields("item", type=data.get("type") or "") if one.definition],
        **more,
    }
    return visit.html("items/form.html", 422 if more.get("problems") else 200, **values)


@pages.get("/items/add")
def find_owner(visit: Visit) -> Response:
    """An item of somebody who gives an e-mail address: the contacts to which it can belong are offered (SIT-4)."""
    with visit.problems_of_form() as problems, visit.read() as session:
        email = visit.asked("email")
        owners = session.items.owners_at(email) if email else None
        return visit.html("items/owner.html", email=email, owners=owners, term=session.settings.term)
    with visit.read() as session:
        values = {"email": visit.asked("email"), "owners": None, "term": session.settings.term}
        return visit.html("items/owner.html", 422, problems=problems, **values)


@pages.get("/contacts/{id}/items/add")
def add_form(visit: Visit) -> Response:
    with visit.read() as session:
        return _form(visit, session, visit.id(), {"type": visit.asked("type")})


@pages.post("/contacts/{id}/items/add")
def add(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        if visit.sent("act") == "fields":
            return _form(visit, session, visit.id(), sent(visit, session))
        item = session.items.add(visit.id(), from_plain({**sent(visit, session), "kind": "item"}))
    if problems:
        with visit.read() as session:
            return _form(visit, session, visit.id(), sent(visit, session), problems=problems)
    visit.say("{name} was added.", name=item.display_name)
    return visit.go(f"/contacts/{visit.id()}", tab="items")


@pages.get("/items/{id}/edit")
def edit_form(visit: Visit) -> Response:
    with visit.read() as session:
        item = session.items.get(visit.id())
        return _form(visit, session, item.contact_id, to_plain(item), item=item, version=item.version)


@pages.post("/items/{id}/edit")
def edit(visit: Visit) -> Response:
    conflict = None
    with visit.problems_of_form() as problems:
        try:
            with visit.write() as session:
                item = session.items.get(visit.id())
                data = {**sent(visit, session), "version": visit.number("version")}
                session.items.save(from_plain(data, onto=item, also=["version"]), merge_changes=True)
        except Conflict as error:
            conflict = error
    if problems or conflict:
        with visit.read() as session:
            item = session.items.get(visit.id())
            # After a conflict the form has the version of now, and the changes of others that are in no conflict.
            data = to_plain(conflict.merged or conflict.mine) if conflict else sent(visit, session)
            more = {"version": item.version if conflict else visit.number("version"), "conflict": conflict}
            return _form(visit, session, item.contact_id, data, item=item, problems=problems, **more)
    visit.say("The changes were saved.")
    return visit.go(f"/contacts/{item.contact_id}", tab="items")


@pages.post("/items/{id}/delete")
def delete(visit: Visit) -> Response:
    with visit.write() as session:
        item = session.items.get(visit.id())
        session.items.delete(item)
    visit.say("{name} is in the trash.", name=item.display_name)
    return visit.go(f"/contacts/{item.contact_id}", tab="items")
