"""The viewer's calls of notifications and the outbox."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from contactcore.errors import ContactCoreError
from contactcore.rules.recipients import Recipients
from contactcore.workspace.session import Session
from model_based.paired_workspaces import PairedWorkspace
from model_based.viewer_calls.arguments import (
    Arguments,
    Choice,
    Generator,
    always,
    any_email,
    name_of_item,
    one_name,
    people_of,
)
from model_based.viewer_calls.items import roles_of
from model_based.viewer_calls.people import PURPOSES

__all__ = ["NOTIFICATION_CALLS"]

_TOPICS: Final = ("invoice", "estimate", "task", "booking", "nothing")
_ITEM_TOPICS: Final = ("booking", "booking", "payment-request", "reminder", "invoice")


def _topic(random: Random, names: list[str], **more: Any) -> Choice:
    name, topic = random.choice(names), random.choice(_TOPICS)
    return lambda workspace, _: ((workspace.id(name), topic), more)


def _recipients(random: Random, names: list[str]) -> Choice:
    purpose, about = random.choice((None, *PURPOSES)), random.choice((None, "project", "ticket"))
    return _topic(random, names, purpose=purpose, about=about)


def _item_topic(random: Random, names: list[str]) -> Choice:
    """Makes an item, often with its own contact, and a topic the arguments of a call."""
    name, other, topic = random.choice(names), random.choice(names), random.choice(_ITEM_TOPICS)
    part, owned = name_of_item(names, random), random.random() < 0.8

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        item = workspace.id(part)
        try:
            client = session.items.get(item).contact_id if owned else workspace.id(other)
        except ContactCoreError:
            client = workspace.id(name)
        return (client, topic), {"item": item}

    return arguments


def _about_item(of_topic: Generator, of_item: Generator) -> Generator:
    """Makes a call with an item as often as one without."""
    return lambda random, names: random.choice((of_topic, of_item))(random, names)


def _by_hand_about_item(random: Random, names: list[str]) -> Choice:
    choose, people = _item_topic(random, names), random.sample(names, random.randrange(3))
    everybody = random.random() < 0.5

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        (client, topic), more = choose(workspace, session)
        selected = [workspace.id(one) for one in people]
        if everybody:
            selected = [one.contact.id for one in roles_of(session, more["item"])]
        return (client, topic, selected), more

    return arguments


def _by_hand(random: Random, names: list[str]) -> Choice:
    name, topic, people = random.choice(names), random.choice(_TOPICS), random.sample(names, random.randrange(3))
    everybody = random.random() < 0.5

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        selected = [workspace.id(one) for one in people]
        if everybody:
            selected = [one.person_id for one in people_of(session, workspace.id(name))]
        return (workspace.id(name), topic, selected), {}

    return arguments


def _send(random: Random, names: list[str]) -> Choice:
    key, choose = random.choice(("", "F1")), _about_item(_by_hand, _by_hand_about_item)(random, names)

    def arguments(workspace: PairedWorkspace, session: Session) -> Arguments:
        (client, topic, people), more = choose(workspace, session)
        try:
            found = session.notifications.by_hand(client, topic, people, **more)
        except ContactCoreError:
            found = Recipients(topic, (), (), "")
        return (client, found), {"subject": "Invoice", "text": "Enclosed.", "key": key}

    return arguments


NOTIFICATION_CALLS: Final[dict[str, Generator]] = {
    "notifications.by_hand": _about_item(_by_hand, _by_hand_about_item),
    "notifications.preselected": _about_item(_topic, _item_topic),
    "notifications.recipients": _about_item(_recipients, _item_topic),
    "notifications.send": _send,
    "outbox.cancel": one_name,
    "outbox.confirm_address": any_email,
    "outbox.get": one_name,
    "outbox.list": always(),
    "outbox.mark_bounced": one_name,
    "outbox.retry": one_name,
}
