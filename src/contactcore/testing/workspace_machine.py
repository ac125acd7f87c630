"""Random histories of a whole workspace, held against a model of the rules after each step.

`check_workspace(open_storage)` lets Hypothesis find and shrink a history that breaks a rule; `drive_workspace(storage,
seed, steps)` plays one long history without it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from random import Random
from typing import Any, Final

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from contactcore.mapping.affiliations import affiliation_of
from contactcore.mapping.entities import ENTITY_OF
from contactcore.model import AccessPolicy, User
from contactcore.storage import Storage, Stored
from contactcore.testing.workspace_acts import EVERY_ACT, Play
from contactcore.testing.workspace_play import ACTORS, TODAY
from contactcore.testing.workspace_rights_watch import check_portal_users, check_rights
from contactcore.text import collation
from contactcore.workspace.repositories.repository import Repository
from contactcore.workspace.session import Session

__all__ = ["QUERIES", "InvariantChecker", "WorkspaceMachine", "check_workspace", "drive_workspace"]

QUERIES: Final = (
    *("b", "bo", "bois f", "fils", "jane", "doe", "jane doe", "doe jane", "elan", "ÉL", "3", "3m", "vip", "ete", "zub"),
    *("jane.doe@b", "acme", "acme jane", "33144", "0144", "+48225", "山", "太", "петр", "%", "_", "zz", "neil", "csab"),
)
_OPEN = Callable[[], AbstractContextManager[Storage]]


class InvariantChecker:
    """Looks at a play from outside and says what is wrong.

    Args:
        play: What is watched.
    """

    def __init__(self, play: Play) -> None:
        self._play = play
        self._shown: dict[tuple[str, str], str] = {}
        self._holder: dict[str, str] = {}

    def check(self, random: Random, *, thoroughly: bool = True, rights: bool = True) -> None:
        """Look at what is stored and at what each actor sees."""
        if thoroughly:
            self._check_stored()
        for actor in ACTORS:
            with self._play.workspace.read(actor) as session:
                self._check_primaries(session, actor)
                if thoroughly:
                    self._check_directory(session, actor, random)
                if rights:
                    check_rights(self._play, session, actor, random)
        if rights:
            check_portal_users(self._play, random)

    def forget(self) -> None:
        """Take the next look as the first one: steps were missed."""
        self._shown.clear()

    def _check_stored(self) -> None:
        model, records = self._play.model, self._play.dump()
        kept = {record.id: record for record in records}
        assert set(kept) - {"settings"} == set(model.contacts) | set(model.links), "the stored records are others"
        with self._play.workspace.read(ACTORS[-1]) as session:
            for record in records:
                if record.kind == "settings":
                    continue
                transaction = session._transaction  # noqa: SLF001 - the law is about its insides
                (found,) = Repository(transaction, ENTITY_OF[record.kind]).derived([_as_stored(record)])
                assert attrs.evolve(found, references=record.references) == record, "derived is no function of the body"
                in_trash = bool(
                    model.links[record.id].trash if record.kind == "affiliation" else model.trash.get(record.id)
                )
                marks = {term.partition(":")[0] for term in {*record.terms, *record.access}}
                assert (marks <= {"trash", "was"}) == in_trash, f"{record.id} is not marked as its place demands"
                assert not (in_trash and (record.words or record.keys)), "trash is found by words"
                assert set(record.references.values()) <= set(kept), "an orphan"
        for client in model.contacts:
            live = [link for link in model.links.values() if link.client == client and not link.trash]
            primary = [link for link in live if affiliation_of(_as_stored(kept[link.id])).primary]
            assert len(primary) == min(1, len(live)), "not exactly one primary"
            if any(link.current(TODAY) for link in live):
                assert primary[0].current(TODAY), "the primary one does not act any more"

    def _check_primaries(self, session: Session, actor: User) -> None:
        play, model = self._play, self._play.model
        for client in model.contacts:
            seen = model.people_of(actor, client)
            before = self._shown.pop((actor.name, client), "")
            if not model.sees(actor, client):
                continue
            listed = session.people.list(client)
            assert {one.id for one in listed} == {link.id for link in seen}, "the people are others"
            assert all(one.primary_sequence == 0 and one.revision == 0 for one in listed), (
                "the library's memory is told"
            )
            shown = [one.id for one in listed if one.primary]
            assert len(shown) == min(1, len(seen)), "not exactly one is shown as primary"
            if not shown:
                continue
            by_id = {link.id: link for link in seen}
            self._shown[actor.name, client] = shown[0]
            self._holder[shown[0]] = by_id[shown[0]].person
            current = {link.id for link in seen if link.current(TODAY)}
            assert not current or shown[0] in current, "who is shown as primary does not act any more"
            if play.chosen in current:
                assert shown[0] == play.chosen, "the choice was not heard"
            elif before in (current or by_id) and not play.regranted:
                assert shown[0] == before, "the mark moved without a reason"
            elif before and not play.regranted and not play.touched & {link.person for link in seen}:
                last = model.contacts.get(self._holder.get(before, ""))
                if last and all(model.audience_within(model.contacts[link.person], last) for link in seen):
                    assert shown[0] == model.longest_standing(seen), "another one should have followed"

    def _check_directory(self, session: Session, actor: User, random: Random) -> None:
        model, rules = self._play.model, collation(self._play.model.language)
        for role in ("listed", "any"):
            wanted = model.directory(actor, role=role)
            assert _pages(session, random.randint(1, 7), role=role) == wanted, "the directory is another"
            assert session.contacts.count(role=role) == len(wanted)
        letters = session.contacts.letters()
        assert sum(letters.values()) == len(model.directory(actor))
        letter = random.choice(rules.letters)
        assert [card.id for card in session.contacts.page(letter=letter, limit=100)] == model.directory(actor, letter)
        assert letters[letter] == len(model.directory(actor, letter))
        filters = random.choice(
            (
                {"kind": "person"},
                {"type": random.choice([*model.types])},
                {"category": random.choice([*model.categories, "none"])},
                {"tag": "vip"},
                {"responsible": "bob"},
                {"access": random.choice(tuple(AccessPolicy))},
                {"role": "person"},
            )
        )
        assert _pages(session, 3, **filters) == model.directory(actor, **filters), f"{filters} are others"
        for text in random.sample(QUERIES, 3):
            asked = filters if random.random() < 0.3 else {}
            limit = random.randint(1, 30)
            hits = [hit.id for hit in session.contacts.search(text, limit=limit, **asked)]
            assert hits == model.search(actor, text, **asked)[:limit], f"{actor.name} finds others by {text!r} {asked}"
        for card in session.contacts.page(role="any", limit=random.randint(1, 9)):
            contact = model.contacts[card.id]
            assert (card.version, card.type) == (contact.version, model.type_of(contact)), "a card is not its contact's"
            assert list(card.categories) == model.categories_of(contact)
            assert (card.access, card.listed) == (contact.access, contact.listed)
        seen = {tag.text.casefold() for id in model.visible(actor) for tag in model.contacts[id].tags}
        assert {tag.text.casefold() for tag in session.settings.tags} == seen, "tags tell of others"
        trash = [id for id, root in model.trash.items() if id == root and model.reaches(actor, model.contacts[id])]
        assert {card.id for card in session.trash.list(limit=1_000)} == set(trash), "the trash is another"


def _as_stored(record: object) -> Stored:
    return Stored(**{field.name: getattr(record, field.name) for field in attrs.fields(Stored)})


def _pages(session: Session, limit: int, **filters: Any) -> list[str]:
    """All ids of a directory page by page, forth; and back again, which must be the same."""
    forth, cursor, last = list[str](), None, None
    while True:
        page = session.contacts.page(limit=limit, after=cursor, **filters)
        forth += [card.id for card in page]
        if page.next is None:
            break
        cursor, last = page.next, page
    if last is None:
        return forth
    back, cursor = [card.id for card in page], page.previous
    while cursor is not None:
        page = session.contacts.page(limit=limit, before=cursor, **filters)
        back = [card.id for card in page] + back
        cursor = page.previous
    assert back == forth, "the way back is another"
    return forth


class WorkspaceMachine(RuleBasedStateMachine):
    """Acts of several actors in any sequence."""

    open_storage: _OPEN

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._play = Play(self._stack.enter_context(self.open_storage()))
        self._watch = InvariantChecker(self._play)
        self._acted = False

    @rule(random=st.randoms(use_true_random=False), act=st.sampled_from(range(len(EVERY_ACT))))
    def act(self, random: Random, act: int) -> None:
        """One act."""
        self._play.chosen, self._play.regranted = "", False
        EVERY_ACT[act](self._play, random, random.choice(ACTORS))
        self._watch.check(random, thoroughly=random.random() < 0.25, rights=random.random() < 0.3)

    @invariant()
    def holds_on(self) -> None:
        """Nothing is left to check: each act looks at what it did."""

    def teardown(self) -> None:
        """Let go of the storage."""
        self._stack.close()


def check_workspace(open_storage: _OPEN, examples: int = 30, steps: int = 30) -> None:
    """Play random histories on fresh storages; the shortest one that breaks a rule is the error's.

    Args:
        open_storage: Opens a fresh storage.
        examples: How many histories.
        steps: Acts of each.
    """
    machine = type("Machine", (WorkspaceMachine,), {"open_storage": staticmethod(open_storage)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def drive_workspace(storage: Storage, seed: int, steps: int = 2_000, look: int = 50, *, rights: bool = True) -> None:
    """Play one long history from a seed.

    Args:
        storage: Fresh.
        seed: Tells one history from another.
        steps: How many acts.
        look: A thorough look after so many.
        rights: Whether authorities, notices and the portal are played too.
    """
    random = Random(seed)  # noqa: S311 - a history to be repeated, no secret
    play = Play(storage)
    watch = InvariantChecker(play)
    for step in range(steps):
        play.step(random, rights=rights)
        if len(play.model.contacts) > 60:
            _tidy(play, random)
        if step % look == 0 and look > 2:
            watch.forget()
        if step % look < 2:
            watch.check(random, thoroughly=step % look == look - 1 or step % look == 1, rights=rights)


def _tidy(play: Play, random: Random) -> None:
    """Keep the world small: whatever an admin can delete goes for good."""
    for _ in range(10):
        play.chosen, play.regranted = "", True
        play.delete(random, ACTORS[-1])
        play.purge(random, ACTORS[-1])
