"""An import can be undone as a whole: what it made goes to the trash, what it changed is as it was before."""

from __future__ import annotations

from contextlib import suppress

import attrs
import pytest

from contactcore import Company, Person
from contactcore.errors import Conflict, Forbidden, Invalid, NotFound, StorageError
from contactcore.model import PortalUser
from contactcore.workspace.imports.undo_report import UndoReport
from contactcore.workspace.imports.undo_steps import UndoTransaction
from contactcore.workspace.repositories.jobs import JobRepository
from support.actors import BOB, ROOT
from support.import_views import HEAD, codes, imported, named, primary_flags, seen

pytestmark = [pytest.mark.req("IMP-3"), pytest.mark.usefixtures("small_transactions")]


class _Killed(Exception):
    pass


# What goes, and where to


def test_contacts_that_the_import_made_lie_in_the_trash_and_can_be_restored_one_by_one(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,Bois,CFO,j@bois.fr,,\nJo,Roe,Bois,,jo@bois.fr,,vip\n")
    assert workspace.imports(amelie).undo(report.id) == UndoReport(
        id=report.id, removed=3, restored=0, affiliations=0, kept=()
    )
    with workspace.write(amelie) as session:
        assert session.contacts.count(role="any") == 0
        assert session.settings.tags == ()
        trashed = {card.name: card for card in session.trash.list()}
        assert sorted(trashed) == ["Bois", "Jane Doe", "Jo Roe"]
        jane = session.trash.restore(trashed["Jane Doe"])
        assert session.people.of(jane) == ()
        company = session.trash.restore(trashed["Bois"])
        (only,) = session.people.list(company)
        assert (only.person.given_name, only.position, only.primary) == ("Jane", "CFO", True)
        session.trash.restore(trashed["Jo Roe"])
        assert [one.person.given_name for one in session.people.list(company)] == ["Jane", "Jo"]


def test_contacts_that_the_import_changed_are_as_before_one_version_further(workspace, amelie):
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["j@bois.fr"], tags=["old"]))
    report = imported(
        workspace, amelie, "Jane,Doe,,,j@bois.fr,+33144556677,vip\nJane,,,,j@bois.fr,+33144556678,\n", policy="update"
    )
    assert report.updated == 2
    changed = named(workspace, "Jane Doe")
    assert len(changed.phones) == 2
    undone = workspace.imports(amelie).undo(report)
    assert (undone.removed, undone.restored, undone.kept) == (0, 1, ())
    after = named(workspace, "Jane Doe")
    assert after.version > changed.version
    assert attrs.evolve(after, version=jane.version) == jane
    with workspace.read(ROOT) as session:
        assert [published.event.name for published in session.feed()][-2:] == ["contact.changed", "import.undone"]


def test_a_contact_that_several_batches_changed_is_as_before_the_first_of_them(workspace, amelie):
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["j@bois.fr"]))
    rows = [f"Jane,,,,j@bois.fr,+331445566{n:02},\n" for n in range(10)]
    report = imported(workspace, amelie, "".join(rows), policy="update")
    assert named(workspace, "Jane Doe").version == jane.version + 3, "it is changed by three batches"
    assert workspace.imports(amelie).undo(report.id).restored == 1
    assert attrs.evolve(named(workspace, "Jane Doe"), version=jane.version) == jane


def test_a_company_that_a_later_row_described_goes_to_the_trash_as_it_was_described(workspace, amelie):
    rows = "".join(f"P{n},Doe,Bois,,p{n}@x.fr,,\n" for n in range(6)) + ",,Bois,,info@bois.fr,,\n"
    report = imported(workspace, amelie, rows)
    assert report.updated == 1
    assert workspace.imports(amelie).undo(report.id).removed == 7
    with workspace.write(amelie) as session:
        (card,) = [card for card in session.trash.list() if card.kind == "company"]
        assert [str(one) for one in session.trash.restore(card).emails] == ["info@bois.fr"]


@pytest.mark.req("PER-3")
def test_affiliations_and_positions_between_contacts_that_were_there_are_taken_back(workspace, amelie):
    with workspace.write(amelie) as session:
        jane, jo = (
            session.contacts.add(Person(name, "Doe", emails=[f"{name}@x.fr"], listed=True)) for name in ("Jane", "Jo")
        )
        bois, lune = (session.contacts.add(Company(name)) for name in ("Bois", "Lune"))
        session.people.add(bois, jane)
    before = seen(workspace)
    report = imported(
        workspace,
        amelie,
        "Jane,Doe,Bois,CFO,Jane@x.fr,,\nJane,Doe,Lune,CEO,Jane@x.fr,,\nJo,Doe,Bois,,Jo@x.fr,,\n",
        policy="update",
    )
    with workspace.read(amelie) as session:
        assert [(one.person_id, one.position) for one in session.people.list(bois)] == [(jane.id, "CFO"), (jo.id, "")]
        assert session.people.primary(lune).person_id == jane.id
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored, undone.affiliations, undone.kept) == (0, 0, 3, ())
    assert seen(workspace) == before
    assert primary_flags(workspace) == {bois.id: 1}


@pytest.mark.req("PER-3")
def test_a_company_that_stays_has_one_primary_person_after_its_primary_one_was_taken_back(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\n" + "Jo,Roe,Bois,,jo@x.fr,,\n" * 2)
    with workspace.write(amelie) as session:
        assert session.people.primary(bois).person.given_name == "Jane"
        session.people.add(bois, Person("Zoe", "Lee"))
    assert workspace.imports(amelie).undo(report.id).removed == 2
    with workspace.read(amelie) as session:
        assert [(one.person.given_name, one.primary) for one in session.people.list(bois)] == [("Zoe", True)]
    assert primary_flags(workspace) == {bois.id: 1}


def test_contacts_that_the_importer_cannot_see_are_removed_too(workspace, amelie):
    rows = "".join(f"P{n},Doe,Bois,,p{n}@x.fr,,\n" for n in range(6))
    report = imported(workspace, amelie, rows, access="private", responsibles=["bob"])
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.hidden, undone.kept) == (0, 7, ())
    with workspace.read(BOB) as session:
        assert session.contacts.count(role="any") == 0
        assert len(session.trash.list()) == 7


# Who may


def test_an_import_of_somebody_else_is_not_found(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,,,j@x.fr,,\n", access="shared-write")
    before = seen(workspace)
    for actor, id in [(BOB, report.id), (amelie, "nothing"), (ROOT, "")]:
        with pytest.raises(NotFound):
            workspace.imports(actor).undo(id)
    with pytest.raises(Forbidden):
        workspace.imports(PortalUser("1", "2", 0)).undo(report.id)
    with pytest.raises(Invalid, match="id"):
        workspace.imports(amelie).undo(7)
    assert seen(workspace) == before
    assert workspace.imports(ROOT).undo(report.id).removed == 1


def test_an_import_that_is_undone_already_is_told_so_and_nothing_happens(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,,,j@x.fr,,\nJo,Doe,,,jo@x.fr,,\n")
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(named(workspace, "Jo Doe"), description="met"))
    imports = workspace.imports(amelie)
    first = imports.undo(report.id)
    assert codes(first) == [("Jo Doe", "changed-since")]
    with workspace.write(amelie) as session:
        (card,) = session.trash.list()
        session.trash.restore(card)
    before = seen(workspace)
    assert imports.undo(report.id) == attrs.evolve(first, undone_before=True)
    assert seen(workspace) == before


# Killed, repeated, disturbed


def test_an_import_that_was_killed_can_be_undone_and_its_file_imported_anew(workspace, amelie):
    imports = workspace.imports(amelie)
    rows = HEAD + "".join(f"P{n},Doe,Co{n % 3},,p{n}@x.fr,,\n" for n in range(10))
    told = []

    def stop(progress):
        told.append(progress)
        if progress.rows == 8:
            raise _Killed

    with pytest.raises(_Killed):
        imports.apply(imports.plan(rows), stop)
    assert imports.undo(told[-1].id).removed == 11
    again = imports.apply(imports.plan(rows))
    assert (again.rows_read, again.created) == (10, 10)
    assert again.id != told[-1].id


def test_an_import_that_is_undone_while_it_runs_stops(workspace, amelie):
    imports = workspace.imports(amelie)
    rows = HEAD + "".join(f"P{n},Doe,,,p{n}@x.fr,,\n" for n in range(10))

    with pytest.raises(Conflict, match="same import"):
        imports.apply(imports.plan(rows), lambda progress: imports.undo(progress.id))
    with workspace.read(amelie) as session:
        assert session.contacts.count(role="any") == 0


_FILE = "".join(f"P{n},Doe,Co{n % 3},Boss,p{n}@x.fr,,\n" for n in range(7)) + (
    "Ann,Lee,Bois,CEO,ann@x.fr,+33144556677,vip\nBen,Lee,Bois,,ben@x.fr,,\nCy,Lee,Bois,,cy@x.fr,,\n"
)


def _begun(workspace, amelie):
    """A directory in which an import made, changed, joined and filled in, and somebody changed something since."""
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        ann, ben = (
            session.contacts.add(Person(name, "Lee", emails=[f"{name.lower()}@x.fr"])) for name in ("Ann", "Ben")
        )
        session.people.add(bois, ann)
        assert ben.listed
    report = imported(workspace, amelie, _FILE, policy="update")
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(named(workspace, "P3 Doe"), description="met"))
    return report


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_undoing_that_is_killed_in_every_transaction_and_repeated_comes_to_the_same(
    new_workspace, amelie, monkeypatch, moment
):
    straight, killed = new_workspace(), new_workspace()
    wanted = straight.imports(amelie).undo(_begun(straight, amelie).id)
    id = _begun(killed, amelie).id
    real = JobRepository.save
    calls = 0

    def dying(jobs, job):
        nonlocal calls
        stored = real(jobs, job)
        calls += 1
        if calls % 2:
            raise _Killed
        return stored

    def die(progress):
        raise _Killed

    deaths = 0
    report = None
    while report is None:
        with monkeypatch.context() as patch, suppress(_Killed):
            if moment == "before the commit":
                patch.setattr(JobRepository, "save", dying)
            report = killed.imports(amelie).undo(id, die if moment == "after the commit" else None)
        deaths += report is None
    assert deaths >= 6
    numbers = [(one.removed, one.restored, one.affiliations, codes(one)) for one in (wanted, report)]
    assert numbers[0] == numbers[1] == (9, 1, 2, [("Co0", "people-stay"), ("P3 Doe", "changed-since")])
    names = [
        [(one[0], one[1].display_name, [(p.position, p.primary) for p in one[2]]) for one in found if len(one) == 4]
        for found in ([one for one in seen(place) if isinstance(one, tuple)] for place in (straight, killed))
    ]
    assert names[0] == names[1]


def test_progress_tells_how_far_it_is(workspace, amelie):
    report = imported(workspace, amelie, "".join(f"P{n},Doe,,,p{n}@x.fr,,\n" for n in range(10)))
    told = []
    workspace.imports(amelie).undo(report.id, told.append)
    assert [one.removed for one in told] == sorted(one.removed for one in told)
    assert (told[-1].removed, told[-1].done, told[-1].fraction) == (10, told[-1].total, 1.0)


def test_a_contact_that_is_changed_at_the_same_moment_is_kept(workspace, amelie, monkeypatch):
    report = imported(workspace, amelie, "Jane,Doe,,,j@x.fr,,\nJo,Roe,,,jo@x.fr,,\n")
    real = UndoTransaction.run
    disturbed = []

    def meddle(reversal, chunk, part):
        if not disturbed:
            disturbed.append(chunk)
            raise Conflict(None, None)
        if len(disturbed) == 1:
            disturbed.append(chunk)
            raise StorageError("Somebody else was faster.", "storage-retry")
        return real(reversal, chunk, part)

    monkeypatch.setattr(UndoTransaction, "run", meddle)
    assert workspace.imports(amelie).undo(report.id).removed == 2
    assert len(disturbed) == 2
