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
