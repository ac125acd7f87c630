"""The numbers of an import and of its undo: the job stores them, and progress callbacks and reports contain them."""

from __future__ import annotations

from typing import Self

import attrs

from contactcore.frozen import frozen

__all__ = ["ImportCounts", "UndoCounts"]


@frozen(kw_only=True)
class ImportCounts:
    """The numbers of an import; all of them are 0 by default.

    Attributes:
        created: The number of rows that created a contact.
        updated: The number of rows that changed a contact, or added a further affiliation, a site or an item to it.
        skipped: The number of rows that changed nothing, because their contact existed.
        rejected: The number of rows that were not imported.
        people_created: The number of people created.
        companies_created: The number of companies created, from rows of their own or as employers of people.
        pictures: The number of rows whose picture became that of their contact.

    >>> ImportCounts(created=2, rejected=1).rows
    3
    """

    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    people_created: int = 0
    companies_created: int = 0
    pictures: int = 0

    @property
    def rows(self) -> int:
        """The number of rows, which is the sum of `created`, `updated`, `skipped` and `rejected` (IMP-2)."""
        return self.created + self.updated + self.skipped + self.rejected

    @property
    def contacts_created(self) -> int:
        """The number of people and companies created."""
        return self.people_created + self.companies_created


@frozen(kw_only=True)
class UndoCounts:
    """The numbers of the undo of an import; all of them are 0 by default.

    Attributes:
        removed: The number of contacts that the import created and that are in the trash now.
        restored: The number of contacts that the import changed and that have their earlier values again.
        affiliations: The number of affiliations between contacts that existed before the import. Those that the import
            created are removed. The others have their earlier position and department again.
        hidden: The number of contacts of the import that the actor does not see; no other number counts them. Those
            that nobody changed since are in the trash now. The number does not depend on what others did to them.
        records: The number of sites and items of contacts that stay: those that the import added are in the trash now,
            and those that it changed have their earlier values again. Also the number of contacts that stay and have
            no longer the picture that the import gave them.
    """

    removed: int = 0
    restored: int = 0
    affiliations: int = 0
    hidden: int = 0
    records: int = 0

    def plus(
        self, removed: int = 0, restored: int = 0, affiliations: int = 0, hidden: int = 0, records: int = 0
    ) -> Self:
        """The sums of these numbers and the numbers of one step.

        Args:
            removed, restored, affiliations, hidden, records: The numbers of the step; 0 by default.
        """
        return attrs.evolve(
            self,
            removed=self.removed + removed,
            restored=self.restored + restored,
            affiliations=self.affiliations + affiliations,
            hidden=self.hidden + hidden,
            records=self.records + records,
        )
