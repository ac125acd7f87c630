"""What all commands share: their options, the workspace they work in, and how a contact is printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from contactcore.errors import Invalid
from contactcore.model import User
from contactcore.storage import Storage
from contactcore.workspace import Workspace
from contactcore.workspace.contacts.directory import ContactCard

__all__ = [
    "DONE",
    "REJECTED",
    "Opener",
    "card_of",
    "check_place",
    "delimiter_of",
    "in_workspace",
    "print_json",
    "print_line",
    "printable",
    "workspace_in",
]

DONE, REJECTED = 0, 1

Opener = Callable[..., Storage]
"""Opens the storage at an address; with `create=True` a file that is not there is made."""


def in_workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where the command works, and as whom."""
    for option in (
        click.option("--user", default=None, help="Act as this user; an admin by default."),
        click.option("--workspace", default="default", show_default=True, help="The workspace in the database."),
        click.option("--db", required=True, help="A path, or a postgresql:// address."),
    ):
        command = option(command)
    return command


@contextmanager
def workspace_in(
    storage: Storage, name: str, user: str | None, *, country: str = "", language: str = "en"
) -> Iterator[tuple[Workspace, User]]:
    """The workspace that a command works in, and its actor; the storage is closed behind it."""
    try:
        # An empty name, as of a variable that is not set, must not make an admin.
        actor = User("admin", admin=True) if user is None else User(user)
        yield Workspace(storage, name, country=country, language=language), actor
    finally:
        storage.close()


def check_place(option: str, path: str | None, db: str, *others: str | None) -> None:
    """Refuse a file to write that cannot be written, or is needed, before the work is done whose account it is.

    Args:
        option: The option that names it.
        path: The file; None or `"-"` for none.
        db: The address of the database, which no other file may overwrite.
        others: Further files that must stay as they are.

    Raises:
        Invalid: `folder-missing`, `file-unwritable`, `file-in-use`.
    """
    if path is None or path == "-":
        return
    place = Path(path)
    if not place.parent.is_dir():
        message = f"There is no folder {place.parent}: make it, or give another path."
        raise Invalid("folder-missing", message, path=option, value=path)
    if not os.access(place if place.exists() else place.parent, os.W_OK):
        raise Invalid("file-unwritable", "This file cannot be written: give another path.", path=option, value=path)
    taken = (db, f"{db}-wal", f"{db}-shm", *others)
    if any(place.resolve() == Path(one).resolve() for one in taken if one and one != "-"):
        message = "This would overwrite a file that the command works with: give another path."
        raise Invalid("file-in-use", message, path=option, value=path)


def delimiter_of(option: str) -> str:
    r"""The delimiter that an option means: a tab, which few shells let anybody type, goes by its name.

    >>> delimiter_of("tab"), delimiter_of(";")
    ('\t', ';')
    """
    return "\t" if option in {"tab", "\\t"} else option


def print_json(value: Any) -> None:
    """One JSON object on a line of its own, which stays JSON where the output lacks a letter."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(value)
    click.echo(line)


def print_line(card: ContactCard) -> None:
    """One contact on a line of its own, for people."""
    details = ", ".join((*card.emails[:2], *card.phones[:2]))
    click.echo(f"{card.id}  {printable(card.name)}{f'  ({details})' if details else ''}")


def printable(text: str) -> str:
    r"""The text without what a terminal would act on.

    >>> printable("a\x1b[2Jb")
    'a[2Jb'
    """
    return "".join(char for char in text if char.isprintable() or char == " ")


def card_of(card: ContactCard) -> dict[str, Any]:
    """A contact as lists print it in JSON."""
    return {
        "id": card.id,
        "kind": card.kind,
        "name": card.name,
        "emails": list(card.emails),
        "phones": list(card.phones),
    }
