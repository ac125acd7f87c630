"""The parts that all commands share: common options, the workspace of a command, and the printing of a contact."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from contactcore.errors import Invalid, StorageError, shorten
from contactcore.model import User
from contactcore.storage import Storage
from contactcore.workspace import Workspace
from contactcore.workspace.contacts.directory import ContactCard
from contactcore.workspace.maintenance.copying import holds_workspace

__all__ = [
    "DONE",
    "REJECTED",
    "Opener",
    "card_of",
    "check_output",
    "check_there",
    "counted",
    "delimiter_of",
    "message_language",
    "open_workspace",
    "print_json",
    "print_line",
    "printable",
    "workspace_options",
]

DONE, REJECTED = 0, 1
_NAMED = 5
"""The most names of workspaces in a message."""

Opener = Callable[..., Storage]
"""Opens the storage at an address; `create=True` creates a file that does not exist (see `open_storage`)."""


def workspace_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options `--db`, `--workspace` and `--user` to a command."""
    for option in (
        click.option("--user", default=None, help="Act as this user; an admin by default."),
        click.option("--workspace", default="default", show_default=True, help="The workspace in the database."),
        click.option("--db", required=True, help="A path, or a postgresql:// address."),
    ):
        command = option(command)
    return command


@contextmanager
def open_workspace(
    storage: Storage,
    name: str,
    user: str | None,
    *,
    country: str = "",
    language: str = "en",
    may_be_new: bool = False,
) -> Iterator[tuple[Workspace, User]]:
    """Open the workspace and the actor of a command, and close the storage afterwards.

    Args:
        storage: Storage that holds the workspace.
        name: Name of the workspace.
        user: Id of the user to act as; None for an admin.
        country: ISO 3166 country of a new workspace; `""` for none.
        language: Language of a new workspace; `"en"` by default.
        may_be_new: Whether the command creates a workspace that does not exist; False by default.

    Raises:
        StorageError: `workspace-missing`.
    """
    try:
        # An empty name, for example of a shell variable that is not set, must not act as the admin.
        actor = User("admin", admin=True) if user is None else User(user)
        workspace = Workspace(storage, name, country=country, language=language)
        if not may_be_new:
            _check_workspace(workspace)
        yield workspace, actor
    finally:
        storage.close()


def check_there(storage: Storage, name: str) -> None:
    """Refuse the name of a workspace that a storage does not have: it would look like an empty one.

    Args:
        storage: The storage, with its kinds installed.
        name: The name of the workspace.

    Raises:
        StorageError: `workspace-missing`, with the names that the storage has.
    """
    if holds_workspace(storage, name):
        return
    names = storage.workspaces(limit=_NAMED + 1)
    shown = ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
    has = f"It has {shown}: name one of them with --workspace." if names else "It has none: import something first."
    raise StorageError(f"The database has no workspace {shorten(name)}. {has}", "workspace-missing")


def _check_workspace(workspace: Workspace) -> None:
    with workspace.read(User("admin", admin=True)) as session:
        if session.settings.current.version:
            return
    # It was never written to, and may be there all the same.
    check_there(workspace.storage, workspace.name)


def check_output(option: str, path: str | None, db: str, *others: str | None) -> None:
    """Check an output file before the work begins, because a report must not fail after an import is done.

    Args:
        option: Option that names the file.
        path: Path of the file; None or `"-"` for none.
        db: Address of the database, which no output may overwrite.
        others: Paths of further files that no output may overwrite.

    Raises:
        Invalid: `folder-missing`; `file-unwritable`; `file-in-use` for a file that the command works with.
    """
    if path is None or path == "-":
        return
    output = Path(path)
    if not output.parent.is_dir():
        message = f"There is no folder {output.parent}: make it, or give another path."
        raise Invalid("folder-missing", message, path=option, value=path)
    if not os.access(output if output.exists() else output.parent, os.W_OK):
        raise Invalid("file-unwritable", "This file cannot be written: give another path.", path=option, value=path)
    in_use = (db, f"{db}-wal", f"{db}-shm", *others)
    if any(output.resolve() == Path(one).resolve() for one in in_use if one and one != "-"):
        message = "This would overwrite a file that the command works with: give another path."
        raise Invalid("file-in-use", message, path=option, value=path)


def delimiter_of(option: str) -> str:
    r"""Return the delimiter of an option, which may name the tab, because a tab is hard to type in most shells.

    >>> delimiter_of("tab"), delimiter_of(";")
    ('\t', ';')
    """
    return "\t" if option in {"tab", "\\t"} else option


def message_language() -> str:
    """Return the language that `--messages` names; `"en"` by default."""
    chosen = click.get_current_context().find_object(str)
    return chosen or "en"


def print_json(value: Any) -> None:
    """Print a value as one line of JSON, in ASCII where the output cannot encode its letters."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(value)
    click.echo(line)


def print_line(card: ContactCard) -> None:
    """Print a contact as one line of text: id, name, up to two e-mail addresses and two phone numbers."""
    details = ", ".join((*card.emails[:2], *card.phones[:2]))
    click.echo(f"{card.id}  {printable(card.name)}{f'  ({details})' if details else ''}")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    Args:
        number: The number.
        one: The noun in the singular.
        many: The plural; the singular with an s by default.

    >>> counted(1, "row"), counted(2, "row"), counted(0, "person", "people")
    ('1 row', '2 rows', '0 people')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


def printable(text: str) -> str:
    r"""Return the text without control characters, because a terminal acts on them.

    >>> printable("a\x1b[2Jb")
    'a[2Jb'
    """
    return "".join(char for char in text if char.isprintable() or char == " ")


def card_of(card: ContactCard) -> dict[str, Any]:
    """Return the JSON form of a contact in `list` and `search`."""
    return {
        "id": card.id,
        "kind": card.kind,
        "name": card.name,
        "emails": list(card.emails),
        "phones": list(card.phones),
    }
