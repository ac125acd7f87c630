"""Between two runs of an erasure nobody finds the person, and other jobs go on without it (IMP-8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contactcore import BulkAct, Company, Host, Interaction, NotFound, Person, User, Workspace
from contactcore.mapping import json
from contactcore.storage import Storage
from contactcore.workspace.maintenance import bulk
from contactcore.workspace.maintenance.copying import copy_workspace
from contactcore.workspace.privacy import erasure_plan, others_records
from contactcore_memory import MemoryStorage
from support.actors import AMELIE, ROOT
from support.clock import TICK, Clock
from support.known_person import known_person, left_in

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]


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


def test_the_last_transaction_reads_only_what_an_import_noted_since_the_erasure_began(
    space: Workspace, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", 2)
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"]))
    rows = "".join(f"Ann {number},Nagy,ann{number}@nagy.hu,call Jane Quixote\n" for number in range(8))
    imports = space.imports(ROOT)
    plan = imports.plan(f"First name,Last name,E-mail,Phone\n{rows}")
    batches: list[object] = []

    def stop(_: object) -> None:
        batches.append(None)
        if len(batches) == 2:
            raise _Killed

    with pytest.raises(_Killed):
        imports.apply(plan, stop)
    late: list[int] = []
    forget = others_records.forget_in_parts

    def counted(*args: Any) -> int:
        late.append(len(args[-1]))
        return forget(*args)

    monkeypatch.setattr(others_records, "forget_in_parts", counted)
    done: list[object] = []

    def meanwhile(_: int) -> None:
        # Behind the notes that were there when the erasure began.
        if not done and _cursor(storage).startswith(f"{erasure_plan.OWN}|"):
            done.append(imports.apply(plan))

    assert space.privacy(ROOT).erase(jane.id, progress=meanwhile).state == "erased"
    assert done
    assert 0 < sum(late) < 4
    contacts = {kind for kind, _, _ in left_in(storage, "acme")}
    # The cell is kept on the contacts of others, which are not touched.
    assert contacts == {"contact"}


def _cursor(storage: Storage) -> str:
    with storage.read("acme") as reader:
        jobs = [json.load(one.body) for one in reader.dump("job")]
    return next((str(job["cursor"]) for job in jobs if job["name"] == "erase"), "")


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
