"""Who is mailed about what, and why not the others (NOT-2, NOT-3, NOT-6).

Nobody is an ordinary answer. There is no fall-back unless the topic was configured with one: an invoice that went to
the wrong person is worse than one that went to nobody and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import attrs

from contactcore.model.affiliation import Affiliation
from contactcore.model.contact import Contact
from contactcore.model.permissions import TOPIC_MODULES, NotificationPreferences, PermissionSet
from contactcore.values import EmailAddress

__all__ = ["FALL_BACKS", "Chosen", "Explanation", "MailingPolicy", "Recipients", "preselect", "resolve"]

FALL_BACKS = ("purpose", "primary", "client")
"""The steps that a fall-back may name, in this order: primary for the purpose, primary, the client itself."""


@attrs.frozen(kw_only=True)
class MailingPolicy:
    """What the workspace decided about notices.

    Attributes:
        topic_modules: Topic -> module, the host's own topics included; a topic without a module has `""`.
        needs_permission: Whether somebody must also see the topic's module; off by default (NOT-2).
        default_permissions, default_topics: Of contact persons who have none of their own.
        fall_backs: Topic -> steps to try when nobody is chosen; none by default.
        only_for: Topic -> the kind of thing that it is about (a task notice is sent for tasks of projects only).
    """

    topic_modules: Mapping[str, str] = attrs.field(factory=lambda: dict(TOPIC_MODULES), hash=False)
    needs_permission: bool = False
    default_permissions: PermissionSet = attrs.field(factory=PermissionSet)
    default_topics: NotificationPreferences = attrs.field(factory=NotificationPreferences)
    fall_backs: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, hash=False)
    only_for: Mapping[str, str] = attrs.field(factory=lambda: {"task": "project"}, hash=False)


@attrs.frozen
class Chosen:
    """Somebody who is mailed.

    Attributes:
        email: The address to use.
        name: Who it is.
        person_id: The contact person; `""` for the client itself.
        affiliation_id: How they act for the client; `""` for the client itself.
        reason: `"preference"`, `"manual"`, `"fall-back-purpose"`, `"fall-back-primary"` or `"fall-back-client"`.
    """

    email: EmailAddress
    name: str
    person_id: str = ""
    affiliation_id: str = ""
    reason: str = "preference"


@attrs.frozen
class Explanation:
    """Why a candidate is, or is not, mailed (NOT-6).

    Attributes:
        person_id: The contact person; `""` for the client itself.
        name: Who it is.
        chosen: Whether they are mailed.
        code: As `Chosen.reason`; or `"preference-off"`, `"no-permission"`, `"inactive"`, `"past"`, `"not-yet"`,
            `"no-email"`, `"same-address"`, `"not-selected"`, `"topic-not-for-this"`.
        message: The reason as a sentence.
    """

    person_id: str
    name: str
    chosen: bool
    code: str
    message: str


@attrs.frozen
class Recipients:
    """The answer to "who gets this?".

    Attributes:
        topic: What was asked for.
        chosen: Who is mailed; empty is an ordinary answer.
        explained: Every candidate with the reason.
        note: A sentence that sums up, in particular when nobody is mailed.
    """

    topic: str
    chosen: tuple[Chosen, ...]
    explained: tuple[Explanation, ...]
    note: str


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
}


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
    """Who gets a notice.

    Args:
        client: Whom it is about.
        affiliations: All of the client, each with its `person`.
        topic: `"invoice"`, ...
        on: Today.
        policy: What the workspace decided.
        purpose: `"billing"`, ...: for the fall-back to whoever is primary for it.
        about: The kind of thing that the notice is about, where the topic asks for one (`"project"` for a task).
        selected: Ids of the people who were selected by hand; they get it whatever their preference (NOT-3).

    Nobody who is inactive, past, or without an e-mail is ever mailed, not even by hand.

    >>> from contactcore.model import Company
    >>> jane = Affiliation(id="1", person_id="7", email="jane@bois.fr", notifications=["invoice"])
    >>> answer = resolve(Company("Bois & Fils"), [jane], "invoice", date(2026, 1, 5), MailingPolicy())
    >>> answer.note
    'The invoice notice goes to jane@bois.fr.'
    """
    chosen: list[Chosen] = []
    explained: list[Explanation] = []
    wrong_thing = about is not None and policy.only_for.get(topic, about) != about
    for one in sorted(affiliations, key=lambda each: (not each.primary, each.seniority)):
        code = _judge(one, topic, on, policy, selected, wrong_thing=wrong_thing)
        email = _address(one)
        if code in {"preference", "manual"} and email is not None:
            if any(email.key == other.email.key for other in chosen):
                code = "same-address"
            else:
                chosen.append(Chosen(email, _name(one), one.person_id, one.id, code))
        explained.append(_explain(one.person_id, _name(one), code))
    if not chosen and selected is None and not wrong_thing:
        _fall_back(client, affiliations, on, policy.fall_backs.get(topic, ()), purpose, chosen, explained)
    return Recipients(topic, tuple(chosen), tuple(explained), _note(topic, chosen, explained))


def preselect(
    client: Contact, affiliations: Sequence[Affiliation], topic: str, on: date, policy: MailingPolicy
) -> tuple[str, ...]:
    """The people who are ticked beforehand when a document is sent by hand: those with the preference (NOT-3)."""
    chosen = resolve(client, affiliations, topic, on, policy).chosen
    return tuple(one.person_id for one in chosen if one.reason == "preference")


def _judge(
    one: Affiliation,
    topic: str,
    on: date,
    policy: MailingPolicy,
    selected: Collection[str] | None,
    *,
    wrong_thing: bool,
) -> str:
    unreachable = _unreachable(one, on)
    if unreachable:
        return unreachable
    if selected is not None:
        return "manual" if one.person_id in selected else "not-selected"
    if wrong_thing:
        return "topic-not-for-this"
    if topic not in (policy.default_topics if one.notifications is None else one.notifications):
        return "preference-off"
    module = policy.topic_modules.get(topic, "")
    permissions = policy.default_permissions if one.permissions is None else one.permissions
    if policy.needs_permission and module and module not in permissions:
        return "no-permission"
    return "preference"


def _unreachable(one: Affiliation, on: date) -> str:
    if not one.active:
        return "inactive"
    if one.end is not None and one.end < on:
        return "past"
    if one.start is not None and one.start > on:
        return "not-yet"
    return "" if _address(one) is not None else "no-email"


def _address(one: Affiliation) -> EmailAddress | None:
    """The person's work address there, else their own preferred one."""
    if one.email is not None:
        return one.email
    return one.person.emails[0] if one.person is not None and one.person.emails else None


def _name(one: Affiliation) -> str:
    return one.person.display_name if one.person is not None else ""


def _fall_back(
    client: Contact,
    affiliations: Iterable[Affiliation],
    on: date,
    steps: Sequence[str],
    purpose: str | None,
    chosen: list[Chosen],
    explained: list[Explanation],
) -> None:
    reachable = [one for one in affiliations if not _unreachable(one, on)]
    for step in (known for known in FALL_BACKS if known in steps):
        if step == "client":
            if client.emails:
                chosen.append(Chosen(client.emails[0], client.display_name, reason="fall-back-client"))
                explained.append(_explain("", client.display_name, "fall-back-client"))
                return
            continue
        for one in reachable:
            fits = one.primary if step == "primary" else purpose is not None and purpose in one.purposes
            email = _address(one)
            if fits and email is not None:
                code = f"fall-back-{step}"
                chosen.append(Chosen(email, _name(one), one.person_id, one.id, code))
                place = next(index for index, told in enumerate(explained) if told.person_id == one.person_id)
                explained[place] = _explain(one.person_id, _name(one), code)
                return


def _explain(person_id: str, name: str, code: str) -> Explanation:
    chosen = code in {"preference", "manual"} or code.startswith("fall-back")
    return Explanation(person_id, name, chosen, code, f"{name} {_MESSAGES[code]}.")


def _note(topic: str, chosen: Sequence[Chosen], explained: Sequence[Explanation]) -> str:
    if chosen:
        return f"The {topic} notice goes to {', '.join(str(one.email) for one in chosen)}."
    if not explained:
        return f"Nobody gets the {topic} notice: the client has no contact persons."
    return f"Nobody gets the {topic} notice: {' '.join(one.message for one in explained)}"
