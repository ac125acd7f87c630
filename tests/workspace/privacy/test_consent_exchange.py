"""Consents go out of a workspace and into another one, and no row gives what was withdrawn (IMP-8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Forbidden, Host, Person, Workspace
from contactcore.storage import Storage
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 9)]


def _space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", host=Host(clock=Clock(tick=TICK)))


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return _space(storage)


def _jane(space: Workspace, **more: Any) -> Person:
    with space.write(ROOT) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=["jane@doe.org"], **more))


def _states(space: Workspace, person: Person) -> list[tuple[Any, ...]]:
    with space.read(ROOT) as session:
        found = session.privacy.consents(person)
    return [(one.purpose, one.wording, one.wording_version, one.source, one.given, one.withdrawn) for one in found]


def test_consents_come_back_equal_in_an_empty_workspace(space: Workspace) -> None:
    jane = _jane(space)
    with space.write(ROOT) as session:
        session.privacy.give_consent(
            jane, "news", wording="I agree.", wording_version="1", source="phone", given=DAYS[0]
        )
        session.privacy.withdraw_consent(jane, "news", withdrawn=DAYS[1])
        session.privacy.give_consent(jane, "news", wording_version="2", given=DAYS[2])
        session.privacy.give_consent(jane, "calls", given=DAYS[3])
        rows = json.loads(json.dumps(list(session.privacy.export_consents())))
    other = _space(MemoryStorage())
    copy = _jane(other)
    with other.write(ROOT) as session:
        done = session.privacy.import_consents(rows)
        assert (done.added, done.withdrawn, done.kept, done.refused) == (3, 0, 0, ())
        again = session.privacy.import_consents(rows)
        assert (again.added, again.withdrawn, again.kept, again.refused) == (0, 0, 3, ())
    assert _states(other, copy) == _states(space, jane)


def test_a_withdrawal_ends_a_consent_and_no_row_gives_it_again(space: Workspace) -> None:
    jane = _jane(space, external_id="7")
    row = {"external_id": "7", "purpose": "news", "given": DAYS[0].isoformat()}
    with space.write(ROOT) as session:
        assert session.privacy.import_consents([row]).added == 1
        assert session.privacy.import_consents([{**row, "withdrawn": DAYS[2].isoformat()}]).withdrawn == 1
        for more in ({}, {"given": DAYS[5].isoformat()}, {"wording_version": "2", "given": DAYS[6].isoformat()}):
            session.privacy.import_consents([{**row, **more}])
        assert [one.in_force for one in session.privacy.consents(jane)] == [False]
        assert session.privacy.import_consents([{**row, "given": DAYS[5].isoformat()}]).refused == (
            (1, "consent-withdrawn"),
        )
        # The person may agree again, by hand.
        assert session.privacy.give_consent(jane, "news").in_force


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"email": "nobody@x.fr"}, "consent-person"),
        ({"email": "no address"}, "email-syntax"),
        ({"purpose": ""}, "text-empty"),
        ({"given": ""}, "consent-times"),
        ({"given": "yesterday"}, "consent-times"),
        ({"given": 5}, "consent-times"),
        ({"given": "2999-01-01T00:00:00+00:00"}, "consent-times"),
        ({"withdrawn": "2020-01-01T00:00:00+00:00"}, "consent-times"),
        ({"colour": "red"}, "consent-row"),
        ({"purpose": 5}, "text-type"),
    ],
)
def test_a_row_that_is_wrong_is_refused_alone(space: Workspace, row: Mapping[str, Any], code: str) -> None:
    _jane(space)
    good = {"email": "jane@doe.org", "purpose": "news", "given": DAYS[0].isoformat()}
    with space.write(ROOT) as session:
        done = session.privacy.import_consents([{**good, **row}, good])
    assert (done.added, done.refused) == (1, ((1, code),))


def test_two_people_with_one_address_are_not_guessed(space: Workspace) -> None:
    _jane(space)
    _jane(space)
    row = {"email": "jane@doe.org", "purpose": "news", "given": DAYS[0].isoformat()}
    with space.write(ROOT) as session:
        assert session.privacy.import_consents([row]).refused == ((1, "consent-person"),)


def test_only_an_admin_exchanges_consents(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        for act in (session.privacy.export_consents, lambda: session.privacy.import_consents([])):
            with pytest.raises(Forbidden) as caught:
                act()
            assert caught.value.code == "admin-only"


_ROWS = st.lists(
    st.builds(
        lambda version, first, length: {
            "email": "jane@doe.org",
            "purpose": "news",
            "wording_version": version,
            "given": DAYS[first].isoformat(),
            **({"withdrawn": (DAYS[first] + timedelta(days=length)).isoformat()} if length else {}),
        },
        st.sampled_from(["", "1", "2"]),
        st.integers(0, 7),
        st.integers(0, 3),
    ),
    max_size=5,
)


@given(before=_ROWS, rows=_ROWS)
def test_no_import_turns_a_withdrawn_consent_into_a_given_one(
    before: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    space = _space(MemoryStorage())
    jane = _jane(space)
    with space.write(ROOT) as session:
        session.privacy.import_consents(before)
        earlier = session.privacy.consents(jane)
        session.privacy.import_consents(rows)
        later = session.privacy.consents(jane)
    if earlier and not any(one.in_force for one in earlier):
        assert not any(one.in_force for one in later)
    kept = {one.id: one for one in later}
    assert all(not kept[one.id].in_force for one in earlier if not one.in_force)
