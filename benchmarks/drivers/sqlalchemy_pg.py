"""The SQLAlchemy peer on PostgreSQL: the same models and calls, with a `tsvector` and a GIN index for the search."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import psycopg
from sqlalchemy import Engine, create_engine

from benchmarks import postgres
from benchmarks.drivers.sqlalchemy_pydantic import SearchStatements, SQLAlchemyPydantic
from benchmarks.drivers.tsquery import prefix_query

__all__ = ["SQLAlchemyPostgres"]

_ALL = """array_to_tsvector(string_to_array(concat_ws(' ', c.words, nullif(c.tag_words, ''),
  (SELECT string_agg(p.words, ' ') FROM affiliation a JOIN contact p ON p.id = a.person_id
    WHERE a.company_id = c.id)), ' '))"""
_STATEMENTS = SearchStatements(
    create=(
        "CREATE TABLE contact_fts (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX contact_fts_words ON contact_fts USING gin (words)",
    ),
    fill=(f"INSERT INTO contact_fts SELECT c.id, {_ALL} FROM contact c",),
    reindex=f"""INSERT INTO contact_fts SELECT c.id, {_ALL} FROM contact c
      WHERE c.id = :id OR c.id IN (SELECT company_id FROM affiliation WHERE person_id = :id)
      ON CONFLICT (id) DO UPDATE SET words = excluded.words""",
    find="""SELECT c.id FROM contact_fts f JOIN contact c ON c.id = f.id
      WHERE f.words @@ CAST(:query AS tsquery) AND c.owner IN ('*', :user)
      ORDER BY left(c.sort_key, length(CAST(:start AS text))) = :start DESC, c.sort_key, c.id LIMIT :limit""",
    query=prefix_query,
)


class SQLAlchemyPostgres(SQLAlchemyPydantic):
    name: ClassVar[str] = "sqlalchemy_pg"
    statements: ClassVar[SearchStatements] = _STATEMENTS

    def _made_engine(self, path: Path) -> Engine:  # noqa: ARG002 - argument of the protocol; the store is a database
        self._dsn = dsn = postgres.new_database()
        return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))

    def close(self) -> None:
        super().close()
        postgres.drop(self._dsn)
