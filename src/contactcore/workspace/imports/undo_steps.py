"""Taking back what an import did, some hundred records at a time, by the code that deletes and stores elsewhere.

What somebody else changed, or entered since, is never lost: it stays, and so does what it hangs on. That holds for what
the actor may not see too; of that no more is told than that something is in use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import attrs

from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.contacts import contact_of
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Person
from contactcore.rules.access import may_change, may_see
from contactcore.storage import Stored
from contactcore.workspace.imports.changes import Chunk, ImportChanges
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories import affiliations, logins
from contactcore.workspace.repositories.contacts import store_contact
from contactcore.workspace.trash.trash import discard_each

__all__ = ["UndoTransaction"]

_Joined: TypeAlias = tuple[Affiliation, Stored]


@attrs.define(eq=False)
class UndoTransaction:
    """What one transaction takes back.

    Attributes:
        transaction: Of the actor who undoes the import.
        traces: What the import left behind.
        removed, restored, affiliations: How many there were.
        kept: Kind, id and code of what stays.
    """

    transaction: Transaction
    traces: ImportChanges
    removed: int = 0
    restored: int = 0
    affiliations: int = 0
    kept: list[tuple[str, str, str]] = attrs.field(factory=list)

    def undo(self, chunk: Chunk, part: dict[str, Any]) -> None:
        """Undo some entries of a part.

        Raises:
            Conflict, NotFound: somebody else was faster; a new transaction finds out what stays because of that.
        """
        entries = part.get(chunk.phase, [])[chunk.start : chunk.stop]
        if chunk.phase in {"people", "companies"}:
            self._remove(entries)
        elif chunk.phase == "changed":
            self._restore({id: (before, body) for id, before, body in entries})
        elif chunk.phase == "positions":
            self._empty({id: (before, position, department) for id, before, position, department in entries})
        else:
            self._separate(entries)

    def _keep(self, kind: str, id: str, code: str) -> None:
        self.kept.append((kind, id, code))

    # Contacts that were made

    def _remove(self, ids: list[str]) -> None:
        """Move contacts to the trash that nobody changed, and on which nothing hangs but what the import made."""
        transaction, trail = self.transaction, self.traces.contacts
        unchanged: dict[str, Person | Company] = {}
        for id, stored in self._held("contact", ids):
            # What somebody deleted meanwhile lies in the trash already.
            if trashed_of(stored) is None:
                if trail.is_as_made(id, stored.version):
                    unchanged[id] = contact_of(stored, transaction.index_context)
                else:
                    self._keep("contact", id, "changed-since")
        held_by = self._blocking_references(unchanged)
        for id, code in held_by.items():
            self._keep("contact", id, code)
        leaving = [contact for id, contact in unchanged.items() if id not in held_by]
        discard_each(transaction, leaving)
        self.removed += len(leaving)

    def _blocking_references(self, contacts: dict[str, Person | Company]) -> dict[str, str]:
        """Contacts that must stay -> the code that says why."""
        found: dict[str, str] = {}
        for one, stored in affiliations.of_any(self.transaction, contacts):
            for id in (one.person_id, one.contact_id):
                code = self._hold(one, id) if id in contacts else ""
                if code:
                    seen = may_see(self.transaction.actor, stored.access)
                    # What is seen is the better reason.
                    if seen or id not in found:
                        found[id] = code if seen else "in-use"
        people = [id for id, contact in contacts.items() if isinstance(contact, Person) and id not in found]
        for login in logins.of_people(self.transaction, people):
            found[login.person_id] = "has-login"
        return found

    def _hold(self, one: Affiliation, id: str) -> str:
        """Why an affiliation keeps one of its ends; `""` where it does not."""
        if not self.traces.affiliations.is_made(one.id):
            return "acts-elsewhere" if id == one.person_id else "people-added"
        if not self._is_untouched(one):
            return "affiliation-changed"
        # People go first: one who is still there stays, and keeps the company they act for.
        return "people-stay" if id == one.contact_id and self.traces.contacts.is_made(one.person_id) else ""

    def _is_untouched(self, one: Affiliation) -> bool:
        # Purposes are no revision, since they move from one to another like the mark.
        return self.traces.affiliations.is_as_made(one.id, one.revision or one.version) and not one.purposes

    # Contacts that were changed

    def _restore(self, images: dict[str, tuple[int, str]]) -> None:
        """Store contacts as they were before the import."""
        transaction = self.transaction
        wanted: dict[str, int] = {}
        for id, (before, _) in images.items():
            link = self.traces.contacts.link(id)
            if link is not None and before < link.before:
                self._keep("contact", id, "changed-since")
            elif link is not None and before == link.before:
                wanted[id] = link.left
        for id, stored in self._held("contact", wanted):
            if trashed_of(stored) is not None:
                self._keep("contact", id, "deleted-since")
            elif stored.version != wanted[id]:
                self._keep("contact", id, "changed-since")
            elif not may_change(transaction.actor, stored.access):
                self._keep("contact", id, "read-only")
            else:
                current = contact_of(stored, transaction.index_context)
                image = attrs.evolve(stored, body=images[id][1].encode())
                # Read under the settings in force: a type that was removed meanwhile is what it counts as now.
                store_contact(transaction, contact_of(image, transaction.index_context), current)
                self.restored += 1

    # Affiliations between contacts that were there before

    def _empty(self, images: dict[str, tuple[int, str, str]]) -> None:
        """Give affiliations the position and department that they had."""
        wanted: dict[str, int] = {}
        for id, (before, *_) in images.items():
            link = self.traces.affiliations.link(id)
            if link is not None and before < link.before:
                self._keep("affiliation", id, "changed-since")
            elif link is not None and before == link.before:
                wanted[id] = link.left
        for id, (one, _) in self._joined(wanted, told=True).items():
            _, position, department = images[id]
            if (one.revision or one.version) != wanted[id]:
                self._keep("affiliation", id, "changed-since")
            elif self._may_change(one):
                affiliations.store(self.transaction, attrs.evolve(one, position=position, department=department))
                self.affiliations += 1

    def _separate(self, ids: list[str]) -> None:
        """Remove affiliations as if they had never been; those of a contact that the import made are not asked for."""
        transaction, trail = self.transaction, self.traces.contacts
        gaps: dict[str, bool] = defaultdict(bool)
        for id, (one, stored) in self._joined(ids).items():
            if trail.is_made(one.contact_id) or trail.is_made(one.person_id):
                continue
            if not self._is_untouched(one):
                self._keep("affiliation", id, "changed-since")
            elif self._may_change(one):
                with transaction.refusals(one):
                    transaction.writer.delete("affiliation", id, stored.version)
                transaction.publish("affiliation.removed", id, contact=one.contact_id, person=one.person_id)
                gaps[one.contact_id] |= one.primary or one.primary_sequence != 0
                self.affiliations += 1
        for contact_id in sorted(id for id, bereaved in gaps.items() if bereaved):
            rest = affiliations.all_of(transaction, contact_id)
            affiliations.reassign(
                transaction, [one for one, _ in rest], None, {one.id: kept.access for one, kept in rest}
            )

    def _may_change(self, one: Affiliation) -> bool:
        (_, client), *_ = self.transaction.contacts([one.contact_id]).values()
        allowed = bool(may_change(self.transaction.actor, client.access))
        if not allowed:
            self._keep("affiliation", one.id, "read-only")
        return allowed

    def _joined(self, ids: Iterable[str], *, told: bool = False) -> dict[str, _Joined]:
        """Affiliations that are not in the trash, once their contacts are held, by id."""
        wanted = list(ids)
        reader = self.transaction.reader
        found = [stored for stored in reader.get("affiliation", wanted) if stored is not None]
        for _ in self._held("contact", {affiliation_of(stored).contact_id for stored in found}):
            pass
        joined = {}
        for stored in reader.get("affiliation", wanted):
            if stored is not None and trashed_of(stored) is None:
                joined[stored.id] = (affiliation_of(stored), stored)
            elif stored is not None and told:
                self._keep("affiliation", stored.id, "deleted-since")
        return joined

    def _held(self, kind: str, ids: Iterable[str]) -> Iterator[tuple[str, Stored]]:
        """Records that are there, held until the transaction ends, in the sequence of their ids."""
        there = [stored.id for stored in self.transaction.reader.get(kind, sorted(ids)) if stored is not None]
        for id in there:
            with self.transaction.refusals(id):
                stored = self.transaction.writer.lock(kind, id)
            yield id, stored
