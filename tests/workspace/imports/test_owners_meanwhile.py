"""Owners change records between two batches of an import, or another user takes the import over (IMP-3, ACC-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import attrs
import pytest

from contactcore import Company, Host, Invalid, NotFound, Person, User, Workspace
from contactcore.storage import Storage
from contactcore.workspace.imports.report import Report
from contactcore.workspace.session import Session
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.import_views import HEAD, primary_flags

pytestmark = [pytest.mark.req("IMP-3"), pytest.mark.usefixtures("small_transactions"), pytest.mark.cases_in_memory]

EVE: Final = User("eve")
# The first four rows are the first batch. Later rows name the same people and the same company again.
ROWS: Final = (
    "Ann,Lee,Bois,CFO,ann@x.fr,,\n"
    "Bob,Ray,Bois,,bob@x.fr,,\n"
    "Cid,Roy,,,cid@x.fr,,\n"
    "Dan,Doe,Bois,,dan@x.fr,,\n"
    "Ann,Lee,Bois,Board,ann@x.fr,+33144556677,\n"
    "Cid,Roy,,,cid@x.fr,+33144556678,\n"
    ",,Bois,,info@bois.fr,,\n"
    "Flo,May,Bois,,flo@x.fr,,\n"
    "Dan,Doe,Bois,Clerk,dan@x.fr,+33144556679,\n"
)


class _Killed(Exception):
    pass


def new_space(storage: Storage, name: str = "acme") -> Workspace:
    return Workspace(storage, name, language="fr", country="FR", host=Host(clock=Clock(tick=TICK)))


def run(space: Workspace, actor: User, between: Callable[[int], object] = lambda _: None, **options: Any) -> Report:
    imports = space.imports(actor)
    return imports.apply(imports.plan(HEAD + ROWS, **options), lambda progress: between(progress.rows))


def kill(space: Workspace, actor: User, after: int = 4, **options: Any) -> None:
    def stop(rows: int) -> None:
        if rows >= after:
            raise _Killed

    with pytest.raises(_Killed):
        run(space, actor, stop, **options)


def numbers(report: Report) -> tuple[int, ...]:
    return (report.rows, report.created, report.updated, report.skipped, report.rejected)


def everybody(space: Workspace, actor: User = ROOT) -> dict[str, Person | Company]:
    with space.read(actor) as session:
        page = session.contacts.page(role="any", limit=1_000)
        return {card.name: session.contacts.get(card.id) for card in page}


def _edit(session: Session, ids: dict[str, str]) -> None:
    session.contacts.save(
        attrs.evolve(session.contacts.get(ids["Ann Lee"]), description="Own", phones=["+33199999999"])
    )


def _rename(session: Session, ids: dict[str, str]) -> None:
    ann = session.contacts.get(ids["Ann Lee"], Person)
    session.contacts.save(attrs.evolve(ann, given_name="Anna", emails=["anna@y.fr"]))
    session.contacts.save(attrs.evolve(session.contacts.get(ids["Bois"], Company), name="Forest"))


def _delete(session: Session, ids: dict[str, str]) -> None:
    session.contacts.delete(ids["Cid Roy"])
    session.contacts.delete(ids["Dan Doe"])


def _purge(session: Session, ids: dict[str, str]) -> None:
    _delete(session, ids)
    for card in session.trash.list():
        session.trash.purge(card)


def _leave(session: Session, ids: dict[str, str]) -> None:
    (dan,) = session.people.of(ids["Dan Doe"])
    session.people.remove(dan)


Act = Callable[[Session, dict[str, str]], None]


def run_for_bob(space: Workspace, act: Act | None, policy: str) -> tuple[Report, dict[str, Person | Company]]:
    """An import for bob, who acts after the first batch; with all contacts as they were then."""
    options = {"access": "private", "responsibles": ["bob"], "policy": policy}
    done: dict[str, Person | Company] = {}

    def change(rows: int) -> None:
        if rows == 4:
            ids = {name: one.id for name, one in everybody(space, BOB).items()}
            if act is not None:
                with space.write(ROOT if act is _purge else BOB) as session:
                    act(session, ids)
            done.update(everybody(space))

    return run(space, AMELIE, change, **options), done


@pytest.mark.req("DIR-15")
@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("policy", ["skip", "update"])
@pytest.mark.parametrize("act", [_edit, _rename, _delete, _purge, _leave])
def test_what_an_owner_does_between_two_batches_of_an_import_stays(storage: Storage, act: Act, policy: str) -> None:
    space = new_space(storage)
    report, done = run_for_bob(space, act, policy)
    assert sum(numbers(report)[1:]) == report.rows == 9
    assert report.rejected == 0
    assert everybody(space, AMELIE) == {}
    left = everybody(space)
    assert {*left} >= {*done}
    for name, was in done.items():
        now = left[name]
        kept = ("description", "name", "given_name") if isinstance(was, Company) else ("description", "given_name")
        assert [getattr(now, field, "") for field in kept] == [getattr(was, field, "") for field in kept]
        assert {*was.emails} <= {*now.emails}
        assert {*was.phones} <= {*now.phones}
    assert set(primary_flags(space).values()) <= {1}


@pytest.mark.req("ACC-3")
@pytest.mark.parametrize("policy", ["skip", "update"])
@pytest.mark.parametrize("act", [_edit, _leave])
def test_the_report_says_nothing_of_an_edit_between_two_batches(storage: Storage, act: Act, policy: str) -> None:
    quiet, _ = run_for_bob(new_space(storage, "quiet"), None, policy)
    busy, _ = run_for_bob(new_space(storage), act, policy)
    assert numbers(busy) == numbers(quiet)
    assert (busy.people_created, busy.companies_created) == (quiet.people_created, quiet.companies_created)
    assert [(one.line, one.code) for one in busy.problems] == [(one.line, one.code) for one in quiet.problems]


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("policy", ["skip", "update"])
@pytest.mark.parametrize("act", [_rename, _delete, _purge])
def test_a_row_that_finds_no_contact_of_an_earlier_batch_any_more_makes_its_own(
    storage: Storage, act: Act, policy: str
) -> None:
    # `docs/csv.md` says so. A report that concealed it would say that a row was stored which was not.
    space = new_space(storage)
    report, done = run_for_bob(space, act, policy)
    quiet, _ = run_for_bob(new_space(storage, "quiet"), None, policy)
    made = report.created - quiet.created
    assert made == (1 if act is _rename else 2)
    assert len({one.id for one in everybody(space).values()} - {one.id for one in done.values()}) >= made


@pytest.mark.parametrize("policy", ["skip", "update"])
def test_an_own_import_whose_contacts_another_user_got_meanwhile_goes_on_and_doubles_nothing(
    storage: Storage, policy: str
) -> None:
    space = new_space(storage)
    kill(space, AMELIE, policy=policy)
    for one in everybody(space).values():
        with space.write(ROOT) as session, suppress(NotFound):
            session.contacts.share(one.id, "private", responsibles=["bob"])
    report = run(space, AMELIE, policy=policy)
    assert sum(numbers(report)[1:]) == report.rows == 9
    assert report.rejected == 0
    found = everybody(space)
    with space.read(ROOT) as session:
        names = Counter(card.name for card in session.contacts.page(role="any", limit=1_000))
    # The importer no longer sees the contacts of the first batch, so later rows make their own, as any import would.
    assert max(names.values()) <= 2
    assert all(one.responsibles in {("bob",), ("amelie",)} for one in found.values())
    with space.read(BOB) as session:
        theirs = {card.name for card in session.contacts.page(role="any", limit=1_000)}
    assert theirs == {"Ann Lee", "Bob Ray", "Cid Roy", "Dan Doe", "Bois"}
    assert set(primary_flags(space).values()) == {1}


@pytest.mark.req("ACC-5")
@pytest.mark.parametrize("policy", ["skip", "update"])
def test_a_killed_import_that_was_handed_over_is_imported_anew_by_the_other_user_without_doubles(
    storage: Storage, policy: str
) -> None:
    space, whole = new_space(storage), new_space(storage, "whole")
    run(whole, EVE, policy=policy)
    kill(space, AMELIE, policy=policy)
    space.maintenance(ROOT).hand_over("amelie", to="eve")
    report = run(space, EVE, policy=policy)
    assert report.rows == 9
    assert report.rows_read == 9
    assert report.rejected == 0
    with space.read(EVE) as session:
        names = Counter(card.name for card in session.contacts.page(role="any", limit=1_000))
    assert names == dict.fromkeys(everybody(whole), 1)
    assert set(primary_flags(space).values()) == {1}
    assert everybody(space, AMELIE) == {}
    # Each import is undone for itself, by the user who took over; the former one has none.
    mine, taken = space.imports(EVE).list()
    assert [one.id for one in space.imports(AMELIE).list()] == []
    with pytest.raises((NotFound, Invalid)):
        space.imports(AMELIE).undo(taken.id)
    first, second = space.imports(EVE).undo(mine.id), space.imports(EVE).undo(taken.id)
    # Contacts that the second import changed have another version than the first one left.
    assert first.kept == ()
    assert {one.name for one in second.kept} == {*everybody(space)}
    assert (second.kept == ()) == (policy == "skip")
