"""The floor's tables and its import: rows are staged in the order of the file and then written in name order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from benchmarks import rows
from benchmarks.drivers.floor_json import encode
from benchmarks.folding import contact_words, directory_key, words
from benchmarks.workload import Counts, Part

__all__ = ["GAP", "SCHEMA", "FloorImport"]

GAP = 1 << 32
_BATCH = 2_000
SCHEMA = """
CREATE TABLE contact (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE works (company INTEGER, person INTEGER, name TEXT, position TEXT, words TEXT,
  PRIMARY KEY (company, person)) WITHOUT ROWID;
CREATE INDEX works_person ON works (person);
CREATE TABLE email (address TEXT PRIMARY KEY, contact INTEGER) WITHOUT ROWID;
CREATE TABLE directory (place INTEGER PRIMARY KEY, id INTEGER, key TEXT, owner TEXT, kind TEXT, name TEXT,
  emails TEXT, phones TEXT);
CREATE TABLE staged (id INTEGER PRIMARY KEY, key TEXT, owner TEXT, kind TEXT, name TEXT, emails TEXT, phones TEXT,
  words TEXT);
CREATE VIRTUAL TABLE found USING fts5(words, content='', columnsize=0, detail=none, prefix='1 2 3',
  tokenize="ascii tokenchars '@.-_+'");
"""
_FINISH = f"""
INSERT INTO directory SELECT row_number() OVER (ORDER BY key, id) * {GAP}, id, key, owner, kind, name, emails, phones
  FROM staged ORDER BY key, id;
INSERT INTO found(rowid, words) SELECT d.place, s.words || coalesce(
    (SELECT ' ' || group_concat(w.words, ' ') FROM works w WHERE w.company = s.id), '')
  FROM directory d CROSS JOIN staged s ON s.id = d.id ORDER BY d.place;
CREATE INDEX directory_key ON directory (key, place);
CREATE INDEX directory_owner ON directory (owner, place);
CREATE INDEX directory_id ON directory (id);
DROP TABLE staged;
INSERT INTO found(found) VALUES ('optimize');
"""


@attrs.define
class FloorImport:
    """One import into an empty store; `document_of` returns the document of a draft or raises ValueError."""

    db: Any  # a connection of sqlite3
    document_of: Callable[[rows.Draft], dict[str, Any]]
    told: Callable[[int], None]
    good: int = 0
    bad: int = 0
    duplicate: int = 0
    _number: int = 0
    _known: set[str] = attrs.field(factory=set)
    _companies: dict[str, int] = attrs.field(factory=dict)
    _contacts: list[tuple[Any, ...]] = attrs.field(factory=list)
    _staged: list[tuple[Any, ...]] = attrs.field(factory=list)
    _emails: list[tuple[str, int]] = attrs.field(factory=list)
    _works: list[tuple[Any, ...]] = attrs.field(factory=list)

    def part(self, part: Part) -> None:
        """Import the rows of a file, in transactions of some thousand rows."""
        self._companies.clear()
        known = self._known
        for draft in rows.read(part.path):
            try:
                document = self.document_of(draft)
            except ValueError:
                self.bad += 1
                continue
            keys = [email.casefold() for email in document["emails"]]
            if not known.isdisjoint(keys):
                self.duplicate += 1
                continue
            self.good += 1
            known.update(keys)
            company = self._company(draft.company, part.owner) if draft.company else 0
            number, found = self._stage(document, part.owner)
            self._emails += [(key, number) for key in dict.fromkeys(keys)]
            if company:
                self._works.append((company, number, draft.name, draft.position, found))
            if len(self._contacts) >= _BATCH:
                self._flush()
                self.told(self.good + self.bad + self.duplicate)
        self._flush()
        self.told(self.good + self.bad + self.duplicate)

    def _company(self, name: str, owner: str) -> int:
        number = self._companies.get(name)
        if number is None:
            empty = rows.Draft("company", name, "", "", "", "", [], [], None, [], "")
            number = self._companies[name] = self._stage(self.document_of(empty), owner)[0]
        return number

    def _stage(self, document: dict[str, Any], owner: str) -> tuple[int, str]:
        self._number = number = self._number + 1
        name, emails, phones = document["name"], document["emails"], document["phones"]
        self._contacts.append((number, owner, encode(document)))
        key = directory_key(name, document["family"], document["given"])
        found = contact_words(name, emails, phones)
        text = " ".join([found, *(word for tag in document["tags"] for word in words(tag))])
        row = (number, key, owner, document["kind"], name, " ".join(emails), " ".join(phones), text)
        self._staged.append(row)
        return number, found

    def _flush(self) -> None:
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO contact VALUES (?, ?, 1, ?)", self._contacts)
        db.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._staged)
        db.executemany("INSERT INTO email VALUES (?, ?)", self._emails)
        db.executemany("INSERT INTO works VALUES (?, ?, ?, ?, ?)", self._works)
        db.execute("COMMIT")
        for batch in (self._contacts, self._staged, self._emails, self._works):
            batch.clear()

    def finish(self) -> Counts:
        """Write the directory and the search index in name order."""
        self.db.execute("BEGIN IMMEDIATE")
        for statement in _FINISH.split(";\n"):
            self.db.execute(statement)
        self.db.execute("COMMIT")
        return Counts(self.good, self.bad, self.duplicate)
