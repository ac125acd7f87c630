"""Search as you type (DIR-10).

Every word of the query must be the prefix of a word of the contact. A contact matches by its own words, or by the words
of its name together with the words of one entity that belongs to it and that the actor sees, such as a contact person.
Contacts whose name begins with the query come first, then all others, each group in directory order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.indexed_names import indexed_name_of
from contactcore.mapping.terms import email_words, name_prefixes, name_words, parse_query, phone_words
from contactcore.model import PortalUser
from contactcore.rules.access import read_terms
from contactcore.storage import LARGEST_PAGE, SYSTEM, Card, Found, Query, Stored
from contactcore.values import EmailAddress, PhoneNumber
from contactcore.workspace.contacts.directory import ContactCard, Directory, Filters
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.contacts import ContactRepository

__all__ = ["Hit", "Matched", "search"]

_LARGEST_ANSWER = 200


@frozen
class Matched:
    """A text by which a contact was found.

    Attributes:
        by: `"name"`, `"email"`, `"phone"` or `"tag"` for a text of the contact itself; `"person"` for the name of a
            contact person.
        text: The text that matched.
        id: The id of the contact person; `""` for a text of the contact itself.
    """

    by: str
    text: str
    id: str = ""


@frozen
class Hit:
    """One contact that a search found, with the texts that matched.

    Attributes:
        card: The line of the directory for the contact.
        starts: Whether the name of the contact begins with the query.
        words: The words of the query, folded.
        through: The match in an entity that belongs to the contact, such as a contact person; None if the contact
            matched by its own words.

    >>> from contactcore import Company, User, Workspace
    >>> from contactcore_memory import MemoryStorage
    >>> with Workspace(MemoryStorage(), name="acme").write(User("amelie")) as session:
    ...     client = session.contacts.add(Company("Bois & Fils", emails=["office@fils.fr"]))
    ...     (hit,) = session.contacts.search("fils")
    ...     hit.name, hit.starts, [(one.by, one.text) for one in hit.matched]
    ('Bois & Fils', False, [('name', 'Bois & Fils'), ('email', 'office@fils.fr')])
    """

    card: ContactCard
    starts: bool = False
    words: tuple[str, ...] = ()
    through: Matched | None = None

    @property
    def matched(self) -> tuple[Matched, ...]:
        """The texts that contain a word of the query."""
        # Computed on demand: a user who types on does not look at them.
        if self.through is None:
            return _matches_of_card(self.card, self.words)
        own = [Matched("name", self.card.name)] if _has_prefix(name_words(self.card.name), self.words) else []
        return (*own, self.through)

    @property
    def person(self) -> tuple[str, str] | None:
        """The name and the id of the contact person by whom the contact was found; None if it was found otherwise."""
        match = self.through
        return (match.text, match.id) if match is not None and match.by == "person" else None

    @property
    def id(self) -> str:
        """The id of the contact."""
        return self.card.id

    @property
    def kind(self) -> str:
        """`"person"` or `"company"`."""
        return self.card.kind

    @property
    def name(self) -> str:
        """The display name of the contact."""
        return self.card.name


def search(transaction: Transaction, text: str, filters: Filters, limit: int) -> tuple[Hit, ...]:
    """The hits of a query; see `Contacts.search`.

    Args:
        transaction: The transaction of the session.
        text: The query.
        filters: The filters of the contacts.
        limit: The maximum number of hits, 1 to 200.

    Raises:
        Invalid: `limit-out-of-range`.
    """
    if not 1 <= limit <= _LARGEST_ANSWER:
        message = f"Ask for 1 to {_LARGEST_ANSWER} hits."
        raise Invalid("limit-out-of-range", message, path="limit", value=limit, facts={"limit": _LARGEST_ANSWER})
    meant = [*parse_query(text)]

    def interpreted() -> list[_Interpretation]:
        query = Directory(transaction).query(filters, limit=limit)
        return [_Interpretation(transaction, query, words, prefix) for words, prefix in meant]

    transaction.announce_supposed(lambda: [one.first_question for one in interpreted()])
    interpretations = interpreted()
    if len(interpretations) > 1:
        transaction.reader.announce(*(one.first_question for one in interpretations))
    by_prefix: _Matches = {}
    for interpretation in interpretations:
        by_prefix.update(interpretation.names_with_prefix())
    matches = dict(by_prefix)
    if len(by_prefix) < limit:
        transaction.reader.announce(*(question for one in interpretations for question in one.further_questions()))
        for interpretation in interpretations:
            interpretation.add_all(matches)
    ordered = sorted(by_prefix.values(), key=_position)
    ordered += sorted((match for id, match in matches.items() if id not in by_prefix), key=_position)
    if isinstance(transaction.actor, PortalUser):
        ordered = list(_found_by_what_is_shown(transaction, ordered))
    shown = tuple(islice(ordered, limit))
    lines = Directory(transaction).cards([card for _, card, _, _ in shown])
    return tuple(
        Hit(line, line.id in by_prefix, words, through)
        for line, (_, _, words, through) in zip(lines, shown, strict=True)
    )


def _found_by_what_is_shown(transaction: Transaction, matches: Iterable[_Match]) -> Iterator[_Match]:
    """The matches by words that a portal user sees. Tags are search words too, and finding by them would reveal them.

    Args:
        transaction: The transaction of a portal user.
        matches: The matches in the index.
    """
    found = tuple(matches)
    contacts = ContactRepository(transaction).get_many(card.id for _, card, _, _ in found)
    for match in found:
        _, card, words, _ = match
        shown = indexed_name_of(contacts[card.id].entity, transaction.index_context)
        if all(_has_prefix({*shown.words, *shown.name_prefixes}, [word]) for word in words):
            yield match


_Match = tuple[str, Card, tuple[str, ...], Matched | None]
"""The order key of a contact, its card, the words of the query, and the match in an entity that belongs to it."""
_Matches = dict[str, _Match]
"""The matches by the ids of the contacts."""


def _position(match: _Match) -> tuple[str, str]:
    return match[0], match[1].id


class _Interpretation:
    """The search for one interpretation of the query.

    Args:
        transaction: The transaction of the actor.
        query: The query for all contacts that match the filters.
        words: The search words.
        prefix: The name prefix; `""` if the interpretation is not a name.
    """

    def __init__(self, transaction: Transaction, query: Query, words: tuple[str, ...], prefix: str) -> None:
        self._transaction = transaction
        self._query = query
        self._words = words
        self._prefix = prefix
        # Several words, or a word with digits, match few contacts: one query finds all of them, and their cards show
        # which names have the prefix. A single common word matches many, and names with the prefix fill the answer.
        self._names_first = prefix != "" and len(words) == 1 and words[0].isalpha()
        self._found: Found | None = None

    @property
    def first_question(self) -> Query:
        """The question that is asked first."""
        return self._question((*self._words, self._prefix) if self._names_first else self._words)

    def names_with_prefix(self) -> _Matches:
        """The contacts whose name begins with the query."""
        if not self._prefix:
            return {}
        if self._names_first or self._find().more:
            return self._matches(self._ask((*self._words, self._prefix)).cards)
        return self._matches(card for card in self._find().cards if _name_has_prefix(card, self._prefix))

    def further_questions(self) -> list[Query]:
        """The questions of `add_all` that were not asked yet."""
        own = [self._question(self._words)] if self._found is None else []
        return own + [query for _, query in self._through]

    def add_all(self, matches: _Matches) -> None:
        """Add the contacts that match by their own words, then those that match through an entity of theirs."""
        transaction = self._transaction
        cards = self._find().cards
        for id, match in self._matches(cards).items():
            matches.setdefault(id, match)
        # The answer never needs a contact behind the last one of a full page.
        last_key = cards[-1].key if len(cards) == self._query.limit else None
        for entity_type, query in self._through:
            _find_through(transaction, entity_type, self._query, query, last_key, matches)

    @cached_property
    def _through(self) -> list[tuple[EntityType[Any], Query]]:
        """The types of entities that a search matches, each with the question for those that have the words."""
        from contactcore.mapping.entities import OWNED

        searched = [one for one in OWNED if one.matched_by]
        return [(one, _query_through(self._transaction, one, self._query, self._words)) for one in searched]

    def _find(self) -> Found:
        """The contacts that have the words; asked once."""
        if self._found is None:
            self._found = self._ask(self._words)
        return self._found

    def _ask(self, words: tuple[str, ...]) -> Found:
        return self._transaction.reader.find(self._question(words))

    def _question(self, words: tuple[str, ...]) -> Query:
        wanted = self._query
        return Query(
            kind=wanted.kind,
            order=wanted.order,
            access=wanted.access,
            where=wanted.where,
            words=words,
            limit=wanted.limit,
        )

    def _matches(self, cards: Iterable[Card]) -> _Matches:
        return {card.id: (card.key, card, self._words, None) for card in cards}


def _name_has_prefix(card: Card, prefix: str) -> bool:
    """Whether a contact has a name prefix; computed from its card, with the result of the index."""
    fields = json.load(card.card)
    name = fields.get("name", "")
    return any(own.startswith(prefix) for own in name_prefixes(name, fields.get("sorted", "")))


def _query_through(
    transaction: Transaction, entity_type: EntityType[Any], wanted: Query, words: tuple[str, ...]
) -> Query:
    """The query for the entities of a type that have the search words."""
    return Query(
        kind=entity_type.name,
        order=transaction.order,
        access=read_terms(transaction.actor),
        words=words,
        # One more card shows whether further owners have the key of the last one.
        limit=wanted.limit + 1,
        distinct_owner=True,
    )


def _find_through(
    transaction: Transaction,
    entity_type: EntityType[Any],
    wanted: Query,
    query: Query,
    last_key: str | None,
    matches: _Matches,
) -> None:
    """Add the first contacts, in directory order, to which a matching entity belongs.

    An entity has the order key of its owner. The walk therefore ends after enough contacts. Owners with the key of the
    last contact are read completely, because contacts with equal keys are in the order of their ids.

    Args:
        transaction: The transaction of the actor.
        entity_type: The type of the entities, such as affiliations.
        wanted: The query for all contacts that match the filters.
        query: The query for the entities.
        last_key: The order key of the last contact that the answer can need; None if it is not known yet.
        matches: The matches, to which the function adds.
    """
    words = query.words
    seen: set[str] = set()
    count = 0
    while True:
        page = transaction.reader.find(query)
        near = (card for card in page.cards if last_key is None or card.key <= last_key)
        new = {card.owner: card for card in near if card.owner not in seen}
        # A contact that matched before passed the filters already.
        owners = dict(_owners(transaction, wanted, [id for id in new if id not in matches]))
        for id, card in new.items():
            if last_key is not None and card.key > last_key:
                return
            seen.add(id)
            if id in owners:
                data = json.load(card.card)
                by = entity_type.matched_by
                through = Matched(by, data.get("name", ""), data.get(f"{by}_id", card.id))
                matches[id] = (card.key, owners[id], words, through)
            elif id not in matches:
                continue
            count += 1
            if count == wanted.limit:
                last_key = card.key
        if not page.more or (last_key is not None and page.cards[-1].key > last_key):
            return
        query = attrs.evolve(query, after=page.last, limit=min(query.limit * 4, LARGEST_PAGE))


def _owners(transaction: Transaction, wanted: Query, ids: Sequence[str]) -> Iterator[tuple[str, Card]]:
    """The owners with these ids that the actor sees and that match the filters, with their cards."""
    for stored in transaction.reader.get("contact", ids) if ids else ():
        if stored is None or not (wanted.access is SYSTEM or wanted.access & stored.access):
            continue
        if not wanted.where or all(group & _facets(transaction, stored) for group in wanted.where):
            yield stored.id, Card(stored.id, stored.version, stored.owner, stored.card)


def _facets(transaction: Transaction, stored: Stored) -> frozenset[str]:
    """The terms of a contact that a query of `Directory.query` can contain."""
    context = transaction.index_context
    contact = CONTACTS.load_as_stored(stored, context)
    return stored.access | CONTACTS.record(contact, Placement(context=context, access=stored.access)).terms


def _has_prefix(words: set[str], prefixes: Iterable[str]) -> bool:
    return any(word.startswith(prefix) for prefix in prefixes for word in words)


def _matches_of_card(card: ContactCard, words: tuple[str, ...]) -> tuple[Matched, ...]:
    matches = [Matched("name", card.name)] if _has_prefix(name_words(card.name), words) else []
    matches += [
        Matched("email", text) for text in card.emails if _has_prefix(email_words([EmailAddress.restore(text)]), words)
    ]
    matches += [
        Matched("phone", text) for text in card.phones if _has_prefix(phone_words([PhoneNumber.restore(text)]), words)
    ]
    matches += [Matched("tag", text) for text in card.tags if _has_prefix(name_words(text), words)]
    # Parts of a name that the card does not show, such as a nickname, match too.
    return tuple(matches) or (Matched("name", card.name),)
