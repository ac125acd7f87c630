"""The published contact form, and what visitors sent by it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from ..pages import Pages
from ..web import Visit

pages = Pages()


@pages.get("/f/{firm}/{form}", open_to="form")
def show(visit: Visit) -> Response:
    language = visit.request.headers.get("accept-language", "")
    html = visit.workspace.forms.render(visit.id("form"), language=visit.asked("language") or language)
    return visit.html("public_form.html", html=Markup(html))  # noqa: S704 - the library escapes what it renders


@pages.post("/f/{firm}/{form}", open_to="form")
def submit(visit: Visit) -> Response:
    fields: dict[str, Any] = {name: visit.sent_all(name) for name in visit.form}
    client = visit.request.client
    language = visit.request.headers.get("accept-language", "")
    answer = visit.workspace.forms.submit(
        visit.id("form"), fields, source=client.host if client else "", language=language
    )
    html = Markup(answer.html)  # noqa: S704 - the library escapes what it renders
    return visit.html("public_form.html", 200 if answer else 422, html=html)


@pages.get("/submissions")
def submissions(visit: Visit) -> Response:
    with visit.read() as session:
        page = session.forms.submissions.page(limit=100)
        suggestions = {one.id: session.forms.submissions.suggestion(one) for one in page if one.state == "suggested"}
        cards = {card.id: card for card in session.contacts.get_many([one.contact_id for one in page])}
        forms = session.forms.list()
        return visit.html("submissions.html", page=page, suggestions=suggestions, cards=cards, forms=forms)


@pages.post("/submissions/{id}")
def decide(visit: Visit) -> Response:
    act = visit.sent("act")
    with visit.problems_of_form() as problems, visit.write() as session:
        service = session.forms.submissions
        if act == "accept":
            service.accept(service.suggestion(visit.id()), visit.sent_all("field"))
        elif act == "dismiss":
            service.dismiss(visit.id())
        elif act == "separate":
            service.separate(visit.id())
        elif act == "undo":
            service.undo(visit.id())
        elif act == "delete":
            service.delete(visit.id())
    visit.say_problems(problems)
    return visit.go("/submissions")
