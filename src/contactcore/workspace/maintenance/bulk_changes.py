"""The change of one contact by a bulk act, and the change back: by the rules of `contacts.save`, `share` and `delete`.

A refusal that is found before the first write is an answer about one contact. A refusal behind a write must roll back
the whole batch, because a transaction commits everything or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from contactcore.errors import ContactCoreError, Duplicate, Forbidden, Invalid, NotFound, Problem
from contactcore.mapping.trash import trashed_of
from contactcore.model import AccessPolicy, Company, Contact, Person
from contactcore.model.bulk_act import BulkAct
from contactcore.model.restoring import altered
from contactcore.rules.access import handed_over_names
from contactcore.rules.preparation import with_access
from contactcore.values import Tag
from contactcore.workspace.contacts.changing import store_changed
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.merged_since import MergedSince
from contactcore.workspace.repositories.repository import Loaded
from contactcore.workspace.trash.discarding import Deletion, plan_deletion
from contactcore.workspace.trash.trash import Trash

__all__ = [
    "REFUSALS",
    "LateRefusalError",
    "lock_itself",
    "planned_deletion",
    "refusals_of",
    "restore",
    "store",
    "wanted",
]

_FIELDS = ("tags", "categories", "type", "responsibles", "access")
"""The fields that a bulk act may change."""

_HAD_IT_TOO = "Another contact that became a part of it since had this value too: undo that merge first."

REFUSALS = (Invalid, Forbidden, Duplicate)
"""The errors that say why one contact cannot be changed."""


class LateRefusalError(Exception):
    """A contact was refused behind a write; the batch is rolled back and repeated without it.

    Attributes:
        id: The id of the contact.
        refusal: The refusal.
    """

    def __init__(self, id: str, refusal: ContactCoreError) -> None:
        super().__init__(id)
        self.id = id
        self.refusal = refusal


def refusals_of(id: str, error: ContactCoreError) -> Iterator[list[Any]]:
    """Yield id, path, code, reason and, if there are any, facts of each problem of a contact, as a job stores them."""
    problems = (
        error.problems if isinstance(error, Invalid) else (Problem(error.code, "", str(error), facts=error.facts),)
    )
    for problem in problems:
        refusal: list[Any] = [id, problem.path, problem.code, problem.message]
        yield [*refusal, problem.stored_facts()] if problem.facts else refusal


@contextmanager
def _writing(id: str) -> Iterator[None]:
    try:
        yield
    except REFUSALS as error:
        raise LateRefusalError(id, error) from error


def lock_itself(contacts: ContactRepository, id: str) -> Loaded[Person | Company]:
    """Lock a contact for a change; one that was merged since the act began is not changed in the other's place.

    Args:
        contacts: The contacts of the transaction.
        id: The id of the contact.

    Raises:
        NotFound, Forbidden: As `ContactRepository.lock_for_change`.
        Invalid: `merged-since`.
    """
    locked = contacts.lock_for_change(id)
    if locked.entity.id != id:
        message = "The contact was merged into another one since: undo that merge first, or change the other by hand."
        raise Invalid("merged-since", message, path="contact", value=id)
    return locked


def wanted(transaction: Transaction, act: BulkAct, found: Loaded[Person | Company]) -> Person | Company:
    """Return a contact as the act leaves it, prepared; the contact itself for an act that deletes.

    Args:
        transaction: The transaction of the actor.
        act: The act.
        found: The stored contact.

    Raises:
        Forbidden: `read-only`, `access-change`.
        Invalid: the problems of the contact.
    """
    transaction.check_change(found.access)
    before = found.entity
    return before if act.delete else _prepared(transaction, act.applied_to(before), before, is_sharing=act.is_sharing)


def _prepared(
    transaction: Transaction, changed: Person | Company, before: Person | Company, *, is_sharing: bool
) -> Person | Company:
    contacts = ContactRepository(transaction)
    if is_sharing:
        # As with `contacts.share`, a value that is refused today does not prevent the change.
        problems = tuple(contacts.user_problems(changed.responsibles, before.responsibles))
        if problems:
            raise Invalid(problems)
        ready = with_access(changed, before, admin=transaction.actor.admin)
    else:
        ready = contacts.prepare(changed, before)
    if (ready.access, ready.responsibles) != (before.access, before.responsibles):
        contacts.check_access_change(before)
    return ready


def planned_deletion(
    transaction: Transaction, act: BulkAct, contact: Loaded[Person | Company], *, lock: bool
) -> Deletion | None:
    """Return the deletion of a contact by an act, after the application was asked; None for an act of another kind.

    Args:
        transaction: The transaction of the actor.
        act: The act.
        contact: The stored contact, locked if `lock`.
        lock: Whether the deletion will be stored.

    Raises:
        Forbidden: `blocked-by-host`.
        StorageError: `blockers-failed`.
    """
    if not act.delete:
        return None
    deletion = plan_deletion(transaction, contact, lock=lock)
    deletion.check(transaction)
    return deletion


def store(
    transaction: Transaction,
    act: BulkAct,
    ready: Person | Company,
    locked: Loaded[Person | Company],
    deletion: Deletion | None,
) -> Iterator[dict[str, Any]]:
    """Store the change of one contact, and yield an entry for each record that was changed.

    Args:
        transaction: The transaction of the actor.
        act: The act.
        ready: The result of `wanted`.
        locked: The stored contact, locked.
        deletion: The result of `planned_deletion`.

    Raises:
        LateRefusalError: the contact was refused behind a write.
    """
    with _writing(ready.id):
        if deletion is not None:
            deletion.store(transaction)
            (stored,) = ContactRepository(transaction).stored([ready.id])
            trashed = None if stored is None else trashed_of(stored)
            yield {"id": ready.id, "deleted": "" if trashed is None else trashed.at}
            return
        changed = store_changed(transaction, ready, locked, with_people=act.with_people, notify=False)
    for before, after in ((locked.entity, changed.contact), *changed.people):
        if after.version == before.version:
            continue
        yield {"id": after.id, "fields": _difference(before, after)}


def _difference(before: Contact, after: Contact) -> dict[str, list[Any]]:
    pairs = {name: [_plain(before, name), _plain(after, name)] for name in _FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(contact: Contact, name: str) -> Any:
    value = getattr(contact, name)
    if name == "tags":
        return [tag.text for tag in value]
    if name == "access":
        return "" if value is None else value.value
    return list(value) if isinstance(value, tuple) else value


def restore(
    transaction: Transaction, entry: Mapping[str, Any], started: str, handed: Sequence[tuple[str, str]] = ()
) -> tuple[bool, list[list[str]]]:
    """Take back one entry of `store`.

    Args:
        transaction: The transaction of the actor who undoes.
        entry: The entry.
        started: The time when the act began.
        handed: Each user who left since the act, with the user who took over; none by default.

    Returns:
        Whether anything was restored; and id, path, code and reason of everything that was not.

    Raises:
        LateRefusalError: the contact was refused behind a write.
    """
    id = entry["id"]
    try:
        if "deleted" in entry:
            return _restore_deleted(transaction, id, entry["deleted"])
        locked = lock_itself(ContactRepository(transaction), id)
        merged, fields = MergedSince(transaction, [id], started), entry["fields"]
        shared = {name for name, (before, after) in fields.items() if merged.had("contact", id, name, before, after)}
        changes, stuck = _changes_back(locked.entity, {name: fields[name] for name in fields if name not in shared})
        stuck += [[id, name, "merged-since", _HAD_IT_TOO] for name in sorted(shared)]
        if "responsibles" in changes:
            # Nobody who has left since gets a contact back (ACC-5).
            changes["responsibles"] = handed_over_names(changes["responsibles"], handed)
        if not changes:
            return False, stuck
        back = altered(locked.entity, changes)
        is_sharing = {"access", "responsibles"}.issuperset(changes)
        ready = _prepared(transaction, back, locked.entity, is_sharing=is_sharing)
    except (*REFUSALS, NotFound) as error:
        return False, [*refusals_of(id, error)]
    with _writing(id):
        store_changed(transaction, ready, locked, with_people=False, notify=False)
    return True, stuck


def _restore_deleted(transaction: Transaction, id: str, at: str) -> tuple[bool, list[list[str]]]:
    (stored,) = ContactRepository(transaction).stored([id])
    trashed = None if stored is None else trashed_of(stored)
    if stored is not None and trashed is None:
        return False, []  # somebody restored it before
    if trashed is not None and (trashed.at, trashed.root) != (at, id):
        return False, [[id, "", "changed-since", "Somebody restored and deleted it again since the act."]]
    Trash(transaction).restore(id)
    return True, []


def _changes_back(now: Contact, fields: Mapping[str, list[Any]]) -> tuple[dict[str, Any], list[list[str]]]:
    """The earlier values of the fields that nobody changed since, and the refusals of the others."""
    changes: dict[str, Any] = {}
    stuck: list[list[str]] = []
    for name, (before, after) in fields.items():
        present = _plain(now, name)
        if present == before:
            continue
        if name in {"tags", "categories"}:
            labels = before if present == after else _labels_back(name, present, before, after)
            if labels != present:
                changes[name] = tuple(map(Tag, labels)) if name == "tags" else tuple(labels)
        elif present == after:
            changes[name] = _value(name, before)
        else:
            stuck.append([now.id, name, "changed-since", "Somebody changed this field since the act."])
    return changes, stuck


def _value(name: str, plain: Any) -> Any:
    if name == "access":
        return AccessPolicy.parse(plain) if plain else None
    return tuple(plain) if isinstance(plain, list) else plain


def _labels_back(name: str, present: list[str], before: list[str], after: list[str]) -> list[str]:
    """The labels of today without those that the act added, and with those that it removed."""

    def key(label: str) -> str:
        return Tag(label).key if name == "tags" else label

    had, got, has = ({key(label) for label in labels} for labels in (before, after, present))
    kept = [label for label in present if key(label) in had or key(label) not in got]
    return [*kept, *(label for label in before if key(label) not in got and key(label) not in has)]
