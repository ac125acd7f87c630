"""The portal of clients: signing in, the password by a mailed link, the menu, the account, and the own profile."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from contactcore import NotFound, PortalUser

from ..pages import Pages
from ..web import Visit

pages = Pages()


def _source(visit: Visit) -> str:
    return visit.request.client.host if visit.request.client else ""


def _home(visit: Visit) -> str:
    return f"/portal/{visit.firm.slug}"


def _portal_user(visit: Visit) -> PortalUser:
    assert isinstance(visit.actor, PortalUser)
    return visit.actor


@pages.get("/portal/{firm}/sign-in", open_to="anybody")
def sign_in_form(visit: Visit) -> Response:
    return visit.html("portal/sign_in.html", message="", email="")


@pages.post("/portal/{firm}/sign-in", open_to="anybody")
def sign_in(visit: Visit) -> Response:
    email = visit.sent("email")
    password = str(visit.form.get("password", ""))
    signed_in = visit.workspace.sign_in(email, password, source=_source(visit))
    if not signed_in:
        status = 429 if signed_in.reason == "limited" else 401
        return visit.html("portal/sign_in.html", status, message=signed_in.message_in(visit.language), email=email)
    _keep(visit, signed_in.actor(signed_in.clients[0]))
    return visit.go(_home(visit))


def _keep(visit: Visit, user: PortalUser) -> None:
    """Keep who is signed in, in a new session: the staff's session of the same browser ends."""
    session = visit.request.session
    language = session.get("language", "")
    session.clear()
    if language:
        session["language"] = language
    kept = {"login": user.login_id, "client": user.client_id, "epoch": user.epoch}
    session["portal"] = {"firm": visit.firm.slug, **kept}


@pages.post("/portal/{firm}/sign-out", open_to="anybody")
def sign_out(visit: Visit) -> Response:
    visit.request.session.clear()
    return visit.go(f"{_home(visit)}/sign-in")


@pages.get("/portal/{firm}/forgotten", open_to="anybody")
def forgotten_form(visit: Visit) -> Response:
    return visit.html("portal/forgotten.html", asked=False)


@pages.post("/portal/{firm}/forgotten", open_to="anybody")
def forgotten(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        session.portal.request_password(visit.sent("email"), source=_source(visit))
    # The same answer for every address, so that nobody learns who has a login.
    return visit.html("portal/forgotten.html", 422 if problems else 200, asked=not problems, problems=problems)


@pages.get("/portal/{firm}/password", open_to="anybody")
def password_form(visit: Visit) -> Response:
    return visit.html("portal/password.html", token=visit.asked("token"))


@pages.post("/portal/{firm}/password", open_to="anybody")
def set_password(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        session.portal.set_password(visit.sent("token"), str(visit.form.get("password", "")))
    if problems:
        return visit.html("portal/password.html", 422, token=visit.sent("token"), problems=problems)
    visit.say("Your password is set. Please sign in.")
    return visit.go(f"{_home(visit)}/sign-in")


@pages.get("/portal/{firm}/address", open_to="anybody")
def confirm_form(visit: Visit) -> Response:
    return visit.html("portal/address.html", token=visit.asked("token"))


@pages.post("/portal/{firm}/address", open_to="anybody")
def confirm_address(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        session.portal.confirm_email(visit.sent("token"))
    if problems:
        return visit.html("portal/address.html", 422, token=visit.sent("token"), problems=problems)
    visit.say("Your new address is confirmed. Please sign in.")
    return visit.go(f"{_home(visit)}/sign-in")


def _page(visit: Visit, session: Any, template: str, status: int = 200, **values: Any) -> Response:
    user = _portal_user(visit)
    return visit.html(
        f"portal/{template}.html",
        status,
        client=session.contacts.get(user.client_id),
        menu=session.portal.menu(user.login_id, user.client_id),
        clients=session.portal.clients(user.login_id),
        user=user,
        **values,
    )


@pages.get("/portal/{firm}", open_to="portal")
def home(visit: Visit) -> Response:
    with visit.read() as session:
        client = _portal_user(visit).client_id
        return _page(visit, session, "home", sites=session.sites.of(client), items=session.items.of(client))


@pages.get("/portal/{firm}/profile", open_to="portal")
def profile(visit: Visit) -> Response:
    with visit.read() as session:
        modules = {one.slug: one.name for one in session.settings.modules}
        topics = {one.slug: one.name for one in session.settings.current.topics}
        return _page(visit, session, "profile", profile=session.portal.profile(), modules=modules, topics=topics)


@pages.post("/portal/{firm}/profile", open_to="portal")
def change_profile(visit: Visit) -> Response:
    """Change the own password, or ask for another address as the login name."""
    refused = ""
    with visit.problems_of_form() as problems, visit.write() as session:
        password = str(visit.form.get("current", ""))
        if visit.sent("act") == "password":
            answer = session.portal.change_password(password, str(visit.form.get("new", "")))
        else:
            answer = session.portal.request_email(visit.sent("email"), password, source=_source(visit))
        refused = "" if answer else answer.message_in(visit.language)
    if not problems and not refused:
        if visit.sent("act") == "password":
            # The new password has ended all sessions; the present one goes on.
            _keep(visit, answer.actor(_portal_user(visit).client_id))
            visit.say("Your password was changed.")
        else:
            visit.say("A letter with a link is on its way to {email}.", email=visit.sent("email"))
        return visit.go(f"{_home(visit)}/profile")
    visit.say_problems(problems)
    if refused:
        visit.say("{reason}", reason=refused)
    return visit.go(f"{_home(visit)}/profile")


@pages.post("/portal/{firm}/client", open_to="portal")
def choose_client(visit: Visit) -> Response:
    user = _portal_user(visit)
    with visit.read() as session:
        chosen = session.portal.choose(user.login_id, visit.sent("client"))
    session_data = visit.request.session
    session_data["portal"] = {**session_data["portal"], "client": chosen.client_id, "epoch": chosen.epoch}
    return visit.go(_home(visit))


@pages.get("/portal/{firm}/m/{module}", open_to="portal")
def module(visit: Visit) -> Response:
    user, slug = _portal_user(visit), visit.id("module")
    with visit.read() as session:
        if not session.portal.may_see(user.login_id, user.client_id, slug):
            raise NotFound("page", "")
        if slug != "invoices":
            name = next(one.name for one in session.portal.menu(user.login_id, user.client_id) if one.slug == slug)
            return _page(visit, session, "module", name=name)
        values = {
            "entries": session.account.history(user.client_id, limit=100),
            "balances": session.account.balance(user.client_id),
            "methods": session.account.methods(user.client_id),
        }
        return _page(visit, session, "account", **values)


@pages.get("/portal/{firm}/picture", open_to="portal")
def picture(visit: Visit) -> Response:
    with visit.read() as session:
        content = session.pictures.get(_portal_user(visit).client_id)
    if content is None:
        raise NotFound("page", "")
    return Response(content.data, media_type=content.media_type)
