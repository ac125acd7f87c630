"""Search as you type (DIR-10).

Every word that was typed must be the beginning of some word of what is found. A contact is found by itself, or through
one visible contact person together with its own name. Contacts whose name begins with what was typed come first, then
the others, each in directory order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contactcore.errors import Invalid
from contactcore.mapping import json
from contactcore.mapping.terms import email_words, name_words, phone_words, readings
from contactcore.model import resolve
from contactcore.rules.access import seen_by
from contactcore.storage import Card, Query
from contactcore.values import EmailAddress, PhoneNumber, Tag
from contactcore.workspace.directory import ContactCard, Directory, Filters, card_of
from contactcore.workspace.transaction import Transaction

__all__ = ["Hit", "Matched", "search"]

_LARGEST_ANSWER = 200


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
        matched: Each of its texts that held a word of the query.
        starts: Whether its name begins with what was typed.
    """

    card: ContactCard
    matched: tuple[Matched, ...]
    starts: bool = False

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
    ways = readings(text)
    first: dict[str, _Placed] = {}
    for words, start in ways:
        if start:
            _by_themselves(transaction, filters, words, (*words, start), limit, first)
    others: dict[str, _Placed] = {}
    if len(first) < limit:
        for words, _start in ways:
            _by_themselves(transaction, filters, words, words, limit + len(first), others)
            _through_people(transaction, filters, words, limit + len(first), others)
    found = sorted(first.values(), key=_place)
    found += sorted((placed for id, placed in others.items() if id not in first), key=_place)
    return tuple(Hit(placed.card, placed.matched, starts=placed.card.id in first) for placed in found[:limit])


@attrs.frozen
class _Placed:
    key: str
    card: ContactCard
    matched: tuple[Matched, ...]


def _place(placed: _Placed) -> tuple[str, str]:
    return placed.key, placed.card.id


def _by_themselves(
    transaction: Transaction,
    filters: Filters,
    words: tuple[str, ...],
    asked: tuple[str, ...],
    limit: int,
    found: dict[str, _Placed],
) -> None:
    query = Directory(transaction).query(filters, words=asked, limit=limit)
    for card in transaction.reader.find(query).cards:
        shown = card_of(card)
        found.setdefault(card.id, _Placed(card.key, shown, _reasons(shown, words)))


def _through_people(
    transaction: Transaction, filters: Filters, words: tuple[str, ...], limit: int, found: dict[str, _Placed]
) -> None:
    query = Query(
        kind="affiliation",
        order=transaction.order,
        access=seen_by(transaction.actor),
        words=words,
        limit=limit,
        collapse=True,
    )
    people = {card.scope: card for card in transaction.reader.find(query).cards if card.scope not in found}
    for client in _clients(transaction, filters, people):
        person = people[client.id]
        found[client.id] = _Placed(person.key, client, _person_reasons(client, person, words))


def _clients(transaction: Transaction, filters: Filters, people: dict[str, Card]) -> Iterable[ContactCard]:
    """The clients of people who matched, as far as the filters let them through."""
    wanted = tuple(people)
    if not wanted:
        return
    seen = seen_by(transaction.actor, listed=filters.role == "listed")
    for stored in transaction.reader.get("contact", wanted):
        if stored is None or not seen & stored.access:
            continue
        shown = card_of(Card(stored.id, stored.version, stored.scope, stored.card))
        if _passes(transaction, filters, shown, stored.access):
            yield shown


def _passes(transaction: Transaction, filters: Filters, card: ContactCard, access: frozenset[str]) -> bool:
    """What `Directory.query` asks of a storage, asked of one contact."""
    tags = {_tag_key(tag) for tag in card.tags}
    settings = transaction.settings
    return (
        (filters.kind is None or card.kind == filters.kind)
        and (filters.role != "person" or not card.listed)
        and (not filters.type or resolve(settings.types, card.type) in filters.type)
        and (
            not filters.category
            or bool({resolve(settings.categories, slug) for slug in card.categories} & set(filters.category))
        )
        and (not filters.tag or bool(tags & {_tag_key(tag) for tag in filters.tag}))
        and (not filters.responsible or bool(access & {f"responsible:{name}" for name in filters.responsible}))
        and (not filters.access or bool(access & {f"policy:{policy.value}" for policy in filters.access}))
    )


def _tag_key(text: str) -> str:
    return Tag.restore(text).key


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


def _person_reasons(client: ContactCard, person: Card, words: tuple[str, ...]) -> tuple[Matched, ...]:
    shown: dict[str, Any] = json.load(person.card)
    own = [Matched("name", client.name)] if _holds(name_words(client.name), words) else []
    return (*own, Matched("person", shown.get("name", ""), shown.get("person_id", "")))
