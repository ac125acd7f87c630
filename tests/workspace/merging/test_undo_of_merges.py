"""A merge and its undo leave everything as it was, for random graphs of contacts (IMP-7)."""

from __future__ import annotations

import json
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from contactcore import (
    AccountEntry,
    Address,
    Company,
    ContactCoreError,
    Interaction,
    Invalid,
    Item,
    NotFound,
    PaymentMethod,
    Person,
    Site,
    Workspace,
)
from contactcore.mapping.kinds import KINDS
from contactcore.storage import Record, Storage
from contactcore.workspace import Host
from contactcore.workspace.kernel.passwords import Passwords
from support.actors import AMELIE, ROOT
from support.clock import TICK, TODAY, Clock
from support.seeds import FRESH, check_seeds, seeds_on

pytestmark = pytest.mark.req("IMP-7")

_LEFT_OUT = {"job", "job-part", "history", "counter"}
_NAMES = ("Doe", "Roe", "Élan", "Zoé")


def state(workspace: Workspace) -> dict[tuple[str, str], Any]:
    """Everything that is stored, without versions, times of changes, jobs and history."""
    found = {}
    with workspace.storage.read(workspace.name) as reader:
        for kind in KINDS:
            if kind.name in _LEFT_OUT:
                continue
            after = ""
            while records := reader.dump(kind.name, after, 500):
                for one in records:
                    found[kind.name, one.id] = plain(one)
                after = records[-1].id
    return found


def plain(one: Record) -> tuple[Any, ...]:
    body = json.loads(one.body) if one.body else {}
    for key in ("changed", "revision", "epoch"):
        body.pop(key, None)
    access = {term for term in one.access if not term.startswith("portal:")}
    orders = {name: key for name, key in one.orders.items() if name != "changed"}
    return body, access, one.owner, set(one.terms), set(one.words), orders


def contact(random: Random, kind: type) -> Any:
    details: dict[str, Any] = {
        "emails": random.sample(("a@b.fr", "c@d.fr", "E@f.fr"), random.randrange(3)),
        "phones": random.sample(("+33144556677", "+33144556678"), random.randrange(3)),
        "tags": random.sample(("VIP", "vip", "lead"), random.randrange(2)),
        "addresses": [Address("1 rue Vauban", city="Lyon", billing=random.random() < 0.5)][: random.randrange(2)],
        "description": random.choice(("", "Ring twice.", "Call first.")),
        "access": random.choice(("private", "shared-read", "shared-write")),
        "listed": random.random() < 0.8,
    }
    if kind is Company:
        return Company(random.choice(_NAMES), **details)
    return Person(random.choice(_NAMES), random.choice(_NAMES), **details)


def fill(workspace: Workspace, random: Random) -> list[Any]:
    """Contacts with everything that may belong to them, some of it in the trash."""
    with workspace.write(AMELIE) as session:
        contacts = [session.contacts.add(contact(random, random.choice((Company, Person)))) for _ in range(6)]
    live(workspace, random, contacts, range(30))
    return contacts


def live(workspace: Workspace, random: Random, contacts: list[Any], numbers: range) -> None:
    """Do random things; those that are refused are left out."""
    lists: dict[str, list[Any]] = {"link": [], "item": [], "part": []}
    for number in numbers:
        with suppress(ContactCoreError, IndexError), workspace.write(AMELIE) as session:
            name, made = act(session, random, contacts, lists, number)
            lists.setdefault(name, []).append(made)


def act(session: Any, random: Random, contacts: list[Any], lists: dict[str, list[Any]], number: int) -> tuple[str, Any]:
    """Do one thing; the answer is a name of a list, and what was made."""
    one, other = (random.choice(contacts) for _ in range(2))
    modules = random.sample(("invoices", "projects"), random.randrange(3))
    granted = random.sample(("contact", "represent"), random.randrange(3))
    link, item, part = (random.choice(lists[name] or [one]) for name in ("link", "item", "part"))
    role, call = random.choice(("payer", "guardian")), f"Call {number}"
    login = {"email": f"p{number}@x.fr", "password": "correct horse", "send": False}
    acts = (
        lambda: ("link", session.people.add(one.id, other.id, position=f"p{number}", authorities=granted)),
        lambda: ("link", session.people.add(one.id, other.id, permissions=modules)),
        lambda: ("", session.people.make_primary(link)),
        lambda: ("", session.people.make_primary_for(link, "billing")),
        lambda: ("part", session.sites.add(one.id, Site(f"Site {number}"))),
        lambda: ("item", session.items.add(one.id, Item(f"Item {number}", of_themself=number % 3 == 0))),
        lambda: ("", session.items.assign(item, other.id, role)),
        lambda: ("", session.timeline.add(one.id, Interaction(call, person_id=other.id))),
        lambda: ("", session.timeline.add(one.id, Interaction(call))),
        lambda: ("", session.account.post(one.id, AccountEntry("invoice", "5 EUR", key=f"F{number}", date=TODAY))),
        lambda: ("", session.account.save_method(one.id, PaymentMethod(f"tok_{number}", last_four="4242"))),
        lambda: ("", session.duplicates.mark_different(one.id, other.id)),
        lambda: ("", session.portal.invite(link, **login)),
        lambda: ("", session.sites.delete(part.id)),
        lambda: ("", session.items.delete(item.id)),
        lambda: ("", session.contacts.delete(one.id) if number % 3 == 0 else None),
    )
    return random.choice(acts)()


def new_workspace(storage: Storage, name: str) -> Workspace:
    host = Host(clock=Clock(tick=TICK), passwords=Passwords(memory=8, iterations=1))
    return Workspace(storage, name, language="fr", country="FR", currency="EUR", host=host)


def merged_and_undone(workspace: Workspace, random: Random) -> str:
    """Merge two or three random contacts, and undo the merge; the answer says what became of it."""
    contacts = fill(workspace, random)
    before = state(workspace)
    merging = workspace.merging(AMELIE)
    kind = random.choice((Company, Person))
    same = [one for one in contacts if isinstance(one, kind)]
    if len(same) < 2:
        return "none"
    winner, *losers = random.sample(same, min(len(same), random.choice((2, 2, 3))))
    try:
        plan = merging.plan(winner.id, [one.id for one in losers], rights=random.choice(("strict", "union")))
        merge = merging.apply(plan, widen=True)
    except ContactCoreError as error:
        assert state(workspace) == before
        return f"refused: {getattr(error, 'code', '')}"
    check_merged(workspace, merge)
    merging.undo(merge)
    after = state(workspace)
    assert after.keys() == before.keys()
    for key, value in before.items():
        assert after[key] == value, key
    return "undone"


def check_merged(workspace: Workspace, merge: Any) -> None:
    """Nothing names a loser any more, old ids lead to the winner, and exactly one contact person is primary."""
    with workspace.read(ROOT) as session:
        for id in merge.loser_ids:
            assert session.contacts.get(id).id == merge.winner_id
        people = session.people.list(merge.winner_id)
        assert [one.primary for one in people].count(True) == bool(people)
        pairs = [one.person_id for one in people]
        assert len(pairs) == len(set(pairs))
    for (kind, _), (body, _, owner, *_) in state(workspace).items():
        if kind not in {"redirect", "message", "interaction", "contact"}:
            # A record in the trash keeps the access terms that it had, and gets those of its owner when it returns.
            body.get("trashed", {}).pop("access", None)
            text = json.dumps(body)
            assert owner not in merge.loser_ids
            assert not any(id in text for id in merge.loser_ids), (kind, body)


def test_a_merge_and_its_undo_leave_everything_as_it_was(storage: Storage, request: Any) -> None:
    results = []
    names = iter(range(10_000))

    def check(seed: int) -> None:
        random = Random(seed)
        results.append(merged_and_undone(new_workspace(storage, f"seed {seed} {next(names)}"), random))

    check_seeds(check, seeds_on(request.node.name, 25, 4), nightly=400)
    # Nobody can merge the contacts of some seeds.
    assert FRESH or results.count("undone") >= max(1, len(results) // 5)


def merged_changed_and_undone(workspace: Workspace, random: Random) -> str:
    """Merge random contacts, go on working with all of them, and undo the merge if that is possible."""
    contacts = fill(workspace, random)
    kind = random.choice((Company, Person))
    same = [one for one in contacts if isinstance(one, kind)]
    if len(same) < 2:
        return "none"
    winner, *losers = random.sample(same, 2)
    merging = workspace.merging(AMELIE)
    try:
        merge = merging.apply(merging.plan(winner.id, [one.id for one in losers]), widen=True)
    except ContactCoreError:
        return "refused"
    live(workspace, random, contacts, range(31, 46))
    before = state(workspace)
    try:
        merging.undo(merge)
    except Invalid as error:
        # An undo that is refused changes nothing.
        assert state(workspace) == before
        return error.code
    with workspace.read(ROOT) as session:
        for one in contacts:
            with suppress(NotFound):
                assert session.contacts.get(one.id).id == one.id
                people = session.people.list(one.id)
                assert [each.primary for each in people].count(True) == bool(people)
    assert not [kind for kind, _ in state(workspace) if kind == "redirect"]
    return "undone"


def test_most_merges_can_be_undone_after_others_worked_on(storage: Storage, request: Any) -> None:
    results = []

    def check(seed: int) -> None:
        results.append(merged_changed_and_undone(new_workspace(storage, f"later {seed}"), Random(seed)))

    check_seeds(check, seeds_on(request.node.name, 30, 3), nightly=400)
    merges = [one for one in results if one not in {"none", "refused"}]
    assert FRESH or "undone" in merges
    if len(merges) >= 20:  # a share of a few merges is a matter of luck
        assert merges.count("undone") >= 0.7 * len(merges)
