"""The commands `list`, `search` and `show`, which read the directory."""

from __future__ import annotations

import json
from typing import Any

import click

from contactcore.command_line.frame import (
    DONE,
    Opener,
    card_of,
    open_workspace,
    print_json,
    print_line,
    workspace_options,
)
from contactcore.formats.plain import to_plain
from contactcore.model import Affiliation, Interaction, Item, Person, Site
from contactcore.workspace.session import Session

__all__ = ["list_command", "search_command", "show_command"]

_PAGE = 200
_LATEST = 10


def list_command(opener: Opener) -> click.Command:
    """Build `contactcore list`."""

    @click.command("list", help="List the contacts in directory order.")
    @workspace_options
    @click.option("--letter", default=None, help="Only this index letter.")
    @click.option("--role", type=click.Choice(["listed", "person", "any"]), default="listed", show_default=True)
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    def command(db: str, workspace: str, user: str | None, letter: str | None, role: str, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor), opened.read(actor) as session:
            after = None
            while True:
                page = session.contacts.page(letter=letter, role=role, limit=_PAGE, after=after)
                for card in page.items:
                    if as_json:
                        print_json(card_of(card))
                    else:
                        print_line(card)
                if page.next is None:
                    return DONE
                after = page.next

    return command


def search_command(opener: Opener) -> click.Command:
    """Build `contactcore search`."""

    @click.command("search", help="Find contacts by the beginnings of words, or by digits of a phone number.")
    @workspace_options
    @click.argument("text")
    @click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    def command(db: str, workspace: str, user: str | None, text: str, limit: int, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor), opened.read(actor) as session:
            for hit in session.contacts.search(text, limit=limit):
                if as_json:
                    matched = [{"by": one.by, "text": one.text} for one in hit.matched]
                    print_json({**card_of(hit.card), "matched": matched})
                else:
                    print_line(hit.card)
        return DONE

    return command


def show_command(opener: Opener) -> click.Command:
    """Build `contactcore show`."""

    @click.command("show", help="Show everything about one contact, and its latest interactions.")
    @workspace_options
    @click.argument("id")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object.")
    def command(db: str, workspace: str, user: str | None, id: str, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor), opened.read(actor) as session:
            shown = _details(session, id)
        if as_json:
            print_json(shown)
        else:
            for name, value in shown.items():
                if value not in ("", [], {}):
                    click.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
        return DONE

    return command


def _details(session: Session, id: str) -> dict[str, Any]:
    contact = session.contacts.get(id)
    plain = to_plain(contact)
    shown = {
        "id": contact.id,
        "kind": contact.kind,
        "name": contact.display_name,
        "emails": [str(email) for email in contact.emails],
        "phones": [str(phone) for phone in contact.phones],
        "email_details": plain.pop("emails", []),
        "phone_details": plain.pop("phones", []),
        "company_name": plain.pop("name", "") if contact.kind == "company" else "",
        **{name: value for name, value in plain.items() if name not in {"id", "kind", "display_name"}},
        "people": [
            _affiliation(one, one.person_id, one.person.display_name if one.person else "")
            for one in session.people.list(contact)
        ],
        "sites": [_named(one, "emails", "phones") for one in session.sites.of(contact)],
        "items": [_named(one, "type", "status") for one in session.items.of(contact)],
        "interactions": [
            _named(one, "type", "state", "start", "end", "timezone", "actor")
            for one in session.timeline.page(contact, limit=_LATEST)
        ],
    }
    if isinstance(contact, Person):
        shown["acts_for"] = [
            _affiliation(one, one.contact_id, session.contacts.get(one.contact_id).display_name)
            for one in session.people.of(contact)
        ]
    return shown


def _named(record: Site | Item | Interaction, *fields: str) -> dict[str, Any]:
    """Id and name of a record of a contact, with those of the fields that are not empty."""
    values = {field: to_plain(value) for field in fields if (value := getattr(record, field))}
    return {"id": record.id, "name": record.display_name, **values}


def _affiliation(affiliation: Affiliation, other_id: str, other_name: str) -> dict[str, Any]:
    return {"id": other_id, "name": other_name, "position": affiliation.position, "primary": affiliation.primary}
