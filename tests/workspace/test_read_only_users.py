"""A user who only reads sees what is shared, and changes nothing by any way (ACC-2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contactcore import BulkAct, Company, Forbidden, Person, User, Workspace
from contactcore.workspace.session import Session

ROOT = User("root", admin=True)
VIEWER = User("vic", read_only=True)
INSPECTOR = User("audit", admin=True, read_only=True)

CHANGES: list[Callable[[Session, Company], Any]] = [
    lambda session, _: session.contacts.add(Company("Mill")),
    lambda session, mill: session.contacts.save(attrs.evolve(mill, name="Mine")),
    lambda session, mill: session.contacts.share(mill.id, "private", responsibles=["vic"]),
    lambda session, mill: session.contacts.delete(mill),
    lambda session, mill: session.people.add(mill.id, Person("Jane")),
    lambda session, mill: session.history.restore(mill.id, version=1),
]


@pytest.fixture
def mill(workspace: Workspace) -> Company:
    with workspace.write(ROOT) as session:
        return session.contacts.add(Company("Mill", access="shared-write", responsibles=["vic"]))


@pytest.mark.req("ACC-2")
@pytest.mark.parametrize("actor", [VIEWER, INSPECTOR])
def test_a_user_who_only_reads_sees_a_contact_and_changes_nothing_in_a_session(
    workspace: Workspace, mill: Company, actor: User
) -> None:
    for change in CHANGES:
        with pytest.raises(Forbidden) as refused, workspace.write(actor) as session:
            change(session, mill)
        assert refused.value.code == "user-reads-only", change
    with workspace.read(actor) as session:
        assert session.contacts.get(mill.id) == mill
        assert session.contacts.count() == 1
        decision = session.contacts.may_change(mill)
    assert (bool(decision), decision.reason) == (False, "user-reads-only")
    assert decision.message_in("fr") == "Vous lisez seulement, sans rien modifier."


@pytest.mark.req("ACC-2")
@pytest.mark.parametrize("actor", [VIEWER, INSPECTOR])
def test_a_user_who_only_reads_runs_no_job_that_changes_something(
    workspace: Workspace, mill: Company, actor: User
) -> None:
    imports, maintenance = workspace.imports(actor), workspace.maintenance(actor)
    plan = imports.plan("Company\nSud\n")
    assert imports.preview(plan).created == 1
    jobs: list[Callable[[], object]] = [
        lambda: imports.apply(plan),
        lambda: maintenance.bulk(ids=[mill.id]).apply(BulkAct(add_tags=["VIP"])),
    ]
    if actor.admin:
        jobs += [
            lambda: maintenance.hand_over("vic", to="eve"),
            lambda: workspace.privacy(actor).erase(mill.id),
            lambda: workspace.change_language(actor, "fr"),
            lambda: workspace.drop(actor),
        ]
    for job in jobs:
        with pytest.raises(Forbidden) as refused:
            job()
        assert refused.value.code == "user-reads-only", job
    with workspace.read(ROOT) as session:
        assert session.contacts.page().items[0].name == "Mill"
        assert session.contacts.get(mill.id) == mill
