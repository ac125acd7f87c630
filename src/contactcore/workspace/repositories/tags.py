"""The tags of a workspace in the storage, and their spelling (DIR-6)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from contactcore.mapping import json
from contactcore.mapping.index_keys import term
from contactcore.mapping.tags import TAGS
from contactcore.rules.access import read_terms
from contactcore.storage import LARGEST_PAGE, SYSTEM, Card, Query
from contactcore.values import Tag
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.repository import Repository

__all__ = ["Audience", "first_spelling", "remember_tags", "spelling_query", "stored_tags", "tags_in_use"]

Audience: TypeAlias = tuple[frozenset[str], ...]
"""Groups of access terms. An audience sees a contact that has at least one term of each group."""


def remember_tags(transaction: Transaction, tags: Iterable[Tag]) -> None:
    """Store the tags that are new. Existing tags keep their spelling."""
    wanted = {TAGS.id_of(tag): tag for tag in tags}
    if not wanted:
        return
    repository = Repository(transaction, TAGS)
    ids = list(wanted)
    found = repository.stored(ids)
    fresh = [repository.record(wanted[id]) for id, stored in zip(ids, found, strict=True) if stored is None]
    if fresh:
        transaction.writer.insert(fresh, existing="keep")


def stored_tags(tags: Iterable[Tag]) -> tuple[str, list[str]]:
    """The question of `remember_tags`, to announce it."""
    return TAGS.name, list(dict.fromkeys(map(TAGS.id_of, tags)))


def tags_in_use(transaction: Transaction) -> tuple[Tag, ...]:
    """Return the tags on contacts that the actor sees, in alphabetical order, each in its first spelling there.

    Tags that occur only on hidden contacts are left out (ACC-3).
    """
    seen = []
    after = None
    while True:
        found = transaction.reader.find(Query(kind="tag", order="name", access=SYSTEM, after=after, limit=LARGEST_PAGE))
        for card in found.cards:
            tag = Tag.restore(json.load(card.card)["text"])
            if _tagged(transaction, tag):
                seen.append(first_spelling(transaction, tag))
        if not found.more:
            return tuple(seen)
        after = found.last


def first_spelling(transaction: Transaction, tag: Tag, audience: Audience = ()) -> Tag:
    """Return a tag in the spelling of the first contact that has it and that the actor sees; else the tag itself.

    Args:
        transaction: The transaction of the actor.
        tag: The tag in any spelling.
        audience: Groups of access terms; the contact must have at least one term of each group.
    """
    for card in _tagged(transaction, tag, audience):
        for text in json.load(card.card).get("tags", ()):
            spelled = Tag.restore(text)
            if spelled.key == tag.key:
                return spelled
    return tag


def _tagged(transaction: Transaction, tag: Tag, audience: Audience = ()) -> tuple[Card, ...]:
    """The first contact with a tag that the actor sees, if any."""
    return transaction.reader.find(spelling_query(transaction, tag, audience)).cards


def spelling_query(transaction: Transaction, tag: Tag, audience: Audience = ()) -> Query:
    """The query of `first_spelling`, to announce it."""
    return _query(transaction.order, read_terms(transaction.actor), tag.key, audience)


@lru_cache(maxsize=256)  # it is announced and then asked, and the same tags recur
def _query(order: str, access: frozenset[str], key: str, audience: Audience) -> Query:
    # The tag comes last, because fewer contacts have it than an audience sees: a server then walks its list.
    return Query(kind="contact", order=order, access=access, where=(*audience, frozenset({term("tag", key)})), limit=1)
