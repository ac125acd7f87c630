"""The settings of a workspace; everybody reads them, and the library refuses changes of others than admins."""

from __future__ import annotations

from typing import Any

import attrs
from starlette.responses import Response

from contactcore import Form, FormField, NotFound
from contactcore.formats.letters import LETTERS
from contactcore.model.form import FORM_FIELDS
from contactcore.model.term import TERMS, Term
from contactcore.workspace.session import Session

from ..firms import USERS
from ..pages import Pages
from ..web import Visit

pages = Pages()

SECTIONS = {
    "lists": "Lists",
    "fields": "Fields",
    "terms": "Terms",
    "portal": "Portal and letters",
    "forms": "Forms",
    "defaults": "Defaults",
}
FIELD_TYPES = ("text", "long-text", "number", "date", "yes-no", "choice", "choices", "email", "phone", "url")
LISTS = {
    "types": "Types",
    "categories": "Categories",
    "item_types": "Types of items",
    "item_roles": "Roles for items",
    "interaction_types": "Kinds of interactions",
}


@pages.get("/settings")
def show(visit: Visit) -> Response:
    with visit.read() as session:
        return _page(visit, session)


def _page(visit: Visit, session: Session, **more: Any) -> Response:
    section = visit.asked("section") or visit.sent("section") or "lists"
    settings = session.settings
    current = settings.current
    values = {
        "section": section if section in SECTIONS else "lists",
        "sections": SECTIONS,
        "current": current,
        "lists": {name: getattr(current, name) for name in LISTS},
        "list_names": LISTS,
        "fields": settings.fields,
        "field_types": FIELD_TYPES,
        "term": settings.term,
        "terms": [Term.known(slug, current.language.base) for slug in TERMS],
        "letters": LETTERS,
        "forms": session.forms.list(archived=True),
        "form_fields": FORM_FIELDS["person"],
        "users": USERS,
        "sent": visit.form,
        "problems": {},
        **more,
    }
    return visit.html("settings.html", 422 if values["problems"] else 200, **values)


@pages.post("/settings")
def change(visit: Visit) -> Response:
    with visit.problems_of_form() as problems, visit.write() as session:
        _change(visit, session)
    if problems:
        with visit.read() as session:
            return _page(visit, session, problems=problems)
    visit.say("The settings were saved.")
    return visit.go("/settings", section=visit.sent("section", "lists"))


def _change(visit: Visit, session: Session) -> None:
    settings, act = session.settings, visit.sent("act")
    slug, name = visit.sent("slug"), visit.sent("name")
    if act in {"add", "rename", "archive", "offer", "remove"}:
        _change_list(session, visit.sent("list"), act, slug, name, visit.sent("replacement"))
    elif act == "field":
        settings.define_field(
            name,
            visit.sent("type"),
            on=visit.sent_all("on"),
            required=bool(visit.sent("required")),
            choices=[line.strip() for line in visit.sent("choices").splitlines() if line.strip()],
            in_portal=bool(visit.sent("in_portal")),
        )
    elif act == "archive-field":
        settings.change_field(slug, archived=visit.sent("archived") == "yes")
    elif act == "role-topics":
        settings.item_roles.set_topics(slug, visit.sent_all("topics"))
    elif act == "term":
        settings.set_term(slug)
    elif act == "own-term":
        settings.set_own_term(visit.sent("singular"), visit.sent("plural"))
    elif act in {"portal", "defaults"}:
        _change_defaults(visit, session)
    elif act == "form":
        session.forms.add(_form(visit))
    elif act == "close-form":
        form = session.forms.get(visit.sent("form"))
        session.forms.save(attrs.evolve(form, archived=not form.archived))
    else:
        raise NotFound("act", act)


def _change_defaults(visit: Visit, session: Session) -> None:
    settings = session.settings
    if visit.sent("act") == "portal":
        settings.set_default_permissions(visit.sent_all("permissions"))
        settings.notices.set_default(visit.sent_all("notifications"))
        settings.notices.need_permission(on=bool(visit.sent("need_permission")))
        for template in LETTERS:
            settings.switch_letter(template, on=template in visit.sent_all("letters"))
    else:
        settings.change(
            country=visit.sent("country"),
            currency=visit.sent("currency"),
            timezone=visit.sent("timezone"),
            default_access=visit.sent("default_access"),
            full_names_required=bool(visit.sent("full_names_required")),
        )


def _change_list(session: Session, name: str, act: str, slug: str, title: str, replacement: str) -> None:
    """One change of a list; types and categories have methods of their own names, the other lists are editors."""
    if name not in LISTS:
        raise NotFound("list", name)
    settings = session.settings
    if name in {"types", "categories"}:
        noun = {"types": "type", "categories": "category"}[name]
        methods = {verb: getattr(settings, f"{verb}_{noun}") for verb in ("add", "rename", "archive", "remove")}
    else:
        editors = {one: getattr(settings, one) for one in ("item_types", "item_roles", "interaction_types")}
        editor = editors[name]
        methods = {verb: getattr(editor, verb) for verb in ("add", "rename", "archive", "remove")}
    if act == "add":
        methods["add"](title)
    elif act == "rename":
        methods["rename"](slug, title)
    elif act == "remove":
        methods["remove"](slug, replacement)
    else:
        methods["archive"](slug, archived=act == "archive")


def _form(visit: Visit) -> Form:
    required = visit.sent_all("required")
    return Form(
        visit.sent("name"),
        fields=[FormField(name, required=name in required) for name in visit.sent_all("field")],
        title=visit.sent("title"),
        consent=visit.sent("consent"),
        consent_version=visit.sent("consent_version"),
        type=visit.sent("type"),
        tags=[tag.strip() for tag in visit.sent("tags").split(",") if tag.strip()],
        responsibles=visit.sent_all("responsibles"),
        access=visit.sent("access") or "private",
        return_to=visit.sent("return_to"),
        thank_you=bool(visit.sent("thank_you")),
        min_seconds=visit.number("min_seconds") or 3,
    )
