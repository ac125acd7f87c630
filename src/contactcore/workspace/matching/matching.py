"""Which contact a row is about: by e-mail, else by phone and name, else by name and company (IMP-2).

- By e-mail: a contact of the same kind (person or company) with one of the row's addresses, whatever its name. A row
  that has no name at all finds either kind.
- Else by phone: a contact of the same kind with one of the row's numbers and the same name, or without a name on one of
  the two sides. Many people share a switchboard: the number alone never merges two names.
- Else by name: a company of that name; a person of that name who acts for a company of the row's company's name, unless
  both have e-mail addresses (and then no common one).

Among several the one that was added first counts. Only what the actor may see is ever found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.mapping import json
from contactcore.mapping.indexed_names import folded, name_in, named_term
from contactcore.mapping.terms import term
from contactcore.model import Company, Person
from contactcore.rules.access import read_terms
from contactcore.storage import LARGEST_PAGE, Card, Query
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["DirectoryKeys", "company_key", "keys_of", "keys_to_find", "own_name"]

_AT_ONCE = 400
_MOST_PAGES = 5
"""Pages of contacts that are looked at for a hundred keys: a number that thousands share tells nobody apart."""

Entity = Person | Company


def company_key(name: str) -> str:
    """The key of a company by its name."""
    return f"c:{folded(name)}"


def _at_key(name: str, company: str, *, reachable: bool) -> str:
    return f"a{'+' if reachable else '-'}:{name}|{company}"


def own_name(contact: Entity, language: str) -> str:
    """A contact's name as names are compared; empty where an e-mail or a phone stands in for it."""
    shown = name_in(contact, language)
    emails, phones = contact.emails, contact.phones
    if (emails and shown == emails[0].text) or (phones and shown == str(phones[0])):
        return ""
    return folded(shown)


def keys_of(contact: Entity, name: str, employers: Iterable[str] = ()) -> list[str]:
    """The keys under which later rows find a contact.

    Args:
        contact: A person or a company.
        name: As `own_name` gives it.
        employers: Names of the companies that a person acts for.
    """
    kind = contact.kind
    keys = [f"e:{kind}:{email.key}" for email in contact.emails]
    for phone in contact.phones:
        number = f"p:{kind}:{phone}"
        keys.append(f"{number}|{name}")
        if name:
            keys.append(number)
    if not name:
        return keys
    if kind == "company":
        keys.append(f"c:{name}")
    else:
        keys += [_at_key(name, folded(employer), reachable=bool(contact.emails)) for employer in employers]
    return keys


def keys_to_find(judged: MappedRow, name: str) -> list[tuple[str, str]]:
    """The keys by which a row finds its contact, the surest first, each with what it is (`"email"`, ...).

    Args:
        judged: The row.
        name: Of its contact, as `own_name` gives it.
    """
    contact = judged.contact
    if contact is None:
        return []
    own = contact.kind
    kinds = (own,) if name else (own, "company" if own == "person" else "person")
    keys = [(f"e:{kind}:{email.key}", "email") for kind in kinds for email in contact.emails]
    for kind in kinds:
        for phone in contact.phones:
            number = f"p:{kind}:{phone}"
            keys.append((f"{number}|{name}", "phone"))
            keys.append((f"{number}|" if name else number, "phone"))
    if name and own == "company":
        keys.append((f"c:{name}", "name"))
    elif name and judged.employers:
        company = folded(judged.employers[0].name)
        keys.append((_at_key(name, company, reachable=False), "name and company"))
        if not contact.emails:
            keys.append((_at_key(name, company, reachable=True), "name and company"))
    return keys


class DirectoryKeys:
    """What of the directory the rows of one batch are about.

    One question to the storage for a hundred keys.

    Args:
        transaction: Whose actor asks.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._language = transaction.index_context.language
        self._ids: dict[str, str] = {}
        self._companies: dict[str, str] = {}
        self._names: dict[int, str] = {}

    def find(self, key: str) -> str | None:
        """The id of the contact that has a key."""
        return self._ids.get(key)

    def name(self, row: MappedRow) -> str:
        """What `own_name` gives for the contact of a row, worked out once."""
        name = self._names.get(row.number)
        if name is None:
            name = "" if row.contact is None else own_name(row.contact, self._language)
            self._names[row.number] = name
        return name

    def load(self, rows: Sequence[MappedRow]) -> None:
        """Look up everything that some rows may be about."""
        contacts = [(row, row.contact) for row in rows if row.contact is not None]
        emails = {term("email", email.key) for _, contact in contacts for email in contact.emails}
        self._contacts(emails, self._note_emails)
        phones = {term("phone", str(phone)) for _, contact in contacts for phone in contact.phones}
        self._contacts(phones, self._note_phones)
        companies = {employer.name for row, _ in contacts for employer in row.employers}
        companies |= {contact.display_name for _, contact in contacts if isinstance(contact, Company)}
        self._contacts({named_term(name) for name in companies}, self._note_company)
        # Nobody acts for a company that is not there: most companies of most files are new.
        there = set(self._companies.values())
        acting = {
            named_term(name, row.employers[0].name)
            for row, _ in contacts
            if row.employers and folded(row.employers[0].name) in there and (name := self.name(row))
        }
        self._people(acting)
        self._own_ids({row.own_id for row, _ in contacts if row.own_id})

    def _note(self, key: str, id: str) -> None:
        known = self._ids.get(key)
        if known is None or id < known:
            self._ids[key] = id

    def _contacts(self, terms: set[str], note: Callable[[str, dict[str, object]], None]) -> None:
        for card in self._cards("contact", self._transaction.order, terms):
            note(card.id, json.load(card.card))

    def _cards(self, kind: str, order: str, terms: set[str]) -> Iterator[Card]:
        rest = iter(sorted(terms))
        while group := frozenset(islice(rest, _AT_ONCE)):
            after = None
            for _ in range(_MOST_PAGES):
                found = self._transaction.reader.find(
                    Query(
                        kind=kind,
                        order=order,
                        access=read_terms(self._transaction.actor),
                        where=(group,),
                        after=after,
                        limit=LARGEST_PAGE,
                    )
                )
                yield from found.cards
                if not found.more:
                    break
                after = found.last

    def _note_emails(self, id: str, card: dict[str, object]) -> None:
        for text in _texts(card, "emails"):
            self._note(f"e:{card['kind']}:{EmailAddress.restore(text).key}", id)

    def _note_phones(self, id: str, card: dict[str, object]) -> None:
        name = _card_name(card)
        for number in _texts(card, "phones"):
            self._note(f"p:{card['kind']}:{number}|{name}", id)
            self._note(f"p:{card['kind']}:{number}", id)

    def _note_company(self, id: str, card: dict[str, object]) -> None:
        if card["kind"] == "company":
            self._companies[id] = _card_name(card)
            self._note(f"c:{_card_name(card)}", id)

    def _people(self, terms: set[str]) -> None:
        for card in self._cards("affiliation", self._transaction.order, terms):
            data = json.load(card.card)
            company = self._companies.get(card.owner)
            if company is not None:
                key = _at_key(_card_name(data), company, reachable=bool(_texts(data, "emails")))
                self._note(key, data["person_id"])

    def _own_ids(self, ids: set[str]) -> None:
        wanted = sorted(ids)
        access = read_terms(self._transaction.actor)
        for start in range(0, len(wanted), _AT_ONCE):
            for stored in self._transaction.reader.get("contact", wanted[start : start + _AT_ONCE]):
                if stored is not None and access & stored.access:
                    self._ids[f"i:{stored.id}"] = stored.id


def _texts(card: dict[str, object], name: str) -> Sequence[str]:
    texts = card.get(name, ())
    return texts if isinstance(texts, list) else ()


def _card_name(card: dict[str, object]) -> str:
    name = card.get("name", "")
    if not isinstance(name, str) or name in (*_texts(card, "emails")[:1], *_texts(card, "phones")[:1]):
        return ""
    return folded(name)
