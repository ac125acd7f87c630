"""Former terms: the terms by which a deleted contact is found when somebody adds the same contact again."""

from __future__ import annotations

from collections.abc import Mapping

from contactcore.mapping.index_keys import term
from contactcore.mapping.indexed_names import folded
from contactcore.model import Contact

__all__ = ["former_terms"]


def former_terms(contact: Contact, display_name: str) -> Mapping[str, str]:
    """The terms of a contact in the trash -> what they stand for: `"email"`, `"phone"` or `"name"`.

    The words of a name are sorted, so that the order of the family name, which the language decides, does not matter.

    Args:
        contact: The contact, whose phone numbers are read.
        display_name: Its display name. An e-mail address or a phone number in its place is no name.

    >>> from contactcore.model import Person
    >>> former_terms(Person("Jo", "Doe", emails=["jo@x.fr"]), "Jo Doe")
    {'was:email:jo@x.fr': 'email', 'was:named:doe jo': 'name'}
    """
    phones = [str(phone) for phone in contact.phones]
    found = {term("was", f"email:{email.key}"): "email" for email in contact.emails}
    found |= {term("was", f"phone:{phone}"): "phone" for phone in phones}
    if display_name not in (*(email.text for email in contact.emails[:1]), *phones[:1]):
        words = " ".join(sorted(folded(display_name).split()))
        if words:
            found[term("was", f"named:{words}")] = "name"
    return found
