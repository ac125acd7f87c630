"""The settings of the portal: its modules, permissions and letters (POR-3, POR-5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from contactcore.errors import Invalid
from contactcore.formats.letters import LETTERS
from contactcore.model import (
    PermissionPreset,
    PermissionSet,
    PortalModule,
)
from contactcore.model.permissions import permission_set
from contactcore.text import fold
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.slugs import MODULES
from contactcore.workspace.settings.list_editor import ListEditor
from contactcore.workspace.settings.part import SettingsPart

__all__ = ["PortalSettings"]


@check_arguments()
class PortalSettings(SettingsPart):
    """The modules of the portal, permissions, and the letters that are sent."""

    # Modules, permissions and letters of the portal, POR-3 and POR-5.

    @property
    def modules(self) -> tuple[PortalModule, ...]:
        """The modules of the portal, in the order of its menu; archived ones are left out (POR-5)."""
        return self.current.modules.offered

    def add_module(self, name: str, slug: str = "") -> PortalModule:
        """Add a module at the end of the portal's menu (POR-5).

        Args:
            name: The name for people to read.
            slug: The name for programs, in lower-case letters, digits and hyphens; made from the name by default.

        Returns:
            The new module.

        Raises:
            Invalid: `entry-exists`, `slug-syntax`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     added = session.settings.add_module("Machines")
        ...     session.settings.reorder_modules(["machines"])
        ...     session.settings.modules[0].name
        'Machines'
        """
        self._check_admin()
        return self._store(modules=self.current.modules.add(name, slug)).modules.entries[-1]

    def rename_module(self, slug: str, name: str) -> None:
        """Rename a module; permissions stay the same.

        Args:
            slug: The slug of the module, which does not change.
            name: The new name.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.rename_module("invoices", "Bills")
        ...     [one.name for one in session.settings.modules][0]
        'Bills'
        """
        ListEditor(self._transaction, "modules").rename(slug, name)

    def archive_module(self, slug: str, *, archived: bool = True) -> None:
        """Archive a module, which removes it from every menu, or offer it again; permissions stay the same.

        Args:
            slug: The slug of the module.
            archived: True by default; False to offer the module again.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.archive_module("invoices")
        ...     "invoices" in [one.slug for one in session.settings.modules]
        False
        """
        ListEditor(self._transaction, "modules").archive(slug, archived=archived)

    def reorder_modules(self, slugs: Sequence[str]) -> None:
        """Move modules to the front of the menu, in the given order; the other modules keep their order.

        Args:
            slugs: The slugs of the modules.

        Raises:
            Invalid: `entry-unknown`.
        """
        ListEditor(self._transaction, "modules").reorder(slugs)

    @property
    def default_permissions(self) -> PermissionSet:
        """The permissions of contact persons who have none of their own (POR-5)."""
        return self.current.default_permissions

    def set_default_permissions(self, modules: Annotated[PermissionSet | Iterable[str], MODULES]) -> None:
        """Set the permissions of contact persons who have none of their own (POR-5).

        Args:
            modules: The permission set, or the slugs of its modules.

        Raises:
            Invalid: `module-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.set_default_permissions(["invoices"])
        ...     session.settings.current.default_permissions.modules
        ('invoices',)
        """
        self._check_admin()
        self._store(default_permissions=permission_set(modules))

    @property
    def permission_presets(self) -> tuple[PermissionPreset, ...]:
        """Permission sets with names, which are offered where permissions are chosen (POR-5)."""
        return self.current.permission_presets

    def set_permission_preset(
        self, name: str, modules: Annotated[PermissionSet | Iterable[str], MODULES]
    ) -> PermissionPreset:
        """Store a permission set with a name, in place of a preset with the same name (POR-5).

        The permissions of contact persons do not change.

        Args:
            name: The name for people to read, compared regardless of case.
            modules: The permission set, or the slugs of its modules.

        Returns:
            The new preset.

        Raises:
            Invalid: `module-unknown`, and the problems of the name.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     preset = session.settings.set_permission_preset("Accountant", ["invoices", "estimates"])
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.people.add(client, "jane@bois.fr", permissions=preset.permissions).permissions.modules
        ('invoices', 'estimates')
        """
        self._check_admin()
        new = PermissionPreset(name, permission_set(modules))
        kept = tuple(one for one in self.permission_presets if fold(one.name) != fold(new.name))
        self._store(permission_presets=(*kept, new))
        return new

    def remove_permission_preset(self, name: str) -> None:
        """Remove a preset; the permissions of contact persons do not change.

        Args:
            name: The name of the preset.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._check_admin()
        kept = tuple(one for one in self.permission_presets if one.name != name)
        if len(kept) == len(self.permission_presets):
            known = ", ".join(one.name for one in self.permission_presets) or "(none yet)"
            raise Invalid("entry-unknown", f"Presets are {known}.", path="name", value=name)
        self._store(permission_presets=kept)

    def switch_letter(self, template: str, *, on: bool) -> None:
        """Set whether letters of a template are sent (POR-3).

        Args:
            template: The slug of the template, such as `"welcome"` or `"set-password"`.
            on: Whether letters are sent; True for every template in a new workspace.

        Raises:
            Invalid: `letter-unknown`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.settings.switch_letter("welcome", on=False)
        ...     jane = session.people.add(session.contacts.add(Company("Bois & Fils")), "jane@bois.fr")
        ...     session.portal.invite(jane).sent
        False
        """
        self._check_admin()
        known = {*LETTERS, *self._transaction.letter_configuration.letters}
        if template not in known:
            raise Invalid("letter-unknown", f"Letters are {', '.join(sorted(known))}.", path="template", value=template)
        off = [slug for slug in self.current.templates_off if slug != template]
        self._store(templates_off=off if on else [*off, template])
