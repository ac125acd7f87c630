"""Earlier states: a record as it was, found by taking back its later changes, the newest first (DIR-14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.history import told, values_of
from contactcore.mapping.trash import trashed_of
from contactcore.model import AccessPolicy, Contact
from contactcore.model.act import Act, Change
from contactcore.model.restoring import altered
from contactcore.storage import Stored
from contactcore.values.moment import in_utc, parse_moment, timestamp
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.history import HistoryRepository

__all__ = ["EarlierStates", "State", "taken_back"]

Changes = Sequence[tuple[Act, Change]]
"""The changes of one record with their acts, the newest version first."""


@frozen(kw_only=True)
class State:
    """A record as it was.

    Attributes:
        kind: The kind of the record in the storage.
        id: The id of the record.
        values: The values by key, as `values_of` returns them.
        version: The stored version.
        exists: Whether the record existed, in the trash or not.
        trashed: Whether it was in the trash.
        added: When and by whom a contact was added, as its body has it; None if that is not known.
        is_whole: Whether each later change was found, so that the state is certain.
    """

    kind: str
    id: str
    values: Mapping[str, Any]
    version: int
    exists: bool
    trashed: bool
    added: Any = None
    is_whole: bool = True

    @property
    def is_present(self) -> bool:
        """Whether the record existed outside the trash."""
        return self.exists and not self.trashed


def taken_back(
    kind: str, id: str, stored: Stored | None, changes: Changes, until: Callable[[State, Act], bool]
) -> State:
    """The state of a record before some of its changes.

    Args:
        kind: The kind of the record in the storage.
        id: The id of the record.
        stored: The record as it is stored; None if it is gone.
        changes: Its changes.
        until: Returns whether the state is the wanted one, given the state and the act that made it.
    """
    if stored is None:
        state = State(kind=kind, id=id, values={}, version=changes[0][1].after, exists=False, trashed=False)
    else:
        added = json.load(stored.body).get("added")
        state = State(
            kind=kind,
            id=id,
            values=values_of(stored),
            version=stored.version,
            exists=True,
            trashed=trashed_of(stored) is not None,
            added=added,
        )
    for act, change in changes:
        if until(state, act):
            break
        values = {**state.values}
        for key, (before, _) in change.fields.items():
            if before is None:
                values.pop(key, None)
            else:
                values[key] = before
        state = attrs.evolve(
            state,
            values=values,
            version=change.before,
            exists=change.what != "add",
            trashed=change.what == "restore" or (state.trashed and change.what != "delete"),
            # A record that was added again under its id follows its removal.
            is_whole=state.is_whole and (change.after == state.version or change.what == "remove"),
        )
    return state


class EarlierStates:
    """The earlier states of the records of a workspace, in one transaction.

    They include hidden records, so they must be filtered.

    Args:
        transaction: The transaction that reads.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._history = HistoryRepository(transaction)

    def moment(self, given: datetime | str, path: str = "as_of") -> datetime:
        """A time in the past that a caller gave.

        Raises:
            Invalid: `time-syntax`, `time-without-zone`, `time-range`, `as-of-future`.
        """
        if isinstance(given, datetime) and given.utcoffset() is None:
            message = "Give the time with its time zone, like datetime.now(UTC)."
            raise Invalid("time-without-zone", message, path=path, value=given)
        try:
            moment = in_utc(given) if isinstance(given, datetime) else parse_moment(given)
        except Invalid as error:
            raise error.under(path) from None
        if moment > self._transaction.now:
            message = "The future has no history yet: give a time in the past."
            raise Invalid("as-of-future", message, path=path, value=given)
        return moment

    def at(self, records: Mapping[tuple[str, str], Stored | None], moment: datetime) -> dict[str, State]:
        """The states of records at a time, by id.

        Args:
            records: Kind and id of each record -> the record as it is stored; None for one that is gone.
            moment: The time.
        """
        then = timestamp(moment)
        records = {key: self.committed(*key, stored, moment) for key, stored in records.items()}
        changes = self._history.changes_of((id for _, id in records), then)
        return {
            id: taken_back(kind, id, stored, changes.get(id, ()), lambda _, act: act.at <= then)
            for (kind, id), stored in records.items()
            if stored is not None or id in changes
        }

    def committed(self, kind: str, id: str, stored: Stored | None, moment: datetime | None = None) -> Stored | None:
        """A record as it was before this transaction, whose own act is written when it ends.

        Args:
            kind: The kind of the record.
            id: The id of the record.
            stored: The record as it is stored.
            moment: The time that is asked for; a time that is not past keeps the record as it is.
        """
        own = self._transaction.changes.get((kind, id))
        if own is None or (moment is not None and moment >= self._transaction.now):
            return stored
        return own.before

    def of_version(self, stored: Stored, version: int) -> State | None:
        """The state of a record that had a version; None if the history does not know it.

        Args:
            stored: The record as it is stored.
            version: The version as people are shown it.
        """

        def is_wanted(state: State, _act: object = None) -> bool:
            shown: int = state.values.get("revision", state.version)
            return shown <= version

        own = [stored, *self._transaction.replaced.get((stored.kind, stored.id), ())]
        for one in reversed(own):
            state = taken_back(one.kind, one.id, one, (), lambda *_: True)
            if one is not own[-1] and state.values.get("revision", one.version) == version:
                return state
        first = self.committed(stored.kind, stored.id, stored)
        if first is None:
            return None
        changes = self._history.changes_of([stored.id]).get(stored.id, ())
        state = taken_back(first.kind, first.id, first, changes, is_wanted)
        shown = state.values.get("revision", state.version)
        return state if state.exists and state.is_whole and shown == version else None

    def contact_at(self, stored: Stored, moment: datetime, path: str = "as_of") -> Any:
        """A contact as it was at a time.

        Args:
            stored: The contact as it is stored.
            moment: The time.
            path: The name of the argument with the time.

        Raises:
            Invalid: `as-of-before`, `as-of-deleted`, `history-begins-later`.
        """
        state = self.at({(stored.kind, stored.id): stored}, moment)[stored.id]
        self.check(state, moment, path)
        return self.entity(state)

    def check(self, state: State, moment: datetime, path: str) -> None:
        """Refuse a time at which a record was not there, or of which the history knows nothing.

        Raises:
            Invalid: as `contact_at`.
        """
        then, given = timestamp(moment), timestamp(moment)
        if not state.exists or (state.added is not None and state.added[0] > then):
            message = "The record was not there yet: give a later time."
            raise Invalid("as-of-before", message, path=path, value=given)
        begins = self._history.begins_at()
        if then < begins or not state.is_whole:
            message = f"The history is kept since {begins}: give a later time."
            raise Invalid("history-begins-later", message, path=path, value=given, facts={"since": begins})
        if state.trashed:
            message = "The record was in the trash then: give another time."
            raise Invalid("as-of-deleted", message, path=path, value=given)

    def entity(self, state: State, *, as_stored: bool = True) -> Any:
        """The entity of a state.

        Args:
            state: The state.
            as_stored: Whether it names types that were removed since; True by default. Otherwise they are replaced.
        """
        from contactcore.mapping.entities import ENTITY_OF

        entity_type = ENTITY_OF[state.kind]
        body = told(state.values)
        if state.added is not None:
            body["added"] = state.added
        image = Stored(
            kind=state.kind,
            id=state.id,
            version=state.version,
            body=json.dump(body),
            card=b"{}",
            owner=state.id if state.kind == "contact" else str(state.values.get("contact_id", "")),
            access=frozenset(),
        )
        load = entity_type.load_as_stored if as_stored else entity_type.load
        entity = load(image, self._transaction.index_context)
        if isinstance(entity, Contact):
            access = AccessPolicy(state.values["access"])
            responsibles = tuple(state.values["responsibles"])
            entity = altered(entity, {"access": access, "responsibles": responsibles})
        return entity

    def entities(self, states: Iterable[State]) -> list[Any]:
        """The entities of those of the states in which a record existed outside the trash, sorted by id."""
        return [self.entity(state) for state in sorted(states, key=lambda one: one.id) if state.is_present]
