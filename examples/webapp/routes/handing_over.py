"""Handing over: what a user who leaves looked after goes to another one, with a preview."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from ..firms import USERS
from ..pages import Pages
from ..web import Visit

pages = Pages()

TAKERS = {name: one for name, one in USERS.items() if not one.actor.read_only}


@pages.get("/handing-over")
def show(visit: Visit) -> Response:
    """The form; with both users chosen, the numbers of what would go."""
    preview = None
    with visit.problems_of_form() as problems:
        if visit.asked("user"):
            maintenance = visit.workspace.maintenance(visit.user)
            preview = maintenance.preview_hand_over(visit.asked("user"), to=visit.asked("to"))
    return _page(visit, problems, visit.asked("user"), visit.asked("to"), preview)


def _page(visit: Visit, problems: dict[str, Any], user: str, to: str, preview: Any = None) -> Response:
    past = visit.workspace.maintenance(visit.user).jobs(kind="hand-over", limit=20)
    values = {"user": user, "to": to, "preview": preview, "past": past, "users": USERS, "takers": TAKERS}
    return visit.html("handing_over.html", 422 if problems else 200, problems=problems, **values)


@pages.post("/handing-over")
def hand_over(visit: Visit) -> Response:
    user, to = visit.sent("user"), visit.sent("to")
    done = None
    with visit.problems_of_form() as problems:
        done = visit.workspace.maintenance(visit.user).hand_over(user, to=to)
    if done is None:
        return _page(visit, problems, user, to)
    visit.say("{count} records were handed over.", count=done.total)
    return visit.go("/handing-over")
