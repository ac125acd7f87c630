"""A plan holds for its actor and its workspace, and for the fields that the workspace has when it is applied."""

from __future__ import annotations

import pytest

from contactcore import Invalid, User, Workspace
from contactcore.formats.plain import to_plain
from contactcore.storage import Storage

pytestmark = pytest.mark.req("DIR-17")


def test_a_plan_of_another_actor_or_another_workspace_is_refused(
    storage: Storage, workspace: Workspace, amelie: User, bob: User
) -> None:
    plan = workspace.imports(amelie).plan("Name\nJo Doe\n")
    assert (plan.actor, plan.workspace) == (amelie.name, workspace.name)
    assert to_plain(plan)["workspace"] == workspace.name
    for imports in (workspace.imports(bob), Workspace(storage, "another").imports(amelie)):
        for act in (imports.preview, imports.apply):
            with pytest.raises(Invalid) as refused:
                act(plan)
            assert (refused.value.code, refused.value.path) == ("plan-elsewhere", "plan")
    with workspace.read(amelie) as session:
        assert session.contacts.count() == 0
    assert workspace.imports(amelie).apply(plan).created == 1


@pytest.mark.req("IMP-2")
def test_a_field_that_the_workspace_no_longer_has_is_a_problem_and_its_cells_are_kept(
    storage: Storage, workspace: Workspace, amelie: User, root: User
) -> None:
    other = Workspace(storage, "another")
    with other.write(root) as session:
        session.settings.define_field("Beds", "number")
        elsewhere = session.settings.current
    imports = workspace.imports(amelie)
    plan = imports.plan("Name,Places\nJo Doe,7\nAl Roe,8\n").with_mapping({"Places": "fields.beds"}, elsewhere)
    for report in (imports.preview(plan), imports.apply(plan)):
        assert [(one.line, one.column, one.value, one.code) for one in report.problems] == [
            (1, "Places", "fields.beds", "field-unknown")
        ]
        assert report.created == 2
    with workspace.read(amelie) as session:
        contacts = [session.contacts.get(card.id) for card in session.contacts.page()]
        assert [dict(one.unmapped) for one in contacts] == [{"Places": "7"}, {"Places": "8"}]
