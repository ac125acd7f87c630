"""Logins in the storage: read, written, and kept in step with the clients that they open (POR-1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from contactcore.errors import Duplicate, Forbidden, NotFound
from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.indexed_names import name_in
from contactcore.mapping.portal import (
    NOBODY,
    credential_of,
    credential_record,
    login_key,
    login_of,
    login_record,
    person_key,
)
from contactcore.mapping.terms import term
from contactcore.model import Affiliation, PortalUser
from contactcore.model.portal import Credential, PortalClient, PortalLogin
from contactcore.rules.access import may_change, portal_access
from contactcore.rules.portal import opened
from contactcore.storage import SYSTEM, Query, Stored
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.outbox.outbox import withdraw
from contactcore.workspace.repositories import affiliations

__all__ = [
    "admit",
    "clients_of",
    "create",
    "forget_logins",
    "hold_credential",
    "id_by_email",
    "load",
    "of_people",
    "open_to_portal",
    "open_to_portal_of",
    "prospects",
    "read_credential",
    "store",
    "store_credential",
    "through",
    "withdraw_links",
    "withheld_from",
]

_LETTERS = ("welcome", "set-password")


def load(transaction: Transaction, id: str) -> PortalLogin:
    """A login, whoever asks.

    Raises:
        NotFound: there is none.
    """
    (stored,) = transaction.reader.get("login", [id])
    if stored is None:
        raise NotFound("login", id)
    return login_of(stored)


def id_by_email(transaction: Transaction, email: EmailAddress) -> str | None:
    """The id of the login with this name, however it is spelled; for the rules."""
    (holder,) = transaction.reader.holders([login_key(email)])
    return None if holder is None else holder[1]


def of_people(transaction: Transaction, people: Sequence[str]) -> tuple[PortalLogin, ...]:
    """The logins of people that are not closed, in the sequence asked for."""
    holders = transaction.reader.holders([person_key(id) for id in people])
    ids = [holder[1] for holder in holders if holder is not None]
    return tuple(login_of(stored) for stored in transaction.reader.get("login", ids) if stored is not None)


def create(transaction: Transaction, login: PortalLogin, credential: Credential) -> None:
    """Store a new login with its secrets.

    Raises:
        Duplicate: the e-mail address, or the person, has a login; whose the address is, is not told.
    """
    if id_by_email(transaction, login.email) is not None:
        raise Duplicate(f"The login {login.email}")
    nobody = credential_record(Credential(login_id=NOBODY))
    transaction.writer.insert([nobody], existing="keep")
    with transaction.refusals(login):
        transaction.writer.insert([login_record(login), credential_record(credential)])
    transaction.publish("login.created", login.id, person=login.person_id)


def store(transaction: Transaction, login: PortalLogin, event: str) -> PortalLogin:
    """Store a changed login, one version further."""
    ready = attrs.evolve(login, version=login.version + 1)
    with transaction.refusals(login):
        transaction.writer.replace(login_record(ready), login.version)
    transaction.publish(event, ready.id, person=ready.person_id)
    return ready


def read_credential(transaction: Transaction, id: str) -> Credential | None:
    """The secrets of a login."""
    (stored,) = transaction.reader.get("credential", [id])
    return None if stored is None else credential_of(stored)


def hold_credential(transaction: Transaction, id: str) -> Credential:
    """The secrets of a login, held until the transaction ends."""
    with transaction.refusals(id):
        return credential_of(transaction.writer.lock("credential", id))


def store_credential(transaction: Transaction, credential: Credential) -> Credential:
    """Store changed secrets, one version further; nothing is told to the feed."""
    ready = attrs.evolve(credential, version=credential.version + 1)
    with transaction.refusals(credential):
        transaction.writer.replace(credential_record(ready), credential.version)
    return ready


def through(transaction: Transaction, login: PortalLogin, withheld: Iterable[str]) -> dict[str, list[Affiliation]]:
    """The affiliations that a login opens today, by client; none unless it is active and its person is there."""
    if login.state != "active":
        return {}
    found = [one for one, _ in affiliations.of_person(transaction, login.person_id)]
    by_client: dict[str, list[Affiliation]] = {}
    for one in opened(found, tuple(withheld), transaction.today):
        by_client.setdefault(one.contact_id, []).append(one)
    present = transaction.contacts((*by_client, login.person_id))
    if login.person_id not in present:
        return {}
    return {id: ones for id, ones in by_client.items() if id in present}


def prospects(transaction: Transaction, login: PortalLogin, withheld: Iterable[str]) -> list[str]:
    """Ids of the clients that a login opens today, opened once, or will open when their day comes."""
    kept_back = frozenset(withheld)
    found = affiliations.of_person(transaction, login.person_id)
    return [one.contact_id for one, _ in found if one.id not in kept_back]


def clients_of(transaction: Transaction, ids: Iterable[str]) -> tuple[PortalClient, ...]:
    """Clients as a login may choose them, by name."""
    language = transaction.index_context.language
    found = [PortalClient(id, name_in(contact, language)) for id, (contact, _) in transaction.contacts(ids).items()]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))


def admit(transaction: Transaction) -> None:
    """Refuse a portal user whose login is not active, or does not act for the client today.

    Raises:
        Forbidden: `portal-refused`.
    """
    actor = transaction.actor
    if not isinstance(actor, PortalUser):
        return
    (stored,) = transaction.reader.get("login", [actor.login_id])
    credential = read_credential(transaction, actor.login_id)
    joined = {}
    if stored is not None and credential is not None:
        joined = through(transaction, login_of(stored), credential.withheld)
    if actor.client_id in joined:
        return
    raise Forbidden("This login does not act for this client: log in again, or choose another one.", "portal-refused")


def open_to_portal(transaction: Transaction, client_ids: Iterable[str]) -> None:
    """Let the portal users of clients see them: set the access term where it is missing."""
    for id in sorted(client_ids):
        (stored,) = transaction.reader.get("contact", [id])
        if stored is None or portal_access(id) <= stored.access:
            continue
        with transaction.refusals(id):
            held = transaction.writer.lock("contact", id)
        transaction.writer.set_access("contact", held.owner, held.access | portal_access(id), [id])


def open_to_portal_of(transaction: Transaction, person_id: str, client_id: str) -> None:
    """Let the person see a client for which they act from now on, if they have a login."""
    if of_people(transaction, [person_id]):
        open_to_portal(transaction, [client_id])


def withheld_from(transaction: Transaction, person_id: str) -> tuple[str, ...]:
    """Ids of the affiliations of a person with clients that the actor may not change, the trash included.

    Whoever makes a login chooses its e-mail address: without this they could let themselves in to what is hidden
    from them.
    """
    joined = [one for one, _ in affiliations.of_person(transaction, person_id)]
    clients = transaction.contacts(one.contact_id for one in joined)
    ids = [one.id for one in joined if not may_change(transaction.actor, clients[one.contact_id][1].access)]
    ids += [
        affiliation_of(stored).id for stored in _walk(transaction, "affiliation", "trash", f"was:person:{person_id}")
    ]
    return tuple(ids)


def withdraw_links(transaction: Transaction, about: str) -> None:
    """Take back letters to a person whose link has died before they were sent."""
    for template in _LETTERS:
        withdraw(transaction, about, template, "The link in it is not valid any more.")


def forget_logins(transaction: Transaction, person_id: str) -> None:
    """Remove the logins of a person for good, closed ones included, with their secrets; for purge and erasure.

    Letters with their links that wait to be sent are taken back.
    """
    withdraw_links(transaction, person_id)
    for stored in list(_walk(transaction, "login", "added", term("person", person_id))):
        credential = read_credential(transaction, stored.id)
        with transaction.refusals(stored.id):
            if credential is not None:
                transaction.writer.delete("credential", stored.id, credential.version)
            transaction.writer.delete("login", stored.id, stored.version)


def _walk(transaction: Transaction, kind: str, order: str, wanted: str) -> Iterator[Stored]:
    return transaction.every(Query(kind=kind, order=order, access=SYSTEM, where=(frozenset({wanted}),)))
