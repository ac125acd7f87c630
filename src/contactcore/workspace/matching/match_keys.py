"""Match keys: two contacts with a common key may be the same one (IMP-2).

- By e-mail: a contact of the same kind (person or company) with one of the row's addresses, whatever its name. A row
  without a name matches either kind.
- Else by phone: a contact of the same kind with one of the row's numbers and the same name, or with no name on one
  side. Many people share a switchboard, therefore a number alone never matches two names.
- Else by name: a company of that name. A person of that name whose employer has the name of the row's company, unless
  both have e-mail addresses (and no common one).
"""

from __future__ import annotations

from collections.abc import Iterable

from contactcore.formats.contact_rows.mapped_row import MappedRow
from contactcore.mapping.indexed_names import folded, name_in
from contactcore.model import Company, Person

__all__ = ["company_key", "employee_key", "lookup_keys", "match_keys", "match_name"]


def company_key(name: str) -> str:
    """The key of a company by its name."""
    return f"c:{folded(name)}"


def employee_key(name: str, company: str, *, has_email: bool) -> str:
    """The key of a person by name and employer.

    Args:
        name: The name of the person, as `match_name` returns it.
        company: The name of the employer, folded.
        has_email: Whether the person has an e-mail address.
    """
    return f"a{'+' if has_email else '-'}:{name}|{company}"


def match_name(contact: Person | Company, language: str) -> str:
    """The name of a contact in the form that names are compared in; `""` where an e-mail or a phone replaces it."""
    shown = name_in(contact, language)
    emails, phones = contact.emails, contact.phones
    if (emails and shown == emails[0].text) or (phones and shown == str(phones[0])):
        return ""
    return folded(shown)


def match_keys(contact: Person | Company, name: str, employers: Iterable[str] = ()) -> list[str]:
    """The keys under which later rows find a contact.

    Args:
        contact: A person or a company.
        name: Its name, as `match_name` returns it.
        employers: The names of a person's employers.
    """
    kind = contact.kind
    keys = [f"e:{kind}:{email.key}" for email in contact.emails]
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
    """The keys by which a row finds its contact, the surest first, each with its description (`"email"`, ...).

    Args:
        row: The row.
        name: The name of its contact, as `match_name` returns it.
    """
    contact = row.contact
    if contact is None:
        return []
    own = contact.kind
    kinds = (own,) if name else (own, "company" if own == "person" else "person")
    keys = [(f"e:{kind}:{email.key}", "email") for kind in kinds for email in contact.emails]
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
