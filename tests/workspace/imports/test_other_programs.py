"""Files of other programs, imported: what they look like must not be taken for what we write ourselves."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.req("IMP-2")


def test_the_contact_id_of_another_program_is_its_own_and_is_kept(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan("First Name,Last Name,Account Name,Email,Contact ID\nAnn,Lee,Bois,ann@x.fr,003A\n")
    assert plan.mapping["Contact ID"] == "external_id"
    imports.apply(plan)
    (ann,) = [one for one in everybody(workspace) if one.kind == "person"]
    assert ann.external_id == "003A"


def test_words_behind_a_number_are_never_dialled(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("Name;Phone\nAnn Lee;0711/123-0 (Zentrale)\n", country="DE"))
    (ann,) = everybody(workspace)
    assert [str(phone) for phone in ann.phones] == ["+497111230"]
    assert list(report.problems) == []


def test_the_total_below_a_list_is_rejected_and_is_no_contact(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    plan = imports.plan("Nom;Prénom;Montant\nDupont;Jean;10\n;;\nTotal;;10\nNombre de contacts : 1;;\n")
    report = imports.apply(plan)
    assert (report.rows, report.created, report.rejected) == (3, 1, 2)
    assert [(one.line, one.code) for one in report.problems] == [(4, "total-line"), (5, "total-line")]
    assert [one.family_name for one in everybody(workspace)] == ["Dupont"]


def test_a_person_called_total_is_imported_once_anything_else_is_known(workspace, amelie):
    imports = workspace.imports(amelie)
    report = imports.apply(imports.plan("Nom;Téléphone\nTotal;0144556677\nTotal;\n"))
    assert report.rejected == 0


def test_the_header_of_a_file_that_was_put_behind_another_is_no_contact(workspace, amelie, everybody):
    imports = workspace.imports(amelie)
    one = "\ufeffName,E-mail\nAnn Lee,ann@x.fr\n".encode()
    report = imports.apply(imports.plan(one + one.replace(b"Ann Lee,ann", b"Bob Ray,bob")))
    assert (report.rows, report.created, report.rejected) == (3, 2, 1)
    assert [(one.line, one.code) for one in report.problems] == [(3, "header-again")]
    assert sorted(one.display_name for one in everybody(workspace)) == ["Ann Lee", "Bob Ray"]


def test_blanks_in_a_name_are_nothing_else_to_say(workspace, amelie):
    imports = workspace.imports(amelie)
    plan = imports.plan("Company,Phone\nBois & Fils,0144556677\nBOIS  & FILS,0144556678\n", policy="update")
    report = imports.apply(plan)
    assert (report.created, report.updated, list(report.problems)) == (1, 1, [])
