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

from __future__ import annotations

from contactcore.lazy_names import lazy_names

# The typing module would cost more than all the rest of this file; type checkers know the name.
TYPE_CHECKING = False

if TYPE_CHECKING:
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
    from contactcore.formats.plain import from_plain, to_plain
    from contactcore.messages import MESSAGE_LANGUAGES
    from contactcore.model import (
        AccessPolicy,
        AccountEntry,
        Affiliation,
        Authority,
        Company,
        Contact,
        Form,
        FormField,
        Interaction,
        Item,
        ItemRole,
        LinkedFile,
        PaymentMethod,
        Person,
        Picture,
        PortalUser,
        Settings,
        Site,
        User,
    )
    from contactcore.model.attachment import Attachment
    from contactcore.model.bulk_act import BulkAct
    from contactcore.model.consent import Consent
    from contactcore.model.mailbox import Recipient
    from contactcore.model.picture_candidate import PictureCandidate
    from contactcore.model.privacy import Retention
    from contactcore.values import (
        Address,
        Currency,
        EmailAddress,
        Language,
        Money,
        PartialDate,
        PersonName,
        PhoneNumber,
        SocialProfile,
        Tag,
        Website,
    )
    from contactcore.wording import label_of, message_of
    from contactcore.workspace import Host, Workspace

__all__ = [
    "MESSAGE_LANGUAGES",
    "AccessPolicy",
    "AccountEntry",
    "Address",
    "Affiliation",
    "Attachment",
    "Authority",
    "BulkAct",
    "Company",
    "Conflict",
    "Consent",
    "Contact",
    "ContactCoreError",
    "Currency",
    "Duplicate",
    "EmailAddress",
    "Forbidden",
    "Form",
    "FormField",
    "Host",
    "Interaction",
    "Invalid",
    "Item",
    "ItemRole",
    "Language",
    "LinkedFile",
    "Money",
    "NotFound",
    "PartialDate",
    "PaymentMethod",
    "Person",
    "PersonName",
    "PhoneNumber",
    "Picture",
    "PictureCandidate",
    "PortalUser",
    "Problem",
    "Recipient",
    "Retention",
    "Settings",
    "Site",
    "SocialProfile",
    "StorageError",
    "Tag",
    "User",
    "Website",
    "Workspace",
    "from_plain",
    "label_of",
    "message_of",
    "to_plain",
]

_HOMES = {
    "contactcore.errors": "Conflict ContactCoreError Duplicate Forbidden Invalid NotFound Problem StorageError",
    "contactcore.formats.plain": "from_plain to_plain",
    "contactcore.messages": "MESSAGE_LANGUAGES",
    "contactcore.wording": "label_of message_of",
    "contactcore.model": "AccessPolicy AccountEntry Affiliation Authority Company Contact Form FormField Interaction "
    "Item ItemRole LinkedFile PaymentMethod Person Picture PortalUser Settings Site User",
    "contactcore.model.attachment": "Attachment",
    "contactcore.model.bulk_act": "BulkAct",
    "contactcore.model.consent": "Consent",
    "contactcore.model.mailbox": "Recipient",
    "contactcore.model.picture_candidate": "PictureCandidate",
    "contactcore.model.privacy": "Retention",
    "contactcore.values": "Address Currency EmailAddress Language Money PartialDate PersonName "
    "PhoneNumber SocialProfile Tag Website",
    "contactcore.workspace": "Host Workspace",
}

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
