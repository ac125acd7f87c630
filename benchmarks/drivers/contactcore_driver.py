"""contactcore on SQLite, used as its documentation describes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import attrs

from benchmarks.drivers.protocol import Driver, NewPerson, Seen
from benchmarks.folding import fold
from benchmarks.workload import FEW, SHARED, Counts, Field, Part
from contactcore import Address, Person, User, Workspace
from contactcore.storage import Storage
from contactcore_sqlite import SQLiteStorage

__all__ = ["ContactCore"]

_IMPORTER, _NOBODY = "importer", "nobody"


class ContactCore(Driver):
    name: ClassVar[str] = "contactcore"
    leaves_out: ClassVar[tuple[str, ...]] = ()
    same_order: ClassVar[bool] = False

    def open(self, path: Path) -> None:
        self._storage: Storage = SQLiteStorage(path)
        self._workspace = self._named("bench")

    def _named(self, name: str) -> Workspace:
        return Workspace(self._storage, name=name, country="FR", language="fr", currency="EUR")

    def define(self, fields: Sequence[Field]) -> None:
        with self._workspace.write(User("root", admin=True)) as session:
            for field in fields:
                session.settings.define_field(field.name, field.type, choices=field.choices)

    def close(self) -> None:
        self._storage.close()

    def import_parts(self, parts: Sequence[Part]) -> Counts:
        self._parts = parts
        return self._import(parts, lambda owner: (_IMPORTER, "shared-read") if owner == SHARED else (owner, "private"))

    def _import(self, parts: Sequence[Part], who: Callable[[str], tuple[str, str]]) -> Counts:
        good = bad = duplicate = 0
        for part in parts:
            user, access = who(part.owner)
            imports = self._workspace.imports(User(user))
            plan = imports.plan(part.path, strict=True, access=access, policy="skip")
            report = imports.apply(plan, partial(self._report, good + bad + duplicate))
            good, bad, duplicate = good + report.created, bad + report.rejected, duplicate + report.skipped
        self._storage.tidy(whole=True)
        return Counts(good, bad, duplicate)

    def _report(self, before: int, progress: Any) -> None:
        self.told(before + progress.rows)

    def get(self, user: str, key: Any) -> Any:
        with self._workspace.read(User(user)) as session:
            contact = session.contacts.get(key)
            people = session.people.list(contact) if contact.kind == "company" else ()
            return contact, people

    def page(self, user: str, after: Any, limit: int) -> Any:
        with self._workspace.read(User(user)) as session:
            return session.contacts.page(after=after, limit=limit)

    def search(self, user: str, text: str, limit: int) -> Any:
        with self._workspace.read(User(user)) as session:
            return session.contacts.search(text, limit=limit)

    def create(self, user: str, person: NewPerson) -> Any:
        home = Address(street=person.street, city=person.city, postal_code=person.postal, country=person.country)
        fresh = Person(
            person.given,
            person.family,
            emails=person.emails,
            phones=person.phones,
            addresses=(home,),
            tags=person.tags,
            description=person.note,
            access="shared-read",
        )
        with self._workspace.write(User(user)) as session:
            return session.contacts.add(fresh).id

    def update(self, user: str, key: Any, phone: str, note: str) -> None:
        with self._workspace.write(User(user, admin=True)) as session:  # shared for reading: only an admin may write
            contact = session.contacts.get(key)
            session.contacts.save(attrs.evolve(contact, phones=(phone,), description=note))

    def few(self) -> None:
        self._workspace = self._named("few")
        self._import(self._parts, lambda owner: (FEW if owner == FEW else _NOBODY, "private"))

    def keys(self, contacts: Sequence[tuple[str, str]]) -> list[Any]:
        found = []
        with self._workspace.read(User("root", admin=True)) as session:
            for kind, name in contacts:
                hits = session.contacts.search(fold(name), limit=200)
                found.append(next(hit.id for hit in hits if hit.kind == kind and hit.name == name))
        return found

    def seen(self, answer: Any) -> Seen:
        contact, people = answer
        return Seen(
            kind=contact.kind,
            name=contact.display_name,
            emails=tuple(str(email) for email in contact.emails),
            phones=tuple(str(phone) for phone in contact.phones),
            cities=tuple(address.city for address in contact.addresses),
            tags=tuple(str(tag) for tag in contact.tags),
            people=tuple(affiliation.person.display_name for affiliation in people),
            fields=contact.fields,
        )

    def names(self, answer: Any) -> list[str]:
        return [card.name for card in answer]

    def cursor(self, page: Any) -> Any:
        return page.next
