"""The service of documents: templates rendered with the data of a client (PER-6, ACC-3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, overload

from contactcore.errors import Invalid
from contactcore.formats.documents import Missing, Values, Variable, values_of, variables
from contactcore.formats.documents import missing as missing_in
from contactcore.formats.documents import render as render_template
from contactcore.formats.documents.templates import Target
from contactcore.model import Contact
from contactcore.model.account import Statement
from contactcore.rules.authorities import representatives
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.shown import visible_people
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.portal_view import module_seen, settings_seen

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
        return variables(settings_seen(self._transaction), with_statement=module_seen(self._transaction, "invoices"))

    def values(self, client: str | Contact, *, statement: Statement | None = None) -> Values:
        """The values of all variables for a client.

        Args:
            client: The contact, or its id.
            statement: A statement of the client's account (`session.account.statement`), for the variables
                `statement...`; None (the default) for none.

        Raises:
            NotFound: The contact does not exist, is in the trash, or is hidden from the actor.
            Invalid: `statement-of-another` for a statement of another contact.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     session.documents.values(client).texts["client.name"]
        'Bois & Fils'
        """
        transaction = self._transaction
        contact = ContactRepository(transaction).get(client)
        if statement is not None and statement.contact_id != contact.id:
            message = "This is the statement of another contact: ask for that of the client."
            raise Invalid("statement-of-another", message, path="statement", value=statement.contact_id)
        people = visible_people(transaction, contact.id)
        return values_of(
            contact,
            people,
            settings_seen(transaction),
            transaction.today,
            representatives=representatives(people, transaction.today),
            workspace=transaction.letter_configuration.workspace,
            statement=statement,
            with_statement=module_seen(transaction, "invoices"),
        )

    def missing(
        self, template: str | bytes, client: str | Contact, *, statement: Statement | None = None
    ) -> tuple[Missing, ...]:
        """The variables of a template that have no value for a client; no document is made.

        Args:
            template: Text or HTML, or the bytes of a .docx file.
            client: The contact, or its id.
            statement: As for `values`.

        Raises:
            NotFound: As `values`.
            Invalid: As `values` and `render`.

        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     [one.name for one in session.documents.missing("{{ client.name }}: {{ client.phone }}", client)]
        ['client.phone']
        """
        values = self.values(client, statement=statement)
        with _refusals_of_the_template():
            return missing_in(template, values)

    @overload
    def render(
        self,
        template: str,
        client: str | Contact,
        target: Literal["text", "html"] = "text",
        *,
        statement: Statement | None = None,
    ) -> str: ...
    @overload
    def render(
        self,
        template: bytes,
        client: str | Contact,
        target: Literal["docx"],
        *,
        statement: Statement | None = None,
    ) -> bytes: ...
    @overload
    def render(
        self,
        template: str | bytes,
        client: str | Contact,
        target: Target = "text",
        *,
        statement: Statement | None = None,
    ) -> str | bytes: ...
    def render(
        self,
        template: str | bytes,
        client: str | Contact,
        target: Target = "text",
        *,
        statement: Statement | None = None,
    ) -> str | bytes:
        """A document about a client; a variable without a value is left blank, and `missing` lists such variables.

        Args:
            template: Text or HTML with placeholders such as `{{ client.name }}`, or the bytes of a .docx file with
                placeholders.
            client: The contact, or its id.
            target: `"text"` (the default), `"html"` or `"docx"`. Values are escaped for the target. `"docx"` needs the
                extra `documents`.
            statement: As for `values`.

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

        >>> from datetime import date
        >>> from contactcore import AccountEntry
        >>> with Workspace(MemoryStorage(), name="Acme").write(User("amelie")) as session:
        ...     client = session.contacts.add(Company("Bois & Fils"))
        ...     invoice = AccountEntry("invoice", "120 EUR", key="F1", date=date(2026, 1, 5), number="F1")
        ...     posted = session.account.post(client, invoice)
        ...     january = session.account.statement(client, date(2026, 1, 1), date(2026, 1, 31), "EUR")
        ...     template = "{{ statement.lines }}. You owe {{ statement.closing }}."
        ...     session.documents.render(template, client, statement=january)
        'January 5, 2026, Invoice F1, €120.00. You owe €120.00.'
        """
        values = self.values(client, statement=statement)
        with _refusals_of_the_template():
            return render_template(template, values, target)


@contextmanager
def _refusals_of_the_template() -> Iterator[None]:
    """Give problems without a path that of the template, in which they are."""
    try:
        yield
    except Invalid as error:
        raise Invalid([problem if problem.path else problem.under("template") for problem in error.problems]) from None
