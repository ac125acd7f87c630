"""The texts that the name of a contact consists of: one table for entities, files, search and storage.

A new text needs a line here and a field in its entity. A text of a file (a column, `Draft`) is named by its `part`.
"""

from __future__ import annotations

import attrs

from contactcore.frozen import frozen

__all__ = ["COMPANY_NAME_FIELDS", "PERSON_NAME_FIELDS", "NameField"]


@frozen
class NameField:
    """One text of a name.

    Attributes:
        attribute: Its field in the entity (`"given_name"`).
        part: Its field in a draft and in the mapping of a file (`"given"`).
        label: Its English name, the header of its column in our exports (`"First name"`).
        suffices: Whether this text alone is a name.
        searched: Whether search finds the contact by its words.
        plain: Whether it does not change how the given and the family name are shown (`Person.plain_names`).
    """

    attribute: str
    part: str
    label: str
    suffices: bool = attrs.field(default=False, kw_only=True)
    searched: bool = attrs.field(default=False, kw_only=True)
    plain: bool = attrs.field(default=False, kw_only=True)


PERSON_NAME_FIELDS = (
    NameField("prefix", "prefix", "Name prefix"),
    NameField("given_name", "given", "First name", suffices=True, searched=True, plain=True),
    NameField("middle_name", "middle", "Middle name", suffices=True, searched=True),
    NameField("family_name", "family", "Last name", suffices=True, searched=True, plain=True),
    NameField("suffix", "suffix", "Name suffix"),
    NameField("nickname", "nickname", "Nickname", suffices=True, searched=True, plain=True),
    NameField("full_name", "full_name", "Full name", suffices=True, searched=True),
    NameField("phonetic_given_name", "phonetic_given", "Phonetic first name", searched=True, plain=True),
    NameField("phonetic_family_name", "phonetic_family", "Phonetic last name", searched=True, plain=True),
)
"""The texts of a person's name, in the order in which a name is written."""

COMPANY_NAME_FIELDS = (
    NameField("name", "company", "Company", suffices=True, searched=True, plain=True),
    NameField("division", "department", "Department", suffices=True, searched=True, plain=True),
)
"""The texts of a company's name."""
