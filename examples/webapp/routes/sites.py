"""The sites of a contact: adding, changing and deleting them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from contactcore import Conflict, from_plain, to_plain
from contactcore.workspace.session import Session

from ..contact_form import address_sent, custom_sent, rows_sent
from ..pages import Pages
from ..web import Visit

pages = Pages()


def sent(visit: Visit, session: Session) -> dict[str, Any]:
    data: dict[str, Any] = {name: visit.sent(name) for name in ("name", "access_notes")}
    data |= {name: rows_sent(visit, name, "text") for name in ("emails", "phones")}
    data["address"] = address_sent(visit, "address", 0) or None
    return data | {"fields": custom_sent(visit, session.settings.entry.fields("site"))}


def _form(visit: Visit, session: Session, contact_id: str, data: dict[str, Any], **more: Any) -> Response:
    values = {
        "contact": session.contacts.get(contact_id),
        "data": {"fields": {}, **data},
        "site": None,
        "conflict": None,
        "version": 0,
        "check": "/check/site",
        "fields": [one for one in session.settings.entry.fields("site") if one.definition],
        **more,
    }
    return visit.html("sites/form.html", 422 if more.get("problems") else 200, **values)


@pages.get("/contacts/{id}/sites/add")
def add_form(visit: Visit) -> Response:
    with visit.read() as session:
        return _form(visit, session, visit.id(), {})


@pages.post("/contacts/{id}/sites/add")
def add(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        data = {**sent(visit, session), "kind": "site"}
        if visit.sent("act") == "billing":
            site = session.sites.add_from_billing(visit.id(), visit.sent("name"))
        else:
            site = session.sites.add(visit.id(), from_plain(data, country=visit.firm.country))
    if problems:
        with visit.read() as session:
            return _form(visit, session, visit.id(), sent(visit, session), problems=problems)
    visit.say("{name} was added.", name=site.display_name)
    return visit.go(f"/contacts/{visit.id()}", tab="sites")


@pages.get("/sites/{id}/edit")
def edit_form(visit: Visit) -> Response:
    with visit.read() as session:
        site = session.sites.get(visit.id())
        return _form(visit, session, site.contact_id, to_plain(site), site=site, version=site.version)


@pages.post("/sites/{id}/edit")
def edit(visit: Visit) -> Response:
    conflict = None
    with visit.problems_of_form() as problems:
        try:
            with visit.write() as session:
                site = session.sites.get(visit.id())
                data = {**sent(visit, session), "version": visit.number("version")}
                wanted = from_plain(data, onto=site, also=["version"], country=visit.firm.country)
                session.sites.save(wanted, merge_changes=True)
        except Conflict as error:
            conflict = error
    if problems or conflict:
        with visit.read() as session:
            site = session.sites.get(visit.id())
            # After a conflict the form has the version of now, and the changes of others that are in no conflict.
            data = to_plain(conflict.merged or conflict.mine) if conflict else sent(visit, session)
            more = {"version": site.version if conflict else visit.number("version"), "conflict": conflict}
            return _form(visit, session, site.contact_id, data, site=site, problems=problems, **more)
    visit.say("The changes were saved.")
    return visit.go(f"/contacts/{site.contact_id}", tab="sites")


@pages.post("/sites/{id}/delete")
def delete(visit: Visit) -> Response:
    with visit.write() as session:
        site = session.sites.get(visit.id())
        session.sites.delete(site)
    visit.say("{name} is in the trash.", name=site.display_name)
    return visit.go(f"/contacts/{site.contact_id}", tab="sites")
