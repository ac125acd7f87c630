"""Each time in an answer is a time in UTC, and no text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from contactcore import Affiliation, Company, Host, Invalid, Person, Workspace, from_plain, to_plain
from contactcore.storage import Storage
from support.actors import ROOT
from support.clock import Clock
from support.firm import GOOD

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def _values(answer: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if attrs.has(type(answer)):
        for field in attrs.fields(type(answer)):
            yield from _values(getattr(answer, field.name), f"{path}.{field.name}")
    elif isinstance(answer, Mapping):
        for name, value in answer.items():
            yield from _values(value, f"{path}[{name}]")
    elif isinstance(answer, list | tuple):
        for index, value in enumerate(answer):
            yield from _values(value, f"{path}[{index}]")
    else:
        yield path, answer


def answers(workspace: Workspace) -> list[Any]:
    """Answers of the services, with every record that has a time."""
    with workspace.write(ROOT) as session:
        session.settings.change(portal_link="https://x.fr/?token={token}")
        client, gone = session.contacts.add(Company("Bois")), session.contacts.add(Company("Gone"))
        jane = session.people.add(client, Person("Jane", "Doe", emails=["jane@bois.fr"]), notifications=["invoice"])
        invitation = session.portal.invite(jane)
        session.portal.set_password(invitation.token, GOOD)
        entered = session.portal.authenticate("jane@bois.fr", GOOD)
        session.contacts.delete(gone)
        return [
            jane,
            invitation,
            entered,
            session.outbox.list().items,
            session.trash.list(),
            session.people.list(client),
        ]


@pytest.mark.req("DIR-16")
def test_no_answer_has_a_time_as_text_and_each_time_is_in_utc(storage: Storage) -> None:
    clock = Clock()
    workspace = Workspace(
        storage, "acme", host=Host(clock=lambda: clock().astimezone(timezone(timedelta(hours=5, minutes=30))))
    )
    times = {}
    for path, value in _values(answers(workspace)):
        assert not (isinstance(value, str) and _WRITTEN.match(value)), path
        if isinstance(value, datetime):
            assert value.tzinfo is UTC, path
            times[path.rpartition(".")[2]] = value
    assert {"since", "created", "last_login", "expires", "due", "deleted"} <= set(times)
    assert times["since"] == clock.now


@pytest.mark.req("DIR-16")
def test_a_time_is_the_same_after_json(storage: Storage) -> None:
    jane, _, entered, letters, *_ = answers(Workspace(storage, "acme", host=Host(clock=Clock())))
    for one in (jane, entered.login, letters[0]):
        again = from_plain(to_plain(one))
        for name in ("since", "created", "last_login", "due"):
            if hasattr(one, name):
                assert getattr(again, name) == getattr(one, name)


@pytest.mark.req("DIR-16")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("yesterday", "time-syntax"),
        (7, "time-syntax"),
        ("2026-01-31T12:00:00", "time-without-zone"),
        (datetime(2026, 1, 31), "time-without-zone"),  # noqa: DTZ001 - the fault under test
    ],
)
def test_a_time_that_nobody_can_place_is_refused_by_its_field(given: Any, code: str) -> None:
    with pytest.raises(Invalid) as error:
        Affiliation(since=given)
    assert (error.value.code, error.value.path) == (code, "since")


@pytest.mark.req("DIR-16")
@pytest.mark.parametrize("given", ["2026-01-31T13:00:00+01:00", "2026-01-31T12:00Z"])
def test_a_time_of_any_zone_is_kept_in_utc(given: str) -> None:
    assert Affiliation(since=given).since == datetime(2026, 1, 31, 12, tzinfo=UTC)  # type: ignore[arg-type] # as text
