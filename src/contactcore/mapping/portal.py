"""Conversion between logins and records, and between credentials and their separate records (POR-2)."""

from __future__ import annotations

from operator import attrgetter

from contactcore.mapping import json, parts
from contactcore.mapping.entity_type import EntityType, Placement
from contactcore.mapping.index_keys import term
from contactcore.mapping.kinds import KIND_OF
from contactcore.model.portal import Credential, PortalLogin
from contactcore.storage import Record, Stored
from contactcore.values import EmailAddress

__all__ = [
    "CREDENTIALS",
    "LOGINS",
    "NOBODY",
    "credential_of",
    "credential_record",
    "email_token_key",
    "login_key",
    "login_of",
    "login_record",
    "person_key",
    "token_key",
]

NOBODY = "nobody"
"""The id of the credential that counts attempts to use unknown logins, so that these take the same time."""


def login_key(email: EmailAddress) -> str:
    """The unique key of a login name, the same for all its spellings (POR-1).

    Args:
        email: The login name.

    >>> login_key(EmailAddress("Jo@example.org"))
    'login:jo@example.org'
    """
    return term("login", email.key)


def person_key(person_id: str) -> str:
    """The unique key that limits a person to one login.

    Args:
        person_id: The id of the person.
    """
    return term("login-of", person_id)


def token_key(digest: str) -> str:
    """The unique key by which a valid token is found.

    Args:
        digest: The SHA-256 hash of the token.
    """
    return f"token:{digest}"


def email_token_key(digest: str) -> str:
    """The unique key by which a valid token for a new address is found.

    Args:
        digest: The SHA-256 hash of the token.
    """
    return f"email-token:{digest}"


def login_record(login: PortalLogin, _placement: Placement) -> Record:
    """The record of a login; a closed login no longer reserves its e-mail address.

    The record has no access terms, because a login is reached only through its person, whose access is checked.

    Args:
        login: The login, with its id and version.
    """
    body = {
        "email": login.email.text,
        "person_id": login.person_id,
        "state": login.state,
        "created": parts.dump_moment(login.created),
        **parts.without_empty(
            {
                "last_login": parts.dump_moment(login.last_login),
                "has_password": login.has_password,
                "epoch": login.epoch,
            }
        ),
    }
    closed = login.state == "closed"
    return Record(
        kind="login",
        id=login.id,
        version=login.version,
        body=json.dump(body),
        orders={"added": ""},
        terms=frozenset({term("person", login.person_id)}),
        keys=frozenset() if closed else frozenset({login_key(login.email), person_key(login.person_id)}),
        references={"person": login.person_id},
        owner=login.person_id,
    )


def login_of(stored: Stored) -> PortalLogin:
    """The login of a stored record.

    Args:
        stored: The record.
    """
    body = json.load(stored.body)
    email = EmailAddress.restore(body.pop("email"))
    return PortalLogin(id=stored.id, version=stored.version, email=email, **body)


def credential_record(credential: Credential, _placement: Placement) -> Record:
    """The record of a login's secrets.

    Args:
        credential: The secrets.
    """
    body = {
        "password_hash": credential.password_hash,
        "token_hash": credential.token_hash,
        "token_expires": credential.token_expires,
        "mailed": credential.mailed,
        "failures": credential.failures,
        "locked_until": credential.locked_until,
        "made_by": credential.made_by,
        "made_by_admin": credential.made_by_admin,
        "opened": credential.opened,
        "follows": credential.follows,
        **parts.without_empty(
            {
                "left": credential.left,
                "new_email": credential.new_email,
                "email_token_hash": credential.email_token_hash,
                "email_token_expires": credential.email_token_expires,
                "email_state": credential.email_state,
            }
        ),
    }
    keys = set()
    if credential.token_hash:
        keys.add(token_key(credential.token_hash))
    if credential.email_token_hash:
        keys.add(email_token_key(credential.email_token_hash))
    return Record(
        kind="credential",
        id=credential.login_id,
        version=credential.version,
        body=json.dump(body),
        keys=frozenset(keys),
    )


def credential_of(stored: Stored) -> Credential:
    """The secrets of a stored record.

    Args:
        stored: The record.
    """
    body = json.load(stored.body)
    body["opened"] = tuple(body["opened"])
    return Credential(login_id=stored.id, version=stored.version, **body)


LOGINS: EntityType[PortalLogin] = EntityType(
    personal="owned",
    kind=KIND_OF["login"],
    load=lambda stored, _: login_of(stored),
    record=login_record,
    owners=("person",),
    # A login is reached through its person, once the person was seen.
    access=lambda *_: frozenset(),
    event_data=lambda login: {"person": login.person_id},
)

CREDENTIALS: EntityType[Credential] = EntityType(
    personal="none",
    kind=KIND_OF["credential"],
    load=lambda stored, _: credential_of(stored),
    record=credential_record,
    id_of=attrgetter("login_id"),
)
