"""An export of ours names the primary contact person of each company, and an import restores it."""

from __future__ import annotations

import pytest

from contactcore import Company, Person
from support.import_views import primary_flags

pytestmark = [pytest.mark.req("IMP-4"), pytest.mark.req("PER-3")]

HEAD = "Contact ID,Kind,First name,Last name,Company,Primary contact\n"
MANY = HEAD + "".join(f",person,P{n},Aab,Süd,\n" for n in range(9)) + ",person,Karl,Zed,Süd,yes\n"


def primary_of(workspace, actor, name):
    with workspace.read(actor) as session:
        (card,) = [card for card in session.contacts.page(kind="company").items if card.name == name]
        return session.people.primary(card.id).person.given_name


def test_a_later_batch_names_the_primary_person(workspace, amelie, small_transactions):
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(MANY))
    assert list(report.problems) == []
    assert primary_of(workspace, amelie, "Süd") == "Karl"
    assert set(primary_flags(workspace).values()) == {1}
    undone = imports.undo(report)
    assert (undone.removed, undone.kept) == (11, ())


def test_a_killed_import_still_knows_whom_it_may_replace(workspace, amelie, small_transactions):
    class Killed(Exception):
        pass

    def kill(progress):
        raise Killed

    imports = workspace.imports(amelie)
    for _ in range(2):
        with pytest.raises(Killed):
            imports.apply(imports.plan(MANY), kill)
    assert imports.apply(imports.plan(MANY)).created == 10
    assert primary_of(workspace, amelie, "Süd") == "Karl"


def test_of_two_primary_persons_in_a_file_the_first_one_counts(workspace, amelie, small_transactions):
    imports = workspace.imports(amelie)
    plan = imports.plan(MANY + ",person,Late,Zed,Süd,yes\n")
    for report in (imports.preview(plan), imports.apply(plan)):
        assert [(one.line, one.code, one.kind) for one in report.problems] == [(12, "kept-existing", "note")]
    assert primary_of(workspace, amelie, "Süd") == "Karl"


@pytest.mark.req("ACC-3")
def test_people_whom_the_importer_does_not_see_change_nothing_in_the_report(workspace, amelie, bob):
    with workspace.write(bob) as session:
        sud = session.contacts.add(Company("Süd", access="shared-write"))
        session.people.add(sud, Person("Hidden", access="private"))
    imports = workspace.imports(amelie)
    plan = imports.plan(MANY)
    for report in (imports.preview(plan), imports.apply(plan)):
        assert list(report.problems) == []
    assert primary_of(workspace, amelie, "Süd") == "Karl"


def test_a_person_who_is_primary_of_no_company_is_reported(workspace, amelie):
    rows = ",person,Karl,Zed,,yes\n,company,,,Süd,yes\n,person,Jane,Aab,Süd,no\n"
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan(HEAD + rows))
    assert [(one.line, one.column, one.code) for one in report.problems] == [
        (2, "Primary contact", "primary-of-nobody"),
        (3, "Primary contact", "primary-of-nobody"),
    ]
    assert primary_of(workspace, amelie, "Süd") == "Jane"
