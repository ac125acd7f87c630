"""The employer of a row is also found by its name without its division, if only one company that is seen has it."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company

pytestmark = pytest.mark.req("IMP-2")

FILE = "Name,Company\nJane Doe,Süd\nKarl Roe,süd\n"


def companies(workspace: Any, actor: Any) -> list[tuple[str, list[str]]]:
    with workspace.read(actor) as session:
        cards = session.contacts.page(kind="company").items
        return [(card.name, [one.person.display_name for one in session.people.list(card.id)]) for card in cards]


@pytest.mark.parametrize("policy", ["skip", "update"])
def test_the_only_company_of_the_name_is_the_employer_and_a_repeated_import_adds_nothing(
    workspace: Any, amelie: Any, policy: str
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Süd", division="Nord"))
    imports = workspace.imports(amelie)
    for created in (2, 0):
        report = imports.apply(imports.plan(FILE, policy=policy))
        assert (report.people_created, report.companies_created) == (created, 0)
    ((name, people),) = companies(workspace, amelie)
    assert (name, sorted(people)) == ("Süd, Nord", ["Jane Doe", "Karl Roe"])


def test_of_several_companies_of_the_name_none_is_the_employer_but_one_without_a_division_is(
    workspace: Any, amelie: Any, bob: Any
) -> None:
    with workspace.write(amelie) as session:
        for division in ("Nord", "Ost"):
            session.contacts.add(Company("Süd", division=division))
    imports = workspace.imports(amelie)
    assert imports.apply(imports.plan(FILE)).companies_created == 1
    assert imports.apply(imports.plan("Name,Company\nAl Lee,Süd\n")).companies_created == 0
    assert [len(people) for _, people in companies(workspace, amelie)] == [3, 0, 0]
    with workspace.write(bob) as session:
        session.contacts.add(Company("Süd", division="West"))
    # Companies that the actor does not see do not count.
    hidden = workspace.imports(bob)
    assert hidden.apply(hidden.plan(FILE)).companies_created == 0
    assert [name for name, _ in companies(workspace, bob)] == ["Süd, West"]


DIVIDED = "Name,Company,Department\n,Süd,Nord\nJane Doe,Süd,\n"


@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize(
    ("rows", "employers"),
    [
        ("", {"Süd, Nord": ["Jane Doe"]}),
        (",Süd,Ost\nKarl Roe,Süd,\n", {"Süd": ["Karl Roe"], "Süd, Nord": ["Jane Doe"], "Süd, Ost": []}),
        (",Süd,\nKarl Roe,süd,\n", {"Süd": ["Karl Roe"], "Süd, Nord": ["Jane Doe"]}),
    ],
    ids=["the only one", "one of two", "beside one without a division"],
)
def test_a_company_of_an_earlier_row_is_the_employer_in_whatever_batch_it_is(
    workspace: Any, amelie: Any, monkeypatch: pytest.MonkeyPatch, rows: str, employers: dict[str, list[str]], batch: int
) -> None:
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    imports = workspace.imports(amelie)
    plan = imports.plan(DIVIDED + rows)
    previewed = imports.preview(plan)
    report = imports.apply(plan)
    assert dict(companies(workspace, amelie)) == employers
    assert report.counts == previewed.counts
    assert report.companies_created == len(employers)


def test_a_company_of_an_earlier_row_is_not_the_only_one_beside_a_stored_one(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Süd", division="West"))
    imports = workspace.imports(amelie)
    assert imports.apply(imports.plan(DIVIDED)).companies_created == 2
    assert dict(companies(workspace, amelie)) == {"Süd": ["Jane Doe"], "Süd, Nord": [], "Süd, West": []}
