"""All actions, and one step of a random history."""

from __future__ import annotations

from random import Random
from typing import Final

from model_based.contact_actions import CONTACT_ACTIONS
from model_based.portal_actions import PORTAL_ACTIONS
from model_based.rights_actions import RIGHTS_ACTIONS
from model_based.workspace_driver import ACTORS, Action, WorkspaceDriver

__all__ = ["EVERY_ACTION", "step"]

EVERY_ACTION: Final[tuple[Action, ...]] = (*CONTACT_ACTIONS, *RIGHTS_ACTIONS, *PORTAL_ACTIONS)


def step(driver: WorkspaceDriver, random: Random, actions: tuple[Action, ...] = EVERY_ACTION) -> None:
    """Let a random actor do a random action."""
    driver.chosen, driver.regranted = "", False
    random.choice(actions)(driver, random, random.choice(ACTORS))
