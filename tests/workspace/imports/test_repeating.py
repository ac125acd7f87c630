"""Whoever cannot know that an import ended repeats it, and nothing is doubled: not even people who are only a name."""

from __future__ import annotations

import attrs
import pytest

from contactcore import Person, User

pytestmark = pytest.mark.req("IMP-3")

_NAMES = "First name,Last name\n" + "".join(f"P{n},Doe\n" for n in range(6)) + "Jo,Twice\nJo,Twice\nZoe,Last\n"


class _Killed(Exception):
    pass


@pytest.fixture(autouse=True)
def _small(small_transactions):
    pass


@pytest.fixture
def run(workspace, amelie):
    """Applies a text; first a dry run, which must say the same."""

    def apply(text, actor=amelie, **options):
        imports = workspace.imports(actor)
        plan = imports.plan(text, **options)
        preview = imports.preview(plan)
        report = imports.apply(plan)
        for name in ("rows", "created", "updated", "skipped", "rejected"):
            assert getattr(preview, name) == getattr(report, name)
        told = [(problem.line, problem.code, problem.value) for problem in report.problems]
        assert told == [(problem.line, problem.code, problem.value) for problem in preview.problems]
        return report

    return apply


@pytest.mark.parametrize("policy", ["skip", "update"])
def test_rows_that_are_only_a_name_are_found_by_every_later_run_of_the_import(run, workspace, everybody, policy):
    assert run(_NAMES, policy=policy).created == 9
    before = everybody(workspace)
    for _ in range(3):
        again = run(_NAMES, policy=policy)
        assert (again.created, again.updated, again.skipped) == (0, 0, 9)
        assert len(again.problems) == 9
    assert everybody(workspace) == before


def test_a_repeated_run_that_is_killed_goes_on_without_doubling(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    imports.apply(imports.plan(_NAMES))

    def kill(_):
        raise _Killed

    for _ in range(2):
        with pytest.raises(_Killed):
            imports.apply(imports.plan(_NAMES), kill)
    report = imports.apply(imports.plan(_NAMES))
    assert (report.created, report.skipped, report.rows_read) == (0, 9, 1)
    assert imports.apply(imports.plan(_NAMES)).skipped == 9
    assert len(everybody(workspace)) == 9


def test_who_went_to_the_trash_is_made_again_and_nobody_else(run, workspace, amelie, everybody):
    run(_NAMES)
    gone = next(one for one in everybody(workspace) if one.display_name == "P3 Doe")
    with workspace.write(amelie) as session:
        session.contacts.delete(gone.id)
    again = run(_NAMES)
    assert (again.created, again.skipped) == (1, 8)
    assert run(_NAMES).skipped == 9
    assert sorted(one.display_name for one in everybody(workspace)).count("P3 Doe") == 1


def test_who_was_renamed_since_is_found_all_the_same(run, workspace, amelie, everybody):
    run(_NAMES)
    with workspace.write(amelie) as session:
        one = next(one for one in everybody(workspace) if one.display_name == "Zoe Last")
        session.contacts.save(attrs.evolve(one, given_name="Zoë-Anne"))
    assert run(_NAMES).created == 0


def test_who_is_hidden_from_the_importer_since_is_not_told_of(run, workspace, amelie, everybody):
    bob = User("bob")
    run(_NAMES)
    with workspace.write(User("root", admin=True)) as session:
        one = next(one for one in everybody(workspace) if one.display_name == "Zoe Last")
        session.contacts.save(attrs.evolve(one, responsibles=(bob.name,), access="private"))
    again = run(_NAMES)
    assert (again.created, again.skipped) == (1, 8)
    assert all(one.id not in problem.reason for problem in again.problems)


def test_an_import_that_was_undone_is_made_again(run, workspace, amelie, everybody):
    workspace.imports(amelie).undo(run(_NAMES))
    assert run(_NAMES).created == 9
    assert len(everybody(workspace)) == 9


def test_another_file_another_actor_or_another_decision_makes_its_own(run, everybody, workspace):
    run(_NAMES)
    assert run(_NAMES + "One,More\n").created == 10
    assert run(_NAMES, actor=User("bob")).created == 9
    assert run(_NAMES, policy="create").created == 9
    assert run(_NAMES, policy="create").created == 9
    assert len(everybody(workspace)) == 9 + 10 + 9 + 9 + 9


_SAME = "First name,Last name,Company,E-mail,Phone,Notes\n"


@pytest.mark.parametrize(
    "rows",
    [
        # The first company gets the address by which the first row has found the second one.
        ',,Aix,a@x.fr,,\n,,Bois,b@x.fr,,\n,,,b@x.fr,,met\n,,,"a@x.fr, b@x.fr",,\n',
        # A person who is made later has the number by which a row without a name has found a company.
        ",,Bois,,+33144556677,\n,,,,+33144556677,met\nAnn,Lee,,,+33144556677,\n",
        # The first of two people of one name gets the number of the second one.
        "Ann,Lee,,a@x.fr,,\nAnn,Lee,,,+33144556677,met\nAnn,Lee,,a@x.fr,+33144556677,\n",
        # A person of the same name gets a place in the company by which a row has found another one.
        "Ann,Lee,Aix,,+33144556677,\nAnn,Lee,Bois,,,met\nAnn,Lee,Bois,,+33144556677,\n",
    ],
    ids=["addresses", "number", "namesakes", "places"],
)
def test_an_update_that_is_repeated_finds_the_contacts_that_its_rows_have_found(run, workspace, everybody, rows):
    run(_SAME + rows, policy="update")
    before = everybody(workspace)
    for _ in range(2):
        again = run(_SAME + rows, policy="update")
        assert (again.created, again.updated) == (0, 0)
        assert everybody(workspace) == before


@pytest.mark.req("IMP-9")
@pytest.mark.parametrize("policy", ["skip", "update"])
def test_ids_that_only_the_file_knows_double_nothing_when_it_is_repeated(run, workspace, amelie, everybody, policy):
    text = (
        "Contact ID,Kind,First name,Last name,Company,Company ID,Site ID,Site,Item ID,Item\n"
        "c1,company,,,Bois,,,,,\nc2,company,,,Bois,,,,,\np1,person,Ann,Lee,,,,,,\np2,person,Bob,Ray,,c1,,,,\n"
        "c1,site,,,,,s1,Mill,,\nc1,site,,,,,s2,Mill,,\np1,item,,,,,,,i1,Saw\np1,item,,,,,,,,Van\n"
        "p1,affiliation,,,Bois,c2,,,,\np1,affiliation,,,Cuir,,,,,\n"
    )
    first = run(text, policy=policy)
    assert (first.created, first.rejected) == (4, 0)
    before = everybody(workspace)
    for _ in range(2):
        again = run(text, policy=policy)
        assert (again.created, again.updated, again.skipped) == (0, 0, 10)
        assert everybody(workspace) == before
    with workspace.read(amelie) as session:
        kept = {"company": [], "person": []}
        for card in session.contacts.page(role="any").items:
            names = [one.name for one in (*session.sites.of(card.id), *session.items.of(card.id))]
            kept[card.kind].append((card.name, sorted(names)))
    assert sorted(kept["company"]) == [("Bois", []), ("Bois", ["Mill", "Mill"]), ("Cuir", [])]
    assert sorted(kept["person"]) == [("Ann Lee", ["Saw", "Van"]), ("Bob Ray", [])]


def test_a_row_with_a_name_is_not_taken_for_a_namesake_of_the_directory(run, workspace, amelie, everybody):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Zoe", "Last"))
    assert run(_NAMES).created == 9
    assert len(everybody(workspace)) == 10
