"""The report of what is held on a person: one document, without data of others (IMP-8)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contactcore.formats.plain import to_plain
from contactcore.mapping import json
from contactcore.mapping.affiliations import AFFILIATIONS
from contactcore.mapping.contacts import CONTACTS
from contactcore.mapping.entities import ENTITIES, OWNED
from contactcore.mapping.entity_type import EntityType
from contactcore.mapping.interactions import INTERACTIONS
from contactcore.mapping.jobs import JOB_PARTS
from contactcore.mapping.messages import MESSAGES
from contactcore.mapping.pictures import PICTURES
from contactcore.mapping.portal import LOGINS
from contactcore.mapping.redirects import REDIRECTS
from contactcore.mapping.subject import REDACTED, Subject
from contactcore.mapping.trash import trashed_of
from contactcore.model import Company, Person, Picture
from contactcore.model.act import Change
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.people.shown import as_seen
from contactcore.workspace.privacy.subjects import records_naming, subject_of
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.forgetting import PARTS_AT_ONCE, Traces
from contactcore.workspace.repositories.history import HistoryRepository, without_texts
from contactcore.workspace.repositories.pictures import PictureRepository
from contactcore.workspace.repositories.repository import Loaded, Repository

__all__ = ["SECTIONS", "held_on"]

SECTIONS = ("person", "records", "elsewhere", "login", "messages", "history", "imports")
"""The parts of the document, in their sequence."""

_OF_STAFF = frozenset(
    (
        *("responsibles", "access", "added_by", "changed_by", "actor", "queued_by", "made_by", "by", "import_id"),
        *("digest", "person", "person_when_read", "grounds", "key", "message_id", "thumbnail"),
    )
)
"""The fields about users of the application or for the library, which are no data of the person."""

_TEXTS_OF_LETTERS = ("subject", "text", "html")

_TEXTS_OF_OTHERS = frozenset(("display_name", "title", "body", "payload", "attachments"))
"""The texts of an interaction of others. They may name anybody, and no rule finds all names."""


def held_on(transaction: Transaction, person: Loaded[Person]) -> dict[str, Any]:
    """Return the document about a person, as far as the actor sees it; whole for an admin.

    Args:
        transaction: The transaction of the actor.
        person: The person, whom the actor sees.
    """
    admin = transaction.actor.admin
    subject = subject_of(transaction, person.stored.id, whole=admin)
    return {
        "workspace": transaction.workspace,
        "made": timestamp(transaction.now),
        "complete": admin,
        "person": _own(person.entity) | _deleted(person),
        "records": _records(transaction, subject),
        "elsewhere": _elsewhere(transaction, subject),
        "login": [_own(one.entity) for one in Repository(transaction, LOGINS).owned_by(subject.id)],
        "messages": _letters(transaction, subject) if admin else [],
        "history": _history(transaction, subject) if admin else [],
        "imports": _notes(transaction, subject) if admin else [],
    }


def _own(entity: Any) -> dict[str, Any]:
    """An entity as plain data, without what is about users of the application."""
    plain = to_plain(entity)
    return {name: value for name, value in plain.items() if name not in _OF_STAFF}


def _deleted(one: Loaded[Any]) -> dict[str, Any]:
    trashed = trashed_of(one.stored)
    return {} if trashed is None else {"deleted": trashed.at}


def _records(transaction: Transaction, subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The records that belong to the person, by kind, those in the trash last."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entity_type in OWNED:
        if entity_type is LOGINS:
            continue
        repository: Repository[Any] = Repository(transaction, entity_type)
        for trashed in (False, True):
            for one in repository.owned_by(subject.id, trashed=trashed):
                if _is_seen(transaction, entity_type, one):
                    if entity_type is AFFILIATIONS and one.entity.person_id not in subject.ids:
                        # Somebody else acts for the person. Position, address and number belong to somebody else.
                        acting = _own(one.entity)
                        found.setdefault(entity_type.name, []).append(
                            {name: acting[name] for name in ("kind", "id", "since") if name in acting}
                            | _deleted(one)
                            | {"of": REDACTED}
                        )
                        continue
                    entity = _without_others(transaction, entity_type, one.entity, subject)
                    plain = (
                        _own(_shown(transaction, repository, entity))
                        | _deleted(one)
                        | _other_owner(transaction, entity_type, one, subject)
                    )
                    if entity_type is PICTURES:
                        plain |= _content(transaction, one.entity)
                    found.setdefault(entity_type.name, []).append(plain)
    return found


def _without_others(transaction: Transaction, entity_type: EntityType[Any], entity: Any, subject: Subject) -> Any:
    """An interaction of the person without what it says about another person, whom it names."""
    if entity_type is not INTERACTIONS or not entity.person_id or entity.person_id in subject.ids:
        return entity
    assert INTERACTIONS.forget is not None
    return INTERACTIONS.forget(entity, subject_of(transaction, entity.person_id))


def _shown(transaction: Transaction, repository: Repository[Any], entity: Any) -> Any:
    """An entity as the actor sees it, without what hidden records made of it."""
    if repository.type is AFFILIATIONS and not transaction.actor.admin:
        return as_seen(transaction, entity.contact_id, entity)
    (shown,) = repository.shown([entity])
    return shown


def _is_seen(transaction: Transaction, entity_type: EntityType[Any], one: Loaded[Any]) -> bool:
    if transaction.actor.admin:
        return True
    if entity_type is REDIRECTS:
        # The contact that was merged may have been hidden.
        return False
    contacts = ContactRepository(transaction)
    return trashed_of(one.stored) is None and all(map(contacts.may_be_seen, entity_type.owner_ids(one.entity)))


def _other_owner(
    transaction: Transaction, entity_type: EntityType[Any], one: Loaded[Any], subject: Subject
) -> dict[str, str]:
    """The name of the company that a record belongs to as well; another person is left out."""
    ids = [id for id in entity_type.owner_ids(one.entity) if id != subject.id]
    for stored in ContactRepository(transaction).stored(ids):
        if stored is not None:
            other = CONTACTS.load(stored, transaction.index_context)
            return {"of": other.display_name if isinstance(other, Company) else REDACTED}
    return {}


def _content(transaction: Transaction, picture: Picture) -> dict[str, Any]:
    """The picture, and the former one that the undo of an import would bring back."""
    content = PictureRepository(transaction).upright(picture)
    found: dict[str, Any] = {"media_type": content.media_type, "data": base64.b64encode(content.data).decode()}
    return found if picture.former is None else {**found, "former": _content(transaction, picture.former)}


def _elsewhere(transaction: Transaction, subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """The records of others that are about the person too, without what they say about others."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entity_type in ENTITIES:
        if entity_type.forget is None or entity_type is MESSAGES:
            continue
        for one in records_naming(transaction, entity_type, subject):
            if subject.id in entity_type.owner_ids(one.entity) or not _is_seen(transaction, entity_type, one):
                continue
            kept = entity_type.forget(one.entity, subject)
            if kept is one.entity:
                continue
            plain = _own(_shown(transaction, Repository[Any](transaction, entity_type), one.entity)) | _deleted(one)
            if kept is not None:
                # The texts belong to somebody else, and may name others.
                plain = {name: value for name, value in plain.items() if name not in _TEXTS_OF_OTHERS}
                plain |= _other_owner(transaction, entity_type, one, subject)
            found.setdefault(entity_type.name, []).append(plain)
    return found


def _letters(transaction: Transaction, subject: Subject) -> list[dict[str, Any]]:
    letters = []
    for one in records_naming(transaction, MESSAGES, subject):
        message = one.entity
        if MESSAGES.forget is None or MESSAGES.forget(message, subject) is message:
            continue
        plain = _own(message.shown())
        if message.to.key not in subject.emails:
            # The salutation names the recipient.
            other = Person.restore({"id": "", "full_name": message.to_name, "emails": (message.to,)})
            recipient = Subject("", other, frozenset(), subject.language)
            plain |= {name: recipient.redacted(plain[name]) for name in _TEXTS_OF_LETTERS if plain.get(name)}
            plain |= {"to": REDACTED, "to_name": REDACTED}
        letters.append({name: value for name, value in plain.items() if name not in {"about", "headers"}})
    return letters


def _history(transaction: Transaction, subject: Subject) -> list[dict[str, Any]]:
    """The changes of the person and of the person's records, the newest first, without the users who made them."""
    acts = [*HistoryRepository(transaction).acts(*(f"under:{id}" for id in sorted(subject.ids)))]
    made = [(act.at, one) for act in acts for one in act.changes if not subject.ids.isdisjoint(one.contacts)]
    own = _own_affiliations(transaction, subject, [change for _, change in made])
    others = _others_in(transaction, subject, [change for _, change in made])
    found = []
    for at, change in made:
        fields: Mapping[str, Any] = {
            name: one for name, one in change.fields.items() if name not in {*_OF_STAFF, "changed"}
        }
        if change.kind == AFFILIATIONS.name and change.id not in own:
            fields = {}
        for other in others.get(change.id, ()):
            fields = without_texts(fields, other.redacted)
        found.append({"at": at, "kind": change.kind, "id": change.id, "what": change.what, "fields": fields})
    return found


def _own_affiliations(transaction: Transaction, subject: Subject, changes: Iterable[Change]) -> set[str]:
    """The ids of the affiliations by which the person acts for others, not of those of others who act for it."""
    repository = Repository(transaction, AFFILIATIONS)
    kept = (one.entity for trashed in (False, True) for one in repository.owned_by(*subject.ids, trashed=trashed))
    own = {one.id for one in kept if one.person_id in subject.ids}
    named = (one for one in changes if one.kind == AFFILIATIONS.name)
    return own | {one.id for one in named if not subject.ids.isdisjoint(one.fields.get("person_id", ()))}


def _others_in(transaction: Transaction, subject: Subject, changes: Sequence[Change]) -> dict[str, list[Subject]]:
    """The other people whom interactions of the person name, or named once, by the id of the interaction."""
    ids = {one.id for one in changes if one.kind == INTERACTIONS.name}
    named: dict[str, set[str]] = {id: set() for id in ids}
    for id, one in Repository(transaction, INTERACTIONS).get_many(sorted(ids)).items():
        named[id].add(one.entity.person_id)
    for change in changes:
        if change.id in named:
            named[change.id] |= {id for id in change.fields.get("person_id", ()) if id}
    wanted = set().union(*named.values()) - subject.ids - {""} if named else set()
    subjects = {id: subject_of(transaction, id) for id in wanted}
    return {id: [subjects[one] for one in sorted(found & wanted)] for id, found in named.items()}


def _notes(transaction: Transaction, subject: Subject) -> list[dict[str, Any]]:
    """The cells that imports noted about the person."""
    return list(_noted(transaction, subject))


def _noted(transaction: Transaction, subject: Subject) -> Iterator[dict[str, Any]]:
    person = subject.person
    if person is None:
        return
    traces = Traces([person], sorted(subject.ids), subject.language)
    for part in Repository(transaction, JOB_PARTS).find(at_once=PARTS_AT_ONCE):
        entries: Mapping[str, Any] = part.entity.entries
        for line, column, value, reason, *_ in entries.get("problems", ()):
            if traces.are_in(value) or traces.are_in_reason(reason):
                yield {"import": part.entity.job_id, "line": line, "column": column, "value": value, "reason": reason}
        for line, id, _, field, before, after in entries.get("changes", ()):
            if id in subject.ids:
                yield {"import": part.entity.job_id, "line": line, "field": field, "before": before, "after": after}
        for before in filter(None, _values_before(entries, subject)):
            yield {"import": part.entity.job_id, "before": before}


def _values_before(entries: Mapping[str, Any], subject: Subject) -> Iterator[dict[str, Any]]:
    """The values that the person, and sites, items and affiliations of the person, had before a job changed them."""
    for one in entries.get("changed", ()):
        if isinstance(one, Mapping):
            if one["id"] in subject.ids and one.get("fields"):
                yield _without_staff({name: values[0] for name, values in one["fields"].items()})
        elif one[0] in subject.ids and one[-1]:
            yield _without_staff(json.load(one[-1].encode()))
    for *_, body in (*entries.get("parts_changed", ()), *entries.get("positions", ())):
        values = json.load(body.encode()) if isinstance(body, str) and body.startswith("{") else {}
        # Of an affiliation the person matters, who may act for somebody else.
        if values.get("person_id", values.get("contact_id")) in subject.ids:
            yield _without_staff(values)


def _without_staff(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in {*_OF_STAFF, "added", "changed"}}
