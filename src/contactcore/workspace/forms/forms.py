"""The service of forms: admins define them, users look at what came (IMP-6)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from contactcore.errors import Conflict, Invalid, Problem
from contactcore.model.form import Form
from contactcore.rules.access import check_staff
from contactcore.rules.forms import form_problems
from contactcore.storage import LONGEST_BODY
from contactcore.workspace.forms.submissions import Submissions
from contactcore.workspace.kernel.arguments import MAY_BE_NEW, check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.forms import FormRepository

__all__ = ["Forms"]


@check_arguments()
class Forms:
    """The forms of a workspace and their submissions; `session.forms` is this service.

    Users read the forms, and admins define them. `workspace.forms` shows a form to visitors and receives what they
    send.

    >>> import attrs
    >>> from contactcore import Form, FormField, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
    ...     fields = ["given_name", "family_name", FormField("email", required=True), "message"]
    ...     form = session.forms.add(Form("Contact", fields=fields, responsibles=["amelie"], tags=["web"]))
    ...     closed = session.forms.save(attrs.evolve(form, archived=True))
    ...     [one.name for one in session.forms.list()], len(session.forms.list(archived=True)), closed.version
    ([], 1, 2)

    Raises:
        Forbidden: `staff-only` for a portal user; `admin-only` if a user who is no admin changes a form.

    Source: IMP-6.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._forms = FormRepository(transaction)

    @cached_property
    def submissions(self) -> Submissions:
        """The submissions of visitors whose contacts the actor sees."""
        return Submissions(self._transaction)

    def add(self, form: Annotated[Form, MAY_BE_NEW]) -> Form:
        """Store a new form.

        Args:
            form: A form without an id.

        Returns:
            The stored form, with its id and version 1.

        Raises:
            Forbidden: `admin-only`, `staff-only`, `read-only-session`.
            Invalid: One error lists all problems; `already-stored`, `type-unknown`, `category-unknown`,
                `form-field-unknown`, `user-unknown`.

        >>> from contactcore import Form, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     session.forms.add(Form("Contact", fields=["email", "message"])).version
        1
        """
        self._check_admin()
        problems = [*self._problems(form)]
        if form.id:
            problems.append(Problem("already-stored", "id", "Use save to change a stored form.", form.id))
        if problems:
            raise Invalid(problems)
        return self._forms.add_new(form)

    def get(self, form: str | Form) -> Form:
        """The form with an id.

        Args:
            form: The form, or its id.

        Raises:
            NotFound: There is no such form.
            Forbidden: `staff-only`.

        >>> from contactcore import Form, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     form = session.forms.add(Form("Contact", fields=["email"]))
        ...     session.forms.get(form.id).name
        'Contact'
        """
        check_staff(self._transaction.actor)
        return self._forms.get(form)

    def list(self, *, archived: bool = False) -> tuple[Form, ...]:
        """The forms, in the sequence in which they were added.

        Args:
            archived: Whether archived forms are included; False by default.

        Raises:
            Forbidden: `staff-only`.
        """
        check_staff(self._transaction.actor)
        return tuple(form for form in self._forms.all() if archived or not form.archived)

    def save(self, form: Form) -> Form:
        """Store a changed form; pages that were made before ask the visitor again if they ask for other fields.

        A form is never removed, because its submissions name it. `archived` closes it.

        Args:
            form: A form that this service returned, changed with `attrs.evolve`.

        Returns:
            The stored form with the next version; the same version if nothing changed.

        Raises:
            Conflict: Somebody else changed the form after it was read.
            NotFound: There is no such form.
            Forbidden, Invalid: As `add`. What the stored form has may stay, even if the settings no longer offer it.

        >>> import attrs
        >>> from contactcore import Form, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        ...     form = session.forms.add(Form("Contact", fields=["email"]))
        ...     session.forms.save(attrs.evolve(form, thank_you=True)).version
        2
        """
        self._check_admin()
        locked = self._forms.lock(form)
        if locked.entity.version != form.version:
            raise Conflict(form, locked.entity)
        problems = [*self._problems(form, locked.entity)]
        if problems:
            raise Invalid(problems)
        if form == locked.entity:
            return locked.entity
        return self._forms.put(form, locked.stored)

    def _problems(self, form: Form, before: Form | None = None) -> Iterator[Problem]:
        yield from form_problems(form, self._transaction.settings, before)
        kept = before.responsibles if before else ()
        yield from ContactRepository(self._transaction).user_problems(form.responsibles, kept)
        if len(self._forms.record(form).body) > LONGEST_BODY:
            message = "All texts of the form together are too long: shorten them."
            yield Problem("text-too-long", "", message, facts={"limit": LONGEST_BODY})

    def _check_admin(self) -> None:
        check_staff(self._transaction.actor)
        self._transaction.check_admin("define forms")
        self._transaction.require_writing()
