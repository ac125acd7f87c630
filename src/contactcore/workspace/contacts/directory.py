"""The directory: filters, pages, index letters and counts (DIR-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Literal, Required, TypedDict

import attrs

from contactcore.errors import Invalid, collect
from contactcore.mapping import json
from contactcore.mapping.terms import term
from contactcore.model import AccessPolicy, AdminList, PortalUser, Settings
from contactcore.model.restoring import restored
from contactcore.rules.access import read_terms
from contactcore.rules.portal_view import SHOWN_CARD_FIELDS, check_filters
from contactcore.storage import Card, Query, Stored
from contactcore.values import Tag
from contactcore.values.texts import clean_line
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.ordered_pages import OrderedPages

__all__ = ["ContactCard", "Directory", "Filters", "Page", "Role", "card_of", "filters_of"]

_LONGEST_FILTER = 100

Role = Literal["listed", "person", "any"]


@attrs.frozen(kw_only=True)
class ContactCard:
    """One line of the directory, with the data that lists show.

    Attributes:
        id: The id of the contact.
        version: The version of the contact.
        kind: `"person"` or `"company"`.
        name: The display name in the contact's language, else in the workspace's language.
        emails: The e-mail addresses; the first is the preferred one.
        phones: The phone numbers in E.164; the first is the preferred one.
        type: The slug of the type; `""` for none.
        categories: The slugs of the categories.
        tags: The tags in their stored spelling.
        access: The access policy. The host marks contacts that are open to all users (ACC-2).
        listed: Whether the directory lists the contact itself; False for a person who is only a contact person.
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
        """The display name, under the attribute name that contacts have."""
        return self.name


@attrs.frozen
class Page:
    """One page of the directory; iteration yields its cards.

    Attributes:
        items: The cards, in directory order.
        next: The cursor for `page(after=...)`; None on the last page.
        previous: The cursor for `page(before=...)`; None on the first page.

    >>> card = ContactCard(id="42", version=1, kind="company", name="Bois & Fils")
    >>> page = Page((card,), next=None, previous=None)
    >>> [card.name for card in page], len(page)
    (['Bois & Fils'], 1)
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
    """The filters of a page, a count, a search or an export; a contact must match all of them.

    A filter with several values matches a contact that has any of these values.

    Attributes:
        kind: `"person"` or `"company"`; None, the default, for both.
        type: The slug of a type, or several slugs; `()`, the default, for all contacts.
        category: The slug of a category, or several slugs; `()` by default.
        tag: A tag in any spelling, or several tags; `()` by default.
        responsible: The name of a responsible user, or several names; `()` by default.
        access: An access policy, or several policies; `()` by default.
        role: `"listed"`, the default, for contacts that the directory lists themselves; `"person"` for contact persons
            who are not listed; `"any"` for both.

    Raises:
        Invalid: `filter-type`, `filter-empty`, `kind-unknown`, `role-unknown`, `access-unknown`.

    >>> Filters(kind="company", tag="VIP").tag
    ('VIP',)
    >>> Filters(kind="firm")
    Traceback (most recent call last):
    contactcore.errors.Invalid: kind: Ask for kind person or company. (got 'firm')
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


_UNFILTERED = Filters()
_FILTERS = frozenset(field.name for field in attrs.fields(Filters))


def filters_of(named: Mapping[str, Any]) -> Filters:
    """The filters that a caller gave by name.

    Args:
        named: Fields of `Filters` by name.

    Raises:
        Invalid: `filter-unknown`, and the codes of `Filters`.
    """
    if not named:
        return _UNFILTERED
    unknown = sorted(named.keys() - _FILTERS)
    if unknown:
        raise Invalid("filter-unknown", f"Filters are {', '.join(sorted(_FILTERS))}.", path=unknown[0])
    return Filters(**named)


class _StoredCard(TypedDict, total=False):
    """The fields of a stored card that lists show, with their types in `ContactCard`."""

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
    """The line of the directory for a stored card; removed types and categories are replaced.

    Args:
        card: The stored card, or the whole record.
        settings: The settings of the workspace.
    """
    fields: _StoredCard = json.load_as(_StoredCard, card.card)
    if "type" in fields:
        fields["type"] = settings.types.resolve(fields["type"])
    if "categories" in fields:
        resolved = (settings.categories.resolve(slug) for slug in fields["categories"])
        fields["categories"] = tuple(dict.fromkeys(slug for slug in resolved if slug))
    return restored(ContactCard, {"id": card.id, "version": card.version, **fields})


def _check_listed(noun: str, entries: AdminList[Any], values: Iterable[str]) -> None:
    """Refuse a filter by a type or a category that was never on the workspace's list."""
    known = {entry.slug for entry in entries}
    for value in values:
        if value not in known:
            choices = ", ".join(entries.slugs) or "(none yet)"
            raise Invalid(f"{noun}-unknown", f"Filter by one of {choices}.", path=noun, value=value)


class Directory:
    """The directory in one transaction, as its actor sees it.

    Args:
        transaction: The transaction.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def query(self, filters: Filters, **more: Any) -> Query:
        """The query for the contacts that match filters and that the actor sees.

        Args:
            filters: The filters.
            more: Further fields of the query, such as `limit`.
        """
        check_filters(self._transaction.actor, _in_use(filters))
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
                _check_listed(prefix, entries, values)
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

    def card(self, card: Card | Stored) -> ContactCard:
        """The line of the directory for a stored card, as the actor sees it.

        Args:
            card: The stored card, or the whole record.
        """
        line = card_of(card, self._transaction.settings)
        if not isinstance(self._transaction.actor, PortalUser):
            return line
        return ContactCard(**{name: getattr(line, name) for name in SHOWN_CARD_FIELDS})

    def page(self, filters: Filters, letter: str | None, limit: int, after: str | None, before: str | None) -> Page:
        """One page of the directory; see `Contacts.page`."""
        found = self._pages(filters).page(letter, limit, after, before)
        return Page(tuple(map(self.card, found.cards)), found.next, found.previous)

    def letters(self, filters: Filters) -> dict[str, int]:
        """The number of contacts under each index letter; see `Contacts.letters`."""
        return self._pages(filters).letters()

    def count(self, filters: Filters, letter: str | None) -> int:
        """The number of contacts; see `Contacts.count`."""
        return self._pages(filters).count(letter)

    def _pages(self, filters: Filters) -> OrderedPages:
        return OrderedPages(self._transaction, partial(self.query, filters))


def _in_use(filters: Filters) -> list[str]:
    """The names of the filters that have a value; `role` counts if it separates contact persons from others."""
    named = [name for name in ("type", "category", "tag", "responsible", "access") if getattr(filters, name)]
    return [*named, "role"] if filters.role == "person" else named
