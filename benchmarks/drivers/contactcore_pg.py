"""contactcore on PostgreSQL: the same driver with another storage."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from benchmarks import postgres
from benchmarks.drivers.contactcore_driver import ContactCore
from contactcore_postgres import PostgresStorage

__all__ = ["ContactCorePostgres"]


class ContactCorePostgres(ContactCore):
    name: ClassVar[str] = "contactcore_pg"

    def open(self, path: Path) -> None:  # noqa: ARG002 - argument of the protocol; the store is a database of the server
        self._dsn = postgres.new_database()
        self._storage = PostgresStorage(self._dsn)
        self._workspace = self._named("bench")

    def close(self) -> None:
        super().close()
        postgres.drop(self._dsn)
