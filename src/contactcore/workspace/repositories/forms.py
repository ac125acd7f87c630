"""Forms of the web in the storage, and the secret that signs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from contactcore.mapping.forms import FORM_SECRETS, FORMS, SECRET, FormSecret
from contactcore.model.form import Form
from contactcore.workspace.kernel.transaction import Transaction, removed_meanwhile
from contactcore.workspace.repositories.repository import Repository

__all__ = ["FormRepository", "lock_signing", "signing_key"]


class FormRepository(Repository[Form]):
    """The forms of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, FORMS)

    def all(self) -> Iterator[Form]:
        """Yield all forms, in the sequence in which they were added."""
        return (one.entity for one in self.find())

    def add_new(self, form: Form) -> Form:
        """Store a new form, and the secret of the workspace with the first one.

        Args:
            form: The form, without an id.

        Returns:
            The stored form, with its id and version 1.
        """
        transaction = self.transaction
        secrets = Repository(transaction, FORM_SECRETS)
        # Two processes may add the first forms at the same time. The secret of the first one stays.
        new = FormSecret(key=transaction.passwords.token())
        transaction.writer.insert([secrets.record(new)], existing="keep")
        return self.add(attrs.evolve(form, id=transaction.new_id(), version=1))

    def replace_responsible(self, replaced: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
        """Change the responsible users that forms give to new contacts.

        Args:
            replaced: A function that returns the names after the change.
        """
        for form in list(self.all()):
            names = replaced(form.responsibles)
            if sorted(names) != sorted(form.responsibles):
                locked = self.lock_any(form.id)
                changed = attrs.evolve(locked.entity, responsibles=replaced(locked.entity.responsibles))
                self.put(changed, locked.stored)


def signing_key(transaction: Transaction) -> str:
    """Return the secret with which the workspace signs its forms.

    Raises:
        StorageError: `storage-retry` if there is none, because no form was ever stored.
    """
    repository = Repository(transaction, FORM_SECRETS)
    (stored,) = repository.stored([SECRET])
    if stored is None:
        raise removed_meanwhile()
    return repository.loaded(stored).entity.key


def lock_signing(transaction: Transaction) -> None:
    """Lock the secret until the transaction ends, so that submissions take turns.

    Two submissions with the same new e-mail address therefore make one contact.
    """
    Repository(transaction, FORM_SECRETS).lock_any(SECRET)
