"""Rejected rows, written out, mended and imported again: the reasons of the first time are no part of a contact."""

from __future__ import annotations

import io

import pytest

from contactcore import Workspace
from contactcore_memory import MemoryStorage

pytestmark = pytest.mark.req("IMP-2")

ROWS = "Nom;Prénom;Courriel;Montant\nNoël;Luc;luc@;3\nNom;Prénom;Courriel;Montant\nTotal;;;10\n"


def rejects(imports) -> bytes:
    out = io.BytesIO()
    imports.preview(imports.plan(ROWS, strict=True)).write_rejects(out)
    return out.getvalue()


def test_the_reasons_do_not_stay_with_the_contacts(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan(rejects(imports).replace(b"luc@", b"luc@x.fr"))
    assert plan.mapping["Reason"] == "drop"
    assert [problem.code for problem in plan.problems] == ["reasons-left-out"]
    imports.apply(plan)
    assert [(one.family_name, dict(one.unmapped)) for one in everybody(workspace)] == [("Noël", {"Montant": "3"})]


def test_rows_that_were_not_mended_are_rejected_for_the_same_reasons(workspace, amelie):
    imports = workspace.imports(amelie)
    again = imports.apply(imports.plan(rejects(imports), strict=True))
    assert (again.rows, again.rejected) == (3, 3)
    assert [problem.code for problem in again.problems] == ["email-syntax", "header-again", "total-line"]
    out = io.BytesIO()
    again.write_rejects(out)
    assert out.getvalue() == rejects(imports)


def test_a_column_that_another_program_calls_so_is_kept(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    imports.apply(imports.plan("Name,Email,Reason\nJo Doe,jo@x.fr,price\nAl Ray,al@x.fr,Moved away.\n"))
    assert {one.unmapped["Reason"] for one in everybody(workspace)} == {"price", "Moved away."}


def test_what_is_no_reason_is_kept_wherever_it_stands(amelie, everybody):
    workspace = Workspace(MemoryStorage(), "acme")
    imports = workspace.imports(amelie)
    rows = "".join(f"Jo Doe{n},jo{n}@x.fr,Moved to Lyon.\n" for n in range(3_000))
    plan = imports.plan(f"Name,Email,Reason\n{rows}Al Ray,al@x.fr,price\n")
    assert plan.mapping["Reason"] == "drop"
    imports.apply(plan)
    assert [dict(one.unmapped) for one in everybody(workspace) if one.unmapped] == [{"Reason": "price"}]


def test_the_caller_can_keep_the_reasons(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan(rejects(imports).replace(b"luc@", b"luc@x.fr"), mapping={"Reason": "ignore"})
    imports.apply(plan)
    assert "Reason" in everybody(workspace)[0].unmapped


def test_each_problem_says_what_became_of_its_row(workspace, amelie):
    imports = workspace.imports(amelie)
    header = "Name,Email,Birthday,Phone\n"
    rows = "Jo Doe,jo@,,\n" + header + ",,yesterday,\nJo Doe,jo@x.fr,,\nJo Doe,jo@x.fr,,\n"
    for report in (imports.preview(plan := imports.plan(header + rows)), imports.apply(plan)):
        assert [(one.line, one.code, one.kind) for one in report.problems] == [
            (2, "email-syntax", "fault"),
            (3, "header-again", "rejected"),
            (4, "date-unreadable", "rejected"),
            (4, "nameless", "rejected"),
            (6, "duplicate", "note"),
        ]
        assert [one["kind"] for one in report.as_dict()["problems"]] == [one.kind for one in report.problems]


def test_a_rejected_row_has_no_notes_on_cells_that_are_stored(workspace, amelie):
    imports = workspace.imports(amelie)
    plan = imports.plan("Name,Email,Phone\nJo Doe,jo@,+33199000000000\nJo Doe,jo@,+1 200 200 2000\n", strict=True)
    report = imports.apply(plan)
    assert report.rejected == 2
    assert {one.kind for one in report.problems} == {"rejected"}
    assert "phone-unassigned" not in {one.code for one in report.problems}
