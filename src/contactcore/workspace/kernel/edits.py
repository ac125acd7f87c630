"""The refusal of changed copies of records by acts that do not store them (DIR-17)."""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.errors import Conflict, Invalid
from contactcore.mapping.entities import ENTITY_OF
from contactcore.model import (
    Affiliation,
    Contact,
    Interaction,
    Item,
    ItemRole,
    PaymentMethod,
    Picture,
    PortalLogin,
    PortalUser,
    Site,
)
from contactcore.model.message import Message
from contactcore.model.restoring import altered
from contactcore.model.submission import Submission
from contactcore.rules.access import may_see
from contactcore.rules.edits import has_version_of, is_edited
from contactcore.storage import Stored
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["refuse_edited"]

_KINDS: Mapping[type, str] = {
    Contact: "contact",
    Affiliation: "affiliation",
    Site: "site",
    Item: "item",
    PaymentMethod: "payment-method",
    Interaction: "interaction",
    ItemRole: "item-role",
    Picture: "picture",
    PortalLogin: "login",
    Message: "message",
    Submission: "submission",
}
_STORED_BY = {
    "contact": "Save them with contacts.save",
    "affiliation": "Save them with people.save",
    "site": "Save them with sites.save",
    "item": "Save them with items.save",
    "payment-method": "Save them with account.save_method, without the id",
    "interaction": "Save them with timeline.save",
    "item-role": "Save them with items.save_role",
    "picture": "Change the picture with pictures.set or pictures.adjust",
}


def refuse_edited(transaction: Transaction, given: object, path: str, *, outdated: bool = False) -> None:
    """Refuse a copy of a stored record with changes, which the act would drop silently.

    A copy has changes if it differs from the record of its version: the stored one, or one that this transaction
    replaced. A copy of an earlier version that another transaction replaced stands for its record as the id does,
    because nobody can tell whether it has changes. A copy of a version that never was is refused, unless its values are
    those that are stored now.

    A record that the actor does not see is left to the act, which answers as for a missing one.

    Args:
        transaction: The transaction of the act.
        given: The argument: a record, or anything else, which is accepted.
        path: The name of the argument.
        outdated: Whether a copy of an earlier version with other values is refused too; False by default.

    Raises:
        Invalid: `edit-not-stored`.
        Conflict: The version of the copy never was, or is outdated, and other values are stored now.
    """
    kind = next((name for base, name in _KINDS.items() if isinstance(given, base)), "")
    id = getattr(given, "id", "")
    if not kind or not id or isinstance(transaction.actor, PortalUser):
        return
    stored = _read(transaction, kind, id)
    if stored is None or not _is_seen(transaction, stored):
        return
    entity_type, context = ENTITY_OF[kind], transaction.index_context
    current = entity_type.load(stored, context)
    versions = (stored, *transaction.replaced.get((kind, id), ()))
    of_its_version = next((one for one in versions if has_version_of(given, entity_type.load(one, context))), None)
    compared = of_its_version or stored
    # The id of a record that the actor does not see was left out of the copy.
    left_out = [name for name in entity_type.mentions if not getattr(given, name)]
    if left_out:
        as_stored = entity_type.load(compared, context)
        given = altered(given, {name: getattr(as_stored, name) for name in left_out})
    # A type that was removed from the settings since the copy was read is no change of the copy.
    if not all(is_edited(given, load(compared, context)) for load in (entity_type.load, entity_type.load_as_stored)):
        return
    if of_its_version is None:
        if not outdated and 0 < getattr(given, "version", 0) < _version_shown(current):
            return
        message = f"The {kind} was changed since you read it. Read it again, or give the id alone."
        raise Conflict(given, current.shown() if isinstance(current, Message) else current, message)
    first = _STORED_BY.get(kind, "Leave them out")
    message = f"This call does not store the changes of the {kind}. {first}, or give the id alone."
    raise Invalid("edit-not-stored", message, path=path, value=id)


def _version_shown(current: object) -> int:
    if isinstance(current, Affiliation):
        return current.revision or current.version
    version: int = getattr(current, "version", 0)
    return version


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
    if stored.kind == "login" or ENTITY_OF[stored.kind].reached_through_owner:
        # A login is seen by those who see its person, and an interaction by those who see its contact.
        person = _read(transaction, "contact", stored.owner)
        return person is not None and bool(may_see(transaction.actor, person.access))
    return bool(may_see(transaction.actor, stored.access))
