"""A new contact for "save and create another", with some values of the contact that was saved (DIR-13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from contactcore.errors import Invalid
from contactcore.model import Contact
from contactcore.model.nameless import nameless
from contactcore.rules.preparation import offered
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["another"]

_C = TypeVar("_C", bound=Contact)
_COPIED = ("type", "categories", "tags", "currency", "responsibles", "access")


def another(transaction: Transaction, contact: _C, details: Mapping[str, Any]) -> _C:
    """The new contact, which is not stored; see `Contacts.another`."""
    known = {field.name for field in attrs.fields(type(contact))} - {"id", "version"}
    unknown = sorted(set(details) - known)
    if unknown:
        raise Invalid("detail-unknown", f"A {contact.kind} has no {unknown[0]!r}.", path=unknown[0])
    copied = {name: getattr(contact, name) for name in _COPIED}
    # An archived type or category stays on the contacts that have it, but no new contact can get it.
    settings = transaction.settings
    copied["type"] = copied["type"] if copied["type"] in offered(settings.types) else ""
    copied["categories"] = tuple(slug for slug in copied["categories"] if slug in offered(settings.categories))
    values = {**copied, **details}
    try:
        return type(contact)(**values)
    except Invalid as error:
        if [problem.code for problem in error.problems] != ["nameless"]:
            raise
    return nameless(type(contact), values)
