"""Times as the library stores them: texts of one length, which sort as the times do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcore.errors import Invalid
from contactcore.values.moment import in_utc, parse_moment, timestamp

pytestmark = pytest.mark.req("DIR-16")

_TIMES = st.datetimes(timezones=st.just(UTC))


@given(_TIMES, _TIMES)
def test_stored_times_come_back_and_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    texts = timestamp(one), timestamp(other)
    assert tuple(map(parse_moment, texts)) == (one, other)
    assert (texts[0] < texts[1], len(texts[0])) == (one < other, len(texts[1]))


@pytest.mark.parametrize("year", [1, 9999])
def test_a_time_that_is_in_no_year_in_utc_is_refused_by_name(year: int) -> None:
    hours = 14 if year == 1 else -14
    time = datetime(year, *((1, 1) if year == 1 else (12, 31, 23)), tzinfo=timezone(timedelta(hours=hours)))
    for read in (lambda: in_utc(time), lambda: parse_moment(time.isoformat())):
        with pytest.raises(Invalid) as refused:
            read()
        assert refused.value.code == "time-range"
