"""Random histories of contacts, items, sites and interactions: what belongs together stays together (SIT-6, DIR-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeAlias

import attrs
import pytest

from contactcore import Interaction, Item, Person, Site
from contactcore.errors import ContactCoreError
from contactcore.mapping.entities import ENTITY_OF
from contactcore.mapping.trash import trashed_of
from contactcore.storage import Stored
from contactcore.testing.oracle import stored
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session
from support.actors import ROOT

TYPES: Final = ("note", "appointment", "action")
START: Final = datetime(2026, 3, 1, tzinfo=UTC)

Ids: TypeAlias = dict[str, list[str]]


def _acts(random: Random, ids: Ids) -> tuple[tuple[str, Callable[[Session], Any]], ...]:
    """The actions, each with the kind of its result."""
    one = {kind: random.choice(of_kind) if of_kind else "none" for kind, of_kind in ids.items()}
    contact, other = random.choice(ids["contact"]), random.choice(ids["contact"])
    names = {"item_id": one["item"], "site_id": one["site"], "person_id": other}
    some: dict[str, Any] = {name: id for name, id in names.items() if random.random() < 0.4}
    some |= {"type": random.choice(TYPES), "start": START + timedelta(hours=random.randrange(9))}
    gone = random.choice([one["contact"], one["item"], one["site"], one["interaction"]])
    return (
        ("contact", lambda session: session.contacts.add(Person("Jane"))),
        ("item", lambda session: session.items.add(contact, Item("Rex"))),
        ("site", lambda session: session.sites.add(contact, Site("Home"))),
        *(("interaction", lambda session: session.timeline.add(contact, Interaction("Call", **some))),) * 3,
        ("", lambda s: s.timeline.save(attrs.evolve(s.timeline.get(one["interaction"]), **some))),
        ("", lambda session: session.timeline.delete(one["interaction"])),
        ("", lambda session: session.items.move(one["item"], other)),
        ("", lambda session: session.items.delete(one["item"])),
        ("", lambda session: session.sites.delete(one["site"])),
        ("", lambda session: session.contacts.delete(contact)),
        *(("", lambda session: session.trash.restore(gone)),) * 4,
        ("", lambda session: session.trash.purge(gone)),
    )


def _check(session: Session) -> None:
    """Everything that is stored is where it belongs, and the timelines show what is not in the trash."""
    reader, transaction = session._transaction.reader, session._transaction
    kept = {kind: {one.id: one for one in reader.dump(kind)} for kind in ("contact", "item", "site", "interaction")}
    entity_type = ENTITY_OF["interaction"]
    repository: Repository[Any] = Repository(transaction, entity_type)
    live: dict[str, list[Interaction]] = {}
    for record in kept["interaction"].values():
        (derived,) = repository.derived([stored(record)])
        assert derived == record, "a derived field is no function of the body"
        one = entity_type.load(stored(record), transaction.index_context)
        owner = kept["contact"][one.contact_id]
        whole = kept["item"][one.item_id] if one.item_id else None
        assert record.owner == one.contact_id
        assert whole is None or whole.owner == one.contact_id, "an interaction left its item"
        if trashed_of(stored(record)) is None:
            assert trashed_of(stored(owner)) is None, "an interaction is not in the trash with its contact"
            assert whole is None or trashed_of(stored(whole)) is None, "an interaction outlived its item"
            assert record.access == frozenset()
            live.setdefault(one.contact_id, []).append(one)
    for id, record in kept["contact"].items():
        if trashed_of(stored(record)) is None:
            _check_timeline(session, id, live.get(id, []))
    trash = {card.id for card in session.trash.list(limit=1_000)}
    roots = {one.id for of_kind in kept.values() for one in of_kind.values() if _is_root(stored(one))}
    assert trash == roots, "the trash lists something else than was deleted"


def _is_root(record: Stored) -> bool:
    trashed = trashed_of(record)
    return trashed is not None and trashed.root == record.id


def _check_timeline(session: Session, contact: str, live: list[Interaction]) -> None:
    shown = session.timeline.page(contact, limit=1_000)
    assert [one.id for one in shown] == [
        one.id for one in sorted(live, key=lambda one: (one.start or START, one.id), reverse=True)
    ]
    assert +Counter(session.timeline.counts(contact)) == Counter(one.type for one in live)
    for item in session.items.of(contact):
        of_item = [one for one in live if one.item_id == item.id]
        assert {one.id for one in session.timeline.page(contact, item=item)} == {one.id for one in of_item}
        assert +Counter(session.timeline.counts(contact, item=item)) == Counter(one.type for one in of_item)
        for type in TYPES:
            found = session.timeline.page(contact, item=item, types=[type])
            assert {one.id for one in found} == {one.id for one in of_item if one.type == type}


@pytest.mark.req("SIT-6")
@pytest.mark.req("DIR-11")
def test_interactions_stay_with_their_contact_and_their_item_through_any_history(
    request: Any, new_workspace: Any
) -> None:
    done: Counter[str] = Counter()
    for seed in range(2 if "postgres" in request.node.name else 8):
        random, workspace = Random(seed), new_workspace()
        ids: Ids = {kind: [] for kind in ("contact", "item", "site", "interaction")}
        with workspace.write(ROOT) as session:
            ids["contact"] += [session.contacts.add(Person(name)).id for name in ("Jane", "Joan", "Jo")]
        for number in range(80):
            kind, act = random.choice(_acts(random, ids))
            try:
                with workspace.write(ROOT) as session:
                    made = act(session)
            except ContactCoreError as error:
                done[error.code] += 1
                continue
            if kind:
                ids[kind].append(made.id)
            done[kind or "changed"] += 1
            if number % 5 == 4:
                with workspace.read(ROOT) as session:
                    _check(session)
    assert done["changed"] > sum(done.values()) // 8, done
