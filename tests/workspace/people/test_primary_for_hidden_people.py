"""A person whom not all see becomes primary for a purpose: the others continue to see the former one (ACC-3, PER-3)."""

from __future__ import annotations

from typing import Any

import pytest

from contactcore import Company, Person
from support.actors import AMELIE, BOB, ROOT

pytestmark = [pytest.mark.req("ACC-3"), pytest.mark.req("PER-3")]


@pytest.fixture
def client(workspace: Any) -> Any:
    with workspace.write(AMELIE) as session:
        return session.contacts.add(Company("Bois", access="shared-write"))


@pytest.fixture
def jane(workspace: Any, client: Any) -> Any:
    """The contact person for bills, whom all see."""
    with workspace.write(AMELIE) as session:
        person = session.contacts.add(Person("Jane", access="shared-write"))
        return session.people.make_primary_for(session.people.add(client, person), "billing")


@pytest.fixture
def joan(workspace: Any, client: Any) -> Any:
    """A contact person whom only Bob and the admins see."""
    with workspace.write(BOB) as session:
        return session.people.add(client, session.contacts.add(Person("Joan", access="private")))


def _primaries(workspace: Any, client: Any) -> list[str]:
    """The person for bills as Amelie, Bob and an admin see it."""
    found = []
    for actor in (AMELIE, BOB, ROOT):
        with workspace.read(actor) as session:
            found.append(session.people.primary_for(client, "billing").person.display_name)
    return found


def test_those_who_do_not_see_the_new_person_see_the_former_one(
    workspace: Any, client: Any, jane: Any, joan: Any
) -> None:
    with workspace.write(BOB) as session:
        session.people.make_primary_for(joan, "billing")
    assert _primaries(workspace, client)[0] == "Jane"
    with workspace.read(AMELIE) as session:
        assert session.people.get(jane.id).purposes == jane.purposes


def test_a_person_whom_all_see_takes_over_from_one_whom_few_see(
    workspace: Any, client: Any, jane: Any, joan: Any
) -> None:
    with workspace.write(BOB) as session:
        session.people.make_primary_for(joan, "billing")
        session.people.make_primary_for(jane.id, "billing")
        assert session.people.get(joan.id).purposes == ()
    assert _primaries(workspace, client) == ["Jane"] * 3


def test_a_purpose_is_taken_away_from_the_named_person_alone(workspace: Any, client: Any, jane: Any, joan: Any) -> None:
    with workspace.write(BOB) as session:
        session.people.make_primary_for(joan, "billing")
        session.people.make_primary_for(joan.id, "billing", on=False)
        assert session.people.get(joan.id).purposes == ()
        assert session.people.get(jane.id).purposes == ("billing",)
    assert _primaries(workspace, client) == ["Jane"] * 3
