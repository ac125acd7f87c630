"""Pages, letters and filters of the directory (DIR-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Literal, Required, TypedDict

import attrs

from contactcore.errors import Invalid, collect
from contactcore.mapping import json
from contactcore.mapping.terms import term
from contactcore.model import AccessPolicy, Settings
from contactcore.model.restoring import restored
from contactcore.rules.access import read_terms
from contactcore.storage import Card, Query, Stored
from contactcore.values import Tag
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.transaction import Transaction

__all__ = ["ContactCard", "Directory", "Filters", "Page", "Role", "card_of"]

_LONGEST_FILTER = 100

Role = Literal["listed", "person", "any"]


@attrs.frozen(kw_only=True)
class ContactCard:
    """One line of the directory.

    Attributes:
        id, version: Of the contact.
        kind: `"person"` or `"company"`.
        name: As shown in the workspace's language.
        emails, phones: The preferred one first.
        type: Slug, or `""`.
        categories: Slugs.
        tags: As they were spelled.
        access: How far the contact is open; open ones are to be marked (ACC-2).
        listed: Whether it stands in the directory in its own right.
    """

    id: str
    version: int
    kind: str
    name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    type: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    access: AccessPolicy = AccessPolicy.PRIVATE
    listed: bool = True

    @property
    def display_name(self) -> str:
        """The same as `name`."""
        return self.name


@attrs.frozen
class Page:
    """A page of the directory.

    Attributes:
        items: The cards, in directory order.
        next: The cursor for `page(after=...)`, None on the last page.
        previous: The cursor for `page(before=...)`, None on the first page.
    """

    items: tuple[ContactCard, ...]
    next: str | None
    previous: str | None

    def __iter__(self) -> Iterator[ContactCard]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def _texts(value: str | Iterable[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(value)
    return (value,)


def _policies(value: AccessPolicy | str | Iterable[AccessPolicy | str] | None) -> tuple[AccessPolicy, ...]:
    if value is None:
        return ()
    if isinstance(value, str | AccessPolicy):
        value = (value,)
    if not isinstance(value, Iterable):
        raise Invalid("filter-type", "Give an access policy, or a list of them.", path="access", value=value)
    try:
        return tuple(map(AccessPolicy.parse, value))
    except Invalid as error:
        raise error.under("access") from None


@attrs.frozen(kw_only=True)
class Filters:
    """What a page, a count or an export is narrowed to; every filter must hold, of several values any.

    Attributes:
        kind: `"person"` or `"company"`.
        type, category, tag, responsible: One or several.
        access: One or several policies.
        role: Contacts in their own right (`"listed"`, the default), mere contact persons, or any.
    """

    kind: str | None = None
    type: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    category: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    tag: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    responsible: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    access: tuple[AccessPolicy, ...] = attrs.field(default=(), converter=_policies)
    role: Role = "listed"

    def __attrs_post_init__(self) -> None:
        for name in ("type", "category", "responsible", "tag"):
            for value in getattr(self, name):
                if not isinstance(value, str):
                    raise Invalid("filter-type", "Give a text, or a list of texts.", path=name, value=value)
                if not value.strip():
                    raise Invalid("filter-empty", f"Name a {name}, or leave the filter out.", path=name, value=value)
                collect((name, partial(clean_line, value, limit=_LONGEST_FILTER)))
        if self.kind not in (None, "person", "company"):
            raise Invalid("kind-unknown", "Ask for kind person or company.", path="kind", value=self.kind)
        if self.role not in ("listed", "person", "any"):
            raise Invalid("role-unknown", "Ask for role listed, person or any.", path="role", value=self.role)


class _Shown(TypedDict, total=False):
    """What of a stored card is shown, as it is shown."""

    kind: Required[str]
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    type: str
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    access: AccessPolicy
    listed: bool


def card_of(card: Card | Stored, settings: Settings) -> ContactCard:
    """The line that a stored card stands for, with the types and categories that count by now."""
    shown: _Shown = json.load_as(_Shown, card.card)
    if "type" in shown:
        shown["type"] = settings.types.resolve(shown["type"])
    if "categories" in shown:
        resolved = (settings.categories.resolve(slug) for slug in shown["categories"])
        shown["categories"] = tuple(dict.fromkeys(slug for slug in resolved if slug))
    return restored(ContactCard, {"id": card.id, "version": card.version, **shown})


class Directory:
    """Walks the directory for one actor."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def query(self, filters: Filters, **more: Any) -> Query:
        """The question to the storage for these filters, as the actor may ask it."""
        settings = self._transaction.settings
        groups: list[frozenset[str]] = []
        if filters.kind is not None:
            groups.append(frozenset({f"kind:{filters.kind}"}))
        if filters.role == "person":
            groups.append(frozenset({"role:person"}))
        for prefix, entries, values in (
            ("type", settings.types, filters.type),
            ("category", settings.categories, filters.category),
        ):
            if values:
                slugs = {slug for value in values for slug in entries.slugs_counting_as(value)}
                groups.append(frozenset(f"{prefix}:{slug}" for slug in slugs))
        if filters.tag:
            groups.append(frozenset(term("tag", Tag(tag).key) for tag in filters.tag))
        if filters.responsible:
            groups.append(frozenset(f"responsible:{clean_line(name)}" for name in filters.responsible))
        if filters.access:
            groups.append(frozenset(f"policy:{policy.value}" for policy in filters.access))
        return Query(
            kind="contact",
            order=self._transaction.order,
            access=read_terms(self._transaction.actor, listed=filters.role == "listed"),
            where=tuple(groups),
            **more,
        )

    def page(self, filters: Filters, letter: str | None, limit: int, after: str | None, before: str | None) -> Page:
        """One page; see `Contacts.page`."""
        start, stop = self._bounds(letter)
        if after is not None and before is not None:
            raise Invalid("two-cursors", "Give after or before, not both.", path="before", value=before)
        backwards = before is not None
        found = self._transaction.reader.find(
            self.query(
                filters, start=start, stop=stop, limit=limit, after=before if backwards else after, descending=backwards
            )
        )
        items = tuple(card_of(card, self._transaction.settings) for card in found.cards)
        if backwards:
            # What was asked for came from behind this page, so there is always a next one.
            return Page(items[::-1], found.first, found.last if found.more else None)
        return Page(items, found.last if found.more else None, found.first if after is not None else None)

    def letters(self, filters: Filters) -> dict[str, int]:
        """How many contacts stand under each index letter, in directory order; letters without any included."""
        rules = self._transaction.index_context.active.collation
        boundaries = [rules.bounds(letter)[0] for letter in rules.letters]
        counts = self._transaction.reader.count(self.query(filters), boundaries)
        return dict(zip(rules.letters, counts[1:], strict=True))

    def count(self, filters: Filters, letter: str | None) -> int:
        """How many contacts there are."""
        start, stop = self._bounds(letter)
        return self._transaction.reader.count(self.query(filters, start=start, stop=stop))[0]

    def _bounds(self, letter: str | None) -> tuple[str, str | None]:
        if letter is None or letter.casefold() == "all":
            return "", None
        rules = self._transaction.index_context.active.collation
        return rules.bounds(rules.bucket(letter))
