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

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.mapping.indexed_names import folded, name_in
from contactcore.model import Company, Person

__all__ = ["company_key", "employee_key", "lookup_keys", "match_keys", "match_name"]


def company_key(name: str) -> str:
    """The match key of a company by its name.

    Args:
        name: The display name of the company.

    >>> company_key("Bois  & Fils")
    'c:bois & fils'
    """
    return f"c:{folded(name)}"


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


def match_keys(contact: Person | Company, name: str, employers: Iterable[str] = ()) -> list[str]:
    """The match keys of a contact that a row created or changed; later rows find it by them.

    Args:
        contact: A person or a company.
        name: Its name, as `match_name` returns it.
        employers: The names of a person's employers; `()` by default.
    """
    kind = contact.kind
    keys: list[str] = []
    for email in contact.emails:
        address = f"e:{kind}:{email.key}"
        keys += (f"{address}|{name}", address)
    for phone in contact.phones:
        number = f"p:{kind}:{phone}"
        keys.append(f"{number}|{name}")
        if name:
            keys.append(number)
    if not name:
        return keys
    if kind == "company":
        keys.append(f"c:{name}")
    else:
        has_email = bool(contact.emails)
        keys += [employee_key(name, folded(employer), has_email=has_email) for employer in employers]
    return keys


def lookup_keys(row: MappedRow, name: str) -> list[tuple[str, str]]:
    """The match keys by which a row looks up its contact, the most reliable first.

    Args:
        row: The row.
        name: The name of its contact, as `match_name` returns it.

    Returns:
        Pairs of a key and its description for the report: `"email"`, `"phone"`, `"name"` or `"name and company"`.
    """
    contact = row.contact
    if contact is None:
        return []
    own = contact.kind
    kinds = (own,) if name else (own, "company" if own == "person" else "person")
    keys: list[tuple[str, str]] = []
    for kind in kinds:
        addresses = [f"e:{kind}:{email.key}" for email in contact.emails]
        if name:
            keys += [(f"{address}|{name}", "email") for address in addresses]
        keys += [(address, "email") for address in addresses]
    for kind in kinds:
        for phone in contact.phones:
            number = f"p:{kind}:{phone}"
            keys.append((f"{number}|{name}", "phone"))
            keys.append((f"{number}|" if name else number, "phone"))
    if name and own == "company":
        keys.append((f"c:{name}", "name"))
    elif name and row.employers:
        company = folded(row.employers[0].name)
        keys.append((employee_key(name, company, has_email=False), "name and company"))
        if not contact.emails:
            keys.append((employee_key(name, company, has_email=True), "name and company"))
    return keys
