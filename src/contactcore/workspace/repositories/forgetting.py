"""Forgetting in the parts of jobs: what imports and bulk acts noted about contacts that are removed for good."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs

from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.account import ACCOUNT_ENTRIES
from contactcore.mapping.index_keys import term
from contactcore.mapping.interactions import INTERACTIONS
from contactcore.mapping.jobs import JOB_PARTS
from contactcore.mapping.subject import Subject
from contactcore.model import Company, Person
from contactcore.model.job import JobPart
from contactcore.storage import SYSTEM, Query
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.merges import OWNER_KEYS
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = [
    "NEVER_NOTED",
    "PARTS_AT_ONCE",
    "ForgottenPage",
    "Traces",
    "forget_in_jobs",
    "forget_in_page",
    "forget_in_parts",
    "forget_undone",
]

NEVER_NOTED = frozenset({INTERACTIONS.name, ACCOUNT_ENTRIES.name})
"""The kinds of the records of which no job notes values: only that a merge moved them."""
PARTS_AT_ONCE = 10
"""The number of parts in one page."""
_REMOVED = "The contact was removed for good."
_MOST_REASONS = 1_000
_OF_CARD = "vCard "
_EXAMPLE = "+33 1 44 55 66 77"
"""The number that reasons give as an example, which may be that of somebody."""


def forget_in_jobs(transaction: Transaction, contacts: Sequence[Person | Company], ids: Collection[str]) -> int:
    """Remove the personal data of contacts from the notes of all jobs, and return the number of changed parts.

    - The values before a change, which the undo of an import, a bulk act or a merge would restore, are removed by the
      ids.
    - The problems of a row of an imported file are emptied if a reason names the id of one of the contacts, or if a
      cell or a reason has its e-mail address, its phone number or its whole name. A cell that could not be read is
      emptied if one of the contacts has it among its unmapped values.

    Ids and counts stay, so that each report still accounts for every row.

    Args:
        transaction: The transaction that removes the contacts.
        contacts: The contacts.
        ids: The ids of the contacts and of their affiliations.
    """
    count, after = 0, None
    while True:
        page = forget_in_page(transaction, contacts, ids, after=after)
        count += page.changed
        if page.next is None:
            return count
        after = page.next


@frozen
class ForgottenPage:
    """A few parts of jobs in which contacts were forgotten.

    Attributes:
        seen: The number of parts.
        changed: The number of those that were changed.
        next: The position behind them; None at the end.
    """

    seen: int
    changed: int
    next: str | None


def forget_in_page(
    transaction: Transaction,
    contacts: Sequence[Person | Company],
    ids: Collection[str],
    *,
    after: str | None,
) -> ForgottenPage:
    """As `forget_in_jobs`, in a few parts.

    Args:
        transaction: The transaction.
        contacts, ids: As for `forget_in_jobs`.
        after: The position of the last page; None for the first one.
    """
    query = Query(kind=JOB_PARTS.name, order="added", access=SYSTEM, limit=PARTS_AT_ONCE, after=after)
    found = transaction.reader.find(query)
    changed = forget_in_parts(transaction, contacts, ids, [card.id for card in found.cards])
    return ForgottenPage(len(found.cards), changed, found.last if found.more else None)


def forget_in_parts(
    transaction: Transaction,
    contacts: Sequence[Person | Company],
    ids: Collection[str],
    wanted: Sequence[str],
) -> int:
    """As `forget_in_jobs`, in some parts.

    Args:
        transaction: The transaction.
        contacts, ids: As for `forget_in_jobs`.
        wanted: The ids of the parts.
    """
    parts = Repository(transaction, JOB_PARTS)
    traces = Traces(contacts, ids, transaction.index_context.language)
    changed = 0
    for one in _suspects(parts, wanted, [*ids]):
        kept = _without(one.entity.entries, frozenset(ids), traces)
        if kept != one.entity.entries:
            part = attrs.evolve(one.entity, entries=kept)
            record = parts.record(part, one.stored.access)
            parts.replace(part, one.stored, attrs.evolve(record, version=one.stored.version + 1))
            changed += 1
    return changed


def forget_undone(transaction: Transaction, job_ids: Collection[str]) -> int:
    """Remove the values that undone jobs noted for their undo, and return the number of changed parts.

    Args:
        transaction: The transaction.
        job_ids: The ids of the jobs.
    """
    parts = Repository(transaction, JOB_PARTS)
    count = 0
    for job_id in job_ids:
        for one in list(parts.find(frozenset({term("job", job_id)}))):
            kept = dict(one.entity.entries)
            if "changed" in kept:
                kept["changed"] = [_forget_change(entry) for entry in kept["changed"]]
            if "images" in kept:
                kept["images"] = []
            if kept != one.entity.entries:
                record = parts.record(attrs.evolve(one.entity, entries=kept), one.stored.access)
                parts.replace(one.entity, one.stored, attrs.evolve(record, version=one.stored.version + 1))
                count += 1
    return count


class Traces:
    """The texts by which contacts are recognized in a cell.

    Args:
        contacts: The contacts.
        ids: Their ids, which reasons of a report name.
        language: The language of the workspace.
    """

    def __init__(self, contacts: Sequence[Person | Company], ids: Collection[str], language: str) -> None:
        self._ids = sorted(id.casefold() for id in ids)
        self._subject = Subject("", None, frozenset(), language, former=tuple(contacts))
        self._reasons: dict[str, bool] = {}
        self._cells = {_cell(column, text) for one in contacts for column, text in one.unmapped.items()}

    def is_cell(self, column: str, value: str) -> bool:
        """Whether a cell that an import could not read is kept on one of the contacts."""
        return bool(value) and (column, value) in self._cells

    def are_in(self, text: str) -> bool:
        """Whether a text has the id, an e-mail address, a phone number or the whole name of one of the contacts."""
        if not text:
            return False
        lower = text.casefold()
        return any(known in lower for known in self._ids) or self._subject.is_in(text)

    def are_in_reason(self, reason: str) -> bool:
        """As `are_in`, for the reason of a problem, which may have the example of a phone number."""
        # The same reason recurs in many rows.
        known = self._reasons.get(reason)
        if known is None:
            if len(self._reasons) > _MOST_REASONS:
                self._reasons.clear()
            known = self._reasons[reason] = self.are_in(reason.replace(_EXAMPLE, ""))
        return known


def _cell(column: str, text: str) -> tuple[str, str]:
    """The column and the value that a report has for an unmapped value of a contact; a line of a card is kept whole."""
    name = column.removeprefix(_OF_CARD)
    return (column, text) if name == column else (name, text.partition(":")[2])


def _suspects(parts: Repository[JobPart], wanted: Sequence[str], ids: Sequence[str]) -> Iterator[Loaded[JobPart]]:
    """Those of some parts that name one of the ids, or that have problems of rows."""
    needles = [id.encode() for id in ids]
    for stored in parts.stored(wanted) if wanted else ():
        if stored is not None and (
            b'"problems"' in stored.body
            or b'"rejects"' in stored.body
            or any(needle in stored.body for needle in needles)
        ):
            yield parts.loaded(stored)


def _without(entries: Mapping[str, Any], ids: frozenset[str], traces: Traces) -> dict[str, Any]:
    """The lists of a part without the personal data."""
    kept = dict(entries)
    # The list of a bulk act or a merge has mappings, that of an import has an id, a version and a body.
    for name, forget in (
        ("changed", _forget_change),
        ("positions", lambda one: [*one[:2], *("" for _ in one[2:])]),
        ("refused", _forget_refusal),
        ("kept", _forget_refusal),
    ):
        if name in entries:
            kept[name] = [forget(one) if _is_about(one, ids) else one for one in entries[name]]
    if "parts_changed" in entries:
        # The bodies of sites and items, behind their kind.
        kept["parts_changed"] = [
            [kind, *_forget_change(one)] if _is_about(one, ids) else [kind, *one]
            for kind, *one in entries["parts_changed"]
        ]
    if "changes" in entries:
        # The name of the contact and the value before and after; the line and the field stay.
        kept["changes"] = [
            [*one[:2], "", one[3], "", ""] if one[1] in ids or any(map(traces.are_in, (one[2], *one[4:]))) else one
            for one in entries["changes"]
        ]
    if "ids" in entries:
        # The ids that a file has for its contacts.
        kept["ids"] = [one for one in entries["ids"] if one[1] not in ids]
    if "images" in entries:
        if any(one["kind"] == "contact" and one["id"] in ids for one in entries["images"]):
            # A merged contact is removed only with the winner, or after the merge was undone. Nobody needs the rest.
            kept["changed"] = [_forget_change(one) for one in kept.get("changed", ())]
        # The records that a merge removed. A redirect is removed with the contact that it leads to.
        kept["images"] = [one for one in entries["images"] if not _names(one, ids)]
    if "problems" in entries:
        rows = entries["problems"]
        lines = {line for line, _, value, reason, *_ in rows if traces.are_in(value) or traces.are_in_reason(reason)}
        # A cell that cannot be read names nobody. The contact that it was read for has it.
        kept["problems"] = [
            [*one[:2], "", _reason(one[3], traces), *one[4:]]
            if one[0] in lines
            else [*one[:2], "", _REMOVED, *one[4:]]
            if traces.is_cell(one[1], one[2])
            else one
            for one in rows
        ]
    if "rejects" in entries:
        kept["rejects"] = [[number, _reason(reason, traces)] for number, reason in entries["rejects"]]
    return kept


def _names(image: Mapping[str, Any], ids: frozenset[str]) -> bool:
    """Whether the image of a record is that of one of the ids, leads to one, or refers to one."""
    return image["id"] in ids or image["redirect"] in ids or any(id in image["body"] for id in ids)


def _reason(reason: str, traces: Traces) -> str:
    return _REMOVED if traces.are_in_reason(reason) else reason


def _is_about(entry: Any, ids: frozenset[str]) -> bool:
    """Whether an entry is about one of some records, or about a record of theirs that may be gone since."""
    if _id_of(entry) in ids:
        return True
    if isinstance(entry, Mapping):
        return not ids.isdisjoint(entry.get("of", ()))
    body = entry[-1]
    if not isinstance(body, str) or not body.startswith("{") or not any(id in body for id in ids):
        return False
    values = json.load(body.encode())
    return any(values.get(name) in ids for name in OWNER_KEYS)


def _id_of(entry: Any) -> str:
    found = entry.get("id", "") if isinstance(entry, Mapping) else entry[0]
    return found if isinstance(found, str) else ""


def _forget_change(entry: Any) -> Any:
    if isinstance(entry, Mapping):
        return {**entry, "fields": {}} if "fields" in entry else entry
    return [*entry[:2], ""]


def _forget_refusal(entry: Sequence[Any]) -> Any:
    """The refusal of a bulk act with its code only; the entries of an import have ids and codes anyway."""
    return [*entry[:3], _REMOVED] if len(entry) > 3 else entry
