"""Contacts without a name, which no constructor accepts: the drafts of forms that are not filled in yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from contactcore.model.company import Company
from contactcore.model.contact import Contact
from contactcore.model.restoring import altered

__all__ = ["nameless"]

_C = TypeVar("_C", bound=Contact)


def nameless(kind: type[_C], values: Mapping[str, Any]) -> _C:
    """A contact without a name, which is not stored before it has one.

    Args:
        kind: `Person` or `Company`.
        values: The other fields, by name.

    Raises:
        Invalid: The problems of the other fields.

    >>> nameless(Company, {"emails": ["office@bois.fr"]}).name
    ''
    """
    name = "name" if issubclass(kind, Company) else "given_name"
    return altered(kind(**{**values, name: "-"}), {name: ""})
