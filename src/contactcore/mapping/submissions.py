"""Conversion between submissions and records.

A submission has the access of its contact. It is found by its contact, its state, its form, and the e-mail address that
the visitor gave, in the trash too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from contactcore.mapping import json
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF, NAMED
from contactcore.mapping.named import named_by_email, named_by_number
from contactcore.mapping.subject import Subject
from contactcore.mapping.trash import trash_record
from contactcore.model import conversion
from contactcore.model.form import OF_PERSON
from contactcore.model.restoring import altered
from contactcore.model.submission import Submission
from contactcore.read_only import ReadOnlyDict
from contactcore.storage import Record, Stored
from contactcore.values import EmailAddress
from contactcore.values.moment import parse_moment, timestamp

__all__ = ["SUBMISSIONS", "email_term", "is_sent_by"]

_AS_THEY_ARE = (
    *("contact_id", "form_id", "form_version", "language", "email", "consent", "consent_version", "state"),
    *("accepted", "contact_version", "affiliation_id", "digest"),
)
_DUMPERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_AS_THEY_ARE, lambda value: value),
    **dict.fromkeys(("fields", "before"), dict),
    "received": timestamp,
}
_LOADERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("fields", "before"), conversion.fields),
    "accepted": tuple,
    "received": parse_moment,
}


def email_term(email: EmailAddress) -> str:
    """The term of the submissions with an e-mail address.

    Args:
        email: The address, in any spelling.

    >>> email_term(EmailAddress("Jo@bois.fr"))
    'email:jo@bois.fr'
    """
    return term("email", email.key)


def _naming(submission: Submission) -> Iterator[str]:
    """The terms by which the visitor and the contact person of a company are found."""
    fields = submission.fields
    for email in {submission.email, str(fields.get(f"{OF_PERSON}email", "")).strip()}:
        if "@" in email:
            yield named_by_email(EmailAddress.restore(email))
    for phone in (fields.get("phone", ""), fields.get(f"{OF_PERSON}phone", "")):
        if number := named_by_number(str(phone)):
            yield number


def _record(submission: Submission, placement: Placement) -> Record:
    body = {name: dump(value) for name, dump in _DUMPERS.items() if (value := getattr(submission, name))}
    references = {"contact": submission.contact_id}
    card = json.dump({"name": submission.display_name})
    emails = {email_term(EmailAddress.restore(submission.email))} if submission.email else set()
    naming = frozenset(_naming(submission))
    named = dict.fromkeys([NAMED] if naming else (), "")
    if placement.trashed is not None:
        record = trash_record("submission", submission, body, placement.trashed, references, card=card)
        terms = record.terms | {term("was", email) for email in emails} | naming
        return attrs.evolve(record, orders={**record.orders, **named}, terms=terms)
    found = {f"contact:{submission.contact_id}", f"state:{submission.state}", f"form:{submission.form_id}"}
    return Record(
        kind="submission",
        id=submission.id,
        version=submission.version,
        body=json.dump(body),
        card=card,
        orders={"received": "" if submission.received is None else timestamp(submission.received), **named},
        terms=frozenset(found | emails) | naming,
        references=references,
        owner=submission.contact_id,
        access=placement.access,
    )


def _submission(stored: Stored) -> Submission:
    body = json.load(stored.body)
    values = {name: _LOADERS[name](body[name]) if name in _LOADERS else body[name] for name in _DUMPERS if name in body}
    return Submission.restore({"id": stored.id, "version": stored.version, **values})


def _forget(submission: Submission, subject: Subject) -> Submission | None:
    """A submission that waits beside another contact, unless the person sent it."""
    if submission.contact_id == subject.id:
        return submission
    submission = _without_contact_person(submission, subject)
    key = EmailAddress.restore(submission.email).key if submission.email else ""
    # Others may share an address or a number with the person, but not the name as well.
    is_reached = key in subject.emails or subject.has_number(str(submission.fields.get("phone", "")))
    of_person = key in subject.alone or (is_reached and subject.has_name(submission.display_name))
    return None if of_person else submission


def _without_contact_person(submission: Submission, subject: Subject) -> Submission:
    """A submission for a company, without the subject as its contact person."""
    of_person = {name: str(value) for name, value in submission.fields.items() if name.startswith(OF_PERSON)}
    if not of_person:
        return submission
    written = of_person.get(f"{OF_PERSON}email", "").strip()
    key = EmailAddress.restore(written).key if "@" in written else ""
    is_reached = key in subject.emails or subject.has_number(of_person.get(f"{OF_PERSON}phone", ""))
    name = " ".join(of_person.get(f"{OF_PERSON}{part}", "") for part in ("given_name", "family_name"))
    if key in subject.alone or (is_reached and subject.has_name(name)):
        kept = {
            name: subject.redacted(value) if name == "message" and isinstance(value, str) else value
            for name, value in submission.fields.items()
            if name not in of_person
        }
        return altered(submission, {"fields": ReadOnlyDict(kept)})
    return submission


def is_sent_by(submission: Submission, subject: Subject) -> bool:
    """Whether a submission beside another contact is of a person, or names the person as the contact person.

    Args:
        submission: The submission.
        subject: The person.
    """
    return _forget(submission, subject) is not submission


SUBMISSIONS: EntityType[Submission] = EntityType(
    kind=KIND_OF["submission"],
    load=lambda stored, _: _submission(stored),
    record=_record,
    owners=("contact",),
    follows_owner=True,
    deleted_alone=True,
    kept_in_history=True,
    plain_order="received",
    forget=_forget,
    event_data=lambda submission: {
        "contact": submission.contact_id,
        "form": submission.form_id,
        "state": submission.state,
    },
)
