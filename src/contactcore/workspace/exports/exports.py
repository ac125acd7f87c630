"""The service of exports: the contacts that an actor sees, as a file (IMP-1, IMP-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import attrs

from contactcore.formats import tabular
from contactcore.formats.contact_rows.export_rows import Entity, cells_of, headers_of
from contactcore.formats.jscontact.writing import write_objects
from contactcore.formats.vcard.writing import write_cards
from contactcore.model import Affiliation, Company, Person
from contactcore.rules.access import read_terms
from contactcore.workspace.contacts.contacts import Contacts
from contactcore.workspace.exports.placed_contacts import placed_contacts
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction, Transactions
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["Exports"]

_PAGE = 100
_MOST_COLUMNS = 5_000
_MOST_PRIMARIES = 10_000
_LAST_COLUMN = "Unmapped: further columns"


@check_arguments()
class Exports:
    """The exports of one actor from one workspace; `workspace.exports(actor)` returns this service.

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

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def csv(self, out: object, *, delimiter: str = ",", encoding: str = "utf-8-sig", **filters: Any) -> int:
        """Write contacts to a CSV file that an import reads back to the same contacts (IMP-4).

        The rows are the companies, then the primary contact persons, then all other people, each group in directory
        order. The file shows one snapshot of the workspace. It is written page by page, and memory does not grow with
        its size. A cell that a spreadsheet would execute as a formula is escaped, and an import removes the escape.

        Args:
            out: A path, or a binary file object.
            delimiter: One character; `","` by default.
            encoding: The name of a Python codec; `"utf-8-sig"` by default.
            filters: The filters of `session.contacts.page`. By default every contact that the actor sees, including
                people who are not listed (`role="any"`).

        Returns:
            The number of contacts.

        Raises:
            Invalid: `delimiter`, `encoding-unknown`, `encoding-unable`, `file-unwritable`, `out`; as
                `session.contacts.page`, for a filter.

        >>> import io
        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, out = Workspace(MemoryStorage(), name="acme"), User("amelie"), io.BytesIO()
        >>> with workspace.write(amelie) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.exports(amelie).csv(out, kind="company", delimiter=";", encoding="utf-8")
        1
        """
        chosen = {"role": "any", **filters}
        with self._transactions.reading() as transaction:
            found: dict[str, int] = {}
            for cells in self._rows(transaction, chosen):
                for header in cells:
                    if header not in found and len(found) < _MOST_COLUMNS:
                        found[header] = len(found)
            headers = headers_of(found)
            kept = set(headers)
            rows = (_within_columns(cells, kept) for cells in self._ordered(transaction, chosen))
            if len(found) >= _MOST_COLUMNS:
                headers.append(_LAST_COLUMN)
            return tabular.write(rows, out, headers, delimiter=delimiter, encoding=encoding)

    def _ordered(self, transaction: Transaction, filters: dict[str, Any]) -> Iterator[dict[str, str]]:
        """The rows of companies, of primary contact persons, and of all other people, in this sequence.

        An import then seldom moves a primary flag, because the primary person of a company is mostly its first one. The
        effective primary of the actor counts as primary, so that the file reveals no hidden people (ACC-3).
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
        primaries: dict[str, str] = {}
        after = None
        while True:
            page = contacts.page(limit=_PAGE, after=after, **filters)
            found = ContactRepository(transaction).get_many(card.id for card in page.items)
            entities: list[Entity] = [one.entity for one in found.values()]
            people = [one.id for one in entities if isinstance(one, Person)]
            employments = self._employments(transaction, people, primaries)
            for entity in entities:
                employers = employments.get(entity.id, ())
                if primary is None or primary == any(affiliation.primary for affiliation, _ in employers):
                    yield cells_of(entity, employers)
            if page.next is None:
                return
            after = page.next

    @staticmethod
    def _employments(
        transaction: Transaction, people: Sequence[str], primaries: dict[str, str]
    ) -> dict[str, list[tuple[Affiliation, str]]]:
        """The affiliations of people with companies, and the names of the companies, by the ids of the people.

        The actor sees all of them. Primary affiliations come first, then those with the greatest seniority.

        Args:
            transaction: The transaction of the actor.
            people: The ids of the people.
            primaries: A cache: the ids of the effective primary affiliations by the ids of their contacts.
        """
        affiliations = AffiliationRepository(transaction)
        group = frozenset(f"person:{id}" for id in people)
        found = affiliations.find(group, access=read_terms(transaction.actor)) if people else ()
        entities = [one.entity for one in found]
        if len(primaries) > _MOST_PRIMARIES:
            primaries.clear()
        unknown = {one.contact_id for one in entities} - primaries.keys()
        primaries.update(affiliations.seen_primaries(unknown))
        shown = [attrs.evolve(one, primary=primaries.get(one.contact_id) == one.id) for one in entities]
        companies = ContactRepository(transaction).get_many(one.contact_id for one in shown)
        employments: dict[str, list[tuple[Affiliation, str]]] = defaultdict(list)
        for affiliation in sorted(shown, key=lambda one: (not one.primary, one.seniority)):
            company = companies.get(affiliation.contact_id)
            if company is not None and isinstance(company.entity, Company):
                employments[affiliation.person_id].append((affiliation, company.entity.display_name))
        return employments

    def vcards(self, out: object, *, version: Literal["3.0", "4.0"] = "4.0", **filters: Any) -> int:
        """Write contacts to a file of vCards that an import reads back, card by card (IMP-5).

        A card has what `contactcore.formats.vcard.dumps` writes, and the companies that a person acts for with the
        position there (ORG and TITLE). The UID of a contact is the same in every export. The companies
        come first, then the people, each in directory order. The snapshot and the memory are those of `csv`.

        Args:
            out: A path, or a binary file object.
            version: `"4.0"` by default, or `"3.0"`.
            filters: As for `csv`.

        Returns:
            The number of contacts.

        Raises:
            Invalid: `vcard-version`, `file-unwritable`, `out`; as `session.contacts.page`, for a filter.

        >>> import io
        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, out = Workspace(MemoryStorage(), name="acme"), User("amelie"), io.BytesIO()
        >>> with workspace.write(amelie) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.exports(amelie).vcards(out)
        1
        """
        with self._transactions.reading() as transaction:
            return write_cards(placed_contacts(transaction, {"role": "any", **filters}), out, version)

    def jscontact(self, out: object, **filters: Any) -> int:
        """Write contacts to a file of JSContact cards, as a JSON array in UTF-8 (RFC 9553).

        A card has what `vcards` writes, by the mapping of RFC 9555. The order, the snapshot and the memory are those
        of `vcards`.

        Args:
            out: A path, or a binary file object.
            filters: As for `csv`.

        Returns:
            The number of contacts.

        Raises:
            Invalid: `file-unwritable`, `out`; as `session.contacts.page`, for a filter.

        >>> import io
        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, out = Workspace(MemoryStorage(), name="acme"), User("amelie"), io.BytesIO()
        >>> with workspace.write(amelie) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils"))
        >>> workspace.exports(amelie).jscontact(out)
        1
        """
        with self._transactions.reading() as transaction:
            return write_objects(placed_contacts(transaction, {"role": "any", **filters}), out)


def _within_columns(cells: dict[str, str], headers: set[str]) -> dict[str, str]:
    """A row whose cells without a column of their own are joined in the last column."""
    if cells.keys() <= headers:
        return cells
    rest = [f"{header.removeprefix('Unmapped: ')}: {text}" for header, text in cells.items() if header not in headers]
    return {**{header: text for header, text in cells.items() if header in headers}, _LAST_COLUMN: "\n".join(rest)}
