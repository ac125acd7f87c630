"""Marks of erased people in the storage: salted digests that keep imports, cards and forms from bringing them back.

A mark is the HMAC of what a person is recognised by, with a secret of the workspace. Nobody reads a person from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from hmac import digest

from contactcore.mapping.indexed_names import folded, name_in
from contactcore.mapping.privacy import SUPPRESSIONS
from contactcore.model import Affiliation, Company, Contact, Person
from contactcore.model.privacy import Suppression
from contactcore.model.restoring import altered
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository

__all__ = ["ERASED", "ERASED_MESSAGE", "SuppressionRepository", "at_work"]

ERASED = "person-erased"
"""The code of the refusal of somebody who was erased."""

ERASED_MESSAGE = (
    "Somebody with these details was erased. If the person asked to be back, call session.privacy.readmit first."
)
_SALT = "salt"
_IDS_AT_ONCE = 1_000


class SuppressionRepository(Repository[Suppression]):
    """The marks of a workspace in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction, SUPPRESSIONS)

    def keep(self, person: Person | Company, alone: Collection[str]) -> None:
        """Mark a person who is erased.

        Args:
            person: The person.
            alone: The keys of the e-mail addresses that nobody else has. An address that others share marks the person
                only together with the name.
        """
        writer = self.transaction.writer
        # Two processes may erase the first people at the same time. The salt of the first one stays.
        new = Suppression(id=_SALT, salt=self.transaction.passwords.token())
        writer.insert([self.record(new)], existing="keep")
        salt = self._salt()
        of = _digest(salt, _id_text(person.id))
        marks = [self.record(Suppression(id=id, of=of)) for id in self._of(person, salt, alone)]
        if marks:
            writer.insert(marks, existing="keep")

    @property
    def has_marks(self) -> bool:
        """Whether anybody was erased; without marks, nobody needs to be compared with them."""
        return bool(self._salt())

    def are_marked(self, contacts: Sequence[Contact]) -> list[bool]:
        """Return for each contact whether somebody with its details was erased; one read for all of them.

        Args:
            contacts: New contacts. Phone numbers that are still text are not compared.
        """
        salt = self._salt()
        if not salt:
            return [False] * len(contacts)
        wanted = [{*self._of(one, salt, None)} for one in contacts]
        ids = sorted(set().union(*wanted))
        known: set[str] = set()
        for start in range(0, len(ids), _IDS_AT_ONCE):
            group = ids[start : start + _IDS_AT_ONCE]
            known |= {one.id for one in self.stored(group) if one is not None}
        return [not known.isdisjoint(marks) for marks in wanted]

    def is_marked(self, contact: Contact) -> bool:
        """Return whether somebody with the details of a contact was erased."""
        return self.are_marked([contact])[0]

    def lift(self, contact: Contact) -> int:
        """Remove the marks that the details of a contact have, and return their number."""
        salt = self._salt()
        found = self.stored(sorted(self._of(contact, salt, None))) if salt else []
        ids = {one.id for one in found if one is not None}
        # Nobody types the id that the person had, but a row of an older file has it.
        ids |= {of for one in found if one is not None and (of := self.loaded(one).entity.of)}
        removed = 0
        for stored in self.stored(sorted(ids)) if ids else ():
            if stored is not None:
                locked = self.lock_any(stored.id)
                self.remove(locked.entity, locked.stored, event="")
                removed += 1
        return removed

    def _salt(self) -> str:
        (stored,) = self.transaction.reader.get(SUPPRESSIONS.name, [_SALT])
        return "" if stored is None else self.loaded(stored).entity.salt

    def _of(self, contact: Contact, salt: str, alone: Collection[str] | None) -> set[str]:
        texts = _recognised_by(contact, self.transaction.index_context.language, alone)
        return {_digest(salt, text) for text in texts}


def _digest(salt: str, text: str) -> str:
    return digest(salt.encode(), text.encode("utf-8", "replace"), "sha256").hex()


def _id_text(id: str) -> str:
    """The text of which the id of a person makes a mark."""
    return f"id|{id}"


def at_work(contact: Person | Company, affiliations: Iterable[Affiliation]) -> Person | Company:
    """A contact with the addresses and numbers of its affiliations, by which an erased person is recognised too."""
    known = tuple(affiliations)
    emails = (*contact.emails, *(one.email for one in known if one.email is not None))
    phones = (*contact.phones, *(one.phone for one in known if one.phone is not None))
    if (emails, phones) == (contact.emails, contact.phones):
        return contact
    return altered(contact, {"emails": emails, "phones": phones})


def _recognised_by(contact: Contact, language: str, alone: Collection[str] | None) -> Iterator[str]:
    """The texts by which a contact is recognised: an address, an address with the name, a number with the name, ids."""
    emails: Iterable[str] = [email.key for email in contact.emails]
    yield from (f"email|{key}" for key in emails if alone is None or key in alone)
    shown = name_in(contact, language)
    if shown not in (*(email.text for email in contact.emails[:1]), *map(str, contact.phones[:1])):
        # The words are sorted, because the order of the family name depends on the language.
        name = " ".join(sorted(folded(shown).split()))
        yield from (f"email|{key}|{name}" for key in emails)
        yield from (f"phone|{phone}|{name}" for phone in contact.phones if not isinstance(phone, str))
    else:
        yield from (f"phone|{phone}|" for phone in contact.phones if not isinstance(phone, str))
    if contact.external_id:
        yield f"external|{contact.external_id}"
    if contact.id:
        yield _id_text(contact.id)
