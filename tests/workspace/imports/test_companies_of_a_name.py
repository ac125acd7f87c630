"""Companies that rows name before their own rows, and companies that rows may not change: batches decide nothing."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Workspace
from support.actors import AMELIE, BOB

pytestmark = [pytest.mark.req("IMP-2"), pytest.mark.req("IMP-3"), pytest.mark.cases_in_memory]

BATCHES = (1, 2, 3, 1_000)


def imported(space: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, text: str, policy: str) -> Any:
    """The report of an import, which is that of the preview."""
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    imports = space.imports(AMELIE)
    plan = imports.plan(text, policy=policy)
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    assert [(one.line, one.code) for one in dry.problems] == [(one.line, one.code) for one in report.problems]
    return report


def companies(space: Workspace) -> list[tuple[str, list[str], list[str]]]:
    """The name, the addresses and the people of each company, the oldest first."""
    with space.read(AMELIE) as session:
        cards = sorted(session.contacts.page(kind="company", role="any").items, key=lambda card: card.id)
        return [
            (
                card.name,
                [*map(str, session.contacts.get(card.id).emails)],
                [one.person.display_name for one in session.people.list(card.id)],
            )
            for card in cards
        ]


@pytest.mark.parametrize("batch", BATCHES)
def test_the_company_that_a_row_named_first_is_the_oldest_one_of_its_name(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    text = "Full name,Company,Email\nAnn Lee,Bois,\n,Bois,one@bois.fr\n,Bois,two@bois.fr\nBob Ray,Bois,\n"
    report = imported(workspace, monkeypatch, batch, text, "create")
    assert (report.people_created, report.companies_created) == (2, 2)
    first, second = companies(workspace)
    assert first == ("Bois", ["one@bois.fr"], ["Ann Lee", "Bob Ray"])
    assert second == ("Bois", ["two@bois.fr"], [])


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("policy", ["skip", "update", "create", "overwrite"])
def test_a_company_that_a_row_may_not_change_is_no_employer_by_which_later_rows_find_its_person(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, policy: str
) -> None:
    with workspace.write(BOB) as session:
        session.contacts.add(Company("Bois", access="shared-read"))
    report = imported(workspace, monkeypatch, batch, "Full name,Company\nAnn Lee,Bois\nAnn Lee,Bois\n", policy)
    assert (report.people_created, report.companies_created) == (2, 0)
    assert [(one.line, one.code) for one in report.problems] == [(2, "read-only"), (3, "read-only")]
    assert companies(workspace) == [("Bois", [], [])]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("policy", ["skip", "update"])
def test_a_repetition_finds_people_whose_employer_a_row_may_not_change(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, policy: str
) -> None:
    with workspace.write(BOB) as session:
        session.contacts.add(Company("Bois", access="shared-read"))
    text = "Full name,Company\nAnn Lee,Bois\nBob Ray,Bois\nAnn Lee,Bois\nCid Roy,Lune\n"
    first = imported(workspace, monkeypatch, batch, text, policy)
    assert (first.people_created, first.companies_created) == (4, 1)
    for _ in range(2):
        again = imported(workspace, monkeypatch, batch, text, policy)
        assert (again.created, again.updated, again.skipped) == (0, 0, 4)


def test_the_ids_of_companies_ascend_with_the_rows_that_named_them(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"P{n} Doe,Bois {n},p{n}@x.fr\n,Lune {n},l{n}@x.fr\n" for n in range(20))
    imported(workspace, monkeypatch, 1_000, "Full name,Company,Email\n" + rows, "skip")
    assert [name for name, _, _ in companies(workspace)] == [
        f"{name} {n}" for n in range(20) for name in ("Bois", "Lune")
    ]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("policy", ["skip", "update", "create", "overwrite"])
def test_a_company_that_was_named_with_its_division_gets_both_from_its_own_row(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, policy: str
) -> None:
    text = 'Full name,Company,Department\nAnn Lee,"Süd, Nord",\n,Süd,Nord\n'
    report = imported(workspace, monkeypatch, batch, text, policy)
    assert (report.companies_created, report.updated) == (1, 1)
    with workspace.read(AMELIE) as session:
        (card,) = session.contacts.page(kind="company").items
        company = session.contacts.get(card.id, Company)
        assert (company.name, company.division) == ("Süd", "Nord")
    again = imported(workspace, monkeypatch, batch, text, "skip")
    assert (again.created, again.skipped) == (0, 2)
    assert companies(workspace) == [("Süd, Nord", [], ["Ann Lee"])]
