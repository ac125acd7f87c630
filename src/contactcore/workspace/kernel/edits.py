"""The refusal of changed copies of records by acts that do not store them (DIR-17)."""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.errors import Invalid
from contactcore.mapping.entities import ENTITY_OF
from contactcore.model import Affiliation, Contact, Item, ItemRole, PortalLogin, PortalUser, Site
from contactcore.model.message import Message
from contactcore.rules.access import may_see
from contactcore.rules.edits import is_edited
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["refuse_edited"]

_KINDS: Mapping[type, str] = {
    Contact: "contact",
    Affiliation: "affiliation",
    Site: "site",
    Item: "item",
    ItemRole: "item-role",
    PortalLogin: "login",
    Message: "message",
}
_STORED_BY = {
    "contact": "Save them with contacts.save",
    "affiliation": "Save them with people.save",
    "site": "Save them with sites.save",
    "item": "Save them with items.save",
    "item-role": "Save them with items.save_role",
}


def refuse_edited(transaction: Transaction, given: object, path: str) -> None:
    """Refuse a copy of a stored record with changes, which the act would drop silently.

    A record that the actor does not see is left to the act, which answers as for a missing one.

    Args:
        transaction: The transaction of the act.
        given: The argument: a record, or anything else, which is accepted.
        path: The name of the argument.

    Raises:
        Invalid: `edit-not-stored`.
    """
    kind = next((name for base, name in _KINDS.items() if isinstance(given, base)), "")
    id = getattr(given, "id", "")
    if not kind or not id or isinstance(transaction.actor, PortalUser):
        return
    stored = _read(transaction, kind, id)
    if stored is None or not _is_seen(transaction, stored):
        return
    entity_type, context = ENTITY_OF[kind], transaction.index_context
    # A type that was removed from the settings since the copy was read is no change of the copy.
    if all(is_edited(given, load(stored, context)) for load in (entity_type.load, entity_type.load_as_stored)):
        first = _STORED_BY.get(kind, "Leave them out")
        message = f"This call does not store the changes of the {kind}. {first}, or give the id alone."
        raise Invalid("edit-not-stored", message, path=path, value=id)


def _read(transaction: Transaction, kind: str, id: str) -> Stored | None:
    key = (kind, id)
    known = transaction.locked.get(key) or transaction.read_ahead.get(key)
    if known is not None:
        return known
    (stored,) = transaction.reader.get(kind, [id])
    if stored is not None:
        # The act reads the record next.
        transaction.read_ahead[key] = stored
    return stored


def _is_seen(transaction: Transaction, stored: Stored) -> bool:
    if stored.kind == "message":
        return transaction.actor.admin
    if stored.kind == "login":
        # A login is seen by those who see its person.
        person = _read(transaction, "contact", stored.owner)
        return person is not None and bool(may_see(transaction.actor, person.access))
    return bool(may_see(transaction.actor, stored.access))
