"""An import for others: its actor does not see what it makes, finds it all the same, and learns nothing of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, Final

import attrs
import pytest

from contactcore import Company, ContactCoreError, Host, NotFound, Person, User, Workspace
from contactcore.rules.access import import_access
from contactcore.storage import Storage
from contactcore.workspace.imports.report import Progress, Report
from contactcore.workspace.imports.undo_report import UndoProgress
from contactcore.workspace.session import Session
from support.actors import AMELIE, BOB, ROOT
from support.clock import TICK, Clock
from support.import_views import HEAD, primary_flags, seen

pytestmark = [
    pytest.mark.req("ACC-3"),
    pytest.mark.req("IMP-3"),
    pytest.mark.usefixtures("small_transactions"),
    pytest.mark.cases_in_memory,
]

ZOE: Final = User("zoe")
FOR_BOB: Final = {"access": "private", "responsibles": ["bob"], "policy": "update"}
# Bois is made by the import. Open and Lune exist, one for everybody and one for the importer alone. Hidden is another
# user's, so that the import makes a company of the same name.
ROWS: Final = (
    "Ann,Lee,Bois,CFO,ann@x.fr,,\n"
    "Bob,Ray,Open,Clerk,bob@x.fr,,\n"
    "Cid,Roy,Lune,,cid@x.fr,,\n"
    "Dan,Doe,Bois,,dan@x.fr,,vip\n"
    "Eve,Fox,Hidden,,eve@x.fr,,\n"
    "Ann,Lee,Open,Board,ann@x.fr,+33144556677,\n"
    "Dan,Doe,,,dan@x.fr,+33144556678,\n"
    ",,Bois,,info@bois.fr,,\n"
    "Flo,May,Bois,,,,\n"
    "Flo,May,Bois,,flo@x.fr,,\n"
    "Gus,Key,,,,,\n"
)


class _Killed(Exception):
    pass


def new_space(storage: Storage, name: str) -> Workspace:
    space = Workspace(storage, name, language="fr", country="FR", host=Host(clock=Clock(tick=TICK)))
    with space.write(AMELIE) as session:
        session.contacts.add(Company("Open", access="shared-write"))
        session.contacts.add(Company("Lune"))
    with space.write(ZOE) as session:
        session.contacts.add(Company("Hidden", emails=["info@hidden.fr"]))
    return space


def run(space: Workspace, between: Callable[[int], object] = lambda _rows: None, **options: Any) -> Report:
    """Import the rows for another user, with something that happens after each batch."""
    imports = space.imports(AMELIE)
    return imports.apply(imports.plan(HEAD + ROWS, **FOR_BOB | options), lambda progress: between(progress.rows))


def facts(report: Report) -> tuple[Any, ...]:
    """All that a report says, without ids."""
    problems = [(one.line, one.column, one.code) for one in report.problems]
    numbers = (report.created, report.updated, report.skipped, report.rejected)
    return *numbers, report.people_created, report.companies_created, problems


def names(space: Workspace, actor: User) -> list[str]:
    with space.read(actor) as session:
        return [card.name for card in session.contacts.page(role="any", limit=1_000)]


def looks(space: Workspace, actor: User) -> list[Any]:
    """What an actor learns of the directory by every way of looking."""
    with space.read(actor) as session:
        found: list[Any] = [
            names(space, actor),
            session.contacts.count(role="any"),
            session.contacts.letters(role="any"),
            [tag.text for tag in session.settings.tags],
        ]
        words = ("ann", "ann lee", "doe", "bois", "hidden", "x.fr", "vip", "33144556677")
        found += [[hit.name for hit in session.contacts.search(text)] for text in words]
        for card in session.contacts.page(role="any"):
            people = session.people.list(card.id)
            found.append([one.person and one.person.display_name for one in people])
        return found


@pytest.mark.parametrize("access", ["private", "shared-read", "shared-write"])
@pytest.mark.parametrize("policy", ["skip", "update", "create", "overwrite"])
@pytest.mark.parametrize("batches", [1, 2])
def test_an_import_in_batches_that_is_killed_gives_what_one_batch_gives(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, policy: str, batches: int, access: str
) -> None:
    long = new_space(storage, "long")

    def stop(rows: int) -> None:
        if rows == 4 * batches:
            raise _Killed

    with pytest.raises(_Killed):
        run(long, stop, policy=policy, access=access)
    report = run(long, policy=policy, access=access)
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", 1_000)
    short = new_space(storage, "short")
    whole = run(short, policy=policy, access=access)
    assert facts(report)[:6] == facts(whole)[:6]
    assert looks(long, BOB) == looks(short, BOB)
    assert looks(long, ROOT) == looks(short, ROOT)
    assert set(primary_flags(long).values()) == {1}


@pytest.mark.parametrize("open_to", ["nobody", "kill"])
def test_the_importer_learns_nothing_of_the_contacts_that_were_made(storage: Storage, open_to: str) -> None:
    space = new_space(storage, "acme")
    before = looks(space, AMELIE), looks(space, ZOE)

    def look(rows: int) -> None:
        assert (looks(space, AMELIE), looks(space, ZOE)) == before
        if open_to == "kill" and rows == 8:
            raise _Killed

    with suppress(_Killed):
        run(space, look)
    run(space, look)
    assert (looks(space, AMELIE), looks(space, ZOE)) == before
    made = set(names(space, ROOT)) - set(names(space, AMELIE)) - {"Hidden"}
    assert {"Ann Lee", "Bois"} <= made
    with space.read(ROOT) as session:
        ids = [card.id for card in session.contacts.page(role="any") if card.name in made]
    for actor in (AMELIE, ZOE):
        with space.read(actor) as session:
            for id in ids:
                with pytest.raises(NotFound):
                    session.contacts.get(id)


def test_hidden_people_who_are_attached_between_two_batches_change_no_answer(storage: Storage) -> None:
    quiet, busy = new_space(storage, "quiet"), new_space(storage, "busy")

    def attach(rows: int) -> None:
        """Another user lets hidden people act for the company that the import made, by names of later rows."""
        if rows != 4:
            return
        with busy.write(BOB) as session:
            (bois,) = [card.id for card in session.contacts.page() if card.name == "Bois"]
            session.people.add(bois, Person("Flo", "May", description="hidden"))
            session.people.add(bois, Person("Gus", "Key", description="hidden"))
            own = session.contacts.add(Company("Private of Bob"))
            (dan,) = [card.id for card in session.contacts.page() if card.name == "Dan Doe"]
            session.people.add(own, dan, position="Spy")

    first, second = run(quiet), run(busy, attach)
    assert facts(first) == facts(second)
    assert looks(quiet, AMELIE) == looks(busy, AMELIE)
    assert looks(quiet, ZOE) == looks(busy, ZOE)
    with busy.read(BOB) as session:
        assert [card.name for card in session.contacts.page(role="any")].count("Flo May") == 2
        (dan,) = [card.id for card in session.contacts.page() if card.name == "Dan Doe"]
        assert sorted(one.position for one in session.people.of(dan)) == ["", "Spy"]
    assert set(primary_flags(busy).values()) == {1}


def test_a_person_whom_another_user_attached_meanwhile_is_not_attached_twice(storage: Storage) -> None:
    space = new_space(storage, "acme")

    def attach(rows: int) -> None:
        if rows != 4:
            return
        with space.write(BOB) as session:
            page = session.contacts.page()
            (ann,) = [card.id for card in page if card.name == "Ann Lee"]
            (lune,) = [card.id for card in page if card.name == "Open"]
            session.people.add(lune, ann)

    report = run(space, attach)
    assert report.rejected == 0
    with space.read(ROOT) as session:
        (ann,) = [card.id for card in session.contacts.page(role="any") if card.name == "Ann Lee"]
        places = [(session.contacts.get(one.contact_id).display_name, one.position) for one in session.people.of(ann)]
        assert sorted(places) == [("Bois", "CFO"), ("Open", "Board")]
    assert set(primary_flags(space).values()) == {1}


def record_access(space: Workspace, kind: str = "contact") -> dict[str, frozenset[str]]:
    with space.storage.read(space.name) as reader:
        return {record.id: record.access for record in reader.dump(kind)}


def _marks(space: Workspace, report: Report) -> set[str]:
    return {id for id, access in record_access(space).items() if import_access(report.id) & access}


def test_the_term_of_an_import_survives_changes_by_the_owner_and_grants_nothing(storage: Storage) -> None:
    space = new_space(storage, "acme")
    report = run(space)
    marked = _marks(space, report)
    unmarked = record_access(space).keys() - marked
    assert len(marked) == report.people_created + report.companies_created
    with space.read(ROOT) as session:
        assert {session.contacts.get(id).display_name for id in unmarked} == {"Open", "Lune", "Hidden"}
    before = looks(space, AMELIE), looks(space, ZOE)
    for id in sorted(marked):
        with space.write(BOB) as session:
            contact = session.contacts.get(id)
            session.contacts.save(attrs.evolve(contact, description="changed", tags=["secret"]))
            session.contacts.share(id, "private", responsibles=["bob", "carl"], with_people=True)
    assert _marks(space, report) == marked
    for id in sorted(marked):
        with space.write(BOB) as session, suppress(ContactCoreError):
            session.contacts.delete(id)
    assert _marks(space, report) == set()
    assert not [access for access in record_access(space, "affiliation").values() if import_access(report.id) & access]
    with space.read(BOB) as session:
        roots = session.trash.list(limit=100)
    for card in roots:
        with space.write(BOB) as session:
            session.trash.restore(card)
    assert _marks(space, report) == marked
    assert (looks(space, AMELIE), looks(space, ZOE)) == before
    with space.read(AMELIE) as session:
        assert session.trash.list() == ()
    with space.read(User("carl")) as session:
        assert session.contacts.count(role="any") == len(marked) + 1  # and the open company


def test_an_actor_of_the_name_of_an_import_finds_nothing(storage: Storage) -> None:
    space = new_space(storage, "acme")
    report = run(space)
    for name in (f"import:{report.id}", report.id, f"!import:{report.id}"):
        with space.read(User(name)) as session:
            assert names(space, User(name)) == ["Open"]
            for responsible in (name, f"import:{report.id}"):
                assert session.contacts.count(role="any", responsible=responsible) == 0


def test_an_import_whose_actor_may_change_the_contacts_leaves_no_term(storage: Storage) -> None:
    space = new_space(storage, "acme")
    for number, options in enumerate(({"responsibles": ["amelie", "bob"]}, {"access": "shared-write"})):
        imports = space.imports(AMELIE)
        imports.apply(imports.plan(HEAD + ROWS.replace("@", f"@{number}."), **FOR_BOB | options))
    for kind in ("contact", "affiliation"):
        assert not [access for access in record_access(space, kind).values() if any("import:" in one for one in access)]


def test_another_import_does_not_find_what_an_import_for_others_made(storage: Storage) -> None:
    space = new_space(storage, "acme")
    run(space)
    for actor in (AMELIE, ZOE):
        imports = space.imports(actor)
        report = imports.apply(imports.plan(HEAD + "Ann,Lee,Bois,CEO,ann@x.fr,,\n", policy="update"))
        assert (report.created, report.companies_created, list(report.problems)) == (1, 1, [])
    with space.read(BOB) as session:
        (ann,) = [card.id for card in session.contacts.page() if card.name == "Ann Lee"]
        assert sorted(one.position for one in session.people.of(ann)) == ["Board", "CFO"]


def test_undoing_an_import_for_others_takes_back_all_that_nobody_touched(storage: Storage) -> None:
    space = new_space(storage, "acme")
    before = seen(space)
    report = run(space)
    undone = space.imports(AMELIE).undo(report)
    created = report.people_created + report.companies_created
    assert (undone.kept, undone.removed, undone.hidden) == ((), 0, created)
    assert seen(space) == before


def test_undoing_an_import_for_others_names_nothing_that_is_hidden(storage: Storage) -> None:
    space = new_space(storage, "acme")
    report = run(space)
    with space.write(BOB) as session:
        (bois,) = [card.id for card in session.contacts.page() if card.name == "Bois"]
        session.people.add(bois, Person("Mona", "Hidden"))
        (eve,) = [card.id for card in session.contacts.page() if card.name == "Eve Fox"]
        session.contacts.save(attrs.evolve(session.contacts.get(eve), description="secret"))
    undone = space.imports(AMELIE).undo(report)
    assert (undone.kept, undone.removed) == ((), 0)
    with space.read(BOB) as session:
        assert {"Bois", "Mona Hidden", "Eve Fox"} <= set(names(space, BOB))
        assert {one.person and one.person.display_name for one in session.people.list(bois)} == {"Mona Hidden"}


def _add_login(session: Session, id: str) -> None:
    session.portal.invite(id, f"{id}@x.fr", send=False)


def _edit(session: Session, id: str) -> None:
    session.contacts.save(attrs.evolve(session.contacts.get(id), description="x"))


def _delete(session: Session, id: str) -> None:
    session.contacts.delete(id)


def _purge(session: Session, id: str) -> None:
    session.contacts.delete(id)
    session.trash.purge(id)


def _employ(session: Session, id: str) -> None:
    session.people.add(session.contacts.add(Company("Secret", access="private")), id)


def test_the_report_of_an_undo_says_nothing_of_what_owners_did_with_hidden_contacts(
    open_storage: Callable[[], AbstractContextManager[Storage]],
) -> None:
    reports = set()
    acts: list[Callable[[Session, str], None]] = [_add_login, _edit, _delete, _purge, _employ, lambda *_: None]
    for act in acts:
        with open_storage() as storage:
            space, told = new_space(storage, "acme"), list[UndoProgress]()
            report = run(space)
            with space.read(BOB) as session:
                ids = [one.id for one in session.contacts.page(role="any") if one.name in {"Ann Lee", "Dan Doe"}]
            with space.write(ROOT) as session:
                for id in ids:
                    act(session, id)
            undone = space.imports(AMELIE).undo(report, told.append)
            assert attrs.evolve(space.imports(AMELIE).undo(report), undone_before=False) == undone
            reports.add((attrs.evolve(undone, id=""), tuple(told)))
    ((undone, _),) = reports
    assert (undone.removed, undone.kept) == (0, ())
    assert undone.hidden == report.people_created + report.companies_created


def test_the_report_of_an_undo_says_nothing_of_changed_contacts_that_are_hidden_since(
    open_storage: Callable[[], AbstractContextManager[Storage]],
) -> None:
    reports = set()
    acts: list[Callable[[Session, str], None]] = [_edit, _delete, _purge, lambda *_: None]
    for act in acts:
        with open_storage() as storage:
            space = new_space(storage, "acme")
            with space.write(AMELIE) as session:
                ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
            imports = space.imports(AMELIE)
            report = imports.apply(imports.plan(HEAD + "Ann,Lee,,,ann@x.fr,+33144556677,\n", policy="update"))
            assert report.updated == 1
            with space.write(ROOT) as session:
                session.contacts.share(ann.id, "private", responsibles=["bob"])
            with space.write(ROOT) as session:
                act(session, ann.id)
            reports.add(attrs.evolve(imports.undo(report), id=""))
    (undone,) = reports
    assert (undone.restored, undone.kept, undone.hidden) == (0, (), 1)


@pytest.mark.parametrize("when", ["before the first batch", "between two batches"])
def test_progress_tells_only_numbers(storage: Storage, when: str) -> None:
    space, told = new_space(storage, "acme"), list[Progress]()

    def note(progress: Progress) -> None:
        told.append(progress)
        if when == "between two batches" and len(told) == 1:
            with space.write(ROOT) as session:
                session.contacts.add(Person("Flo", "May"))

    imports = space.imports(AMELIE)
    report = imports.apply(imports.plan(HEAD + ROWS, **FOR_BOB), note)
    assert [one.rows for one in told] == [4, 8, 11]
    assert {one.id for one in told} == {report.id}


def _change(space: Workspace) -> None:
    """Bob changes what an import made for him: he renames one, deletes one, and attaches people."""
    with space.write(BOB) as session:
        ids = {card.name: card.id for card in session.contacts.page(role="any")}
        ann = session.contacts.get(ids["Ann Lee"])
        session.contacts.save(attrs.evolve(ann, given_name="Anna", emails=["anna@y.fr"], phones=[]))
        session.contacts.save(attrs.evolve(session.contacts.get(ids["Bois"]), name="Forêt", description="secret"))
        session.contacts.delete(ids["Dan Doe"])
        session.contacts.delete(ids["Gus Key"])
        session.people.add(ids["Forêt" if "Forêt" in ids else "Bois"], Person("Flo", "May"))


@pytest.mark.parametrize("policy", ["skip", "update"])
@pytest.mark.parametrize("meanwhile", ["nothing", "changed by the owner", "purged"])
def test_a_repeated_import_skips_every_row_that_it_imported(storage: Storage, policy: str, meanwhile: str) -> None:
    space = new_space(storage, "acme")
    first = run(space, policy=policy)
    if meanwhile != "nothing":
        _change(space)
    if meanwhile == "purged":
        with space.write(ROOT) as session:
            for card in session.trash.list(limit=100):
                session.trash.purge(card)
    kept = looks(space, BOB), looks(space, ROOT), looks(space, AMELIE)
    for _ in range(3):
        imports = space.imports(AMELIE)
        plan = imports.plan(HEAD + ROWS, **FOR_BOB | {"policy": policy})
        previewed, again = imports.preview(plan), imports.apply(plan)
        assert facts(previewed) == facts(again)
        assert (again.created, again.updated, again.skipped) == (0, 0, first.rows)
        assert (again.people_created, again.companies_created) == (0, 0)
        assert {one.code for one in again.problems} == {"duplicate"}
        assert {one.reason for one in again.problems} == {"Skipped: you imported this row before."}
        assert (looks(space, BOB), looks(space, ROOT), looks(space, AMELIE)) == kept


@pytest.mark.parametrize("undone", ["first", "both"])
def test_an_import_for_others_that_was_undone_is_made_again(storage: Storage, undone: str) -> None:
    space = new_space(storage, "acme")
    first = run(space)
    second = run(space)
    assert second.skipped == second.rows
    if undone == "both":
        space.imports(AMELIE).undo(second)
    space.imports(AMELIE).undo(first)
    third = run(space)
    assert facts(third) == facts(first)
    assert run(space).skipped == third.rows


def test_a_repeated_import_for_others_that_is_killed_makes_nothing_twice(storage: Storage) -> None:
    space = new_space(storage, "acme")
    run(space)
    before = looks(space, ROOT)

    def stop(rows: int) -> None:
        raise _Killed

    for _ in range(2):
        with pytest.raises(_Killed):
            run(space, stop)
    report = run(space)
    assert (report.created, report.companies_created, report.skipped) == (0, 0, report.rows)
    assert looks(space, ROOT) == before


def test_a_contact_that_its_owner_shared_is_found_by_the_repeated_import(storage: Storage) -> None:
    space = new_space(storage, "acme")
    run(space)
    with space.write(BOB) as session:
        (gus,) = [card.id for card in session.contacts.page(role="any") if card.name == "Gus Key"]
        session.contacts.save(attrs.evolve(session.contacts.get(gus), given_name="Gustave"))
        session.contacts.share(gus, "shared-write", responsibles=["bob"])
    again = run(space)
    assert (again.created, again.updated, again.skipped) == (0, 0, again.rows)
    (line,) = [one for one in again.problems if gus in one.reason or one.code == "nothing-new"]
    assert line.line == 12


@pytest.mark.parametrize("meanwhile", ["nothing", "changed by the owner", "purged"])
def test_a_repeated_import_for_others_that_is_to_create_makes_all_anew_and_says_so(
    storage: Storage, meanwhile: str
) -> None:
    space = new_space(storage, "acme")
    first = run(space, policy="create")
    if meanwhile != "nothing":
        _change(space)
    if meanwhile == "purged":
        with space.write(ROOT) as session:
            for id in [card.id for card in session.contacts.page(role="any") if card.name == "Forêt"]:
                session.contacts.delete(id)
            for card in session.trash.list(limit=100):
                session.trash.purge(card)
    again = run(space, policy="create")
    # Companies that the importer does not see are made anew too. A second use of those of the first import would say by
    # the number of new ones which of them their owners have kept.
    assert facts(again)[:6] == facts(first)[:6]
    created = {*range(2, 13)} - {9}  # that line describes the company of the first one
    assert {one.line for one in again.problems if one.code == "possible-duplicate"} == created


def test_a_repetition_gives_nobody_a_place_in_a_company_that_its_actor_may_only_read_by_now(storage: Storage) -> None:
    space = new_space(storage, "acme")
    imports = space.imports(AMELIE)
    plan = imports.plan(HEAD + "Ann,Lee,Bois,CFO,ann@x.fr,,\n", **FOR_BOB | {"policy": "create"})
    imports.apply(plan)
    with space.write(BOB) as session:
        (bois,) = [card.id for card in session.contacts.page(role="any") if card.name == "Bois"]
        session.contacts.share(bois, "shared-read", responsibles=["bob"])
    previewed, again = imports.preview(plan), imports.apply(plan)
    assert facts(previewed) == facts(again)
    assert (again.people_created, again.companies_created) == (1, 0)
    assert {one.code for one in again.problems} == {"read-only", "possible-duplicate"}
    with space.read(BOB) as session:
        assert len(session.people.list(bois)) == 1


def test_a_repetition_changes_no_place_in_a_company_that_its_actor_may_only_read_by_now(storage: Storage) -> None:
    space = new_space(storage, "acme")
    with space.write(BOB) as session:
        bois = session.contacts.add(Company("Bois", access="shared-write"))
    imports = space.imports(AMELIE)
    plan = imports.plan(HEAD + "Ann,Lee,Bois,CFO,ann@x.fr,,\n", policy="update")
    imports.apply(plan)
    with space.write(BOB) as session:
        session.contacts.share(bois.id, "shared-read", responsibles=["bob"])
    with space.write(ROOT) as session:
        (ann,) = session.people.list(bois.id)
        session.people.save(attrs.evolve(ann, position=""))
    previewed, again = imports.preview(plan), imports.apply(plan)
    assert facts(previewed) == facts(again)
    assert (again.updated, [one.code for one in again.problems]) == (0, ["read-only", "nothing-new"])
    with space.read(ROOT) as session:
        assert [one.position for one in session.people.list(bois.id)] == [""]


@pytest.mark.req("IMP-9")
@pytest.mark.parametrize("policy", ["skip", "update"])
def test_a_repeated_import_for_others_skips_the_rows_of_further_places_sites_and_items_too(
    storage: Storage, policy: str
) -> None:
    space = new_space(storage, "acme")
    imports = space.imports(AMELIE)
    text = (
        "Contact ID,Kind,First name,Last name,Company,Site,Item\n"
        "c1,company,,,Bois,,\np1,person,Ann,Lee,Bois,,\np1,affiliation,,,Lune,,\nc1,site,,,,Mill,\np1,item,,,,,Saw\n"
        "p9,item,,,,,Van\n"
    )
    plan = imports.plan(text, **FOR_BOB | {"policy": policy})
    first = imports.apply(plan)
    assert (first.created, first.updated, first.rejected) == (2, 3, 1)
    before = looks(space, ROOT)
    for _ in range(2):
        previewed, again = imports.preview(plan), imports.apply(plan)
        assert facts(previewed) == facts(again)
        assert (again.skipped, again.rejected) == (5, 1)
        assert [one.value for one in again.problems if one.code == "duplicate"] == [
            "Bois",
            "Ann Lee",
            "Lune",
            "Mill",
            "Saw",
        ]
        assert looks(space, ROOT) == before


def test_another_actor_or_another_file_makes_its_own(storage: Storage) -> None:
    space = new_space(storage, "acme")
    first = run(space)
    imports = space.imports(ZOE)
    other = imports.apply(imports.plan(HEAD + ROWS, **FOR_BOB))
    assert (other.created, other.people_created) == (first.created, first.people_created)
    imports = space.imports(AMELIE)
    longer = imports.apply(imports.plan(HEAD + ROWS + "Ida,New,,,ida@x.fr,,\n", **FOR_BOB))
    assert longer.created == first.created + 1


def test_the_memory_of_imported_rows_says_nothing_of_their_cells(storage: Storage) -> None:
    space = new_space(storage, "acme")
    report = run(space)
    with space.storage.read(space.name) as reader:
        parts = [json.loads(record.body)["entries"] for record in reader.dump("job-part")]
    noted = [entry for part in parts for entry in part["unseen"]]
    known = record_access(space)
    assert {number for number, *_ in noted} == set(range(1, report.rows + 1))
    assert {place for _, place, *_ in noted} == {-1, 0}
    assert all(id in known and made_by == report.id for *_, id, made_by in noted)


@pytest.mark.req("IMP-3")
@pytest.mark.parametrize("batch", [1, 2, 1_000])
@pytest.mark.parametrize("policy", ["update", "overwrite"])
def test_a_later_row_changes_a_contact_that_an_earlier_row_made_for_another_user_to_read(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, policy: str, batch: int
) -> None:
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    space = Workspace(storage, f"to read {batch} {policy}", language="fr", country="FR")
    imports = space.imports(AMELIE)
    plan = imports.plan(
        "Company,Email,Responsible\nBois,,bob\nBois,info@bois.fr,\n", policy=policy, access="shared-read"
    )
    dry, report = imports.preview(plan), imports.apply(plan)
    assert dry.counts == report.counts
    assert (report.created, report.updated, [*report.problems]) == (1, 1, [])
    with space.read(BOB) as session:
        (card,) = session.contacts.page(kind="company").items
        assert [str(one) for one in session.contacts.get(card.id).emails] == ["info@bois.fr"]


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("policy", ["update", "overwrite"])
def test_a_person_whom_a_repetition_makes_anew_gets_the_place_of_a_later_row_wherever_batches_end(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, policy: str, batch: int
) -> None:
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", batch)
    space = new_space(storage, "acme")
    with space.write(AMELIE) as session:
        known = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    imports = space.imports(AMELIE)
    rows = "Ann,Lee,,,ann@x.fr,,\nAnn,Lee,Bois,CFO,ann@x.fr,,\n"
    plan = imports.plan(HEAD + rows, **FOR_BOB | {"policy": policy})
    imports.apply(plan)
    with space.write(AMELIE) as session:
        session.contacts.delete(known.id)
    assert imports.apply(plan).created == 1
    with space.read(BOB) as session:
        (ann,) = [card.id for card in session.contacts.page(role="any") if card.name == "Ann Lee"]
        assert [place.position for place in session.people.of(ann)] == ["CFO"]
