"""Which drivers there are, and how each is loaded when it is asked for."""

from __future__ import annotations

import importlib

import attrs

from benchmarks import postgres
from benchmarks.drivers.protocol import Driver

__all__ = ["DRIVERS", "FAMILIES", "FLOOR", "OURS", "POSTGRES", "USUAL", "Family", "load"]

DRIVERS = {
    "floor": "benchmarks.drivers.floor:Floor",
    "floor_lib": "benchmarks.drivers.floor:FloorByLibraries",
    "contactcore": "benchmarks.drivers.contactcore_driver:ContactCore",
    "sqlalchemy": "benchmarks.drivers.sqlalchemy_pydantic:SQLAlchemyPydantic",
    "sqlalchemy_session": "benchmarks.drivers.sqlalchemy_pydantic:SQLAlchemySession",
    "django": "benchmarks.drivers.django_orm:DjangoORM",
    "floor_pg": "benchmarks.drivers.floor_pg:PostgresFloor",
    "contactcore_pg": "benchmarks.drivers.contactcore_pg:ContactCorePostgres",
    "sqlalchemy_pg": "benchmarks.drivers.sqlalchemy_pg:SQLAlchemyPostgres",
}
POSTGRES = ("floor_pg", "contactcore_pg", "sqlalchemy_pg")
# Left out: what differs in its import alone, and what needs a server.
USUAL = tuple(name for name in DRIVERS if name not in {"sqlalchemy_session", *POSTGRES})
FLOOR, OURS = "floor", "contactcore"


@attrs.frozen
class Family:
    """The drivers on one database, and which of them the others are compared with."""

    title: str
    drivers: frozenset[str]
    floor: str
    peers: tuple[str, ...]


FAMILIES = (
    Family("SQLite", frozenset(DRIVERS) - set(POSTGRES), FLOOR, ("sqlalchemy", "django")),
    Family("PostgreSQL", frozenset(POSTGRES), "floor_pg", ("sqlalchemy_pg",)),
)


def load(name: str) -> Driver:
    """The driver, or ImportError where what it stands on is not installed, or its server not there."""
    if name in POSTGRES:
        postgres.check()
    module, _, attribute = DRIVERS[name].partition(":")
    made: Driver = getattr(importlib.import_module(module), attribute)()
    return made
