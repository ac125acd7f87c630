"""An import can be undone as a whole, and what others entered since is never lost."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contactcore import Company, Person, User
from contactcore.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound, StorageError
from contactcore.mapping import json
from contactcore.mapping.affiliations import affiliation_of
from contactcore.model import PortalUser
from contactcore.testing.workspace_acts import Play
from contactcore.testing.workspace_play import ACTORS, COMPANIES, EMAILS, TAGS
from contactcore.workspace import import_undo
from contactcore.workspace import imports as engine
from contactcore.workspace.import_undo_report import REASONS, UndoReport

pytestmark = pytest.mark.req("IMP-3")

BOB = User("bob")
ROOT = User("root", admin=True)
HEAD = "First name,Last name,Company,Job title,E-mail,Phone,Tags\n"


class _Killed(Exception):
    pass


@pytest.fixture(autouse=True)
def _small_transactions(monkeypatch):
    """So that small files have several."""
    monkeypatch.setattr(engine, "BATCH", 4)
    monkeypatch.setattr(import_undo, "SIZE", 3)


def seen(workspace, *actors):
    """All that can be seen of a directory, versions aside."""
    found = []
    for actor in actors or ACTORS:
        with workspace.read(actor) as session:
            cards = session.contacts.page(role="any", limit=1_000).items
            for card in cards:
                contact = session.contacts.get(card.id)
                people = [
                    attrs.evolve(one, version=0, person=None, primary_when_read=None)
                    for one in session.people.list(card.id)
                ]
                clients = [one.id for one in session.people.of(card.id)] if contact.kind == "person" else []
                found.append((actor.name, attrs.evolve(contact, version=0), people, clients))
            found.append([tag.text for tag in session.settings.tags])
            found.append(session.contacts.letters())
    return found


def marks(workspace):
    """Id of a contact -> how many of its stored affiliations have the mark."""
    counts = {}
    with workspace.storage.read(workspace.name) as reader:
        for record in reader.dump("affiliation"):
            one = affiliation_of(record)
            if b'"trashed"' not in record.body:
                counts[one.contact_id] = counts.get(one.contact_id, 0) + one.primary
    return counts


def imported(workspace, actor, text, **options):
    imports = workspace.imports(actor)
    return imports.apply(imports.plan(HEAD + text, **options))


def named(workspace, name, actor=ROOT):
    with workspace.read(actor) as session:
        (card,) = [card for card in session.contacts.page(role="any", limit=1_000).items if card.name == name]
        return session.contacts.get(card.id)


def codes(report):
    return sorted((one.name, one.code) for one in report.kept)


# What goes, and where to


def test_contacts_that_the_import_made_lie_in_the_trash_and_can_be_restored_one_by_one(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,Bois,CFO,j@bois.fr,,\nJo,Roe,Bois,,jo@bois.fr,,vip\n")
    assert workspace.imports(amelie).undo(report.id) == UndoReport(
        id=report.id, removed=3, restored=0, affiliations=0, kept=()
    )
    with workspace.write(amelie) as session:
        assert session.contacts.count(role="any") == 0
        assert session.settings.tags == ()
        trashed = {card.name: card for card in session.trash.list()}
        assert sorted(trashed) == ["Bois", "Jane Doe", "Jo Roe"]
        jane = session.trash.restore(trashed["Jane Doe"])
        assert session.people.of(jane) == ()
        company = session.trash.restore(trashed["Bois"])
        (only,) = session.people.list(company)
        assert (only.person.given_name, only.position, only.primary) == ("Jane", "CFO", True)
        session.trash.restore(trashed["Jo Roe"])
        assert [one.person.given_name for one in session.people.list(company)] == ["Jane", "Jo"]


def test_contacts_that_the_import_changed_are_as_before_one_version_further(workspace, amelie):
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["j@bois.fr"], tags=["old"]))
    report = imported(
        workspace, amelie, "Jane,Doe,,,j@bois.fr,+33144556677,vip\nJane,,,,j@bois.fr,+33144556678,\n", policy="update"
    )
    assert report.updated == 2
    changed = named(workspace, "Jane Doe")
    assert len(changed.phones) == 2
    undone = workspace.imports(amelie).undo(report)
    assert (undone.removed, undone.restored, undone.kept) == (0, 1, ())
    after = named(workspace, "Jane Doe")
    assert after.version > changed.version
    assert attrs.evolve(after, version=jane.version) == jane
    with workspace.read(ROOT) as session:
        assert [published.event.name for published in session.feed()][-2:] == ["contact.changed", "import.undone"]


def test_a_contact_that_several_batches_changed_is_as_before_the_first_of_them(workspace, amelie):
    with workspace.write(amelie) as session:
        jane = session.contacts.add(Person("Jane", "Doe", emails=["j@bois.fr"]))
    rows = [f"Jane,,,,j@bois.fr,+331445566{n:02},\n" for n in range(10)]
    report = imported(workspace, amelie, "".join(rows), policy="update")
    assert named(workspace, "Jane Doe").version == jane.version + 3, "it is changed by three batches"
    assert workspace.imports(amelie).undo(report.id).restored == 1
    assert attrs.evolve(named(workspace, "Jane Doe"), version=jane.version) == jane


def test_a_company_that_a_later_row_described_goes_to_the_trash_as_it_was_described(workspace, amelie):
    rows = "".join(f"P{n},Doe,Bois,,p{n}@x.fr,,\n" for n in range(6)) + ",,Bois,,info@bois.fr,,\n"
    report = imported(workspace, amelie, rows)
    assert report.updated == 1
    assert workspace.imports(amelie).undo(report.id).removed == 7
    with workspace.write(amelie) as session:
        (card,) = [card for card in session.trash.list() if card.kind == "company"]
        assert [str(one) for one in session.trash.restore(card).emails] == ["info@bois.fr"]


@pytest.mark.req("PER-3")
def test_affiliations_and_positions_between_contacts_that_were_there_are_taken_back(workspace, amelie):
    with workspace.write(amelie) as session:
        jane, jo = (
            session.contacts.add(Person(name, "Doe", emails=[f"{name}@x.fr"], listed=True)) for name in ("Jane", "Jo")
        )
        bois, lune = (session.contacts.add(Company(name)) for name in ("Bois", "Lune"))
        session.people.add(bois, jane)
    before = seen(workspace)
    report = imported(
        workspace,
        amelie,
        "Jane,Doe,Bois,CFO,Jane@x.fr,,\nJane,Doe,Lune,CEO,Jane@x.fr,,\nJo,Doe,Bois,,Jo@x.fr,,\n",
        policy="update",
    )
    with workspace.read(amelie) as session:
        assert [(one.person_id, one.position) for one in session.people.list(bois)] == [(jane.id, "CFO"), (jo.id, "")]
        assert session.people.primary(lune).person_id == jane.id
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored, undone.affiliations, undone.kept) == (0, 0, 3, ())
    assert seen(workspace) == before
    assert marks(workspace) == {bois.id: 1}


@pytest.mark.req("PER-3")
def test_a_company_that_stays_has_one_primary_person_after_its_primary_one_was_taken_back(workspace, amelie):
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\n" + "Jo,Roe,Bois,,jo@x.fr,,\n" * 2)
    with workspace.write(amelie) as session:
        assert session.people.primary(bois).person.given_name == "Jane"
        session.people.add(bois, Person("Zoe", "Lee"))
    assert workspace.imports(amelie).undo(report.id).removed == 2
    with workspace.read(amelie) as session:
        assert [(one.person.given_name, one.primary) for one in session.people.list(bois)] == [("Zoe", True)]
    assert marks(workspace) == {bois.id: 1}


def test_contacts_that_the_importer_cannot_see_are_removed_too(workspace, amelie):
    rows = "".join(f"P{n},Doe,Bois,,p{n}@x.fr,,\n" for n in range(6))
    report = imported(workspace, amelie, rows, access="private", responsibles=["bob"])
    assert workspace.imports(amelie).undo(report.id).removed == 7
    with workspace.read(BOB) as session:
        assert session.contacts.count(role="any") == 0
        assert len(session.trash.list()) == 7


# Who may


def test_an_import_of_somebody_else_is_not_found(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,,,j@x.fr,,\n", access="shared-write")
    before = seen(workspace)
    for actor, id in [(BOB, report.id), (amelie, "nothing"), (ROOT, "")]:
        with pytest.raises(NotFound):
            workspace.imports(actor).undo(id)
    with pytest.raises(Forbidden):
        workspace.imports(PortalUser("1", "2")).undo(report.id)
    with pytest.raises(Invalid, match="id"):
        workspace.imports(amelie).undo(7)
    assert seen(workspace) == before
    assert workspace.imports(ROOT).undo(report.id).removed == 1


def test_an_import_that_is_undone_already_is_told_so_and_nothing_happens(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,,,j@x.fr,,\nJo,Doe,,,jo@x.fr,,\n")
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(named(workspace, "Jo Doe"), description="met"))
    imports = workspace.imports(amelie)
    first = imports.undo(report.id)
    assert codes(first) == [("Jo Doe", "changed-since")]
    with workspace.write(amelie) as session:
        (card,) = session.trash.list()
        session.trash.restore(card)
    before = seen(workspace)
    assert imports.undo(report.id) == attrs.evolve(first, undone_before=True)
    assert seen(workspace) == before


# What stays


def test_what_somebody_changed_since_stays_and_is_told(workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    report = imported(
        workspace,
        amelie,
        "Jane,Doe,,,j@x.fr,,\nJo,Roe,,,jo@x.fr,,\nAnn,Lee,,,ann@x.fr,+33144556677,\n",
        access="shared-write",
        policy="update",
    )
    with workspace.write(ROOT) as session:
        session.contacts.save(attrs.evolve(named(workspace, "Jane Doe"), description="met"))
        session.contacts.save(attrs.evolve(named(workspace, "Ann Lee"), description="met"))
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored) == (1, 0)
    assert codes(undone) == [("Ann Lee", "changed-since"), ("Jane Doe", "changed-since")]
    assert {one.id for one in undone.kept} == {named(workspace, name).id for name in ("Ann Lee", "Jane Doe")}
    assert all(one.kind == "contact" and one.reason == REASONS[one.code] for one in undone.kept)
    assert named(workspace, "Jane Doe").description == "met"
    assert len(named(workspace, "Ann Lee").phones) == 1


def test_a_change_between_two_batches_is_kept_and_what_came_behind_it_is_taken_back(workspace, amelie):
    with workspace.write(amelie) as session:
        session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    imports = workspace.imports(amelie)
    rows = [f"Ann,,,,ann@x.fr,+331445566{n:02},\n" for n in range(8)]

    def meddle(progress):
        if progress.rows == 4:
            with workspace.write(amelie) as session:
                session.contacts.save(attrs.evolve(named(workspace, "Ann Lee"), description="met"))

    report = imports.apply(imports.plan(HEAD + "".join(rows), policy="update"), meddle)
    undone = imports.undo(report.id)
    assert (undone.restored, codes(undone)) == (1, [("Ann Lee", "changed-since")])
    ann = named(workspace, "Ann Lee")
    assert (ann.description, len(ann.phones)) == ("met", 4)


def _people_added(session, workspace):
    session.people.add(named(workspace, "Bois"), Person("Zoe", "Lee"))


def _other_client(session, workspace):
    session.people.add(session.contacts.add(Company("Lune", access="shared-read")), named(workspace, "Jane Doe").id)


def _login(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.portal.invite(link, "j@x.fr", "correct horse battery")


def _mandate(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.people.grant(link, "contact")


def _purpose(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.people.make_primary_for(link, "billing")


def _end(session, workspace):
    (link,) = session.people.of(named(workspace, "Jane Doe"))
    session.people.save(attrs.evolve(link, notifications=["invoice"]))


_ACTS = {
    _people_added: [("Bois", "people-added")],
    _other_client: [("Bois", "people-stay"), ("Jane Doe", "acts-elsewhere")],
    _login: [("Bois", "people-stay"), ("Jane Doe", "has-login")],
    _mandate: [("Bois", "affiliation-changed"), ("Jane Doe", "affiliation-changed")],
    _purpose: [("Bois", "affiliation-changed"), ("Jane Doe", "affiliation-changed")],
    _end: [("Bois", "affiliation-changed"), ("Jane Doe", "affiliation-changed")],
}


@pytest.mark.parametrize("act", _ACTS)
def test_what_others_hang_on_stays_with_all_that_hangs_there(workspace, amelie, act):
    report = imported(workspace, amelie, "Jane,Doe,Bois,CFO,j@x.fr,,\nJo,Roe,Else,,jo@x.fr,,\n")
    with workspace.write(ROOT) as session:
        act(session, workspace)
    before = {record[1].id: record for record in seen(workspace, ROOT) if isinstance(record, tuple)}
    undone = workspace.imports(amelie).undo(report.id)
    assert codes(undone) == _ACTS[act]
    after = {record[1].id: record for record in seen(workspace, ROOT) if isinstance(record, tuple)}
    for kept in undone.kept:
        if kept.code != "people-added":
            assert after[kept.id] == before[kept.id]
    assert sorted(one.display_name for _, one, *_ in after.values()).count("Else") == 0
    assert set(marks(workspace).values()) <= {1}


def test_what_the_importer_cannot_see_is_not_lost_and_no_more_is_told_than_that_it_is_in_use(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\n", access="shared-write")
    with workspace.write(BOB) as session:
        secret = session.contacts.add(Person("Secret", "Agent"))
        session.people.add(named(workspace, "Bois").id, secret.id)
        hidden = session.contacts.share(named(workspace, "Jane Doe", BOB).id, "shared-write")
    with workspace.write(ROOT) as session:
        session.contacts.share(hidden.id, "private", responsibles=["bob"])
    undone = workspace.imports(amelie).undo(report.id)
    assert codes(undone) == [("", "changed-since"), ("Bois", "in-use")]
    with workspace.read(BOB) as session:
        assert secret.id in {one.person_id for one in session.people.list(named(workspace, "Bois"))}


def test_what_was_deleted_since_is_left_in_the_trash(workspace, amelie):
    with workspace.write(amelie) as session:
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"]))
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\nAnn,Lee,,,ann@x.fr,+33144556677,\n", policy="update")
    with workspace.write(amelie) as session:
        for name in ("Jane Doe", "Ann Lee"):
            session.contacts.delete(named(workspace, name).id)
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored) == (1, 0)
    assert [(one.id, one.name, one.code) for one in undone.kept] == [(ann.id, "", "deleted-since")]


def test_what_somebody_changed_about_contacts_that_were_there_stays_and_is_told(workspace, amelie):
    with workspace.write(amelie) as session:
        bois, lune = (session.contacts.add(Company(name)) for name in ("Bois", "Lune"))
        for name in ("Jane", "Jo", "Ann"):
            person = session.contacts.add(Person(name, "Doe", emails=[f"{name}@x.fr"]))
            session.people.add(bois, person)
    rows = "".join(
        f"{name},Doe,{firm},CFO,{name}@x.fr,,\n" for name in ("Jane", "Jo", "Ann") for firm in ("Bois", "Lune")
    )
    report = imported(workspace, amelie, rows, policy="update")
    with workspace.write(ROOT) as session:
        for firm in (bois, lune):
            jane, jo, _ = sorted(session.people.list(firm), key=lambda one: one.since)
            session.people.save(attrs.evolve(jane, position="CEO"))
            if firm == lune:
                session.people.remove(jo)
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.restored, undone.affiliations) == (0, 0, 3)
    assert codes(undone) == [("Jane Doe", "changed-since")] * 2
    assert {one.kind for one in undone.kept} == {"affiliation"}
    with workspace.read(amelie) as session:
        found = [
            [(one.person.given_name, one.position, one.primary) for one in session.people.list(firm)]
            for firm in (bois, lune)
        ]
    assert found == [[("Jane", "CEO", True), ("Jo", "", False), ("Ann", "", False)], [("Jane", "CEO", True)]]


def test_what_was_purged_since_is_gone_and_stops_nothing(workspace, amelie):
    report = imported(workspace, amelie, "Jane,Doe,Bois,,j@x.fr,,\nJo,Doe,Bois,,jo@x.fr,,\n")
    with workspace.write(ROOT) as session:
        jane = named(workspace, "Jane Doe")
        session.contacts.delete(jane)
        session.trash.purge(jane.id)
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.removed, undone.kept) == (2, ())


def test_a_type_that_was_removed_meanwhile_does_not_stand_in_the_way(workspace, amelie):
    with workspace.write(ROOT) as session:
        ann = session.contacts.add(Person("Ann", "Lee", emails=["ann@x.fr"], type="supplier", responsibles=["amelie"]))
    report = imported(workspace, amelie, "Ann,Lee,,,ann@x.fr,+33144556677,vip\n", policy="update")
    with workspace.write(ROOT) as session:
        session.settings.remove_type("supplier")
    undone = workspace.imports(amelie).undo(report.id)
    assert (undone.restored, undone.kept) == (1, ())
    after = named(workspace, "Ann Lee")
    assert (after.phones, after.tags, after.emails) == ((), (), ann.emails)


# Killed, repeated, disturbed


def test_an_import_that_was_killed_can_be_undone_and_its_file_imported_anew(workspace, amelie):
    imports = workspace.imports(amelie)
    rows = HEAD + "".join(f"P{n},Doe,Co{n % 3},,p{n}@x.fr,,\n" for n in range(10))
    told = []

    def stop(progress):
        told.append(progress)
        if progress.rows == 8:
            raise _Killed

    with pytest.raises(_Killed):
        imports.apply(imports.plan(rows), stop)
    assert imports.undo(told[-1].id).removed == 11
    again = imports.apply(imports.plan(rows))
    assert (again.rows_read, again.created) == (10, 10)
    assert again.id != told[-1].id


def test_an_import_that_is_undone_while_it_runs_stops(workspace, amelie):
    imports = workspace.imports(amelie)
    rows = HEAD + "".join(f"P{n},Doe,,,p{n}@x.fr,,\n" for n in range(10))

    with pytest.raises(Conflict, match="same import"):
        imports.apply(imports.plan(rows), lambda progress: imports.undo(progress.id))
    with workspace.read(amelie) as session:
        assert session.contacts.count(role="any") == 0


_FILE = "".join(f"P{n},Doe,Co{n % 3},Boss,p{n}@x.fr,,\n" for n in range(7)) + (
    "Ann,Lee,Bois,CEO,ann@x.fr,+33144556677,vip\nBen,Lee,Bois,,ben@x.fr,,\nCy,Lee,Bois,,cy@x.fr,,\n"
)


def _begun(workspace, amelie):
    """A directory in which an import made, changed, joined and filled in, and somebody changed something since."""
    with workspace.write(amelie) as session:
        bois = session.contacts.add(Company("Bois"))
        ann, ben = (
            session.contacts.add(Person(name, "Lee", emails=[f"{name.lower()}@x.fr"])) for name in ("Ann", "Ben")
        )
        session.people.add(bois, ann)
        assert ben.listed
    report = imported(workspace, amelie, _FILE, policy="update")
    with workspace.write(amelie) as session:
        session.contacts.save(attrs.evolve(named(workspace, "P3 Doe"), description="met"))
    return report


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_undoing_that_is_killed_in_every_transaction_and_repeated_comes_to_the_same(
    new_workspace, amelie, monkeypatch, moment
):
    straight, killed = new_workspace(), new_workspace()
    wanted = straight.imports(amelie).undo(_begun(straight, amelie).id)
    id = _begun(killed, amelie).id
    real = import_undo._store
    calls = 0

    def dying(transaction, job):
        nonlocal calls
        stored = real(transaction, job)
        calls += 1
        if calls % 2:
            raise _Killed
        return stored

    def die(progress):
        raise _Killed

    deaths = 0
    report = None
    while report is None:
        with monkeypatch.context() as patch, suppress(_Killed):
            if moment == "before the commit":
                patch.setattr(import_undo, "_store", dying)
            report = killed.imports(amelie).undo(id, die if moment == "after the commit" else None)
        deaths += report is None
    assert deaths >= 6
    numbers = [(one.removed, one.restored, one.affiliations, codes(one)) for one in (wanted, report)]
    assert numbers[0] == numbers[1] == (9, 1, 2, [("Co0", "people-stay"), ("P3 Doe", "changed-since")])
    names = [
        [(one[0], one[1].display_name, [(p.position, p.primary) for p in one[2]]) for one in found if len(one) == 4]
        for found in ([one for one in seen(place) if isinstance(one, tuple)] for place in (straight, killed))
    ]
    assert names[0] == names[1]


def test_progress_tells_how_far_it_is(workspace, amelie):
    report = imported(workspace, amelie, "".join(f"P{n},Doe,,,p{n}@x.fr,,\n" for n in range(10)))
    told = []
    workspace.imports(amelie).undo(report.id, told.append)
    assert [one.removed for one in told] == sorted(one.removed for one in told)
    assert (told[-1].removed, told[-1].done, told[-1].fraction) == (10, told[-1].total, 1.0)


def test_a_contact_that_is_changed_at_the_same_moment_is_kept(workspace, amelie, monkeypatch):
    report = imported(workspace, amelie, "Jane,Doe,,,j@x.fr,,\nJo,Roe,,,jo@x.fr,,\n")
    real = import_undo.Reversal.take_back
    disturbed = []

    def meddle(reversal, chunk, part):
        if not disturbed:
            disturbed.append(chunk)
            raise Conflict(None, None)
        if len(disturbed) == 1:
            disturbed.append(chunk)
            raise StorageError("Somebody else was faster.", "storage-retry")
        return real(reversal, chunk, part)

    monkeypatch.setattr(import_undo.Reversal, "take_back", meddle)
    assert workspace.imports(amelie).undo(report.id).removed == 2
    assert len(disturbed) == 2


# As if it had never been


def _rows(random):
    def one():
        names = (random.choice(("Jane", "Jo", "Émile", "")), random.choice(("Doe", "Łoś", "Zoé", "")))
        company = random.choice(("", *COMPANIES, "New Ltd", "Newer Ltd"))
        email = random.choice(("", *EMAILS, *EMAILS, "a@new.example", "b@new.example"))
        phone = random.choice(("", "", "+33144556677", "+48225551234"))
        tag = random.choice(("", *TAGS, "fresh"))
        return ",".join((*names, company, random.choice(("", "CFO", "CEO")), email, phone, tag))

    return "".join(one() + "\n" for _ in range(random.randrange(1, 25)))


@settings(
    max_examples=25,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_whatever_was_imported_into_whatever_directory_undoing_it_leaves_no_trace(open_storage, seed):
    random = Random(seed)
    with open_storage() as storage:
        play = Play(storage)
        for _ in range(random.randrange(30)):
            play.step(random, rights=random.random() < 0.5)
        workspace, actor = play.workspace, random.choice(ACTORS)
        before, marked = seen(workspace), marks(workspace)
        imports = workspace.imports(actor)
        options = {
            "policy": random.choice(("skip", "update", "update", "create")),
            "access": random.choice((None, "private", "shared-read", "shared-write")),
            "responsibles": random.choice((None, None, ["bob"], ["amelie", "bob"])),
        }
        report = imports.apply(imports.plan(HEAD + _rows(random), **options))
        undone = imports.undo(report.id)
        assert undone.kept == ()
        assert undone.removed == report.people_created + report.companies_created
        assert seen(workspace) == before
        assert marks(workspace) == marked


def _meddle(random, session, entered):
    """One act of somebody, upon anything that they see; what was entered is noted by its id."""
    cards = session.contacts.page(role="any", limit=1_000).items
    one, other = random.choice(cards).id, random.choice(cards).id
    links = [link for card in (one, other) for link in session.people.list(card)]
    act = random.choice(("edit", "add", "join", "position", "delete", "share", "remove"))
    if act == "edit":
        entered.add(session.contacts.save(attrs.evolve(session.contacts.get(one), description="met")).id)
    elif act == "add":
        link = session.people.add(one, Person("Zoe", "Lee"))
        entered |= {link.id, link.person_id}
    elif act == "join":
        entered.add(session.people.add(one, other).id)
    elif act == "position" and links:
        entered.add(session.people.save(attrs.evolve(random.choice(links), position="met")).id)
    elif act == "delete" and random.random() < 0.3:
        session.contacts.delete(one)
    elif act == "share":
        was = session.contacts.get(one).version
        if session.contacts.share(one, random.choice(("private", "shared-read", "shared-write"))).version != was:
            entered.add(one)
    elif act == "remove" and links:
        session.people.remove(links[0])


def _alive(workspace):
    """Bodies of what is not in the trash, by id, and both ends of each affiliation."""
    found, ends = {}, {}
    with workspace.storage.read(workspace.name) as reader:
        for kind in ("contact", "affiliation"):
            for record in reader.dump(kind):
                if b'"trashed"' not in record.body:
                    found[record.id] = record
                    if kind == "affiliation":
                        ends[record.id] = affiliation_of(record)
    return found, ends


def made_by_imports(workspace):
    """Ids of the contacts that imports made."""
    with workspace.storage.read(workspace.name) as reader:
        parts = [json.load(record.body) for record in reader.dump("import-part")]
    return {one for part in parts for name in ("people", "companies") for one in part.get(name, ())}


@settings(
    max_examples=25,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_whatever_others_did_since_undoing_loses_none_of_it(open_storage, seed):
    random = Random(seed)
    with open_storage() as storage:
        play = Play(storage)
        for _ in range(random.randrange(15)):
            play.step(random, rights=False)
        workspace, actor, entered = play.workspace, random.choice(ACTORS), set()
        imports = workspace.imports(actor)
        access = random.choice(("private", "shared-read", "shared-write"))
        report = imports.apply(imports.plan(HEAD + _rows(random), policy="update", access=access))
        for _ in range(random.randrange(12)):
            with suppress(Conflict, Duplicate, Forbidden, IndexError, Invalid, NotFound):
                noted = set()
                with workspace.write(random.choice(ACTORS)) as session:
                    _meddle(random, session, noted)
                entered |= noted
        before, joined = _alive(workspace)
        undone = imports.undo(report.id)
        after, left = _alive(workspace)
        for id in entered & before.keys():
            assert id in after, "what somebody entered is gone"
            if id not in joined:
                assert after[id].body == before[id].body
        assert all({one.contact_id, one.person_id} <= after.keys() for one in left.values()), "an end is missing"
        held = {one.contact_id for one in left.values()}
        assert {id: number for id, number in marks(workspace).items() if id in held} == dict.fromkeys(held, 1)
        told = {one.id for one in undone.kept}
        assert told >= {id for id in entered & made_by_imports(workspace) if id in after}
        assert imports.undo(report.id) == attrs.evolve(undone, undone_before=True)
