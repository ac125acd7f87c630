"""A firm with a portal: cheap passwords, a clock that is moved by hand, and what stands in the storage."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal

from argon2 import PasswordHasher

from contactcore import Affiliation, Company, Host, Person, PortalUser, User, Workspace
from contactcore.mapping.messages import message_of
from contactcore.model import PortalLogin, SignIn
from contactcore.model.message import Message
from contactcore.storage import Record, Storage, Stored
from contactcore.workspace.kernel.passwords import Passwords

GOOD = "correct horse"

AMELIE = User("amelie")
BOB = User("bob")
ROOT = User("root", admin=True)
WEB = User("the portal's login page")
KINDS = (
    *("contact", "affiliation", "settings", "tag", "job", "job-part", "message", "login"),
    "credential",
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> None:
        self.now += timedelta(**time)


class _Hasher(PasswordHasher):
    """Counts what is costly."""

    verified = 0
    hashed = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += str(hash).startswith("$argon2id$")
        return super().verify(hash, password)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.hashed += 1
        return super().hash(password, salt=salt)


class CountedPasswords(Passwords):
    """Cheap passwords that tell how often Argon2 was asked."""

    @cached_property
    def _hasher(self) -> _Hasher:
        return _Hasher(time_cost=1, memory_cost=8, parallelism=1)

    def spent(self) -> tuple[int, int]:
        """How many verifications and hashes there were since the last look."""
        self._nobodys  # noqa: B018 - made once in a process, not with an attempt
        found = (self._hasher.verified, self._hasher.hashed)
        self._hasher.verified = self._hasher.hashed = 0
        return found


class Firm:
    """The workspace `acme` in a storage, with shortcuts for what every test does."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.clock = Clock()
        self.passwords = CountedPasswords()
        self.workspace = self.opened(self.passwords)

    def opened(self, passwords: Passwords) -> Workspace:
        return Workspace(self.storage, "acme", host=Host(clock=self.clock, passwords=passwords))

    def client(self, name: str, by: User = AMELIE, access: str = "private") -> Company:
        with self.workspace.write(by) as session:
            return session.contacts.add(Company(name, access=access))

    def person(self, client: Company, given: str = "Jane", by: User = AMELIE) -> Affiliation:
        with self.workspace.write(by) as session:
            return session.people.add(client, Person(given, "Doe", emails=[f"{given.lower()}@bois.fr"]))

    def joined(self, client: Company, person: Affiliation, by: User = AMELIE) -> Affiliation:
        with self.workspace.write(by) as session:
            return session.people.add(client, person.person_id)

    def login(self, person: Affiliation, by: User = AMELIE, password: str | None = GOOD) -> PortalLogin:
        with self.workspace.write(by) as session:
            return session.portal.invite(person, password=password, send=False).login

    def sign_in(self, email: str = "jane@bois.fr", password: str = GOOD) -> SignIn:
        with self.workspace.write(WEB) as session:
            return session.portal.authenticate(email, password)

    def user(self, login: PortalLogin, client: Company) -> PortalUser:
        with self.workspace.read(ROOT) as session:
            return session.portal.choose(login, client)

    def records(self, kind: str) -> list[Record]:
        with self.storage.read("acme") as reader:
            return reader.dump(kind)

    def everything(self) -> str:
        """All that is stored, as text to search in."""
        records = [record for kind in KINDS for record in self.records(kind)]
        with self.storage.read("acme") as reader:
            events = reader.feed()
        return "".join(map(str, records)) + "".join(map(str, events))

    def letters(self) -> list[Message]:
        """The messages of the outbox, oldest first, with what is hidden from users."""
        return [message_of(_stored(record)) for record in sorted(self.records("message"), key=lambda one: one.id)]


def _stored(record: Record) -> Stored:
    return Stored(
        kind=record.kind,
        id=record.id,
        version=record.version,
        body=record.body,
        card=record.card,
        owner=record.owner,
        access=record.access,
    )


def token_in(letter: Message) -> str:
    """The token that a letter carries."""
    found = re.search(r"token=([\w-]{43})", letter.text)
    assert found is not None
    return found[1]
