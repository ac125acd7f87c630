"""Nothing that the portal answers tells a user that a hidden contact exists (ACC-3)."""

from __future__ import annotations

from contextlib import closing

import pytest

from contactcore.model import PortalLogin
from contactcore.testing.twin_questions import GENERATORS
from contactcore.testing.twin_worlds import check_twin_worlds
from contactcore.workspace.kernel.transaction import id_of
from contactcore.workspace.portal.portal import Portal
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore_memory import MemoryStorage

PORTAL = [path for path in GENERATORS if path.startswith("portal.")]


@pytest.fixture
def _only_the_portal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in set(GENERATORS) - set(PORTAL):
        monkeypatch.delitem(GENERATORS, path)


@pytest.mark.req("ACC-3")
@pytest.mark.usefixtures("_only_the_portal_is_asked")
@pytest.mark.parametrize("seed", range(6))
def test_no_answer_of_the_portal_tells_that_a_hidden_contact_exists(seed: int) -> None:
    check_twin_worlds(lambda: closing(MemoryStorage()), seed, calls=60)


@pytest.mark.req("ACC-3")
@pytest.mark.usefixtures("_only_the_portal_is_asked")
def test_a_portal_that_tells_too_much_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def seen_by_everybody(self: Portal, login: PortalLogin | str) -> PortalLogin:
        return LoginRepository(self._transaction).read(id_of(login))

    def of_everybody(self: Portal, person: str) -> PortalLogin | None:
        return next(iter(LoginRepository(self._transaction).of_people([person])), None)

    monkeypatch.setattr(Portal, "get", seen_by_everybody)
    monkeypatch.setattr(Portal, "of", of_everybody)
    with pytest.raises(AssertionError, match="tells the worlds apart"):
        _check_seeds(20)


def _check_seeds(number: int) -> None:
    for seed in range(number):
        check_twin_worlds(lambda: closing(MemoryStorage()), seed, calls=60)
