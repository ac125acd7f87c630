"""The settings for what is done for contacts: items, their term and roles, and timelines (SIT-2, SIT-3, SIT-6)."""

from __future__ import annotations

from contactcore.errors import Invalid
from contactcore.model import (
    InteractionType,
    ItemType,
)
from contactcore.model.term import OWN_TERM, TERMS, Term
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.settings.item_roles import RoleEditor
from contactcore.workspace.settings.list_editor import ListEditor
from contactcore.workspace.settings.part import SettingsPart

__all__ = ["ServiceSettings"]


@check_arguments()
class ServiceSettings(SettingsPart):
    """The term for items, and the lists for items and timelines."""

    @property
    def term(self) -> Term:
        """The term for items in the language of the workspace, with its plural forms (SIT-3).

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme", language="pl").write(User("root", admin=True)) as session:
        ...     term = session.settings.set_term("patients")
        ...     session.settings.term.plural, term.of(5)
        ('pacjenci', 'pacjentów')
        """
        return self.current.term_in(self.current.language)

    def set_term(self, slug: str) -> Term:
        """Choose the term for items (SIT-3).

        Args:
            slug: `clients`, `patients`, `students`, `accounts`, `pets`, `vehicles`, `projects`, `cases`, `jobs`,
                `opportunities` or `properties`.

        Returns:
            The term in the language of the workspace.

        Raises:
            Invalid: `term-unknown`.
        """
        self._check_admin()
        if slug not in TERMS:
            raise Invalid("term-unknown", f"Terms are {', '.join(TERMS)}.", path="slug", value=slug)
        self._store(term=slug, own_term=None)
        return self.term

    def set_own_term(self, singular: str, plural: str, **forms: str) -> Term:
        """Set a term for items that is not on the list (SIT-3).

        Args:
            singular: The word for one item.
            plural: The word for several items.
            forms: The words of further plural categories of the language: `zero`, `two`, `few`, `many`. In Polish,
                `few` follows 2 and `many` follows 5. Without a form, `plural` is used.

        Returns:
            The term.

        Raises:
            Invalid: `term-words`, and the problems of the words.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme", language="pl").write(User("root", admin=True)) as session:
        ...     term = session.settings.set_own_term("koń", "koni", few="konie")
        ...     [f"{count} {session.settings.term.of(count)}" for count in (1, 2, 5)]
        ['1 koń', '2 konie', '5 koni']
        """
        self._check_admin()
        unknown = sorted(set(forms) - {"zero", "two", "few", "many"})
        if unknown:
            raise Invalid("term-words", "Further forms are zero, two, few and many.", path=unknown[0])
        words = {"one": singular, "other": plural, **forms}
        term = Term(slug=OWN_TERM, language=str(self.current.language), words=words)
        self._store(term=OWN_TERM, own_term=term)
        return term

    @property
    def item_types(self) -> ListEditor[ItemType]:
        """The types of items, with the methods that change the list (SIT-2)."""
        return ListEditor(self._transaction, "item_types")

    @property
    def item_roles(self) -> RoleEditor:
        """The roles of contacts for items, with the methods that change the list (SIT-2, NOT-4)."""
        return RoleEditor(self._transaction)

    # Interaction types, SIT-6.

    @property
    def interaction_types(self) -> ListEditor[InteractionType]:
        """The list of the types of interactions, which are the tabs of the timeline."""
        return ListEditor(self._transaction, "interaction_types")
