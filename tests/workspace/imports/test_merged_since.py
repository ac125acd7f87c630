"""A file that was exported before a merge names contacts that are a part of others now (IMP-7, IMP-9)."""

from __future__ import annotations

import pytest

from contactcore import Company, Workspace
from contactcore.storage import Storage
from support.actors import AMELIE, BOB, ROOT

pytestmark = [pytest.mark.req("IMP-7"), pytest.mark.req("IMP-9")]


def merged(storage: Storage, access: str) -> tuple[Workspace, Company, Company]:
    """A workspace in which a contact of the importer became a part of a contact of another user."""
    space = Workspace(storage, "acme", country="FR")
    with space.write(BOB) as session:
        winner = session.contacts.add(Company("Forest", access=access))
    with space.write(AMELIE) as session:
        loser = session.contacts.add(Company("Bois"))
    merging = space.merging(ROOT)
    merging.apply(merging.plan(winner.id, [loser.id]), widen=True)
    return space, winner, loser


def imported(space: Workspace, loser: Company) -> tuple[int, int, int]:
    imports = space.imports(AMELIE)
    file = f"Contact ID,Kind,Company,E-mail 1\n{loser.id},company,Mill,office@mill.fr\n"
    report = imports.apply(imports.plan(file, policy="update"))
    return report.created, report.updated, report.rejected


def test_the_row_of_a_merged_contact_changes_the_contact_that_it_is_a_part_of(storage: Storage) -> None:
    space, winner, loser = merged(storage, "shared-write")
    assert imported(space, loser) == (0, 1, 0)
    with space.read(BOB) as session:
        assert [str(email) for email in session.contacts.get(winner.id).emails] == ["office@mill.fr"]


@pytest.mark.req("ACC-3")
def test_the_row_of_a_contact_that_is_a_part_of_a_hidden_one_is_a_new_contact(storage: Storage) -> None:
    space, winner, loser = merged(storage, "private")
    assert imported(space, loser) == (1, 0, 0)
    with space.read(BOB) as session:
        assert session.contacts.get(winner.id).emails == ()
