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


def test_a_row_with_a_name_is_not_taken_for_a_namesake_of_the_directory(run, workspace, amelie, everybody):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Zoe", "Last"))
    assert run(_NAMES).created == 9
    assert len(everybody(workspace)) == 10
