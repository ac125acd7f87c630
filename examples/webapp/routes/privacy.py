"""Privacy: finding a person, and what is held on the person: reports, consents, restriction and erasure.

The library decides who may do what; admins alone restrict and erase.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from contactcore import NotFound
from contactcore.workspace.session import Session

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.get("/privacy")
def find(visit: Visit) -> Response:
    """People with a name, an address or a number: as contacts, as contact persons, and in the trash."""
    typed = visit.asked("q")
    found: dict[str, str] = {}
    with visit.read() as session:
        for hit in session.contacts.search(typed, limit=50, role="any") if typed else ():
            if hit.card.kind == "person":
                found[hit.id] = hit.name
            found |= {one.id: one.text for one in hit.matched if one.by == "person"}
        trashed = [card for card in session.trash.list(limit=200) if card.kind == "person"] if typed else []
    deleted = [card for card in trashed if typed.casefold() in card.name.casefold()]
    erasures = visit.workspace.maintenance(visit.user).jobs(kind="erase", limit=20)
    return visit.html("privacy/find.html", typed=typed, found=found, deleted=deleted, erasures=erasures)


@pages.get("/privacy/{id}")
def show(visit: Visit) -> Response:
    with visit.read() as session:
        try:
            return _page(visit, session)
        except NotFound:
            # Who was erased has a receipt; the id says nothing about the person.
            if not visit.user.admin:
                raise
            return visit.html("privacy/receipt.html", receipt=session.privacy.receipt(visit.id()))


def _page(visit: Visit, session: Session, **more: Any) -> Response:
    """What is held on a person, in numbers, with the acts that the user may ask for."""
    held = session.privacy.report(visit.id(), language=visit.language).data
    contacts = session.contacts.get_many([visit.id()])
    person = session.contacts.get(visit.id()) if contacts else None
    values = {
        "id": visit.id(),
        "name": held["person"].get("display_name", ""),
        "person": person,
        "counts": {kind: len(records) for kind, records in held["records"].items() if records},
        "elsewhere": len(held["elsewhere"]),
        "restricted": bool(person and person.restricted),
        "consents": session.privacy.consents(visit.id()),
        "obstacles": session.privacy.obstacles(visit.id()) if visit.user.admin else (),
        "alike": session.duplicates.of(visit.id()) if person else (),
        **more,
    }
    return visit.html("privacy/person.html", 422 if more.get("problems") else 200, **values)


@pages.get("/privacy/{id}/report.html")
def report(visit: Visit) -> Response:
    """The page to hand over; the library writes and escapes it."""
    with visit.read() as session:
        held = session.privacy.report(visit.id(), language=visit.language)
    return Response(held.html, media_type="text/html", headers=_as_file("report.html"))


@pages.get("/privacy/{id}/report.json")
def document(visit: Visit) -> Response:
    with visit.read() as session:
        held = session.privacy.report(visit.id())
    text = json.dumps(held.data, ensure_ascii=False, indent=1)
    return Response(text, media_type="application/json", headers=_as_file("report.json"))


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


@pages.post("/privacy/{id}/consents")
def give_consent(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        purpose, source = visit.sent("purpose"), visit.sent("source")
        session.privacy.give_consent(visit.id(), purpose, wording=visit.sent("wording"), source=source)
    return _after(visit, problems)


@pages.post("/privacy/{id}/consents/withdraw")
def withdraw_consent(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        session.privacy.withdraw_consent(visit.id(), visit.sent("purpose"))
    return _after(visit, problems)


@pages.post("/privacy/{id}/restriction")
def restrict(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        change = session.privacy.unrestrict if visit.sent("act") == "end" else session.privacy.restrict
        change(visit.id())
    return _after(visit, problems)


def _after(visit: Visit, problems: dict[str, Any]) -> Response:
    if problems:
        with visit.read() as session:
            return _page(visit, session, problems=problems)
    visit.say("The changes were saved.")
    return visit.go(f"/privacy/{visit.id()}")


@pages.post("/privacy/{id}/erase")
def erase(visit: Visit) -> Response:
    """Erase the person, once the admin has seen what goes and has agreed."""
    if not visit.sent("agree"):
        visit.say("Look at what goes, and agree to it first.")
        return visit.go(f"/privacy/{visit.id()}")
    with visit.problems_of_form() as problems:
        visit.workspace.privacy(visit.user).erase(visit.id())
    if problems:
        with visit.read() as session:
            return _page(visit, session, problems=problems)
    return visit.go(f"/privacy/{visit.id()}")
