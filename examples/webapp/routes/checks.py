"""Checks while somebody types: the problems of one field, from the checks of the library, for the place beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from contactcore import Problem
from contactcore.workspace.session import Session

from ..contact_form import address_sent
from ..pages import Pages
from ..web import Visit
from . import contacts, items, people, sites

pages = Pages()

NUMBERED = re.compile(r"(.*?)([a-z]+)\[(\d+)\](.*)")


def _answer(visit: Visit, check: Callable[[Session], tuple[Problem, ...]], under: str = "") -> Response:
    """The problems of the field whose path was sent, and of nothing else."""
    path = under + _filled(visit, visit.sent("path"))
    with visit.read() as session:
        found = [one for one in check(session) if one.path == path or one.path.startswith((f"{path}.", f"{path}["))]
    return visit.html("checked.html", found=found)


def _filled(visit: Visit, path: str) -> str:
    """The path of a row among the filled rows, because empty rows are not part of the data."""
    read = NUMBERED.fullmatch(path)
    if read is None:
        return path
    before, name, number, rest = read.groups()
    if name == "addresses":
        rows: list[Any] = [address_sent(visit, name, row) for row in range(int(number))]
    else:
        rows = visit.sent_all(name)[: int(number)]
    return f"{before}{name}[{sum(map(bool, rows))}]{rest}"


@pages.post("/check/contact")
def contact(visit: Visit) -> Response:
    kind = "company" if visit.sent("kind") == "company" else "person"
    return _answer(visit, lambda session: session.contacts.check({"kind": kind, **contacts.sent(visit, session, kind)}))


@pages.post("/check/person")
def person(visit: Visit) -> Response:
    """A contact person: the person, and what is known about acting for the contact."""

    def check(session: Session) -> tuple[Problem, ...]:
        data = people.sent(visit)
        data["person"]["kind"] = "person"
        return _of_part(session, people={"kind": "affiliation", **data})

    return _answer(visit, check, "people[0].")


@pages.post("/check/site")
def site(visit: Visit) -> Response:
    return _answer(
        visit, lambda session: _of_part(session, sites={"kind": "site", **sites.sent(visit, session)}), "sites[0]."
    )


@pages.post("/check/item")
def item(visit: Visit) -> Response:
    return _answer(
        visit, lambda session: _of_part(session, items={"kind": "item", **items.sent(visit, session)}), "items[0]."
    )


def _of_part(session: Session, **part: dict[str, Any]) -> tuple[Problem, ...]:
    """The problems of a part, beside a contact that has none of its own."""
    return session.contacts.check({"kind": "company", "name": "–"}, **{name: [data] for name, data in part.items()})
