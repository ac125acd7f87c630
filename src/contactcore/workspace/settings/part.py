"""The base of the parts of the settings: the settings of the transaction, and the check of who may change them."""

from __future__ import annotations

from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.model import Settings
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.portal_view import settings_seen
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["SettingsPart", "check_flags"]


class SettingsPart:
    """A part of the settings of a workspace; everybody reads it, admins change it (ACC-3).

    Args:
        transaction: The transaction of the actor.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def current(self) -> Settings:
        """All settings as one value; a portal user gets the part that clients need (POR-8)."""
        return settings_seen(self._transaction)

    def _check_admin(self) -> None:
        self._transaction.check_admin("change the settings")

    def _store(self, **changes: Any) -> Settings:
        return store_settings(self._transaction, attrs.evolve(self.current, **changes))


def check_flags(changes: dict[str, Any]) -> None:
    """Refuse a value other than True or False for a setting that is either of them."""
    for name in sorted({"full_names_required", "required", "archived", "in_portal"} & set(changes)):
        if not isinstance(changes[name], bool):
            raise Invalid("setting-not-yes-no", "Give True or False.", path=name, value=changes[name])
