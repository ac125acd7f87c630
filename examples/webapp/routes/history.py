"""The history of a contact: restoring an earlier state, and undoing one act."""

from __future__ import annotations

from starlette.responses import Response

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.get("/contacts/{id}/earlier")
def earlier(visit: Visit) -> Response:
    """What a contact was at the time of an act, beside what it is."""
    with visit.read() as session:
        contact = session.contacts.get(visit.id())
        was = session.history.as_of(contact, visit.asked("at"))
        return visit.html("history/earlier.html", contact=contact, was=was, at=visit.asked("at"))


@pages.post("/contacts/{id}/restore")
def restore(visit: Visit) -> Response:
    with visit.write() as session:
        session.history.restore(visit.id(), as_of=visit.sent("at"))
    visit.say("The earlier state is back.")
    return visit.go(f"/contacts/{visit.id()}", tab="history")


@pages.post("/contacts/{id}/undo")
def undo(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        session.history.undo(visit.sent("act"))
    visit.say_problems(problems)
    if not problems:
        visit.say("The act was undone.")
    with visit.read() as session:
        seen = session.contacts.get_many([visit.id()])
    return visit.go(f"/contacts/{visit.id()}", tab="history") if seen else visit.go("/contacts")
