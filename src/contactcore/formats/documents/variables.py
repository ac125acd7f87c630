"""The catalogue of variables that a document may contain, each with its type and the function that reads it.

The catalogue is data: a new variable is a line in `SINGLES`, and a new `Series` holds the variables of things that a
client has any number of. `STATEMENT` and `STATEMENT_ENTRIES` are the variables of an account. The list of variables and
their values come from the same lines and cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import accumulate, islice
from typing import Any

import attrs

from contactcore.errors import Invalid, check_day, check_record, check_text, records_of
from contactcore.formats.documents import wording
from contactcore.frozen import frozen
from contactcore.model import (
    AccountEntry,
    Affiliation,
    Authority,
    Company,
    Contact,
    FieldDefinition,
    FieldType,
    Person,
    Settings,
)
from contactcore.model.account import Statement
from contactcore.read_only import read_only
from contactcore.values import Money, PhoneNumber

__all__ = [
    "SERIES",
    "SINGLES",
    "STATEMENT",
    "STATEMENT_ENTRIES",
    "Entry",
    "Series",
    "Subject",
    "Values",
    "Variable",
    "values_of",
    "variables",
]

_INDEX = re.compile(r"\[[1-9]\d*\]")
_WRITABLE = re.compile(r"[\w-]{1,100}")


@frozen
class Variable:
    """A variable of a document.

    Attributes:
        name: Name in a template, such as `client.name`. A template writes a number from 1 in place of `[n]`:
            `representatives[1].name`.
        type: `text`, `long-text` (several lines), `date`, `email`, `phone`, `url`, `yes-no`, `money`, or the type of
            the custom field. The value is always text, in the workspace's language.
        description: Meaning, for the authors of templates.
    """

    name: str
    type: str
    description: str


@frozen(kw_only=True)
class Subject:
    """The data that the variables of a document are read from.

    Attributes:
        client: The contact.
        affiliations: Contact persons that the reader of the document may see, each with its `person`.
        representatives: Persons who may sign, in sequence, each with the authority
            (`contactcore.rules.authorities.representatives`).
        settings: Settings of the workspace.
        workspace: Name of the workspace.
        today: Date of the document.
        statement: Statement of the client's account; None for a document without one.
    """

    client: Contact
    affiliations: tuple[Affiliation, ...] = ()
    representatives: tuple[tuple[Affiliation, Authority], ...] = ()
    settings: Settings
    workspace: str = ""
    today: date
    statement: Statement | None = None

    @property
    def language(self) -> str:
        """The language of the document."""
        return self.settings.language.text

    @property
    def primary(self) -> Affiliation | None:
        """The primary contact person."""
        return next((one for one in self.affiliations if one.primary), None)

    def join(self, parts: Sequence[object]) -> str:
        """Join parts to one phrase, such as `A, B and C`."""
        return wording.join([str(part) for part in parts], self.language)


@frozen
class Entry:
    """A line of the catalogue.

    Attributes:
        name, type, description: See `Variable`; in a series without the prefix.
        read: Function that returns the value, given the subject and the element of a series (None outside a series).
    """

    name: str
    type: str
    description: str
    read: Callable[[Subject, Any], str]


@frozen
class Series:
    """The variables of things that a client has any number of.

    Attributes:
        prefix: First part of the names, such as `representatives`.
        elements: Function that returns the elements in a deterministic order.
        entries: Variables of one element.
    """

    prefix: str
    elements: Callable[[Subject], Sequence[Any]]
    entries: tuple[Entry, ...]


@frozen
class Values:
    """The catalogue of variables, and their values for one client.

    Attributes:
        variables: All variables of the catalogue.
        texts: Values that are not empty, by name.
    """

    variables: tuple[Variable, ...]
    texts: Mapping[str, str] = attrs.field(converter=read_only)

    def find(self, name: str) -> Variable | None:
        """Return the variable of a name in a template, or None.

        >>> name = Variable("representatives[n].name", "text", "Full name.")
        >>> Values((name,), {}).find("representatives[2].name") == name
        True
        """
        general = _INDEX.sub("[n]", name)
        return next((one for one in self.variables if one.name == general and "[n]" not in name), None)


def variables(settings: Settings, *, with_statement: bool = True) -> tuple[Variable, ...]:
    """Return all variables that the templates of a workspace may use, in the sequence of the catalogue (PER-6).

    Args:
        settings: Settings of the workspace; each custom field of contacts is a variable.
        with_statement: Whether the variables of a statement are listed; True by default.

    Raises:
        Invalid: `record-type`.

    >>> [one.name for one in variables(Settings())][:2]
    ['client.name', 'client.display_name']
    """
    check_record(Settings, settings=settings)
    singles, all_series = _catalogue(with_statement=with_statement)
    single = [Variable(one.name, one.type, one.description) for one in singles]
    for series in all_series:
        single += [Variable(f"{series.prefix}[n].{one.name}", one.type, one.description) for one in series.entries]
    single += [Variable(f"fields.{one.slug}", one.type.value, f"{one.name}.") for one in _fields(settings)]
    return tuple(single)


def values_of(
    client: Contact,
    affiliations: Sequence[Affiliation],
    settings: Settings,
    today: date,
    *,
    representatives: Sequence[tuple[Affiliation, Authority]] = (),
    workspace: str = "",
    statement: Statement | None = None,
    with_statement: bool = True,
) -> Values:
    """Compute the values of all variables for a client (PER-6).

    Args:
        client: The contact.
        affiliations: Contact persons, each with its `person`; one is primary. Those without a `person` are ignored.
        settings: Settings of the workspace.
        today: Date of the document.
        representatives: Result of `contactcore.rules.authorities.representatives`; empty by default.
        workspace: Name of the workspace; `""` by default.
        statement: Statement of the client's account; None (the default) for none.
        with_statement: As for `variables`.

    Raises:
        Invalid: `record-type`, `not-a-list`, `date-type`, `text-type` for an argument of another type.

    >>> values_of(Company("Bois & Fils"), (), Settings(), date(2026, 3, 5)).texts["client.name"]
    'Bois & Fils'
    """
    check_record(Contact, client=client)
    check_record(Settings, settings=settings)
    check_day(today=today)
    check_text(workspace=workspace)
    if statement is not None:
        check_record(Statement, statement=statement)
    acting = []
    for index, pair in enumerate(records_of(tuple, representatives=representatives)):
        if len(pair) != 2 or not isinstance(pair[0], Affiliation) or not isinstance(pair[1], Authority):
            message = "Give an affiliation and an authority here, as `representatives` returns them."
            raise Invalid("record-type", message, path=f"representatives[{index}]")
        acting.append(pair)
    subject = Subject(
        client=client,
        affiliations=tuple(one for one in records_of(Affiliation, affiliations=affiliations) if one.person is not None),
        representatives=tuple(pair for pair in acting if pair[0].person is not None),
        settings=settings,
        workspace=workspace,
        today=today,
        statement=statement,
    )
    singles, all_series = _catalogue(with_statement=with_statement)
    texts = {one.name: one.read(subject, None) for one in singles}
    for series in all_series:
        for number, element in enumerate(series.elements(subject), 1):
            texts |= {f"{series.prefix}[{number}].{one.name}": one.read(subject, element) for one in series.entries}
    for definition in _fields(settings):
        texts[f"fields.{definition.slug}"] = _field(definition, client.fields.get(definition.slug), subject.language)
    return Values(
        variables(settings, with_statement=with_statement), {name: text for name, text in texts.items() if text}
    )


def _catalogue(*, with_statement: bool) -> tuple[Sequence[Entry], Sequence[Series]]:
    if with_statement:
        return (*SINGLES, *STATEMENT), (*SERIES, STATEMENT_ENTRIES)
    return SINGLES, SERIES


def _fields(settings: Settings) -> list[FieldDefinition]:
    """Return the custom fields of contacts, archived ones included, because old templates must keep working."""
    on_contacts = {"person", "company"}
    return [one for one in settings.fields if on_contacts & set(one.on) and _WRITABLE.fullmatch(one.slug)]


def _field(definition: FieldDefinition, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return wording.yes_no(value, language)
    if isinstance(value, int | float):
        return wording.number(value, language)
    if isinstance(value, tuple | list):
        return wording.join([str(one) for one in value], language)
    text = "" if value is None else str(value)
    if text and definition.type is FieldType.DATE:
        # A value that is older than the current definition need not be a date (DIR-8).
        with suppress(ValueError):
            return wording.day(date.fromisoformat(text), language)
    return text


def _first(values: Sequence[object]) -> str:
    return _written(values[0]) if values else ""


def _written(value: object) -> str:
    return value.international if isinstance(value, PhoneNumber) else str(value)


def _client_name(subject: Subject, _: object) -> str:
    client = subject.client
    if isinstance(client, Company):
        return client.name or client.display_name
    return _person_name(subject, client)


def _person_name(subject: Subject, person: object) -> str:
    if isinstance(person, Person):
        return person.display_name_in(str(person.language or subject.language))
    return ""


def _type_name(subject: Subject, _: object) -> str:
    types = subject.settings.types
    slug = types.resolve(subject.client.type)
    return next((one.name for one in types if one.slug == slug), "")


def _categories(subject: Subject, _: object) -> str:
    known = subject.settings.categories
    slugs = dict.fromkeys(known.resolve(slug) for slug in subject.client.categories)
    return subject.join([one.name for slug in slugs for one in known if one.slug == slug])


def _of_client(part: str) -> Callable[[Subject, Any], str]:
    return lambda subject, _: str(getattr(subject.client, part, ""))


def _or_workspace(part: str) -> Callable[[Subject, Any], str]:
    return lambda subject, _: str(getattr(subject.client, part) or getattr(subject.settings, part) or "")


def _billing(read: Callable[[Any, str], str]) -> Callable[[Subject, Any], str]:
    def billing(subject: Subject, _: object) -> str:
        address = subject.client.billing_address
        return "" if address is None else read(address, subject.language)

    return billing


def _of_affiliation(
    read: Callable[[Subject, Affiliation], str], find: Callable[[Subject, Any], Affiliation | None]
) -> Callable[[Subject, Any], str]:
    def of(subject: Subject, element: object) -> str:
        affiliation = find(subject, element)
        return "" if affiliation is None or affiliation.person is None else read(subject, affiliation)

    return of


def _email(_: Subject, one: Affiliation) -> str:
    return str(one.email) if one.email else _first(one.person.emails if one.person else ())


def _phone(_: Subject, one: Affiliation) -> str:
    return _written(one.phone) if one.phone else _first(one.person.phones if one.person else ())


_PERSON: tuple[tuple[str, str, str, Callable[[Subject, Affiliation], str]], ...] = (
    ("name", "text", "Full name", lambda subject, one: _person_name(subject, one.person)),
    ("given_name", "text", "Given name", lambda _, one: one.person.given_name if one.person else ""),
    ("family_name", "text", "Family name", lambda _, one: one.person.family_name if one.person else ""),
    ("position", "text", "Position", lambda _, one: one.position),
    ("department", "text", "Department", lambda _, one: one.department),
    ("email", "email", "E-mail there, else the person's own", _email),
    ("phone", "phone", "Phone there, else the person's own", _phone),
)
"""The variables of a contact person."""


def _signing(subject: Subject) -> list[Affiliation]:
    """Return the first person who may sign alone, or else all persons who sign together."""
    sole = [one for one, grant in subject.representatives if not grant.joint]
    return sole[:1] or [one for one, _ in subject.representatives]


def _kind_of_representation(subject: Subject, _: object) -> str:
    if not subject.representatives:
        return "none"
    return "joint" if all(grant.joint for _, grant in subject.representatives) else "sole"


def _names(subject: Subject, people: Sequence[Affiliation]) -> str:
    return subject.join([_person_name(subject, one.person) for one in people])


SINGLES: tuple[Entry, ...] = (
    Entry("client.name", "text", "The company's name without its division, or the person's full name.", _client_name),
    Entry("client.display_name", "text", "The client's name as lists show it.", _of_client("display_name")),
    Entry("client.kind", "text", "person or company.", _of_client("kind")),
    Entry("client.division", "text", "Division or branch of a company.", _of_client("division")),
    Entry("client.given_name", "text", "Given name of a person.", _of_client("given_name")),
    Entry("client.family_name", "text", "Family name of a person.", _of_client("family_name")),
    Entry("client.email", "email", "The preferred e-mail.", lambda s, _: _first(s.client.emails)),
    Entry("client.emails", "text", "All e-mails.", lambda s, _: ", ".join(map(str, s.client.emails))),
    Entry("client.phone", "phone", "The preferred phone.", lambda s, _: _first(s.client.phones)),
    Entry("client.phones", "text", "All phones.", lambda s, _: ", ".join(map(_written, s.client.phones))),
    Entry("client.website", "url", "The preferred website.", lambda s, _: _first(s.client.websites)),
    Entry("client.currency", "text", "ISO 4217 code, the workspace's by default.", _or_workspace("currency")),
    Entry("client.language", "text", "Language code, the workspace's by default.", _or_workspace("language")),
    Entry("client.type", "text", "The name of the client's type.", _type_name),
    Entry("client.categories", "text", "The names of the client's categories.", _categories),
    Entry("client.tags", "text", "All tags.", lambda s, _: ", ".join(map(str, s.client.tags))),
    Entry("client.description", "long-text", "The description.", _of_client("description")),
    Entry("client.external_id", "text", "The id that another system knows the client by.", _of_client("external_id")),
    Entry(
        "billing_address.lines",
        "long-text",
        "The main billing address as its country writes it, a line each.",
        _billing(lambda address, language: "\n".join(address.lines(language))),
    ),
    Entry(
        "billing_address.line",
        "text",
        "The main billing address on one line.",
        _billing(lambda address, language: ", ".join(address.lines(language))),
    ),
    Entry("billing_address.street", "text", "Street and number.", _billing(lambda address, _: str(address.street))),
    Entry("billing_address.street2", "text", "Building, floor.", _billing(lambda address, _: str(address.street2))),
    Entry("billing_address.city", "text", "Town.", _billing(lambda address, _: str(address.city))),
    Entry("billing_address.region", "text", "State or province.", _billing(lambda address, _: str(address.region))),
    Entry("billing_address.postal_code", "text", "Postal code.", _billing(lambda a, _: str(a.postal_code))),
    Entry("billing_address.po_box", "text", "Post-office box.", _billing(lambda address, _: str(address.po_box))),
    Entry(
        "billing_address.country",
        "text",
        "The country's name in the workspace's language.",
        _billing(wording.country_of),
    ),
    *(
        Entry(
            f"primary.{name}",
            type,
            f"{what} of the primary contact person.",
            _of_affiliation(read, lambda s, _: s.primary),
        )
        for name, type, what, read in _PERSON
    ),
    Entry(
        "representatives.names",
        "text",
        "All who may sign for the client, sole representatives first, in one phrase.",
        lambda s, _: _names(s, [one for one, _grant in s.representatives]),
    ),
    Entry(
        "representation.kind",
        "text",
        "sole when somebody may sign alone, joint when they sign together only, else none.",
        _kind_of_representation,
    ),
    Entry(
        "representation.names",
        "text",
        "Who signs: the first who may sign alone, else all who sign together, in one phrase.",
        lambda s, _: _names(s, _signing(s)),
    ),
    Entry("workspace.name", "text", "The name of the workspace.", lambda s, _: s.workspace),
    Entry("workspace.today", "date", "The day, written out.", lambda s, _: wording.day(s.today, s.language)),
    Entry("workspace.today_iso", "date", "The day as 2026-12-31.", lambda s, _: s.today.isoformat()),
)

SERIES: tuple[Series, ...] = (
    Series(
        "representatives",
        lambda subject: subject.representatives,
        (
            *(
                Entry(name, type, f"{what} of the representative.", _of_affiliation(read, lambda _, pair: pair[0]))
                for name, type, what, read in _PERSON
            ),
            Entry(
                "joint",
                "yes-no",
                "Whether the representative may sign only together with another one.",
                lambda s, pair: wording.yes_no(pair[1].joint, s.language),
            ),
        ),
    ),
)


def _of_statement(read: Callable[[Subject, Statement], str]) -> Callable[[Subject, Any], str]:
    return lambda subject, _: "" if subject.statement is None else read(subject, subject.statement)


def _with_balances(subject: Subject) -> Sequence[tuple[AccountEntry, Money]]:
    """The entries of the statement, each with the balance after it."""
    if subject.statement is None:
        return ()
    balances = accumulate((one.effect for one in subject.statement.entries), initial=subject.statement.opening)
    return [*zip(subject.statement.entries, islice(balances, 1, None), strict=True)]


def _line(subject: Subject, entry: AccountEntry) -> str:
    language = subject.language
    named = " ".join(part for part in (wording.entry_type(entry.type, language), entry.number) if part)
    return ", ".join((wording.day(entry.date, language), named, wording.money(entry.effect, language)))


STATEMENT: tuple[Entry, ...] = (
    Entry(
        "statement.currency", "text", "ISO 4217 code of the statement.", _of_statement(lambda _, one: one.currency.text)
    ),
    Entry(
        "statement.start",
        "date",
        "First day, written out.",
        _of_statement(lambda s, one: wording.day(one.start, s.language)),
    ),
    Entry(
        "statement.end",
        "date",
        "Last day, written out.",
        _of_statement(lambda s, one: wording.day(one.end, s.language)),
    ),
    Entry(
        "statement.opening",
        "money",
        "The balance before the first day.",
        _of_statement(lambda s, one: wording.money(one.opening, s.language)),
    ),
    Entry(
        "statement.closing",
        "money",
        "The balance after the last day.",
        _of_statement(lambda s, one: wording.money(one.closing, s.language)),
    ),
    Entry(
        "statement.lines",
        "long-text",
        "All entries of the period, a line each: date, type and number, change of the balance.",
        _of_statement(lambda s, one: "\n".join(_line(s, entry) for entry in one.entries)),
    ),
)

STATEMENT_ENTRIES = Series(
    "statement.entries",
    _with_balances,
    (
        Entry("date", "date", "Day of the entry, written out.", lambda s, pair: wording.day(pair[0].date, s.language)),
        Entry(
            "type", "text", "Invoice, payment and so on.", lambda s, pair: wording.entry_type(pair[0].type, s.language)
        ),
        Entry("number", "text", "Number on the paper.", lambda _, pair: pair[0].number),
        Entry("text", "long-text", "What the entry is for.", lambda _, pair: pair[0].text),
        Entry("item", "text", "Name of the item.", lambda _, pair: pair[0].item_name),
        Entry(
            "due",
            "date",
            "Day when it is due, written out.",
            lambda s, pair: wording.day(pair[0].due, s.language) if pair[0].due else "",
        ),
        Entry("amount", "money", "Change of the balance.", lambda s, pair: wording.money(pair[0].effect, s.language)),
        Entry("balance", "money", "Balance after the entry.", lambda s, pair: wording.money(pair[1], s.language)),
    ),
)
