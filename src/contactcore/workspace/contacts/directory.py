"""The directory: filters, pages, index letters and counts (DIR-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Literal, get_args

import attrs

from contactcore.errors import Invalid, collect
from contactcore.frozen import frozen
from contactcore.mapping import json
from contactcore.mapping.contacts import WITHOUT
from contactcore.mapping.index_keys import term
from contactcore.model import AccessPolicy, AdminList, PortalUser, Settings
from contactcore.model.restoring import restorer
from contactcore.rules.access import read_terms
from contactcore.rules.portal_view import HIDDEN_FACETS, SHOWN_CARD_FIELDS, check_filters
from contactcore.storage import Card, Query, Stored
from contactcore.values import Tag
from contactcore.values.moment import parse_moment
from contactcore.values.texts import clean_line
from contactcore.workspace.contacts.field_filters import field_group
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.affiliations import AffiliationRepository
from contactcore.workspace.repositories.ordered_pages import OrderedPages

__all__ = [
    "ContactCard",
    "Directory",
    "Filters",
    "Page",
    "PageOrder",
    "PrimaryPerson",
    "Role",
    "filters_of",
]

_LONGEST_FILTER = 100

Role = Literal["listed", "person", "any"]
PageOrder = Literal["name", "added", "changed"]
_SOURCES = ("hand", "import", "card", "form", "portal")


@frozen(kw_only=True)
class PrimaryPerson:
    """The primary contact person on a line of the directory.

    Attributes:
        id: The id of the affiliation.
        person_id: The id of the person.
        name: The display name of the person.
        position: The position of the person there; `""` for none.
        emails, phones: The person's own e-mail addresses and phone numbers.
    """

    id: str
    person_id: str
    name: str
    position: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@frozen(kw_only=True)
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
        city: The city of the billing address, else of the first address; `""` for none.
        division: The division of a company.
        responsibles: The names of the responsible users.
        source: The way in which the contact came, such as `"import:<id>"` (DIR-21).
        added_at, added_by: The time when the contact was added, and the user who added it; None and `""` for unknown.
        changed_at, changed_by: The time of the last change of the contact, and the user who made it.
        primary: The primary contact person among those that the actor sees; None for none.
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
    city: str = ""
    division: str = ""
    responsibles: tuple[str, ...] = ()
    source: str = ""
    added_at: datetime | None = None
    added_by: str = ""
    changed_at: datetime | None = None
    changed_by: str = ""
    primary: PrimaryPerson | None = None

    @property
    def display_name(self) -> str:
        """The display name, under the attribute name that contacts have."""
        return self.name


@frozen
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


def _field_values(value: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Invalid("filter-type", "Give a mapping of fields to values.", path="fields", value=value)
    return dict(value)


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


@frozen(kw_only=True)
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
        source: A source: `"hand"`, `"import"`, `"card"`, `"form"`, `"portal"`, or one import (`"import:<id>"`), or
            several; `()` by default. Contacts of unknown source have none.
        without: What the contacts lack: `"type"`, `"tag"` or `"category"`; several mean that they lack all of them.
        fields: Slug of a custom field -> the wanted value: True or False, a choice or several of them, or for a date
            the first and the last day, `(None, date(2026, 1, 31))`; `{}` by default.
        role: `"listed"`, the default, for contacts that the directory lists themselves; `"person"` for contact persons
            who are not listed; `"any"` for both.

    Raises:
        Invalid: `filter-type`, `filter-empty`, `kind-unknown`, `role-unknown`, `access-unknown`, `source-unknown`,
            `without-unknown`.

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
    source: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    without: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    fields: Mapping[str, Any] = attrs.field(factory=dict, converter=_field_values, hash=False)
    role: Role = "listed"

    def __attrs_post_init__(self) -> None:
        for name in ("type", "category", "responsible", "tag", "source", "without"):
            for value in getattr(self, name):
                if not isinstance(value, str):
                    raise Invalid("filter-type", "Give a text, or a list of texts.", path=name, value=value)
                if not value.strip():
                    raise Invalid("filter-empty", f"Name a {name}, or leave the filter out.", path=name, value=value)
                collect((name, partial(clean_line, value, limit=_LONGEST_FILTER)))
        _check_sources(self.source)
        _check_lacked(self.without)
        if self.kind not in (None, "person", "company"):
            raise Invalid("kind-unknown", "Ask for kind person or company.", path="kind", value=self.kind)
        if self.role not in ("listed", "person", "any"):
            raise Invalid("role-unknown", "Ask for role listed, person or any.", path="role", value=self.role)


def _check_sources(sources: Iterable[str]) -> None:
    for source in sources:
        if source.partition(":")[0] not in _SOURCES:
            raise Invalid("source-unknown", f"Sources are {', '.join(_SOURCES)}.", path="source", value=source)


def _check_lacked(without: Iterable[str]) -> None:
    for lacked in without:
        if lacked not in WITHOUT:
            message = f"Contacts can be without {', '.join(WITHOUT)}."
            raise Invalid("without-unknown", message, path="without", value=lacked)


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


class _StoredCard:
    """The fields of a stored card that lists show, with their types in `ContactCard`."""

    kind: str
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    type: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    access: AccessPolicy = AccessPolicy.PRIVATE
    listed: bool = True
    city: str = ""
    division: str = ""
    responsibles: tuple[str, ...] = ()
    source: str = ""
    added: tuple[str, str] | None = None
    changed: tuple[str, str] | None = None


class _StoredPerson:
    """The fields of the card of an affiliation that a line of its contact shows."""

    person_id: str
    name: str
    position: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


def _lines(
    cards: Iterable[Card | Stored], settings: Settings, people: Mapping[str, PrimaryPerson]
) -> Iterator[ContactCard]:
    """The lines of the directory for stored cards; removed types and categories are replaced.

    Args:
        cards: The stored cards, or the whole records.
        settings: The settings of the workspace.
        people: The primary contact persons, by the ids of their contacts.
    """
    read, make = json.reader_of(_StoredCard), restorer(ContactCard)
    types, resolved = settings.types, settings.categories.resolve
    for card in cards:
        stored = read(card.card)
        added_at, added_by = changed_at, changed_by = _read_stamp(stored.added)
        # A contact that was never changed has one stamp for both.
        if stored.changed is not None:
            changed_at, changed_by = _read_stamp(stored.changed)
        yield make(
            card.id,
            card.version,
            stored.kind,
            stored.name,
            stored.emails,
            stored.phones,
            stored.type and types.resolve(stored.type),
            stored.categories and tuple(dict.fromkeys(filter(None, map(resolved, stored.categories)))),
            stored.tags,
            stored.access,
            stored.listed,
            stored.city,
            stored.division,
            stored.responsibles,
            stored.source,
            added_at,
            added_by,
            changed_at,
            changed_by,
            people.get(card.id),
        )


def _read_stamp(stamp: tuple[str, str] | None) -> tuple[datetime | None, str]:
    return (None, "") if stamp is None else (parse_moment(stamp[0]), stamp[1])


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

    def query(self, filters: Filters, order: PageOrder = "name", **more: Any) -> Query:
        """The query for the contacts that match filters and that the actor sees.

        Args:
            filters: The filters.
            order: `"name"` (the default), `"added"` or `"changed"`; the last two take no filters but `responsible`,
                `access` and `role="any"`.
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
        if filters.source:
            groups.append(frozenset(term("source", clean_line(source)) for source in filters.source))
        groups += [frozenset(_lacking(settings, lacked)) for lacked in filters.without]
        groups += [frozenset(field_group(settings, slug, value)) for slug, value in filters.fields.items()]
        if order != "name" and groups:
            message = (
                "The newest contacts are filtered by responsible and access only: leave the other filters out, or "
                "order by name."
            )
            raise Invalid("order-with-filter", message, path="order", value=order)
        # The access terms of a contact are posted in every order.
        if filters.responsible:
            groups.append(frozenset(f"responsible:{clean_line(name, exact=True)}" for name in filters.responsible))
        if filters.access:
            groups.append(frozenset(f"policy:{policy.value}" for policy in filters.access))
        return Query(
            kind="contact",
            order=self._transaction.order if order == "name" else order,
            access=read_terms(self._transaction.actor, listed=filters.role == "listed"),
            where=tuple(groups),
            **more,
        )

    def cards(self, cards: Sequence[Card | Stored]) -> tuple[ContactCard, ...]:
        """The lines of the directory for stored cards, with the primary contact persons, as the actor sees them.

        Args:
            cards: The stored cards, or the whole records.
        """
        settings = self._transaction.settings
        if isinstance(self._transaction.actor, PortalUser):
            lines = _lines(cards, settings, {})
            return tuple(ContactCard(**{name: getattr(line, name) for name in SHOWN_CARD_FIELDS}) for line in lines)
        primaries: Mapping[str, Stored] = {}
        if cards:
            primaries = AffiliationRepository(self._transaction).seen_primary_records(card.id for card in cards)
        people = {id: _primary_person(stored) for id, stored in primaries.items()}
        return tuple(_lines(cards, settings, people))

    def page(
        self,
        filters: Filters,
        letter: str | None,
        limit: int,
        after: str | None,
        before: str | None,
        order: PageOrder = "name",
    ) -> Page:
        """One page of the directory; see `Contacts.page`."""
        if order not in get_args(PageOrder):
            message = f"Order by {', '.join(get_args(PageOrder))}."
            raise Invalid("order-unknown", message, path="order", value=order)
        if order != "name" and letter is not None:
            raise Invalid("order-with-filter", "Only names have letters: order by name.", path="letter", value=letter)
        pages = self._pages(filters, order)
        self._transaction.announce_supposed(lambda: [pages.question(letter, limit, after, before)])
        found = pages.page(letter, limit, after, before)
        return Page(self.cards(found.cards), found.next, found.previous)

    def letters(self, filters: Filters) -> dict[str, int]:
        """The number of contacts under each index letter; see `Contacts.letters`."""
        return self._pages(filters).letters()

    def count(self, filters: Filters, letter: str | None) -> int:
        """The number of contacts; see `Contacts.count`."""
        return self._pages(filters).count(letter)

    def _pages(self, filters: Filters, order: PageOrder = "name") -> OrderedPages:
        # The newest come first.
        return OrderedPages(self._transaction, partial(self.query, filters, order), descending=order != "name")


def _primary_person(affiliation: Stored) -> PrimaryPerson:
    stored = json.reader_of(_StoredPerson)(affiliation.card)
    person: PrimaryPerson = restorer(PrimaryPerson)(
        affiliation.id, stored.person_id, stored.name, stored.position, stored.emails, stored.phones
    )
    return person


def _lacking(settings: Settings, lacked: str) -> Iterator[str]:
    """The terms of contacts without something; a type that was removed without replacement counts as none."""
    yield f"without:{lacked}"
    if lacked == "type":
        yield from (f"type:{entry.slug}" for entry in settings.types if not settings.types.resolve(entry.slug))


def _in_use(filters: Filters) -> list[str]:
    """The names of the filters that have a value; `role` counts if it separates contact persons from others."""
    named = [name for name in HIDDEN_FACETS if name != "role" and getattr(filters, name)]
    return [*named, "role"] if filters.role == "person" else named
