"""No answer shows an actor that a contact exists which the actor may not see (ACC-3)."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from contactcore.model import PortalLogin
from contactcore.workspace import Workspace
from contactcore.workspace.kernel.transaction import id_of
from contactcore.workspace.portal.portal import Portal
from contactcore.workspace.repositories.logins import LoginRepository
from contactcore_memory import MemoryStorage
from model_based.noninterference import (
    check_bulk_acts,
    check_exports,
    check_merges,
    check_noninterference,
    check_sweeps,
    public_calls,
)
from model_based.viewer_calls import GENERATORS
from support.actors import AMELIE
from support.seeds import check_seeds, seeds_on

pytestmark = pytest.mark.req("ACC-3")


def test_answers_are_the_same_whether_or_not_hidden_contacts_exist(request: Any, open_storage: Any) -> None:
    number = seeds_on(request.node.name, 8, 1)
    # Somebody hidden had the primary flag, which the grounds of a message repeated, and the version of an affiliation
    # that an undo added again.
    known = (277488484, 394428881)
    check_seeds(lambda seed: check_noninterference(open_storage, seed), number, nightly=400, known=known)


def test_every_public_method_has_a_generator_of_its_arguments() -> None:
    with Workspace(MemoryStorage(), "acme").read(AMELIE) as session:
        assert set(public_calls(session)) == set(GENERATORS)


@pytest.mark.req("DIR-22")
def test_bulk_acts_over_hidden_and_over_unknown_ids_are_reported_alike() -> None:
    check_seeds(lambda seed: check_bulk_acts(lambda: closing(MemoryStorage()), seed), 12, nightly=400)


@pytest.mark.req("IMP-7")
def test_searches_for_duplicates_are_the_same_whether_or_not_hidden_contacts_exist() -> None:
    check_seeds(lambda seed: check_sweeps(lambda: closing(MemoryStorage()), seed), 12, nightly=400)


@pytest.mark.req("IMP-7")
def test_merges_and_their_undo_are_the_same_whether_or_not_hidden_contacts_exist() -> None:
    # A hidden contact person took the primary flag from one who is seen, and showed in a version after the undo.
    known = (4157147862, 1311272751, 328757628, 3907442820, 2113143627)
    check_seeds(lambda seed: check_merges(lambda: closing(MemoryStorage()), seed), 12, nightly=400, known=known)


@pytest.mark.req("IMP-4")
def test_exports_are_the_same_whether_or_not_hidden_contacts_exist() -> None:
    check_seeds(lambda seed: check_exports(lambda: closing(MemoryStorage()), seed), 6, nightly=400)


def test_answers_of_the_portal_are_the_same_whether_or_not_hidden_contacts_exist() -> None:
    check_seeds(check_portal, 6, nightly=400)


def test_a_portal_that_shows_too_much_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def seen_by_everybody(self: Portal, login: PortalLogin | str) -> PortalLogin:
        return LoginRepository(self._transaction).read(id_of(login))

    def of_everybody(self: Portal, person: str) -> PortalLogin | None:
        return next(iter(LoginRepository(self._transaction).of_people([person])), None)

    monkeypatch.setattr(Portal, "get", seen_by_everybody)
    monkeypatch.setattr(Portal, "of", of_everybody)
    with pytest.raises(AssertionError, match="tells the workspaces apart"):
        check_portals(20)


def check_portals(number: int) -> None:
    for seed in range(number):
        check_portal(seed)


def check_portal(seed: int) -> None:
    check_noninterference(lambda: closing(MemoryStorage()), seed, service="portal")
