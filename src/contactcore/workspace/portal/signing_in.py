"""Signing in: an attempt is looked up, verified and recorded, at the same cost whoever tries (POR-2).

The three steps can be taken in one transaction, or the slow one in the middle outside any: what was looked up is
compared again when the attempt is recorded, so that attempts made at the same time cannot get past the lock.
"""

from __future__ import annotations

import attrs

from contactcore.errors import Invalid
from contactcore.mapping.portal import NOBODY
from contactcore.model.portal import Credential, SignIn
from contactcore.rules.portal import lock_duration
from contactcore.values import EmailAddress
from contactcore.workspace.kernel.ids import timestamp
from contactcore.workspace.kernel.passwords import Passwords
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.repositories.contacts import ContactRepository
from contactcore.workspace.repositories.logins import CredentialRepository, LoginRepository

__all__ = ["Attempt", "look_up", "look_up_id", "record_attempt", "verify"]

_REFUSED = SignIn("refused")


@attrs.frozen
class Attempt:
    """What an attempt is made on.

    Attributes:
        login_id: The credential's; `NOBODY` where there is no such login.
        password_hash: As it was when the attempt began; `""` for none.
    """

    login_id: str
    password_hash: str = attrs.field(default="", repr=False)


def look_up(transaction: Transaction, email: object) -> Attempt:
    """The login that an e-mail address means, or nobody's."""
    id = None
    if isinstance(email, EmailAddress | str):
        try:
            name = EmailAddress(email) if isinstance(email, str) else email
            id = LoginRepository(transaction).id_by_email(name)
        except Invalid:
            id = None
    return look_up_id(transaction, NOBODY if id is None else id)


def look_up_id(transaction: Transaction, id: str) -> Attempt:
    """An attempt on a login that is known."""
    credential = CredentialRepository(transaction).read(id)
    return Attempt(NOBODY) if credential is None else Attempt(id, credential.password_hash)


def verify(passwords: Passwords, attempt: Attempt, password: object) -> bool:
    """Whether the password is the right one: one verification, also where there is nothing to verify."""
    return passwords.verify(attempt.password_hash, password)


def record_attempt(transaction: Transaction, attempt: Attempt, password: object, *, right: bool) -> SignIn:
    """Count the attempt and answer it: one record is held and written, whatever the answer.

    Args:
        transaction: A writing one.
        attempt: What `look_up` gave.
        password: What was typed, to be hashed anew when the parameters have risen.
        right: What `verify` said.
    """
    logins = LoginRepository(transaction)
    secrets = logins.credentials
    if secrets.read(attempt.login_id) is None:
        # Nobody has a login in this workspace yet, or it was purged meanwhile.
        return _REFUSED
    credential = secrets.lock_any(attempt.login_id).entity
    now = timestamp(transaction.now)
    changed_meanwhile = credential.password_hash != attempt.password_hash
    if attempt.login_id == NOBODY or changed_meanwhile or now < credential.locked_until:
        secrets.save(credential)
        return _REFUSED
    if not right:
        _count(transaction, credential)
        return _REFUSED
    login = logins.read(attempt.login_id)
    if login.state != "active":
        secrets.save(credential)
        return SignIn("suspended")
    cleared = attrs.evolve(credential, failures=0, locked_until="")
    if transaction.passwords.outdated(credential.password_hash) and isinstance(password, str):
        renewed = transaction.passwords.hash(transaction.passwords.check(password))
        cleared = attrs.evolve(cleared, password_hash=renewed)
    secrets.save(cleared)
    open_clients = logins.through(login, credential.withheld)
    if not open_clients:
        return SignIn("no-client")
    ContactRepository(transaction).open_to_portal(open_clients)
    entered = logins.save(attrs.evolve(login, last_login=now), "entered")
    return SignIn("ok", entered, logins.clients_of(open_clients))


def _count(transaction: Transaction, credential: Credential) -> None:
    failures = credential.failures + 1
    locked = lock_duration(failures)
    until = timestamp(transaction.now + locked) if locked else ""
    CredentialRepository(transaction).save(attrs.evolve(credential, failures=failures, locked_until=until))
    if locked:
        transaction.publish("login.locked", credential.login_id)
