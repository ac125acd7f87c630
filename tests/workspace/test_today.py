""" "Today" is the day in the workspace's time zone, and a clock without a zone is refused (DIR-16)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest

from contactcore import Company, Host, Invalid, Person, Settings, Workspace
from contactcore.delivery import Deliverer
from contactcore.storage import Storage
from support.actors import AMELIE, ROOT

pytestmark = pytest.mark.cases_in_memory

NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
"""Half an hour before the new year in Greenwich: in Paris it is the new year already."""


class Transport:
    """A transport that sends nothing."""

    def send(self, envelope: Any) -> Any: ...

    def close(self) -> None: ...


def host(now: Any) -> Host:
    return Host(clock=lambda: now)


@pytest.mark.req("DIR-16")
@pytest.mark.parametrize(
    ("zone", "today"),
    [
        ("UTC", date(2026, 12, 31)),
        ("Europe/Paris", date(2027, 1, 1)),
        ("America/New_York", date(2026, 12, 31)),
        ("Pacific/Kiritimati", date(2027, 1, 1)),
    ],
)
@pytest.mark.parametrize("now", [NEW_YEAR, NEW_YEAR.astimezone(timezone(timedelta(hours=-11)))])
def test_today_is_the_day_in_the_zone_of_the_workspace_whatever_the_zone_of_the_clock(
    storage: Storage, zone: str, today: date, now: datetime
) -> None:
    workspace = Workspace(storage, "acme", timezone=zone, host=host(now))
    with workspace.write(AMELIE) as session:
        assert session.settings.timezone == zone
        client = session.contacts.add(Company("Bois"))
        ended = session.people.add(client, Person("Jane"), end="2026-12-31")
        begun = session.people.add(client, Person("Joan"), start="2027-01-01")
        current = today == date(2026, 12, 31)
        assert session.people.list(client, current=True) == ((ended,) if current else session.people.list(client)[:1])
        assert session.people.primary(client).id == (ended if current else begun).id
        granted = session.people.grant(ended, "represent")
        assert session.people.withdraw(granted, "represent").authorities[0].end == today - timedelta(days=1)
        assert session.documents.values(client).texts["workspace.today_iso"] == today.isoformat()
        assert session.people.change_employer(ended, session.contacts.add(Company("Sud"))).start == today


@pytest.mark.req("DIR-16")
def test_the_zone_changes_for_the_next_question(storage: Storage) -> None:
    workspace = Workspace(storage, "acme", host=host(NEW_YEAR))
    with workspace.write(ROOT) as session:
        client = session.contacts.add(Company("Bois"))
        session.people.add(client, Person("Jane"), start="2027-01-01")
        assert session.people.list(client, current=True) == ()
        assert session.settings.change(timezone="Asia/Tokyo").timezone == "Asia/Tokyo"
        assert len(session.people.list(client, current=True)) == 1
    with Workspace(storage, "acme", timezone="UTC", host=host(NEW_YEAR)).read(ROOT) as session:
        assert session.settings.timezone == "Asia/Tokyo"


@pytest.mark.req("DIR-16")
@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(
    "zone",
    ["Paris", "europe paris", "", "CET+1", "Europe", "/etc/passwd", "../passwd", "localtime", "posix/UTC", "x" * 99],
)
def test_a_zone_that_nobody_knows_is_refused_by_name(storage: Storage, zone: str) -> None:
    with pytest.raises(Invalid) as made:
        Workspace(storage, "acme", timezone=zone)
    with Workspace(storage, "acme").write(ROOT) as session, pytest.raises(Invalid) as changed:
        session.settings.change(timezone=zone)
    for error in (made.value, changed.value):
        assert (error.path, error.code) == ("timezone", "timezone-unknown")


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize(("zone", "code"), [(5, "text-type"), (None, "text-type"), ("\0", "text-nul")])
def test_a_zone_is_text(storage: Storage, zone: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Workspace(storage, "acme", timezone=zone)
    assert (refused.value.path, refused.value.code) == ("timezone", code)


@pytest.mark.req("DIR-16")
@pytest.mark.parametrize("now", [datetime(2026, 1, 1), date(2026, 1, 1), 5, None, "2026-01-01T00:00:00Z"])  # noqa: DTZ001 - the fault under test
def test_a_clock_without_a_zone_is_refused_and_nothing_is_stored(storage: Storage, now: Any) -> None:
    workspace = Workspace(storage, "acme", host=host(now))
    for ask in (
        lambda: workspace.run(AMELIE, lambda session: session.contacts.add(Company("Bois"))),
        lambda: Deliverer(storage, Transport(), sender="a@b.fr", clock=lambda: now).run_once(),
    ):
        with pytest.raises(Invalid) as refused:
            ask()
        assert (refused.value.path, refused.value.code) == ("clock", "clock-without-zone")
    assert storage.workspaces() == []


def test_settings_of_before_there_were_zones_have_utc() -> None:
    assert Settings().timezone == "UTC"
    assert attrs.evolve(Settings(), timezone="Europe/Paris").timezone == "Europe/Paris"
