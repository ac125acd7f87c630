"""What the workspace has decided about the portal: its modules, permissions and letters (POR-3, POR-5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.formats.letters import LETTERS
from contactcore.model import PermissionPreset, PermissionSet, PortalModule, Settings
from contactcore.text import fold
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.settings import store_settings
from contactcore.workspace.settings.admin_lists import (
    check_flags,
    edited,
    new_slug,
    offered,
    ordered,
    unknown_entry,
)

__all__ = ["PortalPreferences"]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 60


@check_arguments()
class PortalPreferences:
    """The part of the settings that is about the portal; everybody reads it, admins change it (ACC-3).

    Raises:
        Forbidden: `admin-only`, whatever somebody else would change.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def modules(self) -> tuple[PortalModule, ...]:
        """The portal's modules, in the order of its menu (POR-5)."""
        return offered(self._transaction.settings.modules)

    @property
    def permission_presets(self) -> tuple[PermissionPreset, ...]:
        """Permission sets with names, to choose from (POR-5)."""
        return self._transaction.settings.permission_presets

    @property
    def default_permissions(self) -> PermissionSet:
        """What contact persons see who have no permissions of their own (POR-5)."""
        return self._transaction.settings.default_permissions

    def add_module(self, name: str, slug: str = "") -> PortalModule:
        """Add a module of the host's own at the end of the menu (POR-5).

        Args:
            name: What people read.
            slug: What programs ask for, in small letters, digits and hyphens; made of the name by default.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-exists`, `slug-syntax`, or what the name refuses.
        """
        self._check()
        modules = self._transaction.settings.modules
        made = new_slug(modules, name, "module")
        if slug and (len(slug) > _LONGEST_SLUG or not _SLUG.fullmatch(slug)):
            message = f"Write up to {_LONGEST_SLUG} small letters, digits and hyphens, like price-lists."
            raise Invalid("slug-syntax", message, path="slug", value=slug)
        if slug in {module.slug for module in modules}:
            raise Invalid("entry-exists", "The list has this module already.", path="slug", value=slug)
        new = PortalModule(slug=slug or made, name=name)
        self._store(attrs.evolve(self._transaction.settings, modules=(*modules, new)))
        return new

    def rename_module(self, slug: str, name: str) -> None:
        """Give a module another name; whoever may see it still does."""
        self._edit_modules(slug, name=name)

    def archive_module(self, slug: str, *, archived: bool = True) -> None:
        """Take a module out of every menu, or put it back; permissions stay as they are."""
        check_flags({"archived": archived})
        self._edit_modules(slug, archived=archived)

    def reorder_modules(self, slugs: Sequence[str]) -> None:
        """Put the modules in this order; those not named follow as they were."""
        self._check()
        modules = ordered(self._transaction.settings.modules, slugs)
        self._store(attrs.evolve(self._transaction.settings, modules=modules))

    def set_default_permissions(self, modules: PermissionSet | Iterable[str]) -> None:
        """Decide what contact persons see who have no permissions of their own (POR-5).

        Raises:
            Forbidden: `admin-only`.
            Invalid: `module-unknown`.
        """
        self._check()
        permissions = self._known_permissions(modules)
        self._store(attrs.evolve(self._transaction.settings, default_permissions=permissions))

    def set_permission_preset(self, name: str, modules: PermissionSet | Iterable[str]) -> PermissionPreset:
        """Give a permission set a name, in place of the one that had it; nobody's permissions change (POR-5).

        Raises:
            Forbidden: `admin-only`.
            Invalid: `module-unknown`, or what the name refuses.
        """
        self._check()
        new = PermissionPreset(name, self._known_permissions(modules))
        presets = self._transaction.settings.permission_presets
        kept = tuple(one for one in presets if fold(one.name) != fold(new.name))
        self._store(attrs.evolve(self._transaction.settings, permission_presets=(*kept, new)))
        return new

    def remove_permission_preset(self, name: str) -> None:
        """Take a preset off the list; nobody's permissions change.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `entry-unknown`.
        """
        self._check()
        presets = self._transaction.settings.permission_presets
        kept = tuple(one for one in presets if one.name != name)
        if len(kept) == len(presets):
            raise unknown_entry("name", name)
        self._store(attrs.evolve(self._transaction.settings, permission_presets=kept))

    def switch_letter(self, template: str, *, on: bool) -> None:
        """Switch the letters of a template off, or on again (POR-3).

        Args:
            template: `"welcome"`, `"set-password"`, ...
            on: Whether they are sent.

        Raises:
            Forbidden: `admin-only`.
            Invalid: `letter-unknown`.
        """
        self._check()
        check_flags({"on": on})
        known = {*LETTERS, *self._transaction.letter_configuration.letters}
        if template not in known:
            raise Invalid("letter-unknown", f"Letters are {', '.join(sorted(known))}.", path="template", value=template)
        off = [slug for slug in self._transaction.settings.templates_off if slug != template]
        self._store(attrs.evolve(self._transaction.settings, templates_off=(*off, *(() if on else (template,)))))

    def _known_permissions(self, modules: PermissionSet | Iterable[str]) -> PermissionSet:
        wanted = modules if isinstance(modules, PermissionSet) else PermissionSet(modules)
        known = [module.slug for module in self._transaction.settings.modules]
        unknown = next((slug for slug in wanted.modules if slug not in known), None)
        if unknown is not None:
            raise Invalid("module-unknown", f"Modules are {', '.join(known)}.", path="modules", value=unknown)
        return wanted

    def _edit_modules(self, slug: str, **changes: Any) -> None:
        self._check()
        modules = edited(self._transaction.settings.modules, slug, changes)
        self._store(attrs.evolve(self._transaction.settings, modules=modules))

    def _check(self) -> None:
        self._transaction.check_admin("change the settings")

    def _store(self, settings: Settings) -> Settings:
        return store_settings(self._transaction, settings)
