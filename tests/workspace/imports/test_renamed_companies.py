"""Rows that rename a company or give it a division: later rows find its people by its names of now."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Person, Workspace
from support.actors import AMELIE
from support.import_views import seen

pytestmark = [pytest.mark.req("IMP-2"), pytest.mark.req("IMP-9"), pytest.mark.cases_in_memory]

HEAD = "Contact ID,Kind,First name,Last name,Company,Division,Company ID,E-mail 1,Phone 1\n"


def imported(space: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, text: str, policy: str) -> Any:
    """The report of an import, which is that of the preview."""
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    imports = space.imports(AMELIE)
    plan = imports.plan(HEAD + text, policy=policy)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    assert [(one.line, one.code) for one in dry.problems] == [(one.line, one.code) for one in report.problems]
    return report


def names(space: Workspace) -> list[str]:
    with space.read(AMELIE) as session:
        return sorted(card.name for card in session.contacts.page(role="any", limit=100))


@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("is_stored", [False, True])
def test_the_people_of_a_renamed_company_are_found_by_its_new_name_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, is_stored: bool
) -> None:
    first = ",person,Ann,Lee,Bois,,c1,,\n"
    own = "c1"
    if is_stored:
        with workspace.write(AMELIE) as session:
            own = session.contacts.add(Company("Bois")).id
            session.people.add(own, Person("Ann", "Lee"))
        first = ""
    text = f"{first}{own},company,,,Lune,,,,\n,person,Ann,Lee,Lune,,,,+33144556677\n,person,Ann,Lee,Bois,,,,\n"
    report = imported(workspace, monkeypatch, batch, text, "overwrite")
    # The last row names another company, which has the former name.
    assert (report.people_created, report.companies_created) == (1 + (not is_stored), 1 + (not is_stored))
    assert names(workspace) == ["Ann Lee", "Ann Lee", "Bois", "Lune"]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_a_company_that_gets_a_name_back_has_its_people_under_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    text = (
        ",person,Ann,Lee,Bois,,c1,,\nc1,company,,,Lune,,,,\nc1,company,,,Bois,,,,\n"
        ",person,Ann,Lee,Bois,,,,+33144556677\nc1,company,,,Bois,Nord,,,\n,person,Ann,Lee,Bois,,,,\n"
    )
    report = imported(workspace, monkeypatch, batch, text, "overwrite")
    assert (report.people_created, report.companies_created) == (1, 1)
    assert names(workspace) == ["Ann Lee", "Bois, Nord"]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_a_company_that_lost_its_division_is_none_of_those_with_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    text = (
        "c1,company,,,Bois,Nord,,,\nc2,company,,,Bois,Ost,,,\nc2,company,,,Lune,(clear),,,\n"
        ",person,Ann,Lee,Bois,,,,\n,person,Bob,Ray,Bois,,,,\n"
    )
    report = imported(workspace, monkeypatch, batch, text, "overwrite")
    assert (report.people_created, report.companies_created) == (2, 2)
    assert names(workspace) == ["Ann Lee", "Bob Ray", "Bois, Nord", "Lune"]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_a_person_is_found_at_a_company_that_is_called_as_another_one_with_its_division(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    with workspace.write(AMELIE) as session:
        session.people.add(session.contacts.add(Company("Bois, Nord")), Person("Ann", "Lee"))
        session.contacts.add(Company("Bois", division="Nord"))
    report = imported(workspace, monkeypatch, batch, ",person,Ann,Lee,Bois,,,,\n,company,,,Bois,Nord,,,\n", "skip")
    assert (report.created, report.skipped) == (0, 2)


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_nobody_is_found_by_the_name_of_a_person_who_is_the_employer_by_an_id(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    text = "p1,person,Bob,Ray,,,,bob@x.fr,\n,person,Ann,Lee,,,p1,,\n,person,Ann,Lee,Bob Ray,,,,\n"
    report = imported(workspace, monkeypatch, batch, text, "skip")
    assert (report.people_created, report.companies_created) == (3, 1)


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("last", [",company,,,Bois,,,,\n", ",company,,,Bois,Ost,,,\n"])
def test_a_repetition_finds_people_by_the_only_company_of_a_name_that_is_not_the_only_one_any_more(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    text = (
        ',company,,,Bois,Nord,,,\n,person,Ann,Lee,"Bois, Nord",,,,+33144556677\n,person,Ann,Lee,Bois,,,ann@x.fr,\n'
        + last
    )
    first = imported(workspace, monkeypatch, 1_000, text, "skip")
    assert (first.people_created, first.companies_created) == (1, 2)
    before = seen(workspace, AMELIE)
    again = imported(workspace, monkeypatch, 1_000, text, "skip")
    assert (again.created, again.skipped) == (0, 4)
    assert seen(workspace, AMELIE) == before
