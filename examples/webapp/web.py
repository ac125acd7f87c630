"""What every page needs of its request: who asks, what was sent, the language, templates, and what people are shown."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
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
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from contactcore import (
    AccessPolicy,
    Address,
    Conflict,
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
    Tag,
    User,
    Website,
    Workspace,
    label_of,
    to_plain,
)

from .firms import USERS, Firm, StaffUser
from .texts import LANGUAGES, translate

if TYPE_CHECKING:
    from .app import Services

__all__ = ["Visit", "by_path", "templates", "user_pair"]

HERE = Path(__file__).parent

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


def user_pair(item: tuple[str, StaffUser]) -> tuple[str, str]:
    """A user for a list of choices."""
    return item[0], item[1].title


templates.filters["user_pair"] = user_pair
templates.filters["user_name"] = lambda name: USERS[name].title if name in USERS else name


def by_path(error: Invalid) -> dict[str, list[Problem]]:
    """The problems of a form by the paths of its fields."""
    found: dict[str, list[Problem]] = {}
    for problem in error.problems:
        found.setdefault(problem.path, []).append(problem)
    return found


def _part(plain: Any, name: str) -> Any:
    """A field of plain data; `fields.<slug>` for a custom one."""
    for part in name.split(".", 1):
        plain = plain.get(part, "") if isinstance(plain, Mapping) else ""
    return plain


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
            once=lambda: secrets.token_urlsafe(9),
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
            **{"problems": {}, "check": "", **values},
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

    def differences(self, conflict: Conflict) -> list[tuple[str, Any, Any]]:
        """The fields that two people changed, each with the value of the form and the stored one."""
        mine, stored = to_plain(conflict.mine), to_plain(conflict.stored) if conflict.stored else {}
        settings = self.settings
        names = {
            "categories": {one.slug: one.name for one in settings.categories},
            "role": {one.slug: one.name for one in settings.item_roles},
            "type": {one.slug: one.name for one in (*settings.types, *settings.item_types)},
        }

        def value(plain: Mapping[str, Any], field: str) -> Any:
            found, known = _part(plain, field), names.get(field, {})
            return [known.get(one, one) for one in found] if isinstance(found, list) else known.get(found, found)

        return [(field, value(mine, field), value(stored, field)) for field in conflict.fields]

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
