"""The editor of one of the lists of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

import attrs

from contactcore.model import AdminList, ListEntry
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.portal_view import settings_seen
from contactcore.workspace.repositories.settings import store_settings

__all__ = ["ListEditor"]

E = TypeVar("E", bound=ListEntry)


@check_arguments()
class ListEditor(Generic[E]):
    """One of the lists of the settings; everybody reads it, admins change it.

    Iteration yields the entries that are offered, in the order of the list; archived and removed ones are left out.

    >>> from contactcore import User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
    ...     types = session.settings.item_types
    ...     dog, cat = types.add("Dog"), types.add("Cat")
    ...     types.rename("dog", "Hound")
    ...     types.reorder(["cat"])
    ...     [(one.slug, one.name) for one in types]
    [('cat', 'Cat'), ('dog', 'Hound')]

    Raises:
        Forbidden: `admin-only`, if another actor changes the list.
    """

    def __init__(self, transaction: Transaction, name: str) -> None:
        self._transaction = transaction
        self._name = name

    @property
    def all(self) -> AdminList[E]:
        """The whole list, with the archived and the removed entries."""
        return cast("AdminList[E]", getattr(settings_seen(self._transaction), self._name))

    def __iter__(self) -> Iterator[E]:
        return iter(self.all.offered)

    def __len__(self) -> int:
        return len(self.all.offered)

    def add(self, name: str) -> E:
        """Add an entry at the end of the list.

        Args:
            name: The name for people to read. The slug is made from it.

        Returns:
            The new entry.

        Raises:
            Invalid: `entry-exists`, and the problems of the name.
        """
        return self._store(self._editable().add(name)).entries[-1]

    def rename(self, slug: str, name: str) -> None:
        """Rename an entry; the records that have it keep it.

        Args:
            slug: The slug of the entry, which does not change.
            name: The new name.

        Raises:
            Invalid: `entry-unknown`, `entry-exists`, and the problems of the name.
        """
        self._store(self._editable().rename(slug, name))

    def archive(self, slug: str, *, archived: bool = True) -> None:
        """Archive an entry, so that it is no longer offered, or offer it again; the records that have it keep it.

        Args:
            slug: The slug of the entry.
            archived: True by default; False to offer the entry again.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._store(self._editable().archive(slug, archived=archived))

    def remove(self, slug: str, replacement: str = "") -> None:
        """Remove an entry from the list; the records that have it get the replacement, or none.

        Args:
            slug: The slug of the entry.
            replacement: The slug of another entry; `""` (the default) for none.

        Raises:
            Invalid: `entry-unknown` for either slug.
        """
        self._store(self._editable().remove(slug, replacement))

    def reorder(self, slugs: Sequence[str]) -> None:
        """Move entries to the front of the list, in the given order; the others keep their order.

        Args:
            slugs: The slugs of the entries.

        Raises:
            Invalid: `entry-unknown`.
        """
        self._store(self._editable().reorder(slugs))

    def _editable(self) -> AdminList[E]:
        self._transaction.check_admin("change the settings")
        return self.all

    def _store(self, changed: AdminList[E]) -> AdminList[E]:
        changes: dict[str, Any] = {self._name: changed}
        settings = store_settings(self._transaction, attrs.evolve(self._transaction.settings, **changes))
        return cast("AdminList[E]", getattr(settings, self._name))
