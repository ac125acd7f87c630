"""Directory keys: the stored contacts by their match keys, for the rows of one batch (IMP-2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from itertools import islice

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.mapping import json
from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import firm_term, folded, named_term
from contactcore.rules.access import read_terms
from contactcore.storage import LARGEST_PAGE, Card, Query
from contactcore.values.email import email_key
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.matching.match_keys import ContactKeys, company_key, contact_keys, employee_key, plain_keys
from contactcore.workspace.repositories.redirects import redirected

__all__ = ["DirectoryKeys"]

_NO_KEYS = ContactKeys("", "", [], [], [])
_TERMS_PER_QUERY = 400
_MOST_PAGES = 5
"""The maximum number of pages of one query. A phone number that thousands of contacts share identifies none of them."""


class DirectoryKeys:
    """The stored contacts that match the rows of one batch, by match key.

    One query finds the contacts of hundreds of keys. If several contacts have the same key, the one that was added
    first has it, and the next one when a row takes it away from that one.

    Args:
        transaction: The transaction that reads.
        access: Access terms. Only contacts with one of these terms are found.
        is_of_file: Whether an earlier batch of the import made a contact, by its id and its source; None, the default,
            for none.
        takes_derived: Whether the match keys hold that another process has derived from the rows.
    """

    def __init__(
        self,
        transaction: Transaction,
        access: frozenset[str],
        is_of_file: Callable[[str, object], bool] | None = None,
        *,
        takes_derived: bool = False,
    ) -> None:
        self._transaction = transaction
        self._access = access
        self._is_of_file = is_of_file
        self._takes_derived = takes_derived
        self._language = transaction.index_context.language
        self._ids: dict[str, str] = {}
        self._shared: dict[str, set[str]] = {}
        self._by_age: dict[tuple[str, bool], list[str]] = {}
        self._of_file: set[str] = set()
        self._companies: dict[str, str] = {}
        self._firms: dict[str, frozenset[str]] = {}
        self._keys: dict[int, ContactKeys] = {}
        self._called: dict[str, str] = {}
        self._asked: set[str] = set()

    def find(self, key: str) -> str | None:
        """The id of the stored contact with a match key; None for none.

        Args:
            key: One of the keys of `lookup_keys`, or `i:` and an id.
        """
        return self._ids.get(key)

    def oldest(self, key: str, has: Callable[[str], bool], *, of_file: bool) -> str | None:
        """The id of the first added contact that still has a match key; None for none.

        Args:
            key: As for `find`.
            has: Whether a contact still has the key, by its id. One that has it no longer is not asked again.
            of_file: Whether it is looked for among the contacts that earlier batches of the import made, or the others.
        """
        first = self._ids.get(key)
        if first is None:
            return None
        if key not in self._shared:
            return first if (first in self._of_file) == of_file and has(first) else None
        ids = self._by_age.get((key, of_file))
        if ids is None:
            found = [id for id in self._shared[key] if (id in self._of_file) == of_file]
            ids = self._by_age[key, of_file] = sorted(found, reverse=True)
        while ids and not has(ids[-1]):
            ids.pop()
        return ids[-1] if ids else None

    def called(self, id: str) -> str:
        """The `match_name` of a stored contact that was found by its e-mail address.

        Args:
            id: The id of the contact.
        """
        return self._called.get(id, "")

    def firm(self, name: str) -> str | None:
        """The id of the only company with a division that has a name, if no company has it as its display name.

        Args:
            name: The name of an employer.
        """
        ids = self.firms(name)
        return next(iter(ids)) if len(ids) == 1 else None

    def firms(self, name: str) -> frozenset[str]:
        """The ids of all companies with a division that have a name.

        Args:
            name: The name of an employer. The companies are read at once for all employers whose name no company has as
                its display name, and for another one when they are asked for.
        """
        if folded(name) not in self._firms:
            self._load_firms({folded(name)})
        return self._firms[folded(name)]

    def employees(self, name: str, company: str, key: str) -> Collection[str]:
        """The ids of the stored people with a match key, whether or not a row of the batch has it.

        Args:
            name: The `match_name` of the people.
            company: The stored name of their employer, folded.
            key: The key that `employee_key` makes of both.
        """
        asked = named_term(name, company)
        if asked not in self._asked:
            self._asked.add(asked)
            self._load_contacts({named_term(company)}, self._add_company)
            self._load_employees({asked})
        return self._shared.get(key) or ([self._ids[key]] if key in self._ids else ())

    def name(self, row: MappedRow) -> str:
        """The `match_name` of the contact of a row.

        Args:
            row: A row of the batch.
        """
        return self.keys(row).name

    def keys(self, row: MappedRow) -> ContactKeys:
        """What the match keys of the contact of a row are made of, computed once for each row.

        Args:
            row: A row of the batch.
        """
        if row.keys is not None and self._takes_derived:
            derived: ContactKeys = row.keys
            return derived
        keys = self._keys.get(row.number)
        if keys is None:
            employers = [employer.name for employer in row.employers]
            if row.plain is not None:
                keys = plain_keys(row.plain, self._language, employers)
            else:
                contact = row.contact
                keys = _NO_KEYS if contact is None else contact_keys(contact, self._language, employers)
            self._keys[row.number] = keys
        return keys

    def has_none_of(self, keys: Iterable[str]) -> bool:
        """Whether `find` knows no stored contact by any of these keys.

        Args:
            keys: Match keys.
        """
        return self._ids.keys().isdisjoint(keys)

    def load(self, rows: Sequence[MappedRow]) -> None:
        """Look up the stored contacts for all match keys of the rows.

        Args:
            rows: The rows of the batch.
        """
        rows_with_keys = [(row, self.keys(row)) for row in rows if row.has_contact]
        keys = [of for _, of in rows_with_keys]
        self._load_contacts({term("email", key) for of in keys for key in of.emails}, self._add_emails)
        self._load_contacts({term("phone", phone) for of in keys for phone in of.phones}, self._add_phones)
        employers = {
            name
            for row, of in rows_with_keys
            for employer, name in zip(row.employers, of.employers, strict=True)
            if employer.name
        }
        # The row of an affiliation may name its person by the id alone.
        without = (row.employers for row in rows if not row.has_contact)
        employers |= {folded(employer.name) for found in without for employer in found if employer.name}
        companies = employers.union(
            of.name or folded(row.contact.display_name if row.contact is not None else "")
            for row, of in rows_with_keys
            if of.kind == "company"
        )
        self._load_contacts({named_term(name) for name in companies}, self._add_company)
        self._load_firms({name for name in employers if company_key(name) not in self._ids})
        # A company that is not stored has no people. Most companies of a file are new, so this saves most lookups.
        stored = {name: name for name in self._companies.values()}
        firms = {name: self._companies[id] for id, name in self._only_firms()}
        # Another company may have the display name of such a company, and people.
        shown = {name for name in firms.values() if company_key(name) not in self._ids}
        self._load_contacts({named_term(name) for name in shown}, self._add_company)
        stored |= firms
        employees = {
            named_term(of.name, company)
            for of in keys
            if of.employers and (company := stored.get(of.employers[0])) and of.name
        }
        self._load_employees(employees)
        own_ids = {row.own_id for row in rows if row.own_id}
        own_ids |= {employer.id for row in rows for employer in row.employers if employer.id}
        self._load_own_ids(own_ids)

    def _add(self, key: str, id: str) -> None:
        known = self._ids.setdefault(key, id)
        if known != id:
            self._shared.setdefault(key, {known}).add(id)
            if id < known:
                self._ids[key] = id

    def _load_contacts(self, terms: set[str], add: Callable[[str, dict[str, object]], None]) -> None:
        for card in self._cards("contact", self._transaction.order, terms):
            data = json.load(card.card)
            if self._is_of_file is not None and self._is_of_file(card.id, data.get("source")):
                self._of_file.add(card.id)
            add(card.id, data)

    def _cards(self, kind: str, order: str, terms: set[str]) -> Iterator[Card]:
        rest = iter(sorted(terms))
        while group := tuple(islice(rest, _TERMS_PER_QUERY)):
            if (yield from self._pages(kind, order, group)) and len(group) > 1:
                for part in self._readable(kind, order, group):
                    yield from self._pages(kind, order, part)

    def _pages(self, kind: str, order: str, terms: tuple[str, ...]) -> Generator[Card, None, bool]:
        """The cards of some terms, as far as they are read; the result is whether there are more."""
        after = None
        for _ in range(_MOST_PAGES):
            found = self._transaction.reader.find(self._query(kind, order, terms, after))
            yield from found.cards
            if not found.more:
                return False
            after = found.last
        return True

    def _readable(self, kind: str, order: str, terms: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """These terms in parts whose cards are all read; a single term that has more is a part of its own.

        Otherwise a number that thousands of contacts share would hide the contacts of the other terms.
        """
        query = self._query(kind, order, terms)
        if len(terms) == 1 or sum(self._transaction.reader.count(query)) <= _MOST_PAGES * LARGEST_PAGE:
            yield terms
        else:
            half = len(terms) // 2
            yield from self._readable(kind, order, terms[:half])
            yield from self._readable(kind, order, terms[half:])

    def _query(self, kind: str, order: str, terms: tuple[str, ...], after: str | None = None) -> Query:
        where = (frozenset(terms),)
        return Query(kind=kind, order=order, access=self._access, where=where, after=after, limit=LARGEST_PAGE)

    def _add_emails(self, id: str, card: dict[str, object]) -> None:
        name = self._called[id] = _card_name(card)
        for text in _texts(card, "emails"):
            key = f"e:{card['kind']}:{email_key(text)}"
            self._add(f"{key}|{name}", id)
            self._add(key, id)

    def _add_phones(self, id: str, card: dict[str, object]) -> None:
        name = _card_name(card)
        for number in _texts(card, "phones"):
            key = f"p:{card['kind']}:{number}"
            self._add(f"{key}|{name}", id)
            if name:
                self._add(key, id)

    def _add_company(self, id: str, card: dict[str, object]) -> None:
        if card["kind"] == "company":
            self._companies[id] = _card_name(card)
            self._add(f"c:{_card_name(card)}", id)

    def _load_firms(self, names: set[str]) -> None:
        found: dict[str, set[str]] = {name: set() for name in names}
        for card in self._cards("contact", self._transaction.order, {firm_term(name) for name in names}):
            data = json.load(card.card)
            found.setdefault(folded(data["firm"]), set()).add(card.id)
            self._companies[card.id] = _card_name(data)
        self._firms |= {name: frozenset(ids) for name, ids in found.items()}

    def _only_firms(self) -> Iterator[tuple[str, str]]:
        """The id and the name of each company with a division that is the only one of its name."""
        return ((next(iter(ids)), name) for name, ids in self._firms.items() if len(ids) == 1)

    def _load_employees(self, terms: set[str]) -> None:
        found: list[tuple[str, str]] = []
        for card in self._cards("affiliation", self._transaction.order, terms):
            data = json.load(card.card)
            company = self._companies.get(card.owner)
            if company is not None:
                key = employee_key(_card_name(data), company, has_email=bool(_texts(data, "emails")))
                found.append((key, data["person_id"]))
        people = {id for _, id in found}
        if not self._access <= read_terms(self._transaction.actor):
            # The affiliation of a hidden person has the term of the import that made the company.
            people = self._known(people)
        for key, id in found:
            if id in people:
                self._add(key, id)

    def _load_own_ids(self, ids: set[str]) -> None:
        for id in self._known(ids):
            self._ids[f"i:{id}"] = id
        # A file that was exported before a merge names contacts that are a part of others now.
        for id, stored in redirected(self._transaction, "contact", ids - self._present(ids)).items():
            if self._access & stored.access:
                self._ids[f"i:{id}"] = stored.id

    def _present(self, ids: set[str]) -> set[str]:
        """Those of these ids that a stored contact has, in the trash too."""
        read = self._transaction.reader.get("contact", sorted(ids)) if ids else []
        return {stored.id for stored in read if stored is not None}

    def _known(self, ids: set[str]) -> set[str]:
        """Those of these contacts that have one of the access terms."""
        wanted, known = sorted(ids), set[str]()
        for start in range(0, len(wanted), _TERMS_PER_QUERY):
            for stored in self._transaction.reader.get("contact", wanted[start : start + _TERMS_PER_QUERY]):
                if stored is not None and self._access & stored.access:
                    known.add(stored.id)
        return known


def _texts(card: dict[str, object], name: str) -> Sequence[str]:
    texts = card.get(name, ())
    return texts if isinstance(texts, list) else ()


def _card_name(card: dict[str, object]) -> str:
    name = card.get("name", "")
    if not isinstance(name, str) or name in (*_texts(card, "emails")[:1], *_texts(card, "phones")[:1]):
        return ""
    return folded(name)
