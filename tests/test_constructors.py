"""Storages and the deliverer refuse arguments that cannot be meant, by path and code (DIR-17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contactcore import Company, Invalid, User, Workspace
from contactcore.delivery import Deliverer
from contactcore.rules.redelivery import Outcome
from contactcore_memory import MemoryStorage
from contactcore_postgres import PostgresStorage
from contactcore_sqlite import SQLiteStorage

pytestmark = pytest.mark.req("DIR-17")


class Silent:
    """A transport that sends nothing."""

    def send(self, envelope: Any) -> Outcome:
        raise AssertionError("nothing is sent")

    def close(self) -> None:
        pass


def deliver(**options: Any) -> Deliverer:
    return Deliverer(MemoryStorage(), Silent(), sender="post@acme.example", **options)


NO_NUMBERS = ("3", None, True, [1])


@pytest.mark.parametrize("path", [None, 5, b"crm.db", ["crm.db"]])
def test_a_path_that_is_no_text_is_refused(path: Any) -> None:
    with pytest.raises(Invalid) as refused:
        SQLiteStorage(path)
    assert (refused.value.code, refused.value.path) == ("text-type", "path")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("patience", MemoryStorage),
        ("patience", lambda seconds: SQLiteStorage(Path("crm.db"), patience=seconds)),
        ("patience", lambda seconds: PostgresStorage("postgresql://user@localhost/crm", patience=seconds)),
        ("longest", lambda seconds: PostgresStorage("postgresql://user@localhost/crm", longest=seconds)),
    ],
    ids=["memory", "sqlite", "postgres", "postgres longest"],
)
def test_a_time_limit_of_a_storage_is_a_number_of_seconds(name: str, make: Callable[[Any], object]) -> None:
    for seconds in NO_NUMBERS:
        with pytest.raises(Invalid) as refused:
            make(seconds)
        assert (refused.value.code, refused.value.path) == ("number-type", name)
    for seconds in (-1, float("nan"), float("inf"), 1_000_001, 10**5_000):
        with pytest.raises(Invalid) as refused:
            make(seconds)
        assert (refused.value.code, refused.value.path) == ("seconds-out-of-range", name)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        *(({"connections": number}, "number-type") for number in (*NO_NUMBERS, 1.5)),
        *(({"connections": number}, "connections-out-of-range") for number in (0, -1)),
        *(({"idle_connections": number}, "number-type") for number in (*NO_NUMBERS, 1.5)),
        ({"idle_connections": -1}, "connections-out-of-range"),
        *(({"schema": schema}, "text-type") for schema in (None, 5, b"crm")),
        *(({"schema": schema}, "schema-name") for schema in ("", "pg_crm", "é" * 32)),
        *(({"schema": schema}, code) for schema, code in (("x" * 64, "text-too-long"), ("a\0", "text-nul"))),
    ],
)
def test_a_storage_on_a_server_refuses_what_no_server_can_have(options: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        PostgresStorage("postgresql://user@localhost/crm", **options)
    assert (refused.value.code, refused.value.path) == (code, next(iter(options)))


@pytest.mark.parametrize(
    ("options", "path", "code"),
    [
        *(({"batch": batch}, "batch", "number-type") for batch in ("3", None, True, 1.5)),
        *(({"batch": batch}, "batch", "batch-out-of-range") for batch in (0, -1)),
        *(({"lease": lease}, "lease", "duration-type") for lease in (None, 600, "600")),
        *(({"lease": timedelta(lease)}, "lease", "duration-not-positive") for lease in (0, -1)),
        *(({"delays": delays}, "delays", "not-a-list") for delays in (None, 5, "60", timedelta(1), {1: 2})),
        ({"delays": [timedelta(1), 60]}, "delays[1]", "duration-type"),
        ({"delays": [timedelta(-1)]}, "delays[0]", "duration-not-positive"),
    ],
)
def test_a_deliverer_refuses_what_cannot_be_meant(options: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        deliver(**options)
    assert (refused.value.code, refused.value.path) == (code, path)


@pytest.mark.parametrize("field", ["emails", "phones", "tags", "categories", "addresses", "responsibles"])
def test_a_mapping_in_the_place_of_a_list_is_refused(field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Company("Bois", **{field: {"x@bois.fr": "y"}})
    assert (refused.value.code, refused.value.path) == ("not-a-list", field)


def test_a_mapping_in_the_place_of_the_choices_of_a_field_is_refused() -> None:
    with Workspace(MemoryStorage(), "acme").write(User("root", admin=True)) as session:
        session.settings.define_field("Colours", "choices", choices=["red", "green"])
        with pytest.raises(Invalid) as refused:
            session.contacts.add(Company("Bois", fields={"colours": {"red": 1}}))
        assert (refused.value.code, refused.value.path) == ("field-not-list", "fields.colours")
