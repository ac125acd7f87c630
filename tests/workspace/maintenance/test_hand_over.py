"""When a user leaves, what only they could see is handed over in one act (ACC-5)."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contactcore import BulkAct, Company, Forbidden, Host, Invalid, Item, Person, Recipient, Site, User, Workspace
from contactcore.errors import Conflict
from contactcore.mapping.entities import ENTITIES
from contactcore.model.message import Message
from contactcore.storage import Storage
from contactcore.workspace.kernel.transaction import Transaction
from contactcore.workspace.maintenance import hand_over as engine
from contactcore.workspace.repositories.jobs import JobRepository
from contactcore.workspace.repositories.sending import prepare_sending
from support.actors import AMELIE, BOB, ROOT
from support.addresses import open_at
from support.clock import TICK, Clock

pytestmark = [pytest.mark.req("ACC-5"), pytest.mark.cases_in_memory]

EVE = User("eve")
USERS = {name: Recipient(f"{name}@acme.example", name=name.title()) for name in ("amelie", "bob", "eve")}


class _Killed(Exception):
    pass


@pytest.fixture
def space(storage: Storage) -> Workspace:
    host = Host(clock=Clock(tick=TICK), users=USERS.get)
    return Workspace(storage, "acme", country="FR", host=host)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_BATCH", 3)
    monkeypatch.setattr("contactcore.workspace.imports.imports.BATCH", 40)


def filled(space: Workspace, count: int = 4) -> list[Any]:
    """Clients of bob with a person each, one shared with amelie, one in the trash."""
    with space.write(BOB) as session:
        clients = [session.contacts.add(Company(f"Client {number}")) for number in range(count)]
        for client in clients:
            session.people.add(client, Person("Jane", f"of {client.name}"))
        session.contacts.share(clients[0], "shared-read", responsibles=["bob", "amelie"])
        session.contacts.delete(clients[-1])
    return clients


def letters(space: Workspace, user: str) -> list[Message]:
    with space.read(ROOT) as session:
        return [one for one in session.outbox.list().items if str(one.to) == f"{user}@acme.example"]


def shown(space: Workspace, actor: User) -> list[str]:
    with space.read(actor) as session:
        return [card.name for card in session.contacts.page()]


def test_the_other_user_takes_the_place_of_the_one_who_leaves(space: Workspace) -> None:
    clients = filled(space)
    preview = space.maintenance(ROOT).preview_hand_over("bob", to="eve")
    told: list[int] = []
    report = space.maintenance(ROOT).hand_over("bob", to="eve", progress=told.append)
    assert (report.contacts, report.people, report.trash) == (3, 3, 2)
    assert (preview.contacts, preview.people, preview.trash, preview.total) == (3, 3, 2, 8)
    assert told == sorted(told)
    assert told[-1] == report.total
    assert shown(space, BOB) == ["Client 0"]  # it is shared for reading
    with space.read(EVE) as session:
        assert session.contacts.count() == 3
        assert [one.person.family_name for one in session.people.list(clients[1])] == ["of Client 1"]
        assert session.contacts.get(clients[0].id).responsibles == ("amelie", "eve")
        assert session.contacts.get(clients[1].id).access is clients[1].access
    with space.write(EVE) as session:
        session.trash.restore(clients[-1].id)
        assert [one.person.family_name for one in session.people.list(clients[-1])] == ["of Client 3"]
    with space.read(BOB) as session:
        assert session.trash.list() == ()


def test_no_record_is_open_to_the_user_who_left(space: Workspace) -> None:
    clients = filled(space)
    with space.write(BOB) as session:
        session.contacts.share(clients[0], "private", responsibles=["amelie", "bob"])
        session.sites.add(clients[1], Site("Mill"))
        session.items.add(clients[1], Item("Rex"))
        session.sites.delete(session.sites.add(clients[1], Site("Yard")))
    imports = space.imports(BOB)
    imports.apply(imports.plan("Name,Company\nJo Doe,Sud\n"))
    space.maintenance(BOB).bulk(role="listed").apply(BulkAct(add_tags=["VIP"]))
    space.maintenance(ROOT).hand_over("bob", to="eve")
    with space.read(ROOT) as session:
        reader = session._transaction.reader
        records = [record for entity_type in ENTITIES for record in reader.dump(entity_type.name)]
    assert {one.kind for one in records} >= {"contact", "affiliation", "site", "item", "job", "job-part"}
    assert [one for one in records if any(term.endswith(("=bob", ":bob")) for term in one.access | one.terms)] == []
    assert [one for one in records if b"responsible:bob" in one.body] == []


def test_a_user_who_is_responsible_already_stays_it_once(space: Workspace) -> None:
    with space.write(BOB) as session:
        client = session.contacts.add(Company("Bois", responsibles=["bob", "eve"]))
    space.maintenance(ROOT).hand_over("bob", to="eve")
    with space.read(EVE) as session:
        assert session.contacts.get(client.id).responsibles == ("eve",)


def test_a_site_that_was_deleted_alone_can_be_restored_by_the_other_user(space: Workspace) -> None:
    with space.write(BOB) as session:
        client = session.contacts.add(Company("Bois"), sites=[Site("Mill")])
        (site,) = session.sites.of(client)
        session.sites.delete(site)
    space.maintenance(ROOT).hand_over("bob", to="eve")
    with space.write(EVE) as session:
        assert [card.name for card in session.trash.list()] == ["Mill"]
        assert session.trash.restore(site.id).name == "Mill"


def test_a_shared_contact_in_the_trash_gets_the_other_user_too(space: Workspace) -> None:
    with space.write(BOB) as session:
        client = session.contacts.add(Company("Bois", access="shared-read"))
        session.contacts.delete(client)
    assert space.maintenance(ROOT).preview_hand_over("bob", to="eve").trash == 1
    assert space.maintenance(ROOT).hand_over("bob", to="eve").trash == 1
    with space.write(EVE) as session:
        assert session.trash.restore(client.id).responsibles == ("eve",)


@pytest.mark.req("DIR-14")
def test_a_restored_state_keeps_the_responsible_users_of_today_if_it_is_from_before_the_handing_over(
    space: Workspace,
) -> None:
    with space.write(BOB) as session:
        client = session.contacts.add(Company("Bois", responsibles=["bob", "amelie"]))
    with space.write(BOB) as session:
        session.contacts.save(attrs.evolve(client, name="Boys", access="shared-read"))
    space.maintenance(ROOT).hand_over("bob", to="eve")
    with space.write(EVE) as session:
        restored = session.history.restore(client.id, version=1)
        assert (restored.name, restored.access.value) == ("Bois", "private")
        assert restored.responsibles == ("amelie", "eve")
    with space.write(EVE) as session:
        alone = session.contacts.share(client.id, "private", responsibles=["eve"])
    with space.write(EVE) as session:
        assert session.history.restore(client.id, version=1).responsibles == ("eve",)
    with space.write(ROOT) as session:
        # A state from after the handing over comes back as a whole.
        assert session.history.restore(client.id, version=alone.version - 1).responsibles == ("amelie", "eve")


@pytest.mark.req("IMP-7")
def test_the_undo_of_a_merge_gives_no_contact_back_to_the_user_who_left(space: Workspace) -> None:
    with space.write(BOB) as session:
        winner, loser = session.contacts.add(Company("Bois")), session.contacts.add(Company("Boys"))
    merging = space.merging(BOB)
    done = merging.apply(merging.plan(winner, [loser]))
    space.maintenance(ROOT).hand_over("bob", to="eve")
    space.merging(ROOT).undo(done.id)
    with space.read(EVE) as session:
        assert [session.contacts.get(id).responsibles for id in (winner.id, loser.id)] == [("eve",), ("eve",)]


@pytest.mark.parametrize("how", ["act", "version", "time", "bulk"])
def test_a_contact_that_the_user_had_before_goes_to_the_other_user_when_an_earlier_state_comes_back(
    space: Workspace, how: str
) -> None:
    with space.write(BOB) as session:
        client = session.contacts.add(Company("Bois"))
    bulk = space.maintenance(ROOT)
    report = None
    if how == "bulk":
        report = bulk.bulk(ids=[client.id]).apply(BulkAct(responsibles=["amelie"]))
    else:
        with space.write(ROOT) as session:
            session.contacts.share(client.id, "private", responsibles=["amelie"])
    bulk.hand_over("bob", to="eve")
    with space.write(ROOT) as session:
        if how == "act":
            session.history.undo(session.history.of(client.id).items[0])
        elif how == "version":
            session.history.restore(client.id, version=1)
        elif how == "time":
            session.history.restore(client.id, as_of=client.changed_at)
    if report is not None:
        assert bulk.undo(report).restored == 1
    with space.read(EVE) as session:
        assert session.contacts.get(client.id).responsibles == ("eve",)
    with space.read(BOB) as session:
        assert session.contacts.count() == 0


def test_a_state_from_after_the_handing_over_names_the_user_who_came_back(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        client = session.contacts.add(Company("Bois"))
    space.maintenance(ROOT).hand_over("bob", to="eve")
    with space.write(ROOT) as session:
        session.contacts.share(client.id, "private", responsibles=["bob"])
    with space.write(ROOT) as session:
        session.contacts.share(client.id, "private", responsibles=["amelie"])
    with space.write(ROOT) as session:
        session.history.undo(session.history.of(client.id).items[0])
        assert session.contacts.get(client.id).responsibles == ("bob",)
    with space.write(ROOT) as session:
        session.contacts.share(client.id, "private", responsibles=["amelie"])
    with space.write(ROOT) as session:
        assert session.history.restore(client.id, version=2).responsibles == ("bob",)


def test_the_other_user_undoes_the_imports(space: Workspace) -> None:
    imports = space.imports(BOB)
    report = imports.apply(imports.plan("Name\nJo Doe\nZoe Roe\n"))
    handed = space.maintenance(ROOT).hand_over("bob", to="eve")
    assert (handed.imports, handed.people + handed.contacts) == (1, 2)
    space.maintenance(ROOT).hand_over("eve", to="amelie")
    undone = space.imports(AMELIE).undo(report)
    assert (undone.removed, undone.kept) == (2, ())
    with space.read(ROOT) as session:
        reader = session._transaction.reader
        named = [one for kind in ("job", "job-part") for one in reader.dump(kind) if "visible:=bob" in one.access]
    assert named == []


def test_the_undo_of_an_import_keeps_what_somebody_changed_before_or_after_the_handing_over(space: Workspace) -> None:
    imports = space.imports(BOB)
    report = imports.apply(imports.plan("Company\nBois\nMill\nSud\n"))
    with space.read(BOB) as session:
        bois, mill, _ = (session.contacts.get(card.id, Company) for card in session.contacts.page())
    with space.write(BOB) as session:
        session.contacts.save(attrs.evolve(bois, division="North"))
    space.maintenance(ROOT).hand_over("bob", to="eve")
    with space.write(EVE) as session:
        session.contacts.save(attrs.evolve(session.contacts.get(mill.id, Company), division="North"))
    undone = space.imports(EVE).undo(report)
    assert (undone.removed, {one.name for one in undone.kept}) == (1, {"Bois, North", "Mill, North"})


def test_an_import_that_runs_meanwhile_stops_and_can_be_undone(space: Workspace) -> None:
    imports = space.imports(BOB)
    rows = "Name\n" + "".join(f"P{number} Doe\n" for number in range(60))
    ids: list[str] = []

    def hand_over(progress: Any) -> None:
        if not ids:
            ids.append(progress.id)
            engine._BATCH = 40
            space.maintenance(ROOT).hand_over("bob", to="eve")

    with pytest.raises(Conflict):
        imports.apply(imports.plan(rows), hand_over)
    assert space.imports(EVE).undo(ids[0]).id == ids[0]
    assert shown(space, BOB) == []


def test_a_killed_import_and_a_killed_act_are_found_and_undone_by_the_other_user_or_an_admin(space: Workspace) -> None:
    def kill(_: object) -> None:
        raise _Killed

    with space.write(BOB) as session:
        clients = [session.contacts.add(Company(f"Client {number}", tags=["lead"])) for number in range(60)]
    imports, bulk = space.imports(BOB), space.maintenance(BOB).bulk(tag="lead")
    rows = "Name\n" + "".join(f"P{number} Doe\n" for number in range(60))
    for killed in (lambda: imports.apply(imports.plan(rows), kill), lambda: bulk.apply(BulkAct(type="supplier"), kill)):
        with pytest.raises(_Killed):
            killed()
    engine._BATCH = 40
    space.maintenance(ROOT).hand_over("bob", to="eve")
    assert space.maintenance(BOB).jobs() == ()
    act, imported = space.maintenance(EVE).jobs()
    assert [(one.kind, one.user, one.state) for one in (act, imported)] == [
        ("bulk", "eve", "running"),
        ("import", "eve", "running"),
    ]
    assert [one.id for one in space.maintenance(ROOT).jobs(kind="import")] == [imported.id]
    assert [one.id for one in space.maintenance(EVE).jobs(limit=1, after=act)] == [imported.id]
    assert space.imports(ROOT).undo(imported.id).removed == 40
    assert space.maintenance(EVE).undo(act.id).restored == 50
    with space.read(EVE) as session:
        assert {session.contacts.get(one.id).type for one in clients} == {""}
        assert session.contacts.count() == 60


@pytest.mark.req("DIR-22")
def test_a_kind_of_jobs_that_is_none_is_refused_with_the_list_of_kinds(space: Workspace) -> None:
    with pytest.raises(Invalid) as refused:
        space.maintenance(ROOT).jobs(kind="imports")
    assert (refused.value.path, refused.value.code) == ("kind", "job-kind")
    assert all(kind in str(refused.value) for kind in ("import", "bulk", "merge", "hand-over", "language", "erase"))


@pytest.mark.parametrize("limit", [0, 1_001])
def test_a_page_of_jobs_has_a_limit(space: Workspace, limit: int) -> None:
    with pytest.raises(Invalid) as refused:
        space.maintenance(ROOT).jobs(limit=limit)
    assert (refused.value.path, refused.value.code) == ("limit", "limit-out-of-range")


def test_the_other_user_gets_one_letter_for_everything(space: Workspace) -> None:
    filled(space)
    space.maintenance(ROOT).hand_over("bob", to="eve")
    assert [one.template for one in letters(space, "eve")] == ["responsible-several"]


def test_no_letter_goes_to_the_admin_who_takes_over_or_if_it_is_switched_off(space: Workspace) -> None:
    filled(space)
    space.maintenance(User("eve", admin=True)).hand_over("bob", to="eve")
    with space.write(ROOT) as session:
        session.settings.switch_letter("responsible-several", on=False)
    space.maintenance(ROOT).hand_over("eve", to="amelie")
    for user in ("eve", "amelie"):
        assert "responsible-several" not in [one.template for one in letters(space, user)]


@pytest.mark.req("NOT-8")
def test_letters_that_wait_for_the_user_who_leaves_are_not_sent(space: Workspace) -> None:
    with space.write(AMELIE) as session:
        session.contacts.add(Company("Bois", responsibles=["bob"]))
    imports = space.imports(AMELIE)
    imports.apply(imports.plan("Company\nSud\n", responsibles=["bob"]))
    waiting = letters(space, "bob")
    assert {one.template for one in waiting} == {"responsible-assigned", "responsible-imported"}
    space.maintenance(ROOT).hand_over("bob", to="eve")
    with space.read(ROOT) as session:
        assert [prepare_sending(session._transaction, one) for one in waiting] == [None, None]
        (mine,) = letters(space, "eve")
        assert prepare_sending(session._transaction, mine) is not None


def test_a_repeated_call_changes_nothing_and_takes_what_the_user_got_since(space: Workspace) -> None:
    clients = filled(space)
    maintenance = space.maintenance(ROOT)
    maintenance.hand_over("bob", to="eve")
    with space.read(ROOT) as session:
        version = session.contacts.get(clients[0].id).version
        position = session.feed()[-1].position
    assert maintenance.hand_over("bob", to="eve").total == 0
    with space.read(ROOT) as session:
        assert session.contacts.get(clients[0].id).version == version
        assert [one.event.name for one in session.feed(position)] == ["user.handed-over"]
    with space.write(BOB) as session:
        session.contacts.add(Company("Late"))
    assert maintenance.hand_over("bob", to="eve").contacts == 1


def test_a_contact_that_the_user_gets_while_the_job_runs_is_handed_over(space: Workspace) -> None:
    filled(space)
    added: list[Any] = []

    def add(_: int) -> None:
        if len(added) < 6:
            with space.write(BOB) as session:
                added.append(session.contacts.add(Company(f"Late {len(added)}")))

    report = space.maintenance(ROOT).hand_over("bob", to="eve", progress=add)
    assert report.contacts == 3 + len(added)
    assert shown(space, BOB) == ["Client 0"]


@pytest.mark.parametrize("after", [1, 2, 3, 4, 6, 8])
def test_a_handing_over_that_was_stopped_resumes(space: Workspace, after: int) -> None:
    filled(space, 5)
    calls: list[int] = []

    def stop(done: int) -> None:
        calls.append(done)
        if len(calls) == after:
            raise _Killed

    with pytest.raises(_Killed):
        space.maintenance(ROOT).hand_over("bob", to="eve", progress=stop)
    report = space.maintenance(ROOT).hand_over("bob", to="eve")
    assert (report.contacts, report.people, report.trash) == (4, 4, 2)
    assert len(letters(space, "eve")) == 1


def test_the_parts_of_a_job_go_along(space: Workspace) -> None:
    imports = space.imports(BOB)
    report = imports.apply(imports.plan("Name\nJo Doe\n"))
    space.maintenance(ROOT).hand_over("bob", to="eve")

    def actors(transaction: Transaction) -> set[str]:
        jobs = JobRepository(transaction)
        return {jobs.load_any(report.id).entity.actor, jobs.parts.load_any(f"{report.id}:00000000").entity.actor}

    with space.read(ROOT) as session:
        assert actors(session._transaction) == {"eve"}


@pytest.mark.parametrize(
    ("actor", "user", "to", "path", "code"),
    [
        (ROOT, "bob", "nobody", "to", "user-unknown"),
        (ROOT, "bob", " bob ", "to", "same-user"),
        (ROOT, "", "eve", "user", "user-name"),
        (ROOT, "bob", "x" * 101, "to", "user-name"),
        (ROOT, 5, "eve", "user", "text-type"),
    ],
)
def test_a_handing_over_that_cannot_be_meant_is_refused(
    space: Workspace, actor: User, user: Any, to: str, path: str, code: str
) -> None:
    for call in (space.maintenance(actor).hand_over, space.maintenance(actor).preview_hand_over):
        with pytest.raises(Invalid) as refused:
            call(user, to=to)
        assert (refused.value.path, refused.value.code) == (path, code)


@pytest.mark.req("ACC-3")
def test_only_an_admin_hands_over(space: Workspace) -> None:
    for call in (space.maintenance(BOB).hand_over, space.maintenance(BOB).preview_hand_over):
        with pytest.raises(Forbidden) as refused:
            call("bob", to="nobody")
        assert refused.value.code == "admin-only"


_CHILD = """
import sys
from contactcore import User, Workspace
from contactcore.workspace.maintenance import hand_over as engine
from support.addresses import open_at

engine._BATCH = 10
workspace = Workspace(open_at(sys.argv[1]), name="acme", country="FR")
root = User("root", admin=True)
workspace.maintenance(root).hand_over("bob", to="eve", progress=lambda done: print(done, flush=True))
"""


@pytest.mark.parametrize("kill_after", [1, 3, 7])
def test_a_process_killed_at_any_moment_hands_over_everything_once(
    address: str, start_child: Any, kill_after: int
) -> None:
    storage = open_at(address)
    filled(Workspace(storage, name="acme", country="FR"), 40)
    storage.close()
    child = start_child("-c", _CHILD, address)
    for _ in range(kill_after):
        child.line()
    child.kill()
    storage = open_at(address)
    try:
        space = Workspace(storage, name="acme", country="FR")
        report = space.maintenance(ROOT).hand_over("bob", to="eve")
        if child.killed():
            assert report.total in {0, 39 + 39 + 2}  # 0 if the whole job was done before the kill
        assert shown(space, BOB) == ["Client 0"]
        with space.read(EVE) as session:
            assert session.contacts.count() == 39
    finally:
        storage.close()
