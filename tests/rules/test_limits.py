"""How often something may be tried, as a pure rule of a counter and a time (POR-10)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.rules.limits import Counter, Limit, source_of

pytestmark = pytest.mark.req("POR-10")

NOW = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - the rule compares times of one kind
LIMIT = Limit("tries", 3, timedelta(minutes=10))


@given(st.lists(st.integers(0, 300), max_size=30))
def test_no_more_than_the_limit_is_allowed_in_a_period_that_begins_with_the_first_attempt(pauses: list[int]) -> None:
    counter, now = Counter(id="1", ends=NOW), NOW
    begin, tried = None, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        if begin is None or now >= begin + LIMIT.period:
            begin, tried = None, 0
        assert counter.is_exhausted(LIMIT, now) == (tried >= LIMIT.count)
        counter = counter.counted(LIMIT, now)
        begin, tried = begin or now, tried + 1
        assert (counter.count, counter.ends) == (tried, begin + LIMIT.period)


def test_a_period_is_over_at_its_end() -> None:
    full = Counter(id="1", count=3, ends=NOW)
    assert full.is_exhausted(LIMIT, NOW - timedelta(microseconds=1))
    assert not full.is_exhausted(LIMIT, NOW)
    assert full.counted(LIMIT, NOW).count == 1


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (" 192.0.2.7 ", "192.0.2.7"),
        ("2001:DB8:0:1:ffff::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::1", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (" Host-A ", "host-a"),
        ("", ""),
    ],
)
def test_a_source_is_an_address_or_its_network(address: str, source: str) -> None:
    assert source_of(address) == source


def test_a_period_of_a_clock_that_ran_ahead_keeps_nobody_out() -> None:
    ahead = Counter(id="1", count=LIMIT.count, ends=NOW + timedelta(days=365))
    assert not ahead.is_exhausted(LIMIT, NOW)
    again = ahead.counted(LIMIT, NOW)
    assert (again.count, again.ends) == (1, NOW + LIMIT.period)


def test_a_clock_that_is_set_back_by_minutes_gives_no_further_attempts() -> None:
    used, before = Counter(id="1", count=LIMIT.count, ends=NOW + LIMIT.period), NOW - timedelta(minutes=5)
    assert used.is_exhausted(LIMIT, before)
    assert used.counted(LIMIT, before).count == LIMIT.count + 1
