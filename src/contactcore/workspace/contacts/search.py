"""Search as you type (DIR-10).

Every word that was typed must be the beginning of some word of what is found. A contact is found by itself, or through
one visible contact person together with its own name. Contacts whose name begins with what was typed come first, then
the others, each in directory order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.mapping import json
from contactcore.mapping.entities import OWNED
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.terms import email_words, name_prefixes, name_words, parse_query, phone_words, term
from contactcore.rules.access import read_terms
from contactcore.storage import LARGEST_PAGE, SYSTEM, Card, Found, Query, Stored
from contactcore.values import EmailAddress, PhoneNumber, Tag
from contactcore.workspace.contacts.directory import ContactCard, Directory, Filters, card_of
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["Hit", "Matched", "search"]

_LARGEST_ANSWER = 200
_SEARCHED = tuple(entity_type for entity_type in OWNED if entity_type.matched_by)


@attrs.frozen
class Matched:
    """Why a contact was found.

    Attributes:
        by: `"name"`, `"email"`, `"phone"`, `"tag"` or `"person"` (a contact person of it).
        text: What held the words that were typed.
        id: Of the contact person; `""` for the contact's own.
    """

    by: str
    text: str
    id: str = ""


@attrs.frozen
class Hit:
    """One contact that was found, with what matched.

    Attributes:
        card: The contact.
        starts: Whether its name begins with what was typed.
        words: The words that were typed, as they were read.
        through: What belongs to the contact and led to it, such as a contact person; None where it was found by itself.
    """

    card: ContactCard
    starts: bool = False
    words: tuple[str, ...] = ()
    through: Matched | None = None

    @property
    def matched(self) -> tuple[Matched, ...]:
        """Why it was found: each of its texts that holds a word that was typed."""
        # Told when it is asked: whoever types on wants the next answer, not the reasons of this one.
        if self.through is None:
            return _reasons(self.card, self.words)
        own = [Matched("name", self.card.name)] if _holds(name_words(self.card.name), self.words) else []
        return (*own, self.through)

    @property
    def person(self) -> tuple[str, str] | None:
        """Name and id of the contact person through whom it was found; None where it was found otherwise."""
        found = self.through
        return (found.text, found.id) if found is not None and found.by == "person" else None

    @property
    def id(self) -> str:
        """The id of the contact."""
        return self.card.id

    @property
    def kind(self) -> str:
        """The kind of the contact."""
        return self.card.kind

    @property
    def name(self) -> str:
        """The name of the contact."""
        return self.card.name


def search(transaction: Transaction, text: str, filters: Filters, limit: int) -> tuple[Hit, ...]:
    """The contacts that answer what was typed; see `Contacts.search`."""
    if not 1 <= limit <= _LARGEST_ANSWER:
        raise Invalid("limit-out-of-range", f"Ask for 1 to {_LARGEST_ANSWER} hits.", path="limit", value=limit)
    query = Directory(transaction).query(filters, limit=limit)
    answers = [_Answer(transaction, query, words, start) for words, start in parse_query(text)]
    first: _Found = {}
    for answer in answers:
        first.update(answer.beginning())
    others = dict(first)
    if len(first) < limit:
        for answer in answers:
            answer.add_others(others)
    found = sorted(first.values(), key=_place)
    found += sorted((placed for id, placed in others.items() if id not in first), key=_place)
    settings = transaction.settings
    return tuple(
        [
            Hit(card_of(card, settings), card.id in first, words, through)
            for _, card, words, through in islice(found, limit)
        ]
    )


_Placed = tuple[str, Card, tuple[str, ...], Matched | None]
"""The place of a contact in the directory, its card, the words that were typed, and what led to it."""
_Found = dict[str, _Placed]


def _place(placed: _Placed) -> tuple[str, str]:
    return placed[0], placed[1].id


class _Answer:
    """What answers one way to read what was typed.

    Args:
        transaction: Of the asker.
        query: For the wanted contacts.
        words: To be found.
        start: How a name would begin; empty where none would.
    """

    def __init__(self, transaction: Transaction, query: Query, words: tuple[str, ...], start: str) -> None:
        self._transaction = transaction
        self._query = query
        self._words = words
        self._start = start
        # Whoever types several words, or what hardly stands in a name, mostly finds few contacts: then one question for
        # all of them is enough, and their cards tell which begin so. Else those that begin so mostly are enough.
        self._all = self._asked(words) if start and not (len(words) == 1 and words[0].isalpha()) else None

    def beginning(self) -> _Found:
        """The contacts whose name begins so."""
        if not self._start:
            return {}
        if self._all is None or self._all.more:
            return self._placed(self._asked((*self._words, self._start)).cards)
        return self._placed(card for card in self._all.cards if _begins(card, self._start))

    def add_others(self, found: _Found) -> None:
        """Add the contacts that are found by any of their words, and those found through their people."""
        if self._all is None:
            self._all = self._asked(self._words)
        cards = self._all.cards
        for id, placed in self._placed(cards).items():
            found.setdefault(id, placed)
        # As many as are wanted, since of them no more can be among the first than need not be found here.
        last = cards[-1].key if len(cards) == self._query.limit else None
        for entity_type in _SEARCHED:
            _find_through(self._transaction, entity_type, self._query, self._words, last, found)

    def _asked(self, words: tuple[str, ...]) -> Found:
        wanted = self._query
        query = Query(
            kind=wanted.kind,
            order=wanted.order,
            access=wanted.access,
            where=wanted.where,
            words=words,
            limit=wanted.limit,
        )
        return self._transaction.reader.find(query)

    def _placed(self, cards: Iterable[Card]) -> _Found:
        return {card.id: (card.key, card, self._words, None) for card in cards}


def _begins(card: Card, start: str) -> bool:
    """Whether the name of a contact begins with what was typed, as the marks among its words would say."""
    shown = json.load(card.card)
    name = shown.get("name", "")
    return any(mark.startswith(start) for mark in name_prefixes(name, shown.get("sorted", "")))


def _find_through(
    transaction: Transaction,
    entity_type: EntityType[Any],
    wanted: Query,
    words: tuple[str, ...],
    enough: str | None,
    found: _Found,
) -> None:
    """Add the first wanted contacts, in directory order, to which a matching entity belongs.

    An entity has the key of its owner, so the walk may end once enough contacts were met. Contacts whose names are
    equal to the last one's are read to their end, because contacts of equal names stand in the order of their ids.

    Args:
        transaction: The transaction of the actor.
        entity_type: The type of the entities, such as affiliations.
        wanted: The query for contacts.
        words: The words that were typed.
        enough: The key of the last contact that can be wanted; None where there are too few.
        found: The contacts that were found, which grows.
    """
    query = Query(
        kind=entity_type.name,
        order=transaction.order,
        access=read_terms(transaction.actor),
        words=words,
        # One more tells whether the last name goes on.
        limit=wanted.limit + 1,
        distinct_owner=True,
    )
    met: set[str] = set()
    count = 0
    while True:
        answer = transaction.reader.find(query)
        near = (card for card in answer.cards if enough is None or card.key <= enough)
        fresh = {card.owner: card for card in near if card.owner not in met}
        # What is found already is wanted.
        clients = dict(_clients(transaction, wanted, [id for id in fresh if id not in found]))
        for id, match in fresh.items():
            if enough is not None and match.key > enough:
                return
            met.add(id)
            if id in clients:
                data = json.load(match.card)
                by = entity_type.matched_by
                through = Matched(by, data.get("name", ""), data.get(f"{by}_id", match.id))
                found[id] = (match.key, clients[id], words, through)
            elif id not in found:
                continue
            count += 1
            if count == wanted.limit:
                enough = match.key
        if not answer.more or (enough is not None and answer.cards[-1].key > enough):
            return
        query = attrs.evolve(query, after=answer.last, limit=min(query.limit * 4, LARGEST_PAGE))


def _clients(transaction: Transaction, wanted: Query, ids: Sequence[str]) -> Iterator[tuple[str, Card]]:
    """The contacts that a match belongs to, as far as they are wanted."""
    for stored in transaction.reader.get("contact", ids) if ids else ():
        if stored is None or not (wanted.access is SYSTEM or wanted.access & stored.access):
            continue
        if not wanted.where or all(group & _facets(stored) for group in wanted.where):
            yield stored.id, Card(stored.id, stored.version, stored.owner, stored.card)


def _facets(stored: Stored) -> frozenset[str]:
    """The terms that `Directory.query` may ask for, of one contact."""
    card = json.load(stored.card)
    facets = {f"kind:{card['kind']}", f"type:{card.get('type', '')}"}
    facets.update(f"category:{slug}" for slug in card.get("categories", ()))
    facets.update(term("tag", Tag.restore(text).key) for text in card.get("tags", ()))
    if not card.get("listed", True):
        facets.add("role:person")
    return stored.access | facets


def _holds(found: set[str], words: Iterable[str]) -> bool:
    return any(word.startswith(prefix) for prefix in words for word in found)


def _reasons(card: ContactCard, words: tuple[str, ...]) -> tuple[Matched, ...]:
    reasons = [Matched("name", card.name)] if _holds(name_words(card.name), words) else []
    reasons += [
        Matched("email", text) for text in card.emails if _holds(email_words([EmailAddress.restore(text)]), words)
    ]
    reasons += [
        Matched("phone", text) for text in card.phones if _holds(phone_words([PhoneNumber.restore(text)]), words)
    ]
    reasons += [Matched("tag", text) for text in card.tags if _holds(name_words(text), words)]
    # Parts of a name that are not shown, such as a nickname, are found too.
    return tuple(reasons) or (Matched("name", card.name),)
