"""People and companies done right: entities, rules and storage for every business application.

>>> from contactcore import Company, Person, User, Workspace
>>> from contactcore_memory import MemoryStorage
>>> workspace = Workspace(MemoryStorage(), name="acme")
>>> amelie = User("amelie")
>>> with workspace.write(amelie) as session:
...     client = session.contacts.add(Company("Bois & Fils", emails=["office@bois.fr"]))
...     jane = session.people.add(client, Person("Jane", "Doe"), position="CFO")
>>> jane.primary
True
"""

from contactcore.errors import (
    Conflict,
    ContactCoreError,
    Duplicate,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    StorageError,
)
from contactcore.model import AccessPolicy, Affiliation, Company, Contact, Person, Settings, User
from contactcore.values import (
    Address,
    Currency,
    EmailAddress,
    Language,
    PartialDate,
    PersonName,
    PhoneNumber,
    SocialProfile,
    Tag,
    Website,
)
from contactcore.workspace import Workspace

__all__ = [
    "AccessPolicy",
    "Address",
    "Affiliation",
    "Company",
    "Conflict",
    "Contact",
    "ContactCoreError",
    "Currency",
    "Duplicate",
    "EmailAddress",
    "Forbidden",
    "Invalid",
    "Language",
    "NotFound",
    "PartialDate",
    "Person",
    "PersonName",
    "PhoneNumber",
    "Problem",
    "Settings",
    "SocialProfile",
    "StorageError",
    "Tag",
    "User",
    "Website",
    "Workspace",
]
