"""A session answers as long as its block lasts, on every storage."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Forbidden, StorageError


@pytest.mark.req("ACC-3")
def test_a_session_that_is_over_tells_and_changes_nothing(workspace: Any, root: Any) -> None:
    with workspace.write(root) as writing:
        client = writing.contacts.add(Company("Bois & Fils"))
    with workspace.read(root) as reading:
        assert reading.contacts.count() == 1
    for over in (writing, reading):
        for ask, arguments in (
            (over.contacts.get, (client.id,)),
            (over.contacts.count, ()),
            (over.contacts.page, ()),
            (over.feed, ()),
            (over.contacts.delete, (client,)),
        ):
            with pytest.raises((StorageError, Forbidden)) as refused:
                ask(*arguments)
            assert refused.value.code in {"transaction-void", "read-only-session"}
    with workspace.read(root) as session:
        assert session.contacts.get(client.id) == client
