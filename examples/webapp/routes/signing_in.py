"""Choosing a firm and a user of the demonstration, signing out, and the language of the screens."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from contactcore import NotFound

from ..firms import FIRMS, USERS
from ..pages import Pages, ask_again
from ..sent_forms import kept_fields, local_path
from ..texts import LANGUAGES
from ..web import Visit

pages = Pages()


@pages.get("/sign-in", open_to="anybody")
def sign_in(visit: Visit) -> Response:
    return visit.html("sign_in.html", firms=FIRMS.values(), users=USERS, chosen=visit.asked("firm", "northfield"))


@pages.post("/sign-in", open_to="anybody")
def signed_in(visit: Visit) -> Response:
    firm, user = visit.sent("firm"), visit.sent("user")
    if firm not in FIRMS or user not in USERS:
        raise NotFound("page", "")
    session = visit.request.session
    language = session.get("language", "")
    session.clear()  # a new token, so that nobody who knew the former one is signed in
    session.update({"firm": firm, "user": user} | ({"language": language} if language else {}))
    if visit.sent("again"):
        # The form of the ended session is sent again, with a new token.
        kept = [(name.removeprefix("kept-"), value) for name, value in kept_fields(visit.form) if "kept-" in name[:5]]
        visit.language = language or FIRMS[firm].language
        return ask_again(visit, kept, local_path(visit.sent("again")), signed_in=True)
    return visit.go("/contacts")


@pages.post("/sign-out", open_to="anybody")
def sign_out(visit: Visit) -> Response:
    visit.request.session.clear()
    return visit.go("/sign-in")


@pages.post("/language", open_to="anybody")
def choose_language(visit: Visit) -> Response:
    if (language := visit.sent("language")) in LANGUAGES:
        visit.request.session["language"] = language
    back = urlsplit(visit.sent("back"))
    return visit.go(local_path(back.path) + (f"?{back.query}" if back.query else ""))
