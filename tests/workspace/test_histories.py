"""Random histories: against the model of the rules, and against a twin world without what is hidden."""

from __future__ import annotations

import os
from typing import Any

import pytest

from contactcore.model import User
from contactcore.testing.twin_questions import GENERATORS
from contactcore.testing.twin_worlds import check_twin_worlds, public_calls
from contactcore.testing.workspace_machine import check_workspace, drive_workspace
from contactcore.workspace import Workspace
from contactcore_memory import MemoryStorage

NIGHTLY = os.environ.get("CONTACTCORE_PROFILE") == "nightly"


@pytest.mark.req("PER-3")
@pytest.mark.req("ACC-3")
@pytest.mark.req("DIR-11")
@pytest.mark.req("DIR-15")
def test_several_actors_never_break_a_rule(request: Any, open_storage: Any) -> None:
    # The rules are the library's, not the storage's: most histories are played where they are quick.
    slow = "postgres" in request.node.name
    check_workspace(open_storage, *((300, 60) if NIGHTLY else (4 if slow else 15, 30)))


def test_a_long_history_ends_as_the_model_says(request: Any, open_storage: Any) -> None:
    slow = "postgres" in request.node.name
    with open_storage() as storage:
        drive_workspace(storage, seed=7, steps=20_000 if NIGHTLY else 300 if slow else 1_000, look=50)


@pytest.mark.req("ACC-3")
def test_nobody_can_tell_that_a_hidden_contact_exists(request: Any, open_storage: Any) -> None:
    slow = "postgres" in request.node.name
    for seed in range(400 if NIGHTLY else 3 if slow else 10):
        check_twin_worlds(open_storage, seed)


@pytest.mark.req("ACC-3")
def test_every_public_method_has_its_question_in_the_twin_worlds() -> None:
    with Workspace(MemoryStorage(), "acme").read(User("amelie")) as session:
        assert set(public_calls(session)) == set(GENERATORS)
