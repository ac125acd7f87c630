"""Signing in: an attempt is looked up, verified and recorded, at the same cost for every outcome (POR-2).

The three steps run in one transaction, or the slow verification runs outside any transaction. Recording compares the
looked-up hash with the stored one again. Attempts that run at the same time therefore cannot bypass the lock.
"""

from __future__ import annotations

from functools import partial

import attrs

from contactcore.errors import Invalid
from contactcore.frozen import frozen
from contactcore.mapping.portal import NOBODY
from contactcore.model.portal import Credential, SignedIn, SignInRefused
from contactcore.rules.limits import SIGN_INS_BY_SOURCE, source_of
from contactcore.rules.portal import lock_duration
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.counters import count, is_exhausted
from contactcore.workspace.repositories.logins import CredentialRepository, LoginRepository

__all__ = ["LIMITED", "look_up", "look_up_id", "read_source", "record_attempt", "verify"]

_REFUSED = SignInRefused("refused")
LIMITED = SignInRefused("limited")


@frozen
class Attempt:
    """The stored values that an attempt is verified against.

    Attributes:
        login_id: The id of the login; `NOBODY` if there is no such login.
        password_hash: The password hash at the start of the attempt; `""` for none.
        source: The source of the attempt; `""` for unknown.
        limited: Whether the source had too many failed attempts.
    """

    login_id: str
    password_hash: str = attrs.field(default="", repr=False)
    source: str = ""
    limited: bool = False


def read_source(source: object) -> str:
    """Return the source that an address counts for.

    Raises:
        Invalid: `text-type`.
    """
    if not isinstance(source, str):
        raise Invalid("text-type", f"Give text here, not {type(source).__name__}.", path="source")
    return source_of(source)


def look_up(transaction: Transaction, email: object, source: object = "") -> Attempt:
    """Look up the login with an e-mail address; the credential of nobody if there is none.

    Raises:
        Invalid: `text-type` if the source is not text.
    """
    id, address = None, read_source(source)
    if isinstance(email, EmailAddress | str):
        try:
            name = EmailAddress(email) if isinstance(email, str) else email
            id = LoginRepository(transaction).id_by_email(name)
        except Invalid:
            id = None
    limited = is_exhausted(transaction, SIGN_INS_BY_SOURCE, address)
    return attrs.evolve(look_up_id(transaction, NOBODY if id is None else id), source=address, limited=limited)


def look_up_id(transaction: Transaction, id: str) -> Attempt:
    """Look up a login by its id."""
    credential = CredentialRepository(transaction).read(id)
    return Attempt(NOBODY) if credential is None else Attempt(id, credential.password_hash)


def verify(passwords: Passwords, attempt: Attempt, password: object) -> bool:
    """Return whether a password is right, with one verification even if there is no hash to verify against."""
    return passwords.verify(attempt.password_hash, password)


def record_attempt(
    transaction: Transaction, attempt: Attempt, password: object, *, right: bool, enters: bool = True
) -> SignedIn | SignInRefused:
    """Count an attempt and return its result; one record is locked and written for every outcome.

    A failed attempt counts even if the transaction is rolled back.

    Args:
        transaction: A writing transaction.
        attempt: The result of `look_up`.
        password: The password as it was typed. It is hashed again if the parameters for hashing have changed.
        right: The result of `verify`.
        enters: Whether the person enters the portal; False for a portal user who only types the password again.
    """
    if attempt.limited:
        return LIMITED
    answer = _record(transaction, attempt, password, right=right, enters=enters)
    if answer.reason == "refused":
        count(transaction, SIGN_INS_BY_SOURCE, attempt.source)
        transaction.lasting.append(partial(_record, attempt=attempt, password=None, right=False, enters=False))
    return answer


def _record(
    transaction: Transaction, attempt: Attempt, password: object, *, right: bool, enters: bool
) -> SignedIn | SignInRefused:
    logins = LoginRepository(transaction)
    credentials = logins.credentials
    if credentials.read(attempt.login_id) is None:
        # No login was ever created in this workspace, or this one was purged meanwhile.
        return _REFUSED
    credential = credentials.lock_any(attempt.login_id).entity
    now = timestamp(transaction.now)
    changed_meanwhile = credential.password_hash != attempt.password_hash
    if attempt.login_id == NOBODY or changed_meanwhile or now < credential.locked_until:
        credentials.save(credential)
        return _REFUSED
    if not right:
        _count_failure(transaction, credential)
        return _REFUSED
    login = logins.read(attempt.login_id)
    if login.state != "active":
        credentials.save(credential)
        return SignInRefused("suspended")
    cleared = attrs.evolve(credential, failures=0, locked_until="")
    if transaction.passwords.outdated(credential.password_hash) and isinstance(password, str):
        renewed = transaction.passwords.hash(transaction.passwords.check(password))
        cleared = attrs.evolve(cleared, password_hash=renewed)
    credentials.save(cleared)
    open_clients = logins.usable_affiliations(login, credential.opened)
    if not open_clients:
        return SignInRefused("no-client")
    if enters:
        ContactRepository(transaction).open_to_portal(open_clients)
        login = logins.save(attrs.evolve(login, last_login=transaction.now), "entered")
    return SignedIn(login, logins.clients_of(open_clients))


def _count_failure(transaction: Transaction, credential: Credential) -> None:
    failures = credential.failures + 1
    duration = lock_duration(failures)
    until = timestamp(transaction.now + duration) if duration else ""
    CredentialRepository(transaction).save(attrs.evolve(credential, failures=failures, locked_until=until))
    if duration:
        transaction.publish("login.locked", credential.login_id)
