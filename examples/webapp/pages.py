"""Pages and forms: who may ask for them, forms of ended sessions, and the answers to errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contactcore import (
    Conflict,
    ContactCoreError,
    Duplicate,
    Forbidden,
    Invalid,
    NotFound,
    PortalUser,
    Problem,
    StorageError,
    User,
)

from .firms import FIRMS, USERS
from .sent_forms import is_from_here, kept_fields, same_token
from .web import Visit, user_pair

__all__ = ["Pages", "ask_again"]

STATUS = {Invalid: 422, NotFound: 404, Conflict: 409, Duplicate: 409, Forbidden: 403}
SIGNED_OUT = {"portal-refused", "portal-session-ended", "portal-login-off"}
# The fields that take work to type, which an error page shows again.
TYPED = {"name", "given_name", "family_name", "description", "emails", "phones", "body", "title", "information", "text"}
TYPED |= {"access_notes", "position", "department", "tags", "birthday", "addresses-street", "addresses-city"}
Handler = Callable[[Visit], Response]


class Pages:
    """The routes of one area; its handlers are plain functions, because the library is synchronous."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add(path, "GET", **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add(path, "POST", **options)

    def _add(self, path: str, method: str, *, open_to: str = "staff") -> Callable[[Handler], Handler]:
        """Add a page for `"staff"`, for `"portal"` users, or for `"anybody"` (`"form"`: and it has a token itself)."""

        def added(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                form = await request.form(max_files=2, max_fields=2_000) if method == "POST" else FormData()
                try:
                    return await run_in_threadpool(_answer, handler, request, form, open_to)
                finally:
                    await form.close()

            self.routes.append(Route(path, endpoint, methods=[method], name=f"{handler.__module__}.{handler.__name__}"))
            return handler

        return added


def _answer(handler: Handler, request: Request, form: FormData, open_to: str) -> Response:
    session = request.session
    slug = request.path_params.get("firm") or session.get("firm", "")
    firm = FIRMS.get(slug)
    language = session.get("language") or (firm.language if firm else "en")
    nobody = User("web page")  # it acts where nobody is signed in, without rights of its own
    visit = Visit(request, request.app.state.services, form, firm or next(iter(FIRMS.values())), nobody, language)
    try:
        if "firm" in request.path_params and firm is None:
            raise NotFound("page", "")
        signed_in = open_to not in {"staff", "portal"} or _find_actor(visit, open_to, slug)
        if request.method == "POST" and open_to != "form" and not same_token(session, form):
            return _too_old(visit, signed_in=signed_in, staff=open_to == "staff")
        if not signed_in:
            return _sign_in_first(visit, "/sign-in" if open_to == "staff" else f"/portal/{slug}/sign-in")
        # Who signs in twice is signed in; only the forms of the staff are carried out once.
        return _once(visit, handler) if open_to == "staff" else handler(visit)
    except ContactCoreError as error:
        return _refusal(visit, error)


def _once(visit: Visit, handler: Handler) -> Response:
    """Answer a page, or carry out a form; a form that was carried out before leads to the same page."""
    session, path = visit.request.session, visit.request.url.path
    answer, repeated = visit.services.sent.once(visit.form, session, path, lambda: handler(visit))
    if repeated:
        visit.say("This form was sent already: nothing was done twice.")
    return answer


def _find_actor(visit: Visit, open_to: str, slug: str) -> bool:
    """Whether somebody is signed in, who acts from now on."""
    session = visit.request.session
    if open_to == "staff":
        if slug not in FIRMS or session.get("user") not in USERS:
            return False
        visit.actor = USERS[session["user"]].actor
        return True
    kept = session.get("portal", {})
    if kept.get("firm") != slug:
        return False
    visit.actor = PortalUser(kept["login"], kept["client"], kept["epoch"])
    return True


def _sign_in_first(visit: Visit, path: str) -> Response:
    """Send to the page for signing in; a part of a page must not show that page inside itself."""
    if not visit.is_fragment:
        return visit.go(path)
    if visit.request.method == "POST":
        return Response(status_code=401)  # a check while somebody types: the form itself says it when it is sent
    return Response(status_code=401, headers={"hx-redirect": path})


def _too_old(visit: Visit, *, signed_in: bool, staff: bool) -> Response:
    """The answer to a form of an ended session: what was typed stays, and can be sent again after signing in.

    Only a form of this application is kept. Another site could otherwise have its own text sent again.
    """
    if visit.is_fragment:
        return Response(status_code=401)
    if not staff or not is_from_here(visit.request):
        return visit.html("error.html", 403, title=visit.t("This page is too old"), message="csrf")
    files = any(isinstance(value, UploadFile) and value.filename for value in visit.form.values())
    kept = kept_fields(visit.form)
    return ask_again(visit, kept, visit.request.url.path, 403, signed_in=signed_in, files=files)


def ask_again(
    visit: Visit, kept: list[tuple[str, str]], to: str, status: int = 200, *, signed_in: bool, files: bool = False
) -> Response:
    """A page from which a kept form is sent again, after signing in if that is needed."""
    choices = {"firms": [(one.slug, one.title) for one in FIRMS.values()], "users": [*map(user_pair, USERS.items())]}
    return visit.html("again.html", status, signed_in=signed_in, to=to, kept=kept, files=files, **choices)


def _refusal(visit: Visit, error: ContactCoreError) -> Response:
    if error.code in SIGNED_OUT:
        visit.request.session.pop("portal", None)
        visit.say("Please sign in again.")
        return visit.go(f"/portal/{visit.firm.slug}/sign-in")
    visit.actor = visit.actor if isinstance(visit.actor, User) else User("web page")
    if isinstance(error, StorageError):
        return visit.html(
            "error.html", 503, title=visit.t("Please try again"), message=error.message_in(visit.language)
        )
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    titles = {404: "There is no such page", 403: "This is not allowed", 409: "Somebody was faster"}
    title = visit.t(titles.get(status, "This cannot be done"))
    problems: Iterable[Problem] = error.problems if isinstance(error, Invalid) else ()
    # What is hidden and what does not exist get the same page.
    message = "" if status == 404 else error.message_in(visit.language)
    typed = [(name, value) for name, value in kept_fields(visit.form) if value.strip() and name in TYPED]
    return visit.html("error.html", status, title=title, message=message, found=problems, typed=typed)
