"""The lists of types and categories of contacts (DIR-2, DIR-7)."""

from __future__ import annotations

from collections.abc import Sequence

from contactcore.model import (
    Category,
    ContactType,
)
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.settings.list_editor import ListEditor
from contactcore.workspace.settings.part import SettingsPart

__all__ = ["ContactListSettings"]


@check_arguments()
class ContactListSettings(SettingsPart):
    """The lists of types and categories of contacts."""

    # Types, DIR-2.

    @property
    def types(self) -> tuple[ContactType, ...]:
        """The types that are offered, in the order of the list; archived ones are left out."""
        return self.current.types.offered

    def add_type(self, name: str) -> ContactType:
        """Add a type at the end of the list (DIR-2).

        Args:
            name: The name for people to read. The slug is made from it.

        Returns:
            The new type.

        Raises:
            Invalid: `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.add_type("Supplier of wood").slug
        'supplier-of-wood'
        """
        return ListEditor(self._transaction, "types").add(name)

    def rename_type(self, slug: str, name: str) -> None:
        """Rename a type; its contacts keep it.

        Args:
            slug: The slug of the type, which does not change.
            name: The new name.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.rename_type("supplier", "Vendor")
        ...     [(one.slug, one.name) for one in session.settings.types][-1]
        ('supplier', 'Vendor')
        """
        ListEditor(self._transaction, "types").rename(slug, name)

    def archive_type(self, slug: str, *, archived: bool = True) -> None:
        """Archive a type, so that it is no longer offered, or offer it again; its contacts keep it.

        Args:
            slug: The slug of the type.
            archived: True by default; False to offer the type again.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     client = session.contacts.add(Company("Bois & Fils", type="supplier"))
        ...     session.settings.archive_type("supplier")
        ...     session.contacts.get(client.id).type, [one.slug for one in session.settings.types]
        ('supplier', ['commercial-client', 'residential-client', 'contractor'])
        """
        ListEditor(self._transaction, "types").archive(slug, archived=archived)

    def remove_type(self, slug: str, replacement: str = "") -> None:
        """Remove a type from the list; its contacts get the replacement, or no type (DIR-2).

        Args:
            slug: The slug of the type.
            replacement: The slug of another type; `""` (the default) for none.

        Raises:
            Invalid: `entry-unknown` for either slug.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.remove_type("supplier", replacement="contractor")
        ...     [one.slug for one in session.settings.types]
        ['commercial-client', 'residential-client', 'contractor']
        """
        ListEditor(self._transaction, "types").remove(slug, replacement)

    def reorder_types(self, slugs: Sequence[str]) -> None:
        """Move types to the front of the list, in the given order; the other types keep their order.

        Args:
            slugs: The slugs of the types.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.reorder_types([one.slug for one in session.settings.types][::-1])
        ...     session.settings.types[0].slug
        'supplier'
        """
        ListEditor(self._transaction, "types").reorder(slugs)

    # Categories, DIR-7.

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories that are offered, in the order of the list; archived ones are left out."""
        return self.current.categories.offered

    def add_category(self, name: str) -> Category:
        """Add a category at the end of the list (DIR-7).

        Args:
            name: The name for people to read. The slug is made from it.

        Returns:
            The new category.

        Raises:
            Invalid: `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     session.settings.add_category("Wood").slug
        'wood'
        """
        return ListEditor(self._transaction, "categories").add(name)

    def rename_category(self, slug: str, name: str) -> None:
        """Rename a category; its contacts keep it.

        Args:
            slug: The slug of the category, which does not change.
            name: The new name.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, and the problems of the name.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     wood = session.settings.add_category("Wood")
        ...     session.settings.rename_category(wood.slug, "Timber")
        ...     [(one.slug, one.name) for one in session.settings.categories]
        [('wood', 'Timber')]
        """
        ListEditor(self._transaction, "categories").rename(slug, name)

    def archive_category(self, slug: str, *, archived: bool = True) -> None:
        """Archive a category, so that it is no longer offered, or offer it again; its contacts keep it.

        Args:
            slug: The slug of the category.
            archived: True by default; False to offer the category again.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     wood = session.settings.add_category("Wood")
        ...     session.settings.archive_category(wood.slug)
        ...     session.settings.categories
        ()
        """
        ListEditor(self._transaction, "categories").archive(slug, archived=archived)

    def remove_category(self, slug: str, replacement: str = "") -> None:
        """Remove a category from the list; its contacts get the replacement, or lose the category (DIR-7).

        Args:
            slug: The slug of the category.
            replacement: The slug of another category; `""` (the default) for none.

        Raises:
            Invalid: `entry-unknown` for either slug.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     wood, trade = [session.settings.add_category(name).slug for name in ("Wood", "Trade")]
        ...     client = session.contacts.add(Company("Bois & Fils", categories=[wood]))
        ...     session.settings.remove_category(wood, replacement=trade)
        ...     session.contacts.get(client.id).categories
        ('trade',)
        """
        ListEditor(self._transaction, "categories").remove(slug, replacement)

    def reorder_categories(self, slugs: Sequence[str]) -> None:
        """Move categories to the front of the list, in the given order; the other categories keep their order.

        Args:
            slugs: The slugs of the categories.

        Raises:
            Invalid: `entry-unknown`.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").write(User("root", admin=True)) as session:
        ...     for name in ("Wood", "Metal"):
        ...         added = session.settings.add_category(name)
        ...     session.settings.reorder_categories(["metal", "wood"])
        ...     [one.slug for one in session.settings.categories]
        ['metal', 'wood']
        """
        ListEditor(self._transaction, "categories").reorder(slugs)
