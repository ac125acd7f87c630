"""Reading what a visitor sent: the values of a contact, and the problems of each field by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.errors import Invalid, Problem, shorten
from contactcore.formats.forms.asked import AskedField
from contactcore.frozen import frozen
from contactcore.model import Affiliation, Company, Person
from contactcore.model.form import OF_PERSON
from contactcore.values import Address, EmailAddress, PartialDate, PhoneNumber, Website
from contactcore.values.country import read_country
from contactcore.values.texts import clean_line, clean_text
from contactcore.values.written_dates import day_first_of, read_date

__all__ = [
    "ADDRESS_FIELDS",
    "CONSENT",
    "LARGEST_POST",
    "TOKEN",
    "TRAP",
    "Posted",
    "ReadFields",
    "address_from",
    "contact_from",
    "contact_person_from",
    "posted",
    "read_fields",
    "size_of",
]

TOKEN, TRAP, CONSENT = "cc_token", "cc_more", "cc_consent"
"""The names of the fields of every page: the signed facts, the field that only robots fill in, and the consent."""

LARGEST_POST = 50_000
"""The maximum number of characters in all fields of a submission together."""

_MOST_VALUES = 500
_LONGEST_MESSAGE = 20_000
ADDRESS_FIELDS = ("street", "street2", "postal_code", "city", "region", "country")
"""The fields that make one postal address."""

_NAMES = ("prefix", "given_name", "family_name", "name", "division")


@frozen
class Posted:
    """The fields that came.

    Attributes:
        values: The text of each field, or its texts, by name; without the fields of the page itself.
        token: The signed facts as they came.
        trapped: Whether the field for robots is filled in.
        agreed: Whether the visitor agreed to the wording of the consent.
        problems: The problems of fields with values of a wrong type.
    """

    values: Mapping[str, str | tuple[str, ...]]
    token: str
    trapped: bool
    agreed: bool
    problems: tuple[Problem, ...] = ()


def size_of(fields: Mapping[Any, Any]) -> int:
    """The number of characters that came, names included; more than `LARGEST_POST` for too many fields.

    >>> size_of({"name": "Jo", "colours": ["red", "blue"]})
    20
    """
    if len(fields) > _MOST_VALUES:
        return LARGEST_POST + 1
    size = 0
    for name, value in fields.items():
        texts = value if isinstance(value, list | tuple) else (value,)
        if len(texts) > _MOST_VALUES:
            return LARGEST_POST + 1
        size += sum(len(text) for text in (name, *texts) if isinstance(text, str | bytes))
    return size


def posted(fields: Mapping[Any, Any]) -> Posted:
    """The fields that came, apart from those of the page.

    Args:
        fields: The fields by name, each a text or a list of texts. Of the fields of the page, the last value counts.
    """
    values: dict[str, str | tuple[str, ...]] = {}
    own: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in fields.items():
        texts = tuple(value) if isinstance(value, list | tuple) else (value,)
        if not isinstance(name, str) or not all(isinstance(text, str) for text in texts):
            path = name[:100] if isinstance(name, str) else shorten(name)
            problems.append(Problem("text-type", path, "Give the fields of a form as texts.", shorten(value)))
        elif name in {TOKEN, TRAP, CONSENT}:
            own[name] = "".join(texts) if name == TRAP else (texts or ("",))[-1]
        else:
            # Parsers of query strings give a list for every field.
            values[name] = texts if len(texts) > 1 else "".join(texts)
    return Posted(values, own.get(TOKEN, ""), bool(own.get(TRAP)), bool(own.get(CONSENT)), tuple(problems))


@frozen
class ReadFields:
    """The fields that were read.

    Attributes:
        values: The values by the names of the fields; empty ones are left out.
        came: The texts as they came, by the names of the fields that the page asked for; empty ones are left out.
        problems: The problems, with the names of the fields as paths.
    """

    values: Mapping[str, Any]
    came: Mapping[str, str | tuple[str, ...]]
    problems: tuple[Problem, ...]


def read_fields(
    asked: Iterable[AskedField],
    values: Mapping[str, str | tuple[str, ...]],
    *,
    country: str,
    language: str,
) -> ReadFields:
    """Read the fields of a page; dates, numbers and answers as people of the page's language write them.

    Args:
        asked: The fields that the page asks for.
        values: The texts by name.
        country: The country of the workspace, for national phone numbers; `""` for none.
        language: The language of the page.
    """
    fields = {one.name: one for one in asked}
    read: dict[str, Any] = {}
    came: dict[str, str | tuple[str, ...]] = {}
    problems = [
        Problem("form-field-unknown", name[:100], "The form has no such field: leave it out.", shorten(value))
        for name, value in values.items()
        if name not in fields
    ]
    countries = (_country_of(values.get("country", "")), country)
    for name, field in fields.items():
        text = values.get(name, "")
        try:
            found = _read(field, text, tuple(filter(None, countries)), language)
        except Invalid as error:
            problems.extend(attrs.evolve(problem, path=name) for problem in error.problems)
            continue
        if found in ("", (), None):
            if field.required:
                problems.append(Problem("field-required", name, "Fill in this field."))
            continue
        read[name], came[name] = found, text
    return ReadFields(read, came, tuple(problems))


def _country_of(text: str | tuple[str, ...]) -> str:
    return (isinstance(text, str) and len(text) <= 100 and text.isprintable() and read_country(text)) or ""


def _read(field: AskedField, text: str | tuple[str, ...], countries: tuple[str, ...], language: str) -> Any:
    """The value of a field; empty if nothing was typed or chosen."""
    if field.typed == "choices":
        chosen = (text,) if isinstance(text, str) else text
        wanted = [one for one in chosen if one.strip()]
        return field.definition.read(wanted) if field.definition is not None and wanted else ()
    if not isinstance(text, str):
        if len(text) > 1:
            raise Invalid("text-type", "Give one text for this field.", value=shorten(text))
        text = "".join(text)
    line = clean_text(text, limit=_LONGEST_MESSAGE) if field.typed == "text" else clean_line(text)
    if not line:
        return ""
    country = next(iter(countries), None)
    if field.definition is not None:
        if field.typed == "phone":
            return str(PhoneNumber.parse_in(line, countries))
        return field.definition.read(line, country, language)
    return _built_in(field, line, countries, language)


def _built_in(field: AskedField, line: str, countries: tuple[str, ...], language: str) -> Any:
    match field.typed:
        case "email":
            return EmailAddress(line)
        case "phone":
            return PhoneNumber.parse_in(line, countries)
        case "url":
            return Website(line)
        case "date":
            written = read_date(line, day_first=day_first_of(language, next(iter(countries), None)))[0]
            return PartialDate.parse(written or line)
    return line


def contact_from(makes: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], type[Person | Company]]:
    """The fields of a contact, and its class, from the values that were read.

    Args:
        makes: `"person"` or `"company"`.
        values: The values of `ReadFields`.

    Raises:
        Invalid: The parts of the address make none.

    >>> contact_from("company", {"name": "Bois", "city": "Lyon", "fields.size": 5})[0]["name"]
    'Bois'
    """
    made: dict[str, Any] = {name: values[name] for name in (*_NAMES, "birthday") if name in values}
    for name, many in (("email", "emails"), ("phone", "phones"), ("website", "websites")):
        if name in values:
            made[many] = (values[name],)
    address = address_from(values)
    if address is not None:
        made["addresses"] = (address,)
    custom = dict(_custom(values))
    if custom:
        made["fields"] = custom
    return made, Person if makes == "person" else Company


def contact_person_from(values: Mapping[str, Any]) -> Affiliation | None:
    """The contact person of a company in the values that were read: a new affiliation with its person; None for none.

    Args:
        values: The values of `ReadFields`.

    >>> contact_person_from({"name": "Bois", "person.given_name": "Jo", "person.position": "CFO"}).person.given_name
    'Jo'
    """
    own = {name.removeprefix(OF_PERSON): value for name, value in values.items() if name.startswith(OF_PERSON)}
    if not own:
        return None
    position = own.pop("position", "")
    made, _ = contact_from("person", own)
    return Affiliation(person=Person(**made, source="form"), position=position)


def address_from(values: Mapping[str, Any]) -> Address | None:
    """The postal address in the values that were read; None for none."""
    parts = {name: values[name] for name in ADDRESS_FIELDS if name in values}
    return Address(**parts) if parts else None


def _custom(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if name.startswith("fields."):
            yield name.removeprefix("fields."), value
