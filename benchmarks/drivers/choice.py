"""Which drivers there are, and how each is loaded when it is asked for."""

from __future__ import annotations

import importlib

from benchmarks.drivers.protocol import Driver

__all__ = ["DRIVERS", "FLOOR", "OURS", "PEERS", "USUAL", "load"]

DRIVERS = {
    "floor": "benchmarks.drivers.floor:Floor",
    "floor_lib": "benchmarks.drivers.floor:FloorByLibraries",
    "contactcore": "benchmarks.drivers.contactcore_driver:ContactCore",
    "sqlalchemy": "benchmarks.drivers.sqlalchemy_pydantic:SQLAlchemyPydantic",
    "sqlalchemy_session": "benchmarks.drivers.sqlalchemy_pydantic:SQLAlchemySession",
    "django": "benchmarks.drivers.django_orm:DjangoORM",
}
USUAL = tuple(name for name in DRIVERS if name != "sqlalchemy_session")  # it differs in its import alone
FLOOR, OURS, PEERS = "floor", "contactcore", ("sqlalchemy", "django")


def load(name: str) -> Driver:
    """The driver, or ImportError where what it stands on is not installed."""
    module, _, attribute = DRIVERS[name].partition(":")
    made: Driver = getattr(importlib.import_module(module), attribute)()
    return made
