"""The service of exports: the contacts that an actor sees, as a file (IMP-1, IMP-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Literal

import attrs

from contactcore.formats import tabular
from contactcore.formats.contact_rows.export_rows import (
    Entity,
    Work,
    affiliation_cells,
    cells_of,
    exact,
    headers_of,
    item_cells,
    site_cells,
)
from contactcore.formats.contact_rows.native_columns import ID, KIND, MORE
from contactcore.formats.contact_rows.presets import Preset, find_preset
from contactcore.formats.jscontact.writing import write_objects
from contactcore.formats.tabular.workbook_writing import is_plain, write_workbook
from contactcore.formats.vcard.writing import write_cards
from contactcore.frozen import frozen
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.items import ITEMS
from contactcore.mapping.sites import SITES
from contactcore.model import Company, Person, Site
from contactcore.rules.access import read_terms
from contactcore.rules.purposes import with_own_purposes
from contactcore.workspace.contacts.contacts import Contacts
from contactcore.workspace.exports.placed_contacts import CardPictures, placed_contacts, wanted_filters
from contactcore.workspace.kernel.arguments import check_arguments
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.kernel.transactions import Transactions
from contactcore.workspace.people.places import sites_in_use
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.belonging import BelongingRepository
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["Exports", "Loss"]

_PAGE = 100
_MOST_COLUMNS = 5_000
_CONTACTS = frozenset(("person", "company"))
_MOST_PRIMARIES = 10_000


class _CountedRows:
    """The rows of an export, which are read twice: for their columns, and to write them.

    Args:
        unordered: A function that yields the rows in any sequence.
        rows: A function that yields the rows in the sequence of the file.
        plain: Whether the format holds a text exactly; None, the default, for any text.

    Attributes:
        contacts: The number of contacts that were written.
    """

    def __init__(
        self,
        unordered: Callable[[], Iterator[dict[str, str]]],
        rows: Callable[[], Iterator[dict[str, str]]],
        plain: Callable[[str], bool] | None = None,
    ) -> None:
        self._unordered = unordered
        self._rows = rows
        self._plain = plain
        self._headers: list[str] = []
        self.contacts = 0

    def headers(self) -> list[str]:
        """The columns of the file."""
        found: dict[str, int] = {}
        more = False
        for cells in self._unordered():
            kept = exact(cells, plain=self._plain)
            for header in kept:
                if header not in found:
                    more = more or len(found) >= _MOST_COLUMNS
                    if len(found) < _MOST_COLUMNS:
                        found[header] = len(found)
        self._headers = headers_of({**found, MORE: len(found)} if more else found)
        return self._headers

    def __iter__(self) -> Iterator[dict[str, str]]:
        headers = set(self._headers)
        for cells in self._rows():
            self.contacts += cells[KIND] in _CONTACTS
            yield exact(cells, headers, self._plain)


@frozen
class Loss:
    """A value that the columns of another program do not hold.

    Attributes:
        contact_id: The id of the contact.
        field: The column of our own export that would hold it, such as `"E-mail 4"`, or the kind of a row:
            `"affiliation"`, `"site"` or `"item"`.
        value: The value, as text.
    """

    contact_id: str
    field: str
    value: str


class _PresetRows:
    """The rows of an export for another program, which are read twice, as `_CountedRows`.

    Args:
        preset: The columns.
        unordered: A function that yields the rows of our own export in any sequence.
        rows: A function that yields these rows in the sequence of the file.
        on_loss: A function that is called with each value that is left out; None for no calls.
    """

    def __init__(
        self,
        preset: Preset,
        unordered: Callable[[], Iterator[dict[str, str]]],
        rows: Callable[[], Iterator[dict[str, str]]],
        on_loss: Callable[[Loss], object] | None,
    ) -> None:
        self._preset = preset
        self._unordered = unordered
        self._rows = rows
        self._on_loss = on_loss

    def headers(self) -> list[str]:
        """The columns of the file."""
        found = dict.fromkeys(self._preset.headers)
        for cells in self._unordered():
            if cells[KIND] in _CONTACTS:
                found |= dict.fromkeys(self._preset.row(cells)[0])
        return list(found)

    def __iter__(self) -> Iterator[dict[str, str]]:
        for cells in self._rows():
            if cells[KIND] in _CONTACTS:
                row, rest = self._preset.row(cells)
                yield row
            else:
                rest = {cells[KIND]: cells.get("Site") or cells.get("Item") or cells.get("Company", "")}
            if self._on_loss is not None:
                for field, value in rest.items():
                    self._on_loss(Loss(cells[ID], field, value))


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
    'Contact ID;Kind;First name;Last name;Company;E-mail 1;Tags;Access;Responsible users;Source'
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def csv(
        self,
        out: object,
        *,
        preset: str = "own",
        delimiter: str | None = None,
        encoding: str | None = None,
        on_loss: Callable[[Loss], object] | None = None,
        **filters: Any,
    ) -> int:
        """Write contacts to a CSV file that an import reads back to the same contacts (IMP-4).

        The rows are the companies, then the primary contact persons, then all other people, each group in directory
        order. The file shows one snapshot of the workspace. It is written page by page, and memory does not grow with
        its size. A cell that a spreadsheet would execute as a formula is escaped, and an import removes the escape.

        Args:
            out: A path, or a binary file object.
            preset: The columns: `"own"`, the default, which holds everything; or those of another program: `"google"`,
                `"outlook"`, `"outlook-fr"`, `"outlook-de"`, `"outlook-pl"`, `"thunderbird"`. Such a file has contacts
                alone, each person with one company: the first one for which the person acts now, else the first one.
            delimiter: One character; None, the default, for that of the preset (`","` for `"own"`).
            encoding: The name of a Python codec; None, the default, for that of the preset (`"utf-8-sig"` for
                `"own"`).
            on_loss: A function that is called with each value that the columns of another program do not hold; None,
                the default, for no calls.
            filters: The filters of `session.contacts.page`, and its `letter`. By default every contact that the actor
                sees, including people who are not listed (`role="any"`).

        Returns:
            The number of contacts.

        Raises:
            Invalid: `preset-unknown`, `delimiter`, `encoding-unknown`, `encoding-unable`, `file-unwritable`, `out`; as
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
        chosen = None if preset == "own" else find_preset(preset)
        form: dict[str, Any] = {
            "delimiter": (chosen.delimiter if chosen else ",") if delimiter is None else delimiter,
            "encoding": encoding or (chosen.encoding if chosen else "utf-8-sig"),
        }
        with self._transactions.reading() as transaction:
            wanted = wanted_filters(filters)
            if chosen is not None:
                # Such a row has one company, and few programs have a column for the last day there.
                today = transaction.today
                others = _PresetRows(
                    chosen,
                    lambda: self._unordered(transaction, wanted, today),
                    lambda: self._ordered(transaction, wanted, today),
                    on_loss,
                )
                return tabular.write(others, out, others.headers(), phones=True, **form)
            rows = _CountedRows(
                lambda: self._unordered(transaction, wanted), lambda: self._ordered(transaction, wanted)
            )
            tabular.write(rows, out, rows.headers(), **form)
            return rows.contacts

    def xlsx(self, out: object, **filters: Any) -> int:
        """Write contacts to an Excel workbook that an import reads back to the same contacts (IMP-9, IMP-10).

        The sheet has the columns of `csv`. Every cell is a text, so that a spreadsheet runs no formula and shortens no
        phone number and no postcode. A text that Excel cannot hold, such as one of more than 32,767 characters, stands
        in the column `More cells`. Memory does not grow with the size of the file.

        Args:
            out: A path, or a binary file object.
            filters: As for `csv`.

        Returns:
            The number of contacts.

        Raises:
            Invalid: `rows-too-many` for more than 1,048,575 rows; `extra-missing`; `file-unwritable`, `out`; as
                `session.contacts.page`, for a filter.

        >>> import io
        >>> from contactcore import Company, User, Workspace
        >>> from contactcore_memory import MemoryStorage
        >>> workspace, amelie, out = Workspace(MemoryStorage(), name="acme"), User("amelie"), io.BytesIO()
        >>> with workspace.write(amelie) as session:
        ...     bois = session.contacts.add(Company("Bois & Fils", phones=["+33 1 44 55 66 77"]))
        >>> workspace.exports(amelie).xlsx(out)
        1
        >>> imports = workspace.imports(amelie)
        >>> imports.apply(imports.plan(out.getvalue())).skipped
        1
        """
        with self._transactions.reading() as transaction:
            wanted = wanted_filters(filters)
            rows = _CountedRows(
                lambda: self._unordered(transaction, wanted), lambda: self._ordered(transaction, wanted), is_plain
            )
            write_workbook(rows, out, rows.headers())
            return rows.contacts

    def _ordered(
        self, transaction: Transaction, filters: dict[str, Any], today: date | None = None
    ) -> Iterator[dict[str, str]]:
        """The rows of a file: first those to which others refer.

        These are companies, their sites, the primary contact persons, all other people, the sites of people,
        affiliations with clients who are people, and items. A further affiliation stands below its person. An import
        then seldom moves a primary flag, because the primary person of a company is mostly its first one. The effective
        primary of the actor counts as primary, so that the file reveals no hidden people (ACC-3).

        Args:
            transaction: The transaction of the actor.
            filters: The filters of `contacts.page`.
            today: The day; an affiliation that is current then stands in the row of its person rather than another
                one. None, the default, if that does not matter.
        """
        companies, people = filters.get("kind") in {None, "company"}, filters.get("kind") in {None, "person"}
        of_companies, of_people = ({**filters, "kind": kind} for kind in ("company", "person"))
        if companies:
            yield from self._contacts(transaction, of_companies, today)
            yield from self._parts(transaction, of_companies, SITES)
        if people:
            later: set[str] = set()
            for primary in (True, False):
                yield from self._contacts(transaction, of_people, today, primary=primary, later=later)
            yield from self._parts(transaction, of_people, SITES)
            yield from self._clients_of(transaction, later)
        for wanted, chosen in ((companies, of_companies), (people, of_people)):
            if wanted:
                yield from self._parts(transaction, chosen, ITEMS)

    def _unordered(
        self, transaction: Transaction, filters: dict[str, Any], today: date | None = None
    ) -> Iterator[dict[str, str]]:
        """The rows of a file in any sequence, for its columns; the contacts are read only once."""
        for entities, employments in self._pages(transaction, filters):
            for entity in entities:
                work = employments.get(entity.id, ())
                yield cells_of(entity, _first(work, today))
                if isinstance(entity, Person):
                    for one in work:
                        yield affiliation_cells(entity, one)
        for entity_type in (SITES, ITEMS):
            yield from self._parts(transaction, filters, entity_type)

    def _contacts(
        self,
        transaction: Transaction,
        filters: dict[str, Any],
        today: date | None,
        *,
        primary: bool | None = None,
        later: set[str] | None = None,
    ) -> Iterator[dict[str, str]]:
        """The rows of contacts, and below each person those of the further affiliations.

        Args:
            transaction: The transaction of the actor.
            filters: The filters of `contacts.page`.
            today: As for `_ordered`.
            primary: Whether only primary contact persons count, or only others; None, the default, for all.
            later: Gets the ids of people who act for people, whose rows may come below.
        """
        for entities, employments in self._pages(transaction, filters):
            for entity in entities:
                work = employments.get(entity.id, ())
                if primary is None or primary == any(one.affiliation.primary for one in work):
                    yield from self._rows_of(entity, work, today, later)

    @staticmethod
    def _rows_of(
        entity: Entity, work: Sequence[Work], today: date | None, later: set[str] | None
    ) -> Iterator[dict[str, str]]:
        """The row of a contact, and those of the further affiliations of a person with companies."""
        first = _first(work, today)
        yield cells_of(entity, first)
        for one in work:
            if isinstance(one.contact, Person):
                if later is not None:
                    later.add(entity.id)
            elif one is not first and isinstance(entity, Person):
                yield affiliation_cells(entity, one)

    def _clients_of(self, transaction: Transaction, ids: Iterable[str]) -> Iterator[dict[str, str]]:
        """The rows of the affiliations of people with clients who are people."""
        rest = iter(sorted(ids))
        while group := list(islice(rest, _PAGE)):
            people = ContactRepository(transaction).get_many(group)
            for id, work in self._employments(transaction, group, {}, {}).items():
                person = people[id].entity
                for one in work:
                    if isinstance(one.contact, Person) and isinstance(person, Person):
                        yield affiliation_cells(person, one)

    def _parts(
        self, transaction: Transaction, filters: dict[str, Any], entity_type: EntityType[Any]
    ) -> Iterator[dict[str, str]]:
        """The rows of the sites or the items of contacts."""
        repository: BelongingRepository[Any] = BelongingRepository(transaction, entity_type)
        if next(repository.find(access=read_terms(transaction.actor)), None) is None:
            return
        for entities in self._entities(transaction, filters):
            owners = {entity.id: entity for entity in entities}
            found: dict[str, list[dict[str, str]]] = defaultdict(list)
            for one in repository.owned_by(*owners) if owners else ():
                part, owner = one.entity, owners.get(one.entity.contact_id)
                if owner is not None:
                    cells = site_cells(owner, part) if isinstance(part, Site) else item_cells(owner, part)
                    found[owner.id].append(cells)
            for id in owners:
                yield from found.get(id, ())

    @staticmethod
    def _entities(transaction: Transaction, filters: dict[str, Any]) -> Iterator[list[Entity]]:
        """The contacts that the actor sees, page by page."""
        contacts = Contacts(transaction)
        after = None
        while True:
            page = contacts.page(limit=_PAGE, after=after, **filters)
            found = ContactRepository(transaction).get_many(card.id for card in page.items)
            yield [one.entity for one in found.values()]
            if page.next is None:
                return
            after = page.next

    def _pages(
        self, transaction: Transaction, filters: dict[str, Any]
    ) -> Iterator[tuple[list[Entity], dict[str, list[Work]]]]:
        """The contacts that the actor sees, page by page, with the affiliations of the people."""
        primaries: dict[str, str] = {}
        purposes: dict[str, tuple[str, ...]] = {}
        for entities in self._entities(transaction, filters):
            people = [one.id for one in entities if isinstance(one, Person)]
            yield entities, self._employments(transaction, people, primaries, purposes)

    @staticmethod
    def _employments(
        transaction: Transaction,
        people: Sequence[str],
        primaries: dict[str, str],
        purposes: dict[str, tuple[str, ...]],
    ) -> dict[str, list[Work]]:
        """The affiliations of people, each with its contact, by the ids of the people.

        The actor sees all of them. Primary affiliations come first, then those with the greatest seniority.

        Args:
            transaction: The transaction of the actor.
            people: The ids of the people.
            primaries: A cache: the ids of the effective primary affiliations by the ids of their contacts.
            purposes: A cache: the purposes of affiliations as the actor sees them, by the ids of the affiliations.
        """
        affiliations = AffiliationRepository(transaction)
        group = frozenset(f"person:{id}" for id in people)
        found = affiliations.find(group, access=read_terms(transaction.actor)) if people else ()
        entities = [one.entity for one in found]
        if len(primaries) > _MOST_PRIMARIES:
            primaries.clear()
            purposes.clear()
        unknown = {one.contact_id for one in entities} - primaries.keys()
        primaries.update(affiliations.seen_primaries(unknown))
        for contact_id in {one.contact_id for one in entities if one.purposes and one.id not in purposes}:
            seen = [(one.entity, one.access) for one in affiliations.seen_of_contact(contact_id)]
            purposes.update({one.id: one.purposes for one in with_own_purposes(seen, transaction.today)})
        sites = sites_in_use(transaction, entities)
        shown = [
            attrs.evolve(
                one,
                primary=primaries.get(one.contact_id) == one.id,
                purposes=purposes.get(one.id, ()) if one.purposes else (),
                site_id=one.site_id if one.site_id in sites else "",
            )
            for one in entities
        ]
        contacts = ContactRepository(transaction).get_many(one.contact_id for one in shown)
        employments: dict[str, list[Work]] = defaultdict(list)
        for affiliation in sorted(shown, key=lambda one: (not one.primary, one.seniority)):
            contact = contacts.get(affiliation.contact_id)
            if contact is not None:
                employments[affiliation.person_id].append(Work(affiliation, contact.entity))
        return employments

    def vcards(
        self, out: object, *, version: Literal["3.0", "4.0"] = "4.0", photos: bool = False, **filters: Any
    ) -> int:
        """Write contacts to a file of vCards that an import reads back, card by card (IMP-5).

        A card has what `contactcore.formats.vcard.dumps` writes, and the companies for which a person acts now, with
        the position there (ORG and TITLE). The UID of a contact is the same in every export. The companies
        come first, then the people, each in directory order. The snapshot and the memory are those of `csv`.

        Args:
            out: A path, or a binary file object.
            version: `"4.0"` by default, or `"3.0"`.
            photos: Whether each card has the picture of its contact, as it is served: at most 200 x 300 pixels; False
                by default.
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
            pictures = CardPictures(transaction) if photos else None
            contacts = placed_contacts(transaction, wanted_filters(filters), pictures)
            return write_cards(contacts, out, version, pictures=pictures)

    def jscontact(self, out: object, *, photos: bool = False, **filters: Any) -> int:
        """Write contacts to a file of JSContact cards, as a JSON array in UTF-8 (RFC 9553).

        A card has what `vcards` writes, by the mapping of RFC 9555. The order, the snapshot and the memory are those
        of `vcards`.

        Args:
            out: A path, or a binary file object.
            photos: As for `vcards`.
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
            pictures = CardPictures(transaction) if photos else None
            contacts = placed_contacts(transaction, wanted_filters(filters), pictures)
            return write_objects(contacts, out, pictures=pictures)


def _first(work: Sequence[Work], today: date | None) -> Work | None:
    """The affiliation that stands in the row of its person: the first one with a company.

    Args:
        work: The affiliations of the person.
        today: The day; one that is current then comes before the others. None if that does not matter.
    """
    found = [one for one in work if isinstance(one.contact, Company)]
    current = (one for one in found if today is not None and one.affiliation.is_current(today))
    return next(current, found[0] if found else None)
