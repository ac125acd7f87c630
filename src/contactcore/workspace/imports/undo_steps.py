"""Undo steps: each reverts some changes of an import in one transaction (IMP-3).

A record that somebody else changed or added since the import is kept, and so is every contact that it belongs to.
Records that the actor may not see keep their contacts too. The report says of such a contact only that it is in use.
Contacts that the actor does not see are counted, whatever became of them, and are reported in no other way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.entities import ENTITIES, OWNED
from contactcore.mapping.trash import trashed_of
from contactcore.model import Actor, Affiliation, Company, Person, Picture
from contactcore.rules.access import may_change, may_see
from contactcore.storage import Stored
from contactcore.workspace.imports.changes import ChangeLog, ImportChanges, UndoStep
from contactcore.workspace.imports.merging import DETAILS
from contactcore.workspace.imports.part_planning import PART_TYPES
from contactcore.workspace.kernel.blocking import BLOCKED, blocking_reasons
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.saving import SavedPeople
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.merged_since import MergedSince
from contactcore.workspace.repositories.pictures import PictureRepository
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.themself import without_second_mark
from contactcore.workspace.trash.discarding import discard_each

__all__ = ["UndoTransaction", "sees"]

_Contacts = Mapping[str, Loaded[Person | Company]]
_KEEPING = tuple(one for one in OWNED if one.follows_owner and one is not AFFILIATIONS)
"""The types of entities that follow their owners to the trash, and that keep them unless the import created them."""


def sees(actor: Actor, stored: Stored) -> bool:
    """Whether an actor sees a record, or saw it before it went to the trash.

    Args:
        actor: The actor.
        stored: The record.
    """
    trashed = trashed_of(stored)
    return bool(may_see(actor, stored.access if trashed is None else frozenset(trashed.access)))


class UndoTransaction:
    """The transaction of one undo step.

    Args:
        transaction: The transaction of the actor who undoes the import.
        changes: The changes of the import.
        import_id: The id of the import.
        started: The time when the import began, as it is stored.

    Attributes:
        removed, restored, affiliations, hidden, records: The numbers of the step, as in `UndoCounts`.
        kept: The kind, the id and the reason code of each record that is kept.
    """

    def __init__(self, transaction: Transaction, changes: ImportChanges, import_id: str, started: str) -> None:
        self._transaction = transaction
        self._import_id = import_id
        self._started = started
        self._changes = changes
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)
        self.removed: int = 0
        self.restored: int = 0
        self.affiliations: int = 0
        self.hidden: int = 0
        self.records: int = 0
        self.kept: list[tuple[str, str, str]] = []

    def run(self, step: UndoStep, part: Mapping[str, Any]) -> None:
        """Revert the entries of one step.

        Args:
            step: The step.
            part: The lists of its part, by name.

        Raises:
            Conflict, NotFound: Somebody else changed a record in the meantime. A new transaction keeps it.
        """
        entries = part.get(step.phase, [])[step.start : step.stop]
        if step.phase in {"people", "companies"}:
            self._remove_contacts(entries)
        elif step.phase == "changed":
            self._restore_contacts({id: (before, body) for id, before, body in entries})
        elif step.phase == "pictures":
            self._remove_pictures(dict(entries))
        elif step.phase == "positions":
            self._restore_positions({id: tuple(image) for id, *image in entries})
        elif step.phase == "parts_changed":
            self._restore_parts(entries)
        elif step.phase == "parts":
            self._remove_parts(entries)
        else:
            self._remove_affiliations(entries)

    @property
    def numbers(self) -> tuple[int, int, int, int, int]:
        """The numbers of the step, in the sequence of `UndoCounts.plus`."""
        return self.removed, self.restored, self.affiliations, self.hidden, self.records

    def _keep(self, kind: str, id: str, code: str) -> None:
        self.kept.append((kind, id, code))

    # Contacts that the import created

    def _remove_contacts(self, ids: list[str]) -> None:
        """Move contacts to the trash that nobody changed, and that own only records that the import created."""
        actor: Any = self._transaction.actor
        unchanged: dict[str, Loaded[Person | Company]] = {}
        seen: set[str] = set()
        for id, one in self._locked(ids):
            if sees(self._transaction.actor, one.stored):
                seen.add(id)
            # A contact that somebody deleted since is in the trash already. Who asked that nothing is done with the
            # data stays as well, and is counted like any other contact that the actor does not see.
            if trashed_of(one.stored) is None and (actor.admin or not one.entity.restricted):
                if self._changes.contacts.is_unchanged(id, one.stored.version):
                    unchanged[id] = one
                elif id in seen:
                    self._keep("contact", id, "changed-since")
        # A contact that was removed for good is not seen either.
        self.hidden += len(ids) - len(seen)
        blocked = self._blocking_references(unchanged)
        for id, code in blocked.items():
            if id in seen:
                self._keep("contact", id, code)
        removable = [one for id, one in unchanged.items() if id not in blocked]
        discard_each(self._transaction, removable)
        self.removed += sum(one.stored.id in seen for one in removable)

    def _blocking_references(self, contacts: _Contacts) -> dict[str, str]:
        """The codes of the reasons to keep contacts, by the ids of these contacts."""
        found: dict[str, str] = {}
        acting: dict[str, set[str]] = {}
        for one in self._affiliations.owned_by(*contacts):
            if {one.entity.person_id, one.entity.contact_id} <= contacts.keys():
                acting.setdefault(one.entity.person_id, set()).add(one.entity.contact_id)
            for id in (one.entity.person_id, one.entity.contact_id):
                code = self._blocks(one.entity, id, contacts) if id in contacts else ""
                if code:
                    seen = may_see(self._transaction.actor, one.access)
                    # A reason that the actor sees replaces the general one.
                    if seen or id not in found:
                        found[id] = code if seen else "in-use"
        people = [id for id, one in contacts.items() if isinstance(one.entity, Person) and id not in found]
        for login in LoginRepository(self._transaction).of_people(people):
            found[login.person_id] = "has-login"
        for id in self._with_other_records(contacts):
            found.setdefault(id, "in-use")
        for id in blocking_reasons(self._transaction, contacts.keys() - found.keys()):
            found[id] = BLOCKED
        # A person who stays keeps the people for whom the person acts.
        stay = [*found]
        while stay:
            kept = acting.get(stay.pop(), set()) - found.keys()
            found |= dict.fromkeys(kept, "people-stay")
            stay += kept
        return found

    def _with_other_records(self, contacts: _Contacts) -> Iterator[str]:
        """The ids of contacts that own a record which the import did not store."""
        for entity_type in _KEEPING:
            repository: Repository[Any] = Repository(self._transaction, entity_type)
            for owned in repository.owned_by(*contacts):
                if isinstance(owned.entity, Picture) and owned.entity.import_id == self._import_id:
                    continue  # it goes to the trash with its contact
                if entity_type.name in PART_TYPES and self._is_own_part(owned):
                    continue
                yield from contacts.keys() & set(entity_type.owner_ids(owned.entity))

    def _blocks(self, one: Affiliation, id: str, removed: _Contacts) -> str:
        """The code of the reason for which an affiliation keeps one of its owners; `""` if it does not."""
        if not self._changes.affiliations.was_created(one.id):
            return "acts-elsewhere" if id == one.person_id else "people-added"
        if not self._is_untouched(one):
            return "affiliation-changed"
        # People are removed before companies, and together with people for whom they act. A person who still exists is
        # kept, and therefore keeps the company.
        stays = one.person_id not in removed and self._changes.contacts.was_created(one.person_id)
        return "people-stay" if id == one.contact_id and stays else ""

    def _is_untouched(self, one: Affiliation) -> bool:
        # Purposes do not change the revision, because they move between affiliations like the primary flag.
        return self._changes.affiliations.is_unchanged(one.id, one.revision or one.version) and (
            not one.purposes or self._changes.purposed.get(one.id) is not None
        )

    def _expected_versions(self, kind: str, log: ChangeLog, befores: Mapping[str, int]) -> dict[str, int]:
        """The versions that unchanged records have now, by id; records outside their last version span are kept.

        Args:
            kind: The kind of the records.
            log: Their change log.
            befores: The versions before the changes of the import, by id. A span is reverted at its first change.
        """
        expected = {}
        for id, before in befores.items():
            span = log.span(id)
            if span is not None and before < span.before:
                self._keep(kind, id, "changed-since")
            elif span is not None and before == span.before:
                expected[id] = span.after
        return expected

    def _merged_since(self, contact_ids: Iterable[str]) -> MergedSince:
        """What others became a part of since the import began, among these contacts and their affiliations.

        Args:
            contact_ids: The ids of the contacts.
        """
        return MergedSince(self._transaction, contact_ids, self._started)

    # Contacts that the import changed

    def _restore_contacts(self, images: dict[str, tuple[int, str]]) -> None:
        """Give contacts the values that they had before the import.

        Args:
            images: The version and the body before the import, by the ids of the contacts.
        """
        stored = zip(images, self._contacts.stored([*images]), strict=True)
        seen = {id for id, one in stored if one is not None and sees(self._transaction.actor, one)}
        # Contacts that the import created are counted once, with those.
        known = {id for id in images if id in seen or not self._changes.contacts.was_created(id)}
        befores = {id: before for id, (before, _) in images.items() if id in known}
        expected = self._expected_versions("contact", self._changes.contacts, befores)
        found = dict(self._locked(expected))
        merged = self._merged_since(found)
        for id in expected.keys() - found.keys():
            self._keep("contact", id, "deleted-since")
        for id, one in found.items():
            if trashed_of(one.stored) is not None:
                self._keep("contact", id, "deleted-since")
            elif one.stored.version != expected[id] or id in merged:
                self._keep("contact", id, "changed-since")
            elif not may_change(self._transaction.actor, one.access):
                self._keep("contact", id, "read-only")
            else:
                image = attrs.evolve(one.stored, body=images[id][1].encode())
                # The present settings apply: a type that was removed since is read as its replacement.
                changed = self._contacts.change(self._contacts.loaded(image).entity, one)
                LoginRepository(self._transaction).follow_change(one.entity, changed)
                self.restored += 1

    # Pictures of contacts that existed before

    def _remove_pictures(self, replaced: Mapping[str, bool]) -> None:
        """Remove the pictures that the import gave to contacts that stay.

        Args:
            replaced: Whether the contact had another picture before, by the ids of the contacts.
        """
        pictures = PictureRepository(self._transaction)
        # The picture of a contact that the import created goes to the trash with it.
        staying = [id for id in replaced if not self._changes.contacts.was_created(id)]
        for id, one in self._locked(staying):
            found = pictures.of_owner(id) if trashed_of(one.stored) is None else None
            if trashed_of(one.stored) is not None:
                self._keep("contact", id, "deleted-since")
            elif found is None:
                continue
            elif not may_change(self._transaction.actor, one.access):
                self._keep("contact", id, "read-only")
            elif pictures.remove_imported(id, self._import_id):
                self.records += sees(self._transaction.actor, one.stored)
            else:
                self._keep("contact", id, "picture-replaced" if replaced[id] else "picture-changed")

    # Affiliations between contacts that existed before

    def _restore_positions(self, images: dict[str, tuple[Any, ...]]) -> None:
        """Give affiliations the fields that they had before the import.

        Args:
            images: The revision, the position and the department before the import, by the ids of the affiliations;
                also the body, which earlier releases stored only if the import changed other fields.
        """
        befores = {id: before for id, (before, *_) in images.items()}
        expected = self._expected_versions("affiliation", self._changes.affiliations, befores)
        live = self._live_affiliations(expected, report_deleted=True)
        merged = self._merged_since({one.entity.contact_id for one in live.values()})
        for id, one in live.items():
            _, position, department, *body = images[id]
            if (one.entity.revision or one.entity.version) != expected[id] or id in merged:
                self._keep("affiliation", id, "changed-since")
            elif self._may_change(one.entity):
                values = {"position": position, "department": department}
                if body:
                    image = self._affiliations.loaded(attrs.evolve(one.stored, body=body[0].encode())).entity
                    values |= {name: getattr(image, name) for name in DETAILS}
                reverted = attrs.evolve(one.entity, **values)
                self._affiliations.put(reverted, one.stored)
                SavedPeople(self._transaction).follow_address(one.entity, reverted)
                today = self._transaction.today
                if reverted.is_current(today) != one.entity.is_current(today):
                    self._affiliations.reassign(reverted.contact_id)
                self.affiliations += sees(self._transaction.actor, one.stored)

    def _remove_affiliations(self, ids: list[str]) -> None:
        """Remove affiliations that the import created; those of a contact that the import created are skipped."""
        contacts = self._changes.contacts
        had_flag: dict[str, bool] = defaultdict(bool)
        live = self._live_affiliations(ids)
        merged = self._merged_since({one.entity.contact_id for one in live.values()})
        for id, one in live.items():
            entity = one.entity
            if contacts.was_created(entity.contact_id) or contacts.was_created(entity.person_id):
                continue
            if not self._is_untouched(entity) or id in merged:
                self._keep("affiliation", id, "changed-since")
            elif self._may_change(entity):
                self._affiliations.remove(entity, one.stored)
                SavedPeople(self._transaction).follow_address(entity, attrs.evolve(entity, email=None))
                had_flag[entity.contact_id] |= entity.primary or entity.primary_sequence != 0
                self.affiliations += sees(self._transaction.actor, one.stored)
        for contact_id in sorted(id for id, had in had_flag.items() if had):
            self._affiliations.reassign(contact_id)

    # Sites and items

    def _is_own_part(self, one: Loaded[Any]) -> bool:
        """Whether the import created a site or an item that nobody has changed and to which nothing was added."""
        return self._changes.parts.is_unchanged(one.entity.id, one.stored.version) and not self._has_parts(one)

    def _has_parts(self, one: Loaded[Any]) -> bool:
        """Whether records belong to an item, such as roles and interactions."""
        kind, id = one.entity.kind, one.entity.id
        if kind == "site":
            return any(self._affiliations.find(frozenset({f"site:{id}"}))) and not self._changes.parts.was_created(id)
        types = (entity_type for entity_type in ENTITIES if entity_type.part_of == kind)
        return any(Repository[Any](self._transaction, entity_type).parts_of(id) for entity_type in types)

    def _live_parts(self, entries: Iterable[tuple[str, str]]) -> Iterator[Loaded[Any]]:
        """The sites and items that are not in the trash, after their contacts were locked; others are reported."""
        for kind, id in entries:
            repository: BelongingRepository[Any] = BelongingRepository(self._transaction, PART_TYPES[kind])
            (stored,) = repository.stored([id])
            if stored is None or trashed_of(stored) is not None:
                continue
            one = repository.loaded(stored)
            for _ in self._locked({one.entity.contact_id}):
                pass
            (again,) = repository.stored([id])
            if again is not None and trashed_of(again) is None:
                yield repository.loaded(again)

    def _remove_parts(self, entries: Iterable[tuple[str, str]]) -> None:
        """Move the sites and items to the trash that the import added to contacts that stay."""
        for one in self._live_parts(entries):
            kind, id = one.entity.kind, one.entity.id
            if not self._changes.parts.is_unchanged(id, one.stored.version):
                self._keep(kind, id, "changed-since")
            elif self._has_parts(one):
                self._keep(kind, id, "in-use")
            elif not self._contacts.may_be_changed(one.entity.contact_id):
                self._keep(kind, id, "read-only")
            else:
                repository: BelongingRepository[Any] = BelongingRepository(self._transaction, PART_TYPES[kind])
                repository.discard(one, self._contacts.load_any(one.entity.contact_id))
                self.records += sees(self._transaction.actor, one.stored)

    def _restore_parts(self, entries: Iterable[tuple[str, str, int, str]]) -> None:
        """Give sites and items the values that they had before the import."""
        images = {id: (kind, before, body) for kind, id, before, body in entries}
        for kind in PART_TYPES:
            befores = {id: before for id, (of, before, _) in images.items() if of == kind}
            expected = self._expected_versions(kind, self._changes.parts, befores)
            for one in self._live_parts((kind, id) for id in expected):
                if one.stored.version != expected[one.entity.id]:
                    self._keep(kind, one.entity.id, "changed-since")
                elif not self._contacts.may_be_changed(one.entity.contact_id):
                    self._keep(kind, one.entity.id, "read-only")
                else:
                    repository: BelongingRepository[Any] = BelongingRepository(self._transaction, PART_TYPES[kind])
                    image = attrs.evolve(one.stored, body=images[one.entity.id][2].encode())
                    former = without_second_mark(self._transaction, repository.loaded(image).entity)
                    repository.put(former, one.stored)
                    self.records += sees(self._transaction.actor, one.stored)

    def _may_change(self, one: Affiliation) -> bool:
        allowed = self._contacts.may_be_changed(one.contact_id)
        if not allowed:
            self._keep("affiliation", one.id, "read-only")
        return allowed

    def _live_affiliations(self, ids: Iterable[str], *, report_deleted: bool = False) -> dict[str, Loaded[Affiliation]]:
        """The affiliations with these ids that are not in the trash, read after their contacts were locked.

        Args:
            ids: The ids of affiliations.
            report_deleted: Whether those in the trash are reported as kept; False by default.
        """
        wanted = list(ids)
        found = [self._affiliations.loaded(one) for one in self._affiliations.stored(wanted) if one is not None]
        for _ in self._locked({one.entity.contact_id for one in found}):
            pass
        live = {}
        for stored in self._affiliations.stored(wanted):
            if stored is not None and trashed_of(stored) is None:
                live[stored.id] = self._affiliations.loaded(stored)
            elif stored is not None and report_deleted:
                self._keep("affiliation", stored.id, "deleted-since")
        return live

    def _locked(self, ids: Iterable[str]) -> Iterator[tuple[str, Loaded[Person | Company]]]:
        """The stored contacts with these ids, including the trash, locked in the sequence of their ids."""
        existing = [stored.id for stored in self._contacts.stored(sorted(ids)) if stored is not None]
        for id in existing:
            yield id, self._contacts.lock_any(id)
