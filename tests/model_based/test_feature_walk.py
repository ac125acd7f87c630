"""All features meet in random sequences, and nothing that is stored breaks a rule."""

from __future__ import annotations

from typing import Any

import pytest

from model_based.feature_walk import FeatureWalk
from model_based.whole_checker import check_all_is_read, check_whole
from support.seeds import NIGHTLY, check_seeds, seeds_on


@pytest.mark.req("DIR-11", "DIR-14", "PER-3")
def test_whatever_features_meet_in_whatever_sequence_everything_stays_whole(request: Any, open_storage: Any) -> None:
    name = request.node.name
    steps = 150 if NIGHTLY else seeds_on(name, 60, 25)

    def walk(seed: int) -> None:
        with open_storage() as storage:
            walk = FeatureWalk(storage, seed)
            for number in range(steps):
                act = walk.step()
                try:
                    check_whole(walk.workspace)
                    if number % 10 == 9:
                        check_all_is_read(walk.workspace)
                except BaseException as error:
                    error.add_note(f"after the step {number}, {act}")
                    raise
            assert walk.done.total() > steps // 3

    check_seeds(walk, seeds_on(name, 5, 1), nightly=20)


@pytest.mark.req("DIR-14", "DIR-22", "IMP-3", "IMP-7")
def test_what_was_just_done_is_undone_without_a_trace_in_any_history(request: Any, open_storage: Any) -> None:
    name = request.node.name
    steps = 100 if NIGHTLY else seeds_on(name, 45, 15)

    def walk(seed: int) -> None:
        with open_storage() as storage:
            walk = FeatureWalk(storage, seed, lists_stay=True)
            for number in range(steps):
                walk.step()
                if number > steps // 5:
                    assert [*walk.do_and_undo()] == [], f"after the step {number}"
            assert walk.done["undone"] > 0

    check_seeds(walk, seeds_on(name, 6, 1), nightly=20)
