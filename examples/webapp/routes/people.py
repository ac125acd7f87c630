"""The contact persons of a contact: who they are, what they may do, and their logins of the portal."""

from __future__ import annotations

from typing import Any

import attrs
from starlette.responses import Response

from contactcore import Affiliation, Conflict, Invalid, Person, from_plain, to_plain
from contactcore.workspace.session import Session

from ..contact_form import rows_sent
from ..pages import Pages
from ..web import Visit

pages = Pages()

OF_PERSON = ("given_name", "family_name", "prefix", "birthday", "language")
OF_AFFILIATION = ("position", "department", "information", "start", "end", "site_id")


def sent(visit: Visit) -> dict[str, Any]:
    """The contact person as plain data."""
    data: dict[str, Any] = {name: visit.sent(name) or None for name in OF_AFFILIATION if name in visit.form}
    person: dict[str, Any] = {name: visit.sent(name) or None for name in OF_PERSON if name in visit.form}
    person |= {name: rows_sent(visit, name, "text") for name in ("emails", "phones") if name in visit.form}
    data["authorities"] = _authorities(visit)
    for name in ("permissions", "notifications"):
        # Without own choices the defaults of the workspace hold.
        data[name] = None if visit.sent(f"{name}-default") else [slug for slug in visit.sent_all(name) if slug]
    return data | {"person": person}


def _authorities(visit: Visit) -> list[dict[str, Any]]:
    """The authorities that are ticked, each with its period, and whether it needs a second person."""
    found = []
    for slug in visit.sent_all("authorities"):
        one: dict[str, Any] = {"slug": slug, "joint": bool(visit.sent(f"{slug}-joint"))}
        one |= {part: value for part in ("start", "end") if (value := visit.sent(f"{slug}-{part}"))}
        found.append(one)
    return found


def _form(visit: Visit, session: Session, contact_id: str, data: Any, **more: Any) -> Response:
    settings = session.settings.current
    contact = session.contacts.get(contact_id)
    values = {
        "contact": contact,
        "data": data,
        "affiliation": None,
        "sites": session.sites.of(contact),
        "modules": settings.modules.offered,
        "topics": [one for one in settings.topics.offered if not one.for_items],
        "authorities": settings.authorities.offered,
        "defaults": settings,
        "conflict": None,
        "version": 0,
        "person_version": 0,
        "check": "/check/person",
        **more,
    }
    return visit.html("people/form.html", 422 if more.get("problems") else 200, **values)


@pages.get("/contacts/{id}/people/add")
def add_form(visit: Visit) -> Response:
    with visit.read() as session:
        return _form(visit, session, visit.id(), {"person": {}})


@pages.post("/contacts/{id}/people/add")
def add(visit: Visit) -> Response:
    invitation = None
    with visit.problems_of_form() as problems, visit.write() as session:
        data = sent(visit)
        person: Any = visit.sent("known")  # a person who is stored already
        if not person:
            person = from_plain({**data.pop("person"), "kind": "person"}, Person, country=visit.firm.country)
        data.pop("person", None)
        details = {name: value for name, value in data.items() if value is not None}
        added = session.people.add(visit.id(), person, primary=bool(visit.sent("primary")), **_details(details))
        if visit.sent("login"):
            password = visit.sent("password") or None
            invitation = session.portal.invite(added, password=password, send=not visit.sent("silent"))
    if problems:
        with visit.read() as session:
            return _form(visit, session, visit.id(), sent(visit), problems=problems)
    visit.say("{name} was added.", name=added.person.display_name)
    if invitation and invitation.sent:
        visit.say("A letter with a link is on its way to {email}.", email=invitation.login.email)
    return visit.go(f"/contacts/{visit.id()}", tab="people")


def _details(plain: dict[str, Any]) -> dict[str, Any]:
    """The details of a new affiliation, read as those of a stored one."""
    read: Affiliation = from_plain(plain, onto=Affiliation(person=Person("?")))
    return {name: getattr(read, name) for name in plain}


@pages.get("/people/{id}/edit")
def edit_form(visit: Visit) -> Response:
    with visit.read() as session:
        one = session.people.get(visit.id())
        login = session.portal.of(one)
        versions = {"version": one.version, "person_version": one.person.version}
        return _form(visit, session, one.contact_id, to_plain(one), affiliation=one, login=login, **versions)


@pages.post("/people/{id}/edit")
def edit(visit: Visit) -> Response:
    conflict = None
    with visit.problems_of_form() as problems:
        try:
            with visit.write() as session:
                one = session.people.get(visit.id())
                data = sent(visit)
                person = {**data.pop("person"), "version": visit.number("person_version")}
                read = attrs.evolve(one, version=visit.number("version"))
                session.people.save(from_plain(data, onto=read), merge_changes=True)
                _save_person(visit, session, one.person, person)
                if visit.sent("primary") and not one.primary:
                    session.people.make_primary(one.id)
        except Conflict as error:
            conflict = error
    if problems or conflict:
        with visit.read() as session:
            one = session.people.get(visit.id())
            data, more = _after_refusal(visit, one, conflict)
            more |= {"problems": problems, "conflict": conflict, "login": session.portal.of(one)}
            return _form(visit, session, one.contact_id, data, affiliation=one, **more)
    visit.say("The changes were saved.")
    return visit.go(f"/contacts/{one.contact_id}", tab="people")


def _save_person(visit: Visit, session: Session, stored: Person, data: dict[str, Any]) -> None:
    """Save the person with a version of their own: others change the person through other contacts too."""
    try:
        wanted = from_plain(data, onto=stored, also=["version"], country=visit.firm.country)
        if attrs.evolve(wanted, version=stored.version) != stored:
            session.contacts.save(wanted, merge_changes=True)
    except Invalid as error:
        raise error.under("person") from None


def _after_refusal(visit: Visit, one: Affiliation, conflict: Conflict | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form shows again, and the versions that it was read with; what is in conflict has the version of now."""
    data = sent(visit)
    versions = {"version": visit.number("version"), "person_version": visit.number("person_version")}
    if conflict and isinstance(conflict.mine, Person):
        data["person"] = to_plain(conflict.merged or conflict.mine)
        versions["person_version"] = conflict.stored.version if conflict.stored else 0
    elif conflict:
        data = {**to_plain(conflict.merged or conflict.mine), "person": data["person"]}
        versions["version"] = one.version
    return data, versions


@pages.post("/people/{id}/primary")
def make_primary(visit: Visit) -> Response:
    with visit.write() as session:
        one = session.people.make_primary(visit.id())
    visit.say("{name} is the primary contact person now.", name=one.person.display_name)
    return visit.go(f"/contacts/{one.contact_id}", tab="people")


@pages.post("/people/{id}/remove")
def remove(visit: Visit) -> Response:
    with visit.write() as session:
        one = session.people.get(visit.id())
        session.people.remove(one.id, successor=visit.sent("successor") or None)
    visit.say("{name} does not act for this contact any more.", name=one.person.display_name)
    return visit.go(f"/contacts/{one.contact_id}", tab="people")


@pages.post("/people/{id}/may")
def may(visit: Visit) -> Response:
    """Whether a person may do something for the contact today, with the reason (PER-5)."""
    with visit.read() as session:
        one = session.people.get(visit.id())
        slug = visit.sent("authority")
        decision = session.people.may(one, slug, one.contact_id)
        return visit.html("people/may.html", one=one, decision=decision, authority=visit.settings.authorities.get(slug))


@pages.post("/people/{id}/login")
def change_login(visit: Visit) -> Response:
    act = visit.sent("act")
    with visit.write() as session:
        one = session.people.get(visit.id())
        login = session.portal.of(one)
        if act == "invite" or login is None:
            invitation = session.portal.invite(one)
            visit.say("A letter with a link is on its way to {email}.", email=invitation.login.email)
        elif act == "suspend":
            session.portal.suspend(login)
        elif act == "reopen":
            session.portal.reopen(login)
        elif act == "close":
            session.portal.close(login)
    return visit.go(f"/contacts/{one.contact_id}", tab="people")


@pages.get("/contacts/{id}/notify")
def notify_form(visit: Visit) -> Response:
    """A document to send: who is preselected for its topic, and why (NOT-3, NOT-6)."""
    with visit.read() as session:
        settings = session.settings.current
        topics = [one for one in settings.topics.offered if not one.for_items]
        topic = visit.asked("topic", topics[0].slug)
        contact = session.contacts.get(visit.id())
        about = "project" if topic == "task" else None
        who = session.notifications.recipients(contact, topic, about=about)
        return visit.html(
            "people/notify.html",
            contact=contact,
            topics=topics,
            topic=topic,
            who=who,
            selected=session.notifications.preselected(contact, topic, about=about),
            people=session.people.list(contact),
        )


@pages.post("/contacts/{id}/notify")
def notify(visit: Visit) -> Response:
    with visit.write() as session:
        who = session.notifications.by_hand(visit.id(), visit.sent("topic"), visit.sent_all("person"))
        queued = session.notifications.send(visit.id(), who, subject=visit.sent("subject"), text=visit.sent("text"))
    for one in queued:
        visit.say("A letter is on its way to {email}.", email=one.to)
    if not queued:
        visit.say("Nobody was selected: nothing was sent.")
    return visit.go(f"/contacts/{visit.id()}", tab="people")
