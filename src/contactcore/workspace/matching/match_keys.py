"""Match keys: two contacts with a common match key count as the same contact (IMP-2).

- By e-mail address: a contact of the same kind (person or company) that has an address of the row and the same name;
  else the first one with the address, if their names do not contradict each other (`names_agree`). A row without a name
  matches both kinds.
- Else by phone number: a contact of the same kind that has a number of the row and the same name, or a contact without
  a name. Many people share the number of a switchboard, so a number alone never matches two different names.
- Else by name: a company with the name, or a person with the name whose employer has the name of the row's company. A
  stored person and a row that both have e-mail addresses, and none in common, are different persons.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from contactcore.formats.contact_rows.mapped_row import PlainContact
from contactcore.mapping.indexed_names import folded, name_in, shown_name_in
from contactcore.model import Company, Person
from contactcore.values.email import email_key

__all__ = [
    "ContactKeys",
    "company_key",
    "contact_keys",
    "employee_key",
    "firm_key",
    "has_key",
    "key_kind",
    "lookup_keys",
    "match_keys",
    "match_name",
    "plain_keys",
]

_KINDS = {"i": "id", "e": "email", "p": "phone", "c": "name", "a": "name and company"}


def company_key(name: str) -> str:
    """The match key of a company by its name.

    Args:
        name: The display name of the company.

    >>> company_key("Bois  & Fils")
    'c:bois & fils'
    """
    return f"c:{folded(name)}"


def firm_key(name: str) -> str:
    """The key by which rows find a company with a division by its name alone. It is no match key.

    Args:
        name: The name of the company, without its division.

    >>> firm_key("Bois  & Fils")
    'f:bois & fils'
    """
    return f"f:{folded(name)}"


def employee_key(name: str, company: str, *, has_email: bool) -> str:
    """The match key of a person by name and employer.

    Args:
        name: The name of the person, as `match_name` returns it.
        company: The name of the employer, folded.
        has_email: Whether the person has an e-mail address.

    >>> employee_key("jo doe", "bois & fils", has_email=False)
    'a-:jo doe|bois & fils'
    """
    return f"a{'+' if has_email else '-'}:{name}|{company}"


def match_name(contact: Person | Company, language: str) -> str:
    """The name of a contact in the form for comparisons; `""` for a contact that has no name of its own.

    Args:
        contact: A person or a company. The display name of a contact without a name is an e-mail address or a phone
            number.
        language: The language of the workspace, a BCP 47 tag.

    >>> match_name(Person("Zoë", "Doe"), "en"), match_name(Person(emails=["zoe@example.org"]), "en")
    ('zoe doe', '')
    """
    shown = name_in(contact, language)
    emails, phones = contact.emails, contact.phones
    if (emails and shown == emails[0].text) or (phones and shown == str(phones[0])):
        return ""
    return folded(shown)


class ContactKeys(NamedTuple):
    """What the match keys of a contact are made of; it is computed once for each row.

    Attributes:
        kind: `"person"` or `"company"`.
        name: The name, as `match_name` returns it.
        emails: The keys of the e-mail addresses.
        phones: The phone numbers as text.
        employers: The names of a person's employers, folded; `""` for one of which the file gives the id alone.
        lookup, match: The keys of `lookup_keys` and `match_keys`, if another process has made them; else None.
    """

    kind: str
    name: str
    emails: list[str]
    phones: list[str]
    employers: list[str]
    lookup: list[str] | None = None
    match: list[str] | None = None


def contact_keys(contact: Person | Company, language: str, employers: Iterable[str] = ()) -> ContactKeys:
    """What the match keys of a contact are made of.

    Args:
        contact: A person or a company.
        language: The language of the workspace, a BCP 47 tag.
        employers: The names of a person's employers; `()` by default.
    """
    return ContactKeys(
        contact.kind,
        match_name(contact, language),
        [email.key for email in contact.emails],
        [str(phone) for phone in contact.phones],
        [folded(employer) for employer in employers],
    )


def plain_keys(plain: PlainContact, language: str, employers: Iterable[str]) -> ContactKeys:
    """What the match keys of the contact of a plain row are made of, as `contact_keys` returns it.

    Args:
        plain: The contact.
        language: The language of the workspace, a BCP 47 tag.
        employers: The names of a person's employers.
    """
    body = plain.body
    shown = shown_name_in(body, language)
    if shown is None:
        return contact_keys(plain.contact, language, employers)
    emails = [email["text"] for email in body["emails"]] if "emails" in body else []
    phones = [phone["number"] for phone in body["phones"]] if "phones" in body else []
    name = "" if shown in emails[:1] or shown in phones[:1] else folded(shown)
    return ContactKeys(body["kind"], name, [email_key(text) for text in emails], phones, [*map(folded, employers)])


def match_keys(of: ContactKeys) -> list[str]:
    """The match keys of a contact that a row created or changed; later rows find it by them.

    Args:
        of: What the keys are made of.
    """
    if of.match is not None:
        return of.match
    kind, name, emails, phones, employers = of[:5]
    keys: list[str] = []
    for email in emails:
        address = f"e:{kind}:{email}"
        keys += (f"{address}|{name}", address)
    for phone in phones:
        number = f"p:{kind}:{phone}"
        keys.append(f"{number}|{name}")
        if name:
            keys.append(number)
    if not name:
        return keys
    if kind == "company":
        keys.append(f"c:{name}")
    else:
        keys += [employee_key(name, employer, has_email=bool(emails)) for employer in employers if employer]
    return keys


def has_key(contact: Person | Company, key: str, language: str) -> bool:
    """Whether a contact that had a match key has it after its changes.

    Args:
        contact: The contact with the changes.
        key: A match key that it had, or another key; no change takes those away.
        language: The language of the workspace, a BCP 47 tag.

    >>> has_key(Company("Bois"), "c:bois", "en"), has_key(Company("Bois"), "c:boix", "en")
    (True, False)
    """
    if key[0] == "a":
        # People never lose employers by a file.
        return key.startswith(employee_key(match_name(contact, language), "", has_email=bool(contact.emails)))
    return key[0] not in "epc" or key in match_keys(contact_keys(contact, language))


def lookup_keys(of: ContactKeys) -> list[str]:
    """The match keys by which a row looks up its contact, the most reliable first.

    Args:
        of: What the keys are made of.
    """
    if of.lookup is not None:
        return of.lookup
    own, name, emails, phones, employers = of[:5]
    kinds = (own,) if name else (own, "company" if own == "person" else "person")
    keys: list[str] = []
    for kind in kinds:
        addresses = [f"e:{kind}:{email}" for email in emails]
        if name:
            keys += [f"{address}|{name}" for address in addresses]
        keys += addresses
    for kind in kinds:
        for phone in phones:
            number = f"p:{kind}:{phone}"
            keys += (f"{number}|{name}", f"{number}|" if name else number)
    if name and own == "company":
        keys.append(f"c:{name}")
    elif name and employers and employers[0]:
        keys.append(employee_key(name, employers[0], has_email=False))
        if not emails:
            keys.append(employee_key(name, employers[0], has_email=True))
    return keys


def key_kind(key: str) -> str:
    """The description of a match key for the report.

    Args:
        key: One of `lookup_keys`, or `i:` and an id.

    >>> key_kind("c:bois & fils"), key_kind("e:person:jo@bois.fr")
    ('name', 'email')
    """
    return _KINDS[key[0]]
