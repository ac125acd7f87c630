from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company


def tags(session: Any) -> Any:
    return [tag.text for tag in session.settings.tags]


@pytest.mark.req("DIR-6")
def test_a_tag_is_made_on_use_and_keeps_its_first_spelling(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("A", tags=["VIP", "Été"]))
        again = session.contacts.add(Company("B", tags=["vip", "VIP", "ÉTÉ"]))
        assert [tag.text for tag in again.tags] == ["VIP", "Été"]
        assert tags(session) == ["Été", "VIP"]
        for spelling in ("vip", "VIP", " Vip "):
            assert len(session.contacts.page(tag=spelling)) == 2


@pytest.mark.req("DIR-6")
@pytest.mark.req("ACC-3")
def test_a_tag_of_hidden_contacts_is_told_neither_by_name_nor_by_spelling(
    workspace: Any, amelie: Any, bob: Any
) -> None:
    with workspace.write(bob) as session:
        session.contacts.add(Company("Hidden", tags=["MERGER", "VIP"]))
        session.contacts.add(Company("Open", tags=["vip"], access="shared-read"))
    with workspace.write(amelie) as session:
        assert tags(session) == ["vip"]
        mine = session.contacts.add(Company("Mine", tags=["merger"]))
        assert [tag.text for tag in mine.tags] == ["merger"]
        assert tags(session) == ["merger", "vip"]


@pytest.mark.req("DIR-6")
def test_a_tag_that_nobody_has_any_more_is_gone(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        client = session.contacts.add(Company("A", tags=["VIP", "old"]))
        session.contacts.save(attrs.evolve(client, tags=["vip"]))
        assert tags(session) == ["VIP"]
        session.contacts.delete(client.id)
        assert tags(session) == []
