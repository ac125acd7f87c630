"""The floor: hand-written sqlite3 code for exactly these operations, as the lowest cost to compare with.

Each contact has one JSON document and one directory row. The rows are clustered in name order by an integer place with
gaps. The rowid of the FTS5 prefix index is the place, which lets hits arrive in name order and a search stop at the
twentieth hit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import attrs

from benchmarks import rows
from benchmarks.drivers.floor_import import GAP, SCHEMA, FloorImport
from benchmarks.drivers.floor_json import encode
from benchmarks.drivers.protocol import Driver, NewPerson, Seen
from benchmarks.folding import contact_words, directory_key, fold, match_query, words
from benchmarks.validation import by_contactcore, by_libraries, custom_fields
from benchmarks.workload import FEW, SHARED, Counts, Part

__all__ = ["Floor", "FloorByLibraries"]

_CARD = "d.place, d.id, d.kind, d.name, d.emails, d.phones"
_SCAN = f"""SELECT {_CARD} FROM directory d NOT INDEXED
  WHERE place > :after AND owner IN ('{SHARED}', :user) ORDER BY place LIMIT :limit"""
_MERGE = f"""SELECT {_CARD} FROM directory d WHERE place IN (
  SELECT * FROM (SELECT place FROM directory WHERE owner = '{SHARED}' AND place > :after ORDER BY place LIMIT :limit)
  UNION ALL
  SELECT * FROM (SELECT place FROM directory WHERE owner = :user AND place > :after ORDER BY place LIMIT :limit))
  ORDER BY place LIMIT :limit"""
_STARTS = f"""SELECT {_CARD} FROM directory d INDEXED BY directory_key
  WHERE key >= :text AND key < :text || char(1114111) AND owner IN ('{SHARED}', :user)
  ORDER BY key, place LIMIT :limit"""
_FOUND = f"""SELECT {_CARD} FROM found CROSS JOIN directory d ON d.place = found.rowid
  WHERE found MATCH :text AND d.owner IN ('{SHARED}', :user) ORDER BY found.rowid LIMIT :limit"""


@attrs.frozen
class Card:
    """A line of a list."""

    place: int
    id: int
    kind: str
    name: str
    emails: str
    phones: str


def _words(document: dict[str, Any]) -> str:
    return contact_words(document["name"], document["emails"], document["phones"])


def _own_words(document: dict[str, Any]) -> str:
    return " ".join([_words(document), *(word for tag in document["tags"] for word in words(tag))])


class Floor(Driver):
    """Hand-written sqlite3 that validates e-mail addresses and phone numbers with contactcore's values."""

    name: ClassVar[str] = "floor"
    fast: ClassVar[bool] = True

    def open(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;" + SCHEMA)
        self._email, self._phone = (self.fast and by_contactcore()) or by_libraries()
        self._plans: dict[str, str] = {}

    def close(self) -> None:
        self._db.close()

    def _document(self, draft: rows.Draft) -> dict[str, Any]:
        document: dict[str, Any] = {
            "kind": draft.kind,
            "name": draft.name,
            "given": draft.given,
            "family": draft.family,
            "emails": [self._email(text) for text in draft.emails],
            "phones": [self._phone(text) for text in draft.phones],
            "addresses": [draft.address] if draft.address else [],
            "tags": draft.tags,
            "note": draft.note,
        }
        if draft.fields:
            document["fields"] = custom_fields(draft.fields)
        return document

    def import_parts(self, parts: Sequence[Part]) -> Counts:
        load = FloorImport(self._db, self._document, self.told)
        for part in parts:
            load.part(part)
        return load.finish()

    def get(self, user: str, key: Any) -> Any:
        row = self._db.execute("SELECT owner, body FROM contact WHERE id = ?", (key,)).fetchone()
        if row is None or row[0] not in {SHARED, user}:
            raise LookupError(key)
        document = json.loads(row[1])
        if document["kind"] == "company":
            people = self._db.execute("SELECT person, name, position FROM works WHERE company = ?", (key,))
            document["people"] = people.fetchall()
        return document

    def _plan(self, user: str) -> str:
        plan = self._plans.get(user)
        if plan is None:
            (total,) = self._db.execute("SELECT count(*) FROM directory").fetchone()
            counted = "SELECT count(*) FROM directory WHERE owner IN (?, ?)"
            (visible,) = self._db.execute(counted, (SHARED, user)).fetchone()
            plan = self._plans[user] = _SCAN if visible * 4 > total else _MERGE
        return plan

    def page(self, user: str, after: Any, limit: int) -> Any:
        return [
            Card(*row)
            for row in self._db.execute(self._plan(user), {"after": after or 0, "user": user, "limit": limit})
        ]

    def search(self, user: str, text: str, limit: int) -> Any:
        hits = [Card(*row) for row in self._db.execute(_STARTS, {"text": fold(text), "user": user, "limit": limit})]
        if len(hits) < limit:
            first = {hit.place for hit in hits}
            rest = self._db.execute(_FOUND, {"text": match_query(text), "user": user, "limit": limit})
            hits += [Card(*row) for row in rest if row[0] not in first][: limit - len(hits)]
        return hits

    def _place(self, key: str) -> int:
        before = "SELECT max(place) FROM directory WHERE key = (SELECT max(key) FROM directory WHERE key <= ?)"
        (low,) = self._db.execute(before, (key,)).fetchone()
        after = "SELECT place FROM directory WHERE place > ? ORDER BY place LIMIT 1"
        row = self._db.execute(after, (low or 0,)).fetchone()
        place: int = ((low or 0) + row[0]) // 2 if row else (low or 0) + GAP
        if place == low:
            raise RuntimeError("the gap between two contacts is used up")
        return place

    def create(self, user: str, person: NewPerson) -> Any:  # noqa: ARG002 - argument of the protocol
        draft = rows.of_person(person)
        document = self._document(draft)
        body = encode(document)
        emails, phones = document["emails"], document["phones"]
        key = directory_key(draft.name, draft.family, draft.given)
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            number = db.execute("INSERT INTO contact VALUES (NULL, ?, 1, ?)", (SHARED, body)).lastrowid
            place = self._place(key)
            card = (place, number, key, SHARED, "person", draft.name, " ".join(emails), " ".join(phones))
            db.execute("INSERT INTO directory VALUES (?, ?, ?, ?, ?, ?, ?, ?)", card)
            db.execute("INSERT INTO found(rowid, words) VALUES (?, ?)", (place, _own_words(document)))
            db.executemany("INSERT INTO email VALUES (?, ?)", [(email.casefold(), number) for email in emails])
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
        return number

    def update(self, user: str, key: Any, phone: str, note: str) -> None:
        number = self._phone(phone)
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            document = self.get(user, key)
            document.pop("people", None)
            renewed = {**document, "phones": [number], "note": note}
            body = encode(renewed)
            db.execute("UPDATE contact SET body = ?, version = version + 1 WHERE id = ?", (body, key))
            db.execute("UPDATE directory SET phones = ? WHERE id = ?", (number, key))
            people = self._words_of_people(key)
            self._reindex(key, f"{_own_words(document)} {people}", f"{_own_words(renewed)} {people}")
            self._reindex_companies(key, _words(renewed))
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _words_of_people(self, company: int) -> str:
        rows_ = self._db.execute("SELECT words FROM works WHERE company = ? ORDER BY person", (company,))
        return " ".join(row[0] for row in rows_)

    def _reindex(self, key: int, old: str, new: str) -> None:
        (place,) = self._db.execute("SELECT place FROM directory WHERE id = ?", (key,)).fetchone()
        self._db.execute("INSERT INTO found(found, rowid, words) VALUES ('delete', ?, ?)", (place, old))
        self._db.execute("INSERT INTO found(rowid, words) VALUES (?, ?)", (place, new))

    def _reindex_companies(self, person: int, found: str) -> None:
        """Reindex the employers of a person, because a company is found by the words of its contact persons."""
        query = "SELECT w.company, c.body FROM works w JOIN contact c ON c.id = w.company WHERE w.person = ?"
        for company, body in self._db.execute(query, (person,)).fetchall():
            own = _own_words(json.loads(body))
            old = f"{own} {self._words_of_people(company)}"
            self._db.execute("UPDATE works SET words = ? WHERE company = ? AND person = ?", (found, company, person))
            self._reindex(company, old, f"{own} {self._words_of_people(company)}")

    def few(self) -> None:
        for table in ("contact", "directory"):
            self._db.execute(f"UPDATE {table} SET owner = 'nobody' WHERE owner <> ?", (FEW,))
        self._plans.clear()

    def keys(self, contacts: Sequence[tuple[str, str]]) -> list[Any]:
        query = "SELECT id FROM directory WHERE name = ? AND kind = ?"
        return [self._db.execute(query, (name, kind)).fetchone()[0] for kind, name in contacts]

    def seen(self, answer: Any) -> Seen:
        return Seen(
            kind=answer["kind"],
            name=answer["name"],
            emails=tuple(answer["emails"]),
            phones=tuple(answer["phones"]),
            cities=tuple(address[1] for address in answer["addresses"]),
            tags=tuple(answer["tags"]),
            people=tuple(row[1] for row in answer.get("people", ())),
            fields=answer.get("fields", {}),
        )

    def names(self, answer: Any) -> list[str]:
        return [card.name for card in answer]

    def cursor(self, page: Any) -> Any:
        return page[-1].place if page else None


class FloorByLibraries(Floor):
    """The floor with validation by the libraries, as a careful programmer would write it first."""

    name: ClassVar[str] = "floor_lib"
    fast: ClassVar[bool] = False
