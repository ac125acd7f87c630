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
from contactcore.testing.fixtures import KINDS, OpenStorage
from contactcore.testing.oracle import Expectation, OracleWorkspace, refusal_of, stored
from contactcore.testing.records import (
    DIGESTS,
    KEYS,
    next_version,
    random_event,
    random_query,
    random_record,
)

__all__ = ["ACTIONS", "DifferentialRun", "StorageMachine", "check_histories", "drive"]

_WORKSPACES: Final = ("acme", "other")
_BUDGETS: Final = {"dev": (10, 20), "ci": (20, 40), "nightly": (100, 500)}
"""Profile -> histories, steps of each."""
_LONG: Final = {"dev": 500, "ci": 1_000, "nightly": 5_000}
"""Profile -> steps of the long history."""
_CHANCE: Final = st.randoms(use_true_random=False)

Action: TypeAlias = Callable[[Random, Writer, OracleWorkspace], None]
"""A change or a question that is put to a writer and to the oracle; their answers are compared."""

T = TypeVar("T")


class _Undone(Exception):
    """Ends a transaction on purpose."""


@attrs.define
class DifferentialRun:
    """The same actions on a storage and on the oracle, whose contents and answers must stay equal."""

    storage: Storage
    workspaces: dict[str, OracleWorkspace] = attrs.field(factory=dict)

    def oracle(self, workspace: str) -> OracleWorkspace:
        """The workspace as the oracle holds it; empty if it does not exist."""
        return self.workspaces.get(workspace) or OracleWorkspace(KINDS)

    def transact(self, random: Random, *actions: Action) -> None:
        """Run actions in one transaction of some workspace, sometimes undone, and compare both sides."""
        workspace = random.choice(_WORKSPACES)
        oracle = self.oracle(workspace).copy()
        undo, swallow = random.random() < 0.1, random.random() < 0.3
        try:
            with self.storage.write(workspace) as writer:
                try:
                    for action in actions:
                        action(random, writer, oracle)
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
            self.workspaces[workspace] = oracle
        self.compare(random, workspace)

    def compare(self, random: Random, workspace: str) -> None:
        """Check that both sides hold the same records, events and blobs and answer the same questions."""
        oracle = self.oracle(workspace)
        assert self.storage.workspaces() == sorted(self.workspaces)
        with self.storage.read(workspace) as reader:
            for kind in KINDS:
                assert reader.dump(kind.name) == oracle.dump(kind.name)
            assert reader.feed() == list(oracle.events)
            assert reader.holders(KEYS) == [oracle.holder(key) for key in KEYS]
            assert [reader.blob(digest) for digest in DIGESTS] == [oracle.blobs.get(digest) for digest in DIGESTS]
            for _ in range(2):
                _ask(random, reader, oracle)

    def drop(self, random: Random) -> None:
        """Drop a workspace on both sides."""
        workspace = random.choice(_WORKSPACES)
        assert self.storage.drop(workspace) is (self.workspaces.pop(workspace, None) is not None)
        self.compare(random, workspace)

    def copy(self, random: Random) -> None:
        """Dump a workspace and load it in place of the other one."""
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
        self.workspaces[target] = self.oracle(source).copy()
        self.workspaces[target].blobs.clear()
        self.compare(random, target)

    def list_due(self, random: Random) -> None:
        """Compare the lists of workspaces in which work is due."""
        before = random.choice(("a", "b", "~", "\uffff"))
        due = [
            name
            for name, oracle in sorted(self.workspaces.items())
            if any("due" in one.orders and one.orders["due"] < before for one in oracle.records)
        ]
        assert self.storage.workspaces(due_before=before) == due


def _ask(random: Random, reader: Reader, oracle: OracleWorkspace) -> None:
    query = random_query(random)
    assert reader.find(query) == oracle.find(query), f"find {query}"
    boundaries = sorted(random.sample(("", "a", "aa", "b", "\uffff", "\U0001f980"), random.randint(0, 3)))
    assert reader.count(query, boundaries) == oracle.count(query, boundaries), f"count {query} by {boundaries}"


def _judge(expectation: Expectation, oracle: OracleWorkspace, call: Callable[[], T]) -> T:
    try:
        answer = call()
    except Refused as error:
        named = refusal_of(error)
        if named not in expectation.refusals:
            raise AssertionError(f"{named} is none of {expectation.refusals}") from error
        raise
    assert expectation.after is not None, f"nothing was refused, but should be for one of {expectation.refusals}"
    oracle.records = expectation.after
    return answer


def _targets(random: Random, oracle: OracleWorkspace) -> list[str]:
    strays = ["1", "2"] if random.random() < 0.1 else []
    return [one.id for one in oracle.records if one.kind == "contact"] + strays


def _any(random: Random, oracle: OracleWorkspace) -> Record:
    """Mostly a stored record, otherwise a record that may not be stored."""
    if oracle.records and random.random() < 0.9:
        return random.choice(oracle.records)
    return random_record(random)


def _expected(random: Random, record: Record) -> int:
    return record.version if random.random() < 0.9 else random.randint(1, 4)


def insert(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Insert one to three records; refuse or keep stored ones."""
    targets = _targets(random, oracle)
    records = [random_record(random, targets) for _ in range(random.randint(1, 3))]
    keep = random.random() < 0.4
    expectation = oracle.insert(records, keep=keep)
    answers = _judge(expectation, oracle, lambda: writer.insert(records, "keep" if keep else "refuse"))
    assert len(answers) == len(records)
    assert all(answer in allowed for answer, allowed in zip(answers, expectation.answers, strict=True))


def replace(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Replace a record."""
    record = _any(random, oracle)
    expected = _expected(random, record)
    other = next_version(random, record, _targets(random, oracle))
    other = attrs.evolve(other, version=max(other.version, expected + 1))
    _judge(oracle.replace(other, expected), oracle, lambda: writer.replace(other, expected))


def delete(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Delete a record."""
    record = _any(random, oracle)
    expected = _expected(random, record)
    expectation = oracle.delete(record.kind, record.id, expected)
    _judge(expectation, oracle, lambda: writer.delete(record.kind, record.id, expected))


def reindex(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Reindex one or two records."""
    chosen = {(one.kind, one.id): one for one in (_any(random, oracle) for _ in range(random.randint(1, 2)))}
    records = [attrs.evolve(next_version(random, one, []), version=_expected(random, one)) for one in chosen.values()]
    _judge(oracle.reindex(records), oracle, lambda: writer.reindex(records))


def lock(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Lock a record, with or without an expected version."""
    record = _any(random, oracle)
    version = None if random.random() < 0.5 else _expected(random, record)
    expectation = oracle.lock(record.kind, record.id, version)
    answer = _judge(expectation, oracle, lambda: writer.lock(record.kind, record.id, version))
    there = oracle.record(record.kind, record.id)
    assert there is not None
    assert answer == stored(there)


def set_access(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Set the access of the records of one owner, or of some of them."""
    other = random_record(random)
    ids = None if random.random() < 0.6 else [one.id for one in oracle.records if random.random() < 0.5]
    writer.set_access(other.kind, other.owner, other.access, ids)
    oracle.set_access(other.kind, other.owner, other.access, ids)


def claim(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Claim records, mostly notes that are due."""
    query = random_query(random, "note", "due") if random.random() < 0.8 else random_query(random)
    until = random.choice(("b", "é", "~"))
    assert writer.claim(query, until) == oracle.claim(query, until)


def publish(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Publish up to two events."""
    events = [random_event(random) for _ in range(random.randint(0, 2))]
    writer.publish(events)
    oracle.publish(events)


def keep_or_drop_blob(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Keep or drop a blob."""
    digest = random.choice(DIGESTS)
    if random.random() < 0.7:
        data = b"%d" % random.randint(0, 9)
        writer.keep_blob(digest, data)
        oracle.blobs.setdefault(digest, data)
    else:
        writer.drop_blob(digest)
        oracle.blobs.pop(digest, None)


def ask_within(random: Random, writer: Writer, oracle: OracleWorkspace) -> None:
    """Ask the writer, which sees its own writes."""
    _ask(random, writer, oracle)
    record = _any(random, oracle)
    found = oracle.record(record.kind, record.id)
    assert writer.get(record.kind, [record.id]) == [None if found is None else stored(found)]


ACTIONS: Final[tuple[Action, ...]] = (
    insert, replace, delete, reindex, lock, set_access, claim, publish, keep_or_drop_blob, ask_within,
)  # fmt: skip


class StorageMachine(RuleBasedStateMachine):
    """The rules from which Hypothesis builds histories."""

    def __init__(self, open_storage: OpenStorage) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._run = DifferentialRun(self._stack.enter_context(open_storage()))

    def teardown(self) -> None:
        """Close the storage of this history."""
        self._stack.close()

    @rule(random=_CHANCE)
    def insert(self, random: Random) -> None:
        """Insert in a transaction of its own; a rule of its own makes it more likely than other actions."""
        self._run.transact(random, insert)

    @rule(random=_CHANCE, action=st.sampled_from(ACTIONS))
    def action(self, random: Random, action: Action) -> None:
        """One action in a transaction of its own."""
        self._run.transact(random, action)

    @rule(random=_CHANCE, actions=st.lists(st.sampled_from(ACTIONS), min_size=2, max_size=4))
    def several(self, random: Random, actions: list[Action]) -> None:
        """Several actions in one transaction."""
        self._run.transact(random, *actions)

    @rule(random=_CHANCE)
    def list_due(self, random: Random) -> None:
        """Compare the lists of workspaces in which work is due."""
        self._run.list_due(random)

    @rule(random=_CHANCE, really=st.integers(0, 4))
    def copy_or_drop(self, random: Random, really: int) -> None:
        """Drop a workspace, copy one, or do nothing."""
        if really == 0:
            self._run.drop(random)
        elif really == 1:
            self._run.copy(random)


def check_histories(open_storage: OpenStorage) -> None:
    """Let Hypothesis search for a history after which storage and oracle differ.

    The loaded profile sets the number of histories: `dev` 10 of 20 steps, `nightly` 100 of 500, any other 20 of 40.

    Args:
        open_storage: Opens a fresh storage.

    Raises:
        AssertionError: Storage and oracle differ.
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
    """Run one long history from a seed, without Hypothesis, which records at most about a thousand steps.

    Args:
        open_storage: Opens a fresh storage.
        steps: Number of transactions; 0 for the number of the loaded profile: `dev` 500, `nightly` 5,000, any other
            1,000.
        seed: Seed of the random choices.
    """
    steps = steps or _LONG.get(settings.get_current_profile_name(), _LONG["ci"])
    random = Random(seed)  # noqa: S311 - chance that can be repeated is the point
    with open_storage() as storage:
        run = DifferentialRun(storage)
        for step in range(steps):
            actions = random.choices(ACTIONS, k=random.choice((1, 1, 1, 2, 3)))
            run.transact(random, *actions)
            run.list_due(random)
            if step % 150 == 149:
                run.drop(random)
            elif step % 75 == 74:
                run.copy(random)
