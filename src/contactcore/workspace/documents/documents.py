"""Documents about a client, as one actor may make them (PER-6, ACC-3)."""

from __future__ import annotations

from typing import Literal, overload

from contactcore.formats.documents import Missing, Values, Variable, values_of, variables
from contactcore.formats.documents import missing as missing_in
from contactcore.formats.documents import render as render_template
from contactcore.formats.documents.templates import Target
from contactcore.model import Contact
from contactcore.rules.authorities import representatives
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.people import visible_people
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["Documents"]


@check_arguments()
class Documents:
    """Templates filled with what the actor sees of a client; hidden people never appear in a document (ACC-3).

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
    ...     client = session.contacts.add(Company("Bois & Fils"))
    ...     template = "{{ workspace.name }} writes to {{ client.name }}, {{ client.email }}."
    ...     [one.name for one in session.documents.missing(template, client)]
    ...     session.documents.render(template, client)
    ...     session.documents.render("<b>{{ client.name }}</b>", client, "html")
    ['client.email']
    'Acme writes to Bois & Fils, .'
    '<b>Bois &amp; Fils</b>'
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def variables(self) -> tuple[Variable, ...]:
        """All variables that a template may use, each with its type and description; custom fields included.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     [one.name for one in session.documents.variables() if one.type == "yes-no"]
        ['representatives[n].joint']
        """
        return variables(self._transaction.settings)

    def values(self, client: str | Contact) -> Values:
        """What every variable says of a client, for the actor.

        Args:
            client: The contact, or its id.

        Raises:
            NotFound: there is no such contact that the actor may see.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.documents.values(client).texts["client.name"]
        'Bois & Fils'
        """
        transaction = self._transaction
        contact = ContactRepository(transaction).get(client)
        seen = visible_people(transaction, contact.id)
        return values_of(
            contact,
            seen,
            transaction.settings,
            transaction.today,
            representatives=representatives(seen, transaction.today),
            workspace=transaction.letter_configuration.workspace,
        )

    def missing(self, template: str | bytes, client: str | Contact) -> tuple[Missing, ...]:
        """The variables that a template needs and that say nothing of this client, told before a document is made.

        Args:
            template: Text or HTML, or the bytes of a .docx.
            client: The contact, or its id.

        Raises:
            NotFound: there is no such contact that the actor may see.
            Invalid: as `render`.
        """
        return missing_in(template, self.values(client))

    @overload
    def render(self, template: str, client: str | Contact, target: Literal["text", "html"] = "text") -> str: ...
    @overload
    def render(self, template: bytes, client: str | Contact, target: Literal["docx"]) -> bytes: ...
    @overload
    def render(self, template: str | bytes, client: str | Contact, target: Target = "text") -> str | bytes: ...
    def render(self, template: str | bytes, client: str | Contact, target: Target = "text") -> str | bytes:
        """A document about a client; what says nothing is left blank (`missing` tells beforehand).

        Args:
            template: Text or HTML with placeholders such as `{{ client.name }}`, or the bytes of a .docx that has them.
            client: The contact, or its id.
            target: `"text"`, `"html"`: values are escaped for it; `"docx"` (extra `documents`).

        Raises:
            NotFound: there is no such contact that the actor may see.
            Invalid: `variable-unknown`, before anything is made; `template-construct`, `template-syntax`,
                `template-too-long`, `template-too-many`, `template-place`, `template-type`, `result-too-long`,
                `not-a-docx`, `docx-too-large`, `extra-missing`.
        """
        return render_template(template, self.values(client), target)
