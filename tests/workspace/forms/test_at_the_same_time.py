"""Visitors who send at the same time, in several processes, make one contact (IMP-6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from contactcore import Form, Workspace
from contactcore.storage import Storage
from contactcore_sqlite import SQLiteStorage
from support.actors import ROOT
from support.child import StartChild
from support.clock import Clock
from support.web_forms import Website

pytestmark = pytest.mark.req("IMP-6")

SENDER = """
import sys
from contactcore import Workspace
from {module} import {storage}

address, form, token = sys.argv[1:]
workspace = Workspace({storage}(address), "acme")
print("ready", flush=True)
sys.stdin.readline()
fields = {{"cc_token": token, "given_name": "Jo", "email": "jo@bois.fr"}}
print(workspace.forms.submit(form, fields, source="192.0.2.7").reason, flush=True)
"""


def _check(storage: Storage, start_child: StartChild, address: str, module: str, *, same_page: bool) -> list[str]:
    """The states of the submissions behind four visitors who send at once."""
    workspace = Workspace(storage, "acme")
    with workspace.write(ROOT) as session:
        form = session.forms.add(Form("Contact", fields=["given_name", "email"], min_seconds=0))
    site = Website(workspace, form)
    tokens = [site.token()] * 3 if same_page else [site.token() for _ in range(3)]
    program = SENDER.format(module=module, storage=type(storage).__name__)
    children = [start_child("-c", program, address, form.id, token) for token in tokens]
    assert [child.line() for child in children] == ["ready"] * 3
    for child in children:
        child.tell()
    assert [child.rest() for child in children] == [["form-received"]] * 3
    with workspace.read(ROOT) as session:
        assert session.contacts.count() == 1
        return sorted(one.state for one in session.forms.submissions.page())


@pytest.mark.parametrize("same_page", [True, False])
def test_processes_with_a_file_make_one_contact(tmp_path: Path, start_child: StartChild, same_page: bool) -> None:
    path = str(tmp_path / "crm.db")
    with closing(SQLiteStorage(path)) as storage:
        states = _check(storage, start_child, path, "contactcore_sqlite", same_page=same_page)
    assert states == (["new"] if same_page else ["new", "suggested", "suggested"])


@pytest.mark.parametrize("same_page", [True, False])
def test_processes_with_a_server_make_one_contact(
    postgres_address: str, start_child: StartChild, same_page: bool
) -> None:
    from contactcore_postgres import PostgresStorage

    with closing(PostgresStorage(postgres_address)) as storage:
        storage.install(())
        storage.drop("acme")
        states = _check(storage, start_child, postgres_address, "contactcore_postgres", same_page=same_page)
    assert states == (["new"] if same_page else ["new", "suggested", "suggested"])


def test_attempts_of_one_source_at_the_same_time_are_no_more_than_one_after_the_other(
    website: Website, clock: Clock
) -> None:
    tokens = [website.token() for _ in range(44)]
    clock.forward(seconds=10)

    def send(number: int) -> str:
        return website.submit(tokens[number], {"email": f"jo{number}@bois.fr"}, source="192.0.2.7").reason

    with ThreadPoolExecutor(12) as pool:
        reasons = list(pool.map(send, range(len(tokens))))
    assert (reasons.count("form-received"), reasons.count("form-limited")) == (30, 14)
