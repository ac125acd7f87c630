"""What the application must keep of a person stays, and nothing else does (IMP-8)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contactcore import Host, Invalid, NotFound, Person, Retention, StorageError, Workspace, to_plain
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT
from support.clock import Clock
from support.known_person import known_person, left_in

pytestmark = pytest.mark.req("IMP-8")

INVOICES = Retention(
    reason="invoices", until=date(2031, 12, 31), fields=["given_name", "family_name"], records=["account-entry"]
)


def _space(storage: Storage, *kept: Any, clock: Clock | None = None) -> Workspace:
    now = clock or Clock(datetime(2026, 3, 1, tzinfo=UTC))
    return Workspace(storage, "acme", country="FR", host=Host(clock=now, retention=lambda *_: kept))


def test_the_person_is_reduced_to_what_must_be_kept(storage: Storage) -> None:
    space = _space(storage, INVOICES)
    known = known_person(space)
    with space.read(ROOT) as session:
        assert session.privacy.obstacles(known.person) == ("invoices until 2031-12-31",)
    receipt = space.privacy(ROOT).erase(known.person)
    assert not receipt
    assert (receipt.state, receipt.kept) == ("reduced", ("invoices until 2031-12-31",))
    assert {(kind, trace) for kind, _, trace in left_in(storage, "acme")} == {
        *(("contact", trace) for trace in ("quixote", "quixóte")),
        ("account-entry", "sancho"),
    }
    with space.read(ROOT) as session:
        reduced = session.contacts.get(known.person.id, Person)
        assert (reduced.display_name, reduced.emails, reduced.phones, reduced.restricted) == (
            *("Zoltán Quixóte", (), ()),
            True,
        )
        assert [one.text for one in session.account.history(reduced).items] == ["Lance of Sancho"]
        assert session.history.of(reduced).items == ()
    with space.read(AMELIE) as session, pytest.raises(NotFound):
        session.contacts.get(known.person.id)


def test_an_erasure_is_complete_when_the_duty_ends(storage: Storage) -> None:
    clock = Clock(datetime(2026, 3, 1, tzinfo=UTC))
    space = _space(storage, INVOICES, clock=clock)
    known = known_person(space)
    assert space.privacy(ROOT).erase(known.person).state == "reduced"
    assert space.privacy(ROOT).erase(known.person).state == "reduced"
    later = _space(storage, INVOICES, clock=Clock(datetime(2032, 1, 1, 12, tzinfo=UTC)))
    assert later.privacy(ROOT).erase(known.person).state == "erased"
    assert left_in(storage, "acme") == []


def test_a_person_without_a_kept_name_has_a_placeholder(storage: Storage) -> None:
    space = _space(storage, Retention(reason="invoices", records=["account-entry", "interaction"]))
    known = known_person(space)
    space.privacy(ROOT).erase(known.person)
    with space.read(ROOT) as session:
        assert session.contacts.get(known.person.id).display_name == "…"
        assert [one.body for one in session.timeline.page(known.person.id)] == ["Fights Windmill"]
        assert [one.name for one in session.items.of(known.person.id)] == ["Rosinante"]
        assert session.sites.of(known.person.id) == ()


def test_a_person_in_the_trash_is_reduced_too(storage: Storage) -> None:
    space = _space(storage, INVOICES)
    known = known_person(space)
    with space.write(ROOT) as session:
        session.contacts.delete(known.person)
    assert space.privacy(ROOT).erase(known.person).state == "reduced"
    with space.read(ROOT) as session:
        assert session.contacts.get(known.person.id).display_name == "Zoltán Quixóte"


def _fails(*_: object) -> Any:
    raise KeyError


@pytest.mark.parametrize("function", [_fails, lambda *_: ["invoices"], lambda *_: None])
def test_a_wrong_answer_of_the_application_erases_nothing(storage: Storage, function: Any) -> None:
    space = Workspace(storage, "acme", host=Host(retention=function))
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Doe"))
    with pytest.raises(StorageError) as caught:
        space.privacy(ROOT).erase(jane)
    assert caught.value.code == "retention-failed"
    with space.read(ROOT) as session:
        assert session.contacts.get(jane.id) == jane


def test_a_duty_names_fields_and_records_that_there_are() -> None:
    with pytest.raises(Invalid) as caught:
        Retention(reason="", fields=["name"], records=["invoice"])
    assert [(one.code, one.path) for one in caught.value.problems] == [
        ("text-empty", "reason"),
        ("retention-field-unknown", "fields[0]"),
        ("retention-record-unknown", "records[0]"),
    ]
    assert json.dumps(to_plain(INVOICES))
    with pytest.raises(Invalid) as caught:
        Host(retention=5)  # type: ignore[arg-type]
    assert caught.value.code == "not-a-function"
