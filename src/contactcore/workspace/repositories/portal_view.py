"""The settings as the actor of a transaction sees them (POR-8)."""

from __future__ import annotations

from contactcore.model import PortalUser, Settings
from contactcore.rules.portal import menu
from contactcore.rules.portal_view import known_settings
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.logins import LoginRepository

__all__ = ["module_seen", "settings_seen"]


def settings_seen(transaction: Transaction) -> Settings:
    """Return the settings of the workspace; for a portal user the part that clients need.

    Args:
        transaction: The transaction of the actor.
    """
    actor, settings = transaction.actor, transaction.settings
    if not isinstance(actor, PortalUser):
        return settings
    through = LoginRepository(transaction).usable_by(actor.login_id).get(actor.client_id, ())
    return known_settings(settings, menu(settings.modules, through, settings.default_permissions))


def module_seen(transaction: Transaction, module: str) -> bool:
    """Return whether the actor sees a module of the portal: a portal user only with its permission (POR-6).

    Args:
        transaction: The transaction of the actor.
        module: The slug of the module.
    """
    if not isinstance(transaction.actor, PortalUser):
        return True
    return any(one.slug == module for one in settings_seen(transaction).modules)
