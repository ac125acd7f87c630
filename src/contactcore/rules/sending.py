"""Whether a queued message may still be sent: decided at the moment of sending, from the facts of that moment (NOT-8).

A message is queued for a reason, which it keeps as its `Grounds`. Before it is sent, the same rules that chose its
recipient judge these grounds again. A message whose grounds no longer hold is withdrawn, with a code and a reason. A
message is never sent to another address or another person instead: a wrong recipient is worse than a reported gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import attrs

from contactcore.frozen import frozen
from contactcore.model.affiliation import Affiliation
from contactcore.model.contact import Contact
from contactcore.model.item import Item
from contactcore.model.mailbox import Mailbox
from contactcore.model.message import Grounds, Message
from contactcore.model.person import Person
from contactcore.model.portal import Credential, PortalLogin
from contactcore.rules.item_recipients import role_code
from contactcore.rules.recipients import MailingPolicy, describe, preferred_address, reason_code, unreachable_code
from contactcore.rules.redelivery import DELAYS
from contactcore.values import EmailAddress
from contactcore.wording import message_of

__all__ = ["REQUEUED_WITHIN", "SendingFacts", "Withdrawal", "withdrawal_of"]

REQUEUED_WITHIN = sum(DELAYS, timedelta())
"""The time in which a restored contact brings back its letters: as long as a message is tried."""


@frozen
class Withdrawal:
    """The reason why a message is withdrawn in place of being sent.

    Attributes:
        code: `"in-trash"`, `"purged"`, `"not-affiliated"`, `"inactive"`, `"past"`, `"not-yet"`, `"no-email"`,
            `"preference-off"`, `"no-permission"`, `"topic-not-for-this"`, `"fall-back-off"`, `"not-primary"`,
            `"address-changed"`, `"template-off"`, `"link-dead"`, `"login-not-active"`, `"no-client"`,
            `"not-responsible"`, `"import-undone"` or `"act-undone"`. For a notice about an item also `"item-in-trash"`,
            `"item-purged"`, `"item-moved"`, `"role-removed"` or `"role-without-topic"`. `"restricted"` and
            `"no-consent"` and `"bounced"` as in `Explanation`; `"erased"` for a letter to somebody who was erased.
        message: The reason as an English sentence, without personal data.
    """

    code: str
    message: str

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.code, language, default=self.message)


_BY_PRIMARY = ("fall-back-primary", "owner-primary", "role-primary")
_MESSAGES = {
    "in-trash": "The contact that it is about is in the trash.",
    "purged": "The contact that it is about was removed for good.",
    "not-affiliated": "The person is no contact person of the client any more.",
    "fall-back-off": "This topic has no such fall-back any more.",
    "not-primary": "The person is not the primary contact person any more.",
    "address-changed": "The recipient has another address now.",
    "template-off": "Letters of this template are switched off.",
    "link-dead": "The link in it is not valid any more.",
    "login-not-active": "The login is not active.",
    "no-client": "The login belongs to nobody who acts for a client.",
    "not-responsible": "The user is not responsible for the contact any more.",
    "import-undone": "The import was undone.",
    "item-in-trash": "The item that it is about is in the trash.",
    "item-purged": "The item that it is about was removed for good.",
    "item-moved": "The item that it is about belongs to another contact now.",
    "role-removed": "The recipient is not responsible for the item any more.",
    "role-without-topic": "No role of the recipient for the item gets these notices any more.",
    "act-undone": "The bulk act was undone.",
}


@frozen(kw_only=True)
class SendingFacts:
    """The facts about a message at the moment of sending.

    Attributes:
        on: Today, in the workspace.
        now: The time, ISO 8601 in UTC.
        contacts: Contacts of the message by id, in the trash or not; an id without an entry was purged.
        in_trash: Ids of those contacts that are in the trash.
        affiliations: The affiliations that are not in the trash, each with its `person`: between the client and the
            person for a notice (the responsible contact and the person for a notice about an item), all of the person
            for a link.
        policy: The settings of the workspace for notices.
        templates_off: Slugs of the letters that are switched off.
        bounced: Whether a message came back from the address.
        restricted_at_work: The keys of the work addresses of those contacts whose data is restricted.
        login, credential: The login of a link and its secrets; None if there is none.
        login_left: Whether the name of the login is an address that its person left (see `has_left_address`).
        login_state: The state of the login and its person now (see `Credential.email_state`).
        user_address: The address of the user; None if the user gets no e-mail.
        users_known: Whether the addresses of users are known where the message is sent.
        looks_after_any: Whether the user is responsible for any contact.
        import_state: The state of the import or the other job; `""` for unknown.
        item: The item of the notice, in the trash or not; None for none, or if it was purged.
        item_in_trash: Whether the item is in the trash.
        roles: The slugs of the roles that the responsible contact has for the item.
    """

    on: date
    now: str
    contacts: Mapping[str, Contact] = attrs.field(factory=dict)
    in_trash: frozenset[str] = frozenset()
    affiliations: Sequence[Affiliation] = ()
    policy: MailingPolicy = attrs.field(factory=MailingPolicy)
    templates_off: Sequence[str] = ()
    bounced: bool = False
    login: PortalLogin | None = None
    restricted_at_work: frozenset[str] = frozenset()
    credential: Credential | None = None
    login_left: bool = False
    login_state: str = ""
    user_address: Mailbox | None = None
    users_known: bool = False
    looks_after_any: bool = True
    import_state: str = ""
    item: Item | None = None
    item_in_trash: bool = False
    roles: Sequence[str] = ()


def withdrawal_of(message: Message, facts: SendingFacts) -> Withdrawal | None:
    """The reason to withdraw a message in place of sending it; None to send it.

    Args:
        message: The message.
        facts: The facts of this moment.

    >>> from contactcore.model.message import Grounds
    >>> grounds = Grounds(kind="responsible", contact_id="7", user="bob")
    >>> letter = Message(to="bob@acme.example", subject="Bois", text="Look after it.", grounds=grounds)
    >>> withdrawal_of(letter, SendingFacts(on=date(2026, 1, 31), now="2026-01-31T12:00:00.000000Z")).code
    'purged'
    """
    code = _code(message, facts)
    if not code:
        return None
    return Withdrawal(code, _MESSAGES[code] if code in _MESSAGES else describe("The recipient", code))


def _code(message: Message, facts: SendingFacts) -> str:  # noqa: C901 - one branch for each reason
    grounds = message.grounds
    code = ""
    if facts.in_trash:
        code = "in-trash"
    elif _is_restricted(message, facts):
        code = "restricted"
    elif facts.bounced:
        code = "bounced"
    elif grounds is not None and any(
        id and id not in facts.contacts for id in (grounds.contact_id, grounds.person_id, grounds.holder_id)
    ):
        code = "purged"
    elif message.template and message.template in facts.templates_off:
        code = "template-off"
    elif grounds is None:
        code = ""
    elif grounds.topic and _consent_code(grounds, facts):
        code = "no-consent"
    elif grounds.item_id:
        code = _item_code(message, grounds, facts)
    elif grounds.kind == "notice":
        code = _notice_code(message, grounds, facts)
    elif grounds.kind in {"link", "email"}:
        code = _link_code(message, grounds, facts)
    elif grounds.kind == "responsible":
        code = _responsible_code(message, grounds, facts)
    elif grounds.kind in {"import", "several"}:
        code = _job_code(message, grounds, facts)
    return code


def _is_restricted(message: Message, facts: SendingFacts) -> bool:
    """Whether the letter goes to somebody whose data is restricted; letters to users about such a contact go on."""
    grounds, restricted = message.grounds, [one for one in facts.contacts.values() if one.restricted]
    if grounds is not None and grounds.person_id and any(one.id == grounds.person_id for one in restricted):
        return True
    own = {email.key for one in restricted for email in one.emails}
    return message.to.key in own | facts.restricted_at_work


def _notice_code(message: Message, grounds: Grounds, facts: SendingFacts) -> str:
    step = grounds.choice.removeprefix("fall-back-") if grounds.choice.startswith("fall-back-") else ""
    if step and step not in facts.policy.fall_backs.get(grounds.topic, ()):
        return "fall-back-off"
    # A client who stood for themself may have been converted to a company since.
    is_client = grounds.person_id == grounds.contact_id and not isinstance(facts.contacts[grounds.contact_id], Person)
    if not grounds.person_id or is_client:
        emails = facts.contacts[grounds.contact_id].emails
        return _address_code(message, emails[0] if emails else None)
    return _acting_code(message, grounds, facts)


def _consent_code(grounds: Grounds, facts: SendingFacts) -> str:
    """The code for a notice that needs a consent which was withdrawn since; `""` if it needs none."""
    itself = facts.contacts.get(grounds.holder_id or grounds.contact_id)
    person_id = grounds.person_id or (itself.id if isinstance(itself, Person) else "")
    return "no-consent" if facts.policy.lacks_consent(grounds.topic, person_id) else ""


def _item_code(message: Message, grounds: Grounds, facts: SendingFacts) -> str:
    contact = facts.contacts[grounds.holder_id or grounds.contact_id]
    wanted = grounds.choice != "manual"
    code = ""
    if facts.item is None:
        code = "item-purged"
    elif facts.item_in_trash:
        code = "item-in-trash"
    elif facts.item.contact_id != grounds.contact_id:
        code = "item-moved"
    elif wanted and grounds.topic not in facts.policy.item_topics:
        code = "topic-not-for-this"
    elif grounds.holder_id and not facts.roles:
        code = "role-removed"
    elif grounds.holder_id and wanted and role_code(facts.roles, grounds.topic, facts.policy) != "role":
        code = "role-without-topic"
    elif grounds.person_id in {"", contact.id}:
        code = _address_code(message, contact.emails[0] if contact.emails else None)
    else:
        code = _acting_code(message, grounds, facts)
    return code


def _acting_code(message: Message, grounds: Grounds, facts: SendingFacts) -> str:
    # A person may have left and come back: the affiliation of today counts, not the former one.
    codes = [_person_code(message, grounds, one, facts) for one in facts.affiliations]
    if not codes:
        return "not-affiliated"
    if "" in codes:
        return ""
    own = [one.id == grounds.affiliation_id for one in facts.affiliations]
    return codes[own.index(True)] if True in own else codes[0]


def _person_code(message: Message, grounds: Grounds, one: Affiliation, facts: SendingFacts) -> str:
    if grounds.choice == "preference":
        wrong_subject = not facts.policy.is_for(grounds.topic, grounds.subject_kind)
        code = reason_code(one, grounds.topic, facts.on, facts.policy, wrong_subject=wrong_subject)
        if code != "preference":
            return code
    elif code := unreachable_code(one, facts.on):
        return code
    if grounds.choice in _BY_PRIMARY and grounds.primary and not one.primary:
        return "not-primary"
    if grounds.choice == "fall-back-purpose" and grounds.purpose and grounds.purpose not in one.purposes:
        return "not-primary"
    return _address_code(message, preferred_address(one))


def _link_code(message: Message, grounds: Grounds, facts: SendingFacts) -> str:
    login, credential = facts.login, facts.credential
    if login is None or login.state != "active":
        return "login-not-active"
    if credential is None or not _is_alive(grounds, credential, facts):
        return "link-dead"
    address = EmailAddress.restore(credential.new_email) if grounds.kind == "email" else login.email
    if address.key != message.to.key or (grounds.kind == "link" and facts.login_left):
        return "address-changed"
    person = facts.contacts[grounds.person_id]
    # A person who is a client stands for themself, and needs no affiliation (PER-7).
    for_self = isinstance(person, Person) and person.listed and person.id in credential.opened
    if for_self or any(_is_open(one, facts.on) and one.id in credential.opened for one in facts.affiliations):
        return ""
    return "no-client"


def _is_alive(grounds: Grounds, credential: Credential, facts: SendingFacts) -> bool:
    if grounds.kind == "email":
        is_same = credential.email_token_hash == grounds.link and credential.email_state == facts.login_state
        return is_same and facts.now < credential.email_token_expires
    return credential.token_hash == grounds.link and facts.now < credential.token_expires


def _is_open(one: Affiliation, on: date) -> bool:
    """Whether the person acts for the client now, or will."""
    return one.active and (one.end is None or one.end >= on)


def _responsible_code(message: Message, grounds: Grounds, facts: SendingFacts) -> str:
    if grounds.user not in facts.contacts[grounds.contact_id].responsibles:
        return "not-responsible"
    return _user_code(message, facts)


def _job_code(message: Message, grounds: Grounds, facts: SendingFacts) -> str:
    if facts.import_state in {"undoing", "undone"}:
        return "import-undone" if grounds.kind == "import" else "act-undone"
    if not facts.looks_after_any:
        return "not-responsible"
    return _user_code(message, facts)


def _user_code(message: Message, facts: SendingFacts) -> str:
    if not facts.users_known:
        return ""
    return _address_code(message, facts.user_address.email if facts.user_address is not None else None)


def _address_code(message: Message, email: EmailAddress | None) -> str:
    if email is None:
        return "no-email"
    return "" if email.key == message.to.key else "address-changed"
