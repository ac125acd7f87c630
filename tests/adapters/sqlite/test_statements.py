"""The statements of one write are counted: each takes time in the driver, and reads or writes a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import attrs
import pytest

from contactcore import Company, Person, User, Workspace
from contactcore_sqlite import SQLiteStorage
from contactcore_sqlite.connection import Connection

AMELIE = User("amelie")
METHODS = ("rows", "row", "run", "many", "opened", "insert_unique")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with closing(SQLiteStorage(tmp_path / "crm.db")) as storage:
        yield Workspace(storage, name="acme", country="FR", language="fr", currency="EUR")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that connections run. A statement with many rows of values counts once."""
    ran: list[str] = []

    def counting(name: str) -> Any:
        method = getattr(Connection, name)

        def counted(self: Connection, sql: str, *values: Any) -> Any:
            ran.append(sql)
            return method(self, sql, *values)

        return counted

    for name in METHODS:
        monkeypatch.setattr(Connection, name, counting(name))
    return ran


def _person(number: int) -> Person:
    return Person(
        "Jane",
        f"Doe {number}",
        emails=(f"jane{number}@example.com",),
        phones=(f"+3314544320{number}",),
        tags=("vip",),
        description="met in Lyon",
        access="shared-read",
    )


def _add(workspace: Workspace, number: int) -> str:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(_person(number)).id


def test_a_contact_is_added_by_ten_statements(workspace: Workspace, statements: list[str]) -> None:
    for number in range(4):  # the first ones look up the workspace, the tag, and who has it
        statements.clear()
        _add(workspace, number)
    assert len(statements) <= 10, statements


def test_a_contact_is_changed_by_fifteen_statements(workspace: Workspace, statements: list[str]) -> None:
    id = _add(workspace, 0)
    for phone in ("+33145443211", "+33145443212"):
        statements.clear()
        with workspace.write(AMELIE) as session:
            contact = session.contacts.get(id)
            session.contacts.save(attrs.evolve(contact, phones=(phone,), description=f"calls {phone}"))
    assert len(statements) <= 15, statements


def test_records_whose_index_values_are_right_are_not_written(workspace: Workspace, statements: list[str]) -> None:
    _add(workspace, 0)
    with workspace.storage.write("acme") as writer:
        records = writer.dump("contact")
        statements.clear()
        writer.reindex(records)
    assert len(records) == 1
    assert [sql.partition(" ")[0] for sql in statements] == ["SELECT", "COMMIT"]


def test_a_page_and_its_primary_people_are_read_by_two_statements(workspace: Workspace, statements: list[str]) -> None:
    with workspace.write(AMELIE) as session:
        for number in range(30):
            people = [Person("Jane", f"Doe {number}"), Person("Joan", f"Doe {number}")][: number % 3]
            session.contacts.add(Company(f"Bois {number:02}", access="shared-read"), people=people)
    with workspace.read(AMELIE) as session:
        first = session.contacts.page(limit=20)  # looks up what the connection remembers
    with workspace.read(AMELIE) as session:
        statements.clear()
        assert session.contacts.page(limit=20) == first
        assert len(statements) == 2, statements
        assert len([card for card in first if card.primary]) == 13
        statements.clear()
        session.contacts.page(limit=20, after=first.next)
        assert len(statements) == 4, statements  # two find the place of the cursor


def test_a_write_sees_the_settings_that_another_process_changed(workspace: Workspace, tmp_path: Path) -> None:
    _add(workspace, 0)
    with closing(SQLiteStorage(tmp_path / "crm.db")) as storage:
        other = Workspace(storage, name="acme", country="FR", language="fr", currency="EUR")
        with other.write(User("admin", admin=True)) as session:
            session.settings.change(country="DE")
    with workspace.write(AMELIE) as session:
        added = session.contacts.add(Company("Holz", phones=["030 901820"]))
    assert str(added.phones[0]) == "+4930901820"


def test_what_a_failed_transaction_wrote_is_not_remembered(workspace: Workspace) -> None:
    id = _add(workspace, 0)
    with suppress(RuntimeError), workspace.write(User("admin", admin=True)) as session:
        session.settings.change(country="DE")
        session.contacts.add(_person(1))
        raise RuntimeError
    with workspace.write(AMELIE) as session:
        assert session.settings.country == "FR"
        assert str(session.contacts.add(Company("Bois", phones=["01 45 44 32 09"])).phones[0]) == "+33145443209"
    with workspace.read(AMELIE) as session:
        assert [card.name for card in session.contacts.page()] == ["Bois", "Jane Doe 0"]
        assert session.contacts.get(id).display_name == "Jane Doe 0"
