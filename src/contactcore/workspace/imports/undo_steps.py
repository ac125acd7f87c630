"""Taking back what an import did, some hundred records at a time, by the code that deletes and stores elsewhere.

Nothing that somebody else changed or entered since is lost: it stays, and so does every contact that it belongs to. The
same holds for records that the actor may not see. The report says no more of these than that something is in use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Person
from contactcore.rules.access import may_change, may_see
from contactcore.workspace.imports.changes import ImportChanges, UndoStep
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.trash.trash import discard_each

__all__ = ["UndoTransaction"]

_Contacts = Mapping[str, Loaded[Person | Company]]


class UndoTransaction:
    """Takes back one step.

    Args:
        transaction: The transaction of the actor who undoes the import.
        changes: All that the import did.

    Attributes:
        removed, restored, affiliations: The numbers of the step.
        kept: Kind, id and code of everything that stays.
    """

    def __init__(self, transaction: Transaction, changes: ImportChanges) -> None:
        self._transaction = transaction
        self._changes = changes
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)
        self.removed = 0
        self.restored = 0
        self.affiliations = 0
        self.kept: list[tuple[str, str, str]] = []

    def run(self, step: UndoStep, part: Mapping[str, Any]) -> None:
        """Take back some entries of a part.

        Raises:
            Conflict, NotFound: somebody else was faster; a new transaction finds out what stays because of that.
        """
        entries = part.get(step.phase, [])[step.start : step.stop]
        if step.phase in {"people", "companies"}:
            self._remove(entries)
        elif step.phase == "changed":
            self._restore({id: (before, body) for id, before, body in entries})
        elif step.phase == "positions":
            self._empty({id: (before, position, department) for id, before, position, department in entries})
        else:
            self._separate(entries)

    def _keep(self, kind: str, id: str, code: str) -> None:
        self.kept.append((kind, id, code))

    # Contacts that the import made

    def _remove(self, ids: list[str]) -> None:
        """Move contacts to the trash that nobody changed, and that nothing belongs to but what the import made."""
        unchanged: dict[str, Loaded[Person | Company]] = {}
        for id, one in self._locked(ids):
            # A contact that somebody deleted meanwhile lies in the trash already.
            if trashed_of(one.stored) is None:
                if self._changes.contacts.is_as_made(id, one.stored.version):
                    unchanged[id] = one
                else:
                    self._keep("contact", id, "changed-since")
        blocked = self._blocking_references(unchanged)
        for id, code in blocked.items():
            self._keep("contact", id, code)
        leaving = [one for id, one in unchanged.items() if id not in blocked]
        discard_each(self._transaction, leaving)
        self.removed += len(leaving)

    def _blocking_references(self, contacts: _Contacts) -> dict[str, str]:
        """Contacts that must stay -> the code that says why."""
        found: dict[str, str] = {}
        for one in self._affiliations.owned_by(*contacts):
            for id in (one.entity.person_id, one.entity.contact_id):
                code = self._blocks(one.entity, id) if id in contacts else ""
                if code:
                    seen = may_see(self._transaction.actor, one.access)
                    # A reason that the actor sees is the better one.
                    if seen or id not in found:
                        found[id] = code if seen else "in-use"
        people = [id for id, one in contacts.items() if isinstance(one.entity, Person) and id not in found]
        for login in LoginRepository(self._transaction).of_people(people):
            found[login.person_id] = "has-login"
        return found

    def _blocks(self, one: Affiliation, id: str) -> str:
        """Why an affiliation keeps one of its owners; `""` where it does not."""
        if not self._changes.affiliations.is_made(one.id):
            return "acts-elsewhere" if id == one.person_id else "people-added"
        if not self._is_untouched(one):
            return "affiliation-changed"
        # People go first: a person who is still there stays, and keeps the company they act for.
        return "people-stay" if id == one.contact_id and self._changes.contacts.is_made(one.person_id) else ""

    def _is_untouched(self, one: Affiliation) -> bool:
        # Purposes count for no revision, since they move from one affiliation to another like the primary flag.
        return self._changes.affiliations.is_as_made(one.id, one.revision or one.version) and not one.purposes

    # Contacts that the import changed

    def _restore(self, images: dict[str, tuple[int, str]]) -> None:
        """Store contacts as they were before the import."""
        wanted: dict[str, int] = {}
        for id, (before, _) in images.items():
            span = self._changes.contacts.span(id)
            if span is not None and before < span.before:
                self._keep("contact", id, "changed-since")
            elif span is not None and before == span.before:
                wanted[id] = span.left
        for id, one in self._locked(wanted):
            if trashed_of(one.stored) is not None:
                self._keep("contact", id, "deleted-since")
            elif one.stored.version != wanted[id]:
                self._keep("contact", id, "changed-since")
            elif not may_change(self._transaction.actor, one.access):
                self._keep("contact", id, "read-only")
            else:
                image = attrs.evolve(one.stored, body=images[id][1].encode())
                # Read under the settings in force: a type that was removed meanwhile is the one that replaces it.
                changed = self._contacts.change(self._contacts.loaded(image).entity, one)
                if isinstance(changed, Person):
                    LoginRepository(self._transaction).follow(changed)
                self.restored += 1

    # Affiliations between contacts that existed before

    def _empty(self, images: dict[str, tuple[int, str, str]]) -> None:
        """Give affiliations the position and department that they had."""
        wanted: dict[str, int] = {}
        for id, (before, *_) in images.items():
            span = self._changes.affiliations.span(id)
            if span is not None and before < span.before:
                self._keep("affiliation", id, "changed-since")
            elif span is not None and before == span.before:
                wanted[id] = span.left
        for id, one in self._joined(wanted, report_deleted=True).items():
            _, position, department = images[id]
            if (one.entity.revision or one.entity.version) != wanted[id]:
                self._keep("affiliation", id, "changed-since")
            elif self._may_change(one.entity):
                emptied = attrs.evolve(one.entity, position=position, department=department)
                self._affiliations.put(emptied, one.stored)
                self.affiliations += 1

    def _separate(self, ids: list[str]) -> None:
        """Remove affiliations as if they had never been; those of a contact that the import made are skipped."""
        contacts = self._changes.contacts
        gaps: dict[str, bool] = defaultdict(bool)
        for id, one in self._joined(ids).items():
            entity = one.entity
            if contacts.is_made(entity.contact_id) or contacts.is_made(entity.person_id):
                continue
            if not self._is_untouched(entity):
                self._keep("affiliation", id, "changed-since")
            elif self._may_change(entity):
                self._affiliations.remove(entity, one.stored)
                gaps[entity.contact_id] |= entity.primary or entity.primary_sequence != 0
                self.affiliations += 1
        for contact_id in sorted(id for id, bereaved in gaps.items() if bereaved):
            self._affiliations.reassign(contact_id)

    def _may_change(self, one: Affiliation) -> bool:
        allowed = self._contacts.may_be_changed(one.contact_id)
        if not allowed:
            self._keep("affiliation", one.id, "read-only")
        return allowed

    def _joined(self, ids: Iterable[str], *, report_deleted: bool = False) -> dict[str, Loaded[Affiliation]]:
        """Affiliations that are not in the trash, by id, their contacts locked."""
        wanted = list(ids)
        found = [self._affiliations.loaded(one) for one in self._affiliations.stored(wanted) if one is not None]
        for _ in self._locked({one.entity.contact_id for one in found}):
            pass
        joined = {}
        for stored in self._affiliations.stored(wanted):
            if stored is not None and trashed_of(stored) is None:
                joined[stored.id] = self._affiliations.loaded(stored)
            elif stored is not None and report_deleted:
                self._keep("affiliation", stored.id, "deleted-since")
        return joined

    def _locked(self, ids: Iterable[str]) -> Iterator[tuple[str, Loaded[Person | Company]]]:
        """The contacts that are there, the trash included, locked in the sequence of their ids."""
        there = [stored.id for stored in self._contacts.stored(sorted(ids)) if stored is not None]
        for id in there:
            yield id, self._contacts.lock_any(id)
