"""SQLAlchemy 2 with pydantic in good practice: selectinload, keyset pages, bulk inserts, indexes, FTS5."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import attrs
from pydantic import ValidationError
from sqlalchemy import Engine, create_engine, event, insert, select, text, tuple_, union_all, update
from sqlalchemy.orm import Session, selectinload

from benchmarks import rows
from benchmarks.drivers import peer_search
from benchmarks.drivers.protocol import Driver, NewPerson, Seen
from benchmarks.drivers.sqlalchemy_models import (
    Address,
    AddressIn,
    Affiliation,
    Base,
    Contact,
    ContactIn,
    ContactOut,
    Email,
    FieldsIn,
    Line,
    Phone,
    Tag,
    contact_tag,
    e164,
)
from benchmarks.folding import contact_words, directory_key, fold, match_query, words
from benchmarks.workload import FEW, SHARED, Counts, Part

__all__ = ["SQLAlchemyPydantic", "SQLAlchemySession", "SearchStatements"]

_BATCH = 1_000
_LIST = (selectinload(Contact.emails), selectinload(Contact.phones))
_WHOLE = (
    *_LIST,
    selectinload(Contact.addresses),
    selectinload(Contact.tags),
    selectinload(Contact.people).selectinload(Affiliation.person),
)


def _settings(connection: Any, _: Any) -> None:
    for pragma in peer_search.PRAGMAS:
        connection.execute(pragma)


def _bulk(session: Session, table: Any, values: list[dict[str, Any]]) -> None:
    if values:
        session.execute(insert(table), values)


@attrs.frozen
class SearchStatements:
    """The statements of the full-text search in one database."""

    create: tuple[str, ...]
    fill: tuple[str, ...]
    reindex: str
    find: str
    query: Callable[[str], str]


class SQLAlchemyPydantic(Driver):
    name: ClassVar[str] = "sqlalchemy"
    statements: ClassVar[SearchStatements] = SearchStatements(
        (peer_search.CREATE,), peer_search.FILL, peer_search.REINDEX, peer_search.FIND, match_query
    )

    def open(self, path: Path) -> None:
        self._engine = self._made_engine(path)
        Base.metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            for statement in self.statements.create:
                connection.execute(text(statement))

    def _made_engine(self, path: Path) -> Engine:
        engine = create_engine(f"sqlite:///{path}")
        event.listen(engine, "connect", _settings)
        return engine

    def close(self) -> None:
        self._engine.dispose()

    @staticmethod
    def _checked(draft: rows.Draft) -> ContactIn:
        keys = ("street", "city", "postal", "country")
        addresses = [AddressIn(**dict(zip(keys, draft.address, strict=True)))] if draft.address else []
        return ContactIn(
            kind=draft.kind,
            name=draft.name,
            given=draft.given,
            family=draft.family,
            emails=draft.emails,
            phones=draft.phones,
            addresses=addresses,
            tags=draft.tags,
            note=draft.note,
            fields=FieldsIn.model_validate(draft.fields) if draft.fields else None,
        )

    @staticmethod
    def _columns(given: ContactIn, owner: str) -> dict[str, Any]:
        return {
            "kind": given.kind,
            "name": given.name,
            "given": given.given,
            "family": given.family,
            "sort_key": directory_key(given.name, given.family, given.given),
            "words": contact_words(given.name, given.emails, given.phones),
            "tag_words": " ".join(word for tag in given.tags for word in words(tag)),
            "owner": owner,
            "note": given.note,
            "fields": given.fields.model_dump(mode="json", exclude_unset=True) if given.fields else None,
        }

    def _row(self, given: ContactIn, owner: str, tags: list[Tag]) -> Contact:
        return Contact(
            **self._columns(given, owner),
            emails=[Email(address=email, folded=email.casefold()) for email in given.emails],
            phones=[Phone(number=number) for number in given.phones],
            addresses=[Address(**address.model_dump()) for address in given.addresses],
            tags=tags,
        )

    @staticmethod
    def _tag_rows(session: Session, names: Iterable[str]) -> dict[str, Tag]:
        wanted = set(names)
        tags = {tag.name: tag for tag in session.scalars(select(Tag).where(Tag.name.in_(wanted)))} if wanted else {}
        for name in wanted - tags.keys():
            tags[name] = Tag(name=name)
            session.add(tags[name])
        return tags

    def import_parts(self, parts: Sequence[Part]) -> Counts:
        good = bad = duplicate = 0
        for part in parts:
            companies: dict[str, int] = {}
            drafts = rows.read(part.path)
            while batch := list(itertools.islice(drafts, _BATCH)):
                checked: list[tuple[rows.Draft, ContactIn]] = []
                for draft in batch:
                    try:
                        checked.append((draft, self._checked(draft)))
                    except ValidationError:
                        bad += 1
                kept = self._insert(checked, part.owner, companies)
                good, duplicate = good + kept, duplicate + len(checked) - kept
                self.told(good + bad + duplicate)
        with self._engine.begin() as connection:
            for statement in (*self.statements.fill, "ANALYZE"):
                connection.execute(text(statement))
        return Counts(good, bad, duplicate)

    def _insert(self, checked: list[tuple[rows.Draft, ContactIn]], owner: str, companies: dict[str, int]) -> int:
        """Insert plain rows in bulk, which is several times faster than a unit of work over instances."""
        with Session(self._engine) as session, session.begin():
            folded = [email.casefold() for _, given in checked for email in given.emails]
            known = set(session.scalars(select(Email.folded).where(Email.folded.in_(folded))))
            kept: list[tuple[rows.Draft, ContactIn]] = []
            fresh: dict[str, ContactIn] = {}
            for draft, given in checked:
                keys = {email.casefold() for email in given.emails}
                if not known.isdisjoint(keys):
                    continue
                known |= keys
                kept.append((draft, given))
                if draft.company and draft.company not in companies:
                    fresh[draft.company] = ContactIn(kind="company", name=draft.company)
            made = [*(given for _, given in kept), *fresh.values()]
            ids = self._save(session, made, owner)
            started = dict(zip(fresh, ids[len(kept) :], strict=True))
            works = []
            for (draft, _), person_id in zip(kept, ids, strict=False):
                if draft.company:
                    first = draft.company not in companies
                    company_id = companies.setdefault(draft.company, started.get(draft.company, 0))
                    row = {"company_id": company_id, "person_id": person_id, "position": draft.position}
                    works.append({**row, "is_primary": first})
            _bulk(session, Affiliation, works)
        return len(kept)

    def _save(self, session: Session, made: list[ContactIn], owner: str) -> list[int]:
        if not made:
            return []
        contacts = [{**self._columns(given, owner), "version": 1} for given in made]
        returning = insert(Contact).returning(Contact.id, sort_by_parameter_order=True)
        ids = list(session.scalars(returning, contacts))
        tags = self._tag_rows(session, (tag for given in made for tag in given.tags))
        session.flush()
        emails, phones, addresses, links = [], [], [], []
        for id, given in zip(ids, made, strict=True):
            emails += [{"contact_id": id, "address": text, "folded": text.casefold()} for text in given.emails]
            phones += [{"contact_id": id, "number": number} for number in given.phones]
            addresses += [{"contact_id": id, **address.model_dump()} for address in given.addresses]
            links += [{"contact_id": id, "tag_id": tags[tag].id} for tag in given.tags]
        _bulk(session, Email, emails)
        _bulk(session, Phone, phones)
        _bulk(session, Address, addresses)
        _bulk(session, contact_tag, links)
        return ids

    def get(self, user: str, key: Any) -> Any:
        with Session(self._engine) as session:
            asked = select(Contact).where(Contact.id == key, Contact.owner.in_((SHARED, user))).options(*_WHOLE)
            return ContactOut.model_validate(session.scalars(asked).one())

    def page(self, user: str, after: Any, limit: int) -> Any:
        streams = []
        for owner in (SHARED, user):
            stream = select(Contact.id, Contact.sort_key).where(Contact.owner == owner)
            if after is not None:
                stream = stream.where(tuple_(Contact.sort_key, Contact.id) > tuple_(*after))
            streams.append(stream)
        both = union_all(*streams).order_by("sort_key", "id").limit(limit)
        with Session(self._engine) as session:
            ids = [row[0] for row in session.execute(both)]
            return self._lines(session, ids)

    @staticmethod
    def _lines(session: Session, ids: list[int]) -> list[Line]:
        found = session.scalars(select(Contact).where(Contact.id.in_(ids)).options(*_LIST))
        lines = {contact.id: Line.model_validate(contact) for contact in found}
        return [lines[id] for id in ids]

    def search(self, user: str, text_: str, limit: int) -> Any:
        values = {"query": self.statements.query(text_), "user": user, "start": fold(text_), "limit": limit}
        with Session(self._engine) as session:
            ids = [row[0] for row in session.execute(text(self.statements.find), values)]
            return self._lines(session, ids)

    def create(self, user: str, person: NewPerson) -> Any:  # noqa: ARG002 - argument of the protocol
        address = AddressIn(street=person.street, city=person.city, postal=person.postal, country=person.country)
        given = ContactIn(
            kind="person",
            name=f"{person.given} {person.family}",
            given=person.given,
            family=person.family,
            emails=[*person.emails],
            phones=[*person.phones],
            addresses=[address],
            tags=[*person.tags],
            note=person.note,
        )
        with Session(self._engine) as session, session.begin():
            tags = self._tag_rows(session, given.tags)
            contact = self._row(given, SHARED, [tags[tag] for tag in given.tags])
            session.add(contact)
            session.flush()
            session.execute(text(self.statements.reindex), {"id": contact.id})
            return contact.id

    def update(self, user: str, key: Any, phone: str, note: str) -> None:
        number = e164(phone)
        with Session(self._engine) as session, session.begin():
            asked = select(Contact).where(Contact.id == key, Contact.owner.in_((SHARED, user))).options(*_WHOLE)
            contact = session.scalars(asked).one()
            contact.phones = [Phone(number=number)]
            contact.note = note
            contact.words = contact_words(contact.name, [email.address for email in contact.emails], [number])
            session.flush()
            session.execute(text(self.statements.reindex), {"id": key})

    def few(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(Contact).where(Contact.owner != FEW).values(owner="nobody"))
            connection.execute(text("ANALYZE"))

    def keys(self, contacts: Sequence[tuple[str, str]]) -> list[Any]:
        with Session(self._engine) as session:
            asked = [select(Contact.id).where(Contact.name == name, Contact.kind == kind) for kind, name in contacts]
            return [session.scalars(query).one() for query in asked]

    def seen(self, answer: Any) -> Seen:
        return Seen(
            kind=answer.kind,
            name=answer.name,
            emails=tuple(email.address for email in answer.emails),
            phones=tuple(phone.number for phone in answer.phones),
            cities=tuple(address.city for address in answer.addresses),
            tags=tuple(tag.name for tag in answer.tags),
            people=tuple(works.person.name for works in answer.people),
            fields=answer.fields.model_dump(mode="json", exclude_unset=True) if answer.fields else {},
        )

    def names(self, answer: Any) -> list[str]:
        return [line.name for line in answer]

    def cursor(self, page: Any) -> Any:
        return (page[-1].sort_key, page[-1].id) if page else None


class SQLAlchemySession(SQLAlchemyPydantic):
    """The same with the import of most applications: instances are added to a session and flushed in batches."""

    name: ClassVar[str] = "sqlalchemy_session"
    like: ClassVar[str] = "sqlalchemy"

    def _save(self, session: Session, made: list[ContactIn], owner: str) -> list[int]:
        tags = self._tag_rows(session, (tag for given in made for tag in given.tags))
        contacts = [self._row(given, owner, [tags[tag] for tag in given.tags]) for given in made]
        session.add_all(contacts)
        session.flush()
        return [contact.id for contact in contacts]
