"""Duplicates: found by indexed keys, explained, and declared different (IMP-7)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import Company, Forbidden, Invalid, NotFound, Person, PortalUser, Workspace, to_plain
from contactcore.storage import Storage
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore_memory import MemoryStorage
from support.counting_storage import CountingStorage

pytestmark = [pytest.mark.req("IMP-7"), pytest.mark.cases_in_memory]

MAIL, PHONE = "jane@bois.fr", "+33144556677"


@pytest.fixture
def jane(workspace: Any, amelie: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=[MAIL], phones=[PHONE]))


@pytest.fixture
def twin(workspace: Any, amelie: Any, jane: Any) -> Any:
    with workspace.write(amelie) as session:
        return session.contacts.add(Person("Jane", "Doe", emails=[MAIL]))


def found(session: Any, draft: Any, **options: Any) -> list[tuple[str, dict[str, str]]]:
    return [
        (one.name, {reason.field: reason.verdict for reason in one.reasons})
        for one in session.duplicates.check(draft, **options)
    ]


@pytest.mark.parametrize(
    ("draft", "reasons"),
    [
        (Person(emails=["JANE@bois.fr"]), {"email": "same"}),
        (Person("Jane", phones=[PHONE]), {"name": "part", "phone": "same"}),
        (Person("Doe", "Jane"), {"name": "swapped"}),
        (Person("Jnae", "Doe", phones=[PHONE]), {"name": "similar", "phone": "same"}),
        (Person("J.", "Doe", emails=[MAIL]), {"name": "short", "email": "same"}),
    ],
)
def test_a_draft_finds_the_stored_person(workspace: Any, amelie: Any, jane: Any, draft: Any, reasons: Any) -> None:
    with workspace.read(amelie) as session:
        assert found(session, draft) == [("Jane Doe", reasons)]


def test_a_national_number_of_a_half_filled_form_finds_its_contact(workspace: Any, amelie: Any, jane: Any) -> None:
    half = {"kind": "person", "given_name": "Jane", "phones": ["01 44 55 66 77"], "emails": ["jane@"], "type": "no"}
    with workspace.read(amelie) as session:
        assert found(session, half) == [("Jane Doe", {"phone": "same", "name": "part"})]
        assert session.duplicates.check({"kind": "thing"}) == ()


def test_a_company_is_found_by_its_name_in_another_spelling(workspace: Any, amelie: Any) -> None:
    with workspace.write(amelie) as session:
        session.contacts.add(Company("Bois & Fils"))
        session.contacts.add(Person("Bois", "Fils"))
        for name in ("BOIS ET FILS SARL", "Bois Fils", "Fils & Bois"):
            assert [one for one, _ in found(session, Company(name))] == ["Bois & Fils"]


def test_the_draft_of_a_stored_contact_does_not_find_itself(workspace: Any, amelie: Any, jane: Any, twin: Any) -> None:
    with workspace.read(amelie) as session:
        (other,) = session.duplicates.check(attrs.evolve(jane, family_name="Roe"), minimum=0.0)
        assert other.id == twin.id
        with pytest.raises(NotFound):
            session.duplicates.check(attrs.evolve(jane, id="nobody"))


def test_hidden_contacts_and_those_in_the_trash_are_no_candidates(
    workspace: Any, amelie: Any, bob: Any, jane: Any, twin: Any
) -> None:
    with workspace.read(bob) as session:
        assert session.duplicates.check(Person("Jane", "Doe", emails=[MAIL]), minimum=0.0) == ()
        with pytest.raises(NotFound):
            session.duplicates.of(jane.id)
        with pytest.raises(NotFound):
            session.duplicates.compare(jane.id, twin.id)
    assert workspace.maintenance(bob).find_duplicates(minimum=0.0) == ()
    assert workspace.maintenance(bob).compare_pairs([(jane.id, twin.id)]) == ()
    with workspace.write(amelie) as session:
        session.contacts.delete(twin.id)
        assert session.duplicates.of(jane) == ()
        session.trash.restore(twin.id)
        assert [one.id for one in session.duplicates.of(jane)] == [twin.id]


def test_a_portal_user_learns_of_no_duplicate(workspace: Any, amelie: Any, jane: Any) -> None:
    with workspace.write(amelie) as session:
        login = session.portal.invite(jane, password="correct horse", send=False).login
    actor = PortalUser(login.id, jane.id, login.epoch)
    with workspace.read(actor) as session:
        for ask in (
            lambda: session.duplicates.check(Person("Jane", "Doe")),
            lambda: session.duplicates.of(jane.id),
            lambda: session.duplicates.marked_different(jane.id),
        ):
            with pytest.raises(Forbidden) as refused:
                ask()
            assert refused.value.code == "staff-only"
    with pytest.raises(Forbidden):
        workspace.maintenance(actor).find_duplicates()


def test_a_declared_difference_lasts_until_a_compared_field_changes(
    workspace: Any, amelie: Any, jane: Any, twin: Any
) -> None:
    maintenance = workspace.maintenance(amelie)
    assert [(pair.id, pair.other_id) for pair in maintenance.find_duplicates()] == [(jane.id, twin.id)]
    with workspace.write(amelie) as session:
        marked = session.duplicates.mark_different(twin, jane.id)
        assert (marked.contact_id, marked.other_id, marked.by) == (jane.id, twin.id, "amelie")
    with workspace.write(amelie) as session:
        assert session.duplicates.of(jane) == session.duplicates.of(twin) == ()
        jane = session.contacts.save(attrs.evolve(jane, description="Ring twice.", tags=["VIP"]))
        assert session.duplicates.of(jane) == ()
    assert maintenance.find_duplicates() == maintenance.compare_pairs([(twin.id, jane.id)]) == ()
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(twin, birthday="1990-03-04"))
        assert [one.id for one in session.duplicates.of(jane)] == [twin.id]
        again = session.duplicates.mark_different(jane, twin.id)
        assert (again.id, again.version) == (marked.id, 2)
        assert session.duplicates.of(jane) == ()
        assert session.duplicates.marked_different(twin.id) == (again,)
        session.duplicates.unmark(jane, twin.id)
        session.duplicates.unmark(jane, twin.id)
        assert [one.id for one in session.duplicates.of(jane)] == [twin.id]
        assert session.duplicates.marked_different(jane) == ()


def test_only_somebody_who_may_change_both_declares_them_different(
    workspace: Any, amelie: Any, bob: Any, jane: Any, twin: Any
) -> None:
    with workspace.write(amelie) as session:
        session.contacts.share(jane, "shared-write")
    with workspace.write(bob) as session, pytest.raises(NotFound):
        session.duplicates.mark_different(jane.id, twin.id)
    with workspace.write(amelie) as session:
        session.contacts.share(twin, "shared-read")
    with workspace.write(bob) as session, pytest.raises(Forbidden) as refused:
        session.duplicates.mark_different(jane.id, twin.id)
    assert refused.value.code == "read-only"
    with workspace.read(amelie) as session, pytest.raises(Forbidden) as refused:
        session.duplicates.mark_different(jane.id, twin.id)
    assert refused.value.code == "read-only-session"


def test_a_difference_is_hidden_with_either_contact(
    workspace: Any, amelie: Any, bob: Any, jane: Any, twin: Any
) -> None:
    with workspace.write(amelie) as session:
        session.duplicates.mark_different(jane, twin)
        session.contacts.share(jane, "shared-read")
    with workspace.read(bob) as session:
        assert session.duplicates.marked_different(jane.id) == ()
    with workspace.write(amelie) as session:
        session.contacts.share(twin, "shared-read")
    with workspace.read(bob) as session:
        assert [one.other_id for one in session.duplicates.marked_different(jane.id)] == [twin.id]
        assert session.duplicates.of(jane.id) == ()


def test_a_difference_follows_its_contacts_to_the_trash_and_out_of_it(
    workspace: Any, amelie: Any, root: Any, jane: Any, twin: Any
) -> None:
    with workspace.write(amelie) as session:
        session.duplicates.mark_different(jane, twin)
        session.contacts.delete(twin)
        assert session.duplicates.marked_different(jane) == ()
        session.contacts.delete(jane)
        session.trash.restore(twin.id)
        session.trash.restore(jane.id)
        assert len(session.duplicates.marked_different(jane.id)) == 1
        assert session.duplicates.of(jane.id) == ()
        session.contacts.delete(twin.id)
    with workspace.write(root) as session:
        session.trash.purge(twin.id)
        assert session.duplicates.marked_different(jane.id) == ()


def test_a_difference_is_copied_with_its_workspace(
    storage: Storage, workspace: Any, amelie: Any, jane: Any, twin: Any
) -> None:
    with workspace.write(amelie) as session:
        session.duplicates.mark_different(jane, twin)
    target = MemoryStorage()
    copy_workspace(storage, target, "acme")
    with Workspace(target, "acme").read(amelie) as session:
        assert session.duplicates.of(jane.id) == ()
        assert len(session.duplicates.marked_different(jane.id)) == 1


def test_a_difference_survives_a_new_language_and_a_conversion(
    workspace: Any, amelie: Any, root: Any, jane: Any, twin: Any
) -> None:
    with workspace.write(amelie) as session:
        session.duplicates.mark_different(jane, twin)
    workspace.change_language(root, "pl")
    with workspace.write(amelie) as session:
        assert session.duplicates.of(jane.id) == ()
        assert len(session.duplicates.check(Person("Jane", "Doe"))) == 2
        session.contacts.convert(twin.id, "company")
        assert session.duplicates.of(jane.id) == ()


def test_a_comparison_explains_any_pair(workspace: Any, amelie: Any, jane: Any, twin: Any) -> None:
    with workspace.write(amelie) as session:
        session.duplicates.mark_different(jane, twin)
        company = session.contacts.add(Company("Jane Doe", emails=[MAIL]))
        assert session.duplicates.compare(jane, twin).score > 0.99
        assert session.duplicates.compare(jane, company).score == 0
        plain = to_plain(session.duplicates.compare(jane, twin))
        assert plain["reasons"][0] == {"field": "email", "verdict": "same", "weight": 7.0}


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("same-contact", lambda s, one, _: s.duplicates.compare(one, one.id)),
        ("same-contact", lambda s, one, _: s.duplicates.mark_different(one, one)),
        ("same-contact", lambda s, one, _: s.duplicates.unmark(one.id, one.id)),
        ("kind-differs", lambda s, one, company: s.duplicates.mark_different(one, company)),
        ("score-out-of-range", lambda s, one, _: s.duplicates.of(one, minimum=1.5)),
        ("score-out-of-range", lambda s, one, _: s.duplicates.of(one, minimum=float("nan"))),
        ("limit-out-of-range", lambda s, one, _: s.duplicates.of(one, limit=0)),
        ("limit-out-of-range", lambda s, one, _: s.duplicates.check(one, limit=51)),
        ("number-type", lambda s, one, _: s.duplicates.of(one, minimum="0.5")),
        ("record-type", lambda s, _, __: s.duplicates.check(7)),
        ("edit-not-stored", lambda s, one, _: s.duplicates.of(attrs.evolve(one, given_name="Joan"))),
    ],
)
def test_what_cannot_be_meant_is_refused(workspace: Any, amelie: Any, jane: Any, code: str, ask: Any) -> None:
    with workspace.write(amelie) as session:
        company = session.contacts.add(Company("Bois"))
        with pytest.raises(Invalid) as refused:
            ask(session, jane, company)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "path", "ask"),
    [
        ("score-out-of-range", "minimum", lambda m: m.find_duplicates(minimum=2)),
        ("number-type", "minimum", lambda m: m.find_duplicates(minimum="1")),
        ("kind-unknown", "kind", lambda m: m.find_duplicates(kind="thing")),
        ("kind-unknown", "kind", lambda m: m.compared_fields(kind="thing")),
        ("not-a-function", "progress", lambda m: m.find_duplicates(progress=1)),
        ("not-a-list", "pairs", lambda m: m.compare_pairs(7)),
        ("pair-type", "pairs[0]", lambda m: m.compare_pairs(["12"])),
        ("pair-type", "pairs[1]", lambda m: m.compare_pairs([("1", "2"), ("1", 2)])),
        ("number-type", "minimum", lambda m: m.compare_pairs([], minimum=True)),
    ],
)
def test_a_search_of_the_directory_refuses_what_cannot_be_meant(
    workspace: Any, amelie: Any, code: str, path: str, ask: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        ask(workspace.maintenance(amelie))
    assert (refused.value.code, refused.value.problems[0].path) == (code, path)


def test_a_search_of_the_directory_says_how_far_it_is(workspace: Any, amelie: Any, jane: Any, twin: Any) -> None:
    steps: list[int] = []
    (pair,) = workspace.maintenance(amelie).find_duplicates(kind="person", progress=steps.append)
    assert (pair.name, pair.other_name, pair.kind, steps) == ("Jane Doe", "Jane Doe", "person", [2])
    assert [reason.field for reason in pair.reasons] == ["email", "name"]
    assert workspace.maintenance(amelie).find_duplicates(kind="company") == ()


def test_pairs_of_another_program_come_back_once_and_in_their_sequence(
    workspace: Any, amelie: Any, jane: Any, twin: Any
) -> None:
    pairs = [(twin.id, jane.id), (jane.id, twin.id), (jane.id, jane.id), ("nobody", jane.id), ("\0" * 200, "")]
    (pair,) = workspace.maintenance(amelie).compare_pairs(pairs)
    assert (pair.id, pair.other_id) == (jane.id, twin.id)
    assert workspace.maintenance(amelie).compare_pairs((jane.id, twin.id) for _ in range(2_000)) == (pair,)


def test_the_check_costs_the_same_in_a_large_workspace(storage: Storage, amelie: Any) -> None:
    counting = CountingStorage(storage)
    workspace, costs = Workspace(counting, "counted", country="FR"), []
    draft = Person("Jane", "Doe", emails=[MAIL], phones=[PHONE])
    for _ in range(2):
        with workspace.write(amelie) as session:
            for number in range(150):
                session.contacts.add(Person("Jane", f"Doe {number}", emails=[MAIL], phones=[PHONE]))
        with workspace.read(amelie) as session:
            session.contacts.count()
            counting.calls.restart()
            session.duplicates.check(draft)
            costs.append((counting.calls.by_name.total(), counting.calls.records))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 8
