"""The recipients of a notice, and the reason for each candidate (NOT-2, NOT-3, NOT-6).

A notice may have no recipients. There is no fall-back unless one is configured for the topic, because an invoice sent
to the wrong person is worse than an invoice that is reported as not sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Self

import attrs

from contactcore.frozen import frozen
from contactcore.model.affiliation import Affiliation
from contactcore.model.contact import Contact
from contactcore.model.permissions import ITEM_TOPICS, TOPIC_MODULES, NotificationPreferences, PermissionSet
from contactcore.model.person import Person
from contactcore.model.restoring import altered
from contactcore.model.settings import Settings
from contactcore.model.starting_lists import ROLES
from contactcore.read_only import EMPTY, ReadOnlyDict, read_only
from contactcore.values import EmailAddress
from contactcore.wording import message_of

__all__ = [
    "FALL_BACKS",
    "Chosen",
    "Explanation",
    "MailingPolicy",
    "Recipients",
    "describe",
    "explain",
    "is_chosen",
    "preferred_address",
    "preselect",
    "reason_code",
    "resolve",
    "summary",
    "unreachable_code",
]

FALL_BACKS = ("purpose", "primary", "client")
"""The possible fall-back steps, in order: the primary person for the purpose, the primary person, the client itself."""


@frozen(kw_only=True)
class MailingPolicy:
    """The settings of a workspace for notices.

    Attributes:
        topic_modules: The portal module of each topic, including topics of the host application; `""` for no module.
        needs_permission: Whether a recipient must also see the module of the topic; False by default (NOT-2).
        default_permissions, default_topics: The permissions and preferences of contact persons without their own.
        fall_backs: The steps to try for each topic if no contact person is a recipient; none by default.
        only_for: The kind of subject that each topic is limited to; by default task notices are limited to tasks of
            projects.
        item_topics: The topics of notices about items (NOT-4).
        role_topics: The topics that each role for items gets.
        consent_for: The purpose to which a recipient must have agreed, by topic; none by default (IMP-8).
        agreeing: The ids of the people who agree to the purpose of the topic in question now.
        bounced: The keys of the addresses in question from which a message came back.
    """

    topic_modules: Mapping[str, str] = attrs.field(default=TOPIC_MODULES, converter=read_only, hash=False)
    needs_permission: bool = False
    default_permissions: PermissionSet = attrs.field(factory=PermissionSet)
    default_topics: NotificationPreferences = attrs.field(factory=NotificationPreferences)
    fall_backs: Mapping[str, tuple[str, ...]] = attrs.field(default=EMPTY, converter=read_only, hash=False)
    only_for: Mapping[str, str] = attrs.field(
        default=ReadOnlyDict({"task": "project"}), converter=read_only, hash=False
    )
    item_topics: tuple[str, ...] = ITEM_TOPICS
    role_topics: Mapping[str, tuple[str, ...]] = attrs.field(default=ROLES, converter=read_only, hash=False)
    consent_for: Mapping[str, str] = attrs.field(default=EMPTY, converter=read_only, hash=False)
    agreeing: frozenset[str] = frozenset()
    bounced: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The policy that the settings of a workspace contain.

        Args:
            settings: The settings.
        """
        return cls(
            topic_modules=settings.topic_modules,
            needs_permission=settings.notices_need_permission,
            default_permissions=settings.default_permissions,
            default_topics=settings.default_notifications,
            fall_backs=settings.fall_backs,
            item_topics=settings.item_topics,
            role_topics=settings.role_topics,
            consent_for=settings.consent_for,
        )

    def lacks_consent(self, topic: str, person_id: str) -> bool:
        """Whether a topic needs the consent of its recipients, and a person did not give it.

        Args:
            topic: The slug of the topic.
            person_id: The id of the person; `""` for a company, which consents to nothing.
        """
        return bool(person_id) and topic in self.consent_for and person_id not in self.agreeing

    def is_for(self, topic: str, about: str | None) -> bool:
        """Whether a topic has notices about a kind of subject.

        Args:
            topic: The slug of the topic.
            about: The kind of the subject; None for unknown, which only a topic without a limit accepts.
        """
        return topic not in self.only_for or self.only_for[topic] == about


@frozen
class Chosen:
    """A recipient of a notice.

    Attributes:
        email: The address to send to.
        name: The name of the contact person or the client.
        person_id: The id of the contact person, or of a contact who is a person; `""` for a company itself.
        affiliation_id: The id of the affiliation with the contact; `""` for the contact itself.
        reason: `"preference"`, `"manual"`, `"fall-back-purpose"`, `"fall-back-primary"` or `"fall-back-client"`. For a
            notice about an item `"owner"`, `"owner-primary"`, `"role"`, `"role-primary"` or `"manual"`.
        contact_id: The id of the owner of the item, or of the responsible contact, whose contact details these are;
            `""` for a notice that is not about an item.
    """

    email: EmailAddress
    name: str
    person_id: str = ""
    affiliation_id: str = ""
    reason: str = "preference"
    contact_id: str = ""

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.reason, language)


@frozen
class Explanation:
    """The reason why a candidate is, or is not, a recipient (NOT-6).

    Attributes:
        person_id: The id of the contact person, or of a client who is a person; `""` for a company itself.
        name: The name of the contact person or the client.
        chosen: Whether the candidate is a recipient.
        code: A value of `Chosen.reason` for a recipient. Otherwise `"preference-off"`, `"no-permission"`,
            `"inactive"`, `"past"`, `"not-yet"`, `"no-email"`, `"same-address"`, `"not-selected"` or
            `"topic-not-for-this"`, `"restricted"`, `"no-consent"` or `"bounced"`. For a notice about an item also
            `"role-without-topic"`, `"person-instead"`, `"owner-instead"` or `"not-primary"`.
        message: The reason as an English sentence.
        contact_id: As in `Chosen`.
    """

    person_id: str
    name: str
    chosen: bool
    code: str
    message: str
    contact_id: str = ""

    def message_in(self, language: str) -> str:
        """The reason in a language.

        Args:
            language: A BCP 47 tag such as `"fr"` or `"pl-PL"`. A language without a catalogue gets English.
        """
        return message_of(self.code, language, default=self.message)


@frozen
class Recipients:
    """The recipients of a notice, with the reason for each candidate.

    Attributes:
        topic: The topic of the notice.
        chosen: The recipients; may be empty.
        explained: All candidates, each with the reason.
        note: A summary in English, in particular if there are no recipients.
        client_id: The id of the client; `""` for unknown.
        purpose, about: The purpose and the kind of subject that the question named; `""` for none.
        item_id: The id of the item that the notice is about; `""` for none.
    """

    topic: str
    chosen: tuple[Chosen, ...]
    explained: tuple[Explanation, ...]
    note: str
    client_id: str = ""
    purpose: str = ""
    about: str = ""
    item_id: str = ""


_MESSAGES = {
    "preference": "wants these notices",
    "manual": "was selected by hand",
    "fall-back-purpose": "is the primary person for this purpose, and nobody else wants these notices",
    "fall-back-primary": "is the primary contact person, and nobody else wants these notices",
    "fall-back-client": "is the client, and no contact person wants these notices",
    "preference-off": "has these notices switched off",
    "no-permission": "may not see the module that these notices belong to",
    "inactive": "is kept on file but does not act for the client",
    "past": "no longer acts for the client",
    "not-yet": "does not act for the client yet",
    "no-email": "has no e-mail address",
    "same-address": "has an address that is mailed already",
    "not-selected": "was not selected",
    "topic-not-for-this": "gets these notices only for another kind of thing",
    "restricted": "is not mailed, because the data is restricted",
    "no-consent": "has not agreed to the purpose of these notices",
    "bounced": "has an e-mail address from which a message came back",
    "owner": "is the owner of the item",
    "owner-primary": "is the primary contact person of the item's owner",
    "role": "has a role for the item that gets these notices",
    "role-primary": "is the primary contact person of a contact whose role for the item gets these notices",
    "role-without-topic": "has no role for the item that gets these notices",
    "person-instead": "has a primary contact person, who gets these notices",
    "owner-instead": "acts for the item's owner, who gets these notices",
    "not-primary": "is not the primary contact person of the item's owner",
}
_CHOSEN = frozenset(
    (
        *("preference", "manual", "fall-back-purpose", "fall-back-primary", "fall-back-client"),
        *("owner", "owner-primary", "role", "role-primary"),
    )
)


def resolve(
    client: Contact,
    affiliations: Sequence[Affiliation],
    topic: str,
    on: date,
    policy: MailingPolicy,
    *,
    purpose: str | None = None,
    about: str | None = None,
    selected: Collection[str] | None = None,
) -> Recipients:
    """The recipients of a notice.

    A client who is a person is a candidate too, with the person's own preferences (PER-7). A person who is inactive,
    past or without an e-mail address is never a recipient, even if selected by hand.

    Args:
        client: The contact that the notice is about.
        affiliations: All affiliations of the client, each with its `person`.
        topic: The slug of the topic, such as `"invoice"`.
        on: Today.
        policy: The settings of the workspace for notices.
        purpose: The slug of a purpose, such as `"billing"`, for the fall-back to its primary person; None for none.
        about: The kind of subject of the notice, if the topic is limited to one (`"project"` for a task); None for
            unknown, which only a topic without such a limit accepts.
        selected: Ids of the people who were selected by hand; they are recipients whatever their preferences are
            (NOT-3). None means that preferences decide.

    >>> from contactcore.model import Company
    >>> jane = Affiliation(id="1", person_id="7", email="jane@bois.fr", notifications=["invoice"])
    >>> answer = resolve(Company("Bois & Fils"), [jane], "invoice", date(2026, 1, 5), MailingPolicy())
    >>> answer.note
    'The invoice notice goes to jane@bois.fr.'
    """
    affiliations = _with_themself(client, affiliations)
    chosen: list[Chosen] = []
    explained: list[Explanation] = []
    wrong_subject = not policy.is_for(topic, about)
    for one in sorted(affiliations, key=lambda each: (not each.primary, each.seniority)):
        code = reason_code(one, topic, on, policy, selected, wrong_subject=wrong_subject)
        email = preferred_address(one)
        if code in {"preference", "manual"} and email is not None:
            if any(email.key == other.email.key for other in chosen):
                code = "same-address"
            else:
                chosen.append(Chosen(email, _name(one), one.person_id, one.id, code))
        explained.append(explain(one.person_id, _name(one), code))
    if not chosen and selected is None and not wrong_subject:
        willing = [one for one in affiliations if not policy.lacks_consent(topic, one.person_id)]
        itself = client.id if isinstance(client, Person) else ""
        steps = policy.fall_backs.get(topic, ())
        is_bounced = bool(client.emails) and client.emails[0].key in policy.bounced
        if client.restricted or is_bounced or policy.lacks_consent(topic, itself):
            steps = tuple(step for step in steps if step != "client")
        willing = [one for one in willing if not unreachable_code(one, on, policy.bounced)]
        _fall_back(client, willing, steps, purpose, chosen, explained)
    note = summary(topic, chosen, explained)
    return Recipients(topic, tuple(chosen), tuple(explained), note, client.id, purpose or "", about or "")


def preselect(
    client: Contact,
    affiliations: Sequence[Affiliation],
    topic: str,
    on: date,
    policy: MailingPolicy,
    *,
    about: str | None = None,
) -> tuple[str, ...]:
    """The ids of the people to select initially when a user sends a document: those with the preference (NOT-3).

    Args:
        client: As in `resolve`.
        affiliations: As in `resolve`.
        topic: As in `resolve`.
        on: As in `resolve`.
        policy: As in `resolve`.
        about: As in `resolve`.
    """
    chosen = resolve(client, affiliations, topic, on, policy, about=about).chosen
    return tuple(one.person_id for one in chosen if one.reason == "preference")


def _with_themself(client: Contact, affiliations: Sequence[Affiliation]) -> Sequence[Affiliation]:
    """The affiliations of a client; for a person, the person first, as primary unless a contact person is."""
    if not isinstance(client, Person):
        return affiliations
    own = Affiliation.of_themself(client)
    if any(one.primary for one in affiliations):
        own = altered(own, {"primary": False})
    return (own, *affiliations)


def reason_code(  # noqa: PLR0911 - one return for each reason
    one: Affiliation,
    topic: str,
    on: date,
    policy: MailingPolicy,
    selected: Collection[str] | None = None,
    *,
    wrong_subject: bool = False,
) -> str:
    """The code of the reason why a contact person is, or is not, a recipient (see `Explanation`).

    Args:
        one: The affiliation, with its `person`.
        topic: As in `resolve`.
        on: As in `resolve`.
        policy: As in `resolve`.
        selected: As in `resolve`.
        wrong_subject: Whether the topic has no notices about this kind of subject.
    """
    unreachable = unreachable_code(one, on, policy.bounced)
    if unreachable:
        return unreachable
    if policy.lacks_consent(topic, one.person_id):
        return "no-consent"
    if selected is not None:
        return "manual" if one.person_id in selected else "not-selected"
    if wrong_subject:
        return "topic-not-for-this"
    if topic not in (policy.default_topics if one.notifications is None else one.notifications):
        return "preference-off"
    module = policy.topic_modules.get(topic, "")
    permissions = policy.default_permissions if one.permissions is None else one.permissions
    if policy.needs_permission and module and module not in permissions:
        return "no-permission"
    return "preference"


def unreachable_code(one: Affiliation, on: date, bounced: Collection[str] = frozenset()) -> str:
    """The code of the reason why a contact person gets no notice whatever the topic is; `""` if there is none.

    Args:
        one: The affiliation, with its `person`.
        on: Today.
        bounced: The keys of the addresses from which a message came back; none by default.
    """
    if one.person is not None and one.person.restricted:
        return "restricted"
    if not one.active:
        return "inactive"
    if one.end is not None and one.end < on:
        return "past"
    if one.start is not None and one.start > on:
        return "not-yet"
    email = preferred_address(one)
    if email is None:
        return "no-email"
    return "bounced" if email.key in bounced else ""


def preferred_address(one: Affiliation) -> EmailAddress | None:
    """The work address of the affiliation, else the person's first own address that is not retired there."""
    if one.email is not None or one.person is None:
        return one.email
    retired = {email.key for email in one.retired}
    return next((email for email in one.person.emails if email.key not in retired), None)


def _name(one: Affiliation) -> str:
    return one.person.display_name if one.person is not None else ""


def _fall_back(
    client: Contact,
    reachable: Sequence[Affiliation],
    steps: Sequence[str],
    purpose: str | None,
    chosen: list[Chosen],
    explained: list[Explanation],
) -> None:
    for step in (known for known in FALL_BACKS if known in steps):
        if step == "client":
            if client.emails:
                itself = client.id if isinstance(client, Person) else ""
                chosen.append(Chosen(client.emails[0], client.display_name, itself, reason="fall-back-client"))
                # A client who is a person is a candidate already, and has one reason.
                explained[:] = [one for one in explained if not itself or one.person_id != itself]
                explained.append(explain(itself, client.display_name, "fall-back-client"))
                return
            continue
        for one in reachable:
            fits = one.primary if step == "primary" else purpose is not None and purpose in one.purposes
            email = preferred_address(one)
            if fits and email is not None:
                code = f"fall-back-{step}"
                chosen.append(Chosen(email, _name(one), one.person_id, one.id, code))
                place = next(index for index, entry in enumerate(explained) if entry.person_id == one.person_id)
                explained[place] = explain(one.person_id, _name(one), code)
                return


def describe(name: str, code: str) -> str:
    """The reason of a code as an English sentence.

    Args:
        name: The subject of the sentence, such as the name of the candidate.
        code: A code of `Explanation`.

    >>> describe("The person", "past")
    'The person no longer acts for the client.'
    """
    return f"{name} {_MESSAGES[code]}."


def is_chosen(code: str) -> bool:
    """Whether the code of a candidate is that of a recipient.

    Args:
        code: A code of `Explanation`.
    """
    return code in _CHOSEN


def explain(person_id: str, name: str, code: str, *, contact_id: str = "") -> Explanation:
    """The explanation of a code for a candidate.

    Args:
        person_id, name, code, contact_id: As in `Explanation`.
    """
    return Explanation(person_id, name, is_chosen(code), code, describe(name, code), contact_id)


def summary(topic: str, chosen: Sequence[Chosen], explained: Sequence[Explanation]) -> str:
    """The note of an answer: who gets the notice, or why nobody does.

    Args:
        topic, chosen, explained: As in `Recipients`.
    """
    if chosen:
        return f"The {topic} notice goes to {', '.join(str(one.email) for one in chosen)}."
    if not explained:
        return f"Nobody gets the {topic} notice: the client has no contact persons that you may see."
    return f"Nobody gets the {topic} notice: {' '.join(one.message for one in explained)}"
