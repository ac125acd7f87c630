"""The timeline of a contact: recording an interaction, and what becomes of a planned one."""

from __future__ import annotations

from typing import Any

import attrs
from starlette.responses import Response

from contactcore import Interaction

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.post("/contacts/{id}/timeline")
def add(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        moment = session.settings.local_time(visit.sent("start")) if visit.sent("start") else None
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
