"""Between two runs of an erasure nobody finds the person, and other jobs go on without it (IMP-8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contactcore import BulkAct, Company, Host, Interaction, NotFound, Person, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace.maintenance import bulk
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock
from support.known_person import known_person, left_in

pytestmark = pytest.mark.req("IMP-8")


class _Killed(Exception):
    pass


def _stop(_: object) -> None:
    raise _Killed


@pytest.fixture
def space(storage: Storage) -> Workspace:
    return Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))


def _stopped(space: Workspace, person: Any) -> None:
    with pytest.raises(_Killed):
        space.privacy(ROOT).erase(person, progress=_stop)


@pytest.mark.parametrize("user", [AMELIE, ROOT])
@pytest.mark.parametrize("trashed", [False, True])
def test_neither_the_history_nor_the_trash_nor_a_report_knows_somebody_whose_erasure_was_stopped(
    space: Workspace, user: User, trashed: bool
) -> None:
    jane = Person("Jane", "Quixote", emails=["jane@quixote.es"], access="shared-write")
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois", access="shared-write"))
        acting = session.people.add(bois, jane)
        ann = session.people.add(bois, Person("Ann", "Nagy", access="shared-write"))
        session.timeline.add(acting.person_id, Interaction("Windmill"))
    if trashed:
        with space.write(ROOT) as session:
            session.contacts.delete(acting.person_id)
    _stopped(space, acting)
    with space.read(user) as session:
        for call in (session.history.of, session.privacy.report, session.contacts.get, session.timeline.page):
            with pytest.raises(NotFound):
                call(acting.person_id)
        entries = session.history.of(bois.id).items
        assert "Jane" not in repr(entries)
        earlier = session.history.as_of(bois.id, entries[-1].at)
        assert [one.person_id for one in earlier.people] == [ann.person_id]
        assert session.trash.matches(jane) == ()
    assert space.privacy(ROOT).erase(acting.person_id).state == "erased"


def test_the_erasure_of_somebody_who_was_merged_into_another_person_resumes_by_either_id(
    space: Workspace, storage: Storage
) -> None:
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"]))
        twice = session.contacts.add(Person("J.", "Quixote"))
    merging = space.merging(ROOT)
    merging.apply(merging.plan(jane, [twice.id]))
    _stopped(space, jane.id)
    assert space.privacy(ROOT).erase(twice.id).person_id == jane.id
    assert left_in(storage, "acme") == []


def test_a_bulk_act_that_was_stopped_goes_on_without_the_person(
    space: Workspace, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_BATCH", 1)
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"], description="La Mancha"))
        others = [session.contacts.add(Person(name, "Nagy")) for name in ("Ann", "Ben")]
    tagging, selected = BulkAct(add_tags=["VIP"]), space.maintenance(ROOT).bulk(role="listed")
    with pytest.raises(_Killed):
        selected.apply(tagging, progress=_stop)
    _stopped(space, jane.id)
    report = selected.apply(tagging)
    space.privacy(ROOT).erase(jane.id)
    assert left_in(storage, "acme") == []
    assert {one.id for one in report.refused} <= {jane.id}
    with space.read(ROOT) as session:
        assert session.contacts.count(tag="VIP") == len(others)
    space.maintenance(ROOT).undo(report)
    with space.read(ROOT) as session:
        assert session.contacts.count(tag="VIP") == 0
    assert left_in(storage, "acme") == []


def test_a_copy_of_a_workspace_resumes_the_erasure_that_was_stopped_in_the_original(
    space: Workspace, storage: Storage
) -> None:
    known = known_person(space)
    _stopped(space, known.person)
    target = MemoryStorage()
    copy_workspace(storage, target, "acme")
    copied = Workspace(target, "acme", host=Host(clock=Clock(datetime(2026, 4, 1, tzinfo=UTC), tick=TICK)))
    assert copied.privacy(ROOT).erase(known.person.id).state == "erased"
    assert left_in(target, "acme") == []
