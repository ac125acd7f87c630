"""The undo of an import after any acts of others: it loses nothing of theirs, and does nothing that it does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from random import Random
from typing import Any, Final

import attrs
import pytest

from contactcore import Affiliation, Company, ContactCoreError, Invalid, Person, User, Workspace
from contactcore.mapping import json
from contactcore.mapping.affiliations import affiliation_of
from contactcore.rules.access import may_see
from contactcore.rules.primary import effective_primary
from contactcore.storage import Record, Storage
from contactcore.testing.oracle import stored
from contactcore.workspace.imports.undo_report import UndoReport
from contactcore.workspace.repositories.redirects import redirected
from contactcore.workspace.session import Session
from support.actors import AMELIE, BOB, ROOT
from support.clock import TODAY
from support.generated_imports import Scenario, contact_ids, new_space, scenario
from support.import_views import HEAD
from support.native_rows import with_ids
from support.seeds import check_seeds, seeds_on

pytestmark = [pytest.mark.req("IMP-3"), pytest.mark.usefixtures("small_transactions")]

OpenStorage = Callable[[], AbstractContextManager[Storage]]

ACTORS: Final = (AMELIE, BOB, ROOT)
FLAGS: Final = ("primary", "primary_sequence", "version", "revision")
"""What an act upon another contact person changes of an affiliation."""


def _contact(random: Random, session: Session) -> Person | Company:
    return session.contacts.get(random.choice(session.contacts.page(role="any", limit=1_000).items).id)


def _link(random: Random, session: Session) -> Affiliation:
    cards = session.contacts.page(role="any", limit=1_000).items
    return random.choice([one for card in cards for one in session.people.list(card.id)])


ACTS: Final[tuple[Callable[[Random, Session], object], ...]] = (
    lambda r, s: s.contacts.save(attrs.evolve(_contact(r, s), description=f"d{r.random()}")),
    lambda r, s: s.contacts.save(attrs.evolve(_contact(r, s), emails=(), phones=())),
    lambda r, s: s.people.add(_contact(r, s), Person("Flo", "May"), primary=r.random() < 0.3),
    lambda r, s: s.people.add(_contact(r, s), _contact(r, s).id, primary=r.random() < 0.5),
    lambda r, s: s.people.make_primary(_link(r, s)),
    lambda r, s: s.people.make_primary(_link(r, s)),
    lambda r, s: s.people.make_primary_for(_link(r, s), "billing"),
    lambda r, s: s.people.save(attrs.evolve(_link(r, s), position=f"p{r.random()}")),
    lambda r, s: s.people.save(attrs.evolve(_link(r, s), end=r.choice((None, "2020-12-31", "2099-12-31")))),
    lambda r, s: s.people.remove(_link(r, s)),
    lambda r, s: s.people.change_employer(_link(r, s), _contact(r, s)),
    lambda r, s: s.contacts.share(
        _contact(r, s), r.choice(("private", "shared-read", "shared-write")),
        responsibles=r.choice((None, ["amelie"], ["bob"])), with_people=r.random() < 0.5,
    ),
    lambda r, s: s.portal.invite(_link(r, s), f"{r.random()}@x.fr", send=False),
    lambda r, s: s.contacts.delete(_contact(r, s).id),
    lambda r, s: s.trash.restore(r.choice(s.trash.list())),
    lambda r, s: s.trash.purge(r.choice(s.trash.list())),
)  # fmt: skip


def dense(random: Random) -> Scenario:
    """A few people who act for a few companies, before the import or by it."""

    def rows(most: int) -> str:
        def row() -> str:
            given = random.choice(("Ann", "Bob", "Cid", "Dan", ""))
            firm = random.choice(("Bois", "Lune", "Lune", "")) if given else random.choice(("Bois", "Lune"))
            email = random.choice(("", f"{given or firm}@x.fr".lower(), f"{given or firm}@x.fr".lower()))
            phone = random.choice(("", "", "+33144556677"))
            return f"{given},{'Doe' if given else ''},{firm},{random.choice(('', 'CEO'))},{email},{phone},\n"

        return HEAD + "".join(row() for _ in range(random.randint(1, most)))

    options: dict[str, Any] = {"access": random.choice(("private", "shared-read", "shared-write"))}
    if random.random() < 0.5:
        options["responsibles"] = random.choice((["bob"], ["amelie", "bob"]))
    stored = [
        (random.choice((AMELIE, BOB)), rows(6), random.choice(("private", "shared-write", "shared-write")))
        for _ in range(random.choice((1, 1, 2)))
    ]
    return Scenario(stored, 0, rows(9), random.choice(("skip", "update", "update", "create")), options, required=False)


def act(random: Random, space: Workspace) -> None:
    """One act of somebody upon what they see."""
    actor = random.choice(ACTORS)
    with suppress(ContactCoreError, IndexError, ValueError):
        if random.random() < 0.25:
            merging = space.merging(actor)
            with space.read(actor) as session:
                kind = random.choice(("person", "person", "company"))
                ids = [card.id for card in session.contacts.page(role="any", kind=kind, limit=1_000)]
            winner, loser = random.sample(ids, 2)
            merged = merging.apply(merging.plan(winner, [loser]), widen=True)
            if random.random() < 0.2:
                merging.undo(merged)
        else:
            with space.write(actor) as session:
                random.choice(ACTS)(random, session)


def live(space: Workspace) -> dict[str, Record]:
    """The records of contacts, and of what belongs to them, that are not in the trash."""
    kinds = ("contact", "affiliation", "site", "item", "login")
    with space.storage.read(space.name) as reader:
        records = [record for kind in kinds for record in reader.dump(kind)]
    return {record.id: record for record in records if b'"trashed"' not in record.body}


def body(record: Record, *, without: tuple[str, ...] = FLAGS) -> dict[str, Any]:
    """What a record says, without what changes when others are changed."""
    return {name: value for name, value in json.load(record.body).items() if name not in without}


def is_entered(before: Record | None, after: Record) -> bool:
    """Whether somebody entered something that a record says now."""
    if before is None:
        return True
    # A purpose that another contact person got is entered there.
    has_more = not set(body(after).get("purposes", ())) <= set(body(before).get("purposes", ()))
    without = () if has_more else ("purposes",)
    return body(before, without=(*FLAGS, *without)) != body(after, without=(*FLAGS, *without))


def primaries(records: dict[str, Record]) -> Iterator[tuple[tuple[str, str], Affiliation]]:
    """The primary person of each contact for each actor, by the name of the actor and the id of the contact."""
    for actor in ACTORS:
        of: dict[str, list[Affiliation]] = {}
        for record in records.values():
            if record.kind == "affiliation" and may_see(actor, record.access):
                one = affiliation_of(stored(record))
                of.setdefault(one.contact_id, []).append(one)
        for id, among in of.items():
            primary = effective_primary(among, TODAY)
            assert primary is not None
            yield (actor.name, id), primary


def check_primaries(before: dict[str, Record], after: dict[str, Record]) -> None:
    """Each contact with people has one primary person, who is the same one as before if they still act there."""
    flags: dict[str, int] = {}
    for record in after.values():
        if record.kind == "affiliation":
            one = affiliation_of(stored(record))
            assert {one.contact_id, one.person_id} <= after.keys(), "an affiliation is orphaned"
            flags[one.contact_id] = flags.get(one.contact_id, 0) + one.primary
    assert set(flags.values()) <= {1}, "not exactly one person is primary"
    was, now = dict(primaries(before)), dict(primaries(after))
    for place in was.keys() & now.keys():
        former = after.get(was[place].id)
        if former is None or now[place].id == was[place].id:
            continue
        # The undo takes back a day, so that another one acts there today, or the former one no longer.
        is_same = body(before[former.id]) == body(former)
        others_same = now[place].id in before and body(before[now[place].id]) == body(after[now[place].id])
        assert not (is_same and others_same), f"the primary person of {place} is another one, and nothing says why"


def check_nothing_lost(
    entered: set[str], imported: dict[str, Record], before: dict[str, Record], after: dict[str, Record]
) -> None:
    """All that somebody entered since the import is as it was."""
    for id in entered & before.keys():
        assert id in after, f"the {before[id].kind} {id} of somebody is gone"
        was, now, former = body(before[id]), body(after[id]), body(imported.get(id, before[id]))
        # Who got no more than a purpose keeps it, and loses the position that the import gave them.
        only = {name for name in was if was[name] != former.get(name)} if id in imported else set(was)
        assert was == now or (only == {"purposes"} and was["purposes"] == now.get("purposes")), f"{id} is another one"


def check_former(
    space: Workspace, former: dict[str, Record], before: dict[str, Record], after: dict[str, Record]
) -> None:
    """What was there before the import, and was still there before the undo, is there; merged records are one."""
    with space.read(ROOT) as session:
        leads = {
            id: stored.id
            for kind in ("contact", "affiliation")
            for id, stored in redirected(session._transaction, kind, former.keys() - before.keys()).items()
        }
    for id, record in former.items():
        now = leads.get(id, id)
        if now not in before or record.kind != before[now].kind:
            continue
        assert now in after, f"the {record.kind} {id}, which is a part of {now}, is gone"
        values, had, has = body(record), body(before[now]), body(after[now])
        for name in ("emails", "phones"):
            assert not [
                one for one in values.get(name, ()) if one in had.get(name, ()) and one not in has.get(name, ())
            ]
        for name in ("position", "description"):
            assert values.get(name, "") != had.get(name, "") or has.get(name, "") == had.get(name, "")


def made_by(space: Workspace, import_id: str) -> dict[str, list[Any]]:
    """The entries of the parts of an import."""
    found: dict[str, list[Any]] = {}
    with space.storage.read(space.name) as reader:
        for record in reader.dump("job-part"):
            if record.id.startswith(f"{import_id}:"):
                for name, entries in json.load(record.body)["entries"].items():
                    found.setdefault(name, []).extend(entries)
    return found


def check_report(
    undone: UndoReport, made: dict[str, list[Any]], actor: User, before: dict[str, Record], after: dict[str, Record]
) -> None:
    """The undo changes what the import made or changed, and the report has the number of all of it."""
    created = {*made.get("people", ()), *made.get("companies", ())}
    own = {
        *created,
        *(id for id, *_ in made.get("changed", ())),
        *made.get("affiliations", ()),
        *(id for id, *_ in made.get("positions", ())),
        *(id for _, id in made.get("parts", ())),
        *(id for _, id, *_ in made.get("parts_changed", ())),
    }
    gone = before.keys() - after.keys()
    changed = {id for id in before.keys() & after.keys() if body(before[id]) != body(after[id])}
    assert not after.keys() - before.keys(), "an undo made something"

    def is_own(id: str) -> bool:
        data = json.load(before[id].body)
        return id in own or not {data.get("contact_id"), data.get("person_id")}.isdisjoint(created & gone)

    assert all(map(is_own, gone | changed)), "the undo changed what the import had not"
    seen = {id for id, record in before.items() if may_see(actor, record.access)}
    contacts = {id for id, record in before.items() if record.kind == "contact"}
    assert undone.removed == len(created & gone & seen)
    # One row may have given a value, and a later row the former one again.
    images = {id for id, *_ in made.get("changed", ())}
    assert len(contacts & changed & seen) <= undone.restored <= len(images & seen)
    kept = {(one.kind, one.id) for one in undone.kept}
    assert {("contact", id) for id in created & after.keys() & seen} <= kept, "a contact stays and nothing says why"
    affiliations = {id for id, record in before.items() if record.kind == "affiliation"}
    alone = {id for id in affiliations & gone if not {*ends(before[id])} & gone}
    assert undone.affiliations == len((alone | affiliations & changed) & seen)


def ends(affiliation: Record) -> tuple[str, str]:
    """The ids of the contact and the person of an affiliation."""
    data = json.load(affiliation.body)
    return data["contact_id"], data["person_id"]


def check_undo(open_storage: OpenStorage, seed: int, kind: str) -> None:
    random = Random(seed)
    given = dense(random) if kind == "dense" else scenario(random, native=kind == "native")
    with open_storage() as storage:
        space = new_space(storage, given)
        for _ in range(random.randrange(6)):
            act(random, space)
        imports = space.imports(AMELIE)
        try:
            plan = imports.plan(with_ids(given.text, contact_ids(space)), policy=given.policy, **given.options)
        except Invalid:  # a file without any text
            return
        former = live(space)
        report = imports.apply(plan)
        imported = live(space)
        for _ in range(random.randrange(8)):
            act(random, space)
        before, made = live(space), made_by(space, report.id)
        entered = {id for id, record in before.items() if is_entered(imported.get(id), record)}
        actor = random.choice((AMELIE, AMELIE, ROOT))
        undone = space.imports(actor).undo(report)
        after = live(space)
        check_nothing_lost(entered, imported, before, after)
        check_former(space, former, before, after)
        check_primaries(before, after)
        check_report(undone, made, actor, before, after)
        assert space.imports(actor).undo(report) == attrs.evolve(undone, undone_before=True)
        assert live(space) == after


@pytest.mark.parametrize("kind", ["dense", "foreign", "native"])
def test_an_undo_after_any_acts_of_others_loses_nothing_of_theirs_and_says_what_it_does(
    open_storage: OpenStorage, request: pytest.FixtureRequest, kind: str
) -> None:
    check_seeds(lambda seed: check_undo(open_storage, seed, kind), seeds_on(request.node.name, 60, 4), nightly=1_000)
