"""Consents as plain rows: out of a workspace, and into another one or the same (IMP-8).

The withdrawal wins: no row turns a consent that was withdrawn here into one that is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from contactcore.errors import ContactCoreError, Invalid
from contactcore.formats.plain import to_plain
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.index_keys import term
from contactcore.model import Company, Person
from contactcore.model.consent import Consent
from contactcore.model.privacy import ConsentImport
from contactcore.storage import SYSTEM
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.consents import ConsentRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["ConsentReader", "consent_rows"]

_TEXTS = ("purpose", "wording", "wording_version", "source", "given", "withdrawn")
_OF_PERSON = ("person", "name", "email", "external_id")


def consent_rows(transaction: Transaction) -> Iterator[dict[str, Any]]:
    """Yield the consents of all people out of the trash, each as a row of JSON types.

    Args:
        transaction: The transaction of an admin.
    """
    people = Repository(transaction, CONTACTS)
    for loaded in people.find(access=SYSTEM):
        person = loaded.entity
        if not isinstance(person, Person):
            continue
        for one in ConsentRepository(transaction).of(person.id):
            email = person.emails[0].text if person.emails else ""
            row = {"person": person.id, "name": person.display_name, "email": email, "external_id": person.external_id}
            plain = to_plain(one.entity)
            row |= {name: plain[name] for name in _TEXTS if name in plain}
            yield {name: value for name, value in row.items() if value}


class ConsentReader:
    """Stores consents from rows in one transaction.

    Args:
        transaction: The transaction of an admin, which writes.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._contacts = ContactRepository(transaction)
        self._consents = ConsentRepository(transaction)
        self._was_withdrawn: dict[tuple[str, str], bool] = {}
        self._counts = {"added": 0, "withdrawn": 0, "kept": 0}
        self._refused: list[tuple[int, str]] = []

    def read(self, rows: Iterable[Mapping[str, Any]]) -> ConsentImport:
        """Store the consents of rows, and return what became of each.

        Args:
            rows: The rows, as `consent_rows` yields them.
        """
        for number, row in enumerate(rows, 1):
            try:
                self._counts[self._store(row)] += 1
            except ContactCoreError as error:
                self._refused.append((number, error.problems[0].code if isinstance(error, Invalid) else error.code))
        return ConsentImport(**self._counts, refused=tuple(self._refused))

    def _store(self, row: Mapping[str, Any]) -> str:
        if not isinstance(row, Mapping):
            raise Invalid("consent-row", "Give each consent as a mapping of names and values.", value=row)
        if unknown := sorted({*map(str, row)} - {*_TEXTS, *_OF_PERSON}):
            raise Invalid("consent-row", f"A consent has {', '.join((*_OF_PERSON, *_TEXTS))}.", value=unknown[0])
        wanted = self._consent(row)
        owner = self._owner(row)
        known = [one for one in self._consents.of(owner.stored.id) if one.entity.purpose == wanted.purpose]
        key = (owner.stored.id, wanted.purpose)
        if key not in self._was_withdrawn:
            # The rows themselves may say that a consent was withdrawn, and given again later.
            self._was_withdrawn[key] = any(not one.entity.in_force for one in known)
        return self._lay(wanted, owner, known, was_withdrawn=self._was_withdrawn[key])

    def _lay(self, wanted: Consent, owner: Loaded[Any], known: list[Loaded[Consent]], *, was_withdrawn: bool) -> str:
        same = [
            one
            for one in known
            if (one.entity.wording_version, one.entity.given) == (wanted.wording_version, wanted.given)
        ]
        if wanted.withdrawn is not None:
            ended = [
                one
                for one in known
                if one.entity.in_force and one.entity.given is not None and one.entity.given <= wanted.withdrawn
            ]
            for one in ended:
                self._consents.put(attrs.evolve(one.entity, withdrawn=wanted.withdrawn), one.stored, event="withdrawn")
            if not same:
                self._consents.add_new(wanted, owner)
                return "withdrawn" if ended else "added"
            return "withdrawn" if ended else "kept"
        if same or any(one.entity.in_force and one.entity.wording_version == wanted.wording_version for one in known):
            return "kept"
        if was_withdrawn or any(
            one.entity.withdrawn is not None and wanted.given is not None and one.entity.withdrawn >= wanted.given
            for one in known
        ):
            message = "The person withdrew this consent here. If the person agrees again, call give_consent."
            raise Invalid("consent-withdrawn", message, path="purpose", value=wanted.purpose)
        self._consents.add_new(wanted, owner)
        return "added"

    def _consent(self, row: Mapping[str, Any]) -> Consent:
        now = self._transaction.now
        values = {name: row.get(name, "") for name in ("purpose", "wording", "wording_version", "source")}
        given, withdrawn = (_moment(row, name) for name in ("given", "withdrawn"))
        if given is None:
            raise Invalid("consent-times", "Say when the consent was given.", path="given", value=row.get("given"))
        if given > now or (withdrawn is not None and withdrawn > now):
            raise Invalid("consent-times", "Give a time that has passed.", path="given", value=given)
        return Consent(**values, given=given, withdrawn=withdrawn)

    def _owner(self, row: Mapping[str, Any]) -> Loaded[Person | Company]:
        """The person of a row: the one with the id, else the only one with the external id, or with the address."""
        id = row.get("person", "")
        if isinstance(id, str) and id and self._contacts.stored([id]) != [None] and self._contacts.may_be_seen(id):
            return self._locked(id)
        external, email = row.get("external_id", ""), row.get("email", "")
        terms = [term("external", external)] if external and isinstance(external, str) else []
        if email and isinstance(email, str):
            terms.append(term("email", EmailAddress(email).key))
        for one in terms:
            found = [
                loaded.entity.id
                for loaded in self._contacts.find(frozenset({one}))
                if isinstance(loaded.entity, Person)
            ]
            if len(found) == 1:
                return self._locked(found[0])
        raise Invalid("consent-person", "No person, or more than one, has this id, external id or address.", value=id)

    def _locked(self, id: str) -> Loaded[Person | Company]:
        owner = self._contacts.lock_for_change(id)
        if not isinstance(owner.entity, Person):
            raise Invalid("not-a-person", "This is a company: only people consent.", path="person", value=id)
        return owner


def _moment(row: Mapping[str, Any], name: str) -> datetime | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid("consent-times", "Give an ISO 8601 time with its offset.", path=name, value=value)
    return found
