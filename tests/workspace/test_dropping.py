"""A workspace is dropped by the name that it was opened with (ACC-4)."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from contactcore import Company, Forbidden, Invalid, User, Workspace
from contactcore.errors import StorageError
from contactcore.model import PortalUser
from contactcore.storage import Storage


@pytest.mark.req("ACC-4")
@pytest.mark.parametrize("name", [" acme ", "e\u0301cole", "a\tb", "acme"])
def test_a_workspace_is_dropped_by_the_name_it_was_opened_with_and_no_other(
    storage: Storage, root: User, name: str
) -> None:
    for each in (name, "other"):
        with Workspace(storage, each).write(root) as session:
            session.contacts.add(Company("Bois"))
    assert Workspace(storage, name).drop(root)
    assert storage.workspaces() == ["other"]
    assert not Workspace(storage, name).drop(root)
    with Workspace(storage, name).read(root) as session:
        assert session.contacts.count() == 0


@pytest.mark.req("ACC-4")
def test_only_an_admin_drops_a_workspace_and_outside_a_session(storage: Storage, amelie: User, root: User) -> None:
    workspace = Workspace(storage, "acme")
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Bois"))
        with pytest.raises(StorageError) as open_session:
            storage.drop("acme")
    assert open_session.value.code == "writer-open"
    for actor, code in ((amelie, "admin-only"), (PortalUser("1", "2", 0), "portal-refused")):
        with pytest.raises(Forbidden) as refused:
            workspace.drop(actor)
        assert refused.value.code == code
    assert storage.workspaces() == ["acme"]


@pytest.mark.req("DIR-17")
@pytest.mark.parametrize("name", [None, 5, b"acme", ["acme"]])
def test_a_name_that_is_no_text_is_refused_by_the_storage(storage: Storage, name: Any) -> None:
    acts: list[Any] = [storage.drop, storage.create, storage.read, storage.write]
    for act in acts:
        with pytest.raises(Invalid) as refused, ExitStack() as stack:
            stack.enter_context(act(name))
        assert (refused.value.code, refused.value.path) == ("text-type", "workspace")
