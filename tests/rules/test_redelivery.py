"""When a message is sent again, and when it is given up (NOT-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contactcore.rules.redelivery import DELAYS, next_delay

pytestmark = pytest.mark.req("NOT-7")


def test_delays_grow_and_last_for_four_to_five_days() -> None:
    assert list(DELAYS) == sorted(DELAYS)
    assert timedelta(days=4) < sum(DELAYS, timedelta()) < timedelta(days=5)
    assert [next_delay(number) for number in range(1, 14)] == [*DELAYS, None]
