"""The responsible contacts of an item: who has which role for it, such as guardian or payer (SIT-2)."""

from __future__ import annotations

from typing import Any

import attrs
from starlette.responses import Response

from contactcore import Conflict, Invalid, NotFound
from contactcore.workspace.session import Session

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.get("/items/{id}/roles")
def show(visit: Visit) -> Response:
    with visit.read() as session:
        return _page(visit, session)


def _page(visit: Visit, session: Session, **more: Any) -> Response:
    item, typed = session.items.get(visit.id()), visit.asked("q") or visit.sent("q")
    values = {
        "item": item,
        "typed": typed,
        "found": session.contacts.search(typed, limit=10, role="any") if typed else (),
        "chosen": visit.sent("holder"),
        "information": visit.sent("information"),
        "conflict": None,
        **more,
    }
    if visit.is_fragment:
        return visit.html("roles/found.html", **values)
    values |= {
        "contact": session.contacts.get(item.contact_id),
        "may_change": bool(session.contacts.may_change(item.contact_id)),
        "assigned": session.items.roles(item),
        "roles": session.settings.current.item_roles,
        "role": visit.sent("role"),
    }
    return visit.html("roles/page.html", 422 if more.get("problems") else 200, **values)


@pages.post("/items/{id}/roles")
def assign(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        if not visit.sent("holder"):
            raise Invalid("holder-missing", visit.t("Choose a contact first."), path="contact")
        session.items.assign(
            visit.id(), visit.sent("holder"), visit.sent("role"), information=visit.sent("information")
        )
    if problems:
        with visit.read() as session:
            return _page(visit, session, problems=problems)
    visit.say("The changes were saved.")
    return visit.go(f"/items/{visit.id()}/roles")


@pages.post("/items/{id}/roles/{role}")
def change(visit: Visit) -> Response:
    """Change the role or the information of a responsible contact, or take the role away."""
    conflict = None
    with visit.problems_of_form() as problems:
        try:
            with visit.write() as session:
                found = next((one for one in session.items.roles(visit.id()) if one.role.id == visit.id("role")), None)
                if found is None:
                    raise NotFound("role", visit.id("role"))
                read = attrs.evolve(found.role, version=visit.number("version"))
                if visit.sent("act") == "remove":
                    session.items.unassign(read)
                else:
                    texts = {"role": visit.sent("role"), "information": visit.sent("information")}
                    session.items.save_role(attrs.evolve(read, **texts))
        except Conflict as error:
            conflict = error
    if problems or conflict:
        with visit.read() as session:
            return _page(visit, session, problems=problems, conflict=conflict)
    visit.say("The changes were saved.")
    return visit.go(f"/items/{visit.id()}/roles")
