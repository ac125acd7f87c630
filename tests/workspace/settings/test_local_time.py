"""A time without a zone, as a form sends it, is read in the time zone of the workspace (DIR-16)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore import Host, Invalid, User, Workspace
from contactcore.values.moment import parse_local
from contactcore_memory import MemoryStorage

PARIS = ZoneInfo("Europe/Paris")


def read(text: str) -> datetime:
    with Workspace(MemoryStorage(), "acme", timezone="Europe/Paris").read(User("amelie")) as session:
        return session.settings.local_time(text)


@pytest.mark.req("DIR-16")
def test_a_time_on_the_wall_is_that_of_the_workspace_in_summer_and_in_winter() -> None:
    assert read("2026-07-01T09:30") == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert read("2026-01-01 09:30") == datetime(2026, 1, 1, 8, 30, tzinfo=UTC)
    assert read("2026-01-01T09:30").tzinfo == PARIS


@pytest.mark.req("DIR-16")
def test_today_is_the_day_in_the_zone_of_the_workspace() -> None:
    host = Host(clock=lambda: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    for zone, day in (("Europe/Paris", 2), ("UTC", 1), ("America/Montreal", 1)):
        with Workspace(MemoryStorage(), "acme", timezone=zone, host=host).read(User("amelie")) as session:
            assert session.settings.today == date(2026, 3, day)


@pytest.mark.req("DIR-16")
def test_a_time_with_an_offset_keeps_its_moment_and_a_time_that_comes_twice_is_the_first() -> None:
    assert read("2026-07-01T09:30+00:00") == datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    assert read("2026-10-25T02:30").astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read("2026-10-25T02:30+01:00").astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.req("DIR-16")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-03-29T02:30", "time-skipped"),
        ("", "time-syntax"),
        ("tomorrow", "time-syntax"),
        ("2026-02-30T10:00", "time-syntax"),
        ("0001-01-01T00:00+14:00", "time-syntax"),
        ("9999-12-31T23:59-14:00", "time-syntax"),
    ],
)
def test_a_time_that_no_clock_shows_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)
    assert refused.value.code == code


@pytest.mark.req("DIR-16")
@given(st.integers(-(10**9), 4 * 10**9), st.sampled_from(["Europe/Paris", "UTC", "Asia/Kolkata"]))
def test_every_moment_is_read_again_as_its_clock_shows_it(seconds: int, zone: str) -> None:
    shown = datetime.fromtimestamp(seconds, ZoneInfo(zone)).replace(tzinfo=None)
    assert parse_local(shown.isoformat(), ZoneInfo(zone)).replace(tzinfo=None) == shown
