"""Which drivers there are, and how each is loaded when it is asked for."""

from __future__ import annotations

import importlib

from benchmarks.drivers.protocol import Driver

__all__ = ["DRIVERS", "FLOOR", "OURS", "PEERS", "load"]

DRIVERS = {
    "floor": "benchmarks.drivers.floor:Floor",
    "floor_lib": "benchmarks.drivers.floor:FloorByLibraries",
    "contactcore": "benchmarks.drivers.contactcore_driver:ContactCore",
    "sqlalchemy": "benchmarks.drivers.sqlalchemy_pydantic:SQLAlchemyPydantic",
    "django": "benchmarks.drivers.django_orm:DjangoORM",
}
FLOOR, OURS, PEERS = "floor", "contactcore", ("sqlalchemy", "django")


def load(name: str) -> Driver:
    """The driver, or ImportError where what it stands on is not installed."""
    module, _, attribute = DRIVERS[name].partition(":")
    made: Driver = getattr(importlib.import_module(module), attribute)()
    return made
