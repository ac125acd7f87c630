"""Import changes: the records that an import created and changed, read from the parts of its job (IMP-3).

An import may change a contact several times, or change a contact that it created. If nobody else changed the contact in
between, all of these changes are one version span, and the undo reverts them together.
"""

from __future__ import annotations

from contactcore.frozen import frozen
from contactcore.workspace.imports.compact_hash_map import CompactHashMap
from contactcore.workspace.kernel.transactions import TransactionFactory
from contactcore.workspace.repositories.jobs import handed_over_contacts, job_parts

__all__ = ["ChangeLog", "ImportChanges", "UndoStep", "changes_of"]

_PHASES = ("people", "companies", "pictures", "changed", "positions", "affiliations", "parts_changed", "parts")
"""The lists of a part that an undo handles, in its sequence. People precede companies, because they keep them."""


@frozen
class UndoStep:
    """The entries of a part that the undo reverts in one transaction.

    Attributes:
        phase: The name of the list in the part: `"people"`, `"companies"`, `"pictures"`, `"changed"`,
            `"positions"`, `"affiliations"`, `"parts_changed"` or `"parts"`.
        part: The number of the part.
        start: The index of the first entry.
        stop: The index after the last entry.
    """

    phase: str
    part: int
    start: int
    stop: int


@frozen
class VersionSpan:
    """Consecutive versions of a record that only the import stored; the undo reverts them together.

    Attributes:
        before: The version before the first change of the import.
        after: The version after the last change of the import.
    """

    before: int
    after: int


class ChangeLog:
    """The versions of the records of one kind that an import stored, in some twenty bytes per record.

    >>> log = ChangeLog()
    >>> log.add_created("a")
    >>> log.add_changed("a", 1)
    >>> log.add_changed("b", 7)
    >>> log.is_unchanged("a", 2), log.span("b")
    (True, VersionSpan(before=7, after=8))
    """

    def __init__(self) -> None:
        self._created = CompactHashMap()
        self._before = CompactHashMap()
        self._after = CompactHashMap()

    def add_created(self, id: str) -> None:
        """Add a record that the import created.

        Args:
            id: The id of the record.
        """
        self._created.put(id, 1)

    def add_changed(self, id: str, before: int) -> None:
        """Add a change of a record by the import; the changes are added in their sequence.

        Args:
            id: The id of the record.
            before: The version before the change.
        """
        if self._created.get(id) == before:
            self._created.put(id, before + 1)
            return
        # After a change by somebody else, a created record counts like a record that existed before the import.
        if self._after.get(id) != before:
            self._before.put(id, before)
        self._after.put(id, before + 1)

    def add_handed_over(self, id: str, before: int) -> None:
        """Add a change of the responsible users when a user left. A contact that was created stays as created.

        Args:
            id: The id of the record.
            before: The version before the change.
        """
        if self._created.get(id) == before:
            self._created.put(id, before + 1)

    def was_created(self, id: str) -> bool:
        """Whether the import created a record.

        Args:
            id: The id of the record.
        """
        return self._created.get(id) is not None

    def is_unchanged(self, id: str, version: int) -> bool:
        """Whether the import created a record, and nobody else has changed it.

        Args:
            id: The id of the record.
            version: The stored version of the record.
        """
        return self._created.get(id) == version

    def span(self, id: str) -> VersionSpan | None:
        """The last version span of a record that existed before; None for any other record.

        Args:
            id: The id of the record.
        """
        before, after = self._before.get(id), self._after.get(id)
        return None if before is None or after is None else VersionSpan(before, after)


@frozen
class ImportChanges:
    """The changes of an import, and the steps that undo them.

    Attributes:
        contacts: The change log of contacts, by version.
        affiliations: The change log of affiliations, by revision, which a moved primary flag does not change.
        parts: The change log of sites and items, by version.
        purposed: The affiliations that the import created with purposes: 1 for each.
        steps: The undo steps in their sequence. Every attempt to undo the import has the same steps.
    """

    contacts: ChangeLog
    affiliations: ChangeLog
    parts: ChangeLog
    purposed: CompactHashMap
    steps: tuple[UndoStep, ...]


def changes_of(reading: TransactionFactory, import_id: str, parts: int, size: int) -> ImportChanges:  # noqa: C901 - one loop for each list of a part
    """The changes of an import, read in several transactions.

    Args:
        reading: The factory of reading transactions.
        import_id: The id of an import that has stopped.
        parts: The number of its parts.
        size: The maximum number of entries of an undo step.
    """
    contacts, affiliations, parts_log, purposed = ChangeLog(), ChangeLog(), ChangeLog(), CompactHashMap()
    counts: dict[str, list[int]] = {phase: [] for phase in _PHASES}
    for part in job_parts(reading, import_id, 0, parts):
        for id in (*part.get("people", ()), *part.get("companies", ())):
            contacts.add_created(id)
        for id, before, _ in part.get("changed", ()):
            contacts.add_changed(id, before)
        for id in part.get("affiliations", ()):
            affiliations.add_created(id)
        for id, before, *_ in part.get("positions", ()):
            affiliations.add_changed(id, before)
        for _, id in part.get("parts", ()):
            parts_log.add_created(id)
        for _, id, before, _ in part.get("parts_changed", ()):
            parts_log.add_changed(id, before)
        for id in part.get("purposed", ()):
            purposed.put(id, 1)
        for phase in _PHASES:
            counts[phase].append(len(part.get(phase, ())))
    for id, before in handed_over_contacts(reading):
        contacts.add_handed_over(id, before)
    steps = [
        UndoStep(phase, number, start, min(start + size, count))
        for phase in _PHASES
        # The last rows come first. The primary person of a company, mostly of its first row, is then removed last.
        for number, count in reversed([*enumerate(counts[phase])])
        for start in reversed(range(0, count, size))
    ]
    return ImportChanges(contacts, affiliations, parts_log, purposed, tuple(steps))
