"""Imports that an earlier release has begun are resumed, repeated and undone by this one (IMP-3).

`python tests/adapters/sqlite/test_jobs_of_earlier_releases.py <name>` writes a dump, with the sources of a release on
`PYTHONPATH`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from contactcore import Company, Host, Person, Workspace
from contactcore.workspace.imports import imports as engine
from contactcore.workspace.imports import undo
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.sqlite_dumps import dump, restore

pytestmark = pytest.mark.req("IMP-3")

DUMPS: Final = Path(__file__).parent / "jobs"
NATIVE: Final = (
    "Contact ID,Kind,First name,Last name,Company,Company ID,E-mail 1,Tags,Primary contact,Site,Item,Position\n"
    "c1,company,,,Bois,,info@bois.fr,vip,,,,\np1,person,Ann,Lee,,c1,ann@x.fr,,yes,,,CFO\n"
    "p2,person,Bob,Ray,Bois,,,VIP,,,,\nc1,site,,,,,,,,Mill,,\n"
    "p1,affiliation,,,Lune,,,,,,,Board\np2,item,,,,,,,,,Saw,\n,person,Zoe,Known,Open,,zoe@x.fr,,,,,CEO\n"
    ",company,,,Lune,,info@lune.fr,,,,,\n"
)
FOR_BOB: Final = (
    "Name,Company,E-mail\nAl One,Nord,al@y.fr\nBo Two,Nord,\nCy Three,,\nBo Two,Nord,bo@y.fr\n,Nord,i@nord.fr\n"
)
UNDONE: Final = "Name,Company,E-mail\n" + "".join(f"P{n} Doe,Firm {n % 2},p{n}@z.fr\n" for n in range(6))


class _Killed(Exception):
    pass


def opened(path: Path) -> tuple[SQLiteStorage, Workspace]:
    storage = SQLiteStorage(path)
    return storage, Workspace(storage, "acme", language="fr", country="FR", host=Host(clock=Clock(tick=TICK)))


def plans(space: Workspace) -> tuple[Any, Any]:
    """The plans of an own import, and of one for another user."""
    imports = space.imports(AMELIE)
    own = imports.plan(NATIVE, policy="update")
    return own, imports.plan(FOR_BOB, policy="update", access="private", responsibles=["bob"])


def people(space: Workspace) -> dict[str, list[tuple[str, str, bool]]]:
    """The people of each contact, with their positions, and who is primary."""
    with space.read(ROOT) as session:
        return {
            card.name: sorted(
                (one.person.display_name if one.person else "", one.position, one.primary)
                for one in session.people.list(card.id)
            )
            for card in session.contacts.page(role="any", limit=100)
        }


@pytest.fixture(params=sorted(path.stem for path in DUMPS.glob("*.sql")))
def space(request: pytest.FixtureRequest, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(engine, "BATCH", 2)
    monkeypatch.setattr(undo, "SIZE", 2)
    restore(DUMPS / f"{request.param}.sql", path)
    storage, space = opened(path)
    with closing(storage):
        yield space


def test_an_import_that_an_earlier_release_began_goes_on_and_is_undone(space: Workspace) -> None:
    imports = space.imports(AMELIE)
    begun = {one.id for one in imports.list() if one.state == "running"}
    assert len(begun) == 2
    own, for_bob = plans(space)
    first, second = imports.apply(own), imports.apply(for_bob)
    assert {first.id, second.id} == begun
    assert (first.rows, first.rows_read, second.rows, second.rows_read) == (8, 6, 5, 3)
    assert (first.created, first.updated, first.skipped, first.rejected) == (3, 5, 0, 0)
    assert (second.created, second.updated, second.skipped, second.rejected) == (3, 2, 0, 0)
    # Some contacts of the third import are still there.
    others = {name: of for name, of in people(space).items() if not name.startswith(("P", "Firm"))}
    assert others == {
        "Ann Lee": [],
        "Bob Ray": [],
        "Zoe Known": [],
        "Al One": [],
        "Bo Two": [],
        "Cy Three": [],
        "Bois": [("Ann Lee", "CFO", True), ("Bob Ray", "", False)],
        "Lune": [("Ann Lee", "Board", True)],
        "Open": [("Zoe Known", "CEO", True)],
        "Nord": [("Al One", "", True), ("Bo Two", "", False)],
    }
    again = [imports.apply(plan) for plan in (own, for_bob)]
    assert [(one.created, one.updated, one.skipped) for one in again] == [(0, 0, 8), (0, 0, 5)]
    reports = [imports.undo(one) for one in (second, first)]
    assert [one.kept for one in reports] == [(), ()]
    assert {"Zoe Known", "Open"} <= people(space).keys()
    assert not {"Ann Lee", "Bois", "Lune", "Al One", "Nord"} & people(space).keys()
    assert people(space)["Open"] == [("Zoe Known", "", True)]


def test_an_undo_that_an_earlier_release_began_goes_on(space: Workspace) -> None:
    imports = space.imports(AMELIE)
    (begun,) = [one for one in imports.list() if one.state == "undoing"]
    report = imports.undo(begun.id)
    assert (report.removed, report.kept) == (8, ())
    assert not [name for name in people(space) if name.startswith(("P", "Firm"))]


def write_dump(name: str) -> None:
    """Dump a file of the release on the path, with two imports and an undo that were killed."""

    def stop(_told: object) -> None:
        raise _Killed

    engine.BATCH = undo.SIZE = 2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crm.db"
        storage, space = opened(path)
        with closing(storage):
            with space.write(BOB) as session:
                known = session.contacts.add(Company("Open", access="shared-write"))
                session.people.add(known, Person("Zoe", "Known", emails=["zoe@x.fr"], access="shared-write"))
            imports = space.imports(AMELIE)
            done = imports.apply(imports.plan(UNDONE))
            with suppress(_Killed):
                imports.undo(done, stop)
            for plan in plans(space):
                with suppress(_Killed):
                    imports.apply(plan, stop)
        DUMPS.mkdir(exist_ok=True)
        (DUMPS / f"{name}.sql").write_text(dump(path), encoding="utf-8")


if __name__ == "__main__":
    write_dump(sys.argv[1])
