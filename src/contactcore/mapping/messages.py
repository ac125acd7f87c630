"""Conversion between messages and records."""

from __future__ import annotations

import attrs

from contactcore.mapping import json, parts
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF, NAMED
from contactcore.mapping.named import named_by_email, named_by_id
from contactcore.mapping.subject import Subject
from contactcore.model.attachment import AttachedFile
from contactcore.model.message import Grounds, Message
from contactcore.storage import Record, Stored
from contactcore.values import EmailAddress, Language

__all__ = [
    "BOUNCED",
    "ERASED_ADDRESS",
    "MESSAGES",
    "blob_term",
    "bounced_term",
    "message_of",
    "message_record",
    "waiting_term",
]

_MOMENTS = ("due", "created", "sent", "bounced")
BOUNCED = "state:bounced"
"""The term of the messages that came back."""
_TEXTS = (
    "to_name",
    "html",
    "template",
    "last_error",
    "message_id",
    "key",
    "withdrawn",
    "queued_by",
)


def waiting_term(id: str) -> str:
    """The term by which the waiting messages about a contact or person are found, however many were sent before.

    Args:
        id: The id of the contact or person.
    """
    return term("waiting", id)


def bounced_term(email: EmailAddress) -> str:
    """The term by which the messages that came back from an address are found.

    Args:
        email: The address, in any spelling.
    """
    return term(BOUNCED, email.key)


def blob_term(blob: str) -> str:
    """The term by which the messages that still need an attachment are found.

    Args:
        blob: The key of the content of the attachment.
    """
    return term("blob", blob)


def _kept_blobs(record: Record) -> list[str]:
    return [one.removeprefix("blob:") for one in sorted(record.terms) if one.startswith("blob:")]


def message_record(message: Message, _placement: Placement | None = None) -> Record:
    """The record of a message; only a waiting message has a key in the order `due`.

    A message needs the contents of its attachments until it is sent. A dead message may be sent again.

    Args:
        message: The message, with its id and version.
    """
    body = {
        "to": message.to.text,
        "subject": message.subject,
        "state": message.state,
        **parts.without_empty(
            {
                **{name: getattr(message, name) for name in _TEXTS},
                **{name: parts.dump_moment(getattr(message, name)) for name in _MOMENTS},
                "text": message.text,
                "language": str(message.language or ""),
                "headers": dict(message.headers),
                "attempts": message.attempts,
                "about": message.about,
                "confidential": message.confidential,
                "grounds": {} if message.grounds is None else _without_defaults(message.grounds),
                "attachments": [attrs.asdict(one) for one in message.attachments],
            }
        ),
    }
    orders = {"added": "", NAMED: ""}
    terms = {f"state:{message.state}", *(term("about", id) for id in message.about)}
    persons = () if message.grounds is None or not message.grounds.person_id else (message.grounds.person_id,)
    terms |= {named_by_email(message.to), *map(named_by_id, (*message.about, *persons))}
    if message.state == "waiting":
        orders["due"] = parts.dump_moment(message.due)
        terms.update(waiting_term(id) for id in message.about)
    if message.bounced is not None:
        terms |= {BOUNCED, bounced_term(message.to)}
    if message.state != "sent":
        terms.update(blob_term(one.blob) for one in message.attachments if one.blob)
    return Record(
        kind="message",
        id=message.id,
        version=message.version,
        body=json.dump(body),
        orders=orders,
        terms=frozenset(terms),
        keys=frozenset({term("message", message.key)}),  # a second message with the same key is not queued
    )


def _without_defaults(grounds: Grounds) -> dict[str, object]:
    return attrs.asdict(grounds, filter=lambda _, value: bool(value))


def message_of(stored: Stored) -> Message:
    """The message of a stored record.

    Args:
        stored: The record.
    """
    body = json.load(stored.body)
    return Message(
        id=stored.id,
        version=stored.version,
        to=EmailAddress.restore(body["to"]),
        subject=body["subject"],
        text=body.get("text", ""),
        language=Language.restore(body["language"]) if "language" in body else None,
        headers=body.get("headers", {}),
        state=body["state"],
        attempts=body.get("attempts", 0),
        about=tuple(body.get("about", ())),
        confidential=body.get("confidential", False),
        grounds=Grounds(**body["grounds"]) if "grounds" in body else None,
        attachments=tuple(AttachedFile(**one) for one in body.get("attachments", ())),
        **{name: body[name] for name in (*_TEXTS, *_MOMENTS) if name in body},
    )


ERASED_ADDRESS = EmailAddress.restore("erased@erased.invalid")
"""The address of a letter whose recipient was erased."""

_ERASED_SUBJECT = "…"


def _forget(message: Message, subject: Subject) -> Message:
    """A letter to or about the person: that it was sent stays, and what it said goes; a queued one is withdrawn."""
    to_person = message.to.key in subject.never_others or (
        message.grounds is not None and message.grounds.person_id in subject.ids
    )
    if not to_person and subject.ids.isdisjoint(message.about):
        return message
    to_user = message.grounds is not None and bool(message.grounds.user)
    waiting = message.state == "waiting"
    return attrs.evolve(
        message,
        to=message.to if to_user else ERASED_ADDRESS,
        to_name=message.to_name if to_user else "",
        subject=_ERASED_SUBJECT,
        text="",
        html="",
        headers={},
        state="dead" if waiting else message.state,
        bounced=None,
        withdrawn="erased" if waiting else message.withdrawn,
        last_error="The person was erased." if waiting else "",
        # A key of the application may contain an address.
        key=message.message_id,
        about=tuple(id for id in message.about if id not in subject.ids),
        # Texts that are gone cannot be sent again.
        confidential=True,
        grounds=None,
        attachments=(),
    )


MESSAGES: EntityType[Message] = EntityType(
    personal="named",
    kind=KIND_OF["message"],
    load=lambda stored, _: message_of(stored),
    record=message_record,
    event_data=lambda message: {"about": message.about},
    blobs=_kept_blobs,
    forget=_forget,
)
