"""The numbers of an import and of undoing it: kept with the job, given to the progress callback and in the report."""

from __future__ import annotations

from typing import Self

import attrs

__all__ = ["ImportCounts", "UndoCounts"]


@attrs.frozen(kw_only=True)
class ImportCounts:
    """The numbers of an import.

    Attributes:
        created: Rows of which a contact was made.
        updated: Rows that filled or added something.
        skipped: Rows whose contact was known.
        rejected: Rows that could not be imported.
        people_created: People that were made.
        companies_created: Companies that were made, for rows of their own or as the employer of a person.
    """

    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    people_created: int = 0
    companies_created: int = 0

    @property
    def rows(self) -> int:
        """All rows: created, updated, skipped and rejected ones."""
        return self.created + self.updated + self.skipped + self.rejected

    @property
    def made(self) -> int:
        """All contacts that were made."""
        return self.people_created + self.companies_created


@attrs.frozen(kw_only=True)
class UndoCounts:
    """The numbers of undoing an import.

    Attributes:
        removed: Contacts made by the import that went to the trash.
        restored: Contacts changed by the import that are as they were before.
        affiliations: Affiliations between contacts that existed before: those made by the import are removed, and those
            filled in by it have their position and department back.
    """

    removed: int = 0
    restored: int = 0
    affiliations: int = 0

    def plus(self, removed: int = 0, restored: int = 0, affiliations: int = 0) -> Self:
        """The numbers after one more step."""
        return attrs.evolve(
            self,
            removed=self.removed + removed,
            restored=self.restored + restored,
            affiliations=self.affiliations + affiliations,
        )
