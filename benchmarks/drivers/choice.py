"""The list of drivers, which are loaded on demand."""

from __future__ import annotations

import importlib

import attrs

from benchmarks import postgres
from benchmarks.drivers.protocol import Driver

__all__ = ["DRIVERS", "FAMILIES", "FLOOR", "OURS", "POSTGRES", "USUAL", "VARIED", "Family", "load"]

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
USUAL = tuple(name for name in DRIVERS if name not in POSTGRES)
VARIED = ("floor", "contactcore", "sqlalchemy", "django")  # one driver of each stack
FLOOR, OURS = "floor", "contactcore"


@attrs.frozen
class Family:
    """The drivers of one database, with the floor and the peers that the others are compared with."""

    title: str
    drivers: frozenset[str]
    floor: str
    peers: tuple[str, ...]


FAMILIES = (
    Family("SQLite", frozenset(DRIVERS) - set(POSTGRES), FLOOR, ("sqlalchemy", "sqlalchemy_session", "django")),
    Family("PostgreSQL", frozenset(POSTGRES), "floor_pg", ("sqlalchemy_pg",)),
)


def load(name: str) -> Driver:
    """Load a driver; raise ImportError if a library of it is not installed or its server is missing."""
    if name in POSTGRES:
        postgres.check()
    module, _, attribute = DRIVERS[name].partition(":")
    driver: Driver = getattr(importlib.import_module(module), attribute)()
    return driver
