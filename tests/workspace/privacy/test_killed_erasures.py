"""A killed erasure hides the person at once, and is complete when it is called again (IMP-8)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contactcore import Company, Conflict, Host, Interaction, NotFound, Person, Workspace
from contactcore.storage import Storage
from contactcore.workspace.privacy import erasure_plan
from contactcore_sqlite import SQLiteStorage
from support.actors import AMELIE, ROOT
from support.child import StartChild
from support.clock import TICK, Clock
from support.known_person import known_person, left_in

pytestmark = [pytest.mark.req("IMP-8"), pytest.mark.cases_in_memory]

ERASE = """
import sys
from contactcore import User, Workspace
from contactcore.workspace.privacy import erasure_plan
from contactcore_sqlite import SQLiteStorage

path, person, stop = sys.argv[1:]
erasure_plan.BATCH = 3
calls = 0

def told(seen):
    global calls
    calls += 1
    if calls == int(stop):
        print("stopped", flush=True)
        sys.stdin.readline()

print(Workspace(SQLiteStorage(path), "acme").privacy(User("root", admin=True)).erase(person, progress=told).state)
"""


class _Killed(Exception):
    pass


def _kill_after(number: int) -> Any:
    calls = 0

    def progress(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise _Killed

    return progress


@pytest.mark.parametrize("steps", range(1, 6))
def test_an_erasure_that_was_stopped_resumes(storage: Storage, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    monkeypatch.setattr(erasure_plan, "BATCH", 4)
    space = Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))
    known = known_person(space)
    with pytest.raises(_Killed):
        space.privacy(ROOT).erase(known.person, progress=_kill_after(steps))
    with space.write(ROOT) as session:
        with pytest.raises(NotFound):
            session.contacts.get(known.person.id)
        assert session.trash.list() == ()
        with pytest.raises(NotFound):
            session.trash.restore(known.person.id)
        with pytest.raises(NotFound):
            session.trash.purge(known.person.id)
        (job,) = space.maintenance(ROOT).jobs(kind="erase")
        assert job.state == "running"
    receipt = space.privacy(ROOT).erase(known.person.id)
    assert receipt.state == "erased"
    assert left_in(storage, "acme") == []


@pytest.mark.parametrize("stop", [1, 3, 5])
def test_a_killed_process_is_resumed_by_another_one(tmp_path: Path, start_child: StartChild, stop: int) -> None:
    path = tmp_path / "crm.db"
    with closing(SQLiteStorage(path)) as storage:
        known = known_person(Workspace(storage, "acme", country="FR"))
    child = start_child("-c", ERASE, str(path), known.person.id, str(stop))
    assert child.line() == "stopped"
    child.kill()
    assert child.killed()
    again = start_child("-c", ERASE, str(path), known.person.id, "0")
    assert again.rest() == ["erased"]
    with closing(SQLiteStorage(path)) as storage:
        assert Workspace(storage, "acme")
        assert left_in(storage, "acme") == []


def test_two_runs_of_one_erasure_never_overlap(storage: Storage) -> None:
    space = Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))
    known = known_person(space)
    answers: list[object] = []

    def meanwhile(_: int) -> None:
        if not answers:
            answers.append(None)
            answers.append(space.privacy(ROOT).erase(known.person.id))

    with pytest.raises(Conflict, match="runs elsewhere"):
        space.privacy(ROOT).erase(known.person, progress=meanwhile)
    assert space.privacy(ROOT).erase(known.person.id) == answers[1]
    assert left_in(storage, "acme") == []


def test_what_is_written_during_an_erasure_is_erased_too(storage: Storage) -> None:
    space = Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))
    with space.write(ROOT) as session:
        bois = session.contacts.add(Company("Bois"))
        acting = session.people.add(bois, Person("Jane", "Quixote", emails=["jane@quixote.es"]))
    imports = space.imports(ROOT)
    plan = imports.plan("First name,Last name,E-mail,Phone\nJane,Quixote,jane@quixote.es,nothing of Quixote\n")
    ran: list[object] = []

    def meanwhile(_: int) -> None:
        if not ran:
            ran.append(imports.apply(plan))

    assert space.privacy(ROOT).erase(acting, progress=meanwhile)
    assert [(one.code, one.value) for one in ran[0].problems] == [("person-erased", "")]  # type: ignore[attr-defined]
    assert left_in(storage, "acme") == []


def test_an_erasure_between_two_batches_of_an_import_stops_the_rest_of_its_rows(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", 4)
    space = Workspace(storage, "acme", country="FR", host=Host(clock=Clock(tick=TICK)))
    with space.write(ROOT) as session:
        jane = session.contacts.add(Person("Jane", "Quixote", emails=["jane@quixote.es"]))
    rows = "".join(f"Ann {number},Nagy,ann{number}@nagy.hu\n" for number in range(7))
    text = f"First name,Last name,E-mail\nJane,Quixote,jane@quixote.es\n{rows}Jane,Quixote,jane@quixote.es\n"
    imports = space.imports(ROOT)
    done: list[object] = []

    def meanwhile(_: object) -> None:
        if not done:
            done.append(space.privacy(ROOT).erase(jane.id))

    report = imports.apply(imports.plan(text), meanwhile)
    assert [(one.line, one.code) for one in report.problems if one.code == "person-erased"] == [(10, "person-erased")]
    assert report.created == 7
    assert left_in(storage, "acme") == []


def test_a_named_interaction_is_blanked_whoever_sees_it(storage: Storage) -> None:
    space = Workspace(storage, "acme", host=Host(clock=Clock(tick=TICK)))
    with space.write(AMELIE) as session:
        bois = session.contacts.add(Company("Bois"))
        jane = session.people.add(bois, Person("Jane", "Quixote"))
        call = session.timeline.add(bois, Interaction("With Jane Quixote", person_id=jane.person_id))
        session.timeline.save(call.__class__.restore({**_values(call), "title": "Jane Quixote called"}))
    space.privacy(ROOT).erase(jane)
    with space.read(AMELIE) as session:
        assert [one.title for one in session.timeline.page(bois)] == ["… called"]
        assert "Quixote" not in repr(session.history.of(bois))
    assert left_in(storage, "acme") == []


def _values(interaction: Interaction) -> dict[str, Any]:
    import attrs

    return {field.name: getattr(interaction, field.name) for field in attrs.fields(Interaction)}
