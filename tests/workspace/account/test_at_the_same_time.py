"""A key is posted once, however many threads and processes post it (POR-7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from contactcore import AccountEntry, Company, ContactCoreError, Workspace
from contactcore.storage import Storage
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE
from support.child import StartChild

pytestmark = pytest.mark.req("POR-7")

_THREADS = 4
INVOICE = AccountEntry("invoice", "120 EUR", key="F1", date="2026-01-05")

POSTER = """
import sys
from contactcore import AccountEntry, User, Workspace
from {module} import {storage}

workspace = Workspace({storage}(sys.argv[1]), "acme")
print("ready", flush=True)
sys.stdin.readline()
entry = AccountEntry("invoice", "120 EUR", key="F1", date="2026-01-05")
for _ in range(5):
    print(workspace.run(User("amelie"), lambda session: session.account.post(sys.argv[2], entry).id, attempts=50))
"""


def posted_at_once(workspace: Workspace, contacts: list[Any]) -> list[str]:
    """The id of the entry for each post, or the name of its error; all begin together."""
    ready = Barrier(len(contacts), timeout=30)

    def post(contact: Any) -> str:
        ready.wait()
        try:
            return workspace.run(AMELIE, lambda session: session.account.post(contact, INVOICE).id, attempts=50)
        except ContactCoreError as error:
            return type(error).__name__

    with ThreadPoolExecutor(len(contacts)) as pool:
        return list(pool.map(post, contacts))


def entries(storage: Storage) -> int:
    with storage.read("acme") as reader:
        return len(reader.dump("account-entry"))


def test_a_key_that_threads_post_is_one_entry(workspace: Workspace, storage: Storage, bois: Any) -> None:
    assert len(set(posted_at_once(workspace, [bois] * _THREADS))) == 1
    assert entries(storage) == 1


def test_a_key_that_threads_post_for_two_contacts_is_one_entry(
    workspace: Workspace, storage: Storage, bois: Any
) -> None:
    with workspace.write(AMELIE) as session:
        other = session.contacts.add(Company("Other"))
    answers = posted_at_once(workspace, [bois, other] * 2)
    refused = [one for one in answers if one in {"Conflict", "Duplicate"}]
    assert len(refused) == 2
    assert len({one for one in answers if one not in refused}) == 1
    assert entries(storage) == 1


def _check_processes(workspace: Workspace, start_child: StartChild, address: str, module: str, name: str) -> None:
    with workspace.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
    program = POSTER.format(module=module, storage=name)
    children = [start_child("-c", program, address, bois.id) for _ in range(2)]
    assert [child.line() for child in children] == ["ready", "ready"]
    for child in children:
        child.tell()
    assert len({id for child in children for id in child.rest()}) == 1
    assert entries(workspace.storage) == 1


def test_a_key_that_processes_post_to_a_file_is_one_entry(tmp_path: Path, start_child: StartChild) -> None:
    path = tmp_path / "crm.db"
    storage = SQLiteStorage(path)
    _check_processes(Workspace(storage, "acme"), start_child, str(path), "contactcore_sqlite", "SQLiteStorage")
    storage.close()


def test_a_key_that_processes_post_to_a_server_is_one_entry(postgres_address: str, start_child: StartChild) -> None:
    from contactcore_postgres import PostgresStorage

    storage = PostgresStorage(postgres_address)
    storage.install(())
    storage.drop("acme")
    _check_processes(
        Workspace(storage, "acme"), start_child, postgres_address, "contactcore_postgres", "PostgresStorage"
    )
    storage.close()
