"""No refused call of any method leaves a part of its work behind (DIR-17)."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from contactcore.errors import Invalid
from contactcore.workspace.timeline.timeline import Timeline
from contactcore_memory import MemoryStorage
from model_based.refusals import check_refusals
from support.seeds import check_seeds

pytestmark = pytest.mark.req("DIR-17")


def test_a_refused_call_changes_nothing() -> None:
    check_seeds(lambda seed: check_refusals(lambda: closing(MemoryStorage()), seed), 4, nightly=200)


def test_a_call_that_is_refused_behind_a_write_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    adds = Timeline.add

    def refused_too_late(self: Timeline, *args: Any, **kwargs: Any) -> Any:
        adds(self, *args, **kwargs)
        raise Invalid("text-empty", "Refused.", path="title")

    monkeypatch.setattr(Timeline, "add", refused_too_late)
    with pytest.raises(AssertionError, match=r"timeline.add was refused .* and changed records: \['interaction"):
        _check_four()


def _check_four() -> None:
    for seed in range(4):  # the same in every profile, because these make the call
        check_refusals(lambda: closing(MemoryStorage()), seed)
