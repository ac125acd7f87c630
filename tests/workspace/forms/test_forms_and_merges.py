"""A submission whose contact is merged, or comes back, changes only the contact that it was decided for."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Form, Invalid, Person
from support.actors import BOB, ROOT
from support.clock import Clock
from support.web_forms import Website, send_form

pytestmark = [pytest.mark.req("IMP-6"), pytest.mark.req("IMP-7")]


@pytest.fixture
def firms(website: Website) -> Website:
    """The website with a form of companies."""
    with website.workspace.write(ROOT) as session:
        fields = ["name", "email", "phone", "website"]
        form = session.forms.add(Form("Firms", makes="company", fields=fields, access="shared-write"))
    return Website(website.workspace, form)


def companies(firms: Website) -> tuple[Any, Any]:
    with firms.workspace.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois", emails=["o@bois.fr"], access="shared-write"))
        granit = session.contacts.add(Company("Granit", phones=["01 44 55 66 77"], access="shared-write"))
    return bois, granit


def merged(firms: Website, winner: Any, loser: Any) -> Any:
    merging = firms.workspace.merging(ROOT)
    return merging.apply(merging.plan(winner.id, [loser.id]))


def accepted(firms: Website, id: str, fields: list[str]) -> Any:
    with firms.workspace.write(BOB) as session:
        return session.forms.submissions.accept(session.forms.submissions.suggestion(id), fields)


def refusal(firms: Website, id: str) -> str:
    with firms.workspace.write(BOB) as session, pytest.raises(Invalid) as refused:
        session.forms.submissions.undo(id)
    return refused.value.code


def waiting(firms: Website, contact: Any) -> str:
    with firms.workspace.read(BOB) as session:
        (found,) = session.forms.submissions.of(contact)
        return found.id


def stored(firms: Website, contact: Any) -> Any:
    with firms.workspace.read(ROOT) as session:
        return session.contacts.get(contact.id)


def test_what_a_loser_took_over_is_not_undone_in_the_winner(firms: Website, clock: Clock) -> None:
    bois, granit = companies(firms)
    send_form(firms, clock, {"name": "Bois", "email": "o@bois.fr", "website": "https://bois.fr"})
    id = waiting(firms, bois)
    after = accepted(firms, id, ["website"])
    with firms.workspace.read(ROOT) as session:
        before = session.forms.submissions.get(id)
    merge = merged(firms, granit, bois)
    both = stored(firms, granit)
    assert after.version == both.version  # The versions of two contacts say nothing of each other.
    assert refusal(firms, id) == "changed-since"
    assert attrs.asdict(stored(firms, granit)) == attrs.asdict(both)
    firms.workspace.merging(ROOT).undo(merge)
    with firms.workspace.read(ROOT) as session:
        assert attrs.evolve(session.forms.submissions.get(id), version=before.version) == before


@pytest.mark.parametrize("phone", ["+33144556677", ""])
def test_what_a_merged_contact_had_too_is_not_undone(firms: Website, clock: Clock, phone: str) -> None:
    bois, granit = companies(firms)
    with firms.workspace.write(ROOT) as session:
        same = session.contacts.save(attrs.evolve(granit, phones=[phone] if phone else []))
    send_form(firms, clock, {"name": "Bois", "email": "o@bois.fr", "phone": "01 44 55 66 77"})
    id = waiting(firms, bois)
    after = accepted(firms, id, ["phone"])
    merged(firms, bois, same)
    # Nothing of the winner changed, so its version does not say that there was a merge.
    assert stored(firms, bois).version == after.version
    if phone:
        assert refusal(firms, id) == "changed-since"
    else:
        with firms.workspace.write(BOB) as session:
            session.forms.submissions.undo(id)
    assert [str(one) for one in stored(firms, bois).phones] == ([phone] if phone else [])


def test_what_a_winner_took_over_is_not_undone_in_the_loser_that_came_back(firms: Website, clock: Clock) -> None:
    bois, granit = companies(firms)
    with firms.workspace.write(ROOT) as session:
        bois = session.contacts.save(attrs.evolve(bois, description="Ring twice."))
    send_form(firms, clock, {"name": "Bois", "email": "o@bois.fr", "phone": "01 22 22 22 22"})
    id = waiting(firms, bois)
    merge = merged(firms, granit, bois)
    after = accepted(firms, id, ["name"])
    firms.workspace.merging(ROOT).undo(merge)
    back = stored(firms, bois)
    assert (back.name, back.version) == ("Bois", after.version)
    assert refusal(firms, id) == "changed-since"
    assert stored(firms, bois).name == "Bois"
    assert stored(firms, granit).name == "Bois"


def test_a_winner_is_not_removed_by_the_undo_of_the_submission_that_made_a_loser(firms: Website, clock: Clock) -> None:
    _, granit = companies(firms)
    send_form(firms, clock, {"name": "Neuf"})
    with firms.workspace.read(ROOT) as session:
        (neuf,) = session.contacts.page(source="form")
    id = waiting(firms, neuf.id)
    merged(firms, granit, neuf)
    assert refusal(firms, id) == "changed-since"
    assert stored(firms, granit).name == "Granit"


def test_accepting_a_person_who_was_merged_meanwhile_adds_the_one_who_stayed(website: Website, clock: Clock) -> None:
    with website.workspace.write(ROOT) as session:
        fields = ["name", "email", "person.given_name", "person.family_name", "person.email"]
        form = session.forms.add(Form("Firms", makes="company", fields=fields, access="shared-write"))
        bois = session.contacts.add(Company("Bois", emails=["o@bois.fr"], access="shared-write"))
        zoe, other = (
            session.contacts.add(Person("Zoé", "Roux", emails=[email], access="shared-write"))
            for email in ("zoe@bois.fr", "zoe@roux.fr")
        )
    firms = Website(website.workspace, form)
    person = {"person.given_name": "Zoé", "person.family_name": "Roux", "person.email": "zoe@bois.fr"}
    send_form(firms, clock, {"name": "Bois", "email": "o@bois.fr", **person})
    id = waiting(firms, bois)
    with website.workspace.read(BOB) as session:
        suggestion = session.forms.submissions.suggestion(id)
    merge = merged(firms, other, zoe)
    with website.workspace.write(BOB) as session:
        session.forms.submissions.accept(suggestion, ["person"])
        assert [one.person_id for one in session.people.list(bois)] == [other.id]
    # The affiliation was added after the merge, so it stays with the contact that stayed.
    website.workspace.merging(ROOT).undo(merge)
    with website.workspace.write(BOB) as session:
        assert [(one.person_id, one.primary) for one in session.people.list(bois)] == [(other.id, True)]
        session.forms.submissions.undo(id)
        assert session.people.list(bois) == ()
        assert {session.contacts.get(one.id).display_name for one in (zoe, other)} == {"Zoé Roux"}
