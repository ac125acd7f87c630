"""Rows with an id of their own: what they find, in whatever batch, and an id that several rows or kinds share."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Person, Workspace
from support.actors import AMELIE, BOB, ROOT

pytestmark = [pytest.mark.req("IMP-9"), pytest.mark.req("IMP-3"), pytest.mark.cases_in_memory]

BATCHES = (1, 2, 3, 1_000)
POLICIES = ("skip", "update", "create", "overwrite")


def imported(space: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, text: str, actor: Any = AMELIE) -> Any:
    """A function of a policy that imports a text, and returns the report, which is that of the preview."""
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    imports = space.imports(actor)

    def run(policy: str, **options: Any) -> Any:
        plan = imports.plan(text, policy=policy, **options)
        dry, report = imports.preview(plan), imports.apply(plan)
        assert dry.counts == report.counts
        assert [(one.line, one.code) for one in dry.problems] == [(one.line, one.code) for one in report.problems]
        return report

    return run


def names(space: Workspace) -> list[tuple[str, str, list[str]]]:
    """The kind, the name and the employers of each contact."""
    with space.read(ROOT) as session:
        found = []
        for card in session.contacts.page(role="any", limit=500).items:
            contact = session.contacts.get(card.id)
            firms = session.people.of(card.id) if contact.kind == "person" else []
            places = sorted(session.contacts.get(one.contact_id).display_name for one in firms)
            found.append((contact.kind, card.name, places))
        return sorted(found)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("stored", [True, False])
def test_a_row_with_the_id_of_a_contact_of_the_other_kind_makes_a_contact_and_loses_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, policy: str, batch: int, stored: bool
) -> None:
    first, own = "7,company,,,Bois,\n", "7"
    if stored:
        with workspace.write(AMELIE) as session:
            first, own = "", session.contacts.add(Company("Bois", access="private")).id
    text = f"Contact ID,Kind,First name,Last name,Company,Phone\n{first}{own},person,Ann,Lee,,\n"
    report = imported(workspace, monkeypatch, batch, text)(policy)
    assert report.created == (1 if stored else 2)
    assert [(one.line, one.code) for one in report.problems] == [(2 if stored else 3, "possible-duplicate")]
    assert next(iter(report.problems)).reason.endswith("has the same id, because that is a company.")
    assert names(workspace) == [("company", "Bois", []), ("person", "Ann Lee", [])]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("kinds", [("company", "person", "company"), ("person", "company", "person")])
def test_an_id_that_several_kinds_share_is_that_of_its_first_row(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int, kinds: tuple[str, ...]
) -> None:
    lines = {"company": "7,company,,,Bois,\n", "person": "7,person,Ann,Lee,,\n"}
    text = "Contact ID,Kind,First name,Last name,Company,Phone\n" + "".join(lines[kind] for kind in kinds)
    report = imported(workspace, monkeypatch, batch, text)("update")
    assert (report.created, report.skipped) == (2, 1)
    assert [(one.line, one.code) for one in report.problems] == [(3, "possible-duplicate"), (4, "nothing-new")]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("policy", ["skip", "update", "overwrite"])
def test_a_contact_that_a_row_found_under_another_id_is_found_by_the_id_in_later_rows(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, policy: str, batch: int
) -> None:
    with workspace.write(AMELIE) as session:
        session.contacts.add(Company("Bois", emails=["info@bois.fr"], access="private"))
        session.contacts.add(Person("Ann", "Lee", emails=["ann@bois.fr"], access="private"))
    text = (
        "Contact ID,Kind,First name,Last name,Company,Company ID,E-mail 1\n"
        "1,company,,,Bois,,info@bois.fr\n2,person,Ann,Lee,,,ann@bois.fr\n"
        "3,person,Bob,Ray,,1,bob@bois.fr\n2,affiliation,,,,1,\n"
    )
    report = imported(workspace, monkeypatch, batch, text)(policy)
    assert (report.created, report.rejected) == (1, 0)
    assert names(workspace) == [
        ("company", "Bois", []),
        ("person", "Ann Lee", ["Bois"]),
        ("person", "Bob Ray", ["Bois"]),
    ]


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("batch", BATCHES)
def test_a_company_that_a_row_with_a_source_made_for_another_user_gets_the_people_of_later_rows(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    text = (
        "Contact ID,Kind,First name,Last name,Company,Source,Access,Responsible users\n"
        ",company,,,Bois,hand,shared-read,bob\n,person,Ann,Lee,Bois,hand,shared-read,bob\n"
        ",person,Ann,Lee,Bois,hand,shared-read,bob\n"
    )
    report = imported(workspace, monkeypatch, batch, text)("update")
    assert (report.created, report.companies_created) == (2, 1)
    assert "read-only" not in {one.code for one in report.problems}
    with workspace.read(BOB) as session:
        (card,) = session.contacts.page(kind="company").items
        assert [one.person.display_name for one in session.people.list(card.id)] == ["Ann Lee"]


@pytest.mark.parametrize("batch", BATCHES)
def test_a_preview_creates_an_item_again_as_an_import_does(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    text = "Contact ID,Kind,Company,Item\n1,company,Bois,\n1,item,Bois,Saw\n1,item,Bois,Saw\n"
    report = imported(workspace, monkeypatch, batch, text)("create")
    assert (report.created, report.updated, report.skipped) == (1, 2, 0)
