"""The full-text table of both peers: FTS5 beside the ORM's tables, the best way to search for prefixes of words.

The hits are sorted by name after the search, because the rows of an ORM store no position in the directory.
"""

from __future__ import annotations

__all__ = ["CREATE", "FILL", "FIND", "PRAGMAS", "REINDEX"]

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA busy_timeout=5000",
)
CREATE = "CREATE VIRTUAL TABLE contact_fts USING fts5(words, prefix='1 2 3', tokenize=\"ascii tokenchars '@.-_+'\")"
_ALL = """c.words || ' ' || c.tag_words || coalesce((SELECT ' ' || group_concat(p.words, ' ') FROM affiliation a
  JOIN contact p ON p.id = a.person_id WHERE a.company_id = c.id), '')"""
FILL = (
    f"INSERT INTO contact_fts(rowid, words) SELECT c.id, {_ALL} FROM contact c",
    "INSERT INTO contact_fts(contact_fts) VALUES ('optimize')",
)
REINDEX = f"""INSERT OR REPLACE INTO contact_fts(rowid, words) SELECT c.id, {_ALL} FROM contact c
  WHERE c.id = :id OR c.id IN (SELECT company_id FROM affiliation WHERE person_id = :id)"""
FIND = """SELECT c.id FROM contact_fts JOIN contact c ON c.id = contact_fts.rowid
  WHERE contact_fts MATCH :query AND c.owner IN ('*', :user)
  ORDER BY substr(c.sort_key, 1, length(:start)) = :start DESC, c.sort_key, c.id LIMIT :limit"""
