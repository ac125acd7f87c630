"""The catalogue of variables: what a document may say of a client, each with its type and how it is read.

The catalogue is data: a new group of variables is a line in `SINGLES` for each of them, or a `Series` for what a client
has any number of. What is listed and what is filled in come from the same lines, so they cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import attrs

from contactcore.formats.documents import wording
from contactcore.model import Affiliation, Authority, Company, Contact, FieldDefinition, FieldType, Person, Settings
from contactcore.values import PhoneNumber

__all__ = ["SERIES", "SINGLES", "Entry", "Series", "Subject", "Values", "Variable", "values_of", "variables"]

_INDEX = re.compile(r"\[[1-9]\d*\]")
_WRITABLE = re.compile(r"[\w-]{1,100}")


@attrs.frozen
class Variable:
    """Something that a document can say.

    Attributes:
        name: As it stands in a template: `client.name`. Where it has `[n]`, write a number that counts from 1:
            `representatives[1].name`.
        type: `text`, `long-text` (of several lines), `date`, `email`, `phone`, `url`, `yes-no`, or the type of the
            custom field. What is filled in is always text, written in the workspace's language.
        description: What it says, for people who write templates.
    """

    name: str
    type: str
    description: str


@attrs.frozen(kw_only=True)
class Subject:
    """What a document is about: everything that its variables are read from, and nothing else.

    Attributes:
        client: The contact.
        affiliations: Its contact persons, each with its `person`; those that the reader of the document may know of.
        representatives: Who may sign, in sequence, each with the grant (`contactcore.rules.authorities`).
        settings: Of the workspace.
        workspace: Its name.
        today: The day of the document.
    """

    client: Contact
    affiliations: tuple[Affiliation, ...] = ()
    representatives: tuple[tuple[Affiliation, Authority], ...] = ()
    settings: Settings
    workspace: str = ""
    today: date

    @property
    def language(self) -> str:
        """The language that the document is written in."""
        return self.settings.language.text

    @property
    def primary(self) -> Affiliation | None:
        """The primary contact person."""
        return next((one for one in self.affiliations if one.primary), None)

    def join(self, parts: Sequence[object]) -> str:
        """The parts as one phrase."""
        return wording.join([str(part) for part in parts], self.language)


@attrs.frozen
class Entry:
    """A variable of the catalogue and how it is read from a subject, and from its own element in a series."""

    name: str
    type: str
    description: str
    read: Callable[[Subject, Any], str]


@attrs.frozen
class Series:
    """Variables of what a client has any number of; the elements stand in a deterministic order."""

    prefix: str
    elements: Callable[[Subject], Sequence[Any]]
    entries: tuple[Entry, ...]


@attrs.frozen
class Values:
    """The variables that there are, and what each says of one client.

    Attributes:
        variables: The catalogue.
        texts: By name, without the empty ones.
    """

    variables: tuple[Variable, ...]
    texts: Mapping[str, str]

    def find(self, name: str) -> Variable | None:
        """The variable that a name in a template means, or None.

        >>> name = Variable("representatives[n].name", "text", "Full name.")
        >>> Values((name,), {}).find("representatives[2].name") == name
        True
        """
        general = _INDEX.sub("[n]", name)
        return next((one for one in self.variables if one.name == general and "[n]" not in name), None)


def variables(settings: Settings) -> tuple[Variable, ...]:
    """All variables that a template of a workspace may use, in the sequence of the catalogue (PER-6).

    >>> [one.name for one in variables(Settings())][:2]
    ['client.name', 'client.display_name']
    """
    single = [Variable(one.name, one.type, one.description) for one in SINGLES]
    for series in SERIES:
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
) -> Values:
    """What every variable says of a client (PER-6).

    Args:
        client: The contact.
        affiliations: Its contact persons, each with its `person`, the primary one marked.
        settings: Of the workspace.
        today: The day of the document.
        representatives: What `contactcore.rules.authorities.representatives` found.
        workspace: Its name.

    >>> values_of(Company("Bois & Fils"), (), Settings(), date(2026, 3, 5)).texts["client.name"]
    'Bois & Fils'
    """
    subject = Subject(
        client=client,
        affiliations=tuple(one for one in affiliations if one.person is not None),
        representatives=tuple(pair for pair in representatives if pair[0].person is not None),
        settings=settings,
        workspace=workspace,
        today=today,
    )
    texts = {one.name: one.read(subject, None) for one in SINGLES}
    for series in SERIES:
        for number, element in enumerate(series.elements(subject), 1):
            texts |= {f"{series.prefix}[{number}].{one.name}": one.read(subject, element) for one in series.entries}
    for definition in _fields(settings):
        texts[f"fields.{definition.slug}"] = _field(definition, client.fields.get(definition.slug), subject.language)
    return Values(variables(settings), {name: text for name, text in texts.items() if text})


def _fields(settings: Settings) -> list[FieldDefinition]:
    """Custom fields of contacts, archived ones included: what stands in an old template must not stop working."""
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
        # What was held before the definition was changed stays readable (DIR-8).
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
"""What is said of a contact person, wherever one appears."""


def _signing(subject: Subject) -> list[Affiliation]:
    """The first who may sign alone, else all who may sign together."""
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
