"""Firms: a workspace with a clock, cheap passwords, and short functions for what many tests do."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

import attrs
from argon2 import PasswordHasher

from contactcore import Address, Affiliation, Company, Host, Person, PortalUser, User, Workspace
from contactcore.mapping.kinds import KINDS
from contactcore.mapping.messages import message_of
from contactcore.model import Authority, PortalLogin, SignIn
from contactcore.model.message import Message
from contactcore.rules.limits import Limit
from contactcore.storage import Record, Storage
from contactcore.testing.oracle import stored
from contactcore.workspace.kernel.passwords import Passwords
from support.actors import AMELIE, ROOT
from support.clock import Clock

__all__ = ["GOOD", "WEB", "CountedPasswords", "Firm", "SigningFirm", "Unlimited", "token_in"]

GOOD = "correct horse"
WEB = User("the portal's login page")


class _Hasher(PasswordHasher):
    """Counts verifications and hashes."""

    verified = 0
    hashed = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += str(hash).startswith("$argon2id$")
        return super().verify(hash, password)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.hashed += 1
        return super().hash(password, salt=salt)


class CountedPasswords(Passwords):
    """Cheap passwords that count the calls of Argon2."""

    @cached_property
    def _hasher(self) -> _Hasher:
        return _Hasher(time_cost=1, memory_cost=8, parallelism=1)

    def spent(self) -> tuple[int, int]:
        """The number of verifications and of hashes since the last call."""
        self._dummy_hash  # noqa: B018 - made once in a process, not with each attempt
        found = (self._hasher.verified, self._hasher.hashed)
        self._hasher.verified = self._hasher.hashed = 0
        return found


class Unlimited:
    """A limiter that allows everything, for histories of more attempts than people make."""

    def is_exhausted(self, key: str, limit: Limit) -> bool:
        return False

    def count(self, key: str, limit: Limit) -> None:
        pass


class Firm:
    """The workspace `acme` in a storage.

    Args:
        storage: Fresh storage.
        **options: Further arguments of `Workspace`.
    """

    def __init__(self, storage: Storage, **options: Any) -> None:
        self.storage = storage
        self.clock = Clock()
        self.passwords = CountedPasswords()
        self._options = options
        self.workspace = self.opened(self.passwords)

    def opened(self, passwords: Passwords) -> Workspace:
        """The same workspace with other passwords."""
        host = Host(clock=self.clock, passwords=passwords)
        return Workspace(self.storage, "acme", host=host, **self._options)

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
        """All records and events of the workspace, as one text."""
        records = [record for kind in KINDS for record in self.records(kind.name)]
        with self.storage.read("acme") as reader:
            events = reader.feed()
        return "".join(map(str, records)) + "".join(map(str, events))

    def letters(self) -> list[Message]:
        """The messages of the outbox, oldest first, with the parts that users do not see."""
        return [message_of(stored(record)) for record in sorted(self.records("message"), key=lambda one: one.id)]


class SigningFirm(Firm):
    """A French firm whose client, Bois & Fils, is represented by Ada alone or by Bo and Cy together.

    Args:
        storage: Fresh storage.

    Attributes:
        client_id: Id of the client.
        primary_id: Id of its primary person's affiliation.
    """

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage, language="fr", country="FR", currency="EUR")
        # A day with a plain name: the first of a month has a name of its own in French.
        self.clock.forward(days=4)
        with self.workspace.write(ROOT) as session:
            session.settings.define_field("Contract date", "date")
            session.settings.define_field("Discount", "number")
            session.settings.define_field("VIP", "yes-no")
            session.settings.define_field("Colours", "choices", choices=["red", "green", "blue"])
        address = Address("1 rue <Vauban>", city="Munich", postal_code="80331", country="DE", billing=True)
        ended = Authority(slug="represent", end=self.clock.now.date() - timedelta(days=1))
        with self.workspace.write(AMELIE) as session:
            client = session.contacts.add(
                Company(
                    "Bois & Fils",
                    division="Lyon",
                    emails=["office@bois.fr", "second@bois.fr"],
                    phones=["01 44 55 66 77"],
                    websites=["https://bois.fr"],
                    type="commercial-client",
                    tags=["vip", "wood"],
                    addresses=[address],
                    fields={"contract-date": "2026-01-31", "discount": 12.5, "vip": True, "colours": ["red", "blue"]},
                )
            )
            primary = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), position="CFO")
            people = [("Bo", "B", True), ("Cy", "C", True), ("Ada", "A", False)]
            for given, family, joint in people:
                one = session.people.add(client, Person(given, family), position=f"Director {given}")
                session.people.save(attrs.evolve(one, authorities=[Authority(slug="represent", joint=joint)]))
            past = session.people.add(client, Person("Old", "Boss"))
            session.people.save(attrs.evolve(past, authorities=[ended]))
        self.client_id = client.id
        self.primary_id = primary.id


def token_in(letter: Message) -> str:
    """The token in a letter."""
    found = re.search(r"token=([\w-]{43})", letter.text)
    assert found is not None
    return found[1]
