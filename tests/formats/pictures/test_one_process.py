"""Very many hostile pictures in one process stay under a limit of memory, and each under a limit of time."""

from __future__ import annotations

import secrets
from itertools import islice
from pathlib import Path

import pytest

from support.child import StartChild
from support.hostile_pictures import LARGE_FILES
from support.seeds import NIGHTLY

_MEMORY = 600
"""The most megabytes of the whole process."""
_TIME = 5_000
"""The most milliseconds of one file, on one processor. They are judged at night alone, when the machine is free."""


@pytest.mark.req("PIC-5")
def test_hostile_pictures_in_one_process_stay_under_the_limit_of_memory(
    tmp_path: Path, start_child: StartChild
) -> None:
    number, kinds = (500, len(LARGE_FILES)) if NIGHTLY else (12, 3)
    for place, make in enumerate(islice(LARGE_FILES.values(), kinds)):
        (tmp_path / f"{place:02}").write_bytes(make())
    seed = secrets.randbits(32) if NIGHTLY else 1
    script = Path(__file__).parents[2] / "support" / "hostile_pictures.py"
    child = start_child(str(script), str(tmp_path), str(number), str(seed))
    pictures, refusals, peak, longest = map(int, child.line().split())
    assert pictures >= kinds, f"seed {seed}"
    assert pictures + refusals == number
    assert peak < _MEMORY, f"seed {seed}"
    assert longest < _TIME or not NIGHTLY, f"seed {seed}"
