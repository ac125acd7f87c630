"""An earlier state of a record is stored again, as a new change by the rules of every other change (DIR-14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contactcore.errors import Invalid, Problem, with_article
from contactcore.mapping.entities import ENTITY_OF
from contactcore.mapping.history import CUSTOM, difference, values_of
from contactcore.model import Contact, Settings
from contactcore.model.restoring import altered
from contactcore.rules.access import handed_over_names
from contactcore.storage import Stored
from contactcore.workspace.contacts.contacts import Contacts
from contactcore.workspace.items.items import Items
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.people import People
from contactcore.workspace.repositories.earlier import EarlierStates, State
from contactcore.workspace.repositories.history import HistoryRepository
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.sites.sites import Sites
from contactcore.workspace.timeline.timeline import Timeline

__all__ = ["gone_problems", "restore_state"]

_NEVER_RESTORED = frozenset(
    {"changed", "revision", "primary", "primary_sequence", "purposes", "since", "source", "actor"}
)
"""The keys that the library maintains, or that a record keeps for ever."""

_LISTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "contact": (("type", "type", "types"), ("categories", "category", "categories")),
    "item": (("type", "type", "item_types"),),
    "interaction": (("type", "type", "interaction_types"),),
    "item-role": (("role", "role", "item_roles"),),
}
"""Kind -> the keys with slugs, the noun, and the list of the settings that has them."""

_SAVE: Mapping[str, Callable[[Transaction, Any], Any]] = {
    "contact": lambda transaction, one: Contacts(transaction).save(one),
    "affiliation": lambda transaction, one: People(transaction).save(one),
    "site": lambda transaction, one: Sites(transaction).save(one),
    "item": lambda transaction, one: Items(transaction).save(one),
    "item-role": lambda transaction, one: Items(transaction).save_role(one),
    "interaction": lambda transaction, one: Timeline(transaction).save(one),
}


def restore_state(transaction: Transaction, stored: Stored, state: State) -> Any:
    """Store the values that a record had; the answer is the stored record.

    Args:
        transaction: The transaction of the actor.
        stored: The record as it is stored, outside the trash.
        state: The state that it had.

    Raises:
        Invalid: `not-restorable` for a submission; `kind-change`, and as the `save` of the record, for a value that is
            no longer possible.
        Conflict, NotFound, Forbidden: as the `save` of the record.
    """
    kind, id = stored.kind, stored.id
    if kind not in _SAVE:
        message = f"{with_article(kind, 'A')} never changes but by its own acts: undo the act with history.undo."
        raise Invalid("not-restorable", message, path="record", value=id)
    current = _read(transaction, kind, id)
    was = EarlierStates(transaction).entity(state)
    if isinstance(current, Contact) and was.kind != current.kind:
        message = f"The contact was a {was.kind} then. Use contacts.convert first."
        raise Invalid("kind-change", message, path="record", value=id)
    changed = difference(state.values, values_of(stored))
    problems = [*gone_problems(transaction.settings, kind, {key: before for key, (before, _) in changed.items()})]
    if problems:
        raise Invalid(problems)
    keys = changed.keys() - _NEVER_RESTORED
    if kind == "affiliation":
        keys -= {"person_id"}
    if "responsibles" in keys and _was_handed_over(transaction, id, state.version):
        # The users of that time have left, and another user looks after the contact.
        keys -= {"responsibles"}
    if "responsibles" in keys:
        was = altered(was, {"responsibles": _responsibles_today(transaction, id, state.version, was.responsibles)})
    names = {"fields" if key.startswith(CUSTOM) else key for key in keys}
    return _SAVE[kind](transaction, altered(current, {name: getattr(was, name) for name in names}))


def _was_handed_over(transaction: Transaction, id: str, version: int) -> bool:
    """Whether a handing over has replaced the responsible users of a contact since a version of it."""
    return any(
        act.cause == "hand-over" and change.after > version and "responsibles" in change.fields
        for act, change in HistoryRepository(transaction).changes_of([id]).get(id, ())
    )


def _responsibles_today(transaction: Transaction, id: str, version: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """The responsible users of a version of a contact, without those who left after the version (ACC-5)."""
    acts = HistoryRepository(transaction).changes_of([id]).get(id, ())
    ended = min((act.at for act, change in acts if change.after > version), default="")
    return handed_over_names(names, JobRepository(transaction).handed_over_since(ended)) if ended else names


def gone_problems(
    settings: Settings, kind: str, values: Mapping[str, Any], present: Mapping[str, Any] | None = None
) -> Iterator[Problem]:
    """The problems of values that name an entry which was removed from a list of the workspace since.

    Args:
        settings: The settings of the workspace.
        kind: The kind of the record.
        values: The values that it would get, by key.
        present: The values that it has. A value whose replacement the record has already is then no problem.
    """
    for key, noun, name in _LISTS.get(kind, ()):
        value, entries = values.get(key) or (), getattr(settings, name)
        slugs = [value] if isinstance(value, str) else value
        counted = [slug for slug in map(entries.resolve, slugs) if slug]
        if present is not None:
            had = present.get(key) or ()
            if counted == [*([had] if isinstance(had, str) else had)]:
                continue
        for slug in slugs:
            if slug not in entries:
                message = f"The {noun} was removed from the workspace's list since: add it again first."
                yield Problem(f"{noun}-unknown", key, message, slug)


def _read(transaction: Transaction, kind: str, id: str) -> Any:
    # An affiliation is saved as the actor was shown it.
    return (
        People(transaction).get(id) if kind == "affiliation" else Repository[Any](transaction, ENTITY_OF[kind]).get(id)
    )
