"""What every page needs: who asks, the session cookie, the language, templates, and the answers to errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import attrs
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from contactcore import (
    AccessPolicy,
    Address,
    Conflict,
    ContactCoreError,
    Duplicate,
    EmailAddress,
    Forbidden,
    Invalid,
    Money,
    NotFound,
    PhoneNumber,
    PortalUser,
    Problem,
    Settings,
    StorageError,
    Tag,
    User,
    Website,
    Workspace,
    label_of,
)

from .firms import FIRMS, USERS, Firm
from .texts import LANGUAGES, translate

if TYPE_CHECKING:
    from .app import Services

__all__ = ["Pages", "Visit", "by_path"]

HERE = Path(__file__).parent
STATUS = {Invalid: 422, NotFound: 404, Conflict: 409, Duplicate: 409, Forbidden: 403}
SIGNED_OUT = {"portal-refused", "portal-session-ended", "portal-login-off"}

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

templates.filters["pair"] = lambda text: (text, text)
templates.filters["slug_name"] = lambda entry: (entry.slug, entry.name)
templates.filters["text_pair"] = lambda tag: (tag.text, tag.text)
templates.filters["id_name"] = lambda record: (record.id, getattr(record, "display_name", "") or record.name)
templates.filters["term_name"] = lambda term: (term.slug, f"{term.singular}, {term.plural}")
templates.filters["labelled"] = lambda word, of, language: (word, label_of(word, language, of=of))
templates.filters["user_name"] = lambda name: USERS[name].title if name in USERS else name


def by_path(error: Invalid) -> dict[str, list[Problem]]:
    """The problems of a form by the paths of its fields."""
    found: dict[str, list[Problem]] = {}
    for problem in error.problems:
        found.setdefault(problem.path, []).append(problem)
    return found


@attrs.define(slots=False)
class Visit:
    """One request: what was sent, who asks, and how to answer. It is used in one thread."""

    request: Request
    services: Services
    form: FormData
    firm: Firm
    actor: User | PortalUser
    language: str

    @property
    def workspace(self) -> Workspace:
        return self.services.workspaces[self.firm.slug]

    @property
    def user(self) -> User:
        """The user of the staff; portal users have pages of their own."""
        if not isinstance(self.actor, User):
            raise NotFound("page", "")
        return self.actor

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return "hx-request" in self.request.headers

    def read(self) -> Any:
        return self.workspace.read(self.actor)

    def write(self) -> Any:
        return self.workspace.write(self.actor)

    def id(self, name: str = "id") -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def asked(self, name: str, default: str = "") -> str:
        """A value of the query."""
        return self.request.query_params.get(name, default).strip()

    def sent(self, name: str, default: str = "") -> str:
        """A text of the form."""
        value = self.form.get(name, default)
        return value.strip() if isinstance(value, str) else default

    def number(self, name: str) -> int:
        """A whole number of the form; 0 for anything else."""
        text = self.sent(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def say_problems(self, problems: Mapping[str, Iterable[Problem]]) -> None:
        """Show refusals on the next page, for forms that have no page of their own."""
        for problem in (one for several in problems.values() for one in several):
            where = f"{self.label(problem.path)}: " if problem.path else ""
            self.say("{reason}", reason=where + problem.message_in(self.language))

    def sent_all(self, name: str) -> list[str]:
        """The texts of the form under one name."""
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> tuple[str, bytes]:
        """The name and the content of an uploaded file; empty if there is none."""
        upload = self.form.get(name)
        return (upload.filename or "", upload.file.read()) if isinstance(upload, UploadFile) else ("", b"")

    def t(self, text: str, **values: object) -> str:
        """A text of the screens in the language of the visitor."""
        return translate(text, self.language, values)

    def label(self, path: str) -> str:
        """The name of a field for people; that of a custom field is in the settings."""
        definitions = {f"fields.{one.slug}": one.name for one in self.settings.fields} if "fields." in path else {}
        return definitions.get(path) or label_of(path, self.language)

    @cached_property
    def settings(self) -> Settings:
        """The settings of the workspace, read once for each request."""
        with self.read() as session:
            read: Settings = session.settings.current
        return read

    def say(self, text: str, **values: object) -> None:
        """Show a sentence on the next page."""
        self.request.session.setdefault("said", []).append(self.t(text, **values))

    def go(self, path: str, **query: str) -> Response:
        """Send the browser to another page."""
        return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)

    def html(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page, or a part of one."""
        return HTMLResponse(self.text(template, **values), status_code=status)

    def text(self, template: str, **values: Any) -> str:
        """The HTML of a page, or of a part of one."""
        session = self.request.session
        return templates.get_template(template).render(
            visit=self,
            _=self.t,
            firm=self.firm,
            actor=self.actor,
            admin=self.actor.admin,
            lang=self.language,
            languages=LANGUAGES,
            csrf=session.setdefault("csrf", secrets.token_urlsafe(24)),
            said=[] if self.is_fragment else session.pop("said", []),
            path=self.request.url.path,
            when=self.when,
            day=self.day,
            money=self.money,
            say_problem=lambda problem: problem.message_in(self.language),
            label=self.label,
            word=lambda of, word: label_of(word, self.language, of=of),
            access_policies=[(one.value, label_of(one.value, self.language, of="access")) for one in AccessPolicy],
            read_only=getattr(self.actor, "read_only", False),
            phone=lambda number: PhoneNumber.restore(number).international,
            pager=self.pager,
            shown=self.shown,
            first=lambda values, count: list(islice(values, count)),
            user_name=lambda name: USERS[name].title if name in USERS else name,
            **{"problems": {}, **values},
        )

    def pager(self, **cursor: str) -> str:
        """The query of this page with another cursor."""
        kept = {name: value for name, value in self.request.query_params.items() if name not in {"after", "before"}}
        return urlencode(kept | cursor)

    def shown(self, value: Any) -> str:
        """Any value of a field, for people."""
        if isinstance(value, Address | PhoneNumber | Website | bool):
            return self._shown_value(value)
        if isinstance(value, EmailAddress | Tag):
            return value.text
        if isinstance(value, Mapping):
            kept = (
                self.shown(one)
                for name, one in value.items()
                if name not in {"kind", "billing", "text"} or len(value) == 1
            )
            return ", ".join(filter(None, kept)) or str(value.get("text", ""))
        if isinstance(value, list | tuple):
            return "; ".join(self.shown(one) for one in value)
        return "" if value is None else str(value)

    def _shown_value(self, value: Address | PhoneNumber | Website | bool) -> str:
        if isinstance(value, Address):
            return ", ".join(value.lines(self.language))
        if isinstance(value, PhoneNumber):
            return value.international
        return value.url if isinstance(value, Website) else self.t("yes" if value else "no")

    def when(self, moment: datetime | str | None) -> str:
        """A time in the zone of the workspace, as people of the language write it."""
        if not moment:
            return ""
        read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        local = read.astimezone(ZoneInfo(self.settings.timezone))
        return str(format_datetime(local, "d MMM y, HH:mm", locale=self.language))

    def day(self, value: date | None) -> str:
        return str(format_date(value, "d MMM y", locale=self.language)) if value else ""

    def money(self, amount: Money) -> str:
        return str(format_currency(amount.amount, str(amount.currency), locale=self.language))

    @contextmanager
    def problems_of_form(self) -> Iterator[dict[str, list[Problem]]]:
        """Collect the refusals of the block, by the paths of their fields; empty if there were none."""
        found: dict[str, list[Problem]] = {}
        try:
            yield found
        except Invalid as error:
            found.update(by_path(error))
        except (Duplicate, Forbidden) as error:
            found.setdefault("", []).append(Problem(error.code, "", error.message_in(self.language)))


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
        if request.method == "POST" and open_to != "form" and not _same_token(session, form):
            return visit.html("error.html", 403, title=visit.t("This page is too old"), message="csrf")
        if "firm" in request.path_params and firm is None:
            raise NotFound("page", "")
        if open_to == "staff":
            if firm is None or session.get("user") not in USERS:
                return visit.go("/sign-in")
            visit.actor = USERS[session["user"]].actor
        if open_to == "portal":
            kept = session.get("portal", {})
            if kept.get("firm") != slug:
                return visit.go(f"/portal/{slug}/sign-in")
            visit.actor = PortalUser(kept["login"], kept["client"], kept["epoch"])
        return handler(visit)
    except ContactCoreError as error:
        return _refusal(visit, error)


def _same_token(session: Mapping[str, Any], form: FormData) -> bool:
    sent, kept = form.get("csrf"), session.get("csrf", "")
    return isinstance(sent, str) and bool(kept) and secrets.compare_digest(sent, kept)


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
    return visit.html("error.html", status, title=title, message=message, found=problems)
