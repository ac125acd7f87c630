"""Undo: what one act changed is changed back, if nothing later depends on it (DIR-14).

An undo is checked as a whole before the first write, and the answer names everything that stands in the way. The
primary flag and the purposes never do, because the library moves them itself; they go back to where they were if they
were not moved since. Records that the actor does not see do not stand in the way, because the answer would reveal them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.errors import Forbidden, Invalid, Problem
from contactcore.mapping import json
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.distinctions import DISTINCTIONS
from contactcore.mapping.entities import ENTITIES, ENTITY_OF, OWNED
from contactcore.mapping.history import told, values_of
from contactcore.mapping.interactions import INTERACTIONS
from contactcore.mapping.jobs import JOBS
from contactcore.mapping.redirects import REDIRECTS
from contactcore.mapping.trash import trashed_of
from contactcore.model import Affiliation, Company, Person
from contactcore.model.act import Act, Change
from contactcore.model.contact import own_fields
from contactcore.model.redirect import Redirect
from contactcore.model.restoring import altered
from contactcore.rules.access import audience_within, handed_over_names, may_change
from contactcore.rules.spelling import same_contact
from contactcore.storage import Stored
from contactcore.values.moment import timestamp
from contactcore.workspace.contacts.changing import store_changed
from contactcore.workspace.contacts.conversion import in_the_way_of_company, leave_hidden_clients
from contactcore.workspace.history.restoring import gone_problems
from contactcore.workspace.history.shown import Viewer
from contactcore.workspace.kernel.blocking import blocking_reasons, check_not_blocked
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.saving import SavedPeople
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.earlier import EarlierStates, State
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore.workspace.repositories.merged_since import MergedSince
from contactcore.workspace.repositories.repository import Loaded, Repository
from contactcore.workspace.repositories.themself import has_other_themself
from contactcore.workspace.trash.discarding import discard_each
from contactcore.workspace.trash.trash import Trash

__all__ = ["undo"]

_FLAGS = ("primary", "primary_sequence", "purposes")
_MAINTAINED = frozenset({"changed", "revision", *_FLAGS})
"""The keys that only the library changes, which never stand in the way."""
_SEQUENCE = {entity_type.name: number for number, entity_type in enumerate(ENTITIES)}
_BELONGING = tuple(entity_type for entity_type in OWNED if entity_type.follows_owner)
_PARTS = tuple(entity_type for entity_type in ENTITIES if entity_type.part_of)
_NAME_SITES = ((AFFILIATIONS, "site:{}"), (INTERACTIONS, "site:{}"))
"""The types of entities that may name a site, and the term by which they are found."""

_MERGED = frozenset({"contact", AFFILIATIONS.name})
"""The kinds of records that may become a part of others."""

_SELF = "of_themself"

Key = tuple[str, str]
"""Kind and id of a record."""


def undo(transaction: Transaction, viewer: Viewer, act: Act) -> None:
    """Undo an act, as a new act.

    Args:
        transaction: The transaction of the actor.
        viewer: What the actor sees.
        act: The whole act, of which the actor sees something.

    Raises:
        Forbidden: `undo-read-only`, `access-change`, `blocked-by-host`.
        StorageError: `blockers-failed`.
        Invalid: one error lists everything that stands in the way: `changed-since`, `deleted-since`, `added-since`,
            `removed-since`, `restored-since`, `merged-since`, `has-login`; `acts-for-contacts` and
            `contact-restricted` for a person who would become a company; `themself-twice` for an item; and the
            problems of values that are no longer possible.
    """
    _Undo(transaction, viewer, act).run()


class _Undo:
    def __init__(self, transaction: Transaction, viewer: Viewer, act: Act) -> None:
        self._transaction = transaction
        self._viewer = viewer
        self._act = act
        self._changes = sorted(act.changes, key=lambda change: _SEQUENCE[change.record_kind])
        moved = {"delete", "restore"}
        self._moved = {one.id for one in act.changes if one.record_kind == "contact" and one.what in moved}
        self._contacts = ContactRepository(transaction)
        self._affiliations = AffiliationRepository(transaction)
        self._history = HistoryRepository(transaction)

    def run(self) -> None:
        self._check_rights()
        stored = self._read()
        problems = [*self._obstacles(stored), *self._gone()]
        problems = problems or [*self._impossible(stored)]
        if problems:
            raise Invalid(problems)
        self._check_not_blocked(stored)
        flags = self._former_flags(stored)
        self._restore_deleted(stored)
        # An affiliation needs a person: who becomes one does so before the others come back, and who becomes a company
        # does so after they went.
        self._change_back(one for one in self._changes if _former_kind(one) == "person")
        self._add_removed()
        self._change_back(one for one in self._changes if not _former_kind(one))
        self._take_away()
        self._change_back(one for one in self._changes if _former_kind(one) == "company")
        self._move_flags(flags)

    def _read(self) -> dict[Key, Stored | None]:
        found: dict[Key, Stored | None] = {}
        for kind in dict.fromkeys(change.record_kind for change in self._changes):
            ids = [change.id for change in self._changes if change.record_kind == kind]
            repository: Repository[Any] = Repository(self._transaction, ENTITY_OF[kind])
            found |= zip(((kind, id) for id in ids), repository.stored(ids), strict=True)
        return found

    # Rights

    def _check_rights(self) -> None:
        """Lock all contacts whose records the act changed, and refuse an actor who may not change each of them."""
        wanted = {id for change in self._changes for id in self._contacts_of(change)}
        touched = {id for change in self._changes for id in change.contacts[:1]}
        existing = [one.id for one in self._contacts.stored(sorted(wanted | touched)) if one is not None]
        for id in existing:
            locked = self._contacts.lock_any(id).stored
            trashed = trashed_of(locked)
            access = locked.access if trashed is None else frozenset(trashed.access)
            if id in wanted and not may_change(self._transaction.actor, access):
                message = "You may undo an act only if you may change every record that it changed."
                raise Forbidden(message, "undo-read-only")

    def _contacts_of(self, change: Change) -> Iterator[str]:
        """The contacts that the actor must be able to change, as for the act itself.

        They are not the person of an affiliation, or the holder of a role. What went to the trash, or out of it, with
        one of its contacts needs that contact only, and the primary flag moves without any right.
        """
        if change.record_kind == "contact":
            yield change.id
        elif _only_flags(change):
            return
        elif change.what not in {"delete", "restore"} or self._moved.isdisjoint(change.owners):
            yield from change.owners[:1]
            yield from filter(None, change.fields.get("contact_id", ()))

    # What stands in the way

    def _obstacles(self, stored: Mapping[Key, Stored | None]) -> Iterator[Problem]:
        seen = {(change.record_kind, change.id) for change in self._viewer.seen(self._changes)}
        left_out: set[Key] = set()
        later = self._history.changes_of((change.id for change in self._changes), self._act.at)
        of_merged = [change for change in self._changes if change.record_kind in _MERGED]
        owners = {id for change in of_merged for id in (change.owners[:1] or (change.id,))}
        merged = MergedSince(self._transaction, owners, self._act.at)
        for change in self._changes:
            since = [
                (act, one)
                for act, one in later.get(change.id, ())
                if act.act != self._act.act and one.before >= change.after and one.record_kind == change.record_kind
            ]
            found = [*self._obstacles_to(change, stored[change.record_kind, change.id], since)]
            found += self._merged_into(change, merged)
            if (change.record_kind, change.id) in seen:
                yield from found
            elif found:
                left_out.add((change.record_kind, change.id))
        self._changes = [one for one in self._changes if (one.record_kind, one.id) not in left_out]
        yield from self._later_additions()

    def _obstacles_to(
        self, change: Change, stored: Stored | None, since: list[tuple[Act, Change]]
    ) -> Iterator[Problem]:
        if change.what == "remove":
            yield from self._obstacles_to_adding(change, stored)
            return
        if _only_flags(change) and not self._only_moves_flags():
            return
        if stored is None:
            yield self._problem("removed-since", change, "was removed", since)
            return
        moves = [(act, one) for act, one in since if one.what in {"delete", "restore"}]
        is_trashed = trashed_of(stored) is not None
        if is_trashed is not (change.what == "delete"):
            code, what = ("deleted-since", "was deleted") if is_trashed else ("restored-since", "was restored")
            yield self._problem(code, change, what, moves)
        else:
            yield from self._obstacles_in_trash(change, stored, moves)
            left_out = {"changed", "revision", "primary_sequence"} if self._only_moves_flags() else _MAINTAINED
            values = values_of(stored)
            for field in (*_later_fields(change, values, since, left_out), *_of_present_kind(change, values)):
                by = [(act, one) for act, one in since if field in one.fields]
                yield self._problem("changed-since", change, f"has another {field}", by, field)
            if not is_trashed and _former_kind(change) == "company" != values["kind"]:
                ended = {one.id for one in self._changes if one.what == "add"}
                yield from in_the_way_of_company(self._transaction, change.id, ended)

    def _merged_into(self, change: Change, merged: MergedSince) -> Iterator[Problem]:
        """What records that became a part of this one since had too; it would be taken away from them."""
        if change.record_kind == AFFILIATIONS.name and change.what in {"add", "restore"} and change.id in merged:
            yield self._problem("merged-since", change, "took in another one since", ())
        elif change.what == "change" and change.record_kind in _MERGED:
            for field, (before, after) in change.fields.items():
                if field not in _MAINTAINED and merged.had(change.record_kind, change.id, field, before, after):
                    what = f"took in another one since that had the same {field}"
                    yield self._problem("merged-since", change, what, (), field)

    def _obstacles_in_trash(self, change: Change, stored: Stored, moves: list[tuple[Act, Change]]) -> Iterator[Problem]:
        """The obstacles to the return of a record that the act moved to the trash."""
        entity_type, trashed = ENTITY_OF[change.record_kind], trashed_of(stored)
        if trashed is None or not (entity_type.deleted_alone or change.record_kind == "contact"):
            return
        if trashed.root != change.id:
            if not any(one.what == "delete" and one.id == trashed.root for one in self._changes):
                yield self._problem("deleted-since", change, "was deleted again with another record", moves)
            return
        body = values_of(stored)
        for kind, name in (("contact", "contact_id"), (entity_type.part_of, f"{entity_type.part_of}_id")):
            id = body.get(name) if kind and change.record_kind != "contact" else ""
            if id and not self._is_there(kind, id):
                yield self._problem("deleted-since", change, f"needs the {kind} {id}, which was deleted", ())

    def _impossible(self, stored: Mapping[Key, Stored | None]) -> Iterator[Problem]:
        """The problems of former values that the rules of the workspace refuse today.

        Raises:
            Forbidden: `access-change`.
        """
        for change in self._changes:
            one, fields = stored[change.record_kind, change.id], _former_fields(change)
            if one is not None and self._stands_twice(change, one):
                yield self._problem("themself-twice", change, "would stand for its contact beside another", (), _SELF)
            if one is not None and fields and change.record_kind == "contact" and change.what != "remove":
                loaded = self._contacts.loaded(one)
                wanted = self._wanted_contact(loaded, fields)
                if (wanted.access, wanted.responsibles) != (loaded.entity.access, loaded.entity.responsibles):
                    self._contacts.check_access_change(loaded.entity)
                if not same_contact(wanted, loaded.entity):
                    try:
                        self._contacts.prepare(wanted, loaded.entity)
                    except Invalid as error:
                        yield from error.problems

    def _stands_twice(self, change: Change, stored: Stored) -> bool:
        """Whether an item would stand for its contact again, although another one does by now."""
        if change.kind != "item" or change.what not in {"change", "delete"}:
            return False
        former = {**values_of(stored), **_former_fields(change)}
        trashed = trashed_of(stored)
        returns = _SELF in change.fields if trashed is None else trashed.root == change.id
        own = {one.id for one in self._changes}
        return bool(returns and former.get(_SELF) and has_other_themself(self._transaction, former["contact_id"], own))

    def _check_not_blocked(self, stored: Mapping[Key, Stored | None]) -> None:
        """Refuse to take a contact away that the application needs.

        Raises:
            Forbidden: `blocked-by-host`.
            StorageError: `blockers-failed`.
        """
        taken = [
            change.id
            for change in self._changes
            if change.record_kind == "contact" and change.what in {"add", "restore"}
            if (one := stored["contact", change.id]) is not None and trashed_of(one) is None
        ]
        for id in sorted(blocking_reasons(self._transaction, taken)):
            check_not_blocked(self._transaction, id)

    def _gone(self) -> Iterator[Problem]:
        """The problems of values that are no longer possible.

        A removed type is read as its replacement. If a record has that already, the type stands in the way only if
        the act changed nothing else.
        """
        settings, others = self._transaction.settings, False
        found: list[Problem] = []
        for change in self._changes:
            before, after = ({key: pair[side] for key, pair in change.fields.items()} for side in (0, 1))
            problems = [*gone_problems(settings, change.record_kind, before)]
            found += problems
            yield from gone_problems(settings, change.record_kind, before, after)
            others |= change.what != "change"
            others |= bool(change.fields.keys() - _MAINTAINED - {problem.path for problem in problems})
        if not others:
            yield from found

    def _only_moves_flags(self) -> bool:
        """Whether the act did nothing else; its undo would otherwise do nothing if the flags were moved since."""
        return all(map(_only_flags, self._changes))

    def _obstacles_to_adding(self, change: Change, stored: Stored | None) -> Iterator[Problem]:
        """The obstacles to the return of a record that was removed for good."""
        if stored is not None:
            yield self._problem("added-since", change, "is there again", ())
            return
        values = {field: before for field, (before, _) in change.fields.items()}
        for kind, name in (
            ("contact", "contact_id"),
            ("contact", "person_id"),
            ("contact", "holder_id"),
            ("item", "item_id"),
        ):
            id = values.get(name)
            if id and not self._is_there(kind, id):
                yield self._problem("deleted-since", change, f"needs the {kind} {id}, which was deleted", ())
        if change.record_kind == AFFILIATIONS.name:
            if self._affiliations.between(values["contact_id"], values["person_id"]):
                yield self._problem("added-since", change, "was replaced by another one", ())
            if self._is_company(values["person_id"]):
                yield self._problem("changed-since", change, "is of somebody who is a company now", (), "person_id")

    def _is_there(self, kind: str, id: str) -> bool:
        (one,) = self._transaction.reader.get(kind, [id])
        return one is not None and (trashed_of(one) is None or self._returns(kind, id))

    def _is_company(self, id: str) -> bool:
        """Whether a contact is a company, and is none that the undo makes a person again."""
        (one,) = self._contacts.stored([id])
        if one is None or values_of(one)["kind"] == "person":
            return False
        return not any(change.id == id and _former_kind(change) == "person" for change in self._changes)

    def _returns(self, kind: str, id: str) -> bool:
        return any(one.what == "delete" and (one.record_kind, one.id) == (kind, id) for one in self._changes)

    def _later_additions(self) -> Iterator[Problem]:
        """The records that belong to what the act added or restored, and that were added since."""
        taken = [change for change in self._changes if change.what in {"add", "restore"}]
        own = {(change.record_kind, change.id) for change in self._changes}
        contacts = {change.id: change for change in taken if change.record_kind == "contact"}
        for entity_type in _BELONGING if contacts else ():
            repository: Repository[Any] = Repository(self._transaction, entity_type)
            for one in repository.owned_by(*contacts):
                if (entity_type.name, one.stored.id) not in own:
                    for id in contacts.keys() & {*entity_type.owner_ids(one.entity)}:
                        yield from self._addition(contacts[id], one)
        added = [change.id for change in contacts.values() if change.what == "add"]
        for login in LoginRepository(self._transaction).of_people(added) if added else ():
            yield self._problem("has-login", contacts[login.person_id], "has a login", ())
        for change in taken:
            for part, term in _dependents(change):
                for one in Repository[Any](self._transaction, part).find(frozenset({term})):
                    if (part.name, one.stored.id) not in own:
                        yield from self._addition(change, one)

    def _addition(self, change: Change, one: Loaded[Any]) -> Iterator[Problem]:
        if one.stored.kind == DISTINCTIONS.name:
            return  # a declaration about the record, which goes to the trash with it and comes back with it
        if one.stored.kind == REDIRECTS.name:
            if self._was_merged_since(one.entity):
                yield self._problem("merged-since", change, "took in another contact since", ())
            return
        since = one.entity.since
        # A picture is in no act, and goes along with the contact that was added with it.
        goes_along = change.what == "restore" or not ENTITY_OF[one.stored.kind].kept_in_history
        if goes_along and since is not None and timestamp(since) <= self._act.at:
            return
        # What is hidden goes to the trash together with the record that it belongs to, as in any other deletion.
        if self._viewer.sees_record(one.stored.kind, one.stored.id):
            message = f"has the {one.stored.kind} {one.stored.id}, which was added since"
            yield self._problem("added-since", change, message, ())

    def _was_merged_since(self, redirect: Redirect) -> bool:
        (merge,) = self._transaction.reader.get(JOBS.name, [redirect.merge_id])
        return merge is None or JOBS.load(merge, self._transaction.index_context).started > self._act.at

    def _problem(
        self, code: str, change: Change, what: str, since: Iterable[tuple[Act, Change]], field: str = ""
    ) -> Problem:
        facts: dict[str, Any] = {"kind": change.kind, "id": change.id, "name": ""}
        advice = "Change it by hand."
        for act, _ in since:
            facts |= {"act": act.act, "by": act.by, "at": act.at}
            advice = f"{act.by} did that at {act.at}: undo the act {act.act} first."
            break
        if self._viewer.sees_record(change.record_kind, change.id):
            facts["name"] = self._viewer.name(change)
        subject = f"The {change.kind} {facts['name'] or change.id}"
        return Problem(code, field, f"{subject} {what}. {advice}", change.id, facts)

    # Undoing

    def _restore_deleted(self, stored: Mapping[Key, Stored | None]) -> None:
        """Restore the records that the act deleted; those that were deleted with another one return with it."""
        trash = Trash(self._transaction)
        for change in self._changes:
            one = stored[change.record_kind, change.id]
            trashed = None if one is None else trashed_of(one)
            if change.what == "delete" and trashed is not None and trashed.root == change.id:
                trash.restore(change.id)

    def _add_removed(self) -> None:
        for change in self._changes:
            if change.what == "remove":
                values = {field: before for field, (before, _) in change.fields.items() if before is not None}
                for flag in _FLAGS:
                    values.pop(flag, None)
                state = State(
                    kind=change.record_kind,
                    id=change.id,
                    values=values,
                    version=change.after + 1,
                    exists=True,
                    trashed=False,
                )
                entity = EarlierStates(self._transaction).entity(state)
                if isinstance(entity, Affiliation):
                    # One further than the version that people saw, which moved flags do not change.
                    revision = (change.shown or change.after) + 1
                    entity = altered(entity, {"primary": False, "primary_sequence": 0, "revision": revision})
                Repository[Any](self._transaction, ENTITY_OF[change.record_kind]).add(entity)

    def _change_back(self, changes: Iterable[Change]) -> None:
        for change in changes:
            fields = _former_fields(change)
            if change.what in {"change", "delete", "restore"} and fields:
                repository: Repository[Any] = Repository(self._transaction, ENTITY_OF[change.record_kind])
                locked = repository.lock_any(change.id)
                if trashed_of(locked.stored) is None:
                    self._store(repository, locked, fields)

    def _store(self, repository: Repository[Any], locked: Loaded[Any], fields: Mapping[str, Any]) -> None:
        """Store a record with other values by key."""
        stored = locked.stored
        if stored.kind == "contact":
            self._store_contact(self._wanted_contact(locked, fields), locked)
            return
        values = {**values_of(stored), **fields}
        # The present settings apply: a type that was removed since is read as its replacement.
        image = attrs.evolve(stored, body=json.dump(told(values)))
        entity = repository.loaded(image).entity
        repository.put(entity, stored)
        if isinstance(entity, Affiliation):
            SavedPeople(self._transaction).follow_address(locked.entity, entity)

    def _wanted_contact(self, current: Loaded[Person | Company], fields: Mapping[str, Any]) -> Person | Company:
        """The contact with other values by key."""
        stored = current.stored
        values = {**values_of(stored), **fields}
        was: Person | Company = EarlierStates(self._transaction).entity(
            State(kind="contact", id=stored.id, values=values, version=stored.version, exists=True, trashed=False)
        )
        names = ("added_at", "added_by", "changed_at", "changed_by", "source", "restricted")
        kept: dict[str, Any] = {name: getattr(current.entity, name) for name in names}
        if "responsibles" in fields:
            # Nobody who has left since gets a contact back (ACC-5).
            handed = JobRepository(self._transaction).handed_over_since(self._act.at)
            kept["responsibles"] = handed_over_names(was.responsibles, handed)
        return altered(was, kept)

    def _store_contact(self, wanted: Person | Company, locked: Loaded[Person | Company]) -> None:
        if not same_contact(wanted, locked.entity):
            if wanted.kind != locked.entity.kind and isinstance(wanted, Company):
                leave_hidden_clients(self._transaction, locked.entity)
            ready = self._contacts.prepare(wanted, locked.entity)
            store_changed(self._transaction, ready, locked, with_people=False)

    def _take_away(self) -> None:
        """Delete what the act added or restored; records without a place in the trash are removed."""
        taken = [change for change in self._changes if change.what in {"add", "restore"}]
        ids = [change.id for change in taken if change.record_kind == "contact"]
        present = [one.id for one in self._contacts.stored(ids) if one is not None and trashed_of(one) is None]
        if present:
            # Nobody else goes along, because the act did not add or restore them.
            locked = {id: self._contacts.lock_any(id) for id in sorted(present)}
            discard_each(self._transaction, locked.values(), roots=self._clients_along(locked, taken))
        for change in taken:
            kind = change.record_kind
            repository: BelongingRepository[Any] = BelongingRepository(self._transaction, ENTITY_OF[kind])
            (stored,) = repository.stored([change.id])
            if stored is None or trashed_of(stored) is not None:
                continue
            found = repository.lock_any(change.id)
            if ENTITY_OF[kind].deleted_alone:
                repository.discard(found, self._contacts.lock_any(found.entity.contact_id))
            else:
                repository.remove(found.entity, found.stored)
                if isinstance(found.entity, Affiliation):
                    SavedPeople(self._transaction).follow_address(found.entity, attrs.evolve(found.entity, email=None))

        self._keep_flags_in_trash(taken)

    def _clients_along(self, locked: Mapping[str, Loaded[Person | Company]], taken: Iterable[Change]) -> dict[str, str]:
        """The client with which each contact person goes back to the trash, because both had come from there together.

        Otherwise a client that is restored later would come back without its people.

        Args:
            locked: The contacts that go to the trash, by id.
            taken: The changes that are taken back.
        """
        back = [change for change in taken if change.what == "restore"]
        came = locked.keys() & {change.id for change in back if change.record_kind == "contact"}
        pairs = [
            change.owners[:2] for change in back if change.kind == AFFILIATIONS.name and came.issuperset(change.owners)
        ]
        found: dict[str, str] = {}
        for client, person in sorted(pairs):
            is_mere = not locked[person].entity.listed and locked[client].entity.listed
            if is_mere and audience_within(locked[person].access, locked[client].access):
                found.setdefault(person, client)
        return found

    def _keep_flags_in_trash(self, taken: Iterable[Change]) -> None:
        """Give affiliations that are in the trash again the flags with which they were restored from there."""
        for change in taken:
            flags = {flag: change.fields[flag][0] for flag in _FLAGS if flag in change.fields}
            if change.record_kind == AFFILIATIONS.name and flags:
                (stored,) = self._affiliations.stored([change.id])
                trashed = None if stored is None else trashed_of(stored)
                if stored is not None and trashed is not None:
                    one = self._affiliations.loaded(stored).entity
                    had = {flag: flags.get(flag, values_of(stored).get(flag)) for flag in _FLAGS}
                    self._affiliations.put(_with_flags(one, had), stored, trashed=trashed, event="")

    # The primary flag and the purposes

    def _former_flags(self, stored: Mapping[Key, Stored | None]) -> dict[str, dict[str, dict[str, Any]]]:
        """The flags before the act, by contact and affiliation; those that were moved since are the present ones.

        The primary flag and the purposes move independently of each other.
        """
        found: dict[str, dict[str, dict[str, Any]]] = {}
        present: dict[str, Mapping[str, Any]] = {}
        moved: set[tuple[str, str]] = set()
        for change in self._changes:
            if change.record_kind != AFFILIATIONS.name or not change.owners:
                continue
            one, contact_id = stored[AFFILIATIONS.name, change.id], change.owners[0]
            values = present[change.id] = {} if one is None else values_of(one)
            flags = found.setdefault(contact_id, {})
            if change.what == "change":
                changed = (flag for flag in _FLAGS if flag in change.fields)
                moved |= {(contact_id, flag) for flag in changed if values.get(flag) != change.fields[flag][1]}
            if change.what in {"change", "delete", "remove"}:
                flags[change.id] = {
                    flag: change.fields[flag][0] if flag in change.fields else values.get(flag) for flag in _FLAGS
                }
        for contact_id, primary in self._affiliations.current_primaries(sorted(found)).items():
            if (AFFILIATIONS.name, primary.entity.id) not in stored:
                moved.add((contact_id, "primary"))
        for contact_id, flag in moved:
            for name in ("purposes",) if flag == "purposes" else ("primary", "primary_sequence"):
                for id, values in found[contact_id].items():
                    values[name] = present[id].get(name)
        return found

    def _move_flags(self, former: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        for contact_id, flags in sorted(former.items()):
            (contact,) = self._contacts.stored([contact_id])
            if contact is None or trashed_of(contact) is not None:
                continue
            known = {one.entity.id: one for one in self._affiliations.of_contact(contact_id)}
            wanted = {id: _with_flags(known[id].entity, values) for id, values in flags.items() if id in known}
            taken = {purpose for id, one in known.items() if id not in wanted for purpose in one.entity.purposes}
            wanted = {id: _without(one, taken.difference(known[id].entity.purposes)) for id, one in wanted.items()}
            if any(one.primary for one in wanted.values()):
                # The undo itself may have made somebody else primary, when it took the present primary person away.
                wanted |= {
                    id: altered(one.entity, {"primary": False, "primary_sequence": 0})
                    for id, one in known.items()
                    if id not in wanted and one.entity.primary
                }
            everybody = [wanted.get(id, one.entity) for id, one in known.items()]
            if sum(one.primary for one in everybody) == 1:
                changed = [one for id, one in wanted.items() if one != known[id].entity]
                self._affiliations.move_flags(changed, {id: one.stored for id, one in known.items()})
            self._affiliations.reassign(contact_id)


def _later_fields(
    change: Change, values: Mapping[str, Any], since: Iterable[tuple[Act, Change]], left_out: Container[str]
) -> Iterator[str]:
    """The fields that somebody changed after an act: those of the act, and all fields of a record that it added."""
    expected = {field: after for field, (_, after) in change.fields.items()}
    if change.what in {"add", "restore"}:
        for _, one in since:
            # The oldest of the later changes says which value the act had left.
            expected |= {field: before for field, (before, _) in one.fields.items()}
    fields = [field for field, value in expected.items() if values.get(field) != value]
    yield from (field for field in fields if field not in left_out)


def _only_flags(change: Change) -> bool:
    """Whether a change moved the primary flag or the purposes, and nothing else."""
    return change.what == "change" and change.fields.keys() <= _MAINTAINED


def _former_fields(change: Change) -> dict[str, Any]:
    """The values before a change, by key, without those that only the library changes."""
    return {field: before for field, (before, _) in change.fields.items() if field not in _MAINTAINED}


def _former_kind(change: Change) -> str:
    """`"person"` or `"company"`, which a contact was before an act that changed its kind; `""` for other acts."""
    if change.record_kind != "contact" or change.what in {"add", "remove"}:
        return ""
    return change.fields["kind"][0] if "kind" in change.fields else ""


def _of_present_kind(change: Change, values: Mapping[str, Any]) -> Iterator[str]:
    """The fields that somebody filled in after an act that changed the kind, and that the former kind does not have."""
    former = _former_kind(change)
    if former and former != values["kind"]:
        own = own_fields(Company if former == "person" else Person)
        yield from (name for name in own if values.get(name) and name not in change.fields)


def _dependents(change: Change) -> Iterator[tuple[Any, str]]:
    """The types of the records that depend on a record that is not a contact, and the term by which they are found."""
    for part in _PARTS:
        if part.part_of == change.record_kind:
            yield part, f"{change.record_kind}:{change.id}"
    if change.record_kind == "site":
        for entity_type, form in _NAME_SITES:
            yield entity_type, form.format(change.id)


def _without(one: Affiliation, taken: Container[str]) -> Affiliation:
    """An affiliation without the purposes for which somebody else became primary since."""
    return altered(one, {"purposes": tuple(purpose for purpose in one.purposes if purpose not in taken)})


def _with_flags(one: Affiliation, flags: Mapping[str, Any]) -> Affiliation:
    primary = bool(flags["primary"])
    sequence = flags["primary_sequence"]
    return altered(
        one,
        {
            "primary": primary,
            "primary_sequence": int(primary) if sequence is None else sequence,
            "purposes": tuple(flags["purposes"] or ()),
        },
    )
