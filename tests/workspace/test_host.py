"""The host: what an application plugs into its workspaces is one value, which refuses what cannot work at once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from contactcore import Company, Host, Invalid, Recipient, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace.kernel.passwords import Passwords
from contactcore_memory import MemoryStorage

pytestmark = pytest.mark.cases_in_memory

ROOT = User("root", admin=True)


@pytest.mark.parametrize(
    ("field", "wrong", "path", "code"),
    [
        ("clock", 5, "clock", "not-a-function"),
        ("clock", datetime(2026, 1, 1, tzinfo=UTC), "clock", "not-a-function"),
        ("clock", None, "clock", "not-a-function"),
        ("ids", "7", "ids", "not-a-function"),
        ("users", {"bob": "bob@acme.example"}, "users", "not-a-function"),
        ("letters", [], "letters", "not-a-mapping"),
        ("letters", {"welcome": "Hi"}, "letters['welcome']", "not-a-mapping"),
        ("letters", {"welcome": {"en": 5}}, "letters['welcome']['en']", "not-a-mapping"),
        ("letters", {"welcome": {"en": {"text": None}}}, "letters['welcome']['en']['text']", "text-type"),
        ("letters", {5: {}}, "letters[5]", "text-type"),
        ("message_domain", "a b", "message_domain", "message-domain"),
        ("passwords", "secret", "passwords", "record-type"),
    ],
)
def test_a_part_of_the_wrong_type_is_refused_by_its_name(field: str, wrong: Any, path: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Host(**{field: wrong})
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(path, code)]


def test_all_wrong_parts_are_refused_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        Host(clock=5, users=5, passwords=None)  # type: ignore[arg-type] # the fault under test
    assert [problem.path for problem in refused.value.problems] == ["clock", "users", "passwords"]


@pytest.mark.parametrize("wrong", [5, "host", {}, Host, Passwords()])
def test_a_workspace_takes_no_other_host(storage: Storage, wrong: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Workspace(storage, "acme", host=wrong)
    assert (refused.value.path, refused.value.code) == ("host", "record-type")


def test_a_host_cannot_be_changed_and_keeps_its_letters_when_the_application_changes_its_own() -> None:
    given = {"welcome": {"en": {"text": "Hi {{ name }}"}}}
    host = Host(letters=given)
    given["welcome"]["en"]["text"] = "spoilt"
    assert host.letters == {"welcome": {"en": {"text": "Hi {{ name }}"}}}
    with pytest.raises(TypeError):
        host.letters["welcome"]["en"]["text"] = "spoilt"  # type: ignore[index] # the fault under test
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        host.clock = datetime.now  # type: ignore[misc] # the fault under test


@pytest.mark.req("NOT-5")
def test_two_workspaces_of_one_host_share_its_parts_and_write_in_their_own_names(storage: Storage) -> None:
    numbers = iter(range(1_000))
    host = Host(
        clock=lambda: datetime(2026, 3, 5, tzinfo=UTC),
        ids=lambda _moment: f"id-{next(numbers)}",
        users=lambda name: Recipient(f"{name}@acme.example", name.title()),
        message_domain=" Acme.Example",
    )
    found = []
    for name in ("One", "Two"):
        with Workspace(storage, name, host=host).write(ROOT) as session:
            client = session.contacts.add(Company("Bois", responsibles=["bob"]))
            (letter,) = session.outbox.list().items
            assert name in letter.text
            assert (str(letter.to), str(letter.created)[:10]) == ("bob@acme.example", "2026-03-05")
            assert letter.message_id.endswith("@acme.example>")
            found += [client.id, letter.id]
    assert sorted(found) == sorted(set(found))
    assert all(id.startswith("id-") for id in found)


@pytest.mark.req("POR-3")
@pytest.mark.parametrize(
    ("letters", "path", "code"),
    [
        ({"welcom": {"en": {"subject": "Hi"}}}, "letters.welcom", "letter-unknown"),
        ({"welcome": {"en": {"subject": "Hi {{ naem }}"}}}, "letters.welcome.en.subject", "variable-unknown"),
        ({"welcome": {"en": {"subject": "{{ contact }}"}}}, "letters.welcome.en.subject", "variable-unknown"),
        ({"welcome": {"fr": {"text": "Bonjour {{ name }}"}}}, "letters.welcome.fr.text", "letter-link-missing"),
        (
            {"set-password": {"en": {"text": "{{ link }}", "html": "<p>{{ name }}</p>"}}},
            "letters.set-password.en.html",
            "letter-link-missing",
        ),
        ({"confirm-email": {"en": {"text": "{{ email }}"}}}, "letters.confirm-email.en.text", "letter-link-missing"),
        ({"welcome": {"french": {"subject": "Hi"}}}, "letters.welcome.french", "language-unknown"),
        ({"welcome": {"xx": {"subject": "Hi", "text": "Hi"}}}, "letters.welcome.xx", "language-unknown"),
        ({"welcome": {"fr": {"body": "Hi"}}}, "letters.welcome.fr.body", "letter-part-unknown"),
        ({"welcome": {"ja": {"subject": "Hi"}}}, "letters.welcome.ja.text", "letter-incomplete"),
        ({"welcome": {"fr": {"text": "{% if x %}"}}}, "letters.welcome.fr.text", "template-syntax"),
    ],
)
def test_letters_are_checked_when_the_workspace_is_opened(letters, path, code):
    with pytest.raises(Invalid) as refused:
        Workspace(MemoryStorage(), "acme", host=Host(letters=letters))
    assert (refused.value.path, refused.value.code) == (path, code)


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("id", [7, None, b"7", uuid.UUID(int=7)], ids=["number", "None", "bytes", "UUID"])
def test_an_id_of_the_application_that_is_no_text_is_refused_by_name(storage: Storage, id: Any) -> None:
    workspace = Workspace(storage, "acme", host=Host(ids=lambda _moment: id))
    with pytest.raises(Invalid) as refused, workspace.write(ROOT) as session:
        session.contacts.add(Company("Bois"))
    assert (refused.value.code, refused.value.path) == ("text-type", "ids")
    with workspace.read(ROOT) as session:
        assert session.contacts.count() == 0
