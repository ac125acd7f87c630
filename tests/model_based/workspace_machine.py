"""Random histories of a whole workspace, checked against the model after each action.

`check_workspace(open_storage)` lets Hypothesis find and shrink a history that breaks a rule. `drive_workspace(storage,
seed, steps)` runs one long history without it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from contactcore.storage import Storage
from model_based.actions import EVERY_ACTION, step
from model_based.contact_actions import CONTACT_ACTIONS, delete, purge
from model_based.invariant_checker import InvariantChecker
from model_based.workspace_driver import WorkspaceDriver
from support.actors import ROOT

__all__ = ["WorkspaceMachine", "check_workspace", "drive_workspace"]

_OPEN = Callable[[], AbstractContextManager[Storage]]


class WorkspaceMachine(RuleBasedStateMachine):
    """Actions of several actors in any sequence."""

    open_storage: _OPEN

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._driver = WorkspaceDriver(self._stack.enter_context(self.open_storage()))
        self._checker = InvariantChecker(self._driver)

    @rule(random=st.randoms(use_true_random=False), action=st.sampled_from(range(len(EVERY_ACTION))))
    def act(self, random: Random, action: int) -> None:
        """Do one action and check what it did."""
        step(self._driver, random, (EVERY_ACTION[action],))
        self._checker.check(random, thoroughly=random.random() < 0.25, rights=random.random() < 0.3)

    def teardown(self) -> None:
        """Close the storage of this history."""
        self._stack.close()


def check_workspace(open_storage: _OPEN, examples: int = 30, steps: int = 30) -> None:
    """Run random histories on fresh storages and shrink a history that breaks a rule.

    Args:
        open_storage: Opens a fresh storage.
        examples: Number of histories.
        steps: Number of actions in each history.
    """
    machine = type("Machine", (WorkspaceMachine,), {"open_storage": staticmethod(open_storage)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def drive_workspace(storage: Storage, seed: int, steps: int = 2_000, look: int = 50, *, rights: bool = True) -> None:
    """Run one long history from a seed.

    Args:
        storage: Fresh storage.
        seed: Seed of the random choices.
        steps: Number of actions.
        look: Number of actions between two thorough checks.
        rights: Whether authorities, notifications and the portal take part.
    """
    random = Random(seed)
    driver = WorkspaceDriver(storage)
    checker = InvariantChecker(driver)
    actions = EVERY_ACTION if rights else CONTACT_ACTIONS
    for number in range(steps):
        step(driver, random, actions)
        if len(driver.model.contacts) > 60:
            _purge_some(driver, random)
        if number % look == 0 and look > 2:
            checker.forget()
        if number % look < 2:
            checker.check(random, thoroughly=number % look == look - 1 or number % look == 1, rights=rights)


def _purge_some(driver: WorkspaceDriver, random: Random) -> None:
    """Keep the workspace small: delete and purge up to ten contacts as an admin."""
    for _ in range(10):
        driver.chosen, driver.regranted = "", True
        delete(driver, random, ROOT)
        purge(driver, random, ROOT)
