"""Random histories of a workspace end as the model says."""

from __future__ import annotations

from typing import Any

import pytest

from model_based.workspace_machine import check_workspace, drive_workspace
from support.seeds import NIGHTLY, check_seeds, seeds_on


@pytest.mark.req("PER-3")
@pytest.mark.req("ACC-3")
@pytest.mark.req("DIR-11")
@pytest.mark.req("DIR-15")
def test_several_actors_never_break_a_rule(request: Any, open_storage: Any) -> None:
    name = request.node.name
    histories, steps = (300, 60) if NIGHTLY else (seeds_on(name, 10, 1), seeds_on(name, 30, 15))
    check_workspace(open_storage, histories, steps)


def test_a_long_history_ends_as_the_model_says(request: Any, open_storage: Any) -> None:
    steps = 20_000 if NIGHTLY else seeds_on(request.node.name, 1_000, 150)

    def drive(seed: int) -> None:
        with open_storage() as storage:
            drive_workspace(storage, seed=seed, steps=steps, look=50)

    check_seeds(drive, 0, nightly=1, known=(7,))
