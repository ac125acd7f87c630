"""Exports: all that an actor may see of the directory, as a file (IMP-1, IMP-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from contactcore.formats import tabular
from contactcore.formats.contact_rows.export_rows import Entity, cells_of, headers_of
from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.contacts import contact_of
from contactcore.model import Affiliation, Company, Person
from contactcore.rules.access import read_terms
from contactcore.storage import Query
from contactcore.workspace.contacts.contacts import Contacts
from contactcore.workspace.kernel.transaction import Transaction, TransactionFactory
from contactcore.workspace.repositories import affiliations

__all__ = ["Exports"]

_AT_ONCE = 100
_MOST_COLUMNS = 5_000
_MOST_MARKS = 10_000
_REST = "Unmapped: further columns"


class Exports:
    """The exports of one actor from one workspace.

    >>> import io
    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> workspace, amelie, out = Workspace(MemoryStorage(), name="acme"), User("amelie"), io.BytesIO()
    >>> with workspace.write(amelie) as session:
    ...     bois = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"], tags=["VIP"]))
    ...     sud = session.contacts.add(Company("Sud"))
    >>> workspace.exports(amelie).csv(out, delimiter=";", encoding="utf-8", tag="vip")
    1
    >>> out.getvalue().decode().splitlines()[0]
    'Contact ID;Kind;First name;Last name;Company;E-mail 1;Tags'
    """

    def __init__(self, reading: TransactionFactory) -> None:
        self._reading = reading

    def csv(self, out: object, *, delimiter: str = ",", encoding: str = "utf-8-sig", **filters: Any) -> int:
        """Write contacts as a table that `imports` reads back to the same contacts (IMP-4).

        Companies come first, then people, each in directory order; people who are some company's primary contact person
        before the others. One moment of the workspace, page by page; memory does not grow with it. A cell that a
        spreadsheet would run is written so that it runs nothing.

        Args:
            out: A path, or a binary file object.
            delimiter: One character.
            encoding: A Python codec.
            filters: As for `session.contacts.page`; every contact that the actor sees by default, mere contact persons
                included (`role="any"`).

        Returns:
            The number of contacts.

        Raises:
            Invalid: `filter-unknown`, `delimiter`, `encoding-unknown`, `encoding-unable`, `file-unwritable`, `out`.
        """
        chosen = {"role": "any", **filters}
        with self._reading() as transaction:
            found: dict[str, int] = {}
            for cells in self._rows(transaction, chosen):
                for header in cells:
                    if header not in found and len(found) < _MOST_COLUMNS:
                        found[header] = len(found)
            headers = headers_of(found)
            kept = set(headers)
            rows = (_fitting(cells, kept) for cells in self._ordered(transaction, chosen))
            if len(found) >= _MOST_COLUMNS:
                headers.append(_REST)
            return tabular.write(rows, out, headers, delimiter=delimiter, encoding=encoding)

    def _ordered(self, transaction: Transaction, filters: dict[str, Any]) -> Iterator[dict[str, str]]:
        """Companies, then primary contact persons, then everybody else: so that the marks come back where they were.

        Who is primary is answered among those that the actor sees: the sequence tells of nobody else (ACC-3).
        """
        if filters.get("kind") in {None, "company"}:
            yield from self._rows(transaction, {**filters, "kind": "company"})
        if filters.get("kind") in {None, "person"}:
            for primary in (True, False):
                yield from self._rows(transaction, {**filters, "kind": "person"}, primary=primary)

    def _rows(
        self, transaction: Transaction, filters: dict[str, Any], *, primary: bool | None = None
    ) -> Iterator[dict[str, str]]:
        contacts = Contacts(transaction)
        marks: dict[str, str] = {}
        after = None
        while True:
            page = contacts.page(limit=_AT_ONCE, after=after, **filters)
            ids = [card.id for card in page.items]
            found = transaction.reader.get("contact", ids)
            entities: list[Entity] = [contact_of(one, transaction.index_context) for one in found if one is not None]
            work = self._work(transaction, [one.id for one in entities if isinstance(one, Person)], marks)
            for entity in entities:
                joined = work.get(entity.id, ())
                if primary is None or primary == any(affiliation.primary for affiliation, _ in joined):
                    yield cells_of(entity, joined)
            if page.next is None:
                return
            after = page.next

    @staticmethod
    def _work(
        transaction: Transaction, people: Sequence[str], marks: dict[str, str]
    ) -> dict[str, list[tuple[Affiliation, str]]]:
        """Whom people act for, as far as the actor sees it; where they are primary first, then by how long.

        Args:
            transaction: Of the actor.
            people: Ids of people.
            marks: What was found out for earlier people: contact -> its primary affiliation, by id.
        """
        query = Query(
            kind="affiliation",
            order=transaction.order,
            access=read_terms(transaction.actor),
            where=(frozenset(f"person:{id}" for id in people),),
        )
        joined = [affiliation_of(stored) for stored in transaction.every(query)] if people else []
        if len(marks) > _MOST_MARKS:
            marks.clear()
        fresh = {one.contact_id for one in joined} - marks.keys()
        marks.update(affiliations.seen_primaries(transaction, fresh))
        joined = [attrs.evolve(one, primary=marks.get(one.contact_id) == one.id) for one in joined]
        companies = transaction.contacts(affiliation.contact_id for affiliation in joined)
        work: dict[str, list[tuple[Affiliation, str]]] = defaultdict(list)
        for affiliation in sorted(joined, key=lambda one: (not one.primary, one.seniority)):
            company = companies.get(affiliation.contact_id)
            if company is not None and isinstance(company[0], Company):
                work[affiliation.person_id].append((affiliation, company[0].display_name))
        return work


def _fitting(cells: dict[str, str], headers: set[str]) -> dict[str, str]:
    """A row whose cells without a column are gathered in the last one."""
    if cells.keys() <= headers:
        return cells
    rest = [f"{header.removeprefix('Unmapped: ')}: {text}" for header, text in cells.items() if header not in headers]
    return {**{header: text for header, text in cells.items() if header in headers}, _REST: "\n".join(rest)}
