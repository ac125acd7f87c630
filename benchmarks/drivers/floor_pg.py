"""The floor on PostgreSQL: hand-written psycopg code for exactly these operations.

Each contact has one JSON document and one directory row, which is read in keyset pages. The row has a `tsvector` with a
GIN index for rare prefixes. For frequent prefixes the planner walks the directory in name order and stops at the
twentieth hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import attrs
import psycopg

from benchmarks import postgres, rows
from benchmarks.drivers.floor import Floor
from benchmarks.drivers.floor_json import encode
from benchmarks.drivers.floor_pg_import import SCHEMA, PostgresFloorImport
from benchmarks.drivers.protocol import NewPerson
from benchmarks.drivers.tsquery import prefix_query
from benchmarks.folding import contact_words, directory_key, fold, words
from benchmarks.validation import by_contactcore, by_libraries
from benchmarks.workload import FEW, SHARED, Counts, Part

__all__ = ["PostgresFloor"]

_CARD = "d.id, d.key, d.kind, d.name, d.emails, d.phones"
_STREAM = f"""(SELECT {_CARD} FROM directory d WHERE owner = {{}} AND (key, id) > (%(key)s, %(id)s)
  ORDER BY key, id LIMIT %(limit)s)"""
_PAGE = f"""SELECT * FROM ({_STREAM.format(f"'{SHARED}'")} UNION ALL {_STREAM.format("%(user)s")}) d
  ORDER BY key, id LIMIT %(limit)s"""
_STARTS = f"""SELECT {_CARD} FROM directory d
  WHERE key >= %(start)s AND key < %(start)s || chr(1114111) AND owner IN ('{SHARED}', %(user)s)
  ORDER BY key, id LIMIT %(limit)s"""
_FOUND = f"""SELECT {_CARD} FROM directory d WHERE found @@ %(query)s::tsquery AND owner IN ('{SHARED}', %(user)s)
  ORDER BY key, id LIMIT %(limit)s"""
_CREATE = f"""WITH made AS (INSERT INTO contact (owner, version, body) VALUES ('{SHARED}', 1, %(body)s::jsonb)
    RETURNING id),
  listed AS (INSERT INTO directory SELECT id, %(key)s, '{SHARED}', 'person', %(name)s, %(emails)s, %(phones)s,
    %(words)s::text[], array_to_tsvector(%(words)s::text[]) FROM made),
  known AS (INSERT INTO email SELECT address, id FROM made, unnest(%(keys)s::text[]) address)
  SELECT id FROM made"""
_PEOPLE = "coalesce((SELECT string_to_array(string_agg(w.words, ' '), ' ') FROM works w WHERE w.company = d.id), '{}')"
_RELIST = f"""UPDATE directory d SET phones = %(phones)s, own = %(words)s::text[],
  found = array_to_tsvector(%(words)s::text[] || {_PEOPLE}) WHERE id = %(id)s"""
_REINDEX = f"""UPDATE directory d SET found = array_to_tsvector(d.own || {_PEOPLE})
  WHERE id IN (SELECT company FROM works WHERE person = %(id)s)"""


@attrs.frozen
class Card:
    """A line of a list."""

    id: int
    key: str
    kind: str
    name: str
    emails: str
    phones: str


def _words(document: dict[str, Any]) -> str:
    return contact_words(document["name"], document["emails"], document["phones"])


def _own_words(document: dict[str, Any]) -> list[str]:
    return [*_words(document).split(), *(word for tag in document["tags"] for word in words(tag))]


class PostgresFloor(Floor):
    """Hand-written psycopg, with the file reading and the answers of the SQLite floor."""

    name: ClassVar[str] = "floor_pg"

    def open(self, path: Path) -> None:  # noqa: ARG002 - argument of the protocol; the store is a database of the server
        self._dsn = postgres.new_database()
        self._pg = psycopg.connect(self._dsn, autocommit=True, prepare_threshold=2)
        self._pg.execute(SCHEMA)
        self._pg.execute("SET jit = off")
        self._email, self._phone = by_contactcore() or by_libraries()

    def close(self) -> None:
        self._pg.close()
        postgres.drop(self._dsn)

    def import_parts(self, parts: Sequence[Part]) -> Counts:
        load = PostgresFloorImport(self._pg, self._document, self.told)
        for part in parts:
            load.part(part)
        return load.finish()

    def get(self, user: str, key: Any) -> Any:
        row = self._pg.execute("SELECT owner, body FROM contact WHERE id = %s", (key,)).fetchone()
        if row is None or row[0] not in {SHARED, user}:
            raise LookupError(key)
        document = row[1]
        if document["kind"] == "company":
            people = self._pg.execute("SELECT person, name, position FROM works WHERE company = %s", (key,))
            document["people"] = people.fetchall()
        return document

    def page(self, user: str, after: Any, limit: int) -> Any:
        key, id = after or ("", 0)
        return self._cards(_PAGE, {"key": key, "id": id, "user": user, "limit": limit})

    def search(self, user: str, text: str, limit: int) -> Any:
        hits = self._cards(_STARTS, {"start": fold(text), "user": user, "limit": limit})
        if len(hits) < limit:
            first = {hit.id for hit in hits}
            # Not prepared, because the best plan depends on the words of the query.
            rest = self._cards(_FOUND, {"query": prefix_query(text), "user": user, "limit": limit}, prepare=False)
            hits += [card for card in rest if card.id not in first][: limit - len(hits)]
        return hits

    def _cards(self, statement: str, values: dict[str, Any], *, prepare: bool | None = None) -> list[Card]:
        return [Card(*row) for row in self._pg.execute(statement.encode(), values, prepare=prepare)]

    def create(self, user: str, person: NewPerson) -> Any:  # noqa: ARG002 - argument of the protocol
        document = self._document(rows.of_person(person))
        emails, phones = document["emails"], document["phones"]
        values = {
            "body": encode(document),
            "key": directory_key(document["name"], person.family, person.given),
            "name": document["name"],
            "emails": " ".join(emails),
            "phones": " ".join(phones),
            "words": _own_words(document),
            "keys": [email.casefold() for email in emails],
        }
        row = self._pg.execute(_CREATE.encode(), values).fetchone()
        return row and row[0]

    def update(self, user: str, key: Any, phone: str, note: str) -> None:
        number = self._phone(phone)
        with self._pg.transaction():
            self._pg.execute("SELECT 1 FROM contact WHERE id = %s FOR UPDATE", (key,))
            document = self.get(user, key)
            document.pop("people", None)
            document |= {"phones": [number], "note": note}
            values = {"id": key, "phones": number, "words": _own_words(document), "found": _words(document)}
            values["body"] = encode(document)
            with self._pg.pipeline():
                self._pg.execute("UPDATE contact SET body = %(body)s, version = version + 1 WHERE id = %(id)s", values)
                self._pg.execute(_RELIST.encode(), values)
                self._pg.execute("UPDATE works SET words = %(found)s WHERE person = %(id)s", values)
                self._pg.execute(_REINDEX.encode(), values)

    def few(self) -> None:
        self._pg.execute("UPDATE contact SET owner = 'nobody' WHERE owner <> %s", (FEW,))
        self._pg.execute("UPDATE directory SET owner = 'nobody' WHERE owner <> %s", (FEW,))
        self._pg.execute("VACUUM ANALYZE directory")

    def keys(self, contacts: Sequence[tuple[str, str]]) -> list[Any]:
        query = "SELECT id FROM directory WHERE name = %s AND kind = %s"
        found = [self._pg.execute(query, (name, kind)).fetchone() for kind, name in contacts]
        return [row and row[0] for row in found]

    def cursor(self, page: Any) -> Any:
        return (page[-1].key, page[-1].id) if page else None
