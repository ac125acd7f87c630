"""Random histories: a storage and the oracle side by side, by Hypothesis or from a seed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from typing import Final, TypeAlias, TypeVar

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from contactcore.errors import StorageError
from contactcore.storage import Reader, Record, Refused, Storage, Writer
from contactcore.testing.oracle import Space, Verdict, refusal_of, stored
from contactcore.testing.records import (
    DIGESTS,
    KEYS,
    next_version,
    random_event,
    random_query,
    random_record,
)
from contactcore.testing.stage import KINDS, OpenStorage

__all__ = ["ACTS", "DifferentialRun", "StorageMachine", "check_histories", "drive"]

_WORKSPACES: Final = ("acme", "other")
_BUDGETS: Final = {"dev": (10, 20), "ci": (20, 40), "nightly": (100, 500)}
"""Profile -> histories, steps of each."""
_LONG: Final = {"dev": 500, "ci": 1_000, "nightly": 5_000}
"""Profile -> steps of the long history."""
_CHANCE: Final = st.randoms(use_true_random=False)

Act: TypeAlias = Callable[[Random, Writer, Space], None]
"""Something that is done to the writer and to the oracle's space, and compared."""

T = TypeVar("T")


class _Undone(Exception):
    """It ends a transaction on purpose."""


@attrs.define
class DifferentialRun:
    """A storage and the oracle, to which the same happens."""

    storage: Storage
    spaces: dict[str, Space] = attrs.field(factory=dict)

    def space(self, workspace: str) -> Space:
        """What the oracle holds of a workspace."""
        return self.spaces.get(workspace) or Space(KINDS)

    def transact(self, random: Random, *acts: Act) -> None:
        """One transaction in some workspace, sometimes undone; then both must be alike."""
        workspace = random.choice(_WORKSPACES)
        space = self.space(workspace).copy()
        undo, swallow = random.random() < 0.1, random.random() < 0.3
        try:
            with self.storage.write(workspace) as writer:
                try:
                    for act in acts:
                        act(random, writer, space)
                except Refused:
                    if not swallow:
                        raise
                if undo:
                    raise _Undone  # noqa: TRY301 - it must leave the context
        except (_Undone, Refused):
            pass
        except StorageError as error:
            if error.code != "transaction-void" or not swallow:
                raise
        else:
            self.spaces[workspace] = space
        self.compare(random, workspace)

    def compare(self, random: Random, workspace: str) -> None:
        """Both hold the same and answer the same."""
        space = self.space(workspace)
        assert self.storage.workspaces() == sorted(self.spaces)
        with self.storage.read(workspace) as reader:
            for kind in KINDS:
                assert reader.dump(kind.name) == space.dump(kind.name)
            assert reader.feed() == list(space.events)
            assert reader.holders(KEYS) == [space.holder(key) for key in KEYS]
            assert [reader.blob(digest) for digest in DIGESTS] == [space.blobs.get(digest) for digest in DIGESTS]
            for _ in range(2):
                _ask(random, reader, space)

    def drop(self, random: Random) -> None:
        """Drop a workspace."""
        workspace = random.choice(_WORKSPACES)
        assert self.storage.drop(workspace) is (self.spaces.pop(workspace, None) is not None)
        self.compare(random, workspace)

    def copy(self, random: Random) -> None:
        """Dump a workspace, and load it in the place of another one."""
        source, target = random.sample(_WORKSPACES, 2)
        self.storage.drop(target)
        with self.storage.read(source) as reader:
            dumped = [record for kind in KINDS for record in reader.dump(kind.name)]
            events = reader.feed()
        random.shuffle(dumped)
        with self.storage.write(target) as writer:
            for record in dumped:
                writer.load([record])
            writer.load([], events)
        self.spaces[target] = self.space(source).copy()
        self.spaces[target].blobs.clear()
        self.compare(random, target)

    def list_due(self, random: Random) -> None:
        """List the workspaces where work is due."""
        before = random.choice(("a", "b", "~", "\uffff"))
        due = [
            name
            for name, space in sorted(self.spaces.items())
            if any("due" in one.orders and one.orders["due"] < before for one in space.records)
        ]
        assert self.storage.workspaces(due_before=before) == due


def _ask(random: Random, reader: Reader, space: Space) -> None:
    query = random_query(random)
    assert reader.find(query) == space.find(query), f"find {query}"
    boundaries = sorted(random.sample(("", "a", "aa", "b", "\uffff", "\U0001f980"), random.randint(0, 3)))
    assert reader.count(query, boundaries) == space.count(query, boundaries), f"count {query} by {boundaries}"


def _judge(verdict: Verdict, space: Space, call: Callable[[], T]) -> T:
    try:
        answer = call()
    except Refused as error:
        named = refusal_of(error)
        if named not in verdict.refusals:
            raise AssertionError(f"{named} is none of {verdict.refusals}") from error
        raise
    assert verdict.after is not None, f"nothing was refused, but should be for one of {verdict.refusals}"
    space.records = verdict.after
    return answer


def _targets(random: Random, space: Space) -> list[str]:
    strays = ["1", "2"] if random.random() < 0.1 else []
    return [one.id for one in space.records if one.kind == "contact"] + strays


def _any(random: Random, space: Space) -> Record:
    """A stored record mostly, or one that is not there."""
    if space.records and random.random() < 0.9:
        return random.choice(space.records)
    return random_record(random)


def _expected(random: Random, record: Record) -> int:
    return record.version if random.random() < 0.9 else random.randint(1, 4)


def insert(random: Random, writer: Writer, space: Space) -> None:
    """Insert a few records, refusing or keeping what is there."""
    targets = _targets(random, space)
    records = [random_record(random, targets) for _ in range(random.randint(1, 3))]
    keep = random.random() < 0.4
    verdict = space.insert(records, keep=keep)
    answers = _judge(verdict, space, lambda: writer.insert(records, "keep" if keep else "refuse"))
    assert len(answers) == len(records)
    assert all(answer in allowed for answer, allowed in zip(answers, verdict.answers, strict=True))


def replace(random: Random, writer: Writer, space: Space) -> None:
    """Replace a record."""
    record = _any(random, space)
    expected = _expected(random, record)
    other = next_version(random, record, _targets(random, space))
    other = attrs.evolve(other, version=max(other.version, expected + 1))
    _judge(space.replace(other, expected), space, lambda: writer.replace(other, expected))


def delete(random: Random, writer: Writer, space: Space) -> None:
    """Delete a record."""
    record = _any(random, space)
    expected = _expected(random, record)
    verdict = space.delete(record.kind, record.id, expected)
    _judge(verdict, space, lambda: writer.delete(record.kind, record.id, expected))


def reindex(random: Random, writer: Writer, space: Space) -> None:
    """Reindex one or two records."""
    chosen = {(one.kind, one.id): one for one in (_any(random, space) for _ in range(random.randint(1, 2)))}
    records = [attrs.evolve(next_version(random, one, []), version=_expected(random, one)) for one in chosen.values()]
    _judge(space.reindex(records), space, lambda: writer.reindex(records))


def lock(random: Random, writer: Writer, space: Space) -> None:
    """Require a record, of some version or any."""
    record = _any(random, space)
    version = None if random.random() < 0.5 else _expected(random, record)
    verdict = space.lock(record.kind, record.id, version)
    answer = _judge(verdict, space, lambda: writer.lock(record.kind, record.id, version))
    there = space.record(record.kind, record.id)
    assert there is not None
    assert answer == stored(there)


def set_access(random: Random, writer: Writer, space: Space) -> None:
    """SetAccess what belongs to an owner."""
    other = random_record(random)
    ids = None if random.random() < 0.6 else [one.id for one in space.records if random.random() < 0.5]
    writer.set_access(other.kind, other.owner, other.access, ids)
    space.set_access(other.kind, other.owner, other.access, ids)


def claim(random: Random, writer: Writer, space: Space) -> None:
    """Claim what is due, mostly."""
    query = random_query(random, "note", "due") if random.random() < 0.8 else random_query(random)
    until = random.choice(("b", "é", "~"))
    assert writer.claim(query, until) == space.claim(query, until)


def publish(random: Random, writer: Writer, space: Space) -> None:
    """Publish some events."""
    events = [random_event(random) for _ in range(random.randint(0, 2))]
    writer.publish(events)
    space.publish(events)


def keep_or_drop_blob(random: Random, writer: Writer, space: Space) -> None:
    """Keep or drop some bytes."""
    digest = random.choice(DIGESTS)
    if random.random() < 0.7:
        data = b"%d" % random.randint(0, 9)
        writer.keep_blob(digest, data)
        space.blobs.setdefault(digest, data)
    else:
        writer.drop_blob(digest)
        space.blobs.pop(digest, None)


def ask_within(random: Random, writer: Writer, space: Space) -> None:
    """Ask within a transaction: a writer sees its own writes."""
    _ask(random, writer, space)
    record = _any(random, space)
    found = space.record(record.kind, record.id)
    assert writer.get(record.kind, [record.id]) == [None if found is None else stored(found)]


ACTS: Final[tuple[Act, ...]] = (
    insert, replace, delete, reindex, lock, set_access, claim, publish, keep_or_drop_blob, ask_within,
)  # fmt: skip


class StorageMachine(RuleBasedStateMachine):
    """The rules by which Hypothesis writes histories."""

    def __init__(self, open_storage: OpenStorage) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._duel = DifferentialRun(self._stack.enter_context(open_storage()))

    def teardown(self) -> None:
        """Close the storage of this history."""
        self._stack.close()

    @rule(random=_CHANCE)
    def insert(self, random: Random) -> None:
        """Insert in a transaction of its own; twice as likely as any other rule."""
        self._duel.transact(random, insert)

    @rule(random=_CHANCE, act=st.sampled_from(ACTS))
    def act(self, random: Random, act: Act) -> None:
        """Anything in a transaction of its own."""
        self._duel.transact(random, act)

    @rule(random=_CHANCE, acts=st.lists(st.sampled_from(ACTS), min_size=2, max_size=4))
    def several(self, random: Random, acts: list[Act]) -> None:
        """Several acts in one transaction."""
        self._duel.transact(random, *acts)

    @rule(random=_CHANCE)
    def list_due(self, random: Random) -> None:
        """See `DifferentialRun.list_due`."""
        self._duel.list_due(random)

    @rule(random=_CHANCE, really=st.integers(0, 4))
    def copy_or_drop(self, random: Random, really: int) -> None:
        """Now and then a workspace is dropped or copied."""
        if really == 0:
            self._duel.drop(random)
        elif really == 1:
            self._duel.copy(random)


def check_histories(open_storage: OpenStorage) -> None:
    """Let Hypothesis look for a history after which storage and oracle differ.

    The profile that is loaded decides how many: `dev` 10 of 20 steps, `nightly` 100 of 500, any other 20 of 40.
    """
    histories, steps = _BUDGETS.get(settings.get_current_profile_name(), _BUDGETS["ci"])

    class History(StorageMachine):
        def __init__(self) -> None:
            super().__init__(open_storage)

    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def drive(open_storage: OpenStorage, steps: int = 0, seed: int = 1) -> None:
    """One long history from a seed, without Hypothesis, whose memory of choices ends near a thousand steps.

    Args:
        open_storage: Opens a fresh storage.
        steps: How many; 0 for what the profile says: `dev` 500, `nightly` 5,000, any other 1,000.
        seed: Tells one history from another.
    """
    steps = steps or _LONG.get(settings.get_current_profile_name(), _LONG["ci"])
    random = Random(seed)  # noqa: S311 - chance that can be repeated is the point
    with open_storage() as storage:
        duel = DifferentialRun(storage)
        for step in range(steps):
            acts = random.choices(ACTS, k=random.choice((1, 1, 1, 2, 3)))
            duel.transact(random, *acts)
            duel.list_due(random)
            if step % 150 == 149:
                duel.drop(random)
            elif step % 75 == 74:
                duel.copy(random)
