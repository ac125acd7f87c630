"""The recipients of a notice about an item, and the reason for each candidate (NOT-4, NOT-6).

Such a notice goes to the contact details of the item's owner, and of the other responsible contacts whose role gets the
topic. The contact details of a person are the person's own. Those of a company are its primary contact person, or the
company itself if nobody is primary or the primary person has no address. Preferences and permissions do not count: they
belong to the notices about the client (NOT-2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import attrs

from contactcore.frozen import frozen
from contactcore.model.affiliation import Affiliation
from contactcore.model.contact import Contact
from contactcore.model.person import Person
from contactcore.rules.recipients import (
    Chosen,
    Explanation,
    MailingPolicy,
    Recipients,
    explain,
    is_chosen,
    preferred_address,
    summary,
    unreachable_code,
)
from contactcore.values import EmailAddress

__all__ = ["ResponsibleContact", "candidate_ids", "resolve_for_item", "role_code"]


@frozen
class ResponsibleContact:
    """The owner of an item, or another contact with roles for it.

    Attributes:
        contact: The contact.
        affiliations: The contact persons of the contact, each with its `person`.
        roles: The slugs of the roles that the contact has for the item; empty for the owner, whose roles do not count.
    """

    contact: Contact
    affiliations: Sequence[Affiliation] = ()
    roles: Sequence[str] = ()


@frozen
class _Candidate:
    """Somebody to whom the notice may go: a contact itself, or one of its contact persons."""

    contact_id: str
    name: str
    email: EmailAddress | None
    code: str
    person_id: str = ""
    affiliation_id: str = ""

    @property
    def id(self) -> str:
        """The id by which a user selects the candidate."""
        return self.person_id or self.contact_id


def resolve_for_item(
    owner: ResponsibleContact,
    others: Iterable[ResponsibleContact],
    topic: str,
    on: date,
    policy: MailingPolicy,
    *,
    item_id: str,
    selected: Collection[str] | None = None,
) -> Recipients:
    """The recipients of a notice about an item.

    Nobody is mailed twice, and no address is. Somebody without an e-mail address, or who does not act for a company
    today, is never a recipient, even if selected by hand.

    Args:
        owner: The owner of the item.
        others: The other responsible contacts, in the sequence of their roles.
        topic: The slug of a topic of notices about items, such as `"booking"`.
        on: Today.
        policy: The settings of the workspace for notices.
        item_id: The id of the item.
        selected: Ids of the people and companies that were selected by hand; they are recipients whatever their roles
            are (NOT-3). None means that the roles decide.

    >>> from contactcore.model import Company
    >>> jane = Person("Jane", "Doe", id="7", emails=["jane@doe.org"])
    >>> school = ResponsibleContact(Company("School", id="8", emails=["office@school.org"]), roles=["emergency"])
    >>> answer = resolve_for_item(
    ...     ResponsibleContact(jane), [school], "booking", date(2026, 1, 5), MailingPolicy(), item_id="9"
    ... )
    >>> [str(one.email) for one in answer.chosen], [one.message for one in answer.explained][1]
    (['jane@doe.org'], 'School has no role for the item that gets these notices.')
    """
    chosen: dict[str, Chosen] = {}
    explained: dict[str, Explanation] = {}
    for one in _candidates(owner, others, topic, on, policy):
        code = one.code
        if (is_chosen(code) or code in _BY_HAND) and policy.lacks_consent(topic, one.person_id):
            code = "no-consent"
        if selected is not None and (is_chosen(code) or code in _BY_HAND):
            code = "manual" if one.id in selected else "not-selected"
        if is_chosen(code) and one.id not in chosen and one.email is not None:
            if any(one.email.key == other.email.key for other in chosen.values()):
                code = "same-address"
            else:
                chosen[one.id] = Chosen(
                    one.email, one.name, one.person_id, one.affiliation_id, code, contact_id=one.contact_id
                )
        # A person may be a candidate for several contacts: the reason to mail the person counts.
        if one.id not in explained or (is_chosen(code) and not explained[one.id].chosen):
            explained[one.id] = explain(one.person_id, one.name, code, contact_id=one.contact_id)
    recipients, reasons = tuple(chosen.values()), tuple(explained.values())
    return Recipients(
        topic, recipients, reasons, summary(topic, recipients, reasons), owner.contact.id, item_id=item_id
    )


def candidate_ids(owner: ResponsibleContact, others: Iterable[ResponsibleContact], on: date) -> frozenset[str]:
    """The ids of all people and companies that can be selected by hand.

    Args:
        owner: As in `resolve_for_item`.
        others: As in `resolve_for_item`.
        on: As in `resolve_for_item`.
    """
    return frozenset(one.id for one in _candidates(owner, others, "", on, MailingPolicy()))


def role_code(roles: Iterable[str], topic: str, policy: MailingPolicy) -> str:
    """`"role"` if one of the roles gets the topic, else `"role-without-topic"`.

    Args:
        roles: The slugs of the roles of a contact for an item.
        topic: As in `resolve_for_item`.
        policy: As in `resolve_for_item`.
    """
    gets = any(topic in policy.role_topics.get(role, ()) for role in roles)
    return "role" if gets else "role-without-topic"


_BY_HAND = frozenset({"role-without-topic", "person-instead", "not-primary", "owner-instead"})
"""The codes of the reasons for which only a choice by hand mails somebody who can be reached."""


def _candidates(
    owner: ResponsibleContact, others: Iterable[ResponsibleContact], topic: str, on: date, policy: MailingPolicy
) -> Iterator[_Candidate]:
    yield from _contact_details(owner, "owner", on, policy)
    for one in others:
        yield from _contact_details(one, role_code(one.roles, topic, policy), on, policy)
    code = "owner-instead" if isinstance(owner.contact, Person) else "not-primary"
    for person in sorted(owner.affiliations, key=lambda each: each.seniority):
        yield _acting(owner.contact, person, unreachable_code(person, on, policy.bounced) or code)


def _contact_details(one: ResponsibleContact, code: str, on: date, policy: MailingPolicy) -> Iterator[_Candidate]:
    """The contact person or the contact to mail; for a company both, because a user may select the other one."""
    contact = one.contact
    itself = _Candidate(contact.id, contact.display_name, contact.emails[0] if contact.emails else None, code)
    if isinstance(contact, Person):
        itself = attrs.evolve(itself, person_id=contact.id)
    else:
        primary = next((each for each in one.affiliations if each.primary), None)
        if primary is not None:
            unreachable = unreachable_code(primary, on, policy.bounced)
            by_primary = f"{code}-primary" if is_chosen(code) else code
            yield _acting(contact, primary, unreachable or by_primary)
            if not unreachable and is_chosen(code):
                itself = attrs.evolve(itself, code="person-instead")
    if contact.restricted:
        itself = attrs.evolve(itself, code="restricted")
    elif itself.email is None:
        itself = attrs.evolve(itself, code="no-email")
    elif itself.email.key in policy.bounced:
        itself = attrs.evolve(itself, code="bounced")
    yield itself


def _acting(contact: Contact, one: Affiliation, code: str) -> _Candidate:
    name = one.person.display_name if one.person is not None else ""
    return _Candidate(contact.id, name, preferred_address(one), code, one.person_id, one.id)
