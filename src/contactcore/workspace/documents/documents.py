"""The service of documents: templates rendered with the data of a client (PER-6, ACC-3)."""

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
from contactcore.workspace.people.shown import visible_people
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.portal_view import settings_seen

__all__ = ["Documents"]


@check_arguments()
class Documents:
    """Documents about a client, rendered from templates; `session.documents` is this service.

    A document contains only data that the actor sees. Hidden people never appear in it (ACC-3).

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
        """The variables that a template may contain, each with its type and description (PER-6).

        The list includes the custom fields of the workspace; for a portal user, those that are marked for the portal.

        >>> from contactcore import User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="acme").read(User("amelie")) as session:
        ...     [one.name for one in session.documents.variables() if one.type == "yes-no"]
        ['representatives[n].joint']
        """
        return variables(settings_seen(self._transaction))

    def values(self, client: str | Contact) -> Values:
        """The values of all variables for a client.

        Args:
            client: The contact, or its id.

        Raises:
            NotFound: The contact does not exist, is in the trash, or is hidden from the actor.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.documents.values(client).texts["client.name"]
        'Bois & Fils'
        """
        transaction = self._transaction
        contact = ContactRepository(transaction).get(client)
        people = visible_people(transaction, contact.id)
        return values_of(
            contact,
            people,
            settings_seen(transaction),
            transaction.today,
            representatives=representatives(people, transaction.today),
            workspace=transaction.letter_configuration.workspace,
        )

    def missing(self, template: str | bytes, client: str | Contact) -> tuple[Missing, ...]:
        """The variables of a template that have no value for a client; no document is made.

        Args:
            template: Text or HTML, or the bytes of a .docx file.
            client: The contact, or its id.

        Raises:
            NotFound: As `values`.
            Invalid: As `render`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     [one.name for one in session.documents.missing("{{ client.name }}: {{ client.phone }}", client)]
        ['client.phone']
        """
        return missing_in(template, self.values(client))

    @overload
    def render(self, template: str, client: str | Contact, target: Literal["text", "html"] = "text") -> str: ...
    @overload
    def render(self, template: bytes, client: str | Contact, target: Literal["docx"]) -> bytes: ...
    @overload
    def render(self, template: str | bytes, client: str | Contact, target: Target = "text") -> str | bytes: ...
    def render(self, template: str | bytes, client: str | Contact, target: Target = "text") -> str | bytes:
        """A document about a client; a variable without a value is left blank, and `missing` lists such variables.

        Args:
            template: Text or HTML with placeholders such as `{{ client.name }}`, or the bytes of a .docx file with
                placeholders.
            client: The contact, or its id.
            target: `"text"` (the default), `"html"` or `"docx"`. Values are escaped for the target. `"docx"` needs the
                extra `documents`.

        Returns:
            The text, or the bytes of a .docx file.

        Raises:
            NotFound: As `values`.
            Invalid: `variable-unknown` for a variable that no client has; nothing is rendered then. Also
                `target-unknown`, `template-construct`, `template-syntax`, `template-too-long`, `template-too-many`,
                `template-place`, `template-type`, `result-too-long`, `not-a-docx`, `docx-too-large`, `extra-missing`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.documents.render("Dear {{ client.name }}, your phone: {{ client.phone }}.", client)
        'Dear Bois & Fils, your phone: .'
        """
        return render_template(template, self.values(client), target)
